//! Messages that came in through an interaction's token.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::Notify, time::timeout};

use super::{APPLICATION_ID, answer::Answer, multipart, world::hold};

/// A message that the platform took: the edit of a first answer, or a follow-up.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// When it came.
    pub at: Instant,
    /// Interaction token in the path.
    pub token: String,
    /// `PATCH` for an edit of the first answer, `POST` for a follow-up.
    pub method: String,
    /// JSON body, or the part `payload_json` of a form.
    pub payload: Value,
    /// File names and contents in their order.
    pub files: Vec<(String, Bytes)>,
}

/// Everything delivered, and who waits for it.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    all: Mutex<Vec<Taken>>,
    /// First answers by their token, as their last edit left them.
    originals: Mutex<HashMap<String, (u64, Delivered)>>,
    came: Notify,
}

/// A delivery, and whether somebody waited for it and got it.
#[derive(Clone, Debug)]
struct Taken {
    delivered: Delivered,
    is_taken: bool,
}

impl Deliveries {
    /// The next message of this token that was not handed out yet.
    pub(super) async fn next(&self, token: &str, within: Duration) -> Option<Delivered> {
        let next = async {
            loop {
                let came = self.came.notified();
                tokio::pin!(came);
                // Registered before looking, so that nothing falls in between.
                came.as_mut().enable();
                if let Some(delivered) = self.take(token) {
                    return delivered;
                }
                came.await;
            }
        };
        timeout(within, next).await.ok()
    }

    fn take(&self, token: &str) -> Option<Delivered> {
        let mut all = hold(&self.all);
        let open = |one: &&mut Taken| !one.is_taken && one.delivered.token == token;
        let next = all.iter_mut().find(open)?;
        next.is_taken = true;
        Some(next.delivered.clone())
    }

    /// All messages of this token, handed out or not.
    pub(super) fn of(&self, token: &str) -> Vec<Delivered> {
        let all = hold(&self.all);
        let delivered = all.iter().map(|one| &one.delivered);
        delivered
            .filter(|one| one.token == token)
            .cloned()
            .collect()
    }

    /// The first answer of this token with its id, if it was ever edited.
    pub(super) fn original(&self, token: &str) -> Option<(u64, Delivered)> {
        hold(&self.originals).get(token).cloned()
    }

    /// Takes a message, and answers with it as it stands now; `id` is for one that is new.
    pub(super) fn add(&self, delivered: Delivered, id: u64) -> Answer {
        let (id, message) = if delivered.is_edit() {
            self.edited(&delivered, id)
        } else {
            (id, delivered.clone())
        };
        hold(&self.all).push(Taken {
            delivered,
            is_taken: false,
        });
        self.came.notify_waiters();
        message.message(id)
    }

    /// Changes a first answer: what the edit leaves out stays.
    fn edited(&self, edit: &Delivered, id: u64) -> (u64, Delivered) {
        let mut originals = hold(&self.originals);
        let original = originals
            .entry(edit.token.clone())
            .or_insert_with(|| (id, edit.clone()));
        if let (Value::Object(fields), Value::Object(more)) =
            (&mut original.1.payload, edit.payload.clone())
        {
            fields.extend(more);
        }
        if !edit.files.is_empty() {
            original.1.files.clone_from(&edit.files);
        }
        original.clone()
    }
}

impl Delivered {
    /// Reads a message; `None` when its body is neither JSON nor a form with JSON in it.
    pub(super) fn read(
        token: &str,
        method: &str,
        content_type: Option<&str>,
        body: &Bytes,
    ) -> Option<Self> {
        let (payload, files) = match multipart::parts(content_type.unwrap_or_default(), body) {
            None => (serde_json::from_slice(body).ok()?, Vec::new()),
            Some(parts) => {
                let json = parts.iter().find(|part| part.name == "payload_json");
                let payload = match json {
                    Some(part) => serde_json::from_slice(&part.body).ok()?,
                    None => json!({}),
                };
                let file = |part: multipart::Part| Some((part.filename?, part.body));
                (payload, parts.into_iter().filter_map(file).collect())
            }
        };
        Some(Self {
            at: Instant::now(),
            token: token.to_owned(),
            method: method.to_owned(),
            payload,
            files,
        })
    }

    fn is_edit(&self) -> bool {
        self.method == "PATCH"
    }

    /// The message as the platform shows it from now on.
    pub(super) fn message(&self, id: u64) -> Answer {
        let given = |key: &str, absent: Value| match self.payload.get(key) {
            Some(value) if !value.is_null() => value.clone(),
            _ => absent,
        };
        let attachments: Vec<_> = (1_u64..)
            .zip(&self.files)
            .map(|(number, (name, bytes))| {
                let url = format!("http://127.0.0.1/attachments/{id}/{number}");
                json!({
                    "id": (id + number).to_string(),
                    "filename": name,
                    "size": bytes.len(),
                    "url": url,
                    "proxy_url": url,
                })
            })
            .collect();
        let now = Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
            .to_string();
        let body = json!({
            "id": id.to_string(),
            "type": 20,
            "channel_id": "1510000000000000101",
            "author": {
                "id": APPLICATION_ID.to_string(),
                "username": "Gatehouse",
                "avatar": null,
                "discriminator": "0913",
                "public_flags": 0,
                "flags": 0,
                "bot": true,
                "global_name": null,
                "primary_guild": null,
            },
            "content": given("content", json!("")),
            "embeds": given("embeds", json!([])),
            "components": given("components", json!([])),
            "attachments": attachments,
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": false,
            "pinned": false,
            "tts": false,
            "timestamp": now,
            "edited_timestamp": if self.is_edit() { json!(now) } else { Value::Null },
            "flags": given("flags", json!(64)),
            "webhook_id": APPLICATION_ID.to_string(),
            "application_id": APPLICATION_ID.to_string(),
        });
        Answer::json(200, &body)
    }
}
