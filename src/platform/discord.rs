//! Discord's API.
//!
//! Lists and whatever else is only read go through `twilight-http`, which keeps to Discord's rate
//! limits. Guards around what that client does by itself: it repeats a 429 without limit, at once
//! where the limit is global; its timeout covers neither waiting for the rate limiter nor the body;
//! after a 401 it would refuse every later call, those without a token included.
//!
//! What changes something goes past it, see [`changes`], and what is timed, see [`setup`].

mod changes;
mod setup;

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use bytes::Bytes;
use ed25519_dalek::VerifyingKey;
use gatehouse_commands::{
    Channel, GuildId, Listing, Overview, PlatformErrorKind as Kind, PlatformName,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::OnceCell, time::timeout};
use twilight_http::{
    Client, Error,
    error::ErrorType,
    response::{Response, ResponseFuture},
};
use twilight_model::id::{Id, marker::GuildMarker};

use super::{
    BODY_MAX_BYTES, OVERVIEW_GRACE,
    failed::{Answer, Failed},
    rest::{Answered, Ask},
    wire,
};
use crate::{clock::Clock, config::PlatformConfig, http};

/// How often a request is sent in all when Discord answers 429.
const ATTEMPTS_MAX: u32 = 2;

/// How long one attempt may take until its answer begins.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long all attempts may take, with waiting for Discord's rate limits before and between
/// them.
const SEND_TIMEOUT: Duration = Duration::from_secs(11);

const LINK_BASE: &str = "https://discord.gg";

/// Types of channels that an invite can lead into: text, voice, announcement, stage, forum, media.
/// See [Discord Docs/Channel Types].
///
/// [Discord Docs/Channel Types]: https://discord.com/developers/docs/resources/channel#channel-object-channel-types
const CHANNEL_TYPES: [u64; 6] = [0, 2, 5, 13, 15, 16];

/// Discord's own words for what went wrong.
/// See [Discord Docs/Opcodes and Status Codes].
///
/// [Discord Docs/Opcodes and Status Codes]: https://discord.com/developers/docs/topics/opcodes-and-status-codes
mod code {
    pub(super) const UNKNOWN_CHANNEL: &str = "10003";
    pub(super) const UNKNOWN_GUILD: &str = "10004";
    pub(super) const UNKNOWN_INVITE: &str = "10006";
    pub(super) const TOO_MANY_INVITES: &str = "30016";
    pub(super) const TWO_FACTOR_NEEDED: &str = "60003";
}

/// Discord.
#[derive(Debug)]
pub(crate) struct Discord {
    api: String,
    token: Option<SecretString>,
    public_keys: Vec<VerifyingKey>,
    clock: Clock,
    client: OnceCell<Client>,
    /// For what goes past that client.
    http: http::Client,
}

