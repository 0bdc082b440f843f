//! What somebody does in the chat, made into a signed interaction, and what comes of its answer.

use serde_json::{Value, json};

use super::{
    super::client::Seat,
    Change, Page, catalog,
    chat::{Arrived, Author, Message, OpenForm},
    fields, samples,
};
use crate::webhook::envelope::{AUTOCOMPLETE, COMMAND, COMPONENT, MODAL};

/// Types of answers. See [Discord Docs/Interaction Callback Type].
///
/// [Discord Docs/Interaction Callback Type]: https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
mod callback {
    /// A message.
    pub(super) const MESSAGE: u64 = 4;
    /// A message later, until then word of it.
    pub(super) const LATER: u64 = 5;
    /// An edit later, until then nothing.
    pub(super) const EDIT_LATER: u64 = 6;
    /// An edit of the message that was pressed.
    pub(super) const EDIT: u64 = 7;
    /// Suggestions.
    pub(super) const SUGGESTIONS: u64 = 8;
    /// A form.
    pub(super) const FORM: u64 = 9;
}

/// What the chat client says when there is no answer, or none that it understands.
const NO_ANSWER: &str = "**The application did not respond.** What was sent and what came back \
    stands on the wire.";

/// What comes of an act, apart from what shows in the chat.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing more.
    Done,
    /// A form to be filled in.
    Form(u64, Value),
    /// Suggestions for what is being typed.
    Suggestions(Value),
}

/// An interaction that is to be sent.
struct Act {
    seat: Seat,
    kind: u64,
    data: Value,
    /// The message that was pressed, or from which a form was opened.
    on: Option<u64>,
    /// How the wire calls it.
    label: String,
    /// What stands above the reply; empty = nothing.
    words: String,
}

impl Page {
    /// Sends a command that was typed.
    pub(super) async fn command(&self, name: &str, fields: &[(String, String)]) -> Outcome {
        let Some(command) = self.shared.catalog.command(name) else {
            return Outcome::Done;
        };
        self.act(Act {
            seat: self.seat(),
            kind: COMMAND,
            data: command.data(fields, None),
            on: None,
            label: format!("/{name}"),
            words: format!("/{name}"),
        })
        .await
    }

    /// Asks for suggestions for an option that is being typed.
    pub(super) async fn suggest(
        &self,
        name: &str,
        fields: &[(String, String)],
        focused: &str,
    ) -> Outcome {
        let Some(command) = self.shared.catalog.command(name) else {
            return Outcome::Done;
        };
        self.act(Act {
            seat: self.seat(),
            kind: AUTOCOMPLETE,
            data: command.data(fields, Some(focused)),
            on: None,
            label: format!("suggestions for {focused}"),
            words: String::new(),
        })
        .await
    }

    /// Uses a command from the menu of a message.
    pub(super) async fn apply(&self, name: &str, message: u64) -> Outcome {
        if !self
            .shared
            .catalog
            .on_messages
            .iter()
            .any(|one| one == name)
        {
            return Outcome::Done;
        }
        let Some(message) = self.chat().message(message).map(Message::to_json) else {
            return Outcome::Done;
        };
        self.act(Act {
            seat: self.seat(),
            kind: COMMAND,
            data: catalog::on_message(name, &message),
            on: None,
            label: name.to_owned(),
            words: name.to_owned(),
        })
        .await
    }

    /// Presses a button of a message, or chooses from one of its menus.
    pub(super) async fn press(&self, message: u64, custom_id: &str, values: &[&str]) -> Outcome {
        let (component, seat) = {
            let chat = self.chat();
            let component = chat
                .message(message)
                .and_then(|message| enabled(message.payload.get("components")?, custom_id))
                .cloned();
            (component, chat.settings.seat())
        };
        // A message that changed since it was drawn: what was pressed is no longer there.
        let Some(component) = component else {
            return Outcome::Done;
        };
        let kind = component["type"].as_u64().unwrap_or_default();
        let mut data = json!({
            "component_type": kind,
            "id": component["id"].as_u64().unwrap_or(1),
            "custom_id": custom_id,
        });
        if kind != fields::kind::BUTTON {
            data["values"] = json!(values);
        }
        if let Some(resolved) = fields::resolved(kind, values, &self.shared.directory) {
            data["resolved"] = resolved;
        }
        let name = component["label"].as_str();
        let name = name.or(component["placeholder"].as_str());
        self.act(Act {
            seat,
            kind: COMPONENT,
            data,
            on: Some(message),
            label: match kind {
                fields::kind::BUTTON => format!("press: {}", name.unwrap_or("button")),
                _ => format!("choose: {}", name.unwrap_or("menu")),
            },
            words: String::new(),
        })
        .await
    }

    /// Sends a form off.
    pub(super) async fn submit(&self, form: u64, filled: &[(String, String)]) -> Outcome {
        let Some(form) = self.chat().form(form).cloned() else {
            return Outcome::Done;
        };
        let data = json!({
            "custom_id": form.payload["custom_id"],
            "components": fields::submitted(&form.payload, filled),
        });
        let title = form.payload["title"].as_str().unwrap_or("form");
        self.act(Act {
            seat: form.seat,
            kind: MODAL,
            data,
            on: form.on,
            label: format!("form: {title}"),
            words: String::new(),
        })
        .await
    }

