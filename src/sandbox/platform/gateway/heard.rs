//! What clients of the gateway did.

use std::{fmt, time::Instant};

use serde_json::Value;

/// Something that a client did.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When.
    pub at: Instant,
    /// In which connection; they are numbered from 1 on.
    pub connection: u64,
    /// What.
    pub said: Said,
}

/// What a client did.
#[derive(Clone, PartialEq)]
pub enum Said {
    /// It connected.
    Connected {
        /// With these parameters, without the question mark.
        query: String,
    },
    /// It sent a frame.
    Frame {
        /// Opcode; `None` when there was none.
        op: Option<u64>,
        /// What came with it.
        data: Value,
        /// Length of the frame.
        bytes: usize,
    },
    /// It closed the connection, with this code, or without one when it just left.
    Closed(Option<u16>),
}

impl Heard {
    /// What came with a frame of this opcode; `None` when it is no such frame.
    pub fn frame(&self, wanted: u64) -> Option<&Value> {
        match &self.said {
            Said::Frame { op, data, .. } if *op == Some(wanted) => Some(data),
            _ => None,
        }
    }
}

impl fmt::Debug for Said {
    /// Leaves out what came with a frame, which may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected { query } => write!(f, "connected with {query}"),
            Self::Frame { op, bytes, .. } => write!(f, "frame {op:?} of {bytes} bytes"),
            Self::Closed(code) => write!(f, "closed with {code:?}"),
        }
    }
}