impl Discord {
    /// Reaches Discord, or the proxy that the operator named; asks nothing yet.
    pub(crate) fn new(config: &PlatformConfig, clock: Clock) -> Self {
        Self {
            api: config.api.clone(),
            token: config.token.clone(),
            public_keys: config.public_keys.clone(),
            clock,
            client: OnceCell::new(),
            http: http::Client::named(http::DISCORD_USER_AGENT),
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
        let client = self.client_with_token().await?;
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
        let (invites, unreadable) = wire::read_invites(&body).map_err(unreadable)?;
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

    /// The guild itself.
    pub(super) async fn overview(&self, guild: GuildId) -> Result<Overview, Failed> {
        let client = self.client_with_token().await?;
        let body = body_of(client.guild(Id::new(guild.number())).into_future()).await?;
        wire::read_overview(&body, self.clock.now()).map_err(unreadable)
    }

    /// The channels that an invite can lead into.
    pub(super) async fn channels(&self, guild: GuildId) -> Result<Vec<Channel>, Failed> {
        let client = self.client_with_token().await?;
        let id: Id<GuildMarker> = Id::new(guild.number());
        let body = body_of(client.guild_channels(id).into_future()).await?;
        wire::read_channels(&body, &CHANNEL_TYPES).map_err(unreadable)
    }

    async fn client_with_token(&self) -> Result<&Client, Failed> {
        if self.token.is_none() {
            return Err(Failed::new(PlatformName::Discord, Kind::NoToken));
        }
        Ok(self.client().await)
    }

    /// Sends a request once, past the client.
    async fn send_once(&self, ask: &Ask, with_token: bool) -> Result<Answered, Failed> {
        let token = self.token.as_ref().filter(|_| with_token);
        if with_token && token.is_none() {
            return Err(Failed::new(PlatformName::Discord, Kind::NoToken));
        }
        let base = format!("{}/api/v10", self.api);
        ask.send(PlatformName::Discord, &self.http, &base, token)
            .await
    }
}

fn unreadable(error: serde_json::Error) -> Failed {
    Failed::unreadable(PlatformName::Discord, error)
}

fn refused_with(answered: &Answered) -> Failed {
    let status = answered.status.as_u16();
    refused(status, answered.retry_after(), &answered.body)
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
        ErrorType::Response { body, status, .. } => refused(status.get(), None, body),
        // No success, and not Discord's way to say so: a proxy in front of it.
        ErrorType::Parsing { .. } => of(Kind::Broken),
        ErrorType::Unauthorized => of(Kind::TokenRefused),
        // The guard against endless repetition: the limit was still there.
        ErrorType::RequestCanceled => {
            of(Kind::RateLimited { retry_after: None }).of_everything(true)
        }
        ErrorType::RequestTimedOut => of(Kind::TimedOut),
        // What breaks before an answer begins is mostly a connection that was never there.
        _ => of(Kind::Unreachable).of_everything(true).because(error),
    }
}

/// An answer that is no success. `retry_after` as its header says, in seconds.
fn refused(status: u16, retry_after: Option<f64>, body: &[u8]) -> Failed {
    let refusal = wire::Refusal::read(body);
    let kind = match (status, refusal.code.as_deref()) {
        (401, _) => Kind::TokenRefused,
        (429, _) => Kind::RateLimited {
            retry_after: refusal.wait(retry_after),
        },
        (_, Some(code::UNKNOWN_GUILD)) => Kind::UnknownGuild,
        (_, Some(code::UNKNOWN_CHANNEL)) => Kind::UnknownChannel,
        (_, Some(code::TOO_MANY_INVITES)) => Kind::TooManyInvites,
        // Nothing that granting a permission would mend.
        (403, Some(code::TWO_FACTOR_NEEDED)) => Kind::Refused,
        (403, _) => Kind::MissingPermission,
        (500.., _) => Kind::Broken,
        _ => Kind::Refused,
    };
    Failed::new(PlatformName::Discord, kind)
        .of_everything(refusal.global)
        .because(Answer {
            status,
            code: refusal.code,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let told = |status, code: u64| {
            let body = serde_json::json!({"code": code, "message": "…"}).to_string();
            refused(status, None, body.as_bytes()).error.kind
        };
        assert_eq!(told(401, 0), Kind::TokenRefused);
        assert_eq!(told(403, 50_001), Kind::MissingPermission);
        assert_eq!(told(403, 50_013), Kind::MissingPermission);
        assert_eq!(told(403, 60_003), Kind::Refused);
        assert_eq!(told(404, 10_004), Kind::UnknownGuild);
        assert_eq!(told(404, 10_003), Kind::UnknownChannel);
        assert_eq!(told(400, 30_016), Kind::TooManyInvites);
        assert_eq!(told(404, 0), Kind::Refused);
        assert_eq!(told(400, 50_035), Kind::Refused);
        assert_eq!(told(500, 0), Kind::Broken);
        assert_eq!(told(503, 130_000), Kind::Broken);
    }

    #[test]
    fn a_rate_limit_says_how_long_to_wait() {
        let limited = refused(429, Some(1.0), br#"{"retry_after":0.65,"global":true}"#);
        assert_eq!(limited.wait(), Some(Duration::from_millis(650)));
        assert!(limited.is_global);
        let bare = refused(429, Some(3.0), b"<html>");
        assert_eq!(bare.wait(), Some(Duration::from_secs(3)));
        assert!(!bare.is_global);
    }
}
