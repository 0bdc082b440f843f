//! The signed HTTP webhook: slash commands, buttons, menus, forms, suggestions.
//!
//! ```text
//! headers ─ body, bounded ─ signature ─ envelope ─ PING? ─ seen before? ─ invocation ─ plan ─ reply
//!   401        413, 408        401        400     answered     409
//! ```
//!
//! A verified interaction is answered with 200, whatever it asks for. A reply that is not ready in time is
//! deferred and delivered as an edit: every interaction gets exactly one answer.

mod alarm;
mod answer;
mod deliver;
mod draw;
pub(crate) mod envelope;
mod interaction;
mod seen;
mod signature;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use gatehouse_commands::PlatformName;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use tokio::time::{Instant, timeout};
use tracing::{debug, error, warn};

use self::{
    alarm::ClockAlarm,
    deliver::Courier,
    envelope::{AUTOCOMPLETE, Envelope, EnvelopeError, PING},
    seen::Seen,
    signature::{Claim, SignatureError},
};
pub use self::{
    answer::{INLINE_BUDGET, PROGRESS_EVERY, RUN_MAX},
    signature::TIMESTAMP_WINDOW,
};
use crate::{clock::Clock, config::PlatformConfig, service::Service, shutdown::Shutdown};

/// The largest body that is read, in bytes. Interactions take a few thousand.
pub const BODY_MAX_BYTES: usize = 256 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(5);

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
    seen: Seen,
    clock_alarm: ClockAlarm,
    shutdown: Shutdown,
}

impl Face {
    /// Takes this platform's interactions.
    pub fn new(
        platform: PlatformName,
        config: &PlatformConfig,
        service: Service,
        shutdown: Shutdown,
    ) -> Self {
        let courier = Courier::new(platform, config, service.clock());
        Self {
            shared: Arc::new(Shared {
                platform,
                public_keys: config.public_keys.clone(),
                service,
                courier,
                seen: Seen::default(),
                clock_alarm: ClockAlarm::default(),
                shutdown,
            }),
        }
    }

    fn clock(&self) -> &Clock {
        self.shared.service.clock()
    }
}

/// A body whose signature has been verified. There is no other way to an interaction.
#[derive(Debug)]
pub struct SignedBody {
    bytes: Bytes,
    arrived: Instant,
}

/// A request that does not get to be an interaction.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// Not signed by the platform.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// More than [`BODY_MAX_BYTES`].
    #[error("the body is larger than {BODY_MAX_BYTES} bytes")]
    TooLarge,
    /// The body took longer than [`BODY_TIMEOUT`].
    #[error("the body took too long to arrive")]
    TooSlow,
    /// The body broke off.
    #[error("the body broke off")]
    BrokenOff,
    /// Verified, but no JSON object.
    #[error("the verified body is {0}")]
    Envelope(#[from] EnvelopeError),
    /// The same interaction was taken already.
    #[error("the interaction was taken already")]
    Repeated,
}

impl IntoResponse for Rejection {
    /// An empty answer: whoever is refused learns nothing.
    fn into_response(self) -> Response {
        match self {
            Self::Envelope(_) => error!(error = %self, "interaction refused"),
            // Told by the alarm already.
            Self::Signature(SignatureError::Stale) => debug!(error = %self, "request refused"),
            _ => warn!(error = %self, "request refused"),
        }
        match self {
            Self::Signature(_) => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BrokenOff | Self::Envelope(_) => StatusCode::BAD_REQUEST,
            Self::Repeated => StatusCode::CONFLICT,
        }
        .into_response()
    }
}

impl FromRequest<Face> for SignedBody {
    type Rejection = Rejection;

    async fn from_request(request: Request, face: &Face) -> Result<Self, Rejection> {
        let arrived = Instant::now();
        let (head, body) = request.into_parts();
        let claim = Claim::read(&head.headers, face.clock().now())?;
        let bytes = read_body(body).await?;
        let verified = claim.verify(&face.shared.public_keys, &bytes);
        if let Err(SignatureError::Stale) = verified {
            let Shared {
                clock_alarm,
                platform,
                ..
            } = &*face.shared;
            clock_alarm.ring(*platform, claim.ahead());
        }
        verified?;
        Ok(Self { bytes, arrived })
    }
}

async fn read_body(body: Body) -> Result<Bytes, Rejection> {
    let collected = timeout(BODY_TIMEOUT, Limited::new(body, BODY_MAX_BYTES).collect()).await;
    match collected {
        Err(_) => Err(Rejection::TooSlow),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Rejection::TooLarge),
        Ok(Err(_)) => Err(Rejection::BrokenOff),
        Ok(Ok(body)) => Ok(body.to_bytes()),
    }
}

/// `POST /discord/interactions`, `POST /fluxer/interactions`.
///
/// # Errors
///
/// The request is not an interaction, or one that was taken already.
pub async fn interactions(
    State(face): State<Face>,
    SignedBody { bytes, arrived }: SignedBody,
) -> Result<Response, Rejection> {
    let envelope = Envelope::read(&bytes)?;
    if envelope.kind == Some(PING) {
        return Ok(json(&draw::pong()));
    }
    if let Some(id) = envelope.id
        && !face.shared.seen.is_new(id, face.clock().now())
    {
        return Err(Rejection::Repeated);
    }
    let shared = &face.shared;
    let received = interaction::read(&bytes, envelope.kind, shared.platform, &shared.service);
    let response = if envelope.kind == Some(AUTOCOMPLETE) {
        answer::suggest(&face, received, arrived).await
    } else {
        answer::answer(&face, received, arrived).await
    };
    Ok(json(&response))
}

/// `body` as JSON, with status 200.
fn json(body: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(body).expect("texts, numbers and flags can be written");
    ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}
