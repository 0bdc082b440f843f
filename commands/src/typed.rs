//! Words as they are typed into a text face: a terminal, or a message.
//!
//! ```text
//! [command] word…          list unused oldest page:3 by:ann
//! word = name:value        an option by its name; also name=value
//!      | value             a choice (unused, oldest, csv), a length of time (30d) or the word
//!                          share, needs no name
//!      | anything else     what the command is about: a code for show, a topic for help
//! reason:word…             all that follows is the reason; where a command is about one thing
//!                          that was named before, `reason:` can be left out
//! ```
//!
//! Without a command the words are those of `list`; a single word that looks like a code is
//! shown. Case matters in codes and names alone: phones begin a message with a capital letter.

use crate::{
    code::Code,
    create, duration,
    options::ParseError,
    tree::{self, Choice, Command, CommandOption, Name, OptionKind, REASON},
    words::{Value, Words},
};

/// A code made by a server has this many characters at least.
const CODE_MIN_CHARS: usize = 6;

/// The greatest distance at which a word is taken for a misspelt one.
const NEAREST_MAX_EDITS: usize = 3;

impl Words {
    /// Reads typed words.
    ///
    /// # Errors
    ///
    /// [`ParseError::UnknownWord`] for one that names nothing.
    pub fn typed<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, ParseError> {
        let mut words = words.into_iter().map(bare).peekable();
        let first = words.peek().copied().unwrap_or_default();
        let is_first = |name: &Name| name.spec().name.eq_ignore_ascii_case(first);
        let name = match Name::ALL.into_iter().find(is_first) {
            Some(name) => {
                words.next();
                name
            }
            None if looks_like_code(first) && !names_something(Name::List, first) => Name::Show,
            None => Name::List,
        };
        let command = name.spec();
        let mut options: Vec<(String, Value)> = Vec::new();
        while let Some(word) = words.next() {
            let read = option(command, word, &options);
            let begins_reason = match &read {
                Ok((name, _)) => name == REASON.name,
                Err(_) => takes_words_for_a_reason(name, &options),
            };
            if !begins_reason {
                options.push(read?);
                continue;
            }
            let first = match read {
                Ok((_, Value::Text(first))) => first,
                _ => word.to_owned(),
            };
            let rest = std::iter::once(first).chain(words.by_ref().map(str::to_owned));
            let reason = rest.collect::<Vec<_>>().join(" ");
            options.push((REASON.name.to_owned(), Value::Text(reason)));
        }
        Ok(Self {
            command: Some(command.name.to_owned()),
            options,
        })
    }
}

/// Whether words that name nothing are the reason. Where many invites are at stake a misspelt word
/// must not be taken for one.
fn takes_words_for_a_reason(name: Name, given: &[(String, Value)]) -> bool {
    let is_given = |option: &CommandOption| given.iter().any(|(name, _)| name == option.name);
    let mut required = name.spec().options.iter().filter(|option| option.required);
    let has_reason = name.spec().options.contains(&REASON);
    let is_about_one = matches!(name, Name::Revoke | Name::Rotate);
    is_about_one && has_reason && required.all(is_given)
}

