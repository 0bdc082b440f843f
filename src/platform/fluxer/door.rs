//! Where the gateway is, and how it wants to be connected to.

use std::time::Duration;

use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use serde::Deserialize;

use super::{Ask, Failed, Fluxer, Route, discovery::is_safer_than};

/// Shards that are connected at most: as many as communities need that a bot of this kind is in.
const SHARDS_MAX: u64 = 64;

/// The gateway's address, and what it allows.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// Where connections are taken; the version and the like are added to it.
    pub(crate) url: String,
    /// How many connections share the bot's guilds.
    pub(crate) shards: u64,
    /// How many of them may ask for a session at the same time.
    pub(crate) at_a_time: u64,
    /// How long no new session is taken, when that is so.
    pub(crate) starts_in: Option<Duration>,
}

/// The answer to `GET /gateway/bot`.
#[derive(Deserialize)]
struct GatewayBot {
    url: String,
    #[serde(default)]
    shards: u64,
    session_start_limit: Option<StartLimit>,
}

#[derive(Deserialize)]
struct StartLimit {
    remaining: u64,
    /// In milliseconds.
    reset_after: u64,
    #[serde(default)]
    max_concurrency: u64,
}

/// An API that is reached by HTTPS names a gateway that is not encrypted, or none at all.
#[derive(Debug, thiserror::Error)]
#[error("the gateway's address is not encrypted, so that the token could be read on the way")]
struct Plain;

impl Fluxer {
    /// Asks for the gateway; where that call does not exist, the instance's discovery tells it.
    pub(crate) async fn door(&self) -> Result<Door, Failed> {
        let answered = self.read(&Ask::to(Route::GatewayBot, &[])).await;
        let read = answered.and_then(|said| {
            said.read(|body| serde_json::from_slice::<GatewayBot>(body))
                .map(Door::from)
        });
        let base = self.base().await?;
        let door = match read {
            Err(failed) if matches!(failed.error.kind, Kind::Refused | Kind::Unreadable) => {
                Door::alone(self.discovered_gateway(base).await?)
            }
            read => read?,
        };
        if is_safer_than(base, &door.url) {
            let failed = Failed::new(PlatformName::Fluxer, Kind::Unreadable);
            return Err(failed.because(Plain));
        }
        Ok(door)
    }
}

impl Door {
    /// For a single connection.
    fn alone(url: String) -> Self {
        Self {
            url,
            shards: 1,
            at_a_time: 1,
            starts_in: None,
        }
    }
}

impl From<GatewayBot> for Door {
    fn from(told: GatewayBot) -> Self {
        let limit = told.session_start_limit;
        let used_up = limit.as_ref().filter(|limit| limit.remaining == 0);
        Self {
            url: told.url,
            shards: told.shards.clamp(1, SHARDS_MAX),
            at_a_time: limit
                .as_ref()
                .map_or(1, |limit| limit.max_concurrency.max(1)),
            starts_in: used_up.map(|limit| Duration::from_millis(limit.reset_after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::platform::wire::captured;

    fn door(body: &Value) -> Door {
        let told: GatewayBot = serde_json::from_value(body.clone()).unwrap();
        told.into()
    }

    fn body() -> Value {
        serde_json::from_slice(&captured("gateway_bot_200")).unwrap()
    }

    #[test]
    fn a_captured_answer_is_read() {
        let door = door(&body());
        assert_eq!(door.url, "ws://127.0.0.1:8088/gateway");
        assert_eq!((door.shards, door.at_a_time), (1, 1));
        assert_eq!(door.starts_in, None);
    }

    #[test]
    fn starts_that_are_used_up_are_waited_for() {
        let mut body = body();
        body["session_start_limit"]["remaining"] = json!(0);
        let expected = Duration::from_secs(4 * 60 * 60);
        assert_eq!(door(&body).starts_in, Some(expected));
    }

    #[test]
    fn numbers_of_shards_have_bounds_and_may_be_missing() {
        let mut body = body();
        for (told, kept) in [(0, 1), (1, 1), (64, 64), (65, 64), (u64::MAX, 64)] {
            body["shards"] = json!(told);
            assert_eq!(door(&body).shards, kept);
        }
        let bare = door(&json!({ "url": "wss://chat.example/gateway" }));
        assert_eq!((bare.shards, bare.at_a_time), (1, 1));
    }
}
