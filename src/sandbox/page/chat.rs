//! The messages of the chat, the forms that are open, and the wire's last exchanges.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    super::{
        client::{Exchange, Seat},
        persona::Persona,
        platform::{Recorded, SampleMessage},
        shape::Shape,
    },
    settings::Settings,
};

/// Messages that are kept; the oldest go first.
const MESSAGES_MAX: usize = 300;

/// Forms that may be open at once, in as many windows.
const FORMS_MAX: usize = 20;

/// Exchanges that are kept.
const EXCHANGES_MAX: usize = 40;

/// The message is seen by one person alone: bit 6 of its flags.
const EPHEMERAL: u64 = 1 << 6;

/// Parts of a message that an edit can replace.
const PARTS: [&str; 4] = ["content", "embeds", "components", "attachments"];

/// Who wrote a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Author {
    /// Gatehouse.
    Bot,
    /// Whoever is, or was, at the keyboard.
    Persona(Persona),
    /// Somebody else of the sample community, by name.
    Neighbour(&'static str),
    /// The chat client itself, about something that went wrong.
    Client,
}

impl Author {
    /// The name above the message.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bot => "Gatehouse",
            Self::Persona(persona) => persona.name(),
            Self::Neighbour(name) => name,
            Self::Client => "Sandbox",
        }
    }
}

/// A file beside a message.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Tells it from every other file, also of the same name.
    pub(super) id: u64,
    /// Its name, as the sender gave it.
    pub(super) name: String,
    /// Its content.
    pub(super) bytes: Bytes,
}

/// A message of the chat.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Snowflake.
    pub(super) id: u64,
    /// The community that it was written in.
    pub(super) shape: Shape,
    /// Who wrote it.
    pub(super) author: Author,
    /// When it was written.
    pub(super) at: Timestamp,
    /// The one person who sees it; `None` = everyone.
    pub(super) private_to: Option<Persona>,
    /// Who asked for it, and by what words.
    pub(super) asked: Option<(Persona, String)>,
    /// The message under which it stands.
    pub(super) under: Option<u64>,
    /// Whether it says only that more is to come.
    pub(super) is_thinking: bool,
    /// Text, embeds, components, attachments, as they were sent.
    pub(super) payload: Map<String, Value>,
    /// What the attachments are.
    pub(super) files: Vec<File>,
    /// Where it stands on the sample platform; `None` = there it is not a message of a channel.
    pub(super) posted: Option<Posted>,
}

/// What a message of a channel on the sample platform has beyond others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Posted {
    /// The channel, which can be a direct one.
    pub(super) channel: u64,
    /// The message that it replies to.
    pub(super) replies_to: Option<u64>,
    /// When it was edited last.
    pub(super) edited_at: Option<Timestamp>,
    /// Emoji, each with the accounts that put it there.
    pub(super) reactions: Vec<(String, Vec<u64>)>,
}

impl Posted {
    /// What this message has.
    pub(super) fn of(message: &SampleMessage) -> Self {
        Self {
            channel: message.channel,
            replies_to: message.replies_to,
            edited_at: message.edited_at,
            reactions: message.reactions.clone(),
        }
    }
}

impl Message {
    /// Whether a message of this payload is for one person alone.
    pub(super) fn is_private(payload: &Value) -> bool {
        payload["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0
    }

    /// Whether this is what somebody with these settings sees.
    pub(super) fn is_seen_with(&self, settings: &Settings) -> bool {
        self.shape == settings.shape
            && self
                .private_to
                .is_none_or(|persona| persona == settings.persona)
    }

    /// Whether it stands nowhere but here, for one person alone.
    pub(super) fn is_passing(&self) -> bool {
        self.private_to.is_some() && self.posted.is_none()
    }

    /// Takes the parts over that this payload names.
    pub(super) fn edit(&mut self, payload: &Value, files: Vec<File>) {
        self.is_thinking = false;
        for part in PARTS {
            match payload.get(part) {
                Some(Value::Null) => drop(self.payload.remove(part)),
                Some(value) => drop(self.payload.insert(part.to_owned(), value.clone())),
                None => {}
            }
        }
        // The list of attachments names all that shall remain; what is sent along is among them.
        if payload.get("attachments").is_some() || !files.is_empty() {
            let names: Vec<&str> = attachments(payload)
                .filter_map(|attachment| attachment["filename"].as_str())
                .collect();
            self.files.retain(|file| names.contains(&&*file.name));
            self.files.extend(files);
        }
    }

    /// The message as an interaction about it shows it.
    pub(super) fn to_json(&self) -> Value {
        let mut json = Value::Object(self.payload.clone());
        for part in PARTS {
            if json.get(part).is_none() {
                json[part] = if part == "content" {
                    Value::from("")
                } else {
                    Value::Array(Vec::new())
                };
            }
        }
        json["id"] = self.id.to_string().into();
        json["channel_id"] = super::super::client::CHANNEL_ID.to_string().into();
        json["type"] = if self.asked.is_some() { 20 } else { 0 }.into();
        json["timestamp"] = self.at.to_string().into();
        json["flags"] = if self.private_to.is_some() {
            EPHEMERAL.into()
        } else {
            0.into()
        };
        json["author"] = match self.author {
            Author::Persona(persona) => persona.user(),
            Author::Bot | Author::Client => serde_json::json!({
                "id": super::super::platform::APPLICATION_ID.to_string(),
                "username": "gatehouse", "discriminator": "0913",
                "global_name": null, "avatar": null, "bot": true,
            }),
            Author::Neighbour(name) => serde_json::json!({
                "id": "1510000000000000600",
                "username": name.to_lowercase().replace(' ', "_"),
                "discriminator": "0", "global_name": name, "avatar": null,
            }),
        };
        if let Some((persona, _)) = &self.asked {
            json["interaction_metadata"] = serde_json::json!({
                "id": self.id.to_string(), "type": 2, "user": persona.user(),
            });
        }
        json
    }
}

fn attachments(payload: &Value) -> impl Iterator<Item = &Value> {
    payload["attachments"].as_array().into_iter().flatten()
}

/// A form that was opened and not sent off yet.
#[derive(Clone, Debug)]
pub(super) struct OpenForm {
    /// What it asks for, as it was sent.
    pub(super) payload: Value,
    /// The message that it was opened from.
    pub(super) on: Option<u64>,
    /// Who opened it, and where.
    pub(super) seat: Seat,
}

/// How something came to the bot.
#[derive(Clone, Debug)]
pub(super) enum Arrived {
    /// As a signed request, with its answer.
    Signed(Box<Exchange>),
    /// As an event over the gateway.
    Told {
        /// What it is called.
        name: &'static str,
        /// What came with it.
        data: Value,
    },
}

/// Something that came to the bot, with what it led to.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    /// Which one it is.
    pub(super) number: u64,
    /// What it was about, in words.
    pub(super) label: String,
    /// What it was.
    pub(super) arrived: Arrived,
    /// What the platform was asked meanwhile.
    pub(super) asked: Vec<Recorded>,
}

