//! Percent-escapes, as paths and Discord's audit log reasons have them.

/// The text behind the escapes; what is no UTF-8 becomes U+FFFD.
pub(super) fn decoded(escaped: &[u8]) -> String {
    let mut plain = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => *first,
            },
            _ => *first,
        };
        plain.push(byte);
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn digit(letter: u8) -> Option<u8> {
    let value = char::from(letter).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_what_they_stand_for() {
        assert_eq!(decoded(b"Spam%2C%20removed"), "Spam, removed");
        assert_eq!(decoded("%C3%98rsted".as_bytes()), "Ørsted");
        assert_eq!(decoded("Ørsted".as_bytes()), "Ørsted");
    }

    #[test]
    fn what_is_no_escape_stays() {
        assert_eq!(decoded(b"100% %zz %4"), "100% %zz %4");
        assert_eq!(decoded(b"%ff"), "\u{fffd}");
    }
}
