//! Fluxer's side: who may call what, errors, rate limits.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    answer::Answer,
    community::{Access, Community},
    fault::LimitScope,
    route::Call,
    world::World,
};

#[cfg(test)]
mod captured;
mod discovery;
mod objects;

/// Bucket of a kind of call, as its headers tell it: limit and hash.
///
/// Every bucket here empties within ten seconds, so one call is gone after `10 / limit` of them.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    limit: u32,
    hash: &'static str,
}

const INVITES: Bucket = Bucket {
    limit: 40,
    hash: "a48c2a86428136c1",
};
const GUILD: Bucket = Bucket {
    limit: 100,
    hash: "9c7ba270b2ac4e71",
};
const ME: Bucket = Bucket {
    limit: 40,
    hash: "92ae2a2fd62c331c",
};

/// Answers a call, apart from the webhook ones.
pub(super) fn answer(world: &World, call: &Call, authorization: Option<&str>) -> Answer {
    if *call == Call::WellKnown {
        let body = discovery::well_known(&world.origin());
        let answer = success(&body).with("access-control-allow-origin", "*");
        return with_request_id(answer, world);
    }
    let known = authorization.is_some_and(|sent| world.accounts().is_fluxer_bot(sent));
    let answer = match call {
        Call::Unknown => refusal(404).with("cache-control", "no-cache"),
        _ if !known => refusal(401),
        Call::Me => counted(&objects::me(), ME),
        Call::Guild(guild) => {
            in_guild(world, guild, &[Access::Full, Access::Member], |community| {
                counted(&objects::guild(community), GUILD)
            })
        }
        Call::Invites(guild) => in_guild(world, guild, &[Access::Full], |community| {
            counted(&objects::invites(community), INVITES)
        }),
        _ => refusal(404),
    };
    with_request_id(answer, world)
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
        429 => return limited(Duration::from_millis(141), LimitScope::User),
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

/// The answer of a full bucket.
pub(super) fn limited(retry_after: Duration, scope: LimitScope) -> Answer {
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
    // Until the whole bucket is empty: longer than until one place is free.
    let until_empty = 9.89_f64.max(retry_after.as_secs_f64());
    with_bucket(answer, INVITES, 0, until_empty)
        .with("x-ratelimit-scope", scope)
        .with("retry-after", format!("{whole_seconds}"))
        .with("x-fluxer-version", "sample")
}

fn unknown_guild() -> Answer {
    refusal(404).with_body(error("UNKNOWN_GUILD", "Community wasn't found.").to_string())
}

fn bad_snowflake() -> Answer {
    let mut body = error("INVALID_FORM_BODY", "Invalid form body.");
    body["errors"] = json!([{
        "path": "guild_id",
        "message": "Invalid snowflake.",
        "code": "INVALID_SNOWFLAKE_FORMAT",
    }]);
    refusal(400).with_body(body.to_string())
}

/// Checks the id before the permission, as the real server does.
fn in_guild(
    world: &World,
    guild: &str,
    allowed: &[Access],
    then: impl FnOnce(&Community) -> Answer,
) -> Answer {
    let Ok(id) = guild.parse::<u64>() else {
        return bad_snowflake();
    };
    match world.guilds().get(&id) {
        None => unknown_guild(),
        Some(community) if !allowed.contains(&community.access) => refusal(403),
        Some(community) => then(community),
    }
}

fn success(body: &Value) -> Answer {
    Answer::json(200, body)
        .with("x-fluxer-version", "sample")
        .with("cache-control", "no-cache")
}

fn counted(body: &Value, bucket: Bucket) -> Answer {
    let until_empty = 10.0 / f64::from(bucket.limit);
    with_bucket(success(body), bucket, bucket.limit - 1, until_empty)
}

fn with_bucket(answer: Answer, bucket: Bucket, remaining: u32, until_empty: f64) -> Answer {
    let reset = Timestamp::now().as_second() + 1;
    answer
        .with("x-ratelimit-limit", bucket.limit.to_string())
        .with("x-ratelimit-remaining", remaining.to_string())
        .with("x-ratelimit-reset", reset.to_string())
        .with("x-ratelimit-reset-after", until_empty.to_string())
        .with("x-ratelimit-bucket", bucket.hash)
}

/// Numbers an answer, as every answer of the API is.
pub(super) fn with_request_id(answer: Answer, world: &World) -> Answer {
    let number = world.next_id();
    let id = format!("00000000-0000-4000-8000-{:012}", number % 1_000_000_000_000);
    answer.with("x-request-id", id)
}
