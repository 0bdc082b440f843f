//! Messages, reactions and direct channels on Fluxer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    super::{
        answer::Answer,
        chat::SampleMessage,
        community::Community,
        member::{SampleMember, SampleUser},
        multipart, percent, permission,
        record::Recorded,
        snowflake,
        world::World,
    },
    bad_fields, bad_snowflake, bot, error,
    objects::{instant, merged},
    people, refusal, success, unknown, unknown_channel,
};

/// The longest text, in code units of UTF-16.
const CONTENT_MAX_UNITS: usize = 4000;

/// Different emoji below a message.
const REACTIONS_MAX: usize = 30;

/// Flags that a bot may set: 4 no link embeds, 4096 no notification.
const FLAGS_OF_BOTS: u64 = 4 | 4096;

/// Sends a message, or gives back the one that was sent with the same nonce.
pub(super) fn create(world: &World, channel: &str, asked: &Recorded) -> Answer {
    let place = match Place::of(world, channel, permission::SEND_MESSAGES) {
        Ok(place) => place,
        Err(refusal) => return refusal,
    };
    let Some((body, files)) = payload(asked) else {
        return bad_fields(["root"]);
    };
    if !files.is_empty() && !place.may(world, permission::ATTACH_FILES) {
        return refusal(403);
    }
    let nonce = body["nonce"].as_str().map(str::to_owned);
    let now = world.now();
    if let Some(sent) = nonce
        .as_deref()
        .and_then(|nonce| world.chats().sent_with(nonce, now))
    {
        return success(&object(world, &sent, nonce.as_deref()));
    }
    let content = match content(&body) {
        Ok(content) if content.is_empty() && files.is_empty() => {
            let empty = error(
                "CANNOT_SEND_EMPTY_MESSAGE",
                "You can't send an empty message.",
            );
            return Answer::json(400, &empty);
        }
        Ok(content) => content,
        Err(refusal) => return refusal,
    };
    let replies_to = body["message_reference"]["message_id"].as_str();
    let replies_to = replies_to.and_then(|id| id.parse().ok());
    if let Some(to) = replies_to
        && world.chats().find(place.channel, to).is_none()
    {
        return unknown_message();
    }
    if let Some(recipient) = place.recipient
        && world.chats().is_closed(recipient)
    {
        let closed = error(
            "CANNOT_SEND_MESSAGES_TO_USER",
            "You can't send messages to this user.",
        );
        return Answer::json(400, &closed);
    }
    let message = SampleMessage {
        id: world.next_snowflake(),
        channel: place.channel,
        author: bot(),
        content,
        replies_to,
        edited_at: None,
        body,
        files,
        reactions: Vec::new(),
    };
    if let Some(nonce) = &nonce {
        world.chats().remember(nonce, &message, now);
    }
    let answer = object(world, &message, nonce.as_deref());
    announce(world, message);
    success(&answer)
}

/// Changes a message of the bot's own.
pub(super) fn edit(world: &World, channel: &str, message: &str, asked: &Recorded) -> Answer {
    let (place, id) = match found(world, channel, message) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let Some((body, files)) = payload(asked) else {
        return bad_fields(["root"]);
    };
    if !files.is_empty() && !place.may(world, permission::ATTACH_FILES) {
        return refusal(403);
    }
    let content = match content(&body) {
        Ok(content) => content,
        Err(refusal) => return refusal,
    };
    let edited = {
        let mut chats = world.chats();
        let Some(message) = chats.find(place.channel, id) else {
            return unknown_message();
        };
        if message.author.id != bot().id {
            return refusal(403);
        }
        message.content = content;
        message.edited_at = Some(world.now());
        if body["attachments"].is_array() {
            message.files = files;
        }
        message.body = body;
        message.clone()
    };
    let object = object(world, &edited, None);
    let data = in_event(object.clone(), &place, world, &edited.author);
    world.dispatch(place.guild, "MESSAGE_UPDATE", &data);
    success(&object)
}

