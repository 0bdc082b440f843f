//! Discord's side: who may call what, errors, rate limits.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    APPLICATION_ID,
    answer::Answer,
    audit,
    change::Actor,
    community::Community,
    fault::LimitScope,
    form::{Form, Problem},
    invite::SampleChannel,
    limits::{Capacity, Full, Room},
    member::SampleUser,
    permission,
    record::Recorded,
    route::{Call, Route, Shape},
    world::World,
};

mod audit_log;
pub(super) mod commands;
mod invites;
mod objects;
mod pause;
mod people;

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

/// The error of this status, with the code and the text that go with it.
pub(super) fn refusal(status: u16) -> Answer {
    let (code, message) = match status {
        400 => (50_035, "Invalid Form Body"),
        401 => (0, "401: Unauthorized"),
        403 => (50_013, "Missing Permissions"),
        404 => (0, "404: Not Found"),
        405 => (0, "405: Method Not Allowed"),
        429 => return limited(Duration::from_millis(650), LimitScope::User, None),
        503 => (130_000, "API resource overloaded. Try again a little later"),
        500.. => (0, "500: Internal Server Error"),
        _ => (0, "Something went wrong"),
    };
    refused(status, code, message)
}

/// The body of an error.
pub(super) fn error(code: u32, message: &str) -> Value {
    json!({ "message": message, "code": code })
}

fn refused(status: u16, code: u32, message: &str) -> Answer {
    Answer::json(status, &error(code, message))
}

fn missing_access() -> Answer {
    refused(403, 50_001, "Missing Access")
}

/// The refusal of an interaction's first answer that nobody edited, so of which nothing is known here.
pub(super) fn unknown_message() -> Answer {
    refused(404, 10_008, "Unknown Message")
}

/// The refusal of a form with one field wrong.
fn bad_field(field: &str, code: &str, message: &str) -> Answer {
    bad_form(&[(field, code.to_owned(), message.to_owned())])
}

/// The refusal of a form with these fields wrong.
fn bad_form(wrong: &[(&str, String, String)]) -> Answer {
    let mut body = error(50_035, "Invalid Form Body");
    body["errors"] = json!({});
    for (field, code, message) in wrong {
        body["errors"][field] = json!({ "_errors": [{ "code": code, "message": message }] });
    }
    Answer::json(400, &body)
}

fn not_json() -> Answer {
    refused(400, 50_109, "The request body contains invalid JSON.")
}

/// Reads a JSON body, or refuses it.
fn form<T>(asked: &Recorded, read: impl FnOnce(&mut Form) -> T) -> Result<T, Answer> {
    let mut form = Form::read(&asked.body).ok_or_else(not_json)?;
    let value = read(&mut form);
    let wrong: Vec<_> = form
        .wrong()
        .into_iter()
        .map(|(name, problem)| {
            let (code, message) = told(problem);
            (name, code.to_owned(), message)
        })
        .collect();
    if wrong.is_empty() {
        Ok(value)
    } else {
        Err(bad_form(&wrong))
    }
}

/// Discord's code and sentence for what is wrong with a field.
fn told(problem: Problem) -> (&'static str, String) {
    let (code, message) = match problem {
        Problem::Missing => ("BASE_TYPE_REQUIRED", "This field is required"),
        Problem::NoNumber => ("NUMBER_TYPE_COERCE", "Value is not int."),
        Problem::Above(max) => {
            let message = format!("int value should be less than or equal to {max}.");
            return ("NUMBER_TYPE_MAX", message);
        }
        Problem::Below(min) => {
            let message = format!("int value should be greater than or equal to {min}.");
            return ("NUMBER_TYPE_MIN", message);
        }
        Problem::NoFlag => ("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
        Problem::NoText => (
            "STRING_TYPE_CONVERT",
            "Could not interpret value as string.",
        ),
        Problem::NoList => (
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType",
        ),
        Problem::NoMoment => (
            "DATE_TIME_TYPE_PARSE",
            "Could not parse value. Should be ISO8601.",
        ),
        Problem::TooFar => (
            "BASE_TYPE_BAD_INTERVAL",
            "Must be at most 24 hours from now.",
        ),
    };
    (code, message.to_owned())
}

/// The answer of a full bucket, of the route that met it.
pub(super) fn limited(retry_after: Duration, scope: LimitScope, route: Option<Route>) -> Answer {
    let seconds = retry_after.as_secs_f64();
    let body = json!({
        "message": "You are being rate limited.",
        "retry_after": seconds,
        "global": scope == LimitScope::Global,
    });
    let answer = Answer::json(429, &body);
    let whole_seconds = format!("{}", seconds.ceil().max(1.0));
    let scope = match scope {
        LimitScope::Bare => return answer,
        LimitScope::Global => {
            return answer
                .with("x-ratelimit-global", "true")
                .with("x-ratelimit-scope", "global")
                .with("retry-after", whole_seconds);
        }
        LimitScope::Shared => "shared",
        LimitScope::User => "user",
    };
    let room = Room {
        remaining: 0,
        until_empty: retry_after,
    };
    let route = route.unwrap_or(Route::Any);
    with_bucket(answer, route, room, Timestamp::now())
        .with("x-ratelimit-scope", scope)
        .with("retry-after", whole_seconds)
}

/// The answer to a request that really did not fit.
fn refused_by(route: Route, full: Full, world: &World) -> Answer {
    let Full {
        global,
        retry_after,
        ..
    } = full;
    if global {
        return limited(retry_after, LimitScope::Global, Some(route));
    }
    let room = Room {
        remaining: 0,
        until_empty: retry_after,
    };
    let answer = limited(retry_after, LimitScope::User, Some(route));
    with_bucket(answer, route, room, world.now())
}

fn success(body: &Value) -> Answer {
    Answer::json(200, body)
}

fn with_bucket(answer: Answer, route: Route, room: Room, now: Timestamp) -> Answer {
    let reset_after = room.until_empty.as_secs_f64();
    let reset = now.as_duration().as_secs_f64() + reset_after;
    // Each kind of call has its bucket, and clients tell them apart by this.
    let hash = 0x0f7e_1c3d_5b9a_2846_u64 + u64::from(route as u8);
    answer
        .with("x-ratelimit-limit", BUCKET.limit.to_string())
        .with("x-ratelimit-remaining", room.remaining.to_string())
        .with("x-ratelimit-reset", format!("{reset:.3}"))
        .with("x-ratelimit-reset-after", format!("{reset_after:.3}"))
        .with("x-ratelimit-bucket", format!("{hash:016x}"))
}

fn no_snowflake(field: &str, value: &str) -> Answer {
    let message = format!("Value \"{value}\" is not snowflake.");
    bad_field(field, "NUMBER_TYPE_COERCE", &message)
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
