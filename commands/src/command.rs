//! Words become a command.

use jiff::SignedDuration;

use crate::{
    clean::CleanWish,
    code::Code,
    create::CreateWish,
    export::{self, Format},
    help::{self, Topic},
    joins,
    options::{Options, ParseError},
    reason::tidy,
    stats::{self, By},
    tree::{self, Name},
    wish::Wish,
    words::Words,
};

/// What a moderator asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `/invites list`
    List {
        /// Which list.
        wish: Wish,
        /// Whether everyone sees the reply.
        share: bool,
    },
    /// `/invites show`
    Show {
        /// Which invite.
        code: Code,
        /// Whether everyone sees the reply.
        share: bool,
    },
    /// `/invites review`
    Review {
        /// Whether everyone sees the reply.
        share: bool,
    },
    /// `/invites stats`
    Stats {
        /// Whose invites are counted together.
        by: By,
        /// Whether everyone sees the reply.
        share: bool,
    },
    /// `/invites who`
    Who {
        /// Through which invite.
        code: Code,
    },
    /// `/invites revoke`
    Revoke {
        /// Which invite.
        code: Code,
        /// Why, for the audit log.
        reason: Option<String>,
    },
    /// `/invites clean`
    Clean {
        /// Which invites.
        wish: CleanWish,
        /// Why, for the audit log.
        reason: Option<String>,
    },
    /// `/invites create`
    Create {
        /// What it is to be like.
        wish: CreateWish,
        /// Why, for the audit log.
        reason: Option<String>,
    },
    /// `/invites rotate`
    Rotate {
        /// Which invite.
        code: Code,
        /// Why, for the audit log.
        reason: Option<String>,
    },
    /// `/invites pause`
    Pause {
        /// How long; `None` = as long as the platform allows.
        duration: Option<SignedDuration>,
        /// Why, for the audit log.
        reason: Option<String>,
    },
    /// `/invites resume`
    Resume {
        /// Why, for the audit log.
        reason: Option<String>,
    },
    /// `/invites check`
    Check,
    /// `/invites export`
    Export {
        /// Which list.
        wish: Wish,
        /// As which file.
        format: Format,
    },
    /// `/invites help`
    Help {
        /// On what; `None` = on everything.
        topic: Option<Topic>,
    },
}

impl Command {
    /// Reads a command from its words.
    ///
    /// # Errors
    ///
    /// An unknown command or option, a value that the option does not take, a missing option.
    pub fn parse(words: &Words) -> Result<Self, ParseError> {
        let name = Self::name(words)?;
        let options = Options::read(name.spec(), words)?;
        match name {
            Name::List => Ok(Self::List {
                wish: Wish::read(&options)?,
                share: options.flag(tree::SHARE.name)?,
            }),
            Name::Show => Ok(Self::Show {
                code: code(&options)?,
                share: options.flag(tree::SHARE.name)?,
            }),
            Name::Review => Ok(Self::Review {
                share: options.flag(tree::SHARE.name)?,
            }),
            Name::Stats => Ok(Self::Stats {
                by: options.choice(stats::BY.name)?.unwrap_or_default(),
                share: options.flag(tree::SHARE.name)?,
            }),
            Name::Who => Ok(Self::Who {
                code: code(&options)?,
            }),
            Name::Revoke => Ok(Self::Revoke {
                code: code(&options)?,
                reason: reason(&options)?,
            }),
            Name::Clean => Ok(Self::Clean {
                wish: CleanWish::read(&options)?,
                reason: reason(&options)?,
            }),
            Name::Create => Ok(Self::Create {
                wish: CreateWish::read(&options)?,
                reason: reason(&options)?,
            }),
            Name::Rotate => Ok(Self::Rotate {
                code: code(&options)?,
                reason: reason(&options)?,
            }),
            Name::Pause => Ok(Self::Pause {
                duration: options.duration(joins::FOR.name)?,
                reason: reason(&options)?,
            }),
            Name::Resume => Ok(Self::Resume {
                reason: reason(&options)?,
            }),
            Name::Check => Ok(Self::Check),
            Name::Export => Ok(Self::Export {
                wish: Wish::read(&options)?,
                format: options.choice(export::FORMAT.name)?.unwrap_or_default(),
            }),
            Name::Help => Ok(Self::Help {
                topic: options.choice(help::TOPIC.name)?,
            }),
        }
    }

