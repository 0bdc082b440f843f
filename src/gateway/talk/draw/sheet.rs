//! The text of a message, put together from parts that are whole or not there at all.

/// The longest text of a message, in what the platform counts: code units of UTF-16.
pub(super) const TEXT_MAX_UNITS: usize = 4000;

/// What stands for parts for which there was no room.
const MORE: &str = "\n…";

/// Parts of a message, from top to bottom.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    parts: Vec<String>,
    /// What stands at the end, whatever there is room for above it.
    tail: Vec<String>,
}

impl Sheet {
    /// Adds a part on a line of its own.
    pub(super) fn line(&mut self, text: impl Into<String>) {
        self.parts.push(format!("\n{}", text.into()));
    }

    /// Adds a part with an empty line above it.
    pub(super) fn paragraph(&mut self, text: impl Into<String>) {
        self.parts.push(format!("\n\n{}", text.into()));
    }

    /// Adds a line at the end.
    pub(super) fn end(&mut self, text: impl Into<String>) {
        self.tail.push(format!("\n{}", text.into()));
    }

    /// Whether there is room for everything.
    pub(super) fn fits(&self) -> bool {
        units(&self.parts.concat()) + units(&self.tail.concat()) <= TEXT_MAX_UNITS
    }

    /// The text: the parts for which there is room, and the end.
    pub(super) fn text(&self) -> String {
        let tail = self.tail.concat();
        if self.fits() {
            return format!("{}{tail}", self.parts.concat()).trim().to_owned();
        }
        let room = TEXT_MAX_UNITS - (units(&tail) + units(MORE)).min(TEXT_MAX_UNITS);
        let mut text = String::new();
        let mut used = 0;
        for part in &self.parts {
            used += units(part);
            if used > room {
                break;
            }
            text.push_str(part);
        }
        format!("{text}{MORE}{tail}").trim().to_owned()
    }
}

/// How long the platform takes a text to be.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_is_there_at_the_limit_and_a_part_is_left_out_past_it() {
        let sheet = |last: usize| {
            let mut sheet = Sheet::default();
            sheet.line("a".repeat(3_000));
            sheet.line("b".repeat(last));
            sheet.end("end");
            sheet
        };
        let rest = TEXT_MAX_UNITS - 3_001 - 1 - "\nend".len();
        assert!(sheet(rest).fits());
        // The break before the first line is not sent.
        assert_eq!(units(&sheet(rest).text()), TEXT_MAX_UNITS - 1);
        assert!(!sheet(rest + 1).fits());
        let text = sheet(rest + 1).text();
        assert!(text.ends_with("a\n…\nend"), "{}", &text[2_990..]);
    }

    #[test]
    fn a_sign_that_takes_two_units_counts_twice() {
        let sheet = |signs: usize| {
            let mut sheet = Sheet::default();
            sheet.line("😀".repeat(signs));
            sheet
        };
        // With the break before it.
        let most = (TEXT_MAX_UNITS - 1) / 2;
        assert!(sheet(most).fits());
        assert!(!sheet(most + 1).fits());
        assert!(units(&sheet(most + 1).text()) <= TEXT_MAX_UNITS);
    }

    proptest! {
        #[test]
        fn no_text_is_too_long_and_the_end_is_always_there(
            parts in proptest::collection::vec("(\\PC{0,900}|[😀-😎]{0,900})", 0..12),
            end in "[a-z]{1,200}",
        ) {
            let mut sheet = Sheet::default();
            for part in parts {
                sheet.paragraph(part);
            }
            sheet.end(&end);
            let text = sheet.text();
            prop_assert!(units(&text) <= TEXT_MAX_UNITS);
            prop_assert!(text.ends_with(&end));
        }
    }
}
