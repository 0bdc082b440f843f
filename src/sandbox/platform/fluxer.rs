//! Fluxer's side: who may call what, errors, rate limits.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    FLUXER_BOT_ID,
    answer::Answer,
    audit,
    change::{self, Actor},
    community::{Community, Pause},
    fault::LimitScope,
    form::{Form, Problem},
    invite::SampleChannel,
    limits::{Full, Room},
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
mod invites;
mod members;
mod objects;
mod people;

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
        let body = discovery::well_known(&world.origin());
        let answer = success(&body).with("access-control-allow-origin", "*");
        return with_request_id(answer, world);
    }
    let authorization = asked.authorization.as_deref();
    let known = authorization.is_some_and(|sent| world.accounts().is_fluxer_bot(sent));
    let answer = match Bucket::of(call) {
        None => refusal(404).with("cache-control", "no-cache"),
        Some(_) if !known => refusal(401),
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
        _ => refusal(404),
    }
}

/// The error of this status, with the code and the text that go with it.
pub(super) fn refusal(status: u16) -> Answer {
    let (code, message) = match status {
        400 => ("INVALID_FORM_BODY", "Invalid form body."),
        401 => ("UNAUTHORIZED", "Unauthorized."),
        403 => (
            "MISSING_PERMISSIONS",
            "You don't have the permissions required to perform this action.",
        ),
        404 => ("NOT_FOUND", "Not found."),
        429 => return limited(Duration::from_millis(141), LimitScope::User, &Call::Unknown),
        502 => ("BAD_GATEWAY", "Bad gateway."),
        503 => ("SERVICE_UNAVAILABLE", "Service unavailable."),
        504 => ("GATEWAY_TIMEOUT", "Gateway timeout."),
        500.. => ("INTERNAL_SERVER_ERROR", "Internal server error."),
        _ => ("GENERAL_ERROR", "Something went wrong."),
    };
    Answer::json(status, &error(code, message)).with("x-fluxer-version", "sample")
}

/// The body of an error.
pub(super) fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

/// The answer of a full bucket, of the call that met it.
pub(super) fn limited(retry_after: Duration, scope: LimitScope, call: &Call) -> Answer {
    let body = json!({
        "code": "RATE_LIMITED",
        "message": "You're being rate limited.",
        "global": scope == LimitScope::Global,
        "retry_after": retry_after.as_secs_f64(),
    });
    let whole_seconds = retry_after.as_secs_f64().ceil().max(1.0);
    let answer = Answer::json(429, &body);
    let scope = match scope {
        LimitScope::Bare => return answer,
        LimitScope::Global => {
            return answer
                .with("x-ratelimit-global", "true")
                .with("x-ratelimit-scope", "global")
                .with("retry-after", format!("{whole_seconds}"))
                .with("x-fluxer-version", "sample");
        }
        LimitScope::Shared => "shared",
        LimitScope::User => "user",
    };
    let bucket = Bucket::of(call).map_or(buckets::INVITES, |(bucket, _)| bucket);
    // Until the whole bucket is empty: longer than until one place is free.
    let nearly_full = bucket.capacity.untouched().until_empty * (bucket.capacity.limit - 1);
    let room = Room {
        remaining: 0,
        until_empty: nearly_full.max(retry_after),
    };
    with_bucket(answer, bucket, room, Timestamp::now())
        .with("x-ratelimit-scope", scope)
        .with("retry-after", format!("{whole_seconds}"))
        .with("x-fluxer-version", "sample")
}

/// The answer to a request that really did not fit.
fn refused_by(call: &Call, bucket: Bucket, full: Full, world: &World) -> Answer {
    let Full {
        global,
        retry_after,
        until_empty,
    } = full;
    if global {
        return limited(retry_after, LimitScope::Global, call);
    }
    let room = Room {
        remaining: 0,
        until_empty,
    };
    let answer = limited(retry_after, LimitScope::User, call);
    with_bucket(answer, bucket, room, world.now())
}

fn unknown(code: &str, message: &str) -> Answer {
    refusal(404).with_body(error(code, message).to_string())
}

fn unknown_guild() -> Answer {
    unknown("UNKNOWN_GUILD", "Community wasn't found.")
}

fn unknown_channel() -> Answer {
    unknown("UNKNOWN_CHANNEL", "Channel wasn't found.")
}

/// The refusal of a form with these fields wrong.
fn bad_form(wrong: &[(&str, &str, &str)]) -> Answer {
    let wrong = wrong
        .iter()
        .map(|(path, code, message)| json!({ "path": path, "message": message, "code": code }));
    let mut body = error("INVALID_FORM_BODY", "Invalid form body.");
    body["errors"] = wrong.collect();
    refusal(400).with_body(body.to_string())
}

fn bad_snowflake(path: &str) -> Answer {
    bad_form(&[(path, "INVALID_SNOWFLAKE_FORMAT", "Invalid snowflake.")])
}

/// The refusal of fields that are not what they should be; Fluxer does not say in which way.
fn bad_fields<'a>(names: impl IntoIterator<Item = &'a str>) -> Answer {
    const MESSAGE: &str = "The provided value is in an invalid format.";
    let wrong = names
        .into_iter()
        .map(|name| (name, "INVALID_FORMAT", MESSAGE));
    bad_form(&wrong.collect::<Vec<_>>())
}

/// Reads a JSON body, or refuses it.
fn form<T>(asked: &Recorded, nulls: Nulls, read: impl FnOnce(&mut Form) -> T) -> Result<T, Answer> {
    let form = Form::read(&asked.body).ok_or_else(|| bad_fields(["root"]))?;
    let mut form = match nulls {
        Nulls::Absent => form.null_is_absent(),
        Nulls::Wrong => form,
    };
    let value = read(&mut form);
    let wrong = form.wrong();
    if wrong.is_empty() {
        Ok(value)
    } else {
        Err(bad_fields(wrong.iter().map(|(name, _)| *name)))
    }
}

/// What null in the place of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nulls {
    Absent,
    Wrong,
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

fn with_bucket(answer: Answer, bucket: Bucket, room: Room, now: Timestamp) -> Answer {
    let until_empty = room.until_empty.as_secs_f64();
    let reset = now.as_duration().as_secs_f64() + until_empty;
    // Whole milliseconds at most, and no more digits than needed.
    let reset_after = (until_empty * 1_000.0).round() / 1_000.0;
    answer
        .with("x-ratelimit-limit", bucket.capacity.limit.to_string())
        .with("x-ratelimit-remaining", room.remaining.to_string())
        .with("x-ratelimit-reset", reset.ceil().to_string())
        .with("x-ratelimit-reset-after", reset_after.to_string())
        .with("x-ratelimit-bucket", bucket.hash)
}

/// Numbers an answer, as every answer of the API is.
pub(super) fn with_request_id(answer: Answer, world: &World) -> Answer {
    let number = world.next_id();
    let id = format!("00000000-0000-4000-8000-{:012}", number % 1_000_000_000_000);
    answer.with("x-request-id", id)
}
