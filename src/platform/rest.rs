//! One request of a platform's API, and its answer, whole.
//!
//! Both platforms name the bot and the reason for the audit log in the same headers, and write
//! JSON. What an answer means is left to them.

use std::{
    error::Error,
    fmt::{self, Display},
    future::Future,
    io,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::{sync::SemaphorePermit, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    BODY_MAX_BYTES, Failed, OVERVIEW_GRACE,
    gate::{Gate, Held, Traffic},
    route::Route,
};
use crate::{
    export::File,
    http,
    metrics::{Call, Calls, Status},
};

/// A rate limit that passes within this time is waited out; a longer one is told.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(5);

/// How often one request is repeated after a rate limit.
const RATE_LIMIT_RETRIES: u32 = 2;

/// The most that is read of an answer that is no success, in bytes. Those of the platforms take
/// under 1,000; of a longer one the status says enough.
const REFUSAL_MAX_BYTES: usize = 64 * 1024;

/// The most room that is made for a body on its header's word alone, in bytes: a list of 1000
/// invites takes three quarters of it.
const TOLD_MAX_BYTES: usize = 1024 * 1024;

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
/// `Debug` shows none of it: a path may hold a code.
pub(crate) struct Ask {
    route: Route,
    path: String,
    body: Option<Value>,
    file: Option<File>,
    reason: Option<HeaderValue>,
}

/// An answer of any status, read to its end. `Debug` does not show what it holds.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(crate) said: Said,
    /// From sending the request to the end of the answer.
    pub(super) took: Duration,
}

/// The body of an answer. Its call counts as unreadable if it makes no sense. `Debug` does not
/// show it.
pub(crate) struct Said {
    body: Bytes,
    /// What the body takes until it has been understood.
    _room: Held,
    call: Call,
}

