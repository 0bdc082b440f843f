//! Discord's API, on `twilight-http`.
//!
//! Guards around what that client does by itself: it repeats a 429 without limit, at once where
//! the limit is global; its timeout covers neither waiting for the rate limiter nor the body; after
//! a 401 it would refuse every later call, those without a token included.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use bytes::Bytes;
use gatehouse_commands::{GuildId, Listing, PlatformErrorKind as Kind, PlatformName};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::OnceCell, time::timeout};
use twilight_http::{
    Client, Error,
    error::ErrorType,
    response::{Response, ResponseFuture},
};
use twilight_model::id::{Id, marker::GuildMarker};

use super::{Answer, BODY_MAX_BYTES, Failed, OVERVIEW_GRACE, Unparsed, wire};
use crate::{clock::Clock, config::PlatformConfig, http};

/// How often a request is sent in all when Discord answers 429.
const ATTEMPTS_MAX: u32 = 2;

/// How long one attempt may take until its answer begins.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long all attempts may take, with waiting for Discord's rate limits before and between
/// them.
const SEND_TIMEOUT: Duration = Duration::from_secs(11);

const LINK_BASE: &str = "https://discord.gg";

/// Discord's own word for an unknown guild.
/// See [Discord Docs/Opcodes and Status Codes].
///
/// [Discord Docs/Opcodes and Status Codes]: https://discord.com/developers/docs/topics/opcodes-and-status-codes
const UNKNOWN_GUILD: &str = "10004";

/// Discord.
#[derive(Debug)]
pub(crate) struct Discord {
    api: String,
    token: Option<SecretString>,
    clock: Clock,
    client: OnceCell<Client>,
}

impl Discord {
    /// Reaches Discord, or the proxy that the operator named; asks nothing yet.
    pub(crate) fn new(config: &PlatformConfig, clock: Clock) -> Self {
        Self {
            api: config.api.clone(),
            token: config.token.clone(),
            clock,
            client: OnceCell::new(),
        }
    }

    /// The client, made at the first call: a start should not wait for TLS to be set up.
    pub(crate) async fn client(&self) -> &Client {
        let token = self.token.as_ref();
        self.client
            .get_or_init(|| async { client(&self.api, token) })
            .await
    }

    /// All invites of a guild, with the guild's name and state.
    pub(super) async fn listing(&self, guild: GuildId) -> Result<Listing, Failed> {
        if self.token.is_none() {
            return Err(Failed::new(PlatformName::Discord, Kind::NoToken));
        }
        let client = self.client().await;
        let id: Id<GuildMarker> = Id::new(guild.number());
        let list = body_of(client.guild_invites(id).into_future());
        let overview = body_of(client.guild(id).into_future());
        tokio::pin!(list, overview);
        // The list is what was asked for: the guild's name is waited for only a little longer.
        let (body, overview) = tokio::select! {
            // The client sends one request of a guild at a time: the list goes first.
            biased;
            body = &mut list => (body?, timeout(OVERVIEW_GRACE, overview).await.ok()),
            overview = &mut overview => (list.await?, Some(overview)),
        };
        let read_at = self.clock.now();
        let (invites, unreadable) = wire::read_invites(&body).map_err(|error| {
            Failed::new(PlatformName::Discord, Kind::Unreadable).because(Unparsed::from(error))
        })?;
        let overview = overview
            .and_then(Result::ok)
            .and_then(|body| wire::read_overview(&body, read_at).ok());
        Ok(Listing {
            invites,
            overview,
            unreadable,
            link_base: Some(LINK_BASE.to_owned()),
            read_at,
        })
    }
}

/// A client for this API, with all guards but the timeout of the whole call.
pub(crate) fn client(api: &str, token: Option<&SecretString>) -> Client {
    http::install_tls_provider();
    let mut builder = Client::builder()
        .timeout(ATTEMPT_TIMEOUT)
        .remember_invalid_token(false);
    if let Some((scheme, host)) = api.split_once("://") {
        builder = builder.proxy(host.to_owned(), scheme == "http");
    }
    if let Some(token) = token {
        builder = builder.token(token.expose_secret().to_owned());
    }
    builder.build()
}

