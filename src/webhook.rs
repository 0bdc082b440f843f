//! The signed HTTP webhook: slash commands, buttons, menus, forms, suggestions.
//!
//! ```text
//! headers ─ body, bounded ─ signature ─ envelope ─ PING? ─ seen before? ─ invocation ─ plan ─ reply
//!   401        413, 408        401        400     answered     409                 busy
//! ```
//!
//! Every request has an id of its own, which stands in all that is logged of it, and is counted
//! once: as an interaction, or by the reason why it was none.
//!
//! A verified interaction is answered with 200, whatever it asks for. A reply that is not ready in time is
//! deferred and delivered as an edit: every interaction gets exactly one answer.

mod alarm;
mod answer;
mod body;
mod deliver;
mod draw;
pub(crate) mod envelope;
mod interaction;
mod request;
mod seen;
mod signature;

use std::{fmt, sync::Arc};

use axum::{
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use ed25519_dalek::VerifyingKey;
use gatehouse_commands::{Invocation, PlatformName, Reply};
use jiff::Timestamp;
use serde::Serialize;
use tokio::time::Instant;
use tracing::{Instrument, debug, error, error_span, warn};
use twilight_model::http::interaction::InteractionResponse;

use self::{
    alarm::ClockAlarm,
    body::{Bodies, Held},
    deliver::Courier,
    envelope::{Envelope, EnvelopeError},
    request::Arrival,
    seen::Seen,
    signature::{Claim, SignatureError},
};
pub use self::{
    answer::{INLINE_BUDGET, PROGRESS_EVERY, RUN_MAX},
    body::{BODY_FREE_BYTES, BODY_MAX_BYTES, BODY_TIMEOUT, BodyError, LARGE_BODIES_MAX_BYTES},
    deliver::DELIVERIES_MAX,
    signature::TIMESTAMP_WINDOW,
};
use crate::{
    clock::Clock,
    config::PlatformConfig,
    connections::{Seat, Working},
    export::File,
    metrics::{Closed, Ending, Flight, Kind, Metrics, Reason},
    request::RequestIds,
    service::Service,
    shutdown::Shutdown,
    tally::Tally,
};

/// A platform that sends signed interactions.
#[derive(Clone, Debug)]
pub struct Face {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    platform: PlatformName,
    public_keys: Vec<VerifyingKey>,
    service: Service,
    courier: Courier,
    bodies: Bodies,
    seen: Seen,
    clock_alarm: ClockAlarm,
    request_ids: RequestIds,
    shutdown: Shutdown,
    /// What is refused, and what is turned away.
    tally: Tally,
}

impl Face {
    /// Takes this platform's interactions.
    pub fn new(
        platform: PlatformName,
        config: &PlatformConfig,
        service: Service,
        shutdown: Shutdown,
    ) -> Self {
        let courier = Courier::new(platform, config, &service);
        Self {
            shared: Arc::new(Shared {
                platform,
                public_keys: config.public_keys.clone(),
                service,
                courier,
                bodies: Bodies::default(),
                seen: Seen::default(),
                clock_alarm: ClockAlarm::default(),
                request_ids: RequestIds::default(),
                shutdown,
                tally: Tally::default(),
            }),
        }
    }

    fn clock(&self) -> &Clock {
        self.shared.service.clock()
    }

    fn metrics(&self) -> &Metrics {
        self.shared.service.metrics()
    }

    fn arrival(&self) -> Arrival {
        Arrival {
            at: Instant::now(),
            id: self.shared.request_ids.next(),
            _in_flight: self.metrics().in_flight(Flight::Requests),
        }
    }

    fn refusal(&self, arrival: Arrival, why: impl Into<Rejection>) -> Refusal {
        Refusal {
            face: self.clone(),
            arrival,
            why: why.into(),
        }
    }
}

/// A body whose signature has been verified. There is no other way to an interaction. `Debug` does
/// not show it.
pub struct SignedBody {
    body: Held,
    arrival: Arrival,
    /// Keeps the connection from being closed for another one.
    _working: Option<Working>,
}

impl fmt::Debug for SignedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SignedBody");
        shown
            .field("bytes", &self.body.bytes.len())
            .finish_non_exhaustive()
    }
}

