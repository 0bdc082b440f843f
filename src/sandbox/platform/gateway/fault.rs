//! Ways in which the gateway misbehaves.

use std::time::Duration;

/// What is wrong with a connection from its beginning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GatewayFault {
    /// Nothing is ever sent, not even a greeting.
    NoHello,
    /// Nothing is sent after the greeting.
    Silence,
    /// Heartbeats are acknowledged so much later.
    LateAcks(Duration),
    /// Heartbeats are never acknowledged.
    NoAcks,
    /// It is closed with this code when a session is asked for.
    Refused(u16),
    /// The session that is asked for is said to be invalid.
    Invalid {
        /// Whether it could be resumed, as the gateway says.
        is_resumable: bool,
    },
    /// The compressed stream is broken from its second frame on.
    BrokenStream,
    /// Frames are never compressed.
    Uncompressed,
}

/// What happens to a connection while it is used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum GatewayAct {
    /// It is asked to come back in a new one.
    Reconnect,
    /// Its session is said to be invalid.
    Invalid {
        /// Whether it could be resumed, as the gateway says.
        is_resumable: bool,
    },
    /// It is asked for a heartbeat.
    AskForHeartbeat,
    /// It is closed with this code.
    Close(u16),
    /// It breaks without a word.
    Break,
    /// The session's numbers jump by so many.
    SkipNumbers(u64),
    /// A frame of text, as it is.
    Text(String),
    /// A frame of bytes, as they are.
    Bytes(Vec<u8>),
}
