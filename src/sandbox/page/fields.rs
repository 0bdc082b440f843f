//! A form that was filled in becomes the components of an interaction.

use serde_json::{Value, json};

use super::directory::Directory;

/// Kinds of components that a form can hold. See [Discord Docs/Component Reference].
///
/// [Discord Docs/Component Reference]: https://discord.com/developers/docs/components/reference
pub(super) mod kind {
    /// A row of components.
    pub(in super::super) const ROW: u64 = 1;
    /// A button.
    pub(in super::super) const BUTTON: u64 = 2;
    /// A menu of texts.
    pub(in super::super) const MENU: u64 = 3;
    /// A line, or several, to write in.
    pub(in super::super) const TEXT_INPUT: u64 = 4;
    /// A menu of people.
    pub(in super::super) const USER_MENU: u64 = 5;
    /// A menu of channels.
    pub(in super::super) const CHANNEL_MENU: u64 = 8;
    /// Components beside another.
    pub(in super::super) const SECTION: u64 = 9;
    /// Text.
    pub(in super::super) const TEXT: u64 = 10;
    /// A small picture.
    pub(in super::super) const THUMBNAIL: u64 = 11;
    /// Pictures.
    pub(in super::super) const GALLERY: u64 = 12;
    /// A line across.
    pub(in super::super) const SEPARATOR: u64 = 14;
    /// A box around others.
    pub(in super::super) const CONTAINER: u64 = 17;
    /// What an input is for, and the input.
    pub(in super::super) const LABEL: u64 = 18;
    /// One of a few.
    pub(in super::super) const RADIO: u64 = 21;
    /// Some of a few.
    pub(in super::super) const CHECKBOXES: u64 = 22;
    /// Yes or no.
    pub(in super::super) const CHECKBOX: u64 = 23;
}

/// The components of a submitted form: those of the form, with what was filled in.
pub(super) fn submitted(form: &Value, fields: &[(String, String)]) -> Value {
    let components = form["components"].as_array().into_iter().flatten();
    components
        .enumerate()
        .map(|(index, component)| filled(component, index + 1, fields))
        .collect()
}

fn filled(component: &Value, number: usize, fields: &[(String, String)]) -> Value {
    let kind = component["type"].as_u64().unwrap_or_default();
    let id = component["id"].as_u64().unwrap_or(number as u64);
    match kind {
        kind::LABEL => {
            let inner = filled(&component["component"], number + 100, fields);
            json!({"type": kind, "id": id, "component": inner})
        }
        kind::ROW => {
            let inner = component["components"].as_array().into_iter().flatten();
            let inner: Value = inner
                .map(|inner| filled(inner, number + 100, fields))
                .collect();
            json!({"type": kind, "id": id, "components": inner})
        }
        kind::TEXT => json!({"type": kind, "id": id}),
        _ => input(component, kind, id, fields),
    }
}

fn input(component: &Value, kind: u64, id: u64, fields: &[(String, String)]) -> Value {
    let custom_id = component["custom_id"].as_str().unwrap_or_default();
    let name = format!("field.{custom_id}");
    let mut given = fields
        .iter()
        .filter(|(field, _)| *field == name)
        .map(|(_, value)| value.as_str());
    let mut filled = json!({"type": kind, "id": id, "custom_id": custom_id});
    match kind {
        kind::TEXT_INPUT => {
            // A browser ends lines as the web does, a chat client as everyone else.
            let text = given.next().unwrap_or_default().replace("\r\n", "\n");
            filled["value"] = text.into();
        }
        kind::RADIO => filled["value"] = given.next().into(),
        kind::CHECKBOX => filled["value"] = given.next().is_some().into(),
        _ => {
            let values: Vec<&str> = given.filter(|value| !value.is_empty()).collect();
            filled["values"] = values.into();
        }
    }
    filled
}

/// What chosen ids stand for, as an interaction tells it along.
pub(super) fn resolved(kind: u64, values: &[&str], directory: &Directory) -> Option<Value> {
    let named = |names: &std::collections::BTreeMap<u64, String>,
                 make: &dyn Fn(&str, &str) -> Value| {
        let known = values.iter().filter_map(|value| {
            let name = names.get(&value.parse().ok()?)?;
            Some(((*value).to_owned(), make(value, name)))
        });
        Value::Object(known.collect())
    };
    match kind {
        kind::USER_MENU => {
            let user = |id: &str, name: &str| {
                json!({"id": id, "username": name, "global_name": name,
                    "discriminator": "0", "avatar": null})
            };
            Some(json!({"users": named(&directory.people, &user)}))
        }
        kind::CHANNEL_MENU => {
            let channel = |id: &str, name: &str| json!({"id": id, "name": name, "type": 0, "permissions": "0"});
            Some(json!({"channels": named(&directory.channels, &channel)}))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_back_in_its_own_shape() {
        let form = json!({"components": [
            {"type": 10, "content": "Think twice."},
            {"type": 18, "label": "Reason", "component":
                {"type": 4, "custom_id": "reason", "style": 2}},
            {"type": 18, "label": "How", "component":
                {"type": 3, "custom_id": "how", "options": []}},
            {"type": 18, "label": "Sure", "component": {"type": 23, "custom_id": "sure"}},
            {"type": 1, "components": [{"type": 4, "custom_id": "old", "label": "Old"}]},
        ]});
        let fields = [
            ("field.reason", "spam\r\nagain"),
            ("field.how", "soft"),
            ("field.old", "x"),
            ("field.unknown", "y"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            submitted(&form, &fields),
            json!([
                {"type": 10, "id": 1},
                {"type": 18, "id": 2, "component":
                    {"type": 4, "id": 102, "custom_id": "reason", "value": "spam\nagain"}},
                {"type": 18, "id": 3, "component":
                    {"type": 3, "id": 103, "custom_id": "how", "values": ["soft"]}},
                {"type": 18, "id": 4, "component":
                    {"type": 23, "id": 104, "custom_id": "sure", "value": false}},
                {"type": 1, "id": 5, "components": [
                    {"type": 4, "id": 105, "custom_id": "old", "value": "x"}]},
            ])
        );
    }

    #[test]
    fn chosen_people_are_told_by_name() {
        let mut directory = Directory::default();
        directory.people.insert(7, "Ann".to_owned());
        let told = resolved(kind::USER_MENU, &["7", "8"], &directory).unwrap();
        assert_eq!(told["users"]["7"]["global_name"], "Ann");
        assert_eq!(told["users"].get("8"), None);
        assert_eq!(resolved(kind::MENU, &["7"], &directory), None);
    }
}
