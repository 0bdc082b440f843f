//! The closed sets that labels are taken from: nothing that anybody sends becomes a label.

/// A closed set of words. A variant's place among them is its number.
pub(crate) trait Closed: Copy {
    /// Every word.
    const WORDS: &'static [&'static str];

    /// As a label or a log line says it.
    fn word(self) -> &'static str;
}

/// An enum whose variants are words of labels.
macro_rules! closed {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        $visibility enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $crate::metrics::Closed for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }
    };
}

pub(crate) use closed;

closed! {
    /// What sort of interaction came in.
    pub enum Kind {
        /// The platform asks whether anybody is there.
        Ping = "ping",
        /// A slash command or a context menu.
        Command = "command",
        /// A button or a menu.
        Component = "component",
        /// A command that is still being typed.
        Autocomplete = "autocomplete",
        /// A form.
        Modal = "modal",
        /// A message that was written, where there are no commands.
        Message = "message",
        /// A reaction below a message of ours.
        Reaction = "reaction",
        /// None of these.
        Unknown = "unknown",
    }
}

closed! {
    /// Why a request, or a connection, was not taken.
    pub enum Reason {
        /// A header of the signature is missing, or there twice.
        SignatureMissing = "signature_missing",
        /// The signature is not 128 hex digits.
        SignatureMalformed = "signature_malformed",
        /// The signature was made with another key, or for other bytes.
        SignatureWrong = "signature_wrong",
        /// The timestamp is no number of seconds.
        TimestampMalformed = "timestamp_malformed",
        /// The timestamp is too far from our clock.
        TimestampStale = "timestamp_stale",
        /// The headers took too long to arrive.
        HeadersTooSlow = "headers_too_slow",
        /// The headers are too large, or too many.
        HeadersTooLarge = "headers_too_large",
        /// What was sent is no HTTP.
        Malformed = "malformed",
        /// The body is too large.
        TooLarge = "too_large",
        /// The body took too long to arrive.
        TooSlow = "too_slow",
        /// The body broke off.
        BrokenOff = "broken_off",
        /// The verified body is not one JSON object.
        NotJson = "not_json",
        /// The same interaction was taken already.
        Repeated = "repeated",
        /// More is under way than can be.
        Busy = "busy",
        /// More connections are open than may be.
        TooManyConnections = "too_many_connections",
    }
}

closed! {
    /// How an interaction ended that did not end with a failure.
    pub enum Ending {
        /// With what was asked for.
        Answered = "answered",
        /// With what was asked for, though something on the way went wrong.
        Partly = "partly",
        /// Suggestions were not there in time, so there were none.
        Late = "late",
    }
}

closed! {
    /// How a command ended, in three words instead of forty.
    pub(super) enum Verdict {
        /// With what was asked for.
        Answered = "answered",
        /// The person who asked can put it right.
        Refused = "refused",
        /// It passes, or somebody else has to put it right.
        Failed = "failed",
    }
}

closed! {
    /// What became of an answer that was promised for later.
    pub enum Deferral {
        /// It was promised.
        Begun = "begun",
        /// It was delivered.
        Delivered = "delivered",
        /// It could not be delivered.
        Lost = "lost",
    }
}

closed! {
    /// Where a list came from.
    pub(crate) enum ListFrom {
        /// It was in memory.
        Hit = "hit",
        /// The platform was asked.
        Miss = "miss",
        /// Somebody else was asking already.
        Shared = "shared",
    }
}

closed! {
    /// Whether a platform is asked at all.
    pub(crate) enum CircuitState {
        /// It is.
        Closed = "closed",
        /// It is left alone for a while.
        Open = "open",
        /// It is left alone, because it refused the token.
        TokenRefused = "token_refused",
    }
}

closed! {
    /// How a session with a gateway came to have a connection.
    pub(crate) enum Connected {
        /// It began.
        Identified = "identified",
        /// It went on.
        Resumed = "resumed",
    }
}

closed! {
    /// Why a connection with a gateway ended, or did not come about.
    pub(crate) enum Disconnect {
        /// The gateway's address could not be found out.
        NoAddress = "no_address",
        /// The gateway could not be reached.
        Unreached = "unreached",
        /// The connection broke.
        Broken = "broken",
        /// The gateway closed it.
        Closed = "closed",
        /// The gateway did not greet.
        NoHello = "no_hello",
        /// The gateway let no session begin.
        NoSession = "no_session",
        /// A heartbeat was not acknowledged.
        Dead = "dead",
        /// The gateway asked for a new connection.
        Reconnect = "reconnect",
        /// The gateway ended the session.
        InvalidSession = "invalid_session",
        /// The gateway will not have us, now or later.
        Refused = "refused",
    }
}

closed! {
    /// What is under way at this moment.
    pub enum Flight {
        /// Open connections.
        Connections = "connections",
        /// Requests from their headers to their answer.
        Requests = "requests",
        /// Commands that are being run.
        Plans = "plans",
        /// Answers that were promised, until they are delivered or lost.
        Deliveries = "deliveries",
    }
}
