//! Texts for whoever takes nothing but printable ASCII.

use deunicode::deunicode_with_tofu;

/// In the place of a character that no one has put into letters yet.
const UNKNOWN: &str = "?";

/// In the place of a single character that is not ASCII.
const DOT: char = '.';

/// The text in printable ASCII, on one line: `Zoë 🪁` becomes `Zoe kite`.
pub(super) fn transliterated(text: &str) -> String {
    // Marks that only steer the direction of writing have nothing to be read; controls divide.
    let seen: String = text
        .chars()
        .filter(|c| !is_direction(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    // Some characters are transliterated with a blank or a line break behind them.
    deunicode_with_tofu(&seen, UNKNOWN)
        .split(|c: char| !c.is_ascii_graphic())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text with a dot for everything that is not printable ASCII, as long as before.
pub(super) fn dotted(text: &str) -> String {
    let printable = |c: char| c.is_ascii_graphic() || c == ' ';
    text.chars()
        .map(|c| if printable(c) { c } else { DOT })
        .collect()
}

const fn is_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_stay_readable() {
        for (given, written) in [
            ("Zoë Ødegård", "Zoe Odegard"),
            ("İsk ß ﬁ", "Isk ss fi"),
            ("Борис", "Boris"),
            ("深圳", "Shen Zhen"),
            ("🦊 Juniper 🪁", "fox face Juniper kite"),
            ("“quoted” … text", "\"quoted\" ... text"),
            ("👩\u{200d}🚀", "woman rocket"),
            ("\u{2067}abc\u{2069}", "abc"),
            ("a\u{7f}b\r\nc\0", "a b c"),
            ("plain, 100%", "plain, 100%"),
            ("", ""),
        ] {
            assert_eq!(transliterated(given), written, "{given:?}");
        }
        assert!(!transliterated("נועה לביא").contains('?'));
        assert_eq!(transliterated("\u{E000}"), "?");
    }

    #[test]
    fn a_dot_stands_for_one_character() {
        assert_eq!(dotted("by Zo… (1)"), "by Zo. (1)");
        assert_eq!(dotted("a\nb\u{7f}"), "a.b.");
    }

    proptest! {
        #[test]
        fn nothing_else_comes_out(text in any::<String>()) {
            let printable = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            prop_assert!(printable(&transliterated(&text)));
            prop_assert!(printable(&dotted(&text)));
        }
    }
}
