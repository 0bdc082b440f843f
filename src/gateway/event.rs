//! What the gateway tells that may concern us.

use std::fmt;

use gatehouse_commands::{ChannelId, GuildId, UserId};

/// Something that happened, in our own types.
#[derive(Debug)]
pub(crate) enum Event {
    /// A session began: who we are.
    Ready {
        /// Our own account.
        me: UserId,
    },
    /// A session went on. What was said in between is lost on this platform.
    Resumed,
    /// Somebody sent a message.
    Message(Box<Message>),
    /// Somebody added a reaction, or took it away.
    Reaction(Reaction),
}

/// A message that somebody sent.
pub(crate) struct Message {
    /// Its id, by which it can be replied to.
    pub(crate) id: u64,
    /// Where it stands.
    pub(crate) channel: ChannelId,
    /// The channel's guild; `None` = a direct message.
    pub(crate) guild: Option<GuildId>,
    /// Who sent it.
    pub(crate) author: UserId,
    /// Whether a bot, a system account or a webhook sent it.
    pub(crate) is_by_machine: bool,
    /// What it says.
    pub(crate) content: String,
    /// The message that it replies to.
    pub(crate) replies_to: Option<u64>,
    /// Who sent that one, where it is told.
    pub(crate) replies_to_author: Option<UserId>,
}

impl fmt::Debug for Message {
    /// Does not show what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("channel", &self.channel)
            .field("guild", &self.guild)
            .field("author", &self.author)
            .finish_non_exhaustive()
    }
}

/// A reaction that somebody added or took away.
#[derive(Debug)]
pub(crate) struct Reaction {
    /// Whose it is. Whoever takes away that of somebody else is not told.
    pub(crate) user: UserId,
    /// Where the message stands.
    pub(crate) channel: ChannelId,
    /// The message below which it stands, or stood.
    pub(crate) message: u64,
    /// The channel's guild; `None` = a direct message.
    pub(crate) guild: Option<GuildId>,
    /// The emoji of Unicode. Those of a guild's own never become an event.
    pub(crate) emoji: String,
    /// Whether it is there no more.
    pub(crate) is_taken_away: bool,
    /// Whether it is that of a bot or a system account.
    pub(crate) is_by_machine: bool,
}
