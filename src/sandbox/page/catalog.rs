//! The commands that there are, read from what is registered with the platform.
//!
//! Read from the registration's JSON, as a chat client reads it: whatever is registered can be
//! tried here.

use serde_json::{Value, json};

/// A slash command.
const CHAT_INPUT: u64 = 1;
/// A command in the menu of a message.
const MESSAGE: u64 = 3;

/// Kinds of options. See [Discord Docs/Application Commands].
///
/// [Discord Docs/Application Commands]: https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type
pub(super) mod kind {
    /// A command below a command.
    pub(in super::super) const SUBCOMMAND: u64 = 1;
    /// A group of commands below a command.
    pub(in super::super) const GROUP: u64 = 2;
    /// A whole number.
    pub(in super::super) const INTEGER: u64 = 4;
    /// Yes or no.
    pub(in super::super) const BOOLEAN: u64 = 5;
    /// A person.
    pub(in super::super) const USER: u64 = 6;
    /// A channel.
    pub(in super::super) const CHANNEL: u64 = 7;
    /// Any number.
    pub(in super::super) const NUMBER: u64 = 10;
}

/// All commands.
#[derive(Debug)]
pub(super) struct Catalog {
    /// Those that are typed.
    pub(super) typed: Vec<Command>,
    /// Names of those in the menu of a message.
    pub(super) on_messages: Vec<String>,
}

/// A command that is typed.
#[derive(Debug)]
pub(super) struct Command {
    /// Its name, word by word, without the slash.
    pub(super) path: Vec<String>,
    /// What it does.
    pub(super) description: String,
    /// What it takes.
    pub(super) parameters: Vec<Parameter>,
}

/// An option of a command.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: String,
    /// What it is for.
    pub(super) description: String,
    /// What it takes; see [`kind`].
    pub(super) kind: u64,
    /// Whether the command makes no sense without it.
    pub(super) is_required: bool,
    /// Whether there are suggestions while it is typed.
    pub(super) is_suggested: bool,
    /// Its few values, by what people read and what is sent.
    pub(super) choices: Vec<(String, Value)>,
    /// The least number.
    pub(super) min: Option<i64>,
    /// The greatest number.
    pub(super) max: Option<i64>,
    /// The longest text, in characters.
    pub(super) max_length: Option<u64>,
}

impl Catalog {
    /// Reads a registration.
    pub(super) fn read(registered: &Value) -> Self {
        let of = |wanted: u64| {
            let all = registered.as_array().into_iter().flatten();
            all.filter(move |command| command["type"].as_u64().unwrap_or(CHAT_INPUT) == wanted)
        };
        let mut typed = Vec::new();
        for command in of(CHAT_INPUT) {
            collect(command, &[], &mut typed);
        }
        Self {
            typed,
            on_messages: of(MESSAGE).map(|command| text(command, "name")).collect(),
        }
    }

    /// The command of this name: its words with a blank between each two.
    pub(super) fn command(&self, name: &str) -> Option<&Command> {
        self.typed.iter().find(|command| command.name() == name)
    }
}

/// Adds this command, or all that are below of it.
fn collect(node: &Value, above: &[String], into: &mut Vec<Command>) {
    let mut path = above.to_vec();
    path.push(text(node, "name"));
    let options = || node["options"].as_array().into_iter().flatten();
    let is_command = |option: &&Value| {
        matches!(
            option["type"].as_u64(),
            Some(kind::SUBCOMMAND | kind::GROUP)
        )
    };
    if options().any(|option| is_command(&option)) {
        for below in options().filter(is_command) {
            collect(below, &path, into);
        }
        return;
    }
    into.push(Command {
        path,
        description: text(node, "description"),
        parameters: options().map(Parameter::read).collect(),
    });
}

fn text(node: &Value, key: &str) -> String {
    node[key].as_str().unwrap_or_default().to_owned()
}

impl Command {
    /// Its words with a blank between each two.
    pub(super) fn name(&self) -> String {
        self.path.join(" ")
    }

