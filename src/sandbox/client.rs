//! Stands in for the chat platform: makes interactions, signs them, sends them to the webhook.
//!
//! Nothing else here holds the key, and there is no other way in: what the sandbox shows has
//! passed the real signature check.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use ed25519_dalek::{Signer, SigningKey};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    persona::{self, Persona},
    platform::{APPLICATION_ID, SampleChannel},
    shape::Shape,
};
use crate::{clock::Clock, http, server};

/// How long an answer is waited for. The platforms give up after three seconds; here a slow answer
/// is shown rather than hidden.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// 2015-01-01, where the platforms' ids begin to count, in milliseconds since 1970.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// The made-up channel where everything takes place.
pub(super) const CHANNEL_ID: u64 = 1_510_000_000_000_000_110;

/// Name of that channel.
pub(super) const CHANNEL_NAME: &str = "mod-room";

/// Somebody at a chat client.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seat {
    /// Who it is.
    pub(super) persona: Persona,
    /// Where.
    pub(super) shape: Shape,
    /// Language of the client; `None` = it does not tell.
    pub(super) locale: Option<&'static str>,
}

/// Sends signed interactions to one webhook.
#[derive(Debug)]
pub(super) struct Client {
    address: SocketAddr,
    key: SigningKey,
    clock: Clock,
    http: http::Client,
    made: AtomicU64,
}

/// One signed request, and what came back.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    /// Path that was posted to.
    pub(super) path: String,
    /// Headers that were sent.
    pub(super) headers: [(&'static str, String); 3],
    /// The interaction that was sent.
    pub(super) sent: Value,
    /// Status of the answer; `None` when there was no answer.
    pub(super) status: Option<u16>,
    /// `Content-Type` of the answer.
    pub(super) content_type: Option<String>,
    /// Body of the answer; null when there was none, text when it was no JSON.
    pub(super) answer: Value,
    /// From the request's first byte to the answer's last.
    pub(super) took: Duration,
}

impl Exchange {
    /// The answer, if it is one.
    pub(super) fn answered(&self) -> Option<&Value> {
        (self.status == Some(200) && self.answer.is_object()).then_some(&self.answer)
    }

    /// The interaction's secret, by which later messages come.
    pub(super) fn token(&self) -> &str {
        self.sent["token"].as_str().unwrap_or_default()
    }
}

impl Client {
    pub(super) fn new(listening: SocketAddr, key: SigningKey, clock: Clock) -> Self {
        // An address that stands for all addresses can be listened on, not called.
        let ip = match listening.ip() {
            ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        Self {
            address: SocketAddr::new(ip, listening.port()),
            key,
            clock,
            http: http::Client::default(),
            made: AtomicU64::new(0),
        }
    }

    /// What time it is.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A new id, as the platforms make them: the time in its upper bits.
    pub(super) fn id(&self) -> u64 {
        let since = self.clock.now().as_millisecond().saturating_sub(EPOCH_MS);
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        (u64::try_from(since).unwrap_or_default() << 22) | (number & 0x3f_ffff)
    }

    /// An interaction of this kind with what all have in common, and with `rest`.
    pub(super) fn interaction(&self, seat: Seat, kind: u64, rest: Value) -> Value {
        let id = self.id();
        let guild = seat.shape.guild().id.to_string();
        let mut interaction = json!({
            "id": id.to_string(),
            "application_id": APPLICATION_ID.to_string(),
            "type": kind,
            "token": format!("sample-interaction-{id}"),
            "version": 1,
            "guild_id": guild,
            "guild": {"id": guild, "locale": "en-US", "features": ["COMMUNITY"]},
            "guild_locale": "en-US",
            "channel_id": CHANNEL_ID.to_string(),
            "channel": {
                "id": CHANNEL_ID.to_string(),
                "name": CHANNEL_NAME,
                "type": SampleChannel::text(CHANNEL_ID, CHANNEL_NAME).kind,
                "guild_id": guild,
            },
            "member": seat.persona.member(),
            "app_permissions": persona::bot_permissions(),
            "authorizing_integration_owners": {"0": guild},
            "entitlements": [],
            "context": 0,
            "attachment_size_limit": 10_485_760,
        });
        if let Some(locale) = seat.locale {
            interaction["locale"] = json!(locale);
        }
        if let Value::Object(rest) = rest {
            for (key, value) in rest {
                interaction[key] = value;
            }
        }
        interaction
    }

    /// Signs an interaction and sends it.
    pub(super) async fn send(&self, shape: Shape, interaction: Value) -> Exchange {
        let path = server::path(shape.face());
        let body = interaction.to_string();
        let timestamp = self.clock.now().as_second().to_string();
        let signature = self.key.sign(format!("{timestamp}{body}").as_bytes());
        let headers = [
            ("Content-Type", "application/json".to_owned()),
            ("X-Signature-Ed25519", hex::encode(signature.to_bytes())),
            ("X-Signature-Timestamp", timestamp),
        ];
        let url = format!("http://{}{path}", self.address);
        let request = self.http.request(Method::POST, &url).timeout(ANSWER_MAX);
        let request = headers.iter().fold(request.body(body), |request, header| {
            request.header(header.0, &header.1)
        });
        let begun = Instant::now();
        let mut exchange = Exchange {
            path,
            headers,
            sent: interaction,
            status: None,
            content_type: None,
            answer: Value::Null,
            took: Duration::ZERO,
        };
        if let Ok(response) = request.send().await {
            exchange.status = Some(response.status().as_u16());
            let content_type = response.headers().get(reqwest::header::CONTENT_TYPE);
            exchange.content_type =
                content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
            exchange.answer = match response.text().await {
                Ok(text) if text.is_empty() => Value::Null,
                Ok(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                Err(_) => Value::Null,
            };
        }
        exchange.took = begun.elapsed();
        exchange
    }
}
