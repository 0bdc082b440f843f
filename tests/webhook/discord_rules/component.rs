//! Components: buttons and selects, in rows or laid out freely.

use super::embed::is_web;
use super::node::{Node, characters, repeated};
use super::problems::{Problems, page};

pub(super) const ACTION_ROW: i64 = 1;
const BUTTON: i64 = 2;
const STRING_SELECT: i64 = 3;
pub(super) const TEXT_INPUT: i64 = 4;
const CHANNEL_SELECT: i64 = 8;
pub(super) const TEXT_DISPLAY: i64 = 10;
const THUMBNAIL: i64 = 11;
const MEDIA_GALLERY: i64 = 12;
const FILE: i64 = 13;

const LINK: i64 = 5;
const PREMIUM: i64 = 6;

const ROWS_MAX: usize = 5;
/// Counting nested ones.
const COMPONENTS_MAX: usize = 40;
/// All text displays of a message together.
const TEXT_MAX_CHARS: usize = 4000;
/// All text displays of a message together; beyond it the platform fails instead of refusing.
const TEXT_MAX_BYTES: usize = 10_158;

/// The components under `key` and everything in them, outermost first.
pub(super) fn with_nested<'a>(parent: &Node<'a>) -> Vec<Node<'a>> {
    let mut all = parent.list("components");
    all.extend(parent.get("component"));
    all.extend(parent.get("accessory"));
    let nested: Vec<_> = all.iter().flat_map(with_nested).collect();
    all.extend(nested);
    all
}

/// A message without the flag `IS_COMPONENTS_V2`: up to five rows, in each of them up to five
/// buttons or one select.
///
/// See [Discord Docs/Component Reference] (Action Row, Legacy Message Component Behavior).
pub(super) fn check_rows(message: &Node<'_>, problems: &mut Problems) {
    let rows = message.list("components");
    problems.require(
        rows.len() <= ROWS_MAX,
        message,
        format_args!("a message has at most {ROWS_MAX} rows, not {}", rows.len()),
        page::COMPONENTS,
    );
    for row in &rows {
        problems.require(
            row.integer("type") == Some(ACTION_ROW),
            row,
            "only rows stand in a message without the flag IS_COMPONENTS_V2",
            page::COMPONENTS,
        );
    }
    check_each(&with_nested(message), problems);
}

/// A message with the flag `IS_COMPONENTS_V2`.
///
/// See [Discord Docs/Component Reference] (Components V2). The limits of the text are observed.
pub(super) fn check_v2(message: &Node<'_>, problems: &mut Problems) {
    let all = with_nested(message);
    problems.require(
        all.len() <= COMPONENTS_MAX,
        message,
        format_args!(
            "a message has at most {COMPONENTS_MAX} components, nested ones too, not {}",
            all.len()
        ),
        page::COMPONENTS,
    );
    let displays = all
        .iter()
        .filter(|component| component.integer("type") == Some(TEXT_DISPLAY));
    let texts: Vec<_> = displays
        .filter_map(|display| display.text("content"))
        .collect();
    let length: usize = texts.iter().map(|text| characters(text)).sum();
    problems.require(
        length <= TEXT_MAX_CHARS,
        message,
        format_args!("all text has at most {TEXT_MAX_CHARS} characters, not {length}"),
        page::REPORTED,
    );
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    problems.require(
        bytes <= TEXT_MAX_BYTES,
        message,
        format_args!("all text has at most {TEXT_MAX_BYTES} bytes, not {bytes}"),
        page::REPORTED,
    );
    check_each(&all, problems);
}