/// A request that does not get to be an interaction.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// Not signed by the platform.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The body was not read.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The connection was closed for another one while the signature was being verified.
    #[error("the connection was closed for another one")]
    ConnectionLost,
    /// Verified, but no JSON object.
    #[error("the verified body is {0}")]
    Envelope(#[from] EnvelopeError),
    /// The same interaction was taken already.
    #[error("the interaction was taken already")]
    Repeated,
}

impl Rejection {
    const fn reason(&self) -> Reason {
        match self {
            Self::Signature(SignatureError::Header(_)) => Reason::SignatureMissing,
            Self::Signature(SignatureError::Malformed) => Reason::SignatureMalformed,
            Self::Signature(SignatureError::Timestamp) => Reason::TimestampMalformed,
            Self::Signature(SignatureError::Stale) => Reason::TimestampStale,
            Self::Signature(SignatureError::Wrong) => Reason::SignatureWrong,
            Self::Body(BodyError::TooLarge) => Reason::TooLarge,
            Self::Body(BodyError::TooSlow) => Reason::TooSlow,
            Self::Body(BodyError::BrokenOff) => Reason::BrokenOff,
            Self::ConnectionLost => Reason::TooManyConnections,
            Self::Envelope(_) => Reason::NotJson,
            Self::Repeated => Reason::Repeated,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Signature(_) => StatusCode::UNAUTHORIZED,
            Self::Body(BodyError::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::TooSlow) => StatusCode::REQUEST_TIMEOUT,
            Self::ConnectionLost => StatusCode::SERVICE_UNAVAILABLE,
            Self::Body(BodyError::BrokenOff) | Self::Envelope(_) => StatusCode::BAD_REQUEST,
            Self::Repeated => StatusCode::CONFLICT,
        }
    }
}

/// A request that is refused, and why: counted and logged when it is answered.
#[derive(Debug)]
pub struct Refusal {
    face: Face,
    arrival: Arrival,
    why: Rejection,
}

impl IntoResponse for Refusal {
    /// An empty answer: whoever is refused learns nothing.
    fn into_response(self) -> Response {
        self.face.metrics().rejected(self.why.reason());
        self.tell();
        let mut response = self.why.status().into_response();
        if let Rejection::Body(_) = self.why {
            // What is left of the body is not read: a proxy must not send another request behind it.
            // See RFC 9112, section 9.6.
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        response
    }
}

impl Refusal {
    /// Tells the log; of many of a kind the first, and then how many there were.
    fn tell(&self) {
        let Self { face, arrival, why } = self;
        let (platform, reason) = (face.shared.platform.key(), why.reason().word());
        // Told by the alarm already.
        if let Rejection::Signature(SignatureError::Stale) = why {
            debug!(
                request.id = %arrival.id, platform, reason, error = %why, "request refused"
            );
            return;
        }
        let sum = move |count| warn!(platform, reason, count, "more requests refused");
        if !face.shared.tally.is_told(reason, sum) {
            return;
        }
        if let Rejection::Envelope(_) = why {
            error!(
                request.id = %arrival.id, platform, reason, error = %why, "interaction refused"
            );
        } else {
            warn!(
                request.id = %arrival.id, platform, reason, error = %why, "request refused"
            );
        }
    }
}

impl FromRequest<Face> for SignedBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, face: &Face) -> Result<Self, Refusal> {
        let arrival = face.arrival();
        match signed_body(request, face).await {
            Ok((body, working)) => Ok(Self {
                body,
                arrival,
                _working: working,
            }),
            Err(why) => Err(face.refusal(arrival, why)),
        }
    }
}

async fn signed_body(request: Request, face: &Face) -> Result<(Held, Option<Working>), Rejection> {
    let (head, body) = request.into_parts();
    let claim = Claim::read(&head.headers, face.clock().now())?;
    let Shared {
        platform,
        public_keys,
        bodies,
        clock_alarm,
        ..
    } = &*face.shared;
    let body = bodies.read(body).await?;
    let verified = claim.verify(public_keys, &body.bytes);
    if let Err(SignatureError::Stale) = verified {
        clock_alarm.ring(*platform, claim.ahead());
    }
    verified?;
    let working = match head.extensions.get::<Arc<Seat>>() {
        Some(seat) => Some(seat.work().ok_or(Rejection::ConnectionLost)?),
        None => None,
    };
    Ok((body, working))
}

