//! Reads the values of a command's options, by the tree.

use jiff::SignedDuration;

use crate::{
    duration,
    tree::{Choices, Command, CommandOption, OptionKind},
    words::{Value, Words},
};

/// The longest length of time that is read.
const DURATION_MAX_CHARS: u16 = 16;

/// The words are no command of ours.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParseError {
    /// No such command.
    #[error("unknown command")]
    UnknownCommand {
        /// What was given; empty when nothing was.
        given: String,
    },
    /// The command has no such option.
    #[error("unknown option of {}", command.name)]
    UnknownOption {
        /// The command.
        command: &'static Command,
        /// What was given.
        given: String,
    },
    /// A value that the option does not take.
    #[error("wrong value of {}", option.name)]
    WrongValue {
        /// The option.
        option: &'static CommandOption,
    },
    /// An option that the command needs.
    #[error("{} is missing", option.name)]
    Missing {
        /// The option.
        option: &'static CommandOption,
    },
    /// A word that names nothing.
    #[error("unknown word")]
    UnknownWord {
        /// The word.
        given: String,
        /// What it may have been meant for.
        nearest: Option<&'static str>,
        /// What could be typed instead.
        example: &'static str,
    },
    /// Words in reply to a message that mean nothing there.
    #[error("unknown reply")]
    UnknownReply {
        /// The first of them.
        given: String,
        /// What it may have been meant for.
        nearest: Option<String>,
        /// What can be said there.
        ways: Vec<String>,
    },
}

/// The options that were given, each known to the command and given once.
#[derive(Debug)]
pub(crate) struct Options<'a> {
    given: Vec<(&'static CommandOption, &'a Value)>,
}

impl<'a> Options<'a> {
    pub(crate) fn read(command: &'static Command, words: &'a Words) -> Result<Self, ParseError> {
        let mut given: Vec<(&CommandOption, &Value)> = Vec::new();
        for (name, value) in &words.options {
            let option = command
                .options
                .iter()
                .find(|option| option.name == name)
                .ok_or_else(|| ParseError::UnknownOption {
                    command,
                    given: name.clone(),
                })?;
            if given.iter().any(|(other, _)| other.name == option.name) {
                return Err(ParseError::WrongValue { option });
            }
            given.push((option, value));
        }
        Ok(Self { given })
    }

    /// The option's text, if it was given and is not blank.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'a str>, ParseError> {
        let Some((option, value)) = self.find(name) else {
            return Ok(None);
        };
        let Value::Text(text) = value else {
            return Err(ParseError::WrongValue { option });
        };
        let max_chars = match option.kind {
            OptionKind::Text { max_chars } | OptionKind::Words { max_chars } => max_chars,
            OptionKind::Duration => DURATION_MAX_CHARS,
            OptionKind::Whole { .. } | OptionKind::Flag | OptionKind::Choice(_) => {
                return Err(ParseError::WrongValue { option });
            }
        };
        let text = text.trim();
        if text.chars().count() > usize::from(max_chars) {
            return Err(ParseError::WrongValue { option });
        }
        Ok((!text.is_empty()).then_some(text))
    }

    /// The option's length of time, if it was given.
    pub(crate) fn duration(&self, name: &str) -> Result<Option<SignedDuration>, ParseError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let (option, _) = self.find(name).expect("its text was there");
        let duration = duration::read(text).ok_or(ParseError::WrongValue { option })?;
        Ok(Some(duration))
    }

    /// The option's number, if it was given.
    pub(crate) fn whole(&self, name: &str) -> Result<Option<u32>, ParseError> {
        let Some((option, value)) = self.find(name) else {
            return Ok(None);
        };
        let number = match value {
            Value::Whole(number) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Flag(_) | Value::Other => None,
        };
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| match option.kind {
                OptionKind::Whole { min, max } => (min..=max).contains(number),
                _ => false,
            })
            .map(Some)
            .ok_or(ParseError::WrongValue { option })
    }

    /// Whether the option was given and is yes.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, ParseError> {
        match self.find(name) {
            None => Ok(false),
            Some((_, Value::Flag(flag))) => Ok(*flag),
            Some((option, Value::Text(text))) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" | "on" => Ok(true),
                "false" | "no" | "off" => Ok(false),
                _ => Err(ParseError::WrongValue { option }),
            },
            Some((option, _)) => Err(ParseError::WrongValue { option }),
        }
    }

    /// The option's choice, if it was given.
    pub(crate) fn choice<T: Choices>(&self, name: &str) -> Result<Option<T>, ParseError> {
        match self.find(name) {
            None => Ok(None),
            Some((option, Value::Text(text))) => T::read(text)
                .map(Some)
                .ok_or(ParseError::WrongValue { option }),
            Some((option, _)) => Err(ParseError::WrongValue { option }),
        }
    }

    /// The refusal of an option's value for a reason that the tree does not hold.
    pub(crate) fn wrong(option: &'static CommandOption) -> ParseError {
        ParseError::WrongValue { option }
    }

    fn find(&self, name: &str) -> Option<(&'static CommandOption, &'a Value)> {
        self.given
            .iter()
            .find(|(option, _)| option.name == name)
            .copied()
    }
}
