//! Discord's registry of application commands, kept in memory.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::super::answer::Answer;
use super::{bad_field, not_json, refusal, refused};

/// Fields that a client may set.
const FIELDS: [&str; 11] = [
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "contexts",
    "integration_types",
    "type",
    "nsfw",
];

/// All commands of the one application, oldest first.
#[derive(Debug, Default)]
pub(in super::super) struct Commands {
    registered: Vec<Registered>,
    made: u64,
}

#[derive(Clone, Debug)]
struct Registered {
    id: String,
    /// Guild of a guild command, `None` for a global one.
    scope: Option<u64>,
    command: Value,
}

/// A call to the registry.
#[derive(Clone, Debug)]
pub(super) struct Change<'a> {
    pub(super) application: u64,
    pub(super) scope: Option<u64>,
    pub(super) command: Option<&'a str>,
    pub(super) method: &'a str,
    pub(super) body: &'a Bytes,
    pub(super) with_localizations: bool,
}

impl Commands {
    pub(super) fn answer(&mut self, change: &Change<'_>) -> Answer {
        match (change.method, change.command) {
            ("GET", None) => Answer::json(200, &self.list(change)),
            ("POST", None) => self.upsert(change),
            ("PUT", None) => self.replace(change),
            ("GET", Some(id)) => match self.position(change.scope, id) {
                Some(at) => Answer::json(200, &self.registered[at].command),
                None => unknown(),
            },
            ("DELETE", Some(id)) => match self.position(change.scope, id) {
                Some(at) => {
                    self.registered.remove(at);
                    Answer::empty(204)
                }
                None => unknown(),
            },
            _ => refusal(405),
        }
    }

    fn position(&self, scope: Option<u64>, id: &str) -> Option<usize> {
        let same = |known: &Registered| known.scope == scope && known.id == id;
        self.registered.iter().position(same)
    }

    fn list(&self, change: &Change<'_>) -> Value {
        let in_scope = |known: &&Registered| known.scope == change.scope;
        let commands = self.registered.iter().filter(in_scope);
        commands
            .map(|known| {
                let mut command = known.command.clone();
                if !change.with_localizations {
                    drop_localizations(&mut command);
                }
                command
            })
            .collect()
    }

    /// Adds a command, or replaces the one of its name and type; 201 tells the first from the second.
    fn upsert(&mut self, change: &Change<'_>) -> Answer {
        let Ok(command) = serde_json::from_slice::<Value>(change.body) else {
            return not_json();
        };
        match checked(&command) {
            Err(refusal) => refusal,
            Ok(fields) => {
                let (new, command) = self.put(change, fields);
                Answer::json(if new { 201 } else { 200 }, &command)
            }
        }
    }

    /// Puts this list in the place of the whole scope; what keeps its name and type keeps its id.
    fn replace(&mut self, change: &Change<'_>) -> Answer {
        let Ok(sent) = serde_json::from_slice::<Vec<Value>>(change.body) else {
            return not_json();
        };
        let mut fields = Vec::new();
        for command in &sent {
            match checked(command) {
                Ok(checked) => fields.push(checked),
                Err(refusal) => return refusal,
            }
        }
        let kept: Vec<Value> = fields
            .into_iter()
            .map(|fields| self.put(change, fields).1)
            .collect();
        let ids: Vec<&Value> = kept.iter().map(|command| &command["id"]).collect();
        self.registered
            .retain(|known| known.scope != change.scope || ids.contains(&&known.command["id"]));
        Answer::json(200, &Value::Array(kept))
    }

    fn put(&mut self, change: &Change<'_>, fields: Map<String, Value>) -> (bool, Value) {
        let same = |known: &Registered| {
            let alike = |key| known.command.get(key) == fields.get(key);
            known.scope == change.scope && alike("name") && alike("type")
        };
        let at = self.registered.iter().position(same);
        let id = match at {
            Some(at) => self.registered[at].id.clone(),
            None => self.next_snowflake(),
        };
        let mut command = fields;
        command.insert("id".to_owned(), json!(id));
        command.insert(
            "application_id".to_owned(),
            json!(change.application.to_string()),
        );
        command.insert("version".to_owned(), json!(self.next_snowflake()));
        if let Some(guild) = change.scope {
            command.insert("guild_id".to_owned(), json!(guild.to_string()));
            command.remove("dm_permission");
        }
        let registered = Registered {
            id,
            scope: change.scope,
            command: Value::Object(command),
        };
        let answer = registered.command.clone();
        match at {
            Some(at) => self.registered[at] = registered,
            None => self.registered.push(registered),
        }
        (at.is_none(), answer)
    }

    fn next_snowflake(&mut self) -> String {
        self.made += 1;
        (1_510_000_000_000_001_000 + self.made).to_string()
    }
}

