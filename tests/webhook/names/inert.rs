//! Whether a message lets a stranger's name act.
//!
//! Names stand between U+2068 and U+2069, which keeps their direction to themselves, and every
//! character of theirs that could be markup stands behind a backslash. Outside of names only our
//! own markup is left: stress, code, moments.

use std::panic;

use serde_json::{Value, json};

const MARKUP: &str = "\\*_~`|><#[]()@:-+";

/// What stands before a reason.
const REASON: &str = "\nReason: ";

/// Reorders what stands around it, looks like nothing, or ends a line.
fn is_trick(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Panics when a name of a stranger could act in this message, given as its JSON.
#[track_caller]
pub(crate) fn assert_inert(message: &Value) {
    for embed in list(&message["embeds"]) {
        for text in ["title", "description"] {
            assert_markup(&embed[text]);
        }
        for field in list(&embed["fields"]) {
            assert_markup(&field["value"]);
        }
        assert_footer(&embed["footer"]["text"]);
    }
    for row in list(&message["components"]) {
        for component in list(&row["components"]) {
            assert_plain(&component["label"]);
            for option in list(&component["options"]) {
                assert_plain(&option["label"]);
                assert_plain(&option["description"]);
            }
        }
    }
    for choice in list(&message["choices"]) {
        assert_plain(&choice["name"]);
    }
}

/// A text in which markup acts.
#[track_caller]
fn assert_markup(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    let mut ours = String::new();
    for (part, is_name) in parts(text) {
        if is_name {
            assert_escaped(part, text);
        } else {
            ours.push_str(part);
        }
    }
    let mut outside_of_code = ours.split('`').step_by(2);
    for active in ["@", "<#", "<:", "<a:", "</", "](", "||", "__", "~~"] {
        let is_there = outside_of_code.clone().any(|part| part.contains(active));
        assert!(!is_there, "{active} in {text}");
    }
    let moments_only = outside_of_code.all(|part| part.replace("<t:", "").find('<').is_none());
    assert!(moments_only, "{text}");
}

/// A footer, with the line of ours that tells a reason.
#[track_caller]
fn assert_footer(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    let (before, reason) = text.split_once(REASON).unwrap_or((text, ""));
    assert_plain(&json!(before));
    assert_plain(&json!(reason));
}

/// A text in which nothing is markup.
#[track_caller]
fn assert_plain(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    for (part, _) in parts(text) {
        assert!(!part.contains(is_trick), "{text:?}");
    }
}

/// A name: every character that could be markup has its backslash, and it is one line.
#[track_caller]
fn assert_escaped(name: &str, text: &str) {
    assert!(
        !name.is_empty() && !name.contains(is_trick),
        "{name:?} in {text}"
    );
    let mut is_escaped = false;
    for c in name.chars() {
        assert!(is_escaped || c == '\\' || !MARKUP.contains(c), "{name:?}");
        is_escaped = c == '\\' && !is_escaped;
    }
    assert!(
        !is_escaped,
        "the last backslash of {name:?} escapes our own"
    );
}

/// The text, cut into what stands outside of names and the names themselves.
#[track_caller]
fn parts(text: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{2068}') {
        let (name, after) = after
            .split_once('\u{2069}')
            .unwrap_or_else(|| panic!("a name without an end in {text:?}"));
        parts.extend([(before, false), (name, true)]);
        rest = after;
    }
    parts.push((rest, false));
    for (part, _) in &parts {
        assert!(!part.contains(['\u{2068}', '\u{2069}']), "{text:?}");
    }
    parts
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn what_acts_is_found() {
    let is_inert = |text: &str| {
        let message = json!({"embeds": [{"description": text}]});
        panic::catch_unwind(|| assert_inert(&message)).is_ok()
    };
    for inert in [
        "**140** `a<@1>` <t:1:R> by \u{2068}\\@everyone \\<\\@1\\>\u{2069}",
        "",
    ] {
        assert!(is_inert(inert), "{inert}");
    }
    for active in [
        "by @everyone",
        "by <@1>",
        "by \u{2068}@everyone\u{2069}",
        "by \u{2068}a\\\\*b\u{2069}",
        "by \u{2068}a\\\u{2069}",
        "by \u{2068}a\nb\u{2069}",
        "by \u{2068}\u{202E}b\u{2069}",
        "by \u{2068}b",
        "by b\u{2069}",
        "by \u{2068}\u{2069}",
        "[a](https://b)",
    ] {
        assert!(!is_inert(active), "{active}");
    }
}
