//! Lengths of time as they are typed: `30m`, `12h`, `30d`, `2w`.

use jiff::SignedDuration;

/// The longest length that is taken, in minutes: thirty years, which is longer than any platform
/// has been there, and fits into a button's id.
const MINUTES_MAX: u32 = 30 * 365 * 24 * 60;

const UNITS: [(char, u32); 4] = [('m', 1), ('h', 60), ('d', 24 * 60), ('w', 7 * 24 * 60)];

/// A whole number of minutes, hours, days or weeks, above zero; `None` for anything else.
pub(crate) fn read(text: &str) -> Option<SignedDuration> {
    let text = text.trim().to_lowercase();
    let (unit, count) = UNITS
        .into_iter()
        .find_map(|(letter, minutes)| Some((minutes, text.strip_suffix(letter)?)))?;
    let count = count.trim_end();
    if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let minutes = count.parse::<u32>().ok()?.checked_mul(unit)?;
    (1..=MINUTES_MAX)
        .contains(&minutes)
        .then(|| SignedDuration::from_mins(minutes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_unit_is_read() {
        for (text, minutes) in [
            ("30m", 30),
            ("12h", 720),
            ("30d", 43_200),
            ("2w", 20_160),
            (" 7 D ", 10_080),
        ] {
            assert_eq!(
                read(text),
                Some(SignedDuration::from_mins(minutes)),
                "{text}"
            );
        }
    }

    #[test]
    fn other_texts_are_no_length() {
        for wrong in [
            "", "m", "30", "soonish", "-1d", "+1d", "1.5h", "0d", "1y", "1dd",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn lengths_are_taken_at_the_limit_and_refused_past_it() {
        assert!(read(&format!("{MINUTES_MAX}m")).is_some());
        assert_eq!(read(&format!("{}m", MINUTES_MAX + 1)), None);
        assert_eq!(read("99999999999999w"), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC*", digits in "[0-9]{0,30}[mhdw]") {
            let _ = read(&text);
            let _ = read(&digits);
        }
    }
}
