//! Why something is done, as a platform's audit log keeps it.
//!
//! ```text
//! <reason> - by <name> (<id>)
//! ```

use crate::{id::UserId, names};

/// The longest entry of an audit log, in characters, as a platform counts them.
/// See [Discord Docs/Audit Logs]; Fluxer drops a longer one without an error.
///
/// [Discord Docs/Audit Logs]: https://discord.com/developers/docs/resources/audit-log
pub const AUDIT_REASON_MAX_CHARS: usize = 512;

/// The longest reason that is asked for, so that who did it fits behind it.
pub const REASON_MAX_CHARS: u16 = 400;

/// The longest name with the `#0913` that tells two of the same apart.
const NAME_MAX_CHARS: usize = names::NAME_MAX_CHARS + "#0913".len();

const NOT_GIVEN: &str = "no reason given";

/// Who asks, for audit logs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Actor {
    /// The account; `None` for whoever is at the host's own terminal.
    pub id: Option<UserId>,
    /// The account's unique name.
    pub name: String,
}

impl Actor {
    /// The person at the host's own terminal.
    pub fn operator() -> Self {
        Self {
            id: None,
            name: "the operator".to_owned(),
        }
    }
}

/// Why something is done, and who wants it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    given: Option<String>,
    actor: Actor,
}

impl Reason {
    /// A reason as typed; one that is blank counts as not given.
    pub fn new(typed: Option<&str>, actor: &Actor) -> Self {
        Self {
            given: typed.and_then(tidy),
            actor: actor.clone(),
        }
    }

    /// The reason as typed, on one line.
    pub fn given(&self) -> Option<&str> {
        self.given.as_deref()
    }

    /// The audit log's entry: at most [`AUDIT_REASON_MAX_CHARS`] characters. The reason gives way
    /// so that who did it always fits.
    ///
    /// `written` puts a text into what the platform can keep, for example into ASCII.
    pub fn audit(&self, written: impl Fn(&str) -> String) -> String {
        let Actor { id, name } = &self.actor;
        let name = names::cut(written(name), NAME_MAX_CHARS);
        let by = match id {
            Some(id) => format!(" - by {name} ({id})"),
            None => format!(" - by {name}"),
        };
        let room = AUDIT_REASON_MAX_CHARS.saturating_sub(by.chars().count());
        let given = written(self.given.as_deref().unwrap_or(NOT_GIVEN));
        let given: String = given.chars().take(room).collect();
        format!("{}{by}", given.trim_end())
    }
}

/// On one line, without control characters and whatever reorders or hides text, at most
/// [`REASON_MAX_CHARS`]; `None` when nothing is left.
pub(crate) fn tidy(typed: &str) -> Option<String> {
    let printable: String = typed
        .chars()
        .filter(|c| !names::is_deceiving(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = printable.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().take(usize::from(REASON_MAX_CHARS)).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ann() -> Actor {
        Actor {
            id: UserId::new(u64::MAX),
            name: "ann".to_owned(),
        }
    }

    fn audit(typed: Option<&str>) -> String {
        Reason::new(typed, &ann()).audit(str::to_owned)
    }

    #[test]
    fn an_entry_says_why_and_who() {
        assert_eq!(
            audit(Some(" raid\n now ")),
            "raid now - by ann (18446744073709551615)"
        );
        assert_eq!(
            audit(Some("\u{202E}dedia\u{2069} r\u{200B}aid")),
            "dedia raid - by ann (18446744073709551615)"
        );
        for blank in [None, Some(""), Some(" \n "), Some("\u{202E}")] {
            assert!(
                audit(blank).starts_with("no reason given - by ann"),
                "{blank:?}"
            );
        }
        let operator = Reason::new(Some("raid"), &Actor::operator());
        assert_eq!(operator.audit(str::to_owned), "raid - by the operator");
    }

    #[test]
    fn a_reason_is_whole_at_its_limit_and_cut_past_it() {
        let limit = usize::from(REASON_MAX_CHARS);
        let given = |chars| {
            let reason = Reason::new(Some(&"é".repeat(chars)), &ann());
            reason.given().unwrap().chars().count()
        };
        assert_eq!(given(limit), limit);
        assert_eq!(given(limit + 1), limit);
    }

    #[test]
    fn an_entry_that_grew_is_cut_at_the_limit_and_not_before() {
        let by = " - by ann (18446744073709551615)".len();
        // A platform's spelling may be longer than what was typed.
        let grown = |chars: usize| {
            let spelt = move |text: &str| match text {
                "x" => "y".repeat(chars),
                text => text.to_owned(),
            };
            Reason::new(Some("x"), &ann()).audit(spelt)
        };
        let room = AUDIT_REASON_MAX_CHARS - by;
        assert_eq!(grown(room).len(), AUDIT_REASON_MAX_CHARS);
        assert_eq!(grown(room + 1), grown(room));
        assert!(grown(room + 1).ends_with("y - by ann (18446744073709551615)"));
    }

    proptest! {
        #[test]
        fn who_did_it_always_fits(typed in "\\PC{0,600}", name in "\\PC{0,60}") {
            let actor = Actor { name, ..ann() };
            let entry = Reason::new(Some(&typed), &actor).audit(|text| text.replace('a', "bcdef"));
            prop_assert!(entry.chars().count() <= AUDIT_REASON_MAX_CHARS);
            prop_assert!(entry.ends_with(" (18446744073709551615)"), "{}", entry);
        }
    }
}
