//! The commands as Discord wants them to be sent.
//!
//! Shapes of our own and not `twilight_model`'s, which always write a `version` that only Discord
//! gives out.
//! See [Discord Docs/Application Commands].
//!
//! [Discord Docs/Application Commands]: https://discord.com/developers/docs/interactions/application-commands

use gatehouse_commands::{
    MESSAGE_COMMAND,
    commands::{self, CommandOption, Name, OptionKind, ROOT, ROOT_DESCRIPTION},
};
use serde::Serialize;
use twilight_model::{
    application::{
        command::{CommandOptionType, CommandType},
        interaction::InteractionContextType,
    },
    guild::Permissions,
    oauth::ApplicationIntegrationType,
};

use super::Scope;

/// A command with everything below of it. What is left out has Discord's default.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Definition {
    #[serde(rename = "type")]
    pub(super) kind: CommandType,
    pub(super) name: &'static str,
    /// Commands on a message have none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Parameter>,
    default_member_permissions: Permissions,
    /// Where it can be used. Only global commands have this.
    #[serde(skip_serializing_if = "Option::is_none")]
    contexts: Option<[InteractionContextType; 1]>,
    /// How the application must have been added. Only global commands have this.
    #[serde(skip_serializing_if = "Option::is_none")]
    integration_types: Option<[ApplicationIntegrationType; 1]>,
}

/// A subcommand or an option; Discord has one shape for both.
#[derive(Clone, Debug, Serialize)]
struct Parameter {
    #[serde(rename = "type")]
    kind: CommandOptionType,
    name: &'static str,
    description: &'static str,
    #[serde(skip_serializing_if = "is_false")]
    required: bool,
    #[serde(skip_serializing_if = "is_false")]
    autocomplete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Self>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_value: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_value: Option<u32>,
}

/// One of the few values of an option.
#[derive(Clone, Debug, Serialize)]
struct Choice {
    name: &'static str,
    value: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks like this")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Every command, as it is sent for this scope: the tree, and the one on a message.
pub(super) fn commands(scope: Scope) -> Vec<Definition> {
    let below = Name::ALL.iter();
    let options = below.map(|name| Parameter::of_command(name.spec()));
    vec![
        Definition {
            description: ROOT_DESCRIPTION,
            options: options.collect(),
            ..Definition::new(CommandType::ChatInput, ROOT, scope)
        },
        Definition::new(CommandType::Message, MESSAGE_COMMAND, scope),
    ]
}

impl Definition {
    fn new(kind: CommandType, name: &'static str, scope: Scope) -> Self {
        let is_global = scope == Scope::Global;
        Self {
            kind,
            name,
            description: "",
            options: Vec::new(),
            default_member_permissions: Permissions::MANAGE_GUILD,
            contexts: is_global.then_some([InteractionContextType::Guild]),
            integration_types: is_global.then_some([ApplicationIntegrationType::GuildInstall]),
        }
    }
}

impl Parameter {
    fn new(kind: CommandOptionType, name: &'static str, description: &'static str) -> Self {
        Self {
            kind,
            name,
            description,
            required: false,
            autocomplete: false,
            options: Vec::new(),
            choices: Vec::new(),
            max_length: None,
            min_value: None,
            max_value: None,
        }
    }

    fn of_command(command: &commands::Command) -> Self {
        Self {
            options: command.options.iter().map(Self::of_option).collect(),
            ..Self::new(
                CommandOptionType::SubCommand,
                command.name,
                command.description,
            )
        }
    }

    fn of_option(option: &CommandOption) -> Self {
        let of = |kind| Self {
            required: option.required,
            ..Self::new(kind, option.name, option.description)
        };
        match option.kind {
            OptionKind::Text { max_chars } => Self {
                autocomplete: true,
                max_length: Some(max_chars),
                ..of(CommandOptionType::String)
            },
            OptionKind::Words { max_chars } => Self {
                max_length: Some(max_chars),
                ..of(CommandOptionType::String)
            },
            OptionKind::Duration => of(CommandOptionType::String),
            OptionKind::Whole { min, max } => Self {
                min_value: Some(min),
                max_value: Some(max),
                ..of(CommandOptionType::Integer)
            },
            OptionKind::Flag => of(CommandOptionType::Boolean),
            OptionKind::Choice(choices) => Self {
                choices: choices().into_iter().map(Choice::from).collect(),
                ..of(CommandOptionType::String)
            },
        }
    }
}

impl From<commands::Choice> for Choice {
    fn from(choice: commands::Choice) -> Self {
        Self {
            name: choice.label,
            value: choice.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What is sent for the tree and for the command on a message.
    fn sent(scope: Scope) -> [Value; 2] {
        let commands: [Definition; 2] = commands(scope).try_into().unwrap();
        commands.map(|command| serde_json::to_value(command).unwrap())
    }

    fn tree() -> Value {
        let [tree, _] = sent(Scope::Global);
        tree
    }

    fn named<'a>(options: &'a Value, name: &str) -> &'a Value {
        let mut options = options["options"].as_array().unwrap().iter();
        options.find(|option| option["name"] == name).unwrap()
    }

