//! How Fluxer refuses: its errors, what it says about forms, and its rate limits.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        answer::Answer,
        fault::LimitScope,
        form::Form,
        limits::{Full, Room},
        record::Recorded,
        route::Call,
        world::World,
    },
    buckets::{self, Bucket},
};

/// The error of this status, with the code and the text that go with it.
pub(in super::super) fn refusal(status: u16) -> Answer {
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
pub(in super::super) fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

/// The answer of a full bucket, of the call that met it.
pub(in super::super) fn limited(retry_after: Duration, scope: LimitScope, call: &Call) -> Answer {
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
pub(super) fn refused_by(call: &Call, bucket: Bucket, full: Full, world: &World) -> Answer {
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

pub(super) fn unknown(code: &str, message: &str) -> Answer {
    refusal(404).with_body(error(code, message).to_string())
}

pub(super) fn unknown_guild() -> Answer {
    unknown("UNKNOWN_GUILD", "Community wasn't found.")
}

pub(super) fn unknown_channel() -> Answer {
    unknown("UNKNOWN_CHANNEL", "Channel wasn't found.")
}

/// The refusal of a form with these fields wrong.
pub(super) fn bad_form(wrong: &[(&str, &str, &str)]) -> Answer {
    let wrong = wrong
        .iter()
        .map(|(path, code, message)| json!({ "path": path, "message": message, "code": code }));
    let mut body = error("INVALID_FORM_BODY", "Invalid form body.");
    body["errors"] = wrong.collect();
    refusal(400).with_body(body.to_string())
}

pub(super) fn bad_snowflake(path: &str) -> Answer {
    bad_form(&[(path, "INVALID_SNOWFLAKE_FORMAT", "Invalid snowflake.")])
}

/// The refusal of fields that are not what they should be; Fluxer does not say in which way.
pub(super) fn bad_fields<'a>(names: impl IntoIterator<Item = &'a str>) -> Answer {
    const MESSAGE: &str = "The provided value is in an invalid format.";
    let wrong = names
        .into_iter()
        .map(|name| (name, "INVALID_FORMAT", MESSAGE));
    bad_form(&wrong.collect::<Vec<_>>())
}

/// Reads a JSON body, or refuses it.
pub(super) fn form<T>(
    asked: &Recorded,
    nulls: Nulls,
    read: impl FnOnce(&mut Form) -> T,
) -> Result<T, Answer> {
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
pub(super) enum Nulls {
    Absent,
    Wrong,
}

pub(super) fn with_bucket(answer: Answer, bucket: Bucket, room: Room, now: Timestamp) -> Answer {
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