/// One message.
pub(super) fn one(world: &World, channel: &str, message: &str) -> Answer {
    let (place, id) = match found(world, channel, message) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let message = world.chats().find(place.channel, id).cloned();
    match message {
        Some(message) => success(&object(world, &message, None)),
        None => unknown_message(),
    }
}

/// Puts a reaction of the bot's below a message.
pub(super) fn react(world: &World, channel: &str, message: &str, emoji: &str) -> Answer {
    let (place, id) = match found(world, channel, message) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let emoji = percent::decoded(emoji.as_bytes());
    let is_there = {
        let mut chats = world.chats();
        let Some(message) = chats.find(place.channel, id) else {
            return unknown_message();
        };
        if message.reactions.len() >= REACTIONS_MAX {
            return refusal(400);
        }
        message.reactions.iter().any(|(other, _)| *other == emoji)
    };
    if !is_there && !place.may(world, permission::ADD_REACTIONS) {
        return refusal(403);
    }
    announce_reaction(world, (place.channel, id), &emoji, &bot());
    nothing()
}

/// Takes a reaction away: the bot's own, or with the right anybody's.
pub(super) fn unreact(
    world: &World,
    channel: &str,
    message: &str,
    emoji: &str,
    whose: &str,
) -> Answer {
    let (place, id) = match found(world, channel, message) {
        Ok(found) => found,
        Err(refusal) => return refusal,
    };
    let user = match whose {
        "@me" => bot().id,
        user => match user.parse() {
            Ok(user) => user,
            Err(_) => return bad_snowflake("target_id"),
        },
    };
    let is_own = user == bot().id;
    if !is_own && (place.guild.is_none() || !place.may(world, permission::MANAGE_MESSAGES)) {
        return refusal(403);
    }
    let emoji = percent::decoded(emoji.as_bytes());
    if world.chats().find(place.channel, id).is_none() {
        return unknown_message();
    }
    announce_reaction_gone(world, (place.channel, id), &emoji, user);
    nothing()
}

/// Opens the direct channel with an account.
pub(super) fn open_direct(world: &World, asked: &Recorded) -> Answer {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let Some(user) = body["recipient_id"].as_str().and_then(|id| id.parse().ok()) else {
        return bad_fields(["recipient_id"]);
    };
    let id = world.next_snowflake();
    let channel = world.chats().direct(user, id);
    let recipient = SampleUser::new(user, "somebody", None);
    success(&json!({
        "id": channel.to_string(),
        "type": 1,
        "last_message_id": null,
        "last_pin_timestamp": null,
        "recipients": [people::user(&recipient)],
    }))
}

/// Adds a message and tells whoever is connected.
pub(in super::super) fn announce(world: &World, message: SampleMessage) {
    let place = Place::around(world, message.channel);
    let object = object(world, &message, None);
    let author = message.author.clone();
    world.chats().add(message);
    let data = in_event(object, &place, world, &author);
    world.dispatch(place.guild, "MESSAGE_CREATE", &data);
}

/// Adds a reaction and tells whoever is connected, unless it is there already.
pub(in super::super) fn announce_reaction(
    world: &World,
    (channel, message): (u64, u64),
    emoji: &str,
    user: &SampleUser,
) {
    {
        let mut chats = world.chats();
        let Some(message) = chats.find(channel, message) else {
            return;
        };
        if message.has_reaction(emoji, user.id) {
            return;
        }
        message.put_reaction(emoji, user.id);
    }
    let (guild, data) = reaction_event(world, (channel, message), emoji, user);
    world.dispatch(guild, "MESSAGE_REACTION_ADD", &data);
}

/// Takes a reaction away and tells whoever is connected, unless there is none.
pub(in super::super) fn announce_reaction_gone(
    world: &World,
    (channel, message): (u64, u64),
    emoji: &str,
    user: u64,
) {
    {
        let mut chats = world.chats();
        let Some(message) = chats.find(channel, message) else {
            return;
        };
        if !message.has_reaction(emoji, user) {
            return;
        }
        message.take_reaction(emoji, user);
    }
    let account = if user == bot().id {
        bot()
    } else {
        SampleUser::new(user, "somebody", None)
    };
    let (guild, data) = reaction_event(world, (channel, message), emoji, &account);
    world.dispatch(guild, "MESSAGE_REACTION_REMOVE", &data);
}

