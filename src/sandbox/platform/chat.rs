//! What was written in channels, and what stands below it. Only Fluxer's calls write here.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{member::SampleUser, snowflake};

/// How long a nonce gives back the message that was sent with it.
const NONCE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// A message in a channel.
#[derive(Clone, Debug)]
pub struct SampleMessage {
    /// Snowflake, which tells when it was sent.
    pub id: u64,
    /// Where it stands.
    pub channel: u64,
    /// Who sent it.
    pub author: SampleUser,
    /// What it says.
    pub content: String,
    /// The message that it replies to.
    pub replies_to: Option<u64>,
    /// When it was changed last.
    pub edited_at: Option<Timestamp>,
    /// The body that it was sent or changed with last, of a bot's message.
    pub body: Value,
    /// File names and contents, in their order.
    pub files: Vec<(String, Bytes)>,
    /// Emoji in the order in which they came, each with the accounts that put it there.
    pub reactions: Vec<(String, Vec<u64>)>,
}

impl SampleMessage {
    /// When it was sent, as its id tells.
    pub fn sent_at(&self) -> Timestamp {
        snowflake::instant(self.id)
    }

    /// Whether this account put this emoji below it.
    pub fn has_reaction(&self, emoji: &str, user: u64) -> bool {
        let mut reactions = self.reactions.iter();
        reactions.any(|(other, users)| other == emoji && users.contains(&user))
    }
}

/// All messages.
#[derive(Debug, Default)]
pub(super) struct Chats {
    /// By channel, in the order in which they came.
    messages: BTreeMap<u64, Vec<SampleMessage>>,
    /// The bot's direct channel with an account.
    direct: HashMap<u64, u64>,
    /// Accounts that take no direct messages.
    closed: HashSet<u64>,
    /// The message that a nonce stands for, and when it was sent.
    nonces: HashMap<String, (u64, u64, Timestamp)>,
}

impl Chats {
    /// The messages of a channel.
    pub(super) fn of(&self, channel: u64) -> &[SampleMessage] {
        self.messages.get(&channel).map_or(&[], Vec::as_slice)
    }

    /// A message to change.
    pub(super) fn find(&mut self, channel: u64, message: u64) -> Option<&mut SampleMessage> {
        let messages = self.messages.get_mut(&channel)?;
        messages.iter_mut().find(|one| one.id == message)
    }

    /// Adds a message.
    pub(super) fn add(&mut self, message: SampleMessage) {
        self.messages
            .entry(message.channel)
            .or_default()
            .push(message);
    }

    /// Takes a message away; tells whether it was there.
    pub(super) fn remove(&mut self, channel: u64, message: u64) -> bool {
        let Some(messages) = self.messages.get_mut(&channel) else {
            return false;
        };
        let before = messages.len();
        messages.retain(|one| one.id != message);
        messages.len() < before
    }

    /// The message that was sent with this nonce not long ago.
    pub(super) fn sent_with(&mut self, nonce: &str, now: Timestamp) -> Option<SampleMessage> {
        self.nonces
            .retain(|_, (_, _, at)| now.duration_since(*at) < NONCE_LIFETIME);
        let (channel, message, _) = *self.nonces.get(nonce)?;
        self.find(channel, message).cloned()
    }

    /// Remembers with which nonce a message was sent.
    pub(super) fn remember(&mut self, nonce: &str, message: &SampleMessage, now: Timestamp) {
        let sent = (message.channel, message.id, now);
        self.nonces.insert(nonce.to_owned(), sent);
    }

    /// The direct channel of an account, made with this id if there is none.
    pub(super) fn direct(&mut self, user: u64, id: u64) -> u64 {
        *self.direct.entry(user).or_insert(id)
    }

    /// The direct channel of an account, if there is one.
    pub(super) fn direct_of(&self, user: u64) -> Option<u64> {
        self.direct.get(&user).copied()
    }

    /// Whose direct channel this is.
    pub(super) fn recipient(&self, channel: u64) -> Option<u64> {
        let mut direct = self.direct.iter();
        direct
            .find(|(_, other)| **other == channel)
            .map(|(user, _)| *user)
    }

    /// Whether an account takes no direct messages.
    pub(super) fn is_closed(&self, user: u64) -> bool {
        self.closed.contains(&user)
    }

    /// Lets an account take direct messages or not.
    pub(super) fn set_closed(&mut self, user: u64, is_closed: bool) {
        if is_closed {
            self.closed.insert(user);
        } else {
            self.closed.remove(&user);
        }
    }
}
