//! How Discord refuses: its errors, what it says about forms, and its rate limits.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        answer::Answer,
        fault::LimitScope,
        form::{Form, Problem},
        limits::{Full, Room},
        record::Recorded,
        route::Route,
        world::World,
    },
    BUCKET,
};

/// The error of this status, with the code and the text that go with it.
pub(in super::super) fn refusal(status: u16) -> Answer {
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
pub(in super::super) fn error(code: u32, message: &str) -> Value {
    json!({ "message": message, "code": code })
}

pub(super) fn refused(status: u16, code: u32, message: &str) -> Answer {
    Answer::json(status, &error(code, message))
}

pub(super) fn missing_access() -> Answer {
    refused(403, 50_001, "Missing Access")
}

/// The refusal of an interaction's first answer that nobody edited, so of which nothing is known here.
pub(in super::super) fn unknown_message() -> Answer {
    refused(404, 10_008, "Unknown Message")
}

/// The refusal of a form with one field wrong.
pub(super) fn bad_field(field: &str, code: &str, message: &str) -> Answer {
    bad_form(&[(field, code.to_owned(), message.to_owned())])
}

/// The refusal of a form with these fields wrong.
pub(super) fn bad_form(wrong: &[(&str, String, String)]) -> Answer {
    let mut body = error(50_035, "Invalid Form Body");
    body["errors"] = json!({});
    for (field, code, message) in wrong {
        body["errors"][field] = json!({ "_errors": [{ "code": code, "message": message }] });
    }
    Answer::json(400, &body)
}

pub(super) fn not_json() -> Answer {
    refused(400, 50_109, "The request body contains invalid JSON.")
}

/// Reads a JSON body, or refuses it.
pub(super) fn form<T>(asked: &Recorded, read: impl FnOnce(&mut Form) -> T) -> Result<T, Answer> {
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
pub(super) fn told(problem: Problem) -> (&'static str, String) {
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
pub(in super::super) fn limited(
    retry_after: Duration,
    scope: LimitScope,
    route: Option<Route>,
) -> Answer {
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
pub(super) fn refused_by(route: Route, full: Full, world: &World) -> Answer {
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

pub(super) fn with_bucket(answer: Answer, route: Route, room: Room, now: Timestamp) -> Answer {
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

pub(super) fn no_snowflake(field: &str, value: &str) -> Answer {
    let message = format!("Value \"{value}\" is not snowflake.");
    bad_field(field, "NUMBER_TYPE_COERCE", &message)
}
