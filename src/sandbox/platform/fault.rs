//! Ways in which a platform misbehaves.

use std::{
    future::ready,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    answer::Answer,
    discord, fluxer,
    route::{Asked, Route, Shape, Target},
    world::World,
};

/// What goes wrong with a request.
///
/// [`Fault::Slow`], [`Fault::HangAfterHeaders`], [`Fault::CutOff`], [`Fault::Garbage`], [`Fault::InvalidUtf8`] and
/// [`Fault::WrongShape`] spoil the way back: the call itself is carried out, so an edit counts as delivered, and an
/// invite is revoked.
/// The others keep it from happening.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The ordinary answer, this much later.
    Slow(Duration),
    /// No answer at all.
    Hang,
    /// The connection is closed instead of an answer, as one that was open for too long.
    HangUp,
    /// Status and headers of the ordinary answer, and then never a body. Nothing at all where it has none.
    HangAfterHeaders,
    /// The connection breaks in the middle of the body, or before the status where there is no body.
    CutOff,
    /// The asked platform's own error with this status.
    Refused(u16),
    /// The asked platform's answer of a full bucket.
    Limited {
        /// Wait that it asks for.
        retry_after: Duration,
        /// Headers that come with it.
        scope: LimitScope,
    },
    /// Any status with any JSON.
    Status {
        /// HTTP status.
        status: u16,
        /// JSON body.
        body: Value,
    },
    /// A front proxy's page with this status.
    Html(u16),
    /// JSON that ends too early, with 200 and a length that fits.
    Garbage,
    /// The ordinary answer with bytes in its names that are no UTF-8.
    InvalidUtf8,
    /// An object where a list belongs, and a list where an object belongs.
    WrongShape,
    /// `null` with 200.
    NullList,
    /// A redirection to the same place, again and again.
    Redirect,
    /// A valid list of this many megabytes, mostly blanks, whose length is not announced.
    Bytes(usize),
}

impl Fault {
    /// An error of Fluxer with a code of one's choice.
    pub fn fluxer(status: u16, code: &str, message: &str) -> Self {
        let body = fluxer::error(code, message);
        Self::Status { status, body }
    }

    /// An error of Discord with a code of one's choice.
    pub fn discord(status: u16, code: u32, message: &str) -> Self {
        let body = discord::error(code, message);
        Self::Status { status, body }
    }

    /// A full bucket of the bot's own.
    pub fn limited(retry_after: Duration) -> Self {
        Self::Limited {
            retry_after,
            scope: LimitScope::User,
        }
    }

    /// The global limit.
    pub fn limited_globally(retry_after: Duration) -> Self {
        Self::Limited {
            retry_after,
            scope: LimitScope::Global,
        }
    }
}

/// Who shares a full bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// This bot alone.
    User,
    /// Everybody who uses the same resource.
    Shared,
    /// All calls of this bot; no headers of a bucket.
    Global,
    /// Not told: no rate limit header at all.
    Bare,
}

/// Tells how many requests met a fault.
#[derive(Clone, Debug, Default)]
pub struct FaultCount(Arc<AtomicUsize>);

