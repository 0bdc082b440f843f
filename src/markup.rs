//! Phrases in the markup that Discord and Fluxer share. Nothing that a stranger chose can act as
//! markup or ping.

use std::fmt::Write as _;

use gatehouse_commands::{CHAT_COMMAND, ISOLATION, NAME_MAX_CHARS, Phrase, Span, command, cut};

/// How long names may be in a list: as they are shown normally, then shorter, where a page would
/// not fit.
pub(crate) const NAME_CUTS: [usize; 3] = [NAME_MAX_CHARS, 12, 4];

/// Whether it acts as markup somewhere; a backslash makes it inert.
const fn is_markup(c: char) -> bool {
    matches!(
        c,
        '\\' | '*'
            | '_'
            | '~'
            | '`'
            | '|'
            | '>'
            | '<'
            | '#'
            | '['
            | ']'
            | '('
            | ')'
            | '@'
            | ':'
            | '-'
            | '+'
    )
}

/// Phrases with the same text between each two.
pub(crate) fn joined(phrases: &[Phrase], between: &str) -> String {
    let mut text = String::new();
    for (index, phrase) in phrases.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        write(&mut text, phrase, usize::MAX);
    }
    text
}

/// A phrase in markup, with names as long as they are.
pub(crate) fn markup(phrase: &Phrase) -> String {
    markup_with(phrase, usize::MAX)
}

/// A phrase in markup, with names of that many characters.
pub(crate) fn markup_with(phrase: &Phrase, name_max_chars: usize) -> String {
    let mut text = String::new();
    write(&mut text, phrase, name_max_chars);
    text
}

/// Adds a phrase in markup. Moments are told by the reader's own client, which keeps them
/// true.
pub(crate) fn write(text: &mut String, phrase: &Phrase, name_max_chars: usize) {
    for span in phrase.spans() {
        // Writing to a text does not fail.
        let _ = match span {
            Span::Text(words) => text.write_str(words),
            Span::Link(link) => text.write_str(link),
            Span::Strong(words) => {
                text.push_str("**");
                text.push_str(words);
                text.write_str("**")
            }
            Span::Name(name) => {
                let (begin, end) = ISOLATION;
                text.push(begin);
                write_escaped(text, &cut(name, name_max_chars));
                text.write_char(end)
            }
            Span::Code(code) => {
                text.push('`');
                // Inside a code span nothing is markup but its own end.
                text.extend(code.chars().map(|c| if c == '`' { '\'' } else { c }));
                text.write_char('`')
            }
            Span::Command(words) => write!(text, "`{}`", command(CHAT_COMMAND, words)),
            Span::Ago(at) => write!(text, "<t:{}:R>", at.as_second()),
            Span::Date(at) => write!(text, "<t:{}:f>", at.as_second()),
        };
    }
}

fn write_escaped(text: &mut String, name: &str) {
    for c in name.chars() {
        if is_markup(c) {
            text.push('\\');
        }
        text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_inert() {
        let hostile = "@everyone <@1> **x** [a](https://b) `c` ||d||";
        let drawn = markup(&Phrase::new().name(hostile));
        assert_eq!(
            drawn,
            "\u{2068}\\@everyone \\<\\@1\\> \\*\\*x\\*\\* \\[a\\]\\(https\\:…\u{2069}"
        );
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(markup(&Phrase::new().code("a`b")), "`a'b`");
    }
}
