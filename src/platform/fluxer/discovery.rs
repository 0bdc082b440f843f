//! Where an instance's API is, and what its links begin with.

use std::{sync::OnceLock, time::Duration};

use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};

use super::{Ask, Failed, Fluxer, Route};

/// Hosts whose traffic does not leave the machine, where plain HTTP is taken for granted.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// How long an instance that did not tell what its links begin with is not asked again.
pub(in crate::platform) const LINK_BASE_PAUSE: Duration = Duration::from_secs(60);

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
    gateway: Option<String>,
}

/// An instance tells of no gateway.
#[derive(Debug, thiserror::Error)]
#[error("the instance tells of no gateway")]
struct NoGateway;

/// An instance that is reached by HTTPS names an API that is not.
#[derive(Debug, thiserror::Error)]
#[error("the instance's API is plain HTTP, where the token could be read on the way")]
struct PlainHttp;

/// What stands before a code in a link, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct LinkBase {
    known: OnceLock<String>,
    /// When the instance was asked for it last.
    asked: Mutex<Option<Instant>>,
}

impl LinkBase {
    fn learn(&self, endpoints: &Endpoints) {
        if let Some(link_base) = link_base(endpoints) {
            // Whoever was first has the same.
            let _ = self.known.set(link_base);
        }
    }
}

impl Fluxer {
    /// The API's base URL. A bare domain is asked for it once.
    pub(super) async fn base(&self) -> Result<&str, Failed> {
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
        self.link_base.learn(&endpoints);
        Ok(format!("{}/v1", endpoints.api.trim_end_matches('/')))
    }

    /// What stands before a code in a link. An instance that does not tell is not asked with every
    /// list.
    pub(super) async fn link_base(&self, base: &str) -> Option<String> {
        let LinkBase { known, asked } = &self.link_base;
        if let Some(known) = known.get() {
            return Some(known.clone());
        }
        // Whoever asks meanwhile waits for the same answer.
        let mut asked = asked.lock().await;
        if asked.is_none_or(|at| at.elapsed() >= LINK_BASE_PAUSE) {
            // Also if nobody waits for the end of it.
            *asked = Some(Instant::now());
            if let Ok(endpoints) = self.discover(base).await {
                self.link_base.learn(&endpoints);
            }
        }
        known.get().cloned()
    }

    /// The gateway's address as the instance tells it below its API.
    pub(super) async fn discovered_gateway(&self, base: &str) -> Result<String, Failed> {
        let endpoints = self.discover(base).await?;
        endpoints
            .gateway
            .ok_or_else(|| Failed::new(PlatformName::Fluxer, Kind::Unreadable).because(NoGateway))
    }

    async fn discover(&self, below: &str) -> Result<Endpoints, Failed> {
        // Below its origin as well as below its API.
        let ask = Ask::to(Route::WellKnown, &[]);
        ask.read(&self.api_at(below, None)).await?.read(read)
    }
}

fn read(body: &[u8]) -> Result<Endpoints, serde_json::Error> {
    serde_json::from_slice::<Discovery>(body).map(|discovery| discovery.endpoints)
}

/// What codes can be put behind to make a link, as an instance tells of itself.
pub(in crate::platform) fn read_link_base(body: &[u8]) -> Option<String> {
    link_base(&read(body).ok()?)
}

fn link_base(endpoints: &Endpoints) -> Option<String> {
    let link_base = endpoints.invite.trim_end_matches('/');
    is_link(link_base).then(|| link_base.to_owned())
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

/// Whether going on from one address to the other would leave encryption behind.
pub(super) fn is_safer_than(origin: &str, other: &str) -> bool {
    let is_safe = ["https://", "wss://"]
        .iter()
        .any(|safe| other.starts_with(safe));
    origin.starts_with("https://") && !is_safe
}

/// Whether codes can be put behind it to make a link that is safe to show.
fn is_link(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
    (text.starts_with("https://") || text.starts_with("http://")) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::wire::captured;

    #[test]
    fn a_captured_discovery_is_read() {
        let body = captured("well_known_fluxer_200");
        let endpoints = read(&body).unwrap();
        assert_eq!(endpoints.api, "http://127.0.0.1:8088/api");
        assert_eq!(endpoints.invite, "http://localhost:8088/invite");
        assert!(is_link(&endpoints.invite));
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