/// Everything that the page shows.
#[derive(Debug, Default)]
pub(super) struct Chat {
    /// The switches.
    pub(super) settings: Settings,
    /// Counts the changes.
    pub(super) revision: u64,
    messages: BTreeMap<u64, Message>,
    forms: BTreeMap<u64, OpenForm>,
    wires: VecDeque<Wire>,
    exchanges: u64,
    /// The last message that had to go.
    forgotten: u64,
    /// The event that leads to what the platform is asked now, as far as one can tell.
    leading: Option<u64>,
}

impl Chat {
    /// The messages that can be seen now, oldest first.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Message> {
        let all = self.messages.values();
        all.filter(|message| message.is_seen_with(&self.settings))
    }

    /// A message that can be seen now.
    pub(super) fn message(&self, id: u64) -> Option<&Message> {
        let message = self.messages.get(&id)?;
        message.is_seen_with(&self.settings).then_some(message)
    }

    /// A message, also one that cannot be seen at the moment: edits reach it all the same.
    pub(super) fn message_mut(&mut self, id: u64) -> Option<&mut Message> {
        self.messages.get_mut(&id)
    }

    /// Adds a message at the end.
    pub(super) fn add(&mut self, message: Message) {
        self.messages.insert(message.id, message);
        while self.messages.len() > MESSAGES_MAX {
            if let Some((id, _)) = self.messages.pop_first() {
                self.forgotten = id;
            }
        }
    }

    /// Which messages of a channel are others than those here, and which of those here are gone.
    pub(super) fn compare<'a>(
        &self,
        channel: u64,
        there: &'a [SampleMessage],
    ) -> (Vec<&'a SampleMessage>, Vec<u64>) {
        let is_known = |message: &SampleMessage| {
            let known = self.messages.get(&message.id);
            known.is_some_and(|known| {
                known.posted == Some(Posted::of(message))
                    && known.payload["content"] == message.content
            })
        };
        let changed = there
            .iter()
            .filter(|message| message.id > self.forgotten && !is_known(message))
            .collect();
        let is_there = |id: u64| there.iter().any(|message| message.id == id);
        let of_channel = self.messages.values().filter(|message| {
            let posted = message.posted.as_ref();
            posted.is_some_and(|posted| posted.channel == channel)
        });
        let gone = of_channel.map(|message| message.id);
        (changed, gone.filter(|id| !is_there(*id)).collect())
    }

    /// Takes a message away.
    pub(super) fn remove(&mut self, id: u64) {
        self.messages.remove(&id);
    }

    /// Keeps a form until it is sent off.
    pub(super) fn open(&mut self, id: u64, form: OpenForm) {
        self.forms.insert(id, form);
        while self.forms.len() > FORMS_MAX {
            self.forms.pop_first();
        }
    }

    /// A form that is sent off: it can be sent off again when something was wrong with it.
    pub(super) fn form(&self, id: u64) -> Option<&OpenForm> {
        self.forms.get(&id)
    }

    /// Notes what came to the bot, and gives its number.
    pub(super) fn note(&mut self, label: String, arrived: Arrived, asked: Vec<Recorded>) -> u64 {
        self.exchanges += 1;
        self.wires.push_front(Wire {
            number: self.exchanges,
            label,
            arrived,
            asked,
        });
        self.wires.truncate(EXCHANGES_MAX);
        self.exchanges
    }

    /// The exchanges, newest first.
    pub(super) fn wires(&self) -> impl Iterator<Item = &Wire> {
        self.wires.iter()
    }

    /// One exchange.
    pub(super) fn wire(&self, number: u64) -> Option<&Wire> {
        self.wires.iter().find(|wire| wire.number == number)
    }

    /// Adds what the platform was asked later on.
    pub(super) fn asked_later(&mut self, number: u64, asked: Vec<Recorded>) {
        if let Some(wire) = self.wires.iter_mut().find(|wire| wire.number == number) {
            wire.asked.extend(asked);
        }
    }

    /// From now on this event leads to what the platform is asked; `None` = no event does.
    pub(super) fn led_to_by(&mut self, number: Option<u64>) {
        self.leading = number;
    }

    /// Adds a request to the event that leads to it, and says which that is.
    pub(super) fn asked_now(&mut self, request: Recorded) -> Option<u64> {
        let number = self.leading?;
        // What goes by the token of a signed request comes of that.
        if request.path.contains("/webhooks/") {
            return None;
        }
        self.asked_later(number, vec![request]);
        Some(number)
    }
}
