//! What the last line of a message of ours says of it, so that it can be gone on from after any
//! restart. Nothing is remembered.
//!
//! ```text
//! Reason: `moved to the new link`
//! -# `gh1 po 1574297842476908553 1574297753108873216 g1r:2:-n:::`
//!      |  ||                   |                   |  what it shows, as in a button's id
//!      |  ||                   |                   whom it was made for
//!      |  ||                   in which guild
//!      |  |whether codes are open or masked in it
//!      |  whether it is a page, or a form: something that it asks
//!      version
//! ```
//!
//! What has another meaning in a code span is escaped as in a URL. Only messages of our own are read,
//! and only what is written exactly as we write it: a line of another version is none.

use std::fmt;

use gatehouse_commands::{Anchor, GuildId, UserId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const BEGIN: &str = "-# `gh1 ";
const END: &str = "`";

/// What stands before a reason.
const REASON: &str = "Reason: `";

/// What is written as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b':')
    .remove(b'=')
    .remove(b'@')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.');

/// What a message of ours is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct State {
    /// What it shows, or asks.
    pub(super) anchor: Anchor,
    /// Whether codes are masked in it.
    pub(super) is_masked: bool,
    /// The guild that it was asked for in.
    pub(super) guild: GuildId,
    /// Who asked for it.
    pub(super) asker: UserId,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.anchor.is_form { 'f' } else { 'p' };
        let codes = if self.is_masked { 'm' } else { 'o' };
        let Self { guild, asker, .. } = self;
        let token = self.anchor.token.to_string();
        let token = utf8_percent_encode(&token, ESCAPED);
        write!(f, "{BEGIN}{kind}{codes} {guild} {asker} {token}{END}")
    }
}

impl State {
    /// What the last line of a message says; `None` when it says nothing, or nothing of ours.
    pub(super) fn read(content: &str) -> Option<Self> {
        let line = content.lines().next_back()?;
        let fields = line.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let mut fields = fields.split(' ');
        let (kind, guild, asker, token) = (
            fields.next()?,
            fields.next()?,
            fields.next()?,
            fields.next()?,
        );
        let (is_form, is_masked) = match kind {
            "po" => (false, false),
            "pm" => (false, true),
            "fo" => (true, false),
            "fm" => (true, true),
            _ => return None,
        };
        let token = percent_decode_str(token).decode_utf8().ok()?;
        let state = Self {
            anchor: Anchor {
                token: token.parse().ok()?,
                is_form,
            },
            is_masked,
            guild: guild.parse().ok()?,
            asker: asker.parse().ok()?,
        };
        (state.to_string() == line).then_some(state)
    }
}

/// The line of a reason, for [`reason_in`].
pub(super) fn reason_line(reason: &str) -> String {
    // A code span ends at the first of these.
    format!("{REASON}{}{END}", reason.replace('`', "'"))
}

/// The reason that a message of ours shows, in the line before the last.
pub(super) fn reason_in(content: &str) -> Option<&str> {
    let line = content.lines().rev().nth(1)?;
    let reason = line.strip_prefix(REASON)?.strip_suffix(END)?;
    (!reason.is_empty()).then_some(reason)
}

#[cfg(test)]
mod tests {
    use gatehouse_commands::{Filter, RunId, Search, Token, View};
    use proptest::prelude::*;

    use super::*;

    fn state(token: &str, is_form: bool, is_masked: bool) -> State {
        State {
            anchor: Anchor {
                token: token.parse().unwrap(),
                is_form,
            },
            is_masked,
            guild: GuildId::new(u64::MAX).unwrap(),
            asker: UserId::new(7).unwrap(),
        }
    }

    fn tokens() -> impl Strategy<Value = String> {
        prop_oneof![
            "[^:\\n\\r]{0,32}".prop_map(|search| {
                let view = View {
                    filter: Filter {
                        search: Search::new(&search).unwrap_or_default(),
                        ..Filter::default()
                    },
                    ..View::default()
                };
                let refresh = "g1r:1:-n:::".parse::<Token>().unwrap();
                match refresh {
                    Token::List(control, _) => Token::List(control, view).to_string(),
                    other => other.to_string(),
                }
            }),
            any::<u64>().prop_map(|run| Token::Cancel(RunId(run)).to_string()),
            "[A-Za-z0-9-]{1,64}".prop_map(|code| format!("g1c:={code}:1:-n:::")),
        ]
    }

    #[test]
    fn the_last_line_reads_like_this() {
        let line = state("g1r:2:un:a:b:kite `club` 漢", false, true).to_string();
        insta::assert_snapshot!(line, @"-# `gh1 pm 18446744073709551615 7 g1r:2:un:a:b:kite%20%60club%60%20%E6%BC%A2`");
    }

    proptest! {
        #[test]
        fn a_line_reads_back_as_it_was_written(
            token in tokens(),
            is_form: bool,
            is_masked: bool,
            above in "\\PC*",
        ) {
            let state = state(&token, is_form, is_masked);
            let line = state.to_string();
            prop_assert!(!line[BEGIN.len()..line.len() - 1].contains(['`', '\n']), "{}", line);
            prop_assert_eq!(State::read(&format!("{above}\n{line}")), Some(state));
        }

        #[test]
        fn reading_never_panics(content in "\\PC*") {
            let _ = State::read(&content);
            let _ = State::read(&format!("{BEGIN}{content}{END}"));
            let _ = reason_in(&content);
        }
    }

    #[test]
    fn only_the_last_line_counts_and_only_as_we_write_it() {
        let line = state("g1r:2:-n:::", false, false).to_string();
        assert!(State::read(&line).is_some());
        for other in [
            format!("{line}\nmore"),
            format!(" {line}"),
            format!("{line} "),
            line.replace("gh1", "gh2"),
            line.replace(" po ", " px "),
            line.replace(" po ", " po  "),
            line.replace("g1r:2", "g1r:%32"),
            line.replace(" 7 ", " 07 "),
            line.replace(" 7 ", " 0 "),
            line.replace("g1r:2:-n:::", "g9r:2:-n:::"),
            line.replace("g1r:2:-n:::", "g1r:2:-n::: x"),
        ] {
            assert_eq!(State::read(&other), None, "{other}");
        }
    }

    #[test]
    fn a_reason_is_read_from_the_line_before() {
        let line = state("g1r:2:-n:::", false, false).to_string();
        let shown = |reason: &str| format!("text\n{}\n{line}", reason_line(reason));
        assert_eq!(reason_in(&shown("moved away")), Some("moved away"));
        assert_eq!(reason_in(&shown("a `b`")), Some("a 'b'"));
        assert_eq!(reason_in(&format!("text\n{line}")), None);
        assert_eq!(reason_in(&line), None);
    }
}
