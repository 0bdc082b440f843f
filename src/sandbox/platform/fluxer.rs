//! Fluxer's side: which call does what, and who may call it.

use std::time::Instant;

use serde_json::Value;

use super::{
    FLUXER_BOT_ID,
    answer::Answer,
    audit,
    change::{self, Actor},
    community::{Community, Pause},
    form::Problem,
    invite::SampleChannel,
    limits::Room,
    member::SampleUser,
    permission,
    record::Recorded,
    route::{Call, Shape},
    world::World,
};
use buckets::Bucket;

mod audit_log;
mod buckets;
#[cfg(test)]
mod captured;
mod discovery;
mod gateway;
mod invites;
mod members;
pub(super) mod messages;
mod objects;
mod people;
mod refusals;

pub(super) use gateway::{guild_create, ready};
use refusals::{
    Nulls, bad_fields, bad_snowflake, form, refused_by, unknown, unknown_channel, unknown_guild,
    with_bucket,
};
pub(super) use refusals::{error, limited, refusal};

/// The bot as an account.
pub(super) fn bot() -> SampleUser {
    SampleUser {
        discriminator: "0913".to_owned(),
        ..SampleUser::bot(FLUXER_BOT_ID, "Gatehouse")
    }
}

/// The bot with its reason, as Fluxer keeps it.
fn actor(asked: &Recorded) -> Actor {
    let reason = asked.reason.as_deref();
    Actor {
        bot: bot(),
        reason: reason.and_then(audit::kept_by_fluxer),
    }
}

/// Answers a call, apart from the webhook ones.
pub(super) fn answer(world: &World, call: &Call, asked: &Recorded) -> Answer {
    if *call == Call::WellKnown {
        let body = discovery::well_known(&world.origin(), &world.gateway_url());
        let answer = success(&body).with("access-control-allow-origin", "*");
        return with_request_id(answer, world);
    }
    let authorization = asked.authorization.as_deref();
    let known = authorization.is_some_and(|sent| world.accounts().is_fluxer_bot(sent));
    let answer = match Bucket::of(call) {
        None => refusal(404).with("cache-control", "no-cache"),
        Some(_) if !known && *call != Call::GatewayBot => refusal(401),
        Some((bucket, key)) => {
            let room = world
                .limits()
                .take(Shape::Fluxer, bucket.capacity, key, Instant::now());
            match room {
                Ok(room) => counted(carried_out(world, call, asked), bucket, room, world),
                Err(full) => refused_by(call, bucket, full, world),
            }
        }
    };
    with_request_id(answer, world)
}

fn carried_out(world: &World, call: &Call, asked: &Recorded) -> Answer {
    match call {
        Call::Me => success(&people::me()),
        Call::GatewayBot => gateway::gateway_bot(world, asked.authorization.as_deref()),
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
            in_guild(world, guild, |community| members::member(community, user))
        }
        Call::Invites(guild) => may(world, guild, permission::MANAGE_GUILD, |community| {
            success(&objects::invites(community))
        }),
        Call::AuditLog(guild) => audit_log::list(world, guild, asked),
        Call::MembersSearch(guild) => members::search(world, guild, asked),
        Call::InvitesDisabled(guild) => invites_disabled(world, guild, asked),
        Call::Channel(channel) => in_channel(world, channel, |community, channel| {
            success(&objects::channel_alone(community, channel))
        }),
        Call::Create { channel } => invites::create(world, channel, asked),
        Call::Revoke { code } => invites::revoke(world, code, asked),
        Call::Send { channel } => messages::create(world, channel, asked),
        Call::Message { channel, message } => messages::one(world, channel, message),
        Call::EditMessage { channel, message } => messages::edit(world, channel, message, asked),
        Call::React {
            channel,
            message,
            emoji,
        } => messages::react(world, channel, message, emoji),
        Call::Unreact {
            channel,
            message,
            emoji,
            whose,
        } => messages::unreact(world, channel, message, emoji, whose),
        Call::Direct => messages::open_direct(world, asked),
        _ => refusal(404),
    }
}

/// Pauses joining, or lets people in again.
fn invites_disabled(world: &World, guild: &str, asked: &Recorded) -> Answer {
    let read = form(asked, Nulls::Wrong, |form| {
        if !form.has("disabled") {
            form.reject("disabled", Problem::Missing);
        }
        form.flag("disabled").unwrap_or_default()
    });
    let open = match read {
        Ok(open) => open,
        Err(refusal) => return refusal,
    };
    may(world, guild, permission::MANAGE_GUILD, |community| {
        let pause = Pause { open, until: None };
        change::pause(world, community, pause, actor(asked));
        success(&objects::guild_settings(community))
    })
}

/// A member's answer in a guild. Checks the id before the permission, as the real server does.
fn in_guild(world: &World, guild: &str, then: impl FnOnce(&mut Community) -> Answer) -> Answer {
    let Ok(id) = guild.parse::<u64>() else {
        return bad_snowflake("guild_id");
    };
    match world.guilds().get_mut(&id) {
        None => unknown_guild(),
        Some(community) if !community.has_bot() => refusal(403),
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
        return bad_snowflake("channel_id");
    };
    let guild = world.guild_of_channel(id);
    let mut guilds = world.guilds();
    let community = guild.and_then(|guild| guilds.get_mut(&guild));
    let Some((community, channel)) = community.and_then(|one| one.with_channel(id)) else {
        return unknown_channel();
    };
    if community.has_bot() {
        then(community, &channel)
    } else {
        refusal(403)
    }
}

fn success(body: &Value) -> Answer {
    Answer::json(200, body)
        .with("x-fluxer-version", "sample")
        .with("cache-control", "no-cache")
}

/// Success tells what is left in the bucket; a refusal does not.
fn counted(answer: Answer, bucket: Bucket, room: Room, world: &World) -> Answer {
    if answer.status.is_success() {
        with_bucket(answer, bucket, room, world.now())
    } else {
        answer
    }
}

/// Numbers an answer, as every answer of the API is.
pub(super) fn with_request_id(answer: Answer, world: &World) -> Answer {
    let number = world.next_id();
    let id = format!("00000000-0000-4000-8000-{:012}", number % 1_000_000_000_000);
    answer.with("x-request-id", id)
}
