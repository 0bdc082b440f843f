//! Phrases in Discord's markup. Nothing that a stranger chose can act as markup or ping.

use gatehouse_commands::{CHAT_COMMAND, Phrase, Span, command, cut, isolated};

/// Characters that act as markup somewhere, each of which a backslash makes inert.
const MARKUP: &[char] = &[
    '\\', '*', '_', '~', '`', '|', '>', '<', '#', '[', ']', '(', ')', '@', ':', '-', '+',
];

/// Phrases with the same text between each two.
pub(super) fn joined(phrases: &[Phrase], between: &str) -> String {
    let phrases: Vec<String> = phrases.iter().map(markup).collect();
    phrases.join(between)
}

/// A phrase in Discord's markup, with names as long as they are.
pub(super) fn markup(phrase: &Phrase) -> String {
    markup_with(phrase, usize::MAX)
}

/// A phrase in Discord's markup. Moments are told by the reader's own client, which keeps them
/// true.
pub(super) fn markup_with(phrase: &Phrase, name_max_chars: usize) -> String {
    phrase
        .spans()
        .iter()
        .map(|span| match span {
            Span::Text(text) | Span::Link(text) => text.clone(),
            Span::Strong(text) => format!("**{text}**"),
            Span::Name(name) => isolated(&escaped(&cut(name, name_max_chars))),
            // Inside a code span nothing is markup but its own end.
            Span::Code(code) => format!("`{}`", code.replace('`', "'")),
            Span::Command(words) => format!("`{}`", command(CHAT_COMMAND, words)),
            Span::Ago(at) => format!("<t:{}:R>", at.as_second()),
            Span::Date(at) => format!("<t:{}:f>", at.as_second()),
        })
        .collect()
}

fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if MARKUP.contains(&c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
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
