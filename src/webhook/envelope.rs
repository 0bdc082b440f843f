//! The few keys that must be read before anything else: what sort of interaction, and which.
//!
//! Read by hand and not by a library's model, since a PING must be answered whatever else the
//! platform adds to it or leaves out.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::metrics::Kind;

/// A platform's interaction, before it is understood.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Envelope {
    /// What sort; `None` when it is no number.
    pub kind: Option<u64>,
    /// Which; `None` when it is no snowflake.
    pub id: Option<u64>,
}

impl Envelope {
    /// What sort, as far as it is one that we know.
    pub(super) const fn sort(&self) -> Kind {
        match self.kind {
            Some(PING) => Kind::Ping,
            Some(COMMAND) => Kind::Command,
            Some(COMPONENT) => Kind::Component,
            Some(AUTOCOMPLETE) => Kind::Autocomplete,
            Some(MODAL) => Kind::Modal,
            _ => Kind::Unknown,
        }
    }
}

/// PING: the platform asks whether anybody is there.
pub(super) const PING: u64 = 1;
/// A slash command or a context menu.
pub(crate) const COMMAND: u64 = 2;
/// A button or a menu.
pub(crate) const COMPONENT: u64 = 3;
/// A command that is still being typed.
pub(crate) const AUTOCOMPLETE: u64 = 4;
/// A form.
pub(crate) const MODAL: u64 = 5;

/// The body is not one JSON object.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not one JSON object")]
pub struct EnvelopeError;

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

impl Envelope {
    /// Reads the keys that are there and make sense.
    ///
    /// # Errors
    ///
    /// The body is not one JSON object, to the last byte.
    pub(super) fn read(body: &[u8]) -> Result<Self, EnvelopeError> {
        // What is passed over would not be looked at, and JSON is UTF-8 to the last byte.
        let text = str::from_utf8(body).map_err(|_| EnvelopeError)?;
        // An array of the right length would be taken for an object, too.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(EnvelopeError);
        }
        match serde_json::from_str::<Raw<'_>>(text) {
            Ok(raw) => Ok(Self {
                kind: raw.kind.and_then(|kind| kind.get().parse().ok()),
                id: raw
                    .id
                    .and_then(|id| serde_json::from_str::<&str>(id.get()).ok()?.parse().ok()),
            }),
            // An object, but with a key twice: nobody can say which one counts.
            Err(error) if error.is_data() => Ok(Self::default()),
            Err(_) => Err(EnvelopeError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(Option<u64>, Option<u64>), EnvelopeError> {
        Envelope::read(body.as_bytes()).map(|envelope| (envelope.kind, envelope.id))
    }

    #[test]
    fn what_makes_sense_is_read() {
        assert_eq!(
            read(r#"{"id":"18446744073709551615","type":1}"#),
            Ok((Some(1), Some(u64::MAX)))
        );
        assert_eq!(read(" {\"type\":42}\n"), Ok((Some(42), None)));
        assert_eq!(read(r#"{"type":"1","id":7}"#), Ok((None, None)));
        assert_eq!(read("{}"), Ok((None, None)));
        assert_eq!(read(r#"{"type":1,"type":2}"#), Ok((None, None)));
    }

    #[test]
    fn other_bodies_are_refused() {
        for wrong in [
            "", "hello", "[]", "[1,2]", "1", "null", "5{}", "{} {}", "{}x", "{", "\"a\"",
        ] {
            assert_eq!(read(wrong), Err(EnvelopeError), "{wrong:?}");
        }
        assert_eq!(
            Envelope::read(b"{\"type\":1,\"x\":\"\xff\"}"),
            Err(EnvelopeError)
        );
    }
}
