//! What people do in the channels of a sample community, and what they see there.

use serde_json::Value;

use super::{
    SamplePlatform,
    chat::SampleMessage,
    fluxer::messages::{announce, announce_reaction, announce_reaction_gone},
    happening::Happening,
    member::SampleUser,
    snowflake,
};

impl SamplePlatform {
    /// Somebody writes a message; gives its id.
    pub fn say(&self, channel: u64, user: u64, text: &str) -> u64 {
        self.write(channel, user, text, None)
    }

    /// Somebody writes a message in reply to another one; gives its id.
    pub fn reply(&self, channel: u64, user: u64, to: u64, text: &str) -> u64 {
        self.write(channel, user, text, Some(to))
    }

    /// Somebody puts an emoji below a message. One that is there already is not put there again.
    pub fn react(&self, channel: u64, user: u64, message: u64, emoji: &str) {
        announce_reaction(&self.world, (channel, message), emoji, &self.account(user));
    }

    /// Somebody takes their emoji away.
    pub fn unreact(&self, channel: u64, user: u64, message: u64, emoji: &str) {
        announce_reaction_gone(&self.world, (channel, message), emoji, user);
        self.world.happen(|| Happening::Done);
    }

    /// The messages of a channel, in the order in which they came.
    pub fn messages(&self, channel: u64) -> Vec<SampleMessage> {
        self.world.chats().of(channel).to_vec()
    }

    /// A message as it is now.
    pub fn message(&self, channel: u64, message: u64) -> Option<SampleMessage> {
        self.world.chats().find(channel, message).cloned()
    }

    /// Somebody with the right takes a message away.
    pub fn delete_message(&self, channel: u64, message: u64) -> bool {
        let was_there = self.world.chats().remove(channel, message);
        self.world.happen(|| Happening::Done);
        was_there
    }

    /// The bot's direct channel with an account, if it has opened one.
    pub fn direct_channel(&self, user: u64) -> Option<u64> {
        self.world.chats().direct_of(user)
    }

    /// The direct channel with the bot, which an account opens by itself.
    pub fn open_direct_channel(&self, user: u64) -> u64 {
        let id = self.world.next_snowflake();
        self.world.chats().direct(user, id)
    }

    /// Lets an account take direct messages of the bot or not.
    pub fn close_direct_messages(&self, user: u64, is_closed: bool) {
        self.world.chats().set_closed(user, is_closed);
    }

    fn write(&self, channel: u64, user: u64, text: &str, replies_to: Option<u64>) -> u64 {
        let message = SampleMessage {
            id: self.world.next_snowflake(),
            channel,
            author: self.account(user),
            content: text.to_owned(),
            replies_to,
            edited_at: None,
            body: Value::Null,
            files: Vec::new(),
            reactions: Vec::new(),
        };
        let id = message.id;
        announce(&self.world, message);
        id
    }

    /// An account that some community knows, or one of which nothing is known.
    fn account(&self, user: u64) -> SampleUser {
        let guilds = self.world.guilds();
        let mut members = guilds.values().flat_map(|guild| &guild.members);
        members.find(|member| member.user.id == user).map_or_else(
            || SampleUser::new(user, "somebody", None),
            |member| member.user.clone(),
        )
    }
}

impl super::world::World {
    /// An id of this moment that was not given out before.
    pub(super) fn next_snowflake(&self) -> u64 {
        snowflake::at(self.now(), self.next_id())
    }
}