/// `POST /discord/interactions`, `POST /fluxer/interactions`.
///
/// # Errors
///
/// The request is not an interaction, or one that was taken already.
pub async fn interactions(
    State(face): State<Face>,
    SignedBody {
        body,
        arrival,
        _working,
    }: SignedBody,
) -> Result<Response, Refusal> {
    let envelope = match Envelope::read(&body.bytes) {
        Ok(envelope) => envelope,
        Err(why) => return Err(face.refusal(arrival, why)),
    };
    let platform = face.shared.platform;
    let kind = envelope.sort();
    let response = if kind == Kind::Ping {
        face.metrics().ended(platform, kind, Ending::Answered);
        draw::pong()
    } else {
        // Only here, where it pays: at the highest level, so that warnings keep it when less is
        // logged.
        let span = error_span!("request", request.id = %arrival.id);
        let work = take(face.clone(), body, envelope, arrival.at).instrument(span);
        // A caller who hangs up stops nothing, so what is done is counted and told.
        match face.shared.shutdown.start(work).await {
            Some(Some(response)) => response,
            Some(None) => return Err(face.refusal(arrival, Rejection::Repeated)),
            // Nothing was begun yet: what breaks from then on is caught where it is known what it
            // was, see `answer`.
            None => answer::broken(&face, kind),
        }
    };
    let response = json(&response);
    let took = arrival.at.elapsed();
    face.metrics().answered(platform, kind, took);
    Ok(response)
}

/// Takes an interaction; `None` for one that was taken already.
async fn take(
    face: Face,
    body: Held,
    envelope: Envelope,
    arrived: Instant,
) -> Option<InteractionResponse> {
    let Face { shared } = &face;
    if let Some(id) = envelope.id
        && !shared.seen.is_new(id, face.clock().now())
    {
        return None;
    }
    let received = interaction::read(&body.bytes, envelope.kind, shared.platform, &shared.service);
    // Others may need its room.
    drop(body);
    let asked = answer::Asked {
        kind: envelope.sort(),
        arrived,
    };
    Some(if asked.kind == Kind::Autocomplete {
        answer::suggest(&face, received, asked).await
    } else {
        answer::answer(&face, received, asked).await
    })
}

/// The bodies that a reply goes out in. For whoever tries the drawing alone, see
/// [`parts`](crate::parts).
pub(crate) fn bodies(reply: &Reply, now: Timestamp) -> SentBodies {
    let drawn = draw::message(reply, now);
    SentBodies {
        answer: answer_body(reply, now),
        edit: deliver::edit(&drawn),
        file: drawn.file,
    }
}

/// The bodies that a reply goes out in. `Debug` does not show what they hold.
pub struct SentBodies {
    /// Of the direct answer.
    pub answer: Vec<u8>,
    /// Of the edit of a deferred one.
    pub edit: Vec<u8>,
    /// What goes beside the edit.
    pub file: Option<File>,
}

impl fmt::Debug for SentBodies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentBodies")
            .field("answer_bytes", &self.answer.len())
            .field("edit_bytes", &self.edit.len())
            .finish_non_exhaustive()
    }
}

/// What a verified body asks for; `None` where it is no interaction.
pub fn read(body: &[u8], platform: PlatformName, service: &Service) -> Option<Invocation> {
    let envelope = Envelope::read(body).ok()?;
    Some(interaction::read(body, envelope.kind, platform, service).invocation)
}

/// The body of the direct answer that shows a reply.
pub fn answer_body(reply: &Reply, now: Timestamp) -> Vec<u8> {
    written(&draw::response(reply, now))
}

fn written(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("texts, numbers and flags can be written")
}

/// `body` as JSON, with status 200.
fn json(body: &impl Serialize) -> Response {
    let bytes = written(body);
    ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}