    #[test]
    fn the_tree_is_for_those_who_manage_a_guild() {
        let command = tree();
        assert_eq!(command["name"], "invites");
        assert_eq!(command["type"], 1);
        assert_eq!(command["default_member_permissions"], "32");
        assert_eq!(command["contexts"], json!([0]));
        assert_eq!(command["integration_types"], json!([0]));
        let subcommands = command["options"].as_array().unwrap();
        assert_eq!(subcommands.len(), Name::ALL.len());
        assert!(subcommands.iter().all(|option| option["type"] == 1));
    }

    #[test]
    fn the_command_on_a_message_has_a_name_and_nothing_to_fill_in() {
        let [_, command] = sent(Scope::Global);
        assert_eq!(
            command,
            json!({
                "type": 3,
                "name": "Whose invite is this?",
                "default_member_permissions": "32",
                "contexts": [0],
                "integration_types": [0],
            })
        );
    }

    #[test]
    fn in_one_guild_only_the_contexts_are_left_out() {
        let guild = "7".parse().unwrap();
        let mut global = sent(Scope::Global);
        for command in &mut global {
            let fields = command.as_object_mut().unwrap();
            assert!(fields.remove("contexts").is_some());
            assert!(fields.remove("integration_types").is_some());
        }
        assert_eq!(sent(Scope::Guild(guild)), global);
    }

    #[test]
    fn each_kind_of_option_has_its_own_shape() {
        let command = tree();
        let list = named(&command, "list");
        assert_eq!(
            *named(list, "by"),
            json!({
                "type": 3,
                "name": "by",
                "description": "Only invites made by this person or bot",
                "autocomplete": true,
                "max_length": 100,
            })
        );
        let page = named(list, "page");
        assert_eq!(page["type"], 4);
        assert_eq!(page["min_value"], 1);
        assert_eq!(page["max_value"], 1_000_000);
        assert_eq!(named(list, "share")["type"], 5);
        let state = named(list, "state");
        assert_eq!(state["type"], 3);
        assert_eq!(state.get("autocomplete"), None);
        assert_eq!(
            state["choices"][0],
            json!({"name": "Unused", "value": "unused"})
        );
        assert_eq!(named(named(&command, "show"), "code")["required"], true);
    }

    #[test]
    fn only_what_discord_takes_is_sent() {
        const COMMAND: [&str; 7] = [
            "type",
            "name",
            "description",
            "options",
            "default_member_permissions",
            "contexts",
            "integration_types",
        ];
        const OPTION: [&str; 10] = [
            "type",
            "name",
            "description",
            "required",
            "autocomplete",
            "options",
            "choices",
            "max_length",
            "min_value",
            "max_value",
        ];
        fn check(value: &Value, known: &[&str]) {
            let fields = value.as_object().unwrap();
            assert!(fields.keys().all(|key| known.contains(&key.as_str())));
            assert!(!fields.values().any(Value::is_null));
            for option in value["options"].as_array().into_iter().flatten() {
                check(option, &OPTION);
            }
        }
        for command in sent(Scope::Global) {
            check(&command, &COMMAND);
        }
    }

    #[test]
    fn what_is_sent_keeps_discords_limits() {
        fn check(value: &Value, total: &mut usize) {
            let mut count = |key: &str, max: usize| {
                let chars = value[key].as_str().unwrap().chars().count();
                assert!((1..=max).contains(&chars), "{key} of {value}");
                *total += chars;
            };
            count("name", 32);
            count("description", 100);
            for choice in value["choices"].as_array().into_iter().flatten() {
                for key in ["name", "value"] {
                    let chars = choice[key].as_str().unwrap().chars().count();
                    assert!((1..=100).contains(&chars), "{key} of {choice}");
                    *total += chars;
                }
            }
            for key in ["options", "choices"] {
                let entries = value[key].as_array().into_iter().flatten();
                assert!(entries.count() <= 25, "{key} of {}", value["name"]);
            }
            let options: Vec<_> = value["options"].as_array().into_iter().flatten().collect();
            let is_required = |option: &&Value| option["required"] == true;
            assert!(options.is_sorted_by_key(|option| !is_required(option)));
            for option in options {
                let both = option["autocomplete"] == true && option.get("choices").is_some();
                assert!(!both, "suggestions and choices of {}", option["name"]);
                check(option, total);
            }
        }
        let [tree, mut on_message] = sent(Scope::Global);
        // It must have none; one character stands in for it in the count.
        assert_eq!(on_message.get("description"), None);
        on_message["description"] = json!("-");
        for command in [tree, on_message] {
            let mut total = 0;
            check(&command, &mut total);
            assert!(total <= 8000, "{total} characters");
        }
    }

    #[test]
    fn what_is_sent_fits_discords_schema() {
        let document = include_str!("../../tests/fixtures/discord/openapi-subset.json");
        let document: Value = serde_json::from_str(document).unwrap();
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": document["components"],
            "$ref": "#/components/schemas/ApplicationCommandCreateRequest",
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        for mut command in sent(Scope::Global) {
            // The schema knows it as a number only, the documentation as text.
            command["default_member_permissions"] = json!(32);
            let errors: Vec<_> = validator.iter_errors(&command).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
    }
}
