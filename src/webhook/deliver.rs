//! Replies that come later: edits of a deferred answer, and private messages beside a shared one.
//!
//! Neither needs the bot's token (the interaction's own is in the path), so a wrong bot token
//! still gets its failure told.

use std::time::Duration;

use gatehouse_commands::{Placement, PlatformErrorKind, PlatformName, Reply};
use jiff::Timestamp;
use reqwest::RequestBuilder;
use serde::Serialize;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};
use tracing::{
    debug, error,
    field::{DisplayValue, display},
};
use twilight_model::{channel::message::MessageFlags, http::interaction::InteractionResponseData};

use super::{
    draw::{self, Drawn},
    interaction::Credential,
};
use crate::{
    config::PlatformConfig,
    http,
    metrics::Calls,
    platform::{
        self, Failed, Gate, Route,
        discord::{self, Discord},
        fluxer::{self, Fluxer},
    },
    service::{Chain, Service},
};

/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Pauses before each attempt. The first lets the deferral arrive before its edit does: until
/// then the platform knows of no message to edit.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(150),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Replies that are being sent to a platform at one time, each on a connection of its own. The others
/// wait their turn, a fraction of a second while the platform is well.
pub const DELIVERIES_MAX: usize = 64;

/// The longest wait that a rate limit can ask for between two attempts.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Brings later replies to where they go.
#[derive(Debug)]
pub(super) struct Courier {
    destination: Destination,
    turns: Semaphore,
}

/// Where later replies go.
#[derive(Debug)]
enum Destination {
    /// Discord, without the bot's token.
    Discord(Box<Discord>),
    /// Fluxer, without the bot's token.
    Fluxer(Box<Fluxer>),
}

/// What happens to which message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Errand {
    /// The deferred answer becomes the reply.
    Edit,
    /// The reply stands beside the answer, seen by one person alone.
    FollowUp,
}

impl Errand {
    const fn route(self) -> Route {
        match self {
            Self::Edit => Route::Edit,
            Self::FollowUp => Route::FollowUp,
        }
    }
}

impl Courier {
    /// A courier to the platform that sends the interactions.
    pub(super) fn new(platform: PlatformName, config: &PlatformConfig, service: &Service) -> Self {
        let tokenless = PlatformConfig {
            token: None,
            ..config.clone()
        };
        let (clock, calls) = (service.clock().clone(), service.metrics().calls(platform));
        let gate = service.gate();
        let destination = match platform {
            PlatformName::Discord => {
                let discord = Discord::new(&tokenless, clock, gate, calls);
                Destination::Discord(Box::new(discord))
            }
            PlatformName::Fluxer => {
                let fluxer = Fluxer::new(&tokenless, clock, gate, calls);
                Destination::Fluxer(Box::new(fluxer))
            }
        };
        Self {
            destination,
            turns: Semaphore::new(DELIVERIES_MAX),
        }
    }

    /// Delivers a reply to an interaction that was deferred as `deferred`, and says whether it
    /// could. Tries several times; the last error is logged.
    pub(super) async fn deliver(
        &self,
        credential: &Credential,
        deferred: Placement,
        reply: &Reply,
        now: Timestamp,
    ) -> bool {
        match (deferred, reply.placement) {
            // What others see stays as it is when it cannot be replaced.
            (Placement::Replace, Placement::Private) => {
                self.run(credential, Errand::FollowUp, reply, now).await
            }
            // What was to be shared failed: everyone is told that much, one person is told why.
            (Placement::Shared, Placement::Private) => {
                let told = self
                    .run(credential, Errand::Edit, &Reply::elsewhere(), now)
                    .await;
                self.run(credential, Errand::FollowUp, reply, now).await && told
            }
            _ => self.run(credential, Errand::Edit, reply, now).await,
        }
    }

    /// Shows how far a run got, in place of what stands there. Tried once: there will be another
    /// one soon.
    pub(super) async fn show(
        &self,
        credential: &Credential,
        deferred: Placement,
        reply: &Reply,
        now: Timestamp,
    ) {
        let drawn = draw::message(reply, now);
        if deferred == Placement::Shared {
            return;
        }
        let Ok(_turn) = self.turns.try_acquire() else {
            return;
        };
        let sent = timeout(ATTEMPT_TIMEOUT, self.send(credential, Errand::Edit, &drawn)).await;
        if let Ok(Err(failed)) = sent {
            debug!(error = chain(&failed), "progress not shown");
        }
    }

    /// Runs an errand. An edit that is refused for what it holds makes room for word of that:
    /// no deferral stays without an answer.
    async fn run(
        &self,
        credential: &Credential,
        errand: Errand,
        reply: &Reply,
        now: Timestamp,
    ) -> bool {
        let drawn = draw::message(reply, now);
        let last = match self.try_often(credential, errand, &drawn).await {
            Ok(()) => return true,
            Err(last) => last,
        };
        if errand == Errand::Edit && last == Some(PlatformErrorKind::Refused) {
            let word = draw::message(&Reply::undeliverable(), now);
            let _ = timeout(ATTEMPT_TIMEOUT, self.send(credential, errand, &word)).await;
        }
        false
    }