/// A reaction as an event tells it, and the guild that it happens in.
fn reaction_event(
    world: &World,
    (channel, message): (u64, u64),
    emoji: &str,
    user: &SampleUser,
) -> (Option<u64>, Value) {
    let guild = Place::around(world, channel).guild;
    let mut data = json!({
        "channel_id": channel.to_string(),
        "emoji": { "name": emoji },
        "message_id": message.to_string(),
        "user_id": user.id.to_string(),
    });
    if let Some(guild) = guild {
        data["guild_id"] = json!(guild.to_string());
        data["member"] = merged(
            member(world, guild, user),
            json!({ "user": people::user(user) }),
        );
    }
    (guild, data)
}

/// A channel, and whose it is.
struct Place {
    channel: u64,
    guild: Option<u64>,
    /// Whose direct channel it is.
    recipient: Option<u64>,
}

impl Place {
    fn around(world: &World, channel: u64) -> Self {
        Self {
            channel,
            guild: world.guild_of_channel(channel),
            recipient: world.chats().recipient(channel),
        }
    }

    /// A channel in which the bot may do this.
    fn of(world: &World, channel: &str, needed: u64) -> Result<Self, Answer> {
        let channel = channel.parse().map_err(|_| bad_snowflake("channel_id"))?;
        let place = Self::around(world, channel);
        if place.guild.is_none() && place.recipient.is_none() {
            return Err(unknown_channel());
        }
        if place.may(world, needed) {
            Ok(place)
        } else {
            Err(refusal(403))
        }
    }

    /// Whether the bot may do this here. In a direct channel everybody may do what is usual.
    fn may(&self, world: &World, needed: u64) -> bool {
        self.guild.is_none_or(|guild| {
            let guilds = world.guilds();
            guilds.get(&guild).is_some_and(|one| one.bot_may(needed))
        })
    }
}

/// A message that the bot may see, by what stands in the path.
fn found(world: &World, channel: &str, message: &str) -> Result<(Place, u64), Answer> {
    let place = Place::of(world, channel, permission::READ_MESSAGE_HISTORY)?;
    let id = message.parse().map_err(|_| bad_snowflake("message_id"))?;
    Ok((place, id))
}

/// The body of a message with its files.
fn payload(asked: &Recorded) -> Option<(Value, Vec<(String, Bytes)>)> {
    let content_type = asked.content_type.as_deref().unwrap_or_default();
    if !content_type.starts_with("multipart/") {
        return Some((serde_json::from_slice(&asked.body).ok()?, Vec::new()));
    }
    let parts = multipart::parts(content_type, &asked.body)?;
    let body = parts.iter().find(|part| part.name == "payload_json")?;
    let files = parts.iter().filter(|part| part.name.starts_with("files["));
    let files = files.map(|part| {
        let name = part.filename.clone().unwrap_or_default();
        (name, part.body.clone())
    });
    Some((serde_json::from_slice(&body.body).ok()?, files.collect()))
}

fn content(body: &Value) -> Result<String, Answer> {
    let content = body["content"].as_str().unwrap_or_default();
    if content.encode_utf16().count() > CONTENT_MAX_UNITS {
        Err(bad_fields(["content"]))
    } else {
        Ok(content.to_owned())
    }
}

fn unknown_message() -> Answer {
    unknown("UNKNOWN_MESSAGE", "Message wasn't found.")
}

fn nothing() -> Answer {
    Answer::text(204, "text/plain; charset=UTF-8", String::new())
}

