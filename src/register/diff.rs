//! What differs between the tree and what is registered.
//!
//! Discord answers with more than was sent: defaults written out, ids, keys of its own. So only
//! what a command can be given is compared, and a default is as good as nothing.

use serde::Deserialize;
use serde_json::{Map, Value};
use twilight_model::{
    application::command::CommandType,
    id::{Id, marker::CommandMarker},
};

use super::definition::Definition;

/// What a command can be given, beside type and name, which tell it from others.
const COMMAND_KEYS: [&str; 8] = [
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "contexts",
    "integration_types",
    "nsfw",
];

/// Keys that only a global command has; in a guild Discord may list them all the same.
const GLOBAL_KEYS: [&str; 2] = ["contexts", "integration_types"];

/// What a subcommand or an option can be given, beside its name.
const OPTION_KEYS: [&str; 14] = [
    "type",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "autocomplete",
    "options",
    "choices",
    "channel_types",
    "file_types",
    "min_length",
    "max_length",
    "min_value",
    "max_value",
];

/// A command as Discord has it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Registered {
    pub(super) id: Id<CommandMarker>,
    #[serde(rename = "type", default = "chat_input")]
    pub(super) kind: CommandType,
    pub(super) name: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

const fn chat_input() -> CommandType {
    CommandType::ChatInput
}

