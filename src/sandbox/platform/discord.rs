//! Discord's side: which call does what, and who may call it.

use std::time::Instant;

use serde_json::Value;

use super::{
    APPLICATION_ID,
    answer::Answer,
    audit,
    change::Actor,
    community::Community,
    invite::SampleChannel,
    limits::Capacity,
    member::SampleUser,
    permission,
    record::Recorded,
    route::{Call, Shape},
    world::World,
};

mod audit_log;
pub(super) mod commands;
mod invites;
mod objects;
mod pause;
mod people;
mod refusals;

use refusals::{
    bad_field, form, missing_access, no_snowflake, not_json, refused, refused_by, with_bucket,
};
pub(super) use refusals::{error, limited, refusal, unknown_message};

/// What the headers tell of every bucket. Discord publishes no numbers; these are small enough to be met.
const BUCKET: Capacity = Capacity {
    limit: 5,
    seconds: 1,
};

/// The bot as an account.
pub(super) fn bot() -> SampleUser {
    SampleUser {
        discriminator: "0913".to_owned(),
        ..SampleUser::bot(APPLICATION_ID, "Gatehouse")
    }
}

/// The bot with its reason, as Discord keeps it, or the refusal of one that is too long.
fn actor(asked: &Recorded) -> Result<Actor, Answer> {
    let reason = asked.reason.as_deref().unwrap_or_default();
    let reason = audit::kept_by_discord(reason).map_err(|audit::TooLong| {
        let message = format!("Must be {} or fewer in length.", audit::REASON_MAX_CHARS);
        bad_field("reason", "BASE_TYPE_MAX_LENGTH", &message)
    })?;
    Ok(Actor { bot: bot(), reason })
}

/// Answers a call, apart from the webhook ones.
pub(super) fn answer(world: &World, call: &Call, asked: &Recorded) -> Answer {
    let Some(route) = call.route() else {
        return refusal(404);
    };
    let authorization = asked.authorization.as_deref();
    let known = authorization.is_some_and(|token| world.accounts().is_discord_bot(token));
    if !known {
        return refusal(401);
    }
    let key = format!("{route:?}:{}", major(call));
    let room = world
        .limits()
        .take(Shape::Discord, BUCKET, key, Instant::now());
    match room {
        Ok(room) => {
            let answer = carried_out(world, call, asked);
            if answer.status.is_success() {
                with_bucket(answer, route, room, world.now())
            } else {
                answer
            }
        }
        Err(full) => refused_by(route, full, world),
    }
}

/// The id that splits a bucket: of the guild or the channel. A code splits none.
fn major(call: &Call) -> String {
    match call {
        Call::Channel(channel) | Call::Create { channel } => channel.clone(),
        call => call.guild().map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn carried_out(world: &World, call: &Call, asked: &Recorded) -> Answer {
    match call {
        Call::Me => success(&people::me()),
        Call::Application => success(&people::application(&world.accounts().verify_key)),
        Call::Guild(guild) => in_guild(world, guild, |community| {
            success(&objects::guild(community))
        }),
        Call::Channels(guild) => in_guild(world, guild, |community| {
            success(&objects::channels(community))
        }),
        Call::Roles(guild) => {
            in_guild(world, guild, |community| success(&people::roles(community)))
        }
        Call::Member { guild, user } => {
            in_guild(world, guild, |community| people::member_of(community, user))
        }
        Call::Invites(guild) => {
            // Who may only read the audit log sees them too, without their metadata.
            let any_of = permission::MANAGE_GUILD | permission::VIEW_AUDIT_LOG;
            may(world, guild, any_of, |community| {
                success(&objects::invites(community))
            })
        }
        Call::AuditLog(guild) => audit_log::list(world, guild, asked),
        Call::IncidentActions(guild) => pause::incident_actions(world, guild, asked),
        Call::Modify(guild) => pause::modify(world, guild, asked),
        Call::Channel(channel) => in_channel(world, channel, |community, channel| {
            success(&objects::channel_alone(community, channel))
        }),
        Call::Create { channel } => invites::create(world, channel, asked),
        Call::Revoke { code } => invites::revoke(world, code, asked),
        Call::Commands {
            application,
            guild,
            command,
        } => registry(
            world,
            application,
            guild.as_deref(),
            command.as_deref(),
            asked,
        ),
        _ => refusal(404),
    }
}

fn success(body: &Value) -> Answer {
    Answer::json(200, body)
}

/// A member's answer in a guild.
fn in_guild(world: &World, guild: &str, then: impl FnOnce(&mut Community) -> Answer) -> Answer {
    let Ok(id) = guild.parse::<u64>() else {
        return no_snowflake("guild_id", guild);
    };
    match world.guilds().get_mut(&id) {
        None => refused(404, 10_004, "Unknown Guild"),
        Some(community) if !community.has_bot() => missing_access(),
        Some(community) => then(community),
    }
}

/// The answer in a guild to who has any of these permissions.
fn may(
    world: &World,
    guild: &str,
    any_of: u64,
    then: impl FnOnce(&mut Community) -> Answer,
) -> Answer {
    in_guild(world, guild, |community| {
        if community.bot_may(any_of) {
            then(community)
        } else {
            refusal(403)
        }
    })
}

/// A member's answer about a channel.
fn in_channel(
    world: &World,
    channel: &str,
    then: impl FnOnce(&mut Community, &SampleChannel) -> Answer,
) -> Answer {
    let Ok(id) = channel.parse::<u64>() else {
        return no_snowflake("channel_id", channel);
    };
    let guild = world.guild_of_channel(id);
    let mut guilds = world.guilds();
    let community = guild.and_then(|guild| guilds.get_mut(&guild));
    let Some((community, channel)) = community.and_then(|one| one.with_channel(id)) else {
        return refused(404, 10_003, "Unknown Channel");
    };
    if community.has_bot() {
        then(community, &channel)
    } else {
        missing_access()
    }
}

fn registry(
    world: &World,
    application: &str,
    guild: Option<&str>,
    command: Option<&str>,
    asked: &Recorded,
) -> Answer {
    if application.parse() != Ok(APPLICATION_ID) {
        let message = "You are not authorized to perform this action on this application";
        return refused(403, 20_012, message);
    }
    let scope = match guild {
        None => None,
        Some(guild) => {
            let id = guild.parse::<u64>().ok();
            let guilds = world.guilds();
            let member = id.and_then(|id| guilds.get(&id));
            if member.is_none_or(|community| !community.has_bot()) {
                return missing_access();
            }
            id
        }
    };
    world.commands().answer(&commands::Change {
        application: APPLICATION_ID,
        scope,
        command,
        method: &asked.method,
        body: &asked.body,
        with_localizations: asked.parameter("with_localizations") == Some("true"),
    })
}
