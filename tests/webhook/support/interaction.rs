//! Interactions as the platform sends them, in the shape of the fixtures.

use std::sync::atomic::{AtomicU64, Ordering};

use gatehouse::sandbox::platform::APPLICATION_ID;
use serde_json::{Value, json};

use super::Message;
use crate::discord_rules;

const COMMAND: &str = include_str!("../../fixtures/discord/interactions/03_list_no_options.json");
const PRESS: &str = include_str!("../../fixtures/discord/interactions/09_button_next_page.json");

const TEXT_DISPLAY: u64 = 10;
const LABEL: u64 = 18;

const OPTION_SUBCOMMAND: u8 = 1;
const OPTION_STRING: u8 = 3;
const OPTION_INTEGER: u8 = 4;
const OPTION_BOOLEAN: u8 = 5;

/// Who types or presses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Account id.
    pub(crate) id: u64,
    /// Permission bits where the command is used.
    pub(crate) permissions: u64,
    /// Roles, at most one is enough here.
    pub(crate) role: Option<u64>,
}

/// Manage Server.
const MANAGE_GUILD: u64 = 1 << 5;

/// View Channel and Send Messages.
const ORDINARY: u64 = 1 << 10 | 1 << 11;

/// Somebody with Manage Server.
pub(crate) const MODERATOR: Member = Member {
    id: 553_879_653_580_800_011,
    permissions: MANAGE_GUILD | ORDINARY,
    role: None,
};

/// Somebody else, without Manage Server.
pub(crate) const MEMBER: Member = Member {
    id: 865_346_990_899_200_012,
    permissions: ORDINARY,
    role: None,
};

/// The message that is pressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum On {
    /// Seen by the person alone who asked for it.
    Private,
    /// Seen by everyone; [`MODERATOR`] asked for it.
    Shared,
}

/// An interaction with an id and a token of its own.
#[derive(Clone, Debug)]
pub(crate) struct Interaction(Value);

impl Interaction {
    /// Any interaction, as it is.
    pub(crate) fn of(json: Value) -> Self {
        Self(json)
    }

    /// A PING with all that the platform sends.
    pub(crate) fn ping() -> Self {
        let ping = include_str!("../../fixtures/discord/interactions/01_ping.json");
        Self(serde_json::from_str(ping).unwrap()).renewed()
    }

    /// A slash command by [`MODERATOR`].
    pub(crate) fn command(guild: u64, command: &str, options: &[(&str, Value)]) -> Self {
        let options: Vec<Value> = options
            .iter()
            .map(|(name, value)| {
                let kind = match value {
                    Value::Bool(_) => OPTION_BOOLEAN,
                    Value::Number(_) => OPTION_INTEGER,
                    _ => OPTION_STRING,
                };
                json!({"name": name, "type": kind, "value": value})
            })
            .collect();
        let options = json!([{
            "name": command,
            "type": OPTION_SUBCOMMAND,
            "options": options,
        }]);
        Self(serde_json::from_str(COMMAND).unwrap())
            .renewed()
            .by(MODERATOR)
            .in_guild(guild)
            .set("/data/options", options)
    }

    /// A press by [`MODERATOR`].
    pub(crate) fn press(guild: u64, custom_id: &str, on: On, values: &[&str]) -> Self {
        let mut data = json!({"component_type": 2, "id": 2, "custom_id": custom_id});
        if !values.is_empty() {
            data["component_type"] = json!(3);
            data["values"] = json!(values);
        }
        Self(serde_json::from_str(PRESS).unwrap())
            .renewed()
            .by(MODERATOR)
            .in_guild(guild)
            .set("/data", data)
            .on(on)
    }

    /// A form sent off by [`MODERATOR`].
    pub(crate) fn submit(guild: u64, custom_id: &str, text: &str, on: On) -> Self {
        let line = json!({"type": 4, "id": 2, "custom_id": "line", "value": text});
        let label = json!({"type": 18, "id": 1, "component": line});
        Self::press(guild, custom_id, on, &[])
            .set("/type", json!(5))
            .set(
                "/data",
                json!({"custom_id": custom_id, "components": [label]}),
            )
    }

    /// A form of this message sent off by [`MODERATOR`] with these lines filled in, as a client would:
    /// what was filled in beforehand goes along, and what the form forbids cannot be sent.
    #[track_caller]
    pub(crate) fn filled(guild: u64, form: &Message, lines: &[(&str, &str)]) -> Self {
        let mut given = lines.to_vec();
        let components: Vec<Value> = form.json()["components"]
            .as_array()
            .unwrap()
            .iter()
            .zip(1..)
            .map(|(part, id)| match part["type"].as_u64() {
                Some(TEXT_DISPLAY) => json!({"type": TEXT_DISPLAY, "id": id}),
                _ => json!({
                    "type": LABEL,
                    "id": id,
                    "component": filled_in(&part["component"], id + 100, &mut given),
                }),
            })
            .collect();
        assert!(given.is_empty(), "the form has no {given:?}");
        Self::press(guild, "", On::Private, &[])
            .set("/type", json!(5))
            .set(
                "/data",
                json!({"custom_id": form.form_id(), "components": components}),
            )
            .without("message")
    }