/// Sends the request. What a success says is left unread: once it is there, the request is done,
/// even if the rest of the answer breaks off.
pub(crate) async fn send<T: Unpin>(request: ResponseFuture<T>) -> Result<Response<T>, Failed> {
    match timeout(SEND_TIMEOUT, limited(request)).await {
        Ok(sent) => sent.map_err(failed),
        // Each attempt ends earlier: the rest was spent waiting, as Discord had asked for.
        Err(_) => Err(Failed::new(
            PlatformName::Discord,
            Kind::RateLimited { retry_after: None },
        )),
    }
}

/// Sends the request and reads its answer whole.
async fn body_of<T: Unpin>(request: ResponseFuture<T>) -> Result<Bytes, Failed> {
    let response = send(request).await?;
    // The client reads a body whole; all that can be done is not to begin.
    if content_length(&response).is_some_and(|length| length > BODY_MAX_BYTES) {
        return Err(Failed::new(PlatformName::Discord, Kind::Unreadable));
    }
    let body = response
        .bytes()
        .await
        .map_err(|error| Failed::new(PlatformName::Discord, Kind::Unreachable).because(error))?;
    Ok(Bytes::from(body))
}

fn content_length<T>(response: &Response<T>) -> Option<usize> {
    let mut headers = response.headers();
    let (_, value) = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    str::from_utf8(value).ok()?.parse().ok()
}

/// The request, sent at most [`ATTEMPTS_MAX`] times: the client by itself repeats a 429 without
/// end.
pub(crate) fn limited<T>(mut request: ResponseFuture<T>) -> ResponseFuture<T> {
    let attempts = AtomicU32::new(0);
    request.set_pre_flight(move || attempts.fetch_add(1, Ordering::Relaxed) < ATTEMPTS_MAX);
    request
}

/// The error without what its text would hold: the body of an answer, which may name invites.
fn failed(error: Error) -> Failed {
    let of = |kind| Failed::new(PlatformName::Discord, kind);
    match error.kind() {
        ErrorType::Response { body, status, .. } => refused(status.get(), body),
        // No success, and not Discord's way to say so: a proxy in front of it.
        ErrorType::Parsing { .. } => of(Kind::Broken),
        ErrorType::Unauthorized => of(Kind::TokenRefused),
        // The guard against endless repetition: the limit was still there.
        ErrorType::RequestCanceled => {
            of(Kind::RateLimited { retry_after: None }).of_everything(true)
        }
        ErrorType::RequestTimedOut => of(Kind::TimedOut),
        _ => of(Kind::Unreachable).because(error),
    }
}

fn refused(status: u16, body: &[u8]) -> Failed {
    let code = wire::Refusal::read(body).code;
    let kind = match (status, code.as_deref()) {
        (401, _) => Kind::TokenRefused,
        (_, Some(UNKNOWN_GUILD)) => Kind::UnknownGuild,
        (403, _) => Kind::MissingPermission,
        (500.., _) => Kind::Broken,
        _ => Kind::Refused,
    };
    Failed::new(PlatformName::Discord, kind).because(Answer { status, code })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let told = |status, code: u64| {
            let body = serde_json::json!({"code": code, "message": "…"}).to_string();
            refused(status, body.as_bytes()).error.kind
        };
        assert_eq!(told(401, 0), Kind::TokenRefused);
        assert_eq!(told(403, 50_001), Kind::MissingPermission);
        assert_eq!(told(403, 50_013), Kind::MissingPermission);
        assert_eq!(told(404, 10_004), Kind::UnknownGuild);
        assert_eq!(told(404, 0), Kind::Refused);
        assert_eq!(told(400, 50_035), Kind::Refused);
        assert_eq!(told(500, 0), Kind::Broken);
        assert_eq!(told(503, 130_000), Kind::Broken);
    }
}
