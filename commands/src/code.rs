//! Invite codes. A code lets its holder in, so it is masked in shared replies and never logged.

use std::{fmt, str::FromStr};

/// The longest code that is taken. Server-made ones have 8 (Fluxer) to 10 (Discord) characters.
pub const CODE_MAX_CHARS: usize = 64;

/// The most characters of a code that a shared reply shows.
pub(crate) const VISIBLE_CHARS: usize = 4;

const MASK: &str = "••••";

/// An invite's code: 1 to 64 of `A-Z`, `a-z`, `0-9` and `-`; case matters.
///
/// `Debug` does not show it.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Code(Box<str>);

/// The text is neither a code nor a link that ends in one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an invite code: a code has letters, digits and dashes")]
pub struct CodeError;

impl Code {
    /// Takes the code itself, not a link.
    ///
    /// # Errors
    ///
    /// A character that no code has (the code goes into the path of a request), none, or more
    /// than [`CODE_MAX_CHARS`].
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=CODE_MAX_CHARS).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(CodeError)
        }
    }

    /// The whole code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its beginning, for replies that everyone in a channel sees: `aBcD••••`.
    ///
    /// At least half of the code stays hidden.
    pub fn masked(&self) -> String {
        let visible = VISIBLE_CHARS.min(self.0.len() / 2);
        format!("{}{MASK}", &self.0[..visible])
    }
}

impl FromStr for Code {
    type Err = CodeError;

    /// Takes a code or a whole link to it, as people paste them: `https://discord.gg/aBcD12xY?x=1`,
    /// `fluxer.gg/aBcD12xY`, with or without angle brackets.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let text = text.split(['?', '#']).next().unwrap_or_default();
        let text = text.trim_end_matches('/');
        Self::new(text.rsplit('/').next().unwrap_or_default())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_for_their_code() {
        for text in [
            "aBcD12xY",
            " aBcD12xY ",
            "https://discord.gg/aBcD12xY",
            "discord.com/invite/aBcD12xY/",
            "<https://fluxer.gg/aBcD12xY>",
            "http://localhost:8088/invite/aBcD12xY?utm=1#top",
        ] {
            assert_eq!(text.parse::<Code>().unwrap().as_str(), "aBcD12xY", "{text}");
        }
    }

    #[test]
    fn codes_are_taken_at_the_limit_and_refused_past_it() {
        assert!(Code::new(&"a".repeat(CODE_MAX_CHARS)).is_ok());
        assert_eq!(Code::new(&"a".repeat(CODE_MAX_CHARS + 1)), Err(CodeError));
        for wrong in ["", "a b", "../guilds/1", "a?x=1", "ä", "a/b"] {
            assert_eq!(Code::new(wrong), Err(CodeError), "{wrong:?}");
        }
    }

    #[test]
    fn a_masked_code_hides_at_least_half() {
        let masked = |text: &str| Code::new(text).unwrap().masked();
        assert_eq!(masked("aBcD12xY"), "aBcD••••");
        assert_eq!(masked("aBcD12xYzz"), "aBcD••••");
        assert_eq!(masked("abcde"), "ab••••");
        assert_eq!(masked("a"), "••••");
    }

    #[test]
    fn debug_does_not_show_the_code() {
        let code = Code::new("aBcD12xY").unwrap();
        assert_eq!(format!("{code:?}"), "Code(…)");
    }
}
