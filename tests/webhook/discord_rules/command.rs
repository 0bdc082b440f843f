//! Commands, as they are registered.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::callback::check_choice_value;
use super::node::{Node, characters, repeated};
use super::problems::{Problems, page};
use super::schema;

const SLASH: i64 = 1;
const USER: i64 = 2;
const MESSAGE: i64 = 3;

const SUBCOMMAND: i64 = 1;
const SUBCOMMAND_GROUP: i64 = 2;

/// Names, descriptions and values of a whole command.
const TOTAL_MAX_CHARS: usize = 8000;

/// See [Discord Docs/Application Commands] (Application Command Naming).
static NAME: LazyLock<Validator> = LazyLock::new(|| {
    let pattern = r"^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$";
    jsonschema::validator_for(&json!({ "pattern": pattern })).expect("the pattern is valid")
});

/// Notes what the pages say against `command`.
///
/// See [Discord Docs/Application Commands].
pub(super) fn check(command: &Node<'_>, problems: &mut Problems) {
    match command.integer("type").unwrap_or(SLASH) {
        SLASH => {
            check_names(command, problems);
            check_description(command, problems);
            check_options(command, problems);
        }
        USER | MESSAGE => check_menu_entry(command, problems),
        _ => {}
    }
    check_localisations(command, problems);
    let total = total_characters(command);
    problems.require(
        total <= TOTAL_MAX_CHARS,
        command,
        format_args!("a whole command has at most {TOTAL_MAX_CHARS} characters, not {total}"),
        page::APPLICATION_COMMANDS,
    );
}

/// A command of a context menu has a free name, no description and no options.
fn check_menu_entry(command: &Node<'_>, problems: &mut Problems) {
    let description = command.text("description").unwrap_or_default();
    problems.require(
        description.is_empty() && command.list("options").is_empty(),
        command,
        "a command of a context menu has neither description nor options",
        page::APPLICATION_COMMANDS,
    );
}

/// Names of slash commands and their options, in every language.
fn check_names(named: &Node<'_>, problems: &mut Problems) {
    let name = named.get("name");
    let translated = named.entries("name_localizations");
    for place in name
        .into_iter()
        .chain(translated.into_iter().map(|(_, name)| name))
    {
        let Some(name) = place.value().as_str() else {
            continue;
        };
        problems.require(
            NAME.is_valid(place.value()),
            &place,
            format_args!("{name:?} is 1 to 32 letters, digits, `-`, `_` or `'`"),
            page::APPLICATION_COMMANDS,
        );
        problems.require(
            name.to_lowercase() == name,
            &place,
            format_args!("{name:?} is in lower case where it exists"),
            page::APPLICATION_COMMANDS,
        );
    }
}

/// The schema checks the lengths, but lets a slash command go without.
fn check_description(described: &Node<'_>, problems: &mut Problems) {
    let description = described.text("description").unwrap_or_default();
    problems.require(
        !description.trim().is_empty(),
        described,
        "a description is needed",
        page::APPLICATION_COMMANDS,
    );
}

/// The options of one level, and those below.
fn check_options(parent: &Node<'_>, problems: &mut Problems) {
    let options = parent.list("options");
    if let Some(option) = repeated(&options, |option| option.text("name")) {
        let rule = "another option has the same name";
        problems.add(option.pointer(), rule, page::APPLICATION_COMMANDS);
    }
    let is_plain =
        |option: &Node<'_>| !matches!(option.integer("type"), Some(SUBCOMMAND | SUBCOMMAND_GROUP));
    let plain = options.iter().filter(|option| is_plain(option)).count();
    problems.require(
        plain == 0 || plain == options.len(),
        parent,
        "subcommands and other options do not stand side by side",
        page::APPLICATION_COMMANDS,
    );
    let mut after_optional = false;
    for option in &options {
        let is_required = option.is_true("required");
        problems.require(
            !(after_optional && is_required),
            option,
            "required options stand first",
            page::APPLICATION_COMMANDS,
        );
        after_optional |= !is_required;
        check_option(option, problems);
    }
}

fn check_option(option: &Node<'_>, problems: &mut Problems) {
    check_names(option, problems);
    check_description(option, problems);
    check_localisations(option, problems);
    let choices = option.list("choices");
    problems.require(
        !(option.is_true("autocomplete") && option.has("choices")),
        option,
        "autocomplete excludes choices",
        page::APPLICATION_COMMANDS,
    );
    if let Some(choice) = repeated(&choices, |choice| choice.text("name")) {
        let rule = "another choice has the same name";
        problems.add(choice.pointer(), rule, page::STRICT);
    }
    for choice in &choices {
        check_choice_value(choice, problems);
        check_localisations(choice, problems);
    }
    for (min, max) in [("min_value", "max_value"), ("min_length", "max_length")] {
        if let (Some(lower), Some(upper)) = (option.number(min), option.number(max)) {
            let rule = format_args!("{min} is not above {max}");
            problems.require(lower <= upper, option, rule, page::STRICT);
        }
    }
    check_options(option, problems);
}

/// Translations are keyed by a language that the platform has.
fn check_localisations(named: &Node<'_>, problems: &mut Problems) {
    for key in ["name_localizations", "description_localizations"] {
        for (locale, place) in named.entries(key) {
            problems.require(
                schema::documented_locales().contains(&locale),
                &place,
                format_args!("{locale:?} is not a documented locale"),
                page::APPLICATION_COMMANDS,
            );
        }
    }
}

/// Names, descriptions and values of `node` and all below it; of translations the longest counts.
fn total_characters(node: &Node<'_>) -> usize {
    let own: usize = ["name", "description"]
        .iter()
        .map(|key| longest(node, key))
        .sum();
    let value = match node.get("value").map(|value| value.value()) {
        Some(Value::String(text)) => characters(text),
        Some(value) => characters(&value.to_string()),
        None => 0,
    };
    let below = ["options", "choices"].iter().flat_map(|key| node.list(key));
    own + value + below.map(|child| total_characters(&child)).sum::<usize>()
}

fn longest(node: &Node<'_>, key: &str) -> usize {
    let own = node.text(key).map_or(0, characters);
    let translated = node.entries(&format!("{key}_localizations"));
    let lengths = translated
        .iter()
        .filter_map(|(_, text)| text.value().as_str());
    lengths.map(characters).max().unwrap_or_default().max(own)
}
