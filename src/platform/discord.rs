//! Discord's API, on reqwest.
//!
//! Facts: errors carry a `code` number, a 429 says in its body how long to wait, in seconds with
//! fractions, and whether the limit is for everything; a front proxy may answer with something
//! that is not JSON.
//!
//! Not on `twilight-http`: it reads a body of any length whole, panics at a wait that is no
//! duration, repeats a 429 without limit, and does not say how long the limit lasts.

pub(super) mod changes;
mod setup;

use std::sync::atomic::{AtomicBool, Ordering};

use ed25519_dalek::VerifyingKey;
use gatehouse_commands::{
    Channel, GuildId, Listing, Overview, PlatformErrorKind as Kind, PlatformName,
};
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::{
    failed::Failed,
    gate::Gate,
    rest::{Answered, Api, Ask, Said, with_grace},
    route::Route,
    wire::{self, Listed},
};
use crate::{clock::Clock, config::PlatformConfig, http, metrics::Calls};

/// Says of a 429 that its limit is for everything; so does the body, if it is Discord's own.
const LIMIT_IS_GLOBAL: &str = "x-ratelimit-global";

const LINK_BASE: &str = "https://discord.gg";

/// Types of channels that an invite can lead into: text, voice, announcement, stage, forum, media.
/// See [Discord Docs/Channel Types].
///
/// [Discord Docs/Channel Types]: https://discord.com/developers/docs/resources/channel#channel-object-channel-types
pub(super) const CHANNEL_TYPES: [u64; 6] = [0, 2, 5, 13, 15, 16];

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
    origin: String,
    /// The API with its version, without a slash at its end.
    base: String,
    token: Option<SecretString>,
    public_keys: Vec<VerifyingKey>,
    clock: Clock,
    gate: Gate,
    calls: Calls,
    client: http::Client,
    /// Whether the platform has accepted the token once.
    is_token_taken: AtomicBool,
}

impl Discord {
    /// Reaches Discord, or the proxy that the operator named; asks nothing yet.
    pub(crate) fn new(config: &PlatformConfig, clock: Clock, gate: Gate, calls: Calls) -> Self {
        Self {
            origin: config.api.clone(),
            base: format!("{}/api/v10", config.api),
            token: config.token.clone(),
            public_keys: config.public_keys.clone(),
            clock,
            gate,
            calls,
            client: http::Client::named(http::DISCORD_USER_AGENT),
            is_token_taken: AtomicBool::new(false),
        }
    }

    /// All invites of a guild, with the guild's name and state.
    pub(super) async fn listing(&self, guild: GuildId) -> Result<Listing, Failed> {
        // The list is what was asked for: the rest is waited for only a little longer.
        let listed = CancellationToken::new();
        let list = async {
            let said = self.read(&Ask::to(Route::GuildInvites, &[&guild])).await?;
            self.is_token_taken.store(true, Ordering::Relaxed);
            listed.cancel();
            Ok(said)
        };
        let overview = async {
            // Every refusal of a token counts against the host's address: one is enough to know.
            if !self.is_token_taken.load(Ordering::Relaxed) {
                listed.cancelled().await;
            }
            self.read(&Ask::to(Route::Guild, &[&guild])).await.ok()
        };
        let (list, overview) = tokio::try_join!(list, with_grace(&listed, overview))?;
        let read_at = self.clock.now();
        let Listed {
            invites,
            unreadable,
            // Without a pause that has an end.
            overview: _,
        } = list.read(wire::read_invites)?;
        let overview = overview.and_then(|said| {
            let overview = said.read(|body| wire::read_overview(body, read_at));
            overview.ok()
        });
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
        let said = self.read(&Ask::to(Route::Guild, &[&guild])).await?;
        said.read(|body| wire::read_overview(body, self.clock.now()))
    }

    /// The channels that an invite can lead into.
    pub(super) async fn channels(&self, guild: GuildId) -> Result<Vec<Channel>, Failed> {
        let ask = Ask::to(Route::GuildChannels, &[&guild]);
        let said = self.read(&ask).await?;
        said.read(|body| wire::read_channels(body, &CHANNEL_TYPES))
    }

    /// Counts what is sent past [`Self::send_once`].
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Bounds what is read past [`Self::send_once`].
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// A request below the API's base, without a token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, &format!("{}/{path}", self.base))
    }

    /// Asks for something that changes nothing.
    async fn read(&self, ask: &Ask) -> Result<Said, Failed> {
        ask.read(&self.api(true)?).await
    }

    /// Sends a request once.
    async fn send_once(&self, ask: &Ask, with_token: bool) -> Result<Answered, Failed> {
        ask.send(&self.api(with_token)?).await
    }

    /// Sends a request, again after a short rate limit, and gives its answer of any status.
    pub(crate) async fn send_patiently(&self, ask: &Ask) -> Result<Answered, Failed> {
        ask.send_patiently(&self.api(true)?).await
    }

    fn api(&self, with_token: bool) -> Result<Api<'_>, Failed> {
        if with_token && self.token.is_none() {
            return Err(Failed::new(PlatformName::Discord, Kind::NoToken));
        }
        Ok(Api {
            calls: &self.calls,
            gate: &self.gate,
            client: &self.client,
            base: &self.base,
            token: self.token.as_ref().filter(|_| with_token),
            refused: refused_with,
        })
    }
}

pub(crate) fn refused_with(answered: &Answered) -> Failed {
    let status = answered.status.as_u16();
    let failed = refused(status, answered.retry_after(), answered.said.bytes());
    let is_global = failed.is_global || answered.headers.contains_key(LIMIT_IS_GLOBAL);
    failed.of_everything(is_global)
}

/// An answer that is no success. `retry_after` as its header says, in seconds.
pub(super) fn refused(status: u16, retry_after: Option<f64>, body: &[u8]) -> Failed {
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
        .answered(status, refusal.code)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
