//! Ordinary messages and reactions, for the platform that has no commands: what somebody writes goes
//! to the sample platform, which tells the bot over its gateway; what stands in the channels then is
//! drawn from there.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, sleep_until},
};

use super::{
    super::{
        persona::Persona,
        platform::{FLUXER_BOT_ID, Happening, SampleMessage},
        shape::Shape,
    },
    Change, Page,
    chat::{Arrived, Author, File, Message, Posted},
    samples,
};

/// How a mention of the bot is typed, and shown. A real client offers it while one types.
const MENTION: &str = "@Gatehouse";

/// The event of a new message.
const MESSAGE: &str = "MESSAGE_CREATE";

/// The event of a new reaction.
const REACTION: &str = "MESSAGE_REACTION_ADD";

/// The id that no message has.
const NO_MESSAGE: u64 = 0;

/// How often the wire is drawn anew while more and more is asked.
const WIRE_PAUSE: Duration = Duration::from_millis(200);

/// Longest words of an event that the wire repeats in its heading, in characters.
const LABEL_MAX_CHARS: usize = 60;

impl Page {
    /// Shows from now on what is written on the sample platform, and what is asked of it for that.
    pub(in super::super) fn watch(&self) {
        let mut happenings = self.shared.sample.watch();
        let page = self.clone();
        tokio::spawn(async move {
            // What the wire does not show yet, and when it will.
            let mut unseen: Option<(u64, Instant)> = None;
            loop {
                let due = unseen.map(|(_, due)| due);
                let happening = tokio::select! {
                    happening = happenings.recv() => happening,
                    () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                        page.show_wire(unseen.take());
                        continue;
                    }
                    () = page.shared.stopping.cancelled() => return,
                };
                match happening {
                    Ok(Happening::Told { name, data }) => {
                        page.show_wire(unseen.take());
                        page.told(name, data);
                        page.catch_up();
                    }
                    Ok(Happening::Asked(request)) => {
                        let led_to_by = page.chat().asked_now(*request);
                        let due = || Instant::now() + WIRE_PAUSE;
                        unseen = unseen.or_else(|| Some((led_to_by?, due())));
                    }
                    Ok(Happening::Done) | Err(RecvError::Lagged(_)) => page.catch_up(),
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    /// Shows what was added to something on the wire.
    fn show_wire(&self, unseen: Option<(u64, Instant)>) {
        if let Some((number, _)) = unseen {
            self.change(Change::Wire(number), |_| {});
        }
    }

    /// Writes a message on the sample platform, in reply to another one if there is one of this id.
    pub(super) fn talk(&self, persona: Persona, text: &str, to: u64) {
        let text = mentioning(text);
        let sample = &self.shared.sample;
        if to == NO_MESSAGE {
            sample.say(Shape::Messages.channel().0, persona.id(), &text);
            return;
        }
        let channel = {
            let chat = self.chat();
            let message = chat.message(to);
            message.and_then(|message| Some(message.posted.as_ref()?.channel))
        };
        // A reply to what is not seen goes nowhere: elsewhere, others would read it.
        if let Some(channel) = channel {
            sample.reply(channel, persona.id(), to, &text);
        }
    }

    /// Puts a reaction there that a message has already, or takes one's own away.
    pub(super) fn react(&self, message: u64, emoji: &str) {
        let (persona, posted) = {
            let chat = self.chat();
            let found = chat.message(message);
            (
                chat.settings.persona,
                found.and_then(|one| one.posted.clone()),
            )
        };
        let Some(posted) = posted else { return };
        let mut reactions = posted.reactions.iter();
        let Some((emoji, users)) = reactions.find(|(other, _)| other == emoji) else {
            return;
        };
        let (sample, user) = (&self.shared.sample, persona.id());
        if users.contains(&user) {
            sample.unreact(posted.channel, user, message, emoji);
        } else {
            sample.react(posted.channel, user, message, emoji);
        }
    }

    /// Puts an event on the wire. What the bot does itself is told to it as well, and left out here.
    fn told(&self, name: &'static str, data: Value) {
        let label = match name {
            MESSAGE => {
                let words = text(&data["content"]).replace(&mention(), MENTION);
                format!("message: {}", short(&words))
            }
            REACTION => format!("reaction: {}", text(&data["emoji"]["name"])),
            _ => return,
        };
        let user = text(&data["author"]["id"]);
        let user = if user.is_empty() {
            text(&data["user_id"])
        } else {
            user
        };
        if user == FLUXER_BOT_ID.to_string() {
            return;
        }
        let number = self.note(label, Arrived::Told { name, data }, Vec::new());
        self.chat().led_to_by(Some(number));
    }

    /// Takes over what stands in the channels by now.
    fn catch_up(&self) {
        let sample = &self.shared.sample;
        let direct = Persona::ALL.into_iter().filter_map(|persona| {
            let channel = sample.direct_channel(persona.id())?;
            Some((channel, Some(persona)))
        });
        let places = [(Shape::Messages.channel().0, None)].into_iter();
        for (channel, reader) in places.chain(direct) {
            let there = sample.messages(channel);
            let (changed, gone) = self.chat().compare(channel, &there);
            for message in changed {
                self.write(self.posted(message, reader));
            }
            for id in gone {
                self.change(Change::Message(id), |chat| chat.remove(id));
            }
        }
    }

    /// A message of the sample platform, as the page shows it.
    fn posted(&self, message: &SampleMessage, reader: Option<Persona>) -> Message {
        let mut personas = Persona::ALL.into_iter();
        let author = match personas.find(|persona| persona.id() == message.author.id) {
            Some(persona) => Author::Persona(persona),
            None if message.author.id == FLUXER_BOT_ID => Author::Bot,
            None => Author::Neighbour("Somebody"),
        };
        let mut payload = samples::content(&message.content);
        if message.body["attachments"].is_array() {
            let attachments = message.body["attachments"].clone();
            payload.insert("attachments".to_owned(), attachments);
        }
        let files = message.files.iter().map(|(name, bytes)| File {
            id: self.shared.client.id(),
            name: name.clone(),
            bytes: bytes.clone(),
        });
        Message {
            id: message.id,
            shape: Shape::Messages,
            author,
            at: message.sent_at(),
            private_to: reader,
            asked: None,
            under: None,
            is_thinking: false,
            payload,
            files: files.collect(),
            posted: Some(Posted::of(message)),
        }
    }
}

/// A mention of the bot as a client sends it.
fn mention() -> String {
    format!("<@{FLUXER_BOT_ID}>")
}

/// A text with mentions of the bot as a client sends them.
fn mentioning(text: &str) -> String {
    let mention = mention();
    let mut sent = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_begin = sent.chars().next_back().is_none_or(char::is_whitespace);
        let after = rest
            .split_at_checked(MENTION.len())
            .filter(|(word, after)| {
                let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric());
                is_begin && ends && word.eq_ignore_ascii_case(MENTION)
            })
            .map(|(_, after)| after);
        if let Some(after) = after {
            sent += &mention;
            rest = after;
        } else {
            sent.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    sent
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Words in one line, cut where they are long.
fn short(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LABEL_MAX_CHARS {
        return line;
    }
    let cut: String = line.chars().take(LABEL_MAX_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bot_is_mentioned_by_its_name() {
        let bot = mention();
        for (typed, sent) in [
            ("@Gatehouse invites", format!("{bot} invites")),
            ("é @gatehouse, hello", format!("é {bot}, hello")),
            ("@gatehouses", "@gatehouses".to_owned()),
            ("me@gatehouse", "me@gatehouse".to_owned()),
            ("@gatehous", "@gatehous".to_owned()),
            ("", String::new()),
        ] {
            assert_eq!(mentioning(typed), sent, "{typed}");
        }
    }

    #[test]
    fn long_words_are_cut_for_a_heading() {
        assert_eq!(short("a\n b"), "a b");
        let at_the_limit = "é".repeat(LABEL_MAX_CHARS);
        assert_eq!(short(&at_the_limit), at_the_limit);
        let past_it = short(&"é".repeat(LABEL_MAX_CHARS + 1));
        assert_eq!(past_it.chars().count(), LABEL_MAX_CHARS);
        assert!(past_it.ends_with('…'));
    }
}
