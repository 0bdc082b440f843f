//! Signed interactions as bytes on the wire, made beforehand: making and signing them must not slow down the sender.

use std::{
    cell::Cell,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::Value;

/// What the platform sends to find out whether anybody is there.
const PING: &str = include_str!("../../tests/fixtures/discord/interactions/01_ping.json");

/// `/invites list`.
const LIST: &str =
    include_str!("../../tests/fixtures/discord/interactions/03_list_no_options.json");

/// Whose signed interactions they are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Face {
    Discord,
    Fluxer,
}

impl Face {
    fn path(self) -> &'static str {
        match self {
            Self::Discord => "/discord/interactions",
            Self::Fluxer => "/fluxer/interactions",
        }
    }
}

/// A request, whole, and what has to come of it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) bytes: Box<[u8]>,
    pub(crate) wanted: Wanted,
}

/// What an answer has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// The answer to a PING.
    Pong,
    /// A message with a page of invites, and no failure told in words.
    Page,
}

impl Wanted {
    /// Whether this body is that. Looked at as text: reading JSON would take its time from the server's.
    pub(crate) fn is(self, body: &[u8]) -> bool {
        let has = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
        match self {
            Self::Pong => body == br#"{"type":1}"#,
            // A menu to choose one from: no failure has one.
            Self::Page => has(br#""type":4"#) && has(br#""options":["#),
        }
    }
}

/// Makes interactions and signs them. Each has an id of its own.
#[derive(Debug)]
pub(crate) struct Interactions {
    ping: String,
    list: Value,
    made: Cell<u64>,
}

/// The key that all is signed with. It opens nothing.
pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// That key's public half, as hex digits.
pub(crate) fn public_key() -> String {
    hex::encode(key().verifying_key().as_bytes())
}

impl Interactions {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let ping: Value = serde_json::from_str(PING)?;
        Ok(Self {
            ping: ping.to_string(),
            list: serde_json::from_str(LIST)?,
            made: Cell::new(0),
        })
    }

    pub(crate) fn ping(&self, face: Face) -> anyhow::Result<Request> {
        signed(face, &self.ping, Wanted::Pong)
    }

    /// `/invites list` in this guild, with these words.
    pub(crate) fn list(
        &self,
        face: Face,
        guild: u64,
        options: &[(&str, &str)],
    ) -> anyhow::Result<Request> {
        self.made.set(self.made.get() + 1);
        let mut body = self.list.clone();
        let guild = Value::from(guild.to_string());
        body["id"] = (1_540_400_000_000_000_000 + self.made.get())
            .to_string()
            .into();
        body["guild"]["id"] = guild.clone();
        body["authorizing_integration_owners"]["0"] = guild.clone();
        body["guild_id"] = guild;
        let options = options.iter().map(|(name, value)| {
            // 3: a text.
            serde_json::json!({"name": name, "type": 3, "value": value})
        });
        body["data"]["options"][0]["options"] = options.collect();
        signed(face, &body.to_string(), Wanted::Page)
    }
}

fn signed(face: Face, body: &str, wanted: Wanted) -> anyhow::Result<Request> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock stands before 1970")?
        .as_secs();
    let signature = hex::encode(key().sign(format!("{now}{body}").as_bytes()).to_bytes());
    let (path, length) = (face.path(), body.len());
    let bytes = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: Discord-Interactions/1.0 (+https://discord.com)\r\n\
         content-type: application/json\r\nx-signature-ed25519: {signature}\r\nx-signature-timestamp: {now}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
    .into_boxed_slice();
    Ok(Request { bytes, wanted })
}
