//! The one definition of the command tree: names, descriptions, options, choices.
//!
//! Parsing, registration, help and suggestions read it. Adding a command adds a variant to
//! [`Name`]; the compiler then names the places.

use crate::{
    check, clean, create, export, help, joins, list, query, reason, review, revoke, rotate, show,
    stats, who,
};

/// The command that everything is below of.
pub const ROOT: &str = "invites";

/// What the platform's command picker says of [`ROOT`].
pub const ROOT_DESCRIPTION: &str = "Which invites lead into this community, and how they are used";

/// A command below [`ROOT`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Name {
    /// The invites, page by page.
    List,
    /// One invite.
    Show,
    /// The few invites that matter.
    Review,
    /// Totals, with a chart.
    Stats,
    /// Who came through an invite.
    Who,
    /// End one invite.
    Revoke,
    /// End many invites.
    Clean,
    /// Make an invite.
    Create,
    /// Replace an invite.
    Rotate,
    /// Let nobody in by invite.
    Pause,
    /// Let people in again.
    Resume,
    /// The invites as a file.
    Export,
    /// Whether everything is set up right.
    Check,
    /// What there is and how to use it.
    Help,
}

impl Name {
    /// Every command, in the order of help.
    pub const ALL: [Self; 14] = [
        Self::List,
        Self::Show,
        Self::Review,
        Self::Stats,
        Self::Who,
        Self::Revoke,
        Self::Clean,
        Self::Create,
        Self::Rotate,
        Self::Pause,
        Self::Resume,
        Self::Export,
        Self::Check,
        Self::Help,
    ];

    /// What the command takes.
    pub const fn spec(self) -> &'static Command {
        match self {
            Self::List => &list::SPEC,
            Self::Show => &show::SPEC,
            Self::Review => &review::SPEC,
            Self::Stats => &stats::SPEC,
            Self::Who => &who::SPEC,
            Self::Revoke => &revoke::SPEC,
            Self::Clean => &clean::SPEC,
            Self::Create => &create::SPEC,
            Self::Rotate => &rotate::SPEC,
            Self::Pause => &joins::PAUSE,
            Self::Resume => &joins::RESUME,
            Self::Export => &export::SPEC,
            Self::Check => &check::SPEC,
            Self::Help => &help::SPEC,
        }
    }
}

/// A command: its name and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// 1 to 32 lower-case letters.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// Required ones first, at most 25.
    pub options: &'static [CommandOption],
    /// How it is typed.
    pub example: &'static str,
}

impl Command {
    /// The option of this name, if there are suggestions for it.
    pub(crate) fn suggested(&self, name: &str) -> Option<&'static CommandOption> {
        let takes_text = |option: &&CommandOption| matches!(option.kind, OptionKind::Text { .. });
        let mut options = self.options.iter();
        options
            .find(|option| option.name == name)
            .filter(takes_text)
    }
}

/// An option of a command.
#[derive(Clone, Copy, Debug)]
pub struct CommandOption {
    /// 1 to 32 lower-case letters and underscores.
    pub name: &'static str,
    /// 1 to 100 characters.
    pub description: &'static str,
    /// What it takes.
    pub kind: OptionKind,
    /// Whether the command makes no sense without it.
    pub required: bool,
    /// A right value.
    pub example: &'static str,
}

// Names are unique within the tree (options: within their command), so they tell equality.
impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl PartialEq for CommandOption {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What an option takes.
#[derive(Clone, Copy, Debug)]
pub enum OptionKind {
    /// Text, with suggestions while it is typed.
    Text {
        /// At most this many characters (code points).
        max_chars: u16,
    },
    /// Text that nothing can be suggested for.
    Words {
        /// At most this many characters (code points).
        max_chars: u16,
    },
    /// A length of time: `30m`, `12h`, `30d`, `2w`.
    Duration,
    /// A whole number.
    Whole {
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
    },
    /// Yes or no.
    Flag,
    /// One of a few.
    Choice(fn() -> Vec<Choice>),
}

/// One of the few values that an option takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Choice {
    /// What is sent and typed.
    pub value: &'static str,
    /// What people read.
    pub label: &'static str,
}