fn option(
    command: &'static Command,
    word: &str,
    given: &[(String, Value)],
) -> Result<(String, Value), ParseError> {
    if let Some((name, value)) = word.split_once([':', '='])
        && let Some(option) = named(command, name)
    {
        return Ok((option.name.to_owned(), Value::Text(value.to_owned())));
    }
    if let Some(share) = named(command, word).filter(|option| option.name == tree::SHARE.name) {
        return Ok((share.name.to_owned(), Value::Flag(true)));
    }
    for option in command.options {
        let is_given = given.iter().any(|(name, _)| name == option.name);
        let is_meant = match option.kind {
            OptionKind::Choice(choices) => {
                let is_it = |choice: &Choice| choice.value.eq_ignore_ascii_case(word);
                if let Some(choice) = choices().into_iter().find(is_it) {
                    let value = Value::Text(choice.value.to_owned());
                    return Ok((option.name.to_owned(), value));
                }
                false
            }
            // Anything may be a code: a wrong one is told so when it is read.
            OptionKind::Text { .. } => option.required && !is_given,
            OptionKind::Duration => {
                let is_endless = option.name == create::EXPIRES.name && word == create::NEVER;
                (duration::read(word).is_some() || is_endless) && !is_given
            }
            OptionKind::Words { .. } | OptionKind::Whole { .. } | OptionKind::Flag => false,
        };
        if is_meant {
            return Ok((option.name.to_owned(), Value::Text(word.to_owned())));
        }
    }
    Err(ParseError::UnknownWord {
        given: word.to_owned(),
        nearest: nearest(command, word),
        example: command.example,
    })
}

/// A word as it is meant, without what a chat's markup puts around it.
pub(crate) fn bare(word: &str) -> &str {
    let plain = word.trim_matches('`');
    match plain
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
    {
        Some(link) if link.contains("://") => link,
        _ => plain,
    }
}

fn named(command: &'static Command, name: &str) -> Option<&'static CommandOption> {
    let mut options = command.options.iter();
    options.find(|option| option.name.eq_ignore_ascii_case(name))
}

/// Whether a word of this command is a choice or a name, however it is written.
fn names_something(name: Name, word: &str) -> bool {
    option(name.spec(), word, &[]).is_ok()
}

/// A link, or a word of a code's length that holds a digit or an upper-case letter, as nearly
/// every server-made code does and no word of ours.
pub(crate) fn looks_like_code(word: &str) -> bool {
    word.contains("://")
        || (word.len() >= CODE_MIN_CHARS
            && Code::new(word).is_ok()
            && word
                .bytes()
                .any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()))
}

/// A link, or a word that is a code at a glance where people talk: one that could begin a sentence
/// ("Thanks") is none.
pub(crate) fn is_plainly_a_code(word: &str) -> bool {
    let begins_no_sentence = |word: &str| {
        let mut rest = word.bytes().skip(1);
        rest.any(|byte| byte.is_ascii_uppercase()) || word.bytes().any(|byte| byte.is_ascii_digit())
    };
    looks_like_code(word) && (word.contains("://") || begins_no_sentence(word))
}