/// A platform's API as one bot reaches it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Api<'a> {
    pub(super) calls: &'a Calls,
    pub(super) gate: &'a Gate,
    pub(super) client: &'a http::Client,
    /// Without a slash at its end.
    pub(super) base: &'a str,
    pub(super) token: Option<&'a SecretString>,
    /// What an answer means that is no success.
    pub(super) refused: fn(&Answered) -> Failed,
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Ask");
        shown.field("route", &self.route).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answered")
            .field("status", &self.status)
            .field("said", &self.said)
            .field("took", &self.took)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Said");
        shown
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Said {
    fn new(body: Bytes, room: Held, call: Call) -> Self {
        Self {
            body,
            _room: room,
            call,
        }
    }

    /// The body as it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// What it means.
    pub(crate) fn read<T>(
        mut self,
        read: impl FnOnce(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<T, Failed> {
        read(&self.body).map_err(|error| {
            self.call.is_unreadable();
            Failed::unreadable(self.call.platform(), error)
        })
    }
}

impl Ask {
    /// Asks for this, with these for what the route leaves open.
    pub(crate) fn to(route: Route, parts: &[&(dyn Display + Sync)]) -> Self {
        Self {
            route,
            path: route.path(parts),
            body: None,
            file: None,
            reason: None,
        }
    }

    /// With this query.
    #[must_use]
    pub(crate) fn asking(mut self, query: &str) -> Self {
        self.path.push('?');
        self.path.push_str(query);
        self
    }

    #[must_use]
    pub(crate) fn with(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    /// With a file beside the body.
    #[must_use]
    pub(super) fn beside(self, file: Option<&File>) -> Self {
        Self {
            file: file.cloned(),
            ..self
        }
    }

    /// With a reason for the audit log, written as this platform reads it: in printable ASCII.
    #[must_use]
    pub(crate) fn because(self, reason: &str) -> Self {
        let reason = HeaderValue::from_str(reason).expect("a reason is printable ASCII by now");
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// Sends it once.
    pub(super) async fn send(&self, api: &Api<'_>) -> Result<Answered, Failed> {
        let _turn = self.turn(api).await?;
        let call = api.calls.begin(self.route);
        let sent = self.request(api, http::Client::request).send().await;
        answered(call, api.gate, sent).await
    }

    /// Sends what may be sent more than once, and gives its answer, whatever the answer is. A
    /// short rate limit is waited out, and a connection that was closed as the request was on its
    /// way is made anew.
    pub(super) async fn send_patiently(&self, api: &Api<'_>) -> Result<Answered, Failed> {
        let mut retries = 0;
        loop {
            let turn = self.turn(api).await?;
            let call = api.calls.begin(self.route);
            let mut sent = self.request(api, http::Client::request).send().await;
            if sent.as_ref().is_err_and(was_closed) {
                // Others that were kept open may be closed as well.
                sent = self.request(api, http::Client::request_anew).send().await;
            }
            let answered = answered(call, api.gate, sent).await?;
            drop(turn);
            if answered.status.is_success() {
                return Ok(answered);
            }
            match (api.refused)(&answered).wait() {
                Some(wait) if wait <= RATE_LIMIT_WAIT_MAX && retries < RATE_LIMIT_RETRIES => {
                    retries += 1;
                    sleep(wait).await;
                }
                _ => return Ok(answered),
            }
        }
    }

    /// Asks for something that changes nothing, and gives what a success holds.
    pub(super) async fn read(&self, api: &Api<'_>) -> Result<Said, Failed> {
        let answered = self.send_patiently(api).await?;
        if answered.status.is_success() {
            Ok(answered.said)
        } else {
            Err((api.refused)(&answered))
        }
    }

    async fn turn<'a>(&self, api: &Api<'a>) -> Result<SemaphorePermit<'a>, Failed> {
        // Whatever changes something gives a reason.
        let traffic = match self.reason {
            Some(_) => Traffic::Change,
            None => Traffic::Read,
        };
        api.gate.turn(api.calls.platform(), traffic).await
    }

    fn request(
        &self,
        api: &Api<'_>,
        made: fn(&http::Client, Method, &str) -> RequestBuilder,
    ) -> RequestBuilder {
        let url = format!("{}/{}", api.base, self.path);
        let mut request = made(api.client, self.route.method(), &url);
        if let Some(token) = api.token {
            request = request.header(header::AUTHORIZATION, bearer(token));
        }
        if let Some(reason) = &self.reason {
            request = request.header(AUDIT_REASON, reason.clone());
        }
        match (&self.body, &self.file) {
            (None, _) => request,
            (Some(body), None) => request.json(body),
            (Some(body), Some(file)) => {
                request.multipart(http::form(body.to_string().into_bytes(), file))
            }
        }
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

/// Sends a request once; what it was refused with, or `None` when it was not. A success is left
/// unread.
pub(crate) async fn refusal(
    mut call: Call,
    gate: &Gate,
    request: RequestBuilder,
) -> Result<Option<Answered>, Failed> {
    let sent = request.send().await;
    if sent.as_ref().is_ok_and(|sent| sent.status().is_success()) {
        call.ended(Status::Success);
        return Ok(None);
    }
    answered(call, gate, sent).await.map(Some)
}

/// What came of a request, read to its end.
async fn answered(
    mut call: Call,
    gate: &Gate,
    sent: Result<Response, reqwest::Error>,
) -> Result<Answered, Failed> {
    let mut room = gate.room();
    match read(call.platform(), &mut room, sent).await {
        Ok((status, headers, body)) => Ok(Answered {
            status,
            headers,
            took: call.ended(Status::of_answer(status.as_u16())),
            said: Said::new(body, room, call),
        }),
        Err(failed) => Err(call.failed(failed)),
    }
}

/// Reads an answer to its end. What is too long of a refusal is left unread.
async fn read(
    platform: PlatformName,
    room: &mut Held,
    sent: Result<Response, reqwest::Error>,
) -> Result<(StatusCode, HeaderMap, Bytes), Failed> {
    let response = sent.map_err(|error| not_sent(platform, error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = if status.is_success() {
        let body = read_body(platform, response, room, BODY_MAX_BYTES).await?;
        body.ok_or_else(|| Failed::new(platform, Kind::Unreadable))?
    } else {
        let body = read_body(platform, response, room, REFUSAL_MAX_BYTES).await?;
        body.unwrap_or_default()
    };
    Ok((status, headers, body))
}

/// A body whole, as far as there is room for it; `None` when it is longer than `max`, in bytes.
async fn read_body(
    platform: PlatformName,
    mut response: Response,
    room: &mut Held,
    max: usize,
) -> Result<Option<Bytes>, Failed> {
    let told = response
        .content_length()
        .and_then(|told| usize::try_from(told).ok());
    let crowded = |kind| Failed::new(platform, kind);
    let told = told.unwrap_or_default().min(TOLD_MAX_BYTES);
    room.grow(told).map_err(crowded)?;
    let mut body = BytesMut::with_capacity(told);
    let broken = |error| not_sent(platform, error);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        let length = body.len() + chunk.len();
        if length > max {
            return Ok(None);
        }
        room.grow(length).map_err(crowded)?;
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body.freeze()))
}

/// Whether a connection that was open ended before anything of the answer came: the platform
/// closes one that was not used for some time just as it is used again.
fn was_closed(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_incomplete_message() || error.is_canceled() || error.is_closed())
        {
            return true;
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
            );
        }
        cause = error.source();
    }
    false
}

/// What the future gives, if it is there soon after the list.
pub(super) async fn with_grace<T>(
    listed: &CancellationToken,
    future: impl Future<Output = Option<T>>,
) -> Result<Option<T>, Failed> {
    let too_late = async {
        listed.cancelled().await;
        sleep(OVERVIEW_GRACE).await;
    };
    tokio::select! {
        given = future => Ok(given),
        () = too_late => Ok(None),
    }
}

/// No answer, or a broken one. The URL is left out, since it may hold an invite's code.
fn not_sent(platform: PlatformName, error: reqwest::Error) -> Failed {
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
    use serde_json::json;

    use super::*;
    use crate::metrics::Metrics;

    fn answered(name: header::HeaderName, value: &'static str) -> Answered {
        let calls = Metrics::new().calls(PlatformName::Fluxer);
        let call = calls.begin(Route::Me);
        Answered {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(name, HeaderValue::from_static(value))]),
            said: Said::new(Bytes::new(), Gate::default().room(), call),
            took: Duration::ZERO,
        }
    }

    #[test]
    fn neither_a_request_nor_its_answer_shows_what_it_holds() {
        const SECRET: &str = "aBcD12xY";
        let ask = Ask::to(Route::DeleteInvite, &[&SECRET])
            .asking(SECRET)
            .with(json!({ "content": SECRET }))
            .because(SECRET);
        assert!(ask.path.contains(SECRET));
        let calls = Metrics::new().calls(PlatformName::Fluxer);
        let body = Bytes::from_static(SECRET.as_bytes());
        let answered = Answered {
            said: Said::new(body, Gate::default().room(), calls.begin(Route::Me)),
            ..answered(header::LOCATION, SECRET)
        };
        let shown = format!("{ask:?} {answered:?}");
        assert!(!shown.contains(SECRET), "{shown}");
        assert!(shown.contains("bytes: 8"), "{shown}");
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