/// A type whose values are an option's choices.
pub trait Choices: Copy + 'static {
    /// Every value, in the order of menus.
    fn all() -> &'static [Self];

    /// How the value is sent and shown.
    fn choice(self) -> Choice;

    /// The value that was sent; also takes what people read, whatever the case.
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::all().iter().copied().find(|value| {
            let Choice { value, label } = value.choice();
            text.eq_ignore_ascii_case(value) || text.eq_ignore_ascii_case(label)
        })
    }

    /// Every choice.
    fn choices() -> Vec<Choice> {
        Self::all().iter().map(|value| value.choice()).collect()
    }
}

/// Names, links or ids are longer than what they find; no platform's own limit.
const TEXT_MAX_CHARS: u16 = 100;

/// A code may come as a whole link.
const CODE_TEXT_MAX_CHARS: u16 = 200;

#[expect(clippy::cast_possible_truncation, reason = "32 fits into 16 bits")]
const SEARCH_TEXT_MAX_CHARS: u16 = query::SEARCH_MAX_CHARS as u16;

pub(crate) const SEARCH: CommandOption = CommandOption {
    name: "search",
    description: "Only invites whose code, creator or channel contains this",
    kind: OptionKind::Text {
        max_chars: SEARCH_TEXT_MAX_CHARS,
    },
    required: false,
    example: "welcome",
};

pub(crate) const BY: CommandOption = CommandOption {
    name: "by",
    description: "Only invites made by this person or bot",
    kind: OptionKind::Text {
        max_chars: TEXT_MAX_CHARS,
    },
    required: false,
    example: "ann",
};

pub(crate) const CHANNEL: CommandOption = CommandOption {
    name: "channel",
    description: "Only invites that lead into this channel",
    kind: OptionKind::Text {
        max_chars: TEXT_MAX_CHARS,
    },
    required: false,
    example: "#welcome",
};

pub(crate) const STATE: CommandOption = CommandOption {
    name: "state",
    description: "Only invites in this state",
    kind: OptionKind::Choice(query::State::choices),
    required: false,
    example: "unused",
};

pub(crate) const SORT: CommandOption = CommandOption {
    name: "sort",
    description: "In which order (newest first if left out)",
    kind: OptionKind::Choice(query::Sort::choices),
    required: false,
    example: "most-used",
};

pub(crate) const PAGE: CommandOption = CommandOption {
    name: "page",
    description: "Which page of the list",
    kind: OptionKind::Whole {
        min: 1,
        max: 1_000_000,
    },
    required: false,
    example: "2",
};

pub(crate) const SHARE: CommandOption = CommandOption {
    name: "share",
    description: "Show the reply to everyone here, with hidden codes",
    kind: OptionKind::Flag,
    required: false,
    example: "true",
};

pub(crate) const CODE: CommandOption = CommandOption {
    name: "code",
    description: "The invite's code, or the whole link",
    kind: OptionKind::Text {
        max_chars: CODE_TEXT_MAX_CHARS,
    },
    required: true,
    example: "aBcD12xY",
};

pub(crate) const REASON: CommandOption = CommandOption {
    name: "reason",
    description: "Why, for the audit log",
    kind: OptionKind::Words {
        max_chars: reason::REASON_MAX_CHARS,
    },
    required: false,
    example: "moved to the new link",
};

#[cfg(test)]
mod tests {
    use super::*;

    /// See [Discord Docs/Application Commands].
    ///
    /// [Discord Docs/Application Commands]: https://discord.com/developers/docs/interactions/application-commands
    #[test]
    fn the_tree_keeps_the_limits_of_slash_commands() {
        let name_fits = |name: &str| {
            (1..=32).contains(&name.len())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-')
        };
        let text_fits = |text: &str| (1..=100).contains(&text.chars().count());
        assert!(name_fits(ROOT) && text_fits(ROOT_DESCRIPTION));
        for name in Name::ALL {
            let command = name.spec();
            assert!(name_fits(command.name) && text_fits(command.description));
            assert!(command.options.len() <= 25);
            assert!(
                command.options.is_sorted_by_key(|option| !option.required),
                "required options first in {}",
                command.name
            );
            for option in command.options {
                assert!(name_fits(option.name) && text_fits(option.description));
                if let OptionKind::Choice(choices) = option.kind {
                    assert!((1..=25).contains(&choices().len()));
                }
            }
        }
    }

    #[test]
    fn choices_are_read_by_value_and_by_label() {
        assert_eq!(
            query::State::read("never-expires"),
            Some(query::State::NeverExpires)
        );
        assert_eq!(
            query::State::read(" Never Expires "),
            Some(query::State::NeverExpires)
        );
        assert_eq!(query::State::read("never"), None);
    }
}