impl FaultCount {
    /// Requests that met the fault so far.
    pub fn met(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Faults that are waiting for requests.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Set>);

#[derive(Debug)]
struct Set {
    target: Target,
    fault: Fault,
    /// Requests that it lets through before it begins.
    skip: usize,
    /// Requests that it still meets, `None` = all.
    left: Option<usize>,
    count: FaultCount,
}

impl Faults {
    pub(super) fn set(
        &mut self,
        target: Target,
        skip: usize,
        left: Option<usize>,
        fault: Fault,
    ) -> FaultCount {
        let count = FaultCount::default();
        self.0.push(Set {
            target,
            fault,
            skip,
            left,
            count: count.clone(),
        });
        count
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault that this request meets: counted ones in the order they were set, then the latest lasting one.
    pub(super) fn next(&mut self, route: Option<Route>, guild: Option<u64>) -> Option<Fault> {
        let meets = |set: &Set| set.target.meets(route, guild);
        let begun = |set: &Set| set.skip == 0 && meets(set);
        let counted = |set: &Set| set.left.is_some_and(|left| left > 0) && begun(set);
        let lasting = |set: &Set| set.left.is_none() && begun(set);
        let at = match self.0.iter().position(counted) {
            Some(at) => Some(at),
            None => self.0.iter().rposition(lasting),
        };
        for waiting in self.0.iter_mut().filter(|set| meets(set)) {
            waiting.skip = waiting.skip.saturating_sub(1);
        }
        let set = &mut self.0[at?];
        set.left = set.left.map(|left| left - 1);
        set.count.0.fetch_add(1, Ordering::SeqCst);
        Some(set.fault.clone())
    }
}

/// Sends what the fault makes of the ordinary answer.
pub(super) async fn spoil(
    fault: Fault,
    asked: &Asked,
    place: &str,
    ordinary: impl FnOnce() -> Answer,
    world: &World,
) -> Response {
    let stopped = world.stopped();
    match fault {
        Fault::Slow(time) => {
            tokio::select! {
                () = sleep(time) => ordinary().whole(),
                () = stopped => unanswered(),
            }
        }
        Fault::Hang => {
            stopped.await;
            unanswered()
        }
        Fault::HangUp => unanswered(),
        Fault::HangAfterHeaders => {
            let answer = ordinary();
            if answer.body.is_empty() {
                stopped.await;
                return unanswered();
            }
            let length = answer.body.len().max(1).to_string();
            let body = breaking(Bytes::new(), stopped);
            answer.with("content-length", length).streaming(body)
        }
        Fault::CutOff => {
            let answer = ordinary();
            if answer.body.is_empty() {
                return unanswered();
            }
            let half = answer.body.slice(..answer.body.len() / 2);
            let length = answer.body.len().max(1).to_string();
            cut(answer.with("content-length", length), half)
        }
        Fault::Bytes(megabytes) => {
            let mut list = vec![b' '; megabytes * 1_000_000];
            if let [first, .., last] = list.as_mut_slice() {
                (*first, *last) = (b'[', b']');
            }
            // As a stream, so that no length is sent ahead.
            let body = Body::from_stream(Body::from(list).into_data_stream());
            Answer::json(200, &Value::Null).streaming(body)
        }
        Fault::Garbage => {
            let answer = ordinary();
            let half = answer.body.slice(..answer.body.len() / 2);
            answer.with_body(half).whole()
        }
        Fault::InvalidUtf8 => {
            let answer = ordinary();
            let body = without_utf8(&answer.body);
            answer.with_body(body).whole()
        }
        Fault::WrongShape => {
            let list = ordinary().body.starts_with(b"[");
            let body = if list {
                json!({ "invites": [] })
            } else {
                json!([])
            };
            Answer::json(200, &body).whole()
        }
        Fault::NullList => Answer::json(200, &Value::Null).whole(),
        Fault::Redirect => Answer::empty(302).with("location", place).whole(),
        Fault::Html(status) => {
            let page = format!(
                "<html><head><title>{status}</title></head>\r\n\
                 <body><center><h1>{status}</h1></center><hr><center>nginx</center></body></html>\r\n"
            );
            Answer::text(status, "text/html", page).whole()
        }
        Fault::Status { status, body } => Answer::json(status, &body).whole(),
        Fault::Refused(status) => match asked.shape {
            Shape::Fluxer => fluxer::with_request_id(fluxer::refusal(status), world).whole(),
            Shape::Discord => discord::refusal(status).whole(),
        },
        Fault::Limited { retry_after, scope } => match (asked.shape, scope) {
            (Shape::Discord, _) => discord::limited(retry_after, scope, asked.call.route()).whole(),
            (Shape::Fluxer, LimitScope::Bare) => {
                fluxer::limited(retry_after, scope, &asked.call).whole()
            }
            (Shape::Fluxer, _) => {
                let answer = fluxer::limited(retry_after, scope, &asked.call);
                fluxer::with_request_id(answer, world).whole()
            }
        },
    }
}

/// Breaks the connection before anything is sent.
fn unanswered() -> Response {
    Answer::empty(503).streaming(breaking(Bytes::new(), ready(())))
}

/// An answer whose connection breaks after these bytes.
fn cut(answer: Answer, sent: Bytes) -> Response {
    // Without a pause the server would break the connection before it wrote anything.
    answer.streaming(breaking(sent, sleep(Duration::from_millis(20))))
}

/// A body of unknown length that fails once `when` is over.
fn breaking(sent: Bytes, when: impl Future<Output = ()> + Send + 'static) -> Body {
    let failing = Full::new(sent)
        .map_err(|never| match never {})
        .with_trailers(async {
            when.await;
            Some(Err(io::Error::other("broken on purpose")))
        });
    // Once more through a stream: a body that tells its length has to keep to it.
    Body::from_stream(Body::new(failing).into_data_stream())
}

/// Puts bytes that are no UTF-8 in front of every name and code, or of the first string if there is none.
fn without_utf8(body: &[u8]) -> Vec<u8> {
    let spoilt_after = |starts: &[&[u8]], times: usize| {
        let mut spoilt = Vec::with_capacity(body.len() + 2);
        let mut left = times;
        for &byte in body {
            spoilt.push(byte);
            if left > 0 && starts.iter().any(|start| spoilt.ends_with(start)) {
                spoilt.extend([0xff, 0xfe]);
                left -= 1;
            }
        }
        spoilt
    };
    let spoilt = spoilt_after(&[b"\"name\":\"", b"\"code\":\""], usize::MAX);
    if spoilt.len() > body.len() {
        spoilt
    } else {
        spoilt_after(&[b":\""], 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_faults_come_first_and_in_their_order() {
        let mut faults = Faults::default();
        let invites = Target::from(Route::Invites);
        faults.set(invites, 0, None, Fault::Hang);
        let lasting = faults.set(invites, 0, None, Fault::NullList);
        faults.set(invites, 0, Some(1), Fault::Html(502));
        let twice = faults.set(invites, 0, Some(2), Fault::Garbage);
        let mut next = || faults.next(Some(Route::Invites), Some(1));
        assert_eq!(next(), Some(Fault::Html(502)));
        assert_eq!(next(), Some(Fault::Garbage));
        assert_eq!(next(), Some(Fault::Garbage));
        assert_eq!(next(), Some(Fault::NullList));
        assert_eq!(next(), Some(Fault::NullList));
        assert_eq!((twice.met(), lasting.met()), (2, 2));
    }

    #[test]
    fn a_fault_can_let_the_first_requests_through() {
        let mut faults = Faults::default();
        let revoke = Target::from(Route::Revoke);
        let later = faults.set(revoke, 2, Some(1), Fault::Garbage);
        faults.set(revoke, 1, None, Fault::NullList);
        let mut next = |route| faults.next(Some(route), Some(1));
        assert_eq!(next(Route::Create), None);
        assert_eq!(next(Route::Revoke), None);
        assert_eq!(next(Route::Revoke), Some(Fault::NullList));
        assert_eq!(next(Route::Revoke), Some(Fault::Garbage));
        assert_eq!(next(Route::Revoke), Some(Fault::NullList));
        assert_eq!(later.met(), 1);
    }

    #[test]
    fn a_fault_meets_only_its_own_route() {
        let mut faults = Faults::default();
        faults.set(Route::Invites.in_guild(1), 0, None, Fault::Hang);
        assert_eq!(faults.next(Some(Route::Invites), Some(2)), None);
        assert_eq!(faults.next(Some(Route::Guild), Some(1)), None);
        assert_eq!(
            faults.next(Some(Route::Invites), Some(1)),
            Some(Fault::Hang)
        );
        faults.clear();
        assert_eq!(faults.next(Some(Route::Invites), Some(1)), None);
    }
}