/// A message as it stands in answers.
fn object(world: &World, message: &SampleMessage, nonce: Option<&str>) -> Value {
    let files = (1_u64..)
        .zip(&message.files)
        .map(|(number, (name, bytes))| {
            json!({
                "id": (message.id + number).to_string(),
                "filename": name,
                "size": bytes.len(),
                "url": format!("{}/attachments/{}/{number}", world.origin(), message.id),
            })
        });
    let flags = message.body["flags"].as_u64().unwrap_or_default() & FLAGS_OF_BOTS;
    let mut object = json!({
        "id": message.id.to_string(),
        "channel_id": message.channel.to_string(),
        "author": people::user(&message.author),
        "type": if message.replies_to.is_some() { 19 } else { 0 },
        "flags": flags,
        "content": message.content,
        "timestamp": instant(snowflake::instant(message.id)),
        "edited_timestamp": message.edited_at.map(instant),
        "pinned": false,
        "mention_everyone": false,
        "tts": false,
        "mentions": mentions(&message.content),
        "mention_roles": [],
        "embeds": [],
        "attachments": files.collect::<Vec<_>>(),
        "stickers": [],
    });
    if let Some(nonce) = nonce {
        object["nonce"] = json!(nonce);
    }
    if let Some(to) = message.replies_to {
        let mut reference = json!({
            "channel_id": message.channel.to_string(),
            "message_id": to.to_string(),
            "type": 0,
        });
        if let Some(guild) = world.guild_of_channel(message.channel) {
            reference["guild_id"] = json!(guild.to_string());
        }
        object["message_reference"] = reference;
        object["referenced_message"] = world
            .chats()
            .find(message.channel, to)
            .cloned()
            .map_or(Value::Null, |referenced| referenced_in(world, &referenced));
    }
    if !message.reactions.is_empty() {
        let reactions = message.reactions.iter().map(|(emoji, users)| {
            let mut reaction = json!({ "emoji": { "name": emoji }, "count": users.len() });
            if users.contains(&bot().id) {
                reaction["me"] = json!(true);
            }
            reaction
        });
        object["reactions"] = reactions.collect();
    }
    object
}

/// A message as it stands in one that replies to it: without what it replied to itself.
fn referenced_in(world: &World, message: &SampleMessage) -> Value {
    let alone = SampleMessage {
        replies_to: None,
        reactions: Vec::new(),
        ..message.clone()
    };
    merged(
        object(world, &alone, None),
        json!({ "type": if message.replies_to.is_some() { 19 } else { 0 } }),
    )
}

/// Whom a text mentions, as `<@id>`.
fn mentions(content: &str) -> Vec<Value> {
    let ids = content.split("<@").skip(1);
    ids.filter_map(|rest| rest.split('>').next()?.trim_start_matches('!').parse().ok())
        .map(|id: u64| {
            let account = if id == bot().id {
                bot()
            } else {
                SampleUser::new(id, "somebody", None)
            };
            people::user(&account)
        })
        .collect()
}

/// A message as an event tells it.
fn in_event(object: Value, place: &Place, world: &World, author: &SampleUser) -> Value {
    let channel_type = i32::from(place.guild.is_none());
    let mut data = merged(object, json!({ "channel_type": channel_type }));
    if let Some(guild) = place.guild {
        data["guild_id"] = json!(guild.to_string());
        data["member"] = member(world, guild, author);
    }
    data
}

/// Somebody as a member, without the account.
fn member(world: &World, guild: u64, user: &SampleUser) -> Value {
    let guilds = world.guilds();
    let known = guilds.get(&guild).and_then(|community: &Community| {
        let mut members = community.members.iter();
        members.find(|member| member.user.id == user.id)
    });
    let mut member = match known {
        Some(member) => people::member(member),
        None => people::member(&SampleMember::new(user.clone(), world.now())),
    };
    if let Value::Object(fields) = &mut member {
        fields.remove("user");
    }
    member
}

impl SampleMessage {
    fn put_reaction(&mut self, emoji: &str, user: u64) {
        match self.reactions.iter_mut().find(|(other, _)| other == emoji) {
            Some((_, users)) => users.push(user),
            None => self.reactions.push((emoji.to_owned(), vec![user])),
        }
    }

    pub(in super::super) fn take_reaction(&mut self, emoji: &str, user: u64) {
        for (other, users) in &mut self.reactions {
            if other == emoji {
                users.retain(|one| *one != user);
            }
        }
        self.reactions.retain(|(_, users)| !users.is_empty());
    }
}