/// A step from what is registered to what is wanted.
#[derive(Clone, Debug)]
pub(super) enum Change<'a> {
    New(&'a Definition),
    /// With a line for each difference.
    Changed(&'a Definition, Vec<String>),
    Removed(&'a Registered),
}

/// The steps from what is registered to what is wanted, removals last: so a renamed command is
/// never missing.
///
/// Types that we do not know are left alone. One of them starts an Activity; Discord makes it
/// itself.
pub(super) fn diff<'a>(wanted: &'a [Definition], registered: &'a [Registered]) -> Vec<Change<'a>> {
    let same = |new: &Definition, old: &Registered| new.kind == old.kind && new.name == old.name;
    let mut changes = Vec::new();
    for new in wanted {
        match registered.iter().find(|old| same(new, old)) {
            None => changes.push(Change::New(new)),
            Some(old) => {
                let lines = differences(old, new);
                if !lines.is_empty() {
                    changes.push(Change::Changed(new, lines));
                }
            }
        }
    }
    let is_known = |old: &Registered| !matches!(old.kind, CommandType::Unknown(_));
    let stale = |old: &&Registered| is_known(old) && !wanted.iter().any(|new| same(new, old));
    changes.extend(registered.iter().filter(stale).map(Change::Removed));
    changes
}

fn differences(old: &Registered, new: &Definition) -> Vec<String> {
    let new = serde_json::to_value(new).expect("it holds only texts, numbers and lists");
    let Value::Object(new) = new else {
        return Vec::new();
    };
    let compared = |key: &&str| !GLOBAL_KEYS.contains(key) || new.contains_key(*key);
    let keys: Vec<&str> = COMMAND_KEYS.into_iter().filter(compared).collect();
    let mut old = old.fields.clone();
    // What Discord has for the description of a command on a message.
    old.retain(|key, value| key != "description" || value != "");
    let mut lines = Vec::new();
    compare("", &old, &new, &keys, &mut lines);
    lines
}

/// Adds a line for each key that differs. `path` is empty or ends with a dot.
fn compare(
    path: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    keys: &[&str],
    lines: &mut Vec<String>,
) {
    for &key in keys {
        let (old, new) = (old.get(key), new.get(key));
        match key {
            "options" => compare_options(path, list(old), list(new), lines),
            "choices" => compare_choices(path, list(old), list(new), lines),
            _ => {
                let (old, new) = (told(old), told(new));
                if old != new {
                    lines.push(format!(
                        "{path}{key}: {} → {}",
                        shown(old.as_ref()),
                        shown(new.as_ref())
                    ));
                }
            }
        }
    }
}

fn compare_options(path: &str, old: &[Value], new: &[Value], lines: &mut Vec<String>) {
    for option in new {
        let name = format!("{path}{}", bare(&option["name"]));
        let before = old.iter().find(|before| before["name"] == option["name"]);
        match (before.and_then(Value::as_object), option.as_object()) {
            (Some(old), Some(new)) => compare(&format!("{name}."), old, new, &OPTION_KEYS, lines),
            _ => lines.push(format!("{name}: new")),
        }
    }
    for option in old.iter().filter(|option| !is_named(&option["name"], new)) {
        lines.push(format!("{path}{}: removed", bare(&option["name"])));
    }
    if common(old, new) != common(new, old) {
        lines.push(format!("{path}options: other order"));
    }
}

fn compare_choices(path: &str, old: &[Value], new: &[Value], lines: &mut Vec<String>) {
    let [old, new] = [old, new].map(|choices| choices.iter().map(choice).collect::<Vec<_>>());
    if old == new {
        return;
    }
    let added = new.iter().filter(|choice| !old.contains(choice));
    let removed = old.iter().filter(|choice| !new.contains(choice));
    let signed = |sign: char| move |choice: &Value| format!("{sign} {}", label(choice));
    let mut parts: Vec<String> = added.map(signed('+')).collect();
    parts.extend(removed.map(signed('-')));
    if parts.is_empty() {
        parts.push("other order".to_owned());
    }
    lines.push(format!("{path}choices: {}", parts.join(", ")));
}

/// The choice without what says nothing.
fn choice(choice: &Value) -> Value {
    let keys = ["name", "name_localizations", "value"];
    let told = |key: &str| Some((key.to_owned(), told(choice.get(key))?));
    Value::Object(keys.into_iter().filter_map(told).collect())
}

fn label(choice: &Value) -> String {
    format!("{} ({})", bare(&choice["name"]), bare(&choice["value"]))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_named(name: &Value, options: &[Value]) -> bool {
    options.iter().any(|option| option["name"] == *name)
}

/// The names that both have, in the order of `these`.
fn common<'a>(these: &'a [Value], others: &[Value]) -> Vec<&'a Value> {
    let names = these.iter().map(|option| &option["name"]);
    names.filter(|name| is_named(name, others)).collect()
}

/// The value in one spelling; `None` for Discord's defaults, which are all empty, false or null.
fn told(value: Option<&Value>) -> Option<Value> {
    match value? {
        Value::Null | Value::Bool(false) => None,
        Value::Array(entries) if entries.is_empty() => None,
        Value::Object(fields) if fields.is_empty() => None,
        // What is left of lists here are sets, in whatever order.
        Value::Array(entries) => {
            let mut entries = entries.clone();
            entries.sort_by_key(Value::to_string);
            Some(Value::Array(entries))
        }
        // Discord may write `1` as `1.0`.
        Value::Number(number) => number.as_f64().map(Value::from),
        other => Some(other.clone()),
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        // Escaped: it goes to a terminal.
        Some(Value::String(text)) => format!("{text:?}"),
        Some(Value::Number(number)) => number.as_f64().unwrap_or_default().to_string(),
        Some(other) => other.to_string(),
    }
}

/// A name, escaped: it goes to a terminal.
fn bare(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.escape_debug().to_string(),
        None => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_commands::MESSAGE_COMMAND;
    use serde_json::json;

    use super::*;
    use crate::register::{Scope, definition::commands};

    /// What Discord answers when a command was sent: more than that.
    fn stored(command: &Definition) -> Value {
        fn fill(option: &mut Value) {
            let fields = option.as_object_mut().unwrap();
            fields.insert("name_localizations".into(), Value::Null);
            fields.insert("description_localizations".into(), Value::Null);
            for key in ["required", "autocomplete"] {
                fields.entry(key).or_insert(json!(false));
            }
            for key in ["min_value", "max_value"] {
                if let Some(number) = fields.get(key).and_then(Value::as_f64) {
                    fields.insert(key.into(), json!(number));
                }
            }
            let choices = fields.get_mut("choices").and_then(Value::as_array_mut);
            for choice in choices.into_iter().flatten() {
                choice["name_localizations"] = Value::Null;
            }
            let options = fields.get_mut("options").and_then(Value::as_array_mut);
            options.into_iter().flatten().for_each(fill);
        }
        let mut command = serde_json::to_value(command).unwrap();
        let options = command.get_mut("options").and_then(Value::as_array_mut);
        options.into_iter().flatten().for_each(fill);
        // Text even where there is none.
        let fields = command.as_object_mut().unwrap();
        fields.entry("description").or_insert(json!(""));
        for (key, value) in [
            ("id", json!("11")),
            ("application_id", json!("12")),
            ("version", json!("13")),
            ("dm_permission", json!(false)),
            ("nsfw", json!(false)),
            ("name_localizations", Value::Null),
            ("description_localizations", json!({})),
            ("something_new", json!(true)),
        ] {
            command[key] = value;
        }
        command
    }

    /// What differs when all is registered and the command of this type was edited.
    fn lines_of(kind: CommandType, scope: Scope, edit: impl FnOnce(&mut Value)) -> Vec<String> {
        let wanted = commands(scope);
        let mut values: Vec<Value> = wanted.iter().map(stored).collect();
        let at = wanted.iter().position(|command| command.kind == kind);
        edit(&mut values[at.unwrap()]);
        let registered: Vec<Registered> = serde_json::from_value(Value::Array(values)).unwrap();
        match diff(&wanted, &registered).as_slice() {
            [] => Vec::new(),
            [Change::Changed(command, lines)] if command.kind == kind => lines.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn lines(scope: Scope, edit: impl FnOnce(&mut Value)) -> Vec<String> {
        lines_of(CommandType::ChatInput, scope, edit)
    }

    fn guild() -> Scope {
        Scope::Guild("7".parse().unwrap())
    }

    /// The option with these names, one below the other.
    fn at<'a>(mut value: &'a mut Value, names: &[&str]) -> &'a mut Value {
        for name in names {
            let mut options = value["options"].as_array_mut().unwrap().iter_mut();
            value = options.find(|option| option["name"] == *name).unwrap();
        }
        value
    }

    #[test]
    fn what_discord_adds_by_itself_is_no_difference() {
        assert_eq!(lines(Scope::Global, |_| ()), [""; 0]);
        assert_eq!(lines(guild(), |_| ()), [""; 0]);
    }

    #[test]
    fn a_guilds_command_may_list_contexts_or_not() {
        for kind in [CommandType::ChatInput, CommandType::Message] {
            for contexts in [json!(null), json!([0]), json!([0, 1, 2])] {
                let edit = |command: &mut Value| {
                    command["contexts"] = contexts;
                    command["integration_types"] = json!([0, 1]);
                };
                assert_eq!(lines_of(kind, guild(), edit), [""; 0]);
            }
        }
    }

    #[test]
    fn a_command_on_a_message_has_no_description_however_that_is_written() {
        for description in [None, Some(Value::Null), Some(json!(""))] {
            let edit = |command: &mut Value| {
                let fields = command.as_object_mut().unwrap();
                fields.remove("description");
                fields.extend(description.map(|none| ("description".to_owned(), none)));
            };
            let lines = lines_of(CommandType::Message, Scope::Global, edit);
            assert_eq!(lines, [""; 0]);
        }
    }

    #[test]
    fn each_difference_of_a_command_on_a_message_is_a_line() {
        let lines = lines_of(CommandType::Message, Scope::Global, |command| {
            command["name_localizations"] = json!({"de": "Wessen Einladung?"});
            command["description"] = json!("Words");
            command["options"] = json!([{"type": 3, "name": "gone", "description": "Gone"}]);
            command["default_member_permissions"] = Value::Null;
            command["contexts"] = Value::Null;
            command["integration_types"] = json!([1, 0]);
        });
        insta::assert_snapshot!(lines.join("\n"), @r#"
        name_localizations: {"de":"Wessen Einladung?"} → nothing
        description: "Words" → nothing
        gone: removed
        default_member_permissions: nothing → "32"
        contexts: nothing → [0]
        integration_types: [0,1] → [0]
        "#);
    }

    #[test]
    fn each_difference_is_a_line() {
        let lines = lines(Scope::Global, |command| {
            command["contexts"] = json!([1, 0]);
            command["integration_types"] = Value::Null;
            command["default_member_permissions"] = json!("8");
            command["nsfw"] = json!(true);
            command["description_localizations"] = json!({"de": "Einladungen"});
            at(command, &["list"])["description"] = json!("old \u{1b}[2J");
            let page = at(command, &["list", "page"]);
            page["max_value"] = json!(10);
            page["description"] = json!("");
            at(command, &["show", "code"])["autocomplete"] = json!(false);
            at(command, &["show", "code"])["min_length"] = json!(2);
        });
        insta::assert_snapshot!(lines.join("\n"), @r#"
        description_localizations: {"de":"Einladungen"} → nothing
        list.description: "old \u{1b}[2J" → "The invites, page by page"
        list.page.description: "" → "Which page of the list"
        list.page.max_value: 10 → 1000000
        show.code.autocomplete: nothing → true
        show.code.min_length: 2 → nothing
        default_member_permissions: "8" → "32"
        contexts: [0,1] → [0]
        integration_types: nothing → [0]
        nsfw: true → nothing
        "#);
    }

    #[test]
    fn options_are_told_by_name_and_choices_by_what_is_read() {
        let lines = lines(Scope::Global, |command| {
            let list = at(command, &["list"])["options"].as_array_mut().unwrap();
            list.swap(0, 1);
            list.retain(|option| option["name"] != "share");
            list.push(json!({"type": 3, "name": "gone", "description": "Gone"}));
            let choices = at(command, &["list", "sort"])["choices"].as_array_mut();
            choices.unwrap()[0]["value"] = json!("latest");
            let choices = at(command, &["list", "state"])["choices"].as_array_mut();
            choices.unwrap().reverse();
            at(command, &["help"])["name"] = json!("about");
        });
        insta::assert_snapshot!(lines.join("\n"), @r"
        list.state.choices: other order
        list.sort.choices: + Newest first (newest), - Newest first (latest)
        list.share: new
        list.gone: removed
        list.options: other order
        help: new
        about: removed
        ");
    }

    #[test]
    fn another_type_with_the_same_name_is_another_command() {
        let of_type =
            |kind: u8| json!({"id": "5", "type": kind, "name": "invites", "description": ""});
        let registered: Vec<Registered> =
            serde_json::from_value(json!([of_type(3), of_type(4)])).unwrap();
        let wanted = commands(Scope::Global);
        let changes = diff(&wanted, &registered);
        let [
            Change::New(tree),
            Change::New(on_message),
            Change::Removed(removed),
        ] = changes.as_slice()
        else {
            panic!("{changes:?}");
        };
        assert_eq!(tree.kind, CommandType::ChatInput);
        assert_eq!(on_message.kind, CommandType::Message);
        assert_eq!(on_message.name, MESSAGE_COMMAND);
        assert_eq!(removed.kind, CommandType::Message);
        assert_eq!(removed.name, "invites");
    }
}