    /// The command that the words are of.
    pub(crate) fn name(words: &Words) -> Result<Name, ParseError> {
        let given = words.command.as_deref().unwrap_or_default();
        Name::ALL
            .into_iter()
            .find(|name| name.spec().name == given)
            .ok_or_else(|| ParseError::UnknownCommand {
                given: given.to_owned(),
            })
    }
}

fn code(options: &Options<'_>) -> Result<Code, ParseError> {
    let option = &tree::CODE;
    let text = options.text(option.name)?;
    let text = text.ok_or(ParseError::Missing { option })?;
    text.parse().map_err(|_| Options::wrong(option))
}

fn reason(options: &Options<'_>) -> Result<Option<String>, ParseError> {
    Ok(options.text(tree::REASON.name)?.and_then(tidy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{query::SEARCH_MAX_CHARS, words::Value};
    use proptest::prelude::*;

    fn parse(command: &str, options: &[(&str, &str)]) -> Result<Command, ParseError> {
        Command::parse(&Words::with(command, options))
    }

    #[test]
    fn a_list_without_options_is_everything() {
        insta::assert_debug_snapshot!(parse("list", &[]), @r"
        Ok(
            List {
                wish: Wish {
                    by: None,
                    channel: None,
                    state: None,
                    search: None,
                    sort: Newest,
                    page: 1,
                },
                share: false,
            },
        )
        ");
    }

    #[test]
    fn every_option_of_list_is_read() {
        let options = [
            ("search", " wel  come "),
            ("by", "ann"),
            ("channel", "#welcome"),
            ("state", "unused"),
            ("sort", "most-used"),
            ("page", "3"),
            ("share", "true"),
        ];
        insta::assert_debug_snapshot!(parse("list", &options), @r##"
        Ok(
            List {
                wish: Wish {
                    by: Some(
                        "ann",
                    ),
                    channel: Some(
                        "#welcome",
                    ),
                    state: Some(
                        Unused,
                    ),
                    search: Some(
                        Search {
                            text: "wel come",
                            in_codes: true,
                        },
                    ),
                    sort: MostUsed,
                    page: 3,
                },
                share: true,
            },
        )
        "##);
    }

    #[test]
    fn slash_commands_send_numbers_and_flags_as_such() {
        let words = Words {
            command: Some("list".to_owned()),
            options: vec![
                ("page".to_owned(), Value::Whole(2)),
                ("share".to_owned(), Value::Flag(true)),
            ],
        };
        assert!(matches!(
            Command::parse(&words),
            Ok(Command::List { share: true, .. })
        ));
    }

    #[test]
    fn wrong_values_name_the_option() {
        for (command, option, value) in [
            ("list", "state", "soonish"),
            ("list", "sort", "7"),
            ("list", "page", "0"),
            ("list", "page", "two"),
            ("list", "page", "1000001"),
            ("list", "share", "perhaps"),
            ("show", "code", "not a code"),
            ("export", "format", "pdf"),
            ("help", "topic", "weather"),
        ] {
            let error = parse(command, &[(option, value)]);
            let Err(ParseError::WrongValue { option: named }) = error else {
                panic!("{command} {option}:{value} gave {error:?}");
            };
            assert_eq!(named.name, option);
        }
    }

    #[test]
    fn searches_are_taken_at_the_limit_and_refused_past_it() {
        let at = "ü".repeat(SEARCH_MAX_CHARS);
        let past = "ü".repeat(SEARCH_MAX_CHARS + 1);
        assert!(parse("list", &[("search", &at)]).is_ok());
        assert!(parse("list", &[("search", &past)]).is_err());
    }

    #[test]
    fn unknown_words_are_named() {
        assert!(matches!(
            parse("delete", &[]),
            Err(ParseError::UnknownCommand { given }) if given == "delete"
        ));
        assert!(matches!(
            parse("list", &[("min-uses", "3")]),
            Err(ParseError::UnknownOption { given, .. }) if given == "min-uses"
        ));
        assert!(matches!(
            parse("show", &[]),
            Err(ParseError::Missing { option }) if option.name == "code"
        ));
        assert!(matches!(
            parse("list", &[("by", "a"), ("by", "b")]),
            Err(ParseError::WrongValue { option }) if option.name == "by"
        ));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(command in "(list|show|stats|who|revoke|clean|create|rotate|pause|export|help|\\PC*)", name in "(search|by|channel|state|sort|page|share|code|format|topic|reason|keep|older_than|expires|uses|for|\\PC*)", text in "\\PC*") {
            let _ = parse(&command, &[(&name, &text)]);
        }
    }
}