/// The fields of a command as the registry keeps them, with every default written out.
fn checked(command: &Value) -> Result<Map<String, Value>, Answer> {
    let text = |key| command.get(key).and_then(Value::as_str).unwrap_or_default();
    let kind = command.get("type").and_then(Value::as_u64).unwrap_or(1);
    let required = "This field is required";
    if !(1..=32).contains(&text("name").chars().count()) {
        return Err(bad_field("name", "BASE_TYPE_REQUIRED", required));
    }
    if kind == 1 && !(1..=100).contains(&text("description").chars().count()) {
        return Err(bad_field("description", "BASE_TYPE_REQUIRED", required));
    }
    let permissions = &command["default_member_permissions"];
    let number = permissions.as_u64().map(|bits| bits.to_string());
    let permissions = number.or_else(|| permissions.as_str().map(str::to_owned));
    let contexts = &command["contexts"];
    let in_direct_messages = match contexts.as_array() {
        Some(contexts) => contexts.contains(&json!(1)),
        None => command["dm_permission"].as_bool().unwrap_or(true),
    };
    let mut fields: Map<String, Value> = FIELDS
        .iter()
        .map(|&key| (key.to_owned(), command[key].clone()))
        .collect();
    fields["type"] = json!(kind);
    fields["description"] = json!(text("description"));
    fields["default_member_permissions"] = json!(permissions);
    fields["dm_permission"] = json!(in_direct_messages);
    fields["nsfw"] = json!(command["nsfw"].as_bool().unwrap_or(false));
    if !fields["integration_types"].is_array() {
        fields["integration_types"] = json!([0]);
    }
    // Absent, not empty, when there are none.
    let options = command["options"].as_array();
    if options.is_none_or(Vec::is_empty) {
        fields.remove("options");
    }
    Ok(fields)
}

/// Lists leave localizations out unless they are asked for, those of options and choices too.
fn drop_localizations(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|key, _| !key.ends_with("_localizations"));
            fields.values_mut().for_each(drop_localizations);
        }
        Value::Array(elements) => elements.iter_mut().for_each(drop_localizations),
        _ => {}
    }
}

fn unknown() -> Answer {
    refused(404, 10_063, "Unknown application command")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(commands: &mut Commands, method: &str, id: Option<&str>, body: &Value) -> (u16, Value) {
        let body = Bytes::from(body.to_string());
        let answer = commands.answer(&Change {
            application: 9,
            scope: None,
            command: id,
            method,
            body: &body,
            with_localizations: false,
        });
        let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        (answer.status.as_u16(), json)
    }

    fn invites() -> Value {
        json!({
            "name": "invites",
            "description": "Invites of this server",
            "default_member_permissions": "32",
            "contexts": [0],
            "name_localizations": { "de": "einladungen" },
        })
    }

    #[test]
    fn a_command_comes_back_with_its_defaults() {
        let mut commands = Commands::default();
        let (status, made) = call(&mut commands, "POST", None, &invites());
        assert_eq!(status, 201);
        let expected = json!({
            "id": made["id"],
            "version": made["version"],
            "application_id": "9",
            "type": 1,
            "name": "invites",
            "name_localizations": { "de": "einladungen" },
            "description": "Invites of this server",
            "description_localizations": null,
            "default_member_permissions": "32",
            "dm_permission": false,
            "contexts": [0],
            "integration_types": [0],
            "nsfw": false,
        });
        assert_eq!(made, expected);
    }

    #[test]
    fn the_same_name_replaces_and_keeps_its_id() {
        let mut commands = Commands::default();
        let (_, first) = call(&mut commands, "POST", None, &invites());
        let (status, second) = call(&mut commands, "POST", None, &invites());
        assert_eq!(status, 200);
        assert_eq!(first["id"], second["id"]);
        assert_ne!(first["version"], second["version"]);
        let (_, list) = call(&mut commands, "GET", None, &Value::Null);
        assert_eq!(list.as_array().map(Vec::len), Some(1));
        assert_eq!(list[0].get("name_localizations"), None);
    }

    #[test]
    fn a_whole_list_replaces_the_scope() {
        let mut commands = Commands::default();
        let other = json!({ "name": "other", "description": "Something else" });
        call(&mut commands, "POST", None, &other);
        let (_, made) = call(&mut commands, "POST", None, &invites());
        let (status, list) = call(&mut commands, "PUT", None, &json!([invites()]));
        assert_eq!(status, 200);
        assert_eq!(list.as_array().map(Vec::len), Some(1));
        assert_eq!(list[0]["id"], made["id"]);
    }

    #[test]
    fn a_deleted_command_is_unknown() {
        let mut commands = Commands::default();
        let (_, made) = call(&mut commands, "POST", None, &invites());
        let id = made["id"].as_str();
        assert_eq!(call(&mut commands, "DELETE", id, &Value::Null).0, 204);
        let (status, error) = call(&mut commands, "DELETE", id, &Value::Null);
        assert_eq!((status, &error["code"]), (404, &json!(10_063)));
    }

    #[test]
    fn a_command_without_a_description_is_refused() {
        let body = json!({ "name": "invites" });
        let (status, error) = call(&mut Commands::default(), "POST", None, &body);
        assert_eq!((status, &error["code"]), (400, &json!(50_035)));
    }
}