    /// A command on a message, `Apps → <name>`, by [`MODERATOR`].
    pub(crate) fn on_message(guild: u64, name: &str, target: &Value) -> Self {
        let id = target["id"].as_str().unwrap();
        Self(serde_json::from_str(COMMAND).unwrap())
            .renewed()
            .by(MODERATOR)
            .in_guild(guild)
            .set(
                "/data",
                json!({
                    "id": "1533036566937600080",
                    "name": name,
                    "type": 3,
                    "target_id": id,
                    "resolved": {"messages": {id: target}},
                }),
            )
    }

    /// Pressed on this message, or sent off by a form that was opened from it.
    pub(crate) fn on_reply(mut self, message: &Message, on: On) -> Self {
        let mut whole: Value = serde_json::from_str::<Value>(PRESS).unwrap()["message"].take();
        for part in ["content", "embeds", "components"] {
            if let Some(value) = message.json().get(part) {
                whole[part] = value.clone();
            }
        }
        self.0["message"] = whole;
        self.on(on)
    }

    /// By an account of this name.
    pub(crate) fn named(self, name: &str, discriminator: &str) -> Self {
        self.set("/member/user/username", json!(name))
            .set("/member/user/discriminator", json!(discriminator))
    }

    /// A command that is being typed by [`MODERATOR`], at its last option.
    pub(crate) fn autocomplete(guild: u64, command: &str, options: &[(&str, Value)]) -> Self {
        let mut typing = Self::command(guild, command, options).set("/type", json!(4));
        let typed = typing.0["data"]["options"][0]["options"].as_array_mut();
        if let Some(last) = typed.and_then(|options| options.last_mut()) {
            last["focused"] = json!(true);
        }
        typing
    }

    /// With an id and a token that no other interaction has.
    pub(crate) fn renewed(mut self) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1_540_400_000_000_000_001);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.0["id"] = json!(id.to_string());
        self.0["application_id"] = json!(APPLICATION_ID.to_string());
        self.0["token"] = json!(format!("token-{id}-aW50ZXJhY3Rpb24_aW50ZXJhY3Rpb24"));
        self
    }

    /// Typed or pressed by this member.
    pub(crate) fn by(mut self, member: Member) -> Self {
        let wire = &mut self.0["member"];
        wire["user"]["id"] = json!(member.id.to_string());
        wire["permissions"] = json!(member.permissions.to_string());
        let roles: Vec<String> = member.role.iter().map(u64::to_string).collect();
        wire["roles"] = json!(roles);
        self
    }

    /// Used in this guild.
    pub(crate) fn in_guild(mut self, guild: u64) -> Self {
        let guild = json!(guild.to_string());
        self.0["guild_id"] = guild.clone();
        self.0["guild"]["id"] = guild.clone();
        self.0["channel"]["guild_id"] = guild.clone();
        self.0["authorizing_integration_owners"]["0"] = guild;
        self
    }

    /// What the bot may do there, in permission bits.
    pub(crate) fn bot_may(self, permissions: u64) -> Self {
        self.set("/app_permissions", json!(permissions.to_string()))
    }

    /// Sets what is already there.
    #[track_caller]
    pub(crate) fn set(mut self, pointer: &str, value: Value) -> Self {
        let place = self.0.pointer_mut(pointer);
        *place.unwrap_or_else(|| panic!("nothing at {pointer}")) = value;
        self
    }

    /// Leaves a key of the whole out.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(key);
        self
    }

    fn on(self, on: On) -> Self {
        let flags = match on {
            On::Private => super::EPHEMERAL,
            On::Shared => 0,
        };
        self.set("/message/flags", json!(flags))
    }

    /// The token that edits go by.
    pub(crate) fn token(&self) -> &str {
        self.0["token"].as_str().unwrap()
    }

    /// As JSON.
    pub(crate) fn json(&self) -> &Value {
        &self.0
    }

    /// The bytes that are sent.
    pub(crate) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.0).unwrap()
    }

    /// What decides which answers fit.
    pub(crate) fn kind(&self) -> discord_rules::Interaction {
        let kind = self.0["type"].as_u64().unwrap_or_default();
        discord_rules::Interaction {
            kind: u8::try_from(kind).unwrap(),
            from_message: self.0.get("message").is_some(),
        }
    }
}

/// A line of a form as a client sends it.
#[track_caller]
fn filled_in(input: &Value, id: u64, given: &mut Vec<(&str, &str)>) -> Value {
    let name = input["custom_id"].as_str().unwrap();
    let at = given.iter().position(|(line, _)| *line == name);
    let beforehand = input["value"].as_str().unwrap_or_default();
    let value = at.map_or(beforehand, |at| given.remove(at).1);
    let chars = value.chars().count();
    let most = input["max_length"].as_u64().unwrap_or(4000);
    let least = input["min_length"].as_u64().unwrap_or(0);
    let fits = |limit: u64| usize::try_from(limit).unwrap();
    assert!(chars <= fits(most), "{name} takes {most} characters");
    let may_be_empty = input["required"] == false && chars == 0;
    assert!(may_be_empty || chars >= fits(least), "{name} takes {least}");
    json!({"type": 4, "id": id, "custom_id": name, "value": value})
}