    /// Writes an ordinary message, in reply to another one if there is one of this id. Where there are
    /// commands, no bot reads it.
    pub(super) fn say(&self, text: &str, to: u64) {
        let seat = self.seat();
        if !seat.shape.has_commands() {
            self.talk(seat.persona, text, to);
            return;
        }
        let message = self.blank(seat, Author::Persona(seat.persona));
        self.write(Message {
            payload: samples::content(text),
            ..message
        });
    }

    fn seat(&self) -> Seat {
        self.chat().settings.seat()
    }

    fn blank(&self, seat: Seat, author: Author) -> Message {
        Message {
            id: self.shared.client.id(),
            shape: seat.shape,
            author,
            at: self.shared.client.clock().now(),
            private_to: None,
            asked: None,
            under: None,
            is_thinking: false,
            payload: serde_json::Map::new(),
            files: Vec::new(),
            posted: None,
        }
    }

    async fn act(&self, act: Act) -> Outcome {
        if !act.seat.shape.has_commands() {
            return Outcome::Done;
        }
        self.chat().led_to_by(None);
        let mut rest = json!({ "data": act.data });
        if let Some(message) = act.on {
            let pressed = self.chat().message(message).map(Message::to_json);
            rest["message"] = pressed.unwrap_or_default();
        }
        let interaction = self.shared.client.interaction(act.seat, act.kind, rest);
        let heard = self.shared.sample.requests().len();
        let exchange = self.shared.client.send(act.seat.shape, interaction).await;
        let token = exchange.token().to_owned();
        let answer = exchange.answered().cloned();
        let (asked, heard) = self.asked_since(heard, &token);
        let exchange = Arrived::Signed(Box::new(exchange));
        let number = self.note(act.label.clone(), exchange, asked);
        let kind = answer.as_ref().and_then(|answer| answer["type"].as_u64());
        let data = answer.map(|mut answer| answer["data"].take());
        let data = data.unwrap_or_default();
        let mut outcome = Outcome::Done;
        let original = match kind {
            Some(callback::MESSAGE | callback::LATER) => {
                Some(self.answered(&act, &data, kind == Some(callback::LATER)))
            }
            Some(callback::EDIT) => {
                if let Some(id) = act.on {
                    self.edit(id, &data, Vec::new());
                }
                act.on
            }
            Some(callback::EDIT_LATER) => act.on,
            Some(callback::FORM) => {
                outcome = self.opened(&act, data);
                act.on
            }
            Some(callback::SUGGESTIONS) => return Outcome::Suggestions(data),
            _ if act.kind == AUTOCOMPLETE => return Outcome::Suggestions(Value::Null),
            _ => {
                self.failed(&act);
                return Outcome::Done;
            }
        };
        self.follow(token, act.seat, original, number, heard);
        outcome
    }

    /// Writes the message that an answer is, or the word that it comes later.
    fn answered(&self, act: &Act, data: &Value, is_thinking: bool) -> u64 {
        let mut message = self.blank(act.seat, Author::Bot);
        let id = message.id;
        message.edit(data, Vec::new());
        message.is_thinking = is_thinking;
        message.private_to = Message::is_private(data).then_some(act.seat.persona);
        message.asked = Some((act.seat.persona, act.words.clone()));
        message.under = act.on;
        self.write(message);
        id
    }

    fn opened(&self, act: &Act, form: Value) -> Outcome {
        let id = self.shared.client.id();
        let open = OpenForm {
            payload: form.clone(),
            on: act.on,
            seat: act.seat,
        };
        self.chat().open(id, open);
        Outcome::Form(id, form)
    }

    /// Says what a chat client says when a bot does not answer.
    fn failed(&self, act: &Act) {
        let message = self.blank(act.seat, Author::Client);
        self.write(Message {
            private_to: Some(act.seat.persona),
            asked: Some((act.seat.persona, act.words.clone())),
            under: act.on,
            payload: samples::content(NO_ANSWER),
            ..message
        });
    }

    /// Takes a private message away; what others see stays.
    pub(super) fn dismiss(&self, id: u64) {
        if self.chat().message(id).is_some_and(Message::is_passing) {
            self.change(Change::Message(id), |chat| chat.remove(id));
        }
    }

    /// Changes the switches.
    pub(super) fn set(&self, form: &[(String, String)]) {
        let (before, after) = {
            let chat = self.chat();
            (chat.settings, chat.settings.changed(form))
        };
        if before.weather != after.weather {
            after.weather.set(&self.shared.sample);
        }
        after.mailbox.set(&self.shared.sample);
        self.change(Change::Chat, |chat| chat.settings = after);
    }
}

/// The component of this id, if it can be pressed; ids are unique within a message.
fn enabled<'a>(component: &'a Value, custom_id: &str) -> Option<&'a Value> {
    match component {
        Value::Array(all) => all.iter().find_map(|one| enabled(one, custom_id)),
        Value::Object(fields) => {
            if fields.get("custom_id").is_some_and(|id| id == custom_id) {
                return (component["disabled"] != true).then_some(component);
            }
            let below = [fields.get("components"), fields.get("accessory")];
            let mut below = below.into_iter().flatten();
            below.find_map(|one| enabled(one, custom_id))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_enabled_can_be_pressed() {
        let components = json!([
            {"type": 1, "components": [
                {"type": 2, "custom_id": "a"},
                {"type": 2, "custom_id": "b", "disabled": true},
            ]},
            {"type": 9, "components": [], "accessory": {"type": 2, "custom_id": "c"}},
        ]);
        let pressed = |id| enabled(&components, id).is_some();
        assert_eq!(
            ["a", "b", "c", "d"].map(pressed),
            [true, false, true, false]
        );
    }
}
