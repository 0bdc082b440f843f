//! Moments in a message: `<t:1787313600:R>` and its relatives.
//!
//! The text is for readers without a script; with one, the browser tells the moment in the chosen
//! language and time zone, and keeps what is relative true.

use gatehouse_commands::relative;
use jiff::Timestamp;
use maud::{Markup, html};

/// Styles that a chat client knows, apart from the relative one, with their pattern here.
const PATTERNS: [(char, &str); 8] = [
    ('t', "%H:%M"),
    ('T', "%H:%M:%S"),
    ('d', "%Y-%m-%d"),
    ('D', "%-d %B %Y"),
    ('f', "%-d %B %Y at %H:%M"),
    ('F', "%A, %-d %B %Y at %H:%M"),
    ('s', "%Y-%m-%d %H:%M"),
    ('S', "%Y-%m-%d %H:%M:%S"),
];

/// A moment and how it is told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Moment {
    at: Timestamp,
    style: char,
}

impl Moment {
    /// A moment as a message's head tells it.
    pub(super) fn short(at: Timestamp) -> Self {
        Self { at, style: 't' }
    }

    /// Reads what stands between `<t:` and `>`.
    pub(super) fn read(inner: &str) -> Option<Self> {
        let (seconds, style) = inner.split_once(':').unwrap_or((inner, "f"));
        let mut letters = style.chars();
        let style = letters.next()?;
        let is_known = style == 'R' || PATTERNS.iter().any(|(known, _)| *known == style);
        if !is_known || letters.next().is_some() {
            return None;
        }
        let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
        Some(Self { at, style })
    }

    /// As part of a message.
    pub(super) fn draw(self, now: Timestamp) -> Markup {
        let Self { at, style } = self;
        let pattern = |wanted| {
            let mut patterns = PATTERNS.iter();
            let found = patterns.find(|(known, _)| *known == wanted);
            found.map_or("%Y-%m-%d %H:%M", |(_, pattern)| *pattern)
        };
        let text = if style == 'R' {
            relative(at, now)
        } else {
            at.strftime(pattern(style)).to_string()
        };
        let iso = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        html! { time.moment datetime=(iso) data-style=(style) { (text) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_787_313_600, 0);

    fn drawn(inner: &str) -> Option<String> {
        Some(Moment::read(inner)?.draw(NOW).into_string())
    }

    #[test]
    fn a_moment_is_told_in_its_style() {
        assert_eq!(
            drawn("1787317200:R").unwrap(),
            "<time class=\"moment\" datetime=\"2026-08-21T13:00:00Z\" data-style=\"R\">in 1 hour\
             </time>"
        );
        assert!(
            drawn("1787317200")
                .unwrap()
                .contains("21 August 2026 at 13:00")
        );
        assert!(drawn("1787317200:d").unwrap().contains(">2026-08-21<"));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for wrong in ["", "x", "1:Q", "1:", "1:RR", "99999999999999999:R", "1:<b>"] {
            assert_eq!(drawn(wrong), None, "{wrong}");
        }
    }
}
