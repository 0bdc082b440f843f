//! Discord's side: who may call what, errors, rate limits.

use std::time::Duration;

use axum::http::Method;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    answer::Answer,
    community::{Access, Community},
    fault::LimitScope,
    route::Call,
    world::World,
};

pub(super) mod commands;
mod objects;

/// One call as the command registry needs it.
#[derive(Clone, Debug)]
pub(super) struct Sent<'a> {
    pub(super) method: &'a Method,
    pub(super) query: &'a str,
    pub(super) body: &'a Bytes,
}

/// Answers a call, apart from the webhook ones.
pub(super) fn answer(
    world: &World,
    call: &Call,
    authorization: Option<&str>,
    sent: &Sent<'_>,
) -> Answer {
    let known = authorization.is_some_and(|token| world.accounts().is_discord_bot(token));
    match call {
        Call::Unknown => refusal(404),
        _ if !known => refusal(401),
        Call::Me => counted(&objects::me(&world.accounts())),
        Call::Application => counted(&objects::application(&world.accounts())),
        Call::Guild(guild) => in_guild(world, guild, |community| match community.access {
            Access::Outsider => missing_access(),
            Access::Full | Access::Member => counted(&objects::guild(community)),
        }),
        Call::Invites(guild) => in_guild(world, guild, |community| match community.access {
            Access::Outsider => missing_access(),
            Access::Member => refusal(403),
            Access::Full => counted(&objects::invites(community)),
        }),
        Call::Commands {
            application,
            guild,
            command,
        } => registry(
            world,
            application,
            guild.as_deref(),
            command.as_deref(),
            sent,
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
        429 => return limited(Duration::from_millis(650), LimitScope::User),
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

fn bad_field(field: &str, code: &str, message: &str) -> Answer {
    let mut body = error(50_035, "Invalid Form Body");
    body["errors"] = json!({ field: { "_errors": [{ "code": code, "message": message }] } });
    Answer::json(400, &body)
}

/// The answer of a full bucket.
pub(super) fn limited(retry_after: Duration, scope: LimitScope) -> Answer {
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
    with_bucket(answer, 0, retry_after)
        .with("x-ratelimit-scope", scope)
        .with("retry-after", whole_seconds)
}

/// An answer that counted against a bucket which is far from full.
pub(super) fn counted(body: &Value) -> Answer {
    with_bucket(Answer::json(200, body), 4, Duration::from_secs(1))
}

fn with_bucket(answer: Answer, remaining: u32, reset_after: Duration) -> Answer {
    let reset = Timestamp::now().as_duration().as_secs_f64() + reset_after.as_secs_f64();
    answer
        .with("x-ratelimit-limit", "5")
        .with("x-ratelimit-remaining", remaining.to_string())
        .with("x-ratelimit-reset", format!("{reset:.3}"))
        .with(
            "x-ratelimit-reset-after",
            format!("{:.3}", reset_after.as_secs_f64()),
        )
        .with("x-ratelimit-bucket", "0f7e1c3d5b9a2846")
}

fn in_guild(world: &World, guild: &str, then: impl FnOnce(&Community) -> Answer) -> Answer {
    let Ok(id) = guild.parse::<u64>() else {
        let message = format!("Value \"{guild}\" is not snowflake.");
        return bad_field("guild_id", "NUMBER_TYPE_COERCE", &message);
    };
    match world.guilds().get(&id) {
        None => refused(404, 10_004, "Unknown Guild"),
        Some(community) => then(community),
    }
}

fn registry(
    world: &World,
    application: &str,
    guild: Option<&str>,
    command: Option<&str>,
    sent: &Sent<'_>,
) -> Answer {
    let own = world.accounts().application_id;
    if application.parse() != Ok(own) {
        let message = "You are not authorized to perform this action on this application";
        return refused(403, 20_012, message);
    }
    let scope = match guild {
        None => None,
        Some(guild) => {
            let id = guild.parse::<u64>().ok();
            let guilds = world.guilds();
            let member = id.and_then(|id| guilds.get(&id));
            if member.is_none_or(|community| community.access == Access::Outsider) {
                return missing_access();
            }
            id
        }
    };
    let with_localizations = sent.query.contains("with_localizations=true");
    let answer = world.commands().answer(&commands::Change {
        application: own,
        scope,
        command,
        method: sent.method.as_str(),
        body: sent.body,
        with_localizations,
    });
    if answer.status.is_success() {
        with_bucket(answer, 4, Duration::from_secs(1))
    } else {
        answer
    }
}
