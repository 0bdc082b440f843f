//! Fluxer's API, on reqwest.
//!
//! Facts: errors carry a `code` string (the `message` is translated), a 429 says in its body how
//! long to wait, in seconds with fractions; a front proxy may answer with something that is not
//! JSON. The secret part of a bot's token is checked by a slow hash on every call, so calls are few.

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use gatehouse_commands::{GuildId, Listing, PlatformErrorKind as Kind, PlatformName};
use jiff::SignedDuration;
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::{sync::OnceCell, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{BODY_MAX_BYTES, Failed, OVERVIEW_GRACE, Unparsed, wire};
use crate::{clock::Clock, config::PlatformConfig, http};

/// A rate limit that passes within this time is waited out; a longer one is told.
const RATE_LIMIT_WAIT_MAX: Duration = Duration::from_secs(5);

/// How often one call is repeated after a rate limit.
const RATE_LIMIT_RETRIES: u32 = 2;

/// Hosts whose traffic does not leave the machine, where plain HTTP is taken for granted.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// A Fluxer instance.
#[derive(Debug)]
pub(crate) struct Fluxer {
    given: String,
    token: Option<SecretString>,
    clock: Clock,
    client: http::Client,
    base: OnceCell<String>,
    /// What stands before a code in a link.
    link_base: OnceCell<String>,
    /// Whether the platform has accepted the token once.
    is_token_taken: AtomicBool,
}

/// What an instance tells of itself at `/.well-known/fluxer`.
#[derive(Deserialize)]
struct Discovery {
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Endpoints {
    /// Without the `/v1` at its end.
    api: String,
    invite: String,
}

/// An instance that is reached by HTTPS names an API that is not.
#[derive(Debug, thiserror::Error)]
#[error("the instance's API is plain HTTP, where the token could be read on the way")]
struct PlainHttp;

impl Fluxer {
    /// Reaches the instance that the operator named; asks nothing yet.
    pub(crate) fn new(config: &PlatformConfig, clock: Clock) -> Self {
        Self {
            given: config.api.clone(),
            token: config.token.clone(),
            clock,
            client: http::Client::default(),
            base: OnceCell::new(),
            link_base: OnceCell::new(),
            is_token_taken: AtomicBool::new(false),
        }
    }

    /// All invites of a guild, with the guild's name and state.
    pub(super) async fn listing(&self, guild: GuildId) -> Result<Listing, Failed> {
        if self.token.is_none() {
            return Err(Failed::new(PlatformName::Fluxer, Kind::NoToken));
        }
        let base = self.base().await?;
        // The list is what was asked for: the rest is waited for only a little longer.
        let listed = CancellationToken::new();
        let list = async {
            let body = self.get(format!("{base}/guilds/{guild}/invites")).await?;
            self.is_token_taken.store(true, Ordering::Relaxed);
            listed.cancel();
            Ok(body)
        };
        let overview = async {
            // Every refusal of a token counts against the host's address: one is enough to know.
            if !self.is_token_taken.load(Ordering::Relaxed) {
                listed.cancelled().await;
            }
            self.get(format!("{base}/guilds/{guild}")).await.ok()
        };
        let (body, overview, link_base) = tokio::try_join!(
            list,
            with_grace(&listed, overview),
            with_grace(&listed, self.link_base(base))
        )?;
        let read_at = self.clock.now();
        let (invites, unreadable) = wire::read_invites(&body).map_err(|error| {
            Failed::new(PlatformName::Fluxer, Kind::Unreadable).because(Unparsed::from(error))
        })?;
        let overview = overview.and_then(|body| wire::read_overview(&body, read_at).ok());
        Ok(Listing {
            invites,
            overview,
            unreadable,
            link_base,
            read_at,
        })
    }

    /// A request below the API's base, without a token.
    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
    ) -> Result<RequestBuilder, Failed> {
        let base = self.base().await?;
        Ok(self.client.request(method, &format!("{base}{path}")))
    }

    /// The API's base URL. A bare domain is asked for it once.
    async fn base(&self) -> Result<&str, Failed> {
        let base = self.base.get_or_try_init(|| async {
            match discovery_origin(&self.given) {
                None => Ok(self.given.clone()),
                Some((origin, true)) => self.discovered(&origin).await,
                // An origin may be a base URL as well: servers answer below it, too.
                Some((origin, false)) => match self.discovered(&origin).await {
                    Err(failed)
                        if matches!(failed.error.kind, Kind::Refused | Kind::Unreadable) =>
                    {
                        Ok(self.given.clone())
                    }
                    discovered => discovered,
                },
            }
        });
        base.await.map(String::as_str)
    }

    async fn discovered(&self, origin: &str) -> Result<String, Failed> {
        let endpoints = self.discover(origin).await?;
        if is_safer_than(origin, &endpoints.api) {
            let failed = Failed::new(PlatformName::Fluxer, Kind::Unreadable);
            return Err(failed.because(PlainHttp));
        }
        let link_base = endpoints.invite.trim_end_matches('/');
        if is_link(link_base) {
            let _ = self.link_base.set(link_base.to_owned());
        }
        Ok(format!("{}/v1", endpoints.api.trim_end_matches('/')))
    }

    async fn link_base(&self, base: &str) -> Option<String> {
        let found = self.link_base.get_or_try_init(|| async {
            let endpoints = self.discover(base).await.map_err(|_| ())?;
            let link_base = endpoints.invite.trim_end_matches('/');
            if is_link(link_base) {
                Ok(link_base.to_owned())
            } else {
                Err(())
            }
        });
        found.await.ok().cloned()
    }

    async fn discover(&self, below: &str) -> Result<Endpoints, Failed> {
        let url = format!("{below}/.well-known/fluxer");
        let request = self.client.request(Method::GET, &url);
        let response = request.send().await.map_err(not_sent)?;
        let status = response.status();
        let body = read_body(response).await?;
        if !status.is_success() {
            return Err(refused(status, None, &body));
        }
        serde_json::from_slice::<Discovery>(&body)
            .map(|discovery| discovery.endpoints)
            .map_err(|error| {
                Failed::new(PlatformName::Fluxer, Kind::Unreadable).because(Unparsed::from(error))
            })
    }

    async fn get(&self, url: String) -> Result<Bytes, Failed> {
        let token = self
            .token
            .as_ref()
            .ok_or_else(|| Failed::new(PlatformName::Fluxer, Kind::NoToken))?;
        let mut retries = 0;
        loop {
            let request = self
                .client
                .request(Method::GET, &url)
                .header(header::AUTHORIZATION, bearer(token));
            let response = request.send().await.map_err(not_sent)?;
            let status = response.status();
            let retry_after = retry_after(response.headers());
            let body = read_body(response).await?;
            if status.is_success() {
                return Ok(body);
            }
            let failed = refused(status, retry_after, &body);
            match failed.wait() {
                Some(wait) if wait <= RATE_LIMIT_WAIT_MAX && retries < RATE_LIMIT_RETRIES => {
                    retries += 1;
                    sleep(wait).await;
                }
                _ => return Err(failed),
            }
        }
    }
}

/// What the future gives, if it is there soon after the list.
async fn with_grace<T>(
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

fn bearer(token: &SecretString) -> header::HeaderValue {
    let mut value = header::HeaderValue::from_str(&format!("Bot {}", token.expose_secret()))
        .expect("a configured token is printable ASCII");
    value.set_sensitive(true);
    value
}

/// The origin to discover the API from, and whether that is the only way; `None` for a base URL.
fn discovery_origin(given: &str) -> Option<(String, bool)> {
    if !given.contains("://") {
        let is_loopback = LOOPBACK_HOSTS
            .iter()
            .any(|host| given == *host || given.starts_with(&format!("{host}:")));
        let scheme = if is_loopback { "http" } else { "https" };
        return Some((format!("{scheme}://{given}"), true));
    }
    let url = reqwest::Url::parse(given).ok()?;
    (url.path() == "/").then(|| (given.to_owned(), false))
}

fn is_safer_than(origin: &str, other: &str) -> bool {
    origin.starts_with("https://") && !other.starts_with("https://")
}

/// Whether codes can be put behind it to make a link that is safe to show.
fn is_link(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
    (text.starts_with("https://") || text.starts_with("http://")) && text.chars().all(plain)
}

async fn read_body(mut response: Response) -> Result<Bytes, Failed> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(not_sent)? {
        if body.len() + chunk.len() > BODY_MAX_BYTES {
            return Err(Failed::new(PlatformName::Fluxer, Kind::Unreadable));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// No answer, or a broken one. The URL is left out, since it may hold an invite's code.
pub(crate) fn not_sent(error: reqwest::Error) -> Failed {
    let kind = if error.is_timeout() {
        Kind::TimedOut
    } else {
        Kind::Unreachable
    };
    Failed::new(PlatformName::Fluxer, kind).because(error.without_url())
}

/// How long a header asks to wait, in whole seconds: all that a proxy in front of the API says.
fn retry_after(headers: &header::HeaderMap) -> Option<f64> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.parse::<u32>().ok().map(f64::from)
}

/// An answer that is no success. `retry_after` as its header says, in seconds.
pub(crate) fn refused(status: StatusCode, retry_after: Option<f64>, body: &[u8]) -> Failed {
    let refusal = wire::Refusal::read(body);
    let code = refusal.code.as_deref();
    let kind = match (status, code) {
        (_, Some("UNAUTHORIZED" | "MISSING_AUTHORIZATION")) | (StatusCode::UNAUTHORIZED, _) => {
            Kind::TokenRefused
        }
        (_, Some("RATE_LIMITED")) | (StatusCode::TOO_MANY_REQUESTS, _) => Kind::RateLimited {
            retry_after: refusal
                .retry_after
                .or(retry_after)
                .and_then(|seconds| SignedDuration::try_from_secs_f64(seconds).ok())
                .map(|wait| wait.max(SignedDuration::ZERO)),
        },
        (_, Some("UNKNOWN_GUILD")) => Kind::UnknownGuild,
        (StatusCode::FORBIDDEN, Some("MISSING_PERMISSIONS" | "MISSING_ACCESS")) => {
            Kind::MissingPermission
        }
        // Not the API: a proxy in front of it, or something else altogether.
        (StatusCode::FORBIDDEN, None) => Kind::Refused,
        (StatusCode::FORBIDDEN, Some(_)) => Kind::MissingPermission,
        (status, _) if status.is_server_error() => Kind::Broken,
        _ => Kind::Refused,
    };
    Failed::new(PlatformName::Fluxer, kind)
        .of_everything(refusal.global)
        .because(super::Answer {
            status: status.as_u16(),
            code: refusal.code,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_refusals_are_told_apart() {
        let told = |name: &str| {
            let path = format!(
                "{}/tests/fixtures/fluxer/{name}.json",
                env!("CARGO_MANIFEST_DIR")
            );
            let file: serde_json::Value =
                serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let status = u16::try_from(file["response"]["status"].as_u64().unwrap()).unwrap();
            let body = serde_json::to_vec(&file["response"]["body"]).unwrap();
            refused(StatusCode::from_u16(status).unwrap(), None, &body)
                .error
                .kind
        };
        let limited = |millis| Kind::RateLimited {
            retry_after: Some(SignedDuration::from_millis(millis)),
        };
        for (name, kind) in [
            ("guild_invites_list_400_bad_snowflake", Kind::Refused),
            ("guild_invites_list_401_bad_token", Kind::TokenRefused),
            ("guild_invites_list_401_malformed_token", Kind::TokenRefused),
            ("guild_invites_list_401_no_auth", Kind::TokenRefused),
            (
                "guild_invites_list_403_bot_not_a_member",
                Kind::MissingPermission,
            ),
            (
                "guild_invites_list_403_missing_permissions",
                Kind::MissingPermission,
            ),
            ("guild_get_403_bot_not_a_member", Kind::MissingPermission),
            ("guild_invites_list_404_unknown_guild", Kind::UnknownGuild),
            ("guild_invites_list_429", limited(141)),
            ("global_429_no_auth", limited(5)),
            ("guild_invites_list_503_gateway_down", Kind::Broken),
            ("route_404", Kind::Refused),
        ] {
            assert_eq!(told(name), kind, "{name}");
        }
    }

    #[test]
    fn a_captured_discovery_is_read() {
        let file = include_str!("../../tests/fixtures/fluxer/well_known_fluxer_200.json");
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let body = file["response"]["body"].clone();
        let endpoints = serde_json::from_value::<Discovery>(body).unwrap().endpoints;
        assert_eq!(endpoints.api, "http://127.0.0.1:8088/api");
        assert_eq!(endpoints.invite, "http://localhost:8088/invite");
        assert!(is_link(&endpoints.invite));
    }

    #[test]
    fn bodies_that_are_not_json_are_told_by_their_status() {
        let told = |status| refused(status, None, b"<html>").error.kind;
        assert_eq!(told(StatusCode::BAD_GATEWAY), Kind::Broken);
        assert_eq!(told(StatusCode::FORBIDDEN), Kind::Refused);
        assert_eq!(told(StatusCode::FOUND), Kind::Refused);
        assert_eq!(
            told(StatusCode::TOO_MANY_REQUESTS),
            Kind::RateLimited { retry_after: None }
        );
        let waits = refused(StatusCode::TOO_MANY_REQUESTS, Some(7.0), b"<html>");
        assert_eq!(waits.wait(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn only_domains_and_origins_are_discovered() {
        let origin = |given: &str| discovery_origin(given);
        assert_eq!(origin("https://api.fluxer.app/v1"), None);
        assert_eq!(
            origin("chat.example"),
            Some(("https://chat.example".to_owned(), true))
        );
        assert_eq!(
            origin("127.0.0.1:8088"),
            Some(("http://127.0.0.1:8088".to_owned(), true))
        );
        assert_eq!(
            origin("http://127.0.0.1:8088"),
            Some(("http://127.0.0.1:8088".to_owned(), false))
        );
    }

    #[test]
    fn a_link_holds_nothing_that_markup_reads() {
        assert!(is_link("https://fluxer.gg"));
        for wrong in [
            "javascript:x",
            "https://a b",
            "https://a)[x](y",
            "https://a>`",
            "",
        ] {
            assert!(!is_link(wrong), "{wrong}");
        }
    }
}