    /// Sends until it is taken; else gives the last error, `None` when there was no answer.
    async fn try_often(
        &self,
        credential: &Credential,
        errand: Errand,
        drawn: &Drawn,
    ) -> Result<(), Option<PlatformErrorKind>> {
        let mut last: Option<Failed> = None;
        for pause in PAUSES {
            let asked_wait = last.as_ref().and_then(Failed::wait).unwrap_or_default();
            sleep(pause.max(asked_wait.min(WAIT_MAX))).await;
            // However long it takes: no more wait than there are places for commands.
            let _turn = self.turns.acquire().await;
            let sent = timeout(ATTEMPT_TIMEOUT, self.send(credential, errand, drawn)).await;
            last = match sent {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(failed)) => Some(failed),
                Err(_) => None,
            };
            debug!(error = last.as_ref().map(chain), "reply not delivered yet");
            if errand == Errand::FollowUp && may_have_arrived(kind(last.as_ref())) {
                break;
            }
        }
        error!(
            error = last.as_ref().map(chain),
            "reply could not be delivered"
        );
        Err(kind(last.as_ref()))
    }

    async fn send(
        &self,
        credential: &Credential,
        errand: Errand,
        drawn: &Drawn,
    ) -> Result<(), Failed> {
        let Credential {
            application_id,
            token,
        } = credential;
        let route = errand.route();
        let path = route.path(&[application_id, token]);
        let destination = &self.destination;
        let (calls, gate) = (destination.calls(), destination.gate());
        let request = destination.request(route, &path).await?;
        let request = with_message(request, body(errand, drawn), drawn);
        // What a success says is left unread: once it is there, the reply is, even if the rest of
        // the answer breaks off.
        match platform::refusal(calls.begin(route), gate, request).await? {
            None => Ok(()),
            Some(answered) => Err(match destination {
                Destination::Discord(_) => discord::refused_with(&answered),
                Destination::Fluxer(_) => fluxer::refused_with(&answered),
            }),
        }
    }
}

impl Destination {
    fn calls(&self) -> &Calls {
        match self {
            Self::Discord(discord) => discord.calls(),
            Self::Fluxer(fluxer) => fluxer.calls(),
        }
    }

    fn gate(&self) -> &Gate {
        match self {
            Self::Discord(discord) => discord.gate(),
            Self::Fluxer(fluxer) => fluxer.gate(),
        }
    }

    /// A request below the API's base, without a token.
    async fn request(&self, route: Route, path: &str) -> Result<RequestBuilder, Failed> {
        match self {
            Self::Discord(discord) => Ok(discord.request(route.method(), path)),
            Self::Fluxer(fluxer) => fluxer.request(route.method(), path).await,
        }
    }
}

fn kind(failed: Option<&Failed>) -> Option<PlatformErrorKind> {
    failed.map(|failed| failed.error.kind)
}

fn chain(failed: &Failed) -> DisplayValue<Chain<'_>> {
    display(Chain(&failed.error))
}

/// Whether a message may have been posted although no success was told: a second one must not
/// follow.
const fn may_have_arrived(last: Option<PlatformErrorKind>) -> bool {
    !matches!(
        last,
        Some(
            PlatformErrorKind::Broken
                | PlatformErrorKind::RateLimited { .. }
                | PlatformErrorKind::Refused
        )
    )
}

/// The body of a message, with what belongs to its file.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    message: &'a InteractionResponseData,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<MessageFlags>,
    /// What remains or is added; an edit without a file takes away what was there.
    attachments: Vec<BodyAttachment<'a>>,
}

#[derive(Serialize)]
struct BodyAttachment<'a> {
    /// Which of the files beside the body, as a text: both forms are taken, and the published
    /// schema wants this one.
    id: &'static str,
    filename: &'a str,
    /// What a picture shows, for whoever cannot see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

const FILE_ID: &str = "0";

/// The body of the edit that brings this.
pub(super) fn edit(drawn: &Drawn) -> Vec<u8> {
    body(Errand::Edit, drawn)
}

fn body(errand: Errand, drawn: &Drawn) -> Vec<u8> {
    let attachments = drawn.file.iter().map(|file| BodyAttachment {
        id: FILE_ID,
        filename: &file.name,
        description: file.alt_text.as_deref(),
    });
    let body = Body {
        message: &drawn.message,
        flags: (errand == Errand::FollowUp).then_some(MessageFlags::EPHEMERAL),
        attachments: attachments.collect(),
    };
    serde_json::to_vec(&body).expect("texts, numbers and flags can be written")
}

/// The request with a message, and with its file if it has one.
fn with_message(request: RequestBuilder, body: Vec<u8>, drawn: &Drawn) -> RequestBuilder {
    match &drawn.file {
        None => request
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body),
        Some(file) => request.multipart(http::form(body, file)),
    }
}