    /// The data of an interaction with these values; a `focused` option is still being typed.
    pub(super) fn data(&self, fields: &[(String, String)], focused: Option<&str>) -> Value {
        let given = |parameter: &&Parameter| {
            let name = format!("option.{}", parameter.name);
            let field = fields.iter().find(|(field, _)| *field == name)?;
            let value = field.1.trim();
            let is_focused = focused == Some(&*parameter.name);
            if value.is_empty() && !is_focused {
                return None;
            }
            let mut option = json!({
                "name": parameter.name,
                "type": parameter.kind,
                "value": parameter.value(value),
            });
            if is_focused {
                option["focused"] = true.into();
            }
            Some(option)
        };
        let mut options: Value = self.parameters.iter().filter_map(|p| given(&p)).collect();
        let [root, below @ ..] = self.path.as_slice() else {
            return Value::Null;
        };
        for (depth, name) in below.iter().enumerate().rev() {
            let is_last = depth + 1 == below.len();
            let kind = if is_last {
                kind::SUBCOMMAND
            } else {
                kind::GROUP
            };
            options = json!([{"name": name, "type": kind, "options": options}]);
        }
        json!({"id": "1", "name": root, "type": CHAT_INPUT, "options": options})
    }
}

impl Parameter {
    fn read(option: &Value) -> Self {
        let choices = option["choices"].as_array().into_iter().flatten();
        Self {
            name: text(option, "name"),
            description: text(option, "description"),
            kind: option["type"].as_u64().unwrap_or_default(),
            is_required: option["required"] == true,
            is_suggested: option["autocomplete"] == true,
            choices: choices
                .map(|choice| (text(choice, "name"), choice["value"].clone()))
                .collect(),
            min: option["min_value"].as_i64(),
            max: option["max_value"].as_i64(),
            max_length: option["max_length"].as_u64(),
        }
    }

    /// A typed value as it is sent; what does not fit goes as the text that it is.
    fn value(&self, typed: &str) -> Value {
        match self.kind {
            kind::INTEGER => typed
                .parse::<i64>()
                .map_or_else(|_| typed.into(), Value::from),
            kind::NUMBER => typed
                .parse::<f64>()
                .map_or_else(|_| typed.into(), Value::from),
            kind::BOOLEAN => Value::Bool(typed == "true"),
            _ => typed.into(),
        }
    }
}

/// The data of a command in the menu of a message.
pub(super) fn on_message(name: &str, message: &Value) -> Value {
    let id = message["id"].as_str().unwrap_or_default();
    json!({
        "id": "2",
        "name": name,
        "type": MESSAGE,
        "target_id": id,
        "resolved": {"messages": {id: message}},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register;

    fn fields(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter()
            .map(|(name, value)| (format!("option.{name}"), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_registered_command_is_there() {
        let catalog = Catalog::read(&register::registered());
        let list = catalog.command("invites list").unwrap();
        assert!(!list.description.is_empty());
        let of = |name: &str| {
            let mut all = list.parameters.iter();
            all.find(|parameter| parameter.name == name).unwrap()
        };
        assert!(of("search").is_suggested);
        assert_eq!(of("page").kind, kind::INTEGER);
        assert_eq!(of("page").min, Some(1));
        assert_eq!(of("share").kind, kind::BOOLEAN);
        assert!(of("state").choices.len() > 2);
        let show = catalog.command("invites show").unwrap();
        assert!(show.parameters[0].is_required);
    }

    #[test]
    fn what_is_typed_goes_in_the_shape_of_its_option() {
        let catalog = Catalog::read(&register::registered());
        let list = catalog.command("invites list").unwrap();
        let typed = [
            ("page", "2"),
            ("share", "true"),
            ("search", " "),
            ("by", "x"),
        ];
        let data = list.data(&fields(&typed), None);
        assert_eq!(data["name"], "invites");
        assert_eq!(data["options"][0]["name"], "list");
        assert_eq!(
            data["options"][0]["options"],
            json!([
                {"name": "by", "type": 3, "value": "x"},
                {"name": "page", "type": 4, "value": 2},
                {"name": "share", "type": 5, "value": true},
            ])
        );
        let data = list.data(&fields(&[("search", "")]), Some("search"));
        assert_eq!(
            data["options"][0]["options"],
            json!([{"name": "search", "type": 3, "value": "", "focused": true}])
        );
    }

    #[test]
    fn groups_and_menus_are_read_as_well() {
        let option = json!({"type": 3, "name": "x", "description": "X"});
        let sub = json!({"type": 1, "name": "sub", "description": "Sub", "options": [option]});
        let group = json!({"type": 2, "name": "group", "options": [sub]});
        let registered = json!([
            {"name": "root", "options": [group]},
            {"type": 3, "name": "Whose is this?"},
        ]);
        let catalog = Catalog::read(&registered);
        assert_eq!(catalog.on_messages, ["Whose is this?"]);
        let data = catalog.command("root group sub").unwrap();
        let data = data.data(&fields(&[("x", "1")]), None);
        assert_eq!(data["options"][0]["type"], 2);
        assert_eq!(data["options"][0]["options"][0]["options"][0]["value"], "1");
    }
}
