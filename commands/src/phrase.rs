//! Sentences that say what their parts mean, so that each face can draw them in its own markup.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use crate::names;

/// What every command begins with in a chat.
pub const CHAT_COMMAND: &str = "/invites";

/// A part of a sentence.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Span {
    /// Our own words.
    Text(Cow<'static, str>),
    /// Our own words, stressed.
    Strong(Cow<'static, str>),
    /// Something that a stranger chose, cleaned but not escaped.
    Name(String),
    /// An invite code, a command or a value, to be read letter by letter.
    Code(String),
    /// One of our commands, as it is typed, without what every command begins with.
    Command(Cow<'static, str>),
    /// A link that begins with `http://` or `https://`.
    Link(String),
    /// A moment, told by its distance from now.
    Ago(Timestamp),
    /// A moment, told by its date.
    Date(Timestamp),
}

/// A sentence or a part of one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Phrase(Vec<Span>);

impl Phrase {
    /// Says nothing yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Its parts, in order.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Adds our own words.
    #[must_use]
    pub fn text(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Span::Text(text.into()))
    }

    /// Adds what a moderator wrote, in quotation marks.
    #[must_use]
    pub fn quote(self, text: &str) -> Self {
        self.text("“")
            .with(Span::Name(names::clean(text, usize::MAX)))
            .text("”")
    }

    /// Adds our own words, stressed.
    #[must_use]
    pub fn strong(self, text: impl Into<Cow<'static, str>>) -> Self {
        self.with(Span::Strong(text.into()))
    }

    /// Adds something that a stranger chose, cut to [`NAME_MAX_CHARS`](crate::NAME_MAX_CHARS).
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.with(Span::Name(names::clean(name, names::NAME_MAX_CHARS)))
    }

    /// Adds a guild's name, cut to [`GUILD_NAME_MAX_CHARS`](crate::GUILD_NAME_MAX_CHARS).
    #[must_use]
    pub fn guild_name(self, name: &str) -> Self {
        self.with(Span::Name(names::clean(name, names::GUILD_NAME_MAX_CHARS)))
    }

    /// Adds something to be read letter by letter.
    #[must_use]
    pub fn code(self, code: impl Into<String>) -> Self {
        self.with(Span::Code(code.into()))
    }

    /// Adds one of our commands, without what every command begins with; the empty text is that
    /// beginning alone.
    #[must_use]
    pub fn command(self, words: impl Into<Cow<'static, str>>) -> Self {
        self.with(Span::Command(words.into()))
    }

    /// Adds a link.
    #[must_use]
    pub fn link(self, url: impl Into<String>) -> Self {
        self.with(Span::Link(url.into()))
    }

    /// Adds a moment, told by its distance from now.
    #[must_use]
    pub fn ago(self, at: Timestamp) -> Self {
        self.with(Span::Ago(at))
    }

    /// Adds a moment, told by its date.
    #[must_use]
    pub fn date(self, at: Timestamp) -> Self {
        self.with(Span::Date(at))
    }

    /// Adds all of another phrase.
    #[must_use]
    pub fn then(mut self, mut other: Self) -> Self {
        if self.0.is_empty() {
            return other;
        }
        self.0.append(&mut other.0);
        self
    }

    pub(crate) fn with(mut self, span: Span) -> Self {
        self.0.push(span);
        self
    }

    /// The phrase without any markup, for a chat.
    pub fn plain(&self, now: Timestamp) -> String {
        self.plain_with(now, CHAT_COMMAND)
    }

    /// The phrase without any markup, where commands begin with `root`.
    pub fn plain_with(&self, now: Timestamp, root: &str) -> String {
        let mut plain = String::new();
        self.write_plain(&mut plain, now, root);
        plain
    }

    /// Adds the phrase without any markup.
    pub(crate) fn write_plain(&self, plain: &mut String, now: Timestamp, root: &str) {
        for span in &self.0 {
            match span {
                Span::Text(text) | Span::Strong(text) => plain.push_str(text),
                Span::Name(text) | Span::Code(text) | Span::Link(text) => plain.push_str(text),
                Span::Command(words) => plain.push_str(&command(root, words)),
                Span::Ago(at) => plain.push_str(&relative(*at, now)),
                Span::Date(at) => plain.push_str(&at.strftime("%Y-%m-%d %H:%M UTC").to_string()),
            }
        }
    }
}

/// A command as it is typed.
pub fn command(root: &str, words: &str) -> String {
    format!("{root} {words}").trim_end().to_owned()
}

impl From<&'static str> for Phrase {
    fn from(text: &'static str) -> Self {
        Self::new().text(text)
    }
}

impl From<String> for Phrase {
    fn from(text: String) -> Self {
        Self::new().text(text)
    }
}

/// Phrases with the same words between each two.
pub(crate) fn joined(phrases: impl IntoIterator<Item = Phrase>, between: &'static str) -> Phrase {
    let mut phrases = phrases.into_iter();
    let first = phrases.next().unwrap_or_default();
    phrases.fold(first, |all, phrase| all.text(between).then(phrase))
}

/// `in 3 hours`, `2 days ago`, `now`.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let distance = at.duration_since(now);
    if distance.abs() < SignedDuration::from_secs(1) {
        return "now".to_owned();
    }
    let length = length(distance.abs());
    if distance.is_positive() {
        format!("in {length}")
    } else {
        format!("{length} ago")
    }
}

/// A length of time in its largest whole unit: `45 seconds`, `1 hour`, `7 days`. Rounded down.
pub fn length(duration: SignedDuration) -> String {
    const UNITS: [(i64, &str); 5] = [
        (365 * 86_400, "year"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let seconds = duration.as_secs();
    let (size, name) = UNITS
        .into_iter()
        .find(|(size, _)| seconds >= *size)
        .unwrap_or(UNITS[UNITS.len() - 1]);
    let count = seconds / size;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::NOW;

    #[test]
    fn distances_are_told_in_their_largest_unit() {
        let told = |seconds| relative(NOW + SignedDuration::from_secs(seconds), NOW);
        assert_eq!(told(0), "now");
        assert_eq!(told(1), "in 1 second");
        assert_eq!(told(-59), "59 seconds ago");
        assert_eq!(told(-60), "1 minute ago");
        assert_eq!(told(7_199), "in 1 hour");
        assert_eq!(told(-86_400 * 7), "7 days ago");
        assert_eq!(told(86_400 * 365), "in 1 year");
    }

    #[test]
    fn a_phrase_reads_without_markup() {
        let phrase = Phrase::from("made ")
            .ago(NOW - SignedDuration::from_hours(2))
            .text(" by ")
            .name("A\nnn")
            .text(", ")
            .code("aBcD")
            .text(", ")
            .date(NOW);
        assert_eq!(
            phrase.plain(NOW),
            "made 2 hours ago by A nn, aBcD, 2026-08-21 12:00 UTC"
        );
    }
}