fn nearest(command: &'static Command, word: &str) -> Option<&'static str> {
    let word = word
        .split([':', '='])
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let commands = Name::ALL.into_iter().map(|name| name.spec().name);
    let options = command.options.iter().flat_map(|option| {
        let values = match option.kind {
            OptionKind::Choice(choices) => choices(),
            _ => Vec::new(),
        };
        let values = values.into_iter().map(|choice| choice.value);
        std::iter::once(option.name).chain(values)
    });
    nearest_of(&word, commands.chain(options))
}

/// The known word that this one was most likely meant for.
pub(crate) fn nearest_of<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&word, known), known))
        .filter(|(edits, known)| *edits <= NEAREST_MAX_EDITS.min(known.len() / 2))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(line: &str) -> Result<Words, ParseError> {
        Words::typed(line.split_whitespace())
    }

    #[test]
    fn words_come_in_any_order() {
        for line in [
            "list unused oldest page:3 by:ann share",
            "share by=ann oldest page:3 unused",
        ] {
            let mut words = typed(line).unwrap();
            words.options.sort_by(|(a, _), (b, _)| a.cmp(b));
            let names: Vec<&str> = words
                .options
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            assert_eq!(words.command.as_deref(), Some("list"), "{line}");
            assert_eq!(names, ["by", "page", "share", "sort", "state"], "{line}");
        }
    }

    #[test]
    fn a_code_is_shown_with_and_without_the_command() {
        let expected = Words::with("show", &[("code", "aBcD12xY")]);
        assert_eq!(typed("aBcD12xY").as_ref(), Ok(&expected));
        assert_eq!(typed("show aBcD12xY").as_ref(), Ok(&expected));
        let link = Words::with("show", &[("code", "https://fluxer.gg/aBcD12xY")]);
        assert_eq!(typed("https://fluxer.gg/aBcD12xY"), Ok(link));
    }

    #[test]
    fn case_matters_in_codes_and_names_alone() {
        let expected = [("state", "unused"), ("sort", "oldest"), ("by", "Ann")];
        for line in ["List Unused OLDEST By:Ann", "Unused oldest by:Ann"] {
            assert_eq!(typed(line), Ok(Words::with("list", &expected)), "{line}");
        }
        let shown = Words::with("show", &[("code", "aBcD12xY")]);
        assert_eq!(typed("SHOW aBcD12xY"), Ok(shown));
    }

    #[test]
    fn what_markup_puts_around_a_word_is_no_part_of_it() {
        let shown = Words::with("show", &[("code", "aBcD12xY")]);
        assert_eq!(typed("show `aBcD12xY`"), Ok(shown));
        let link = Words::with("show", &[("code", "https://fluxer.gg/aBcD12xY")]);
        assert_eq!(typed("<https://fluxer.gg/aBcD12xY>"), Ok(link));
        let by = Words::with("list", &[("by", "<@12>")]);
        assert_eq!(typed("list by:<@12>"), Ok(by));
    }

    #[test]
    fn nothing_typed_is_the_list_and_topics_need_no_name() {
        assert_eq!(typed(""), Ok(Words::with("list", &[])));
        assert_eq!(
            typed("help rights"),
            Ok(Words::with("help", &[("topic", "rights")]))
        );
        assert_eq!(
            typed("export json used"),
            Ok(Words::with(
                "export",
                &[("format", "json"), ("state", "used")]
            ))
        );
    }

    #[test]
    fn words_that_name_nothing_are_the_reason_where_one_thing_is_meant() {
        let revoke = [("code", "aBcD12xY"), ("reason", "moved to the new link")];
        for line in [
            "revoke aBcD12xY moved to the new link",
            "revoke aBcD12xY reason:moved to the new link",
        ] {
            assert_eq!(typed(line), Ok(Words::with("revoke", &revoke)), "{line}");
        }
        let clean = [
            ("state", "unused"),
            ("older_than", "30d"),
            ("keep", "a,b"),
            ("reason", "spring cleaning: unused"),
        ];
        assert_eq!(
            typed("clean unused 30d keep:a,b reason:spring cleaning: unused"),
            Ok(Words::with("clean", &clean))
        );
        assert_eq!(
            typed("pause 12h reason:raid now"),
            Ok(Words::with(
                "pause",
                &[("for", "12h"), ("reason", "raid now")]
            ))
        );
    }

    #[test]
    fn a_misspelt_word_never_becomes_the_reason_to_end_many() {
        assert!(matches!(
            typed("clean unusd"),
            Err(ParseError::UnknownWord {
                nearest: Some("unused"),
                ..
            })
        ));
        for line in ["list some words", "pause 12hrs", "create #welcome nevr"] {
            assert!(typed(line).is_err(), "{line}");
        }
        let never = [("channel", "#welcome"), ("expires", "never")];
        assert_eq!(
            typed("create #welcome never"),
            Ok(Words::with("create", &never))
        );
    }

    #[test]
    fn an_unknown_word_gets_the_nearest_one() {
        for (line, near) in [
            ("list unusd", Some("unused")),
            ("lsit", Some("list")),
            ("list pge:2", Some("page")),
            ("list qqqqqqq", None),
        ] {
            let Err(ParseError::UnknownWord { nearest, .. }) = typed(line) else {
                panic!("{line}");
            };
            assert_eq!(nearest, near, "{line}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(line in "\\PC*") {
            let _ = typed(&line);
        }
    }
}
