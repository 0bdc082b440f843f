//! Makes names that strangers chose safe to show: on one line, in order, and not endless.
//!
//! What markup means differs by face, so escaping it is left to the face.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// The longest name that is shown whole; both platforms allow people this much.
pub const NAME_MAX_CHARS: usize = 32;

/// The longest guild name that is shown whole; both platforms allow this much.
pub const GUILD_NAME_MAX_CHARS: usize = 100;

const CUT: char = '…';
const NAMELESS: &str = "(no name)";

/// One line of at most `max_chars` characters (code points), cut between what a reader sees as
/// characters. Line breaks and controls become spaces; what reorders or hides text is dropped.
pub(crate) fn clean(name: &str, max_chars: usize) -> String {
    if is_plain(name) {
        return cut(name, max_chars).into_owned();
    }
    let mut line = String::with_capacity(name.len());
    let mut is_after_space = false;
    for c in name.chars() {
        // Most of most names, and nothing to look up.
        if !c.is_ascii_graphic() {
            if is_deceiving(c) {
                continue;
            }
            if c.is_control() || c.is_whitespace() {
                is_after_space = !line.is_empty();
                continue;
            }
        }
        if is_after_space {
            line.push(' ');
            is_after_space = false;
        }
        line.push(c);
    }
    if line.is_empty() {
        return NAMELESS.to_owned();
    }
    cut(line, max_chars).into_owned()
}

/// Whether nothing of a name has to change: ASCII, and one space between each two words.
fn is_plain(name: &str) -> bool {
    let mut before = b' ';
    let mut bytes = name.bytes();
    let is_plain = bytes.all(|byte| {
        let is_plain = byte.is_ascii_graphic() || (byte == b' ' && before != b' ');
        before = byte;
        is_plain
    });
    is_plain && before != b' '
}

/// Whether the text has no more than `max_chars` characters (code points).
fn fits(text: &str, max_chars: usize) -> bool {
    // No character takes less than a byte.
    text.len() <= max_chars || text.chars().count() <= max_chars
}

/// At most `max_chars` characters (code points), the last one `…` when something was cut.
pub fn cut<'a>(text: impl Into<Cow<'a, str>>, max_chars: usize) -> Cow<'a, str> {
    let text = text.into();
    if fits(&text, max_chars) {
        return text;
    }
    let room = max_chars.saturating_sub(1);
    let mut short = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        let chars = cluster.chars().count();
        if used + chars > room {
            // A single endless cluster (stacked accents) must not push everything out.
            if used == 0 {
                short.extend(cluster.chars().take(room));
            }
            break;
        }
        short.push_str(cluster);
        used += chars;
    }
    short.push(CUT);
    short.into()
}

/// The name in marks that keep its direction of writing from reordering what stands around it.
/// See [Unicode Standard Annex 9], section 2.4.
///
/// [Unicode Standard Annex 9]: https://www.unicode.org/reports/tr9/
pub fn isolated(name: &str) -> String {
    let (begin, end) = ISOLATION;
    format!("{begin}{name}{end}")
}

/// The marks around an [`isolated`] name.
pub const ISOLATION: (char, char) = ('\u{2068}', '\u{2069}');

/// Characters that reorder what stands around them, or that look like nothing. The joiners that
/// scripts and emoji need (U+200C, U+200D) stay.
pub(crate) const fn is_deceiving(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{2800}' | '\u{3164}'
        | '\u{FFA0}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_one_line_without_tricks() {
        assert_eq!(clean("a\n\u{202E}b\u{200B}  c\u{0}", 32), "a b c");
        assert_eq!(clean("\u{200B}\u{2066}", 32), "(no name)");
        assert_eq!(clean("", 32), "(no name)");
        for (name, shown) in [
            ("a b", "a b"),
            (" a b", "a b"),
            ("a b ", "a b"),
            ("a  b", "a b"),
        ] {
            assert_eq!(clean(name, 32), shown);
            // The same beside what has to be looked up.
            assert_eq!(clean(&format!("{name}\u{200B}"), 32), shown);
        }
        assert_eq!(clean(" ", 32), "(no name)");
    }

    #[test]
    fn names_are_whole_at_the_limit_and_cut_past_it() {
        assert_eq!(clean(&"ü".repeat(32), 32), "ü".repeat(32));
        assert_eq!(clean(&"ü".repeat(33), 32), format!("{}…", "ü".repeat(31)));
    }

    #[test]
    fn emoji_are_not_cut_apart() {
        let family = "👨‍👩‍👧‍👦"; // 7 code points, one character to a reader
        assert_eq!(clean(&family.repeat(2), 10), format!("{family}…"));
    }

    #[test]
    fn stacked_accents_are_cut_inside_the_cluster() {
        let zalgo = format!("e{}", "\u{301}".repeat(400));
        assert_eq!(clean(&zalgo, 32).chars().count(), 32);
    }

    proptest! {
        #[test]
        fn no_name_is_longer_than_allowed_or_empty(name in "\\PC*", max in 10_usize..40) {
            let shown = clean(&name, max);
            prop_assert!(shown.chars().count() <= max);
            prop_assert!(!shown.trim().is_empty());
        }
    }
}
