//! The JSON of the gateway, both ways. Its shapes end here.
//!
//! A frame is read in two steps: what it is, and only of what concerns us what is in it. Nothing of
//! a frame ever becomes part of an error.

mod happened;

use std::{borrow::Cow, time::Duration};

use gatehouse_commands::UserId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::event::Event;

/// The longest frame that the gateway takes, in bytes.
pub(super) const SENT_MAX_BYTES: usize = 4096;

/// What happens in guilds that we never look at. The gateway need not send it.
const IGNORED_EVENTS: [&str; 32] = [
    "CHANNEL_PINS_ACK",
    "CHANNEL_PINS_UPDATE",
    "ENTRANCE_SOUND_PLAY",
    "GUILD_AUDIT_LOG_ENTRY_CREATE",
    "GUILD_BAN_ADD",
    "GUILD_BAN_REMOVE",
    "GUILD_CREATE",
    "GUILD_EMOJIS_UPDATE",
    "GUILD_MEMBER_ADD",
    "GUILD_MEMBER_REMOVE",
    "GUILD_MEMBER_UPDATE",
    "GUILD_ROLE_CREATE",
    "GUILD_ROLE_DELETE",
    "GUILD_ROLE_UPDATE",
    "GUILD_ROLE_UPDATE_BULK",
    "GUILD_STICKERS_UPDATE",
    "GUILD_UPDATE",
    "INVITE_CREATE",
    "INVITE_DELETE",
    "MESSAGE_ACK",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "MESSAGE_REACTION_REMOVE_ALL",
    "MESSAGE_REACTION_REMOVE_EMOJI",
    "MESSAGE_UPDATE",
    "PRESENCE_UPDATE",
    "RECENT_MENTION_DELETE",
    "TYPING_START",
    "USER_NOTE_UPDATE",
    "VOICE_SERVER_UPDATE",
    "VOICE_STATE_UPDATE",
    "WEBHOOKS_UPDATE",
];

/// A frame of the gateway's that we act on.
#[derive(Debug)]
pub(super) enum Received {
    /// The greeting.
    Hello { heartbeat_interval: Duration },
    /// We are to send a heartbeat at once.
    HeartbeatWanted,
    /// Our heartbeat came in.
    Acknowledged,
    /// We are to come back in a new connection.
    Reconnect,
    /// The session is no good; whether it can still be resumed.
    InvalidSession { is_resumable: bool },
    /// A session began.
    Ready { session: SecretString, me: UserId },
    /// A session goes on.
    Resumed,
    /// Something happened that concerns us.
    Happened(Event),
    /// Everything else.
    Other,
}

/// A frame that is not what it should be. Deliberately tells nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("a frame that cannot be read")]
pub(super) struct Unreadable;

impl From<serde_json::Error> for Unreadable {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

#[derive(Deserialize)]
struct Frame<'a> {
    op: i64,
    #[serde(borrow)]
    t: Option<Cow<'a, str>>,
    s: Option<u64>,
    #[serde(borrow)]
    d: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Hello {
    /// In milliseconds.
    heartbeat_interval: u64,
}

#[derive(Deserialize)]
struct Ready {
    session_id: String,
    user: Me,
}

#[derive(Deserialize)]
struct Me {
    #[serde(with = "happened::from_text")]
    id: UserId,
}

/// Reads a frame, and its number if it has one.
pub(super) fn read(frame: &[u8]) -> Result<(Received, Option<u64>), Unreadable> {
    let frame: Frame<'_> = serde_json::from_slice(frame)?;
    let data = frame.d.map_or("null", RawValue::get);
    let received = match (frame.op, frame.t.as_deref()) {
        (0, Some("READY")) => {
            let ready: Ready = serde_json::from_str(data)?;
            Received::Ready {
                session: ready.session_id.into(),
                me: ready.user.id,
            }
        }
        (0, Some("RESUMED")) => Received::Resumed,
        (0, Some("MESSAGE_CREATE")) => {
            Received::Happened(Event::Message(Box::new(happened::message(data)?)))
        }
        (0, Some(name @ ("MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE"))) => {
            match happened::reaction(data, name == "MESSAGE_REACTION_REMOVE")? {
                Some(reaction) => Received::Happened(Event::Reaction(reaction)),
                None => Received::Other,
            }
        }
        (1, _) => Received::HeartbeatWanted,
        (7, _) => Received::Reconnect,
        (9, _) => Received::InvalidSession {
            is_resumable: serde_json::from_str(data).unwrap_or(false),
        },
        (10, _) => {
            let hello: Hello = serde_json::from_str(data)?;
            Received::Hello {
                heartbeat_interval: Duration::from_millis(hello.heartbeat_interval),
            }
        }
        (11, _) => Received::Acknowledged,
        _ => Received::Other,
    };
    Ok((received, frame.s.filter(|_| frame.op == 0)))
}

/// A heartbeat, with the number of the last event.
pub(super) fn heartbeat(sequence: Option<u64>) -> String {
    json!({ "op": 1, "d": sequence }).to_string()
}

/// The request for a new session, as this shard of so many.
pub(super) fn identify(token: &SecretString, shard: (u64, u64)) -> String {
    let mut data = json!({
        "token": token.expose_secret(),
        "properties": {
            "os": std::env::consts::OS,
            "browser": "gatehouse",
            "device": "gatehouse",
        },
        "ignored_events": IGNORED_EVENTS.as_slice(),
    });
    let (number, of) = shard;
    if of > 1 {
        data["shard"] = json!([number, of]);
    }
    sent(2, &data)
}

/// The request to go on with a session.
pub(super) fn resume(token: &SecretString, session: &SecretString, sequence: u64) -> String {
    let data = json!({
        "token": token.expose_secret(),
        "session_id": session.expose_secret(),
        "seq": sequence,
    });
    sent(6, &data)
}

fn sent(op: u64, data: &Value) -> String {
    json!({ "op": op, "d": data }).to_string()
}

#[cfg(test)]
mod tests;
