//! What a moderator would see of a message, and could press on it.

use serde_json::Value;

use super::EPHEMERAL;

/// The style of a button that leads to something that cannot be undone.
const DANGER: u64 = 4;

/// The body of a message, or the data of a form or of suggestions.
#[derive(Clone, Debug)]
pub(crate) struct Message(Value);

/// A button under a message.
#[derive(Clone, Debug)]
pub(crate) struct Button {
    /// What it says.
    pub(crate) label: String,
    /// What is sent when it is pressed.
    pub(crate) custom_id: String,
    /// Whether it cannot be pressed.
    pub(crate) is_disabled: bool,
    /// Whether it is marked as the way to something that cannot be undone.
    pub(crate) is_danger: bool,
}

/// A line of a form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Line {
    /// What stands above it.
    pub(crate) label: String,
    /// What it is sent as.
    pub(crate) custom_id: String,
    /// What stands in it beforehand.
    pub(crate) value: String,
    /// Whether it must be filled in.
    pub(crate) is_required: bool,
}

/// A menu under a message.
#[derive(Clone, Debug)]
pub(crate) struct Menu {
    /// What it says while nothing is chosen.
    pub(crate) placeholder: String,
    /// What is sent when something is chosen.
    pub(crate) custom_id: String,
    /// What can be chosen.
    pub(crate) options: Vec<Choice>,
}

/// A value to choose: of a menu, or a suggestion.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Choice {
    /// What people read.
    pub(crate) label: String,
    /// What is sent.
    pub(crate) value: String,
    /// Whether it is the one chosen now.
    pub(crate) is_chosen: bool,
}

impl Message {
    pub(crate) fn new(body: Value) -> Self {
        Self(body)
    }

    /// The body as it was sent.
    pub(crate) fn json(&self) -> &Value {
        &self.0
    }

    /// Whether one person alone sees it.
    pub(crate) fn is_private(&self) -> bool {
        self.0["flags"]
            .as_u64()
            .is_some_and(|flags| flags & EPHEMERAL != 0)
    }

    /// The title of the embed, or of the form.
    pub(crate) fn title(&self) -> &str {
        let title = self.embed()["title"].as_str();
        title.or(self.0["title"].as_str()).unwrap_or_default()
    }

    /// Everything to read, one line per part: content, title, description, fields, footer.
    pub(crate) fn text(&self) -> String {
        let mut parts = vec![&self.0["content"]];
        for embed in list(&self.0["embeds"]) {
            parts.extend([&embed["title"], &embed["description"]]);
            for field in list(&embed["fields"]) {
                parts.extend([&field["name"], &field["value"]]);
            }
            parts.push(&embed["footer"]["text"]);
        }
        let texts: Vec<&str> = parts.into_iter().filter_map(Value::as_str).collect();
        texts.join("\n")
    }

    /// The description of the embed.
    pub(crate) fn description(&self) -> &str {
        self.embed()["description"].as_str().unwrap_or_default()
    }

    /// The footer of the embed.
    pub(crate) fn footer(&self) -> &str {
        self.embed()["footer"]["text"].as_str().unwrap_or_default()
    }

    /// The value of the embed's field of this name.
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> &str {
        list(&self.embed()["fields"])
            .iter()
            .find(|field| field["name"] == name)
            .and_then(|field| field["value"].as_str())
            .unwrap_or_else(|| panic!("no field {name:?}: {:#}", self.0))
    }

    /// What can be pressed, row by row: labels of buttons, placeholders of menus.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let label = |component: &Value| {
            let label = component["label"].as_str();
            label
                .or(component["placeholder"].as_str())
                .unwrap_or_default()
                .to_owned()
        };
        list(&self.0["components"])
            .iter()
            .map(|row| list(&row["components"]).iter().map(label).collect())
            .collect()
    }

    /// The button that says this.
    #[track_caller]
    pub(crate) fn button(&self, label: &str) -> Button {
        let button = self
            .components(2)
            .find(|button| button["label"] == label)
            .unwrap_or_else(|| panic!("no button {label:?}: {:?}", self.rows()));
        Button {
            label: text(&button["label"]),
            custom_id: text(&button["custom_id"]),
            is_disabled: button["disabled"] == true,
            is_danger: button["style"] == DANGER,
        }
    }

    /// Whether there is a button that says this.
    pub(crate) fn has_button(&self, label: &str) -> bool {
        self.components(2).any(|button| button["label"] == label)
    }

    /// The menu with this placeholder.
    #[track_caller]
    pub(crate) fn menu(&self, placeholder: &str) -> Menu {
        let menu = self
            .components(3)
            .find(|menu| menu["placeholder"] == placeholder)
            .unwrap_or_else(|| panic!("no menu {placeholder:?}: {:?}", self.rows()));
        Menu {
            placeholder: text(&menu["placeholder"]),
            custom_id: text(&menu["custom_id"]),
            options: list(&menu["options"])
                .iter()
                .map(|option| Choice {
                    label: text(&option["label"]),
                    value: text(&option["value"]),
                    is_chosen: option["default"] == true,
                })
                .collect(),
        }
    }

    /// What a form says above its lines.
    pub(crate) fn form_text(&self) -> String {
        let parts = list(&self.0["components"]).iter();
        let texts: Vec<&str> = parts.filter_map(|part| part["content"].as_str()).collect();
        texts.join("\n")
    }

    /// The lines of a form.
    pub(crate) fn lines(&self) -> Vec<Line> {
        list(&self.0["components"])
            .iter()
            .filter(|part| part.get("component").is_some())
            .map(|part| Line {
                label: text(&part["label"]),
                custom_id: text(&part["component"]["custom_id"]),
                value: part["component"]["value"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                is_required: part["component"]["required"] != false,
            })
            .collect()
    }

    /// The picture of the embed.
    pub(crate) fn picture(&self) -> Option<&str> {
        self.embed()["image"]["url"].as_str()
    }

    /// The names of the embed's fields.
    pub(crate) fn field_names(&self) -> Vec<&str> {
        let fields = list(&self.embed()["fields"]).iter();
        fields.filter_map(|field| field["name"].as_str()).collect()
    }

    /// The id of a form.
    #[track_caller]
    pub(crate) fn form_id(&self) -> String {
        text(&self.0["custom_id"])
    }

    /// The suggestions of an autocomplete answer.
    pub(crate) fn suggestions(&self) -> Vec<Choice> {
        list(&self.0["choices"])
            .iter()
            .map(|choice| Choice {
                label: text(&choice["name"]),
                value: text(&choice["value"]),
                is_chosen: false,
            })
            .collect()
    }

    fn embed(&self) -> &Value {
        &self.0["embeds"][0]
    }

    fn components(&self, kind: u64) -> impl Iterator<Item = &Value> {
        list(&self.0["components"])
            .iter()
            .flat_map(|row| list(&row["components"]))
            .filter(move |component| component["type"] == kind)
    }
}

impl Menu {
    /// The value of the choice with this label.
    #[track_caller]
    pub(crate) fn value(&self, label: &str) -> &str {
        let choice = self.options.iter().find(|choice| choice.label == label);
        let choice = choice.unwrap_or_else(|| panic!("no choice {label:?}: {:?}", self.options));
        &choice.value
    }

    /// The labels of what is chosen now.
    pub(crate) fn chosen(&self) -> Vec<&str> {
        let chosen = self.options.iter().filter(|choice| choice.is_chosen);
        chosen.map(|choice| choice.label.as_str()).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[track_caller]
fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("no text: {value}"))
        .to_owned()
}
