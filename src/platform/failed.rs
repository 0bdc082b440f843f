//! What a call to a platform failed with, and what of it may be logged.

use std::{error::Error, fmt, time::Duration};

use gatehouse_commands::{PlatformError, PlatformErrorKind, PlatformName};

/// An error, and whether it is about everything that is asked: a rate limit of the token's, or no
/// connection.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: PlatformError,
    pub(crate) is_global: bool,
    /// The answer's status, where there was an answer.
    pub(crate) status: Option<u16>,
}

impl Failed {
    pub(crate) fn new(platform: PlatformName, kind: PlatformErrorKind) -> Self {
        Self {
            error: PlatformError::new(platform, kind),
            is_global: false,
            status: None,
        }
    }

    pub(crate) fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            error: self.error.caused_by(source),
            ..self
        }
    }

    pub(crate) fn of_everything(self, is_global: bool) -> Self {
        Self { is_global, ..self }
    }

    /// An answer of this status, with the platform's own word for what it means.
    pub(super) fn answered(self, status: u16, code: Option<String>) -> Self {
        Self {
            status: Some(status),
            ..self.because(Answer { status, code })
        }
    }

    /// An answer that cannot be parsed.
    pub(super) fn unreadable(platform: PlatformName, error: serde_json::Error) -> Self {
        Self::new(platform, PlatformErrorKind::Unreadable).because(Unparsed::from(error))
    }

    /// How long a rate limit asks to wait, when this is one that says so.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self.error.kind {
            PlatformErrorKind::RateLimited { retry_after } => {
                retry_after.and_then(|wait| Duration::try_from(wait).ok())
            }
            _ => None,
        }
    }
}

/// An answer that cannot be parsed, without what its parser would quote of it: codes and names.
#[derive(Debug)]
pub(super) struct Unparsed {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for Unparsed {
    fn from(error: serde_json::Error) -> Self {
        Self {
            category: error.classify(),
            line: error.line(),
            column: error.column(),
        }
    }
}

impl fmt::Display for Unparsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            category,
            line,
            column,
        } = self;
        write!(f, "JSON {category:?} error at line {line}, column {column}")
    }
}

impl Error for Unparsed {}

/// What a platform's refusal says, for the log.
#[derive(Debug)]
struct Answer {
    status: u16,
    code: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP status {}", self.status)?;
        // Only the platforms' own words, not whatever a body may hold.
        let is_word = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        match &self.code {
            Some(code) if code.len() <= 64 && code.chars().all(is_word) => {
                write!(f, ", code {code}")
            }
            _ => Ok(()),
        }
    }
}

impl Error for Answer {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{platform::wire, service::Chain};

    #[test]
    fn the_log_holds_nothing_of_an_answer_that_cannot_be_read() {
        for body in [
            r#"["aBcD12xY"]"#,
            r#"[{"code":"aBcD12xY","inviter":"aBcD12xY"}]"#,
        ] {
            let error = wire::read_invites(body.as_bytes()).unwrap_err();
            let failed = Failed::unreadable(PlatformName::Fluxer, error);
            let logged = format!("{} {failed:?}", Chain(&failed.error));
            assert!(!logged.contains("aBcD12xY"), "{logged}");
            assert!(logged.contains("line 1, column"), "{logged}");
        }
    }
}
