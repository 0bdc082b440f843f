//! `/invites help`: what there is and how to use it, written from the command tree.
//!
//! ```text
//! /invites help [topic]
//! ```

use crate::{
    phrase::Phrase,
    reply::{Content, Control, HelpText, MenuOption},
    text,
    token::Token,
    tree::{self, Choice, Choices, CommandOption, Name, OptionKind, ROOT},
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "help",
    description: "What there is and how to use it",
    options: &[TOPIC],
    example: "help list",
};

pub(crate) const TOPIC: CommandOption = CommandOption {
    name: "topic",
    description: "What to explain",
    kind: OptionKind::Choice(Topic::choices),
    required: false,
    example: "list",
};

/// What help explains.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Topic {
    /// A command.
    Command(Name),
    /// Who may do what.
    Rights,
    /// Who sees what.
    Privacy,
}

const TOPICS: [Topic; 16] = [
    Topic::Command(Name::List),
    Topic::Command(Name::Show),
    Topic::Command(Name::Review),
    Topic::Command(Name::Stats),
    Topic::Command(Name::Who),
    Topic::Command(Name::Revoke),
    Topic::Command(Name::Clean),
    Topic::Command(Name::Create),
    Topic::Command(Name::Rotate),
    Topic::Command(Name::Pause),
    Topic::Command(Name::Resume),
    Topic::Command(Name::Export),
    Topic::Command(Name::Check),
    Topic::Command(Name::Help),
    Topic::Rights,
    Topic::Privacy,
];

impl Choices for Topic {
    fn all() -> &'static [Self] {
        &TOPICS
    }

    fn choice(self) -> Choice {
        match self {
            Self::Command(name) => Choice {
                value: name.spec().name,
                label: name.spec().name,
            },
            Self::Rights => Choice {
                value: "rights",
                label: "Who may do what",
            },
            Self::Privacy => Choice {
                value: "privacy",
                label: "Who sees what",
            },
        }
    }
}

/// Help on a topic, or on everything in short.
pub(crate) fn help(topic: Option<Topic>) -> (Content, Vec<Control>) {
    let (title, paragraphs) = match topic {
        None => overview(),
        Some(Topic::Command(name)) => command(name.spec()),
        Some(Topic::Rights) => rights(),
        Some(Topic::Privacy) => privacy(),
    };
    let content = HelpText { title, paragraphs };
    let menu = Control::Menu {
        token: Token::Help,
        placeholder: "More about…",
        options: TOPICS.map(|other| option(other, topic)).into(),
    };
    (Content::Help(content), vec![menu])
}

fn option(topic: Topic, chosen: Option<Topic>) -> MenuOption {
    let Choice { value, label } = topic.choice();
    MenuOption {
        value: value.into(),
        label: match topic {
            Topic::Command(_) => format!("/{ROOT} {label}").into(),
            Topic::Rights | Topic::Privacy => label.into(),
        },
        description: match topic {
            Topic::Command(name) => Some(name.spec().description.to_owned()),
            Topic::Rights | Topic::Privacy => None,
        },
        is_chosen: chosen == Some(topic),
    }
}

fn overview() -> (Phrase, Vec<Phrase>) {
    let mut paragraphs = vec![Phrase::from(
        "Shows which invites lead into this community, who made them and how they are used.",
    )];
    paragraphs.extend(Name::ALL.map(|name| {
        let spec = name.spec();
        Phrase::new()
            .command(spec.name)
            .text(format!(": {}", spec.description))
    }));
    paragraphs.push("Replies are seen by you alone, unless you share them.".into());
    ("What I can do".into(), paragraphs)
}

fn command(spec: &tree::Command) -> (Phrase, Vec<Phrase>) {
    let mut paragraphs = vec![Phrase::from(format!("{}.", spec.description))];
    paragraphs.extend(spec.options.iter().map(|option| {
        let needed = if option.required { " (needed)" } else { "" };
        Phrase::new()
            .code(option.name)
            .text(format!(
                "{needed}: {}. Takes {}, for example ",
                option.description,
                text::takes(option)
            ))
            .code(option.example)
    }));
    paragraphs.push(Phrase::from("For example ").command(spec.example));
    (Phrase::new().command(spec.name), paragraphs)
}

fn rights() -> (Phrase, Vec<Phrase>) {
    let paragraphs = [
        "Whoever may use the command here may read. By default that takes Manage Server; a server can open it to others under Server Settings → Integrations.",
        "Changing something (revoke, clean, create, rotate, pause, resume), and pressing something on a reply that everyone sees, takes a moderator: Manage Server, Administrator, or a role that the person who hosts the bot has named.",
        "The bot itself needs Manage Server (on Fluxer: Manage Community) where the invites are. With View Audit Log alone, Discord hides how they are used.",
    ];
    (
        "Who may do what".into(),
        paragraphs.map(Phrase::from).into(),
    )
}

fn privacy() -> (Phrase, Vec<Phrase>) {
    let paragraphs = [
        "A code lets its holder in. So replies are seen by you alone, unless you ask with share:true.",
        "A shared reply shows only the beginning of each code, and no link. What a moderator opens from it is seen by that moderator alone.",
        "The bot pings nobody and keeps no list: what it read is forgotten within minutes. Its log holds no codes and no names.",
    ];
    ("Who sees what".into(), paragraphs.map(Phrase::from).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_a_topic() {
        for name in Name::ALL {
            assert!(TOPICS.contains(&Topic::Command(name)), "{name:?}");
        }
    }
}