/// What holds for every component, in a message as in a modal.
pub(super) fn check_each(all: &[Node<'_>], problems: &mut Problems) {
    let custom_id = |component: &Node<'_>| component.text("custom_id").map(str::to_owned);
    if let Some(component) = repeated(all, custom_id) {
        let rule = "another component has the same custom_id";
        problems.add(component.pointer(), rule, page::COMPONENTS);
    }
    let id = |component: &Node<'_>| component.integer("id").filter(|id| *id != 0);
    if let Some(component) = repeated(all, id) {
        let rule = "another component has the same id";
        problems.add(component.pointer(), rule, page::COMPONENTS);
    }
    for component in all {
        let fits = component
            .integer("id")
            .is_none_or(|id| i32::try_from(id).is_ok());
        problems.require(fits, component, "an id has 32 bits", page::COMPONENTS);
        match component.integer("type") {
            Some(ACTION_ROW) => check_row(component, problems),
            Some(BUTTON) => check_button(component, problems),
            Some(THUMBNAIL) => check_media(component, "media", problems),
            Some(FILE) => check_media(component, "file", problems),
            Some(MEDIA_GALLERY) => {
                for item in component.list("items") {
                    check_media(&item, "media", problems);
                }
            }
            _ => check_selection(component, problems),
        }
    }
}

fn is_select(component: &Node<'_>) -> bool {
    let kind = component.integer("type");
    kind.is_some_and(|kind| kind != TEXT_INPUT && (STRING_SELECT..=CHANNEL_SELECT).contains(&kind))
}

/// See [Discord Docs/Component Reference] (Action Row); the schema counts the buttons.
fn check_row(row: &Node<'_>, problems: &mut Problems) {
    let children = row.list("components");
    problems.require(
        children.len() <= 1 || !children.iter().any(is_select),
        row,
        "a select has its row for itself",
        page::COMPONENTS,
    );
}

/// Which fields a button has depends on its style.
///
/// See [Discord Docs/Component Reference] (Button Styles).
fn check_button(button: &Node<'_>, problems: &mut Problems) {
    let (needed, excluded): (_, &[_]) = match button.integer("style") {
        Some(LINK) => ("url", &["custom_id", "sku_id"]),
        Some(PREMIUM) => ("sku_id", &["custom_id", "url", "label", "emoji"]),
        _ => ("custom_id", &["url", "sku_id"]),
    };
    problems.require(
        button.has(needed),
        button,
        format_args!("a button of this style needs `{needed}`"),
        page::COMPONENTS,
    );
    for key in excluded {
        problems.require(
            !button.has(key),
            button,
            format_args!("a button of this style has no `{key}`"),
            page::COMPONENTS,
        );
    }
    let label = button.text("label").unwrap_or_default();
    problems.require(
        needed == "sku_id" || !label.trim().is_empty() || button.has("emoji"),
        button,
        "a button without label and emoji shows nothing",
        page::STRICT,
    );
    problems.require(
        button.text("url").is_none_or(is_web),
        button,
        "a link is http or https",
        page::STRICT,
    );
}

/// What can be chosen, in selects and in the groups of a modal.
///
/// See [Discord Docs/Component Reference] (String Select); about equal values and crossed bounds
/// the pages are silent.
fn check_selection(component: &Node<'_>, problems: &mut Problems) {
    let options = component.list("options");
    if let Some(option) = repeated(&options, |option| option.text("value")) {
        let rule = "another option has the same value";
        problems.add(option.pointer(), rule, page::STRICT);
    }
    let min = component.integer("min_values");
    let max = component.integer("max_values");
    if let (Some(min), Some(max)) = (min, max) {
        let rule = "min_values is not above max_values";
        problems.require(min <= max, component, rule, page::STRICT);
    }
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    problems.require(
        options.is_empty() || min.is_none_or(|min| min <= count(options.len())),
        component,
        "min_values is not above the number of options",
        page::STRICT,
    );
    if is_select(component) {
        let chosen = options.iter().filter(|option| option.is_true("default"));
        let preset = chosen.count() + component.list("default_values").len();
        problems.require(
            count(preset) <= max.unwrap_or(1),
            component,
            "no more is chosen beforehand than may be chosen",
            page::COMPONENTS,
        );
    }
}

/// See [Discord Docs/Component Reference] (Unfurled Media Item, File).
fn check_media(component: &Node<'_>, key: &str, problems: &mut Problems) {
    let media = component.get(key);
    let Some(url) = media.as_ref().and_then(|media| media.text("url")) else {
        return;
    };
    let is_attached = url.starts_with("attachment://");
    problems.require(
        is_attached || (key == "media" && is_web(url)),
        component,
        "a file is attached; other media are attached, http or https",
        page::COMPONENTS,
    );
}
