//! What comes after an answer: edits and further messages, as the sample platform got them.

use std::time::Duration;

use super::{
    super::{
        client::Seat,
        platform::{Delivered, Recorded},
    },
    Change, Page,
    chat::{Arrived, Author, File, Message},
};

/// How long an interaction's token lives.
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

impl Page {
    /// Waits for what else comes to this interaction, until its token ends.
    pub(super) fn follow(
        &self,
        token: String,
        seat: Seat,
        original: Option<u64>,
        number: u64,
        mut heard: usize,
    ) {
        let page = self.clone();
        tokio::spawn(async move {
            loop {
                let delivered = tokio::select! {
                    delivered = page.shared.sample.edit(&token, TOKEN_LIFE) => delivered,
                    () = page.shared.stopping.cancelled() => None,
                };
                let Some(delivered) = delivered else {
                    return;
                };
                let (asked, now_heard) = page.asked_since(heard, &token);
                heard = now_heard;
                page.change(Change::Wire(number), |chat| chat.asked_later(number, asked));
                page.deliver(delivered, seat, original);
            }
        });
    }

    fn deliver(&self, delivered: Delivered, seat: Seat, original: Option<u64>) {
        let files = delivered.files.into_iter();
        let file = |(name, bytes)| File {
            id: self.shared.client.id(),
            name,
            bytes,
        };
        let files = files.map(file).collect();
        if delivered.method == "PATCH" {
            if let Some(original) = original {
                self.edit(original, &delivered.payload, files);
            }
            return;
        }
        let mut message = Message {
            id: self.shared.client.id(),
            shape: seat.shape,
            author: Author::Bot,
            at: self.shared.client.clock().now(),
            private_to: Message::is_private(&delivered.payload).then_some(seat.persona),
            asked: Some((seat.persona, String::new())),
            under: original,
            is_thinking: false,
            payload: serde_json::Map::new(),
            files: Vec::new(),
            posted: None,
        };
        message.edit(&delivered.payload, files);
        self.write(message);
    }

    /// Edits a message that may be gone by now.
    pub(super) fn edit(&self, id: u64, payload: &serde_json::Value, files: Vec<File>) {
        self.change(Change::Message(id), |chat| {
            if let Some(message) = chat.message_mut(id) {
                message.edit(payload, files);
            }
        });
    }

    /// Puts on the wire what came to the bot, and gives its number.
    pub(super) fn note(&self, label: String, arrived: Arrived, asked: Vec<Recorded>) -> u64 {
        let number = {
            let mut chat = self.chat();
            chat.revision += 1;
            chat.note(label, arrived, asked)
        };
        let _ = self.shared.changes.send(Change::Wire(number));
        number
    }

    /// What the platform was asked since it had heard that many requests, and how many it has now.
    ///
    /// Left out is what belongs to another interaction for certain: what has its token in its path.
    pub(super) fn asked_since(&self, heard: usize, token: &str) -> (Vec<Recorded>, usize) {
        let mut requests = self.shared.sample.requests();
        let now_heard = requests.len();
        let mut asked = requests.split_off(heard.min(now_heard));
        asked.retain(|request| !is_anothers(&request.path, token));
        (asked, now_heard)
    }
}

/// Whether this is the path of a message to another interaction.
fn is_anothers(path: &str, token: &str) -> bool {
    path.split_once("/webhooks/")
        .and_then(|(_, rest)| rest.split('/').nth(1))
        .is_some_and(|its| its != token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_interactions_messages_are_told_apart() {
        let edit = "/v1/webhooks/12/token-1/messages/@original";
        assert!(!is_anothers(edit, "token-1"));
        assert!(is_anothers(edit, "token-2"));
        assert!(!is_anothers("/v1/guilds/12/invites", "token-2"));
    }
}
