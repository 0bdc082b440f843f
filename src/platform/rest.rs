//! One request of a platform's API, and its answer, whole.
//!
//! Both platforms name the bot and the reason for the audit log in the same headers, and write
//! JSON. What an answer means is left to them.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    Method, Response, StatusCode,
    header::{self, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::Instant;

use super::{BODY_MAX_BYTES, Failed};
use crate::http;

/// Why something was done, for the audit log.
/// See [Discord Docs/Audit Logs]; Fluxer has taken it over.
///
/// [Discord Docs/Audit Logs]: https://discord.com/developers/docs/resources/audit-log
const AUDIT_REASON: &str = "x-audit-log-reason";

/// How many more requests of this kind are taken.
const LIMIT_REMAINING: &str = "x-ratelimit-remaining";

/// Until they are taken again, in seconds with fractions.
const LIMIT_RESET_AFTER: &str = "x-ratelimit-reset-after";

/// What is asked for: a path below the API's base, without a slash before it, and what goes along.
#[derive(Debug)]
pub(super) struct Ask {
    method: Method,
    path: String,
    body: Option<Value>,
    reason: Option<HeaderValue>,
}

/// An answer of any status, read to its end.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// From sending the request to the end of the answer.
    pub(super) took: Duration,
}

impl Ask {
    pub(super) fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            body: None,
            reason: None,
        }
    }

    pub(super) fn get(path: String) -> Self {
        Self::new(Method::GET, path)
    }

    #[must_use]
    pub(super) fn with(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    /// With a reason for the audit log, written as this platform reads it: in printable ASCII.
    #[must_use]
    pub(super) fn because(self, reason: &str) -> Self {
        let reason = HeaderValue::from_str(reason).expect("a reason is printable ASCII by now");
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// Sends it once.
    pub(super) async fn send(
        &self,
        platform: PlatformName,
        client: &http::Client,
        base: &str,
        token: Option<&SecretString>,
    ) -> Result<Answered, Failed> {
        let url = format!("{base}/{}", self.path);
        let mut request = client.request(self.method.clone(), &url);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, bearer(token));
        }
        if let Some(reason) = &self.reason {
            request = request.header(AUDIT_REASON, reason.clone());
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        let began = Instant::now();
        let response = request.send().await;
        let response = response.map_err(|error| not_sent(platform, error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_body(platform, response).await?;
        Ok(Answered {
            status,
            headers,
            body,
            took: began.elapsed(),
        })
    }
}

impl Answered {
    /// How long a header asks to wait, in whole seconds: all that a proxy in front of the API
    /// says.
    pub(super) fn retry_after(&self) -> Option<f64> {
        let seconds = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        seconds.parse::<u32>().ok().map(f64::from)
    }

    /// How long no more of this is taken, when this was the last that is: what a platform says
    /// beforehand need not be found out by a refusal.
    /// See [Discord Docs/Rate Limits].
    ///
    /// [Discord Docs/Rate Limits]: https://discord.com/developers/docs/topics/rate-limits
    pub(super) fn exhausted(&self) -> Option<Duration> {
        let header = |name: &str| self.headers.get(name)?.to_str().ok();
        let seconds: f64 = header(LIMIT_RESET_AFTER)?.parse().ok()?;
        let is_last = header(LIMIT_REMAINING)? == "0";
        is_last.then(|| Duration::try_from_secs_f64(seconds).ok())?
    }

    /// What time it is there.
    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = self.headers.get(header::DATE)?.to_str().ok()?;
        rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
    }
}

fn bearer(token: &SecretString) -> HeaderValue {
    let mut value = HeaderValue::from_str(&format!("Bot {}", token.expose_secret()))
        .expect("a configured token is printable ASCII");
    value.set_sensitive(true);
    value
}

async fn read_body(platform: PlatformName, mut response: Response) -> Result<Bytes, Failed> {
    let mut body = BytesMut::new();
    let broken = |error| not_sent(platform, error);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > BODY_MAX_BYTES {
            return Err(Failed::new(platform, Kind::Unreadable));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// No answer, or a broken one. The URL is left out, since it may hold an invite's code.
pub(super) fn not_sent(platform: PlatformName, error: reqwest::Error) -> Failed {
    let kind = if error.is_timeout() {
        Kind::TimedOut
    } else {
        Kind::Unreachable
    };
    Failed::new(platform, kind)
        .of_everything(error.is_connect())
        .because(error.without_url())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(name: header::HeaderName, value: &'static str) -> Answered {
        Answered {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(name, HeaderValue::from_static(value))]),
            body: Bytes::new(),
            took: Duration::ZERO,
        }
    }

    #[test]
    fn the_date_is_read_as_servers_write_it() {
        let date = |value| answered(header::DATE, value).date();
        let read = date("Mon, 23 Nov 2026 05:43:12 GMT");
        assert_eq!(read, "2026-11-23T05:43:12Z".parse().ok());
        assert_eq!(date("yesterday"), None);
    }

    #[test]
    fn only_whole_seconds_are_a_wait() {
        let wait = |value| answered(header::RETRY_AFTER, value).retry_after();
        assert_eq!(wait("3"), Some(3.0));
        for other in ["-1", "1e9", "Mon, 23 Nov 2026 05:43:12 GMT"] {
            assert_eq!(wait(other), None, "{other}");
        }
    }

    #[test]
    fn a_limit_is_exhausted_when_nothing_remains_of_it() {
        let exhausted = |remaining: &'static str, reset_after: &'static str| {
            let mut answered = answered(header::DATE, "");
            let mut add = |name, value| {
                let value = HeaderValue::from_static(value);
                answered.headers.insert(name, value);
            };
            add(LIMIT_REMAINING, remaining);
            add(LIMIT_RESET_AFTER, reset_after);
            answered.exhausted()
        };
        assert_eq!(exhausted("0", "0.25"), Some(Duration::from_millis(250)));
        assert_eq!(exhausted("1", "0.25"), None);
        assert_eq!(exhausted("0", "-1"), None);
        assert_eq!(exhausted("0", "soon"), None);
        assert_eq!(answered(header::DATE, "").exhausted(), None);
    }

    #[test]
    fn debug_tells_no_token() {
        let bearer = bearer(&SecretString::from("s3cr3t"));
        assert!(!format!("{bearer:?}").contains("s3cr3t"));
    }
}
