//! The page behind every link in a message: nothing leads out of the sandbox by itself.

use maud::{DOCTYPE, Markup, html};

/// Where it is.
pub(super) const ROUTE: &str = "/sandbox/leaving";

/// Where a link in a message goes: to word of where it would lead.
pub(super) fn href(url: &str) -> String {
    format!("{ROUTE}?to={}", encoded(url))
}

/// Whether this is a link that may be followed at all.
pub(super) fn is_web(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric) && rest.chars().all(is_plain))
}

/// Says where a link leads, and leaves it to the reader.
pub(super) fn page(url: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-theme="auto" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "A link out of the sandbox" }
                link rel="icon" href="/sandbox/assets/icon.svg";
                link rel="stylesheet" href="/sandbox/assets/page.css";
            }
            body.leaving {
                main {
                    h1 { "This link leads out of the sandbox" }
                    p.address { (url) }
                    p {
                        "Sample messages and invites are made up: nobody can say what is there. "
                        "Nothing was asked of it."
                    }
                    @if is_web(url) {
                        p { a.button href=(url) rel="noopener noreferrer nofollow" { "Go there anyway" } }
                    }
                }
            }
        }
    }
}

/// As part of a query, byte for byte.
fn encoded(text: &str) -> String {
    use std::fmt::Write;

    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_in_the_sandbox() {
        assert_eq!(
            href("https://a.b/c?d=é&e"),
            "/sandbox/leaving?to=https%3A%2F%2Fa.b%2Fc%3Fd%3D%C3%A9%26e"
        );
    }

    #[test]
    fn only_the_webs_own_links_can_be_followed() {
        assert!(is_web("https://example.org/x"));
        for wrong in [
            "javascript:alert(1)",
            "https://",
            "data:x",
            "//x",
            "https:// x",
            "HTTP://",
        ] {
            assert!(!is_web(wrong), "{wrong}");
            assert!(!page(wrong).into_string().contains("<a "), "{wrong}");
        }
        let hostile = page("https://x/\"><script>alert(1)</script>").into_string();
        assert!(!hostile.contains("<script"), "{hostile}");
    }
}
