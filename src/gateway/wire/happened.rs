//! What happens in channels, as the gateway tells it.

use std::borrow::Cow;

use gatehouse_commands::{ChannelId, GuildId, UserId};
use serde::Deserialize;

use super::Unreadable;
use crate::gateway::event;

/// Kind of a reference to the message that is replied to; others are forwarded.
const REPLY: u64 = 0;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(with = "from_text")]
    id: u64,
    #[serde(with = "from_text")]
    channel_id: ChannelId,
    #[serde(default, with = "maybe_from_text")]
    guild_id: Option<GuildId>,
    author: User,
    /// Only there when a webhook sent it.
    webhook_id: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(rename = "message_reference")]
    reference: Option<Reference>,
    /// What is replied to, where it is told.
    #[serde(rename = "referenced_message")]
    referenced: Option<Referenced>,
}

#[derive(Deserialize)]
struct Referenced {
    author: Option<User>,
}

#[derive(Deserialize)]
struct User {
    #[serde(with = "from_text")]
    id: UserId,
    #[serde(default)]
    bot: bool,
    #[serde(default)]
    system: bool,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default, with = "maybe_from_text")]
    message_id: Option<u64>,
    #[serde(default, rename = "type")]
    kind: u64,
}

#[derive(Deserialize)]
struct Reaction<'a> {
    #[serde(with = "from_text")]
    user_id: UserId,
    #[serde(with = "from_text")]
    channel_id: ChannelId,
    #[serde(with = "from_text")]
    message_id: u64,
    #[serde(default, with = "maybe_from_text")]
    guild_id: Option<GuildId>,
    #[serde(borrow)]
    emoji: Emoji<'a>,
    /// Only there in guilds.
    member: Option<Member>,
}

#[derive(Deserialize)]
struct Emoji<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    /// Only those of a guild's own have one.
    id: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Member {
    user: Option<User>,
}

/// Reads the data of a message.
pub(super) fn message(data: &str) -> Result<event::Message, Unreadable> {
    let message: Message<'_> = serde_json::from_str(data)?;
    let author = message.author;
    let replies_to = message
        .reference
        .filter(|reference| reference.kind == REPLY)
        .and_then(|reference| reference.message_id);
    Ok(event::Message {
        id: message.id,
        channel: message.channel_id,
        guild: message.guild_id,
        author: author.id,
        is_by_machine: author.bot || author.system || message.webhook_id.is_some(),
        content: message.content.into_owned(),
        replies_to,
        replies_to_author: message
            .referenced
            .and_then(|referenced| referenced.author)
            .filter(|_| replies_to.is_some())
            .map(|author| author.id),
    })
}

/// Reads the data of a reaction that was added, or taken away; `None` when its emoji is a guild's own.
pub(super) fn reaction(
    data: &str,
    is_taken_away: bool,
) -> Result<Option<event::Reaction>, Unreadable> {
    let reaction: Reaction<'_> = serde_json::from_str(data)?;
    let (Some(emoji), None) = (reaction.emoji.name, reaction.emoji.id) else {
        return Ok(None);
    };
    let user = reaction.member.and_then(|member| member.user);
    Ok(Some(event::Reaction {
        user: reaction.user_id,
        channel: reaction.channel_id,
        message: reaction.message_id,
        guild: reaction.guild_id,
        emoji: emoji.into_owned(),
        is_taken_away,
        is_by_machine: user.is_some_and(|user| user.bot || user.system),
    }))
}

/// Numbers and ids that are written as text.
pub(super) mod from_text {
    use std::{borrow::Cow, str::FromStr};

    use serde::{Deserialize, Deserializer, de::Error};

    pub(crate) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        from: D,
    ) -> Result<T, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(|_| D::Error::custom("no id"))
    }
}

/// The same, where they may be missing.
mod maybe_from_text {
    use std::{borrow::Cow, str::FromStr};

    use serde::{Deserialize, Deserializer, de::Error};

    pub(crate) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let text = Option::<Cow<'de, str>>::deserialize(from)?;
        let parsed = text.map(|text| text.parse());
        parsed.transpose().map_err(|_| D::Error::custom("no id"))
    }
}
