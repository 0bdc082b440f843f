//! Frames, read as a connection and whoever hears it read them. For whoever tries the readers
//! alone, see [`parts`](crate::parts).

use std::fmt;

use gatehouse_commands::UserId;

use super::{
    event::Event,
    inflate::Inflater,
    talk,
    wire::{self, Received},
};

/// The frames of one connection, read one after the other.
pub struct Frames {
    /// Where the connection is compressed.
    inflater: Option<Inflater>,
    me: UserId,
}

/// What a message that somebody sent could mean to us.
#[derive(Debug)]
pub struct Meaning {
    /// What stands behind the command, where it is one.
    pub command: Option<String>,
    /// What it would be in reply to a message of ours.
    pub words: String,
    /// Its last line, written anew, where it could be that of a message of ours.
    pub state: Option<String>,
    /// What `Debug` shows of it.
    pub shown: String,
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}

impl Frames {
    /// At the beginning of a connection, as this account.
    pub fn new(is_compressed: bool, me: UserId) -> Self {
        Self {
            inflater: is_compressed.then(Inflater::new),
            me,
        }
    }

    /// Reads the next frame; `None` when it is no message.
    ///
    /// # Errors
    ///
    /// What the log says of it, where it cannot be read.
    pub fn read(&mut self, frame: &[u8]) -> Result<Option<Meaning>, String> {
        let inflated = match &mut self.inflater {
            None => Some(frame.to_vec()),
            Some(inflater) => inflater.inflate(frame).map_err(|error| error.to_string())?,
        };
        let Some(frame) = inflated else {
            return Ok(None);
        };
        let (received, _) = wire::read(&frame).map_err(|error| error.to_string())?;
        Ok(match received {
            Received::Happened(Event::Message(message)) => Some(talk::meaning(&message, self.me)),
            _ => None,
        })
    }
}
