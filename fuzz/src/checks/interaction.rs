//! Interactions, rightly signed: whatever the platform sends is answered, once and within its
//! rules, and nothing in it breaks a reader.

use std::{cell::RefCell, collections::HashMap};

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use ed25519_dalek::{Signer, SigningKey};
use gatehouse::{
    clock::Clock,
    config::{Config, PlatformConfig},
    metrics::Metrics,
    service::Service,
    shutdown::Shutdown,
    webhook::{self, Face, SignedBody, TIMESTAMP_WINDOW},
};
use gatehouse_commands::{Content, Failure, Plan, PlatformName};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::{NOW, fixtures, given::Given, looks};
use crate::discord_rules::Interaction;

/// Where nobody answers: no check may leave the machine.
const NOWHERE: &str = "http://127.0.0.1:9";

/// The last moment that a timestamp of eleven digits can tell.
const LAST_SECOND: i64 = 99_999_999_999;

thread_local! {
    static WEBHOOK: RefCell<Webhook> = RefCell::new(Webhook::new());
}

/// The webhook of a host that has no bot's token: it asks nobody.
pub(super) struct Webhook {
    runtime: Runtime,
    face: Face,
    clock: Clock,
    key: SigningKey,
    /// The title of the reply in the place of one that broke.
    broken: String,
    /// The title of the reply to what is no interaction that we know.
    unreadable: String,
}

impl Webhook {
    pub(super) fn new() -> Self {
        let key = SigningKey::from_bytes(&[7; 32]);
        let platform = PlatformConfig {
            api: NOWHERE.to_owned(),
            token: None,
            public_keys: vec![key.verifying_key()],
        };
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            metrics_listen: None,
            links: HashMap::new(),
            moderator_roles: Vec::new(),
            discord: platform.clone(),
            fluxer: PlatformConfig {
                // With a path, so that it need not be discovered.
                api: format!("{NOWHERE}/v1"),
                ..platform.clone()
            },
            fluxer_gateway: None,
        };
        let clock = Clock::stopped(NOW);
        let service = Service::new(&config, &clock, &Metrics::new());
        let shutdown = Shutdown::default();
        let runtime = Builder::new_current_thread().enable_all().build();
        Self {
            runtime: runtime.expect("a runtime can be made"),
            face: Face::new(PlatformName::Discord, &platform, service, shutdown),
            clock,
            key,
            broken: title(Failure::Internal),
            unreadable: title(Failure::Unreadable),
        }
    }

    /// Lets so much time pass that no earlier interaction is remembered.
    fn forget(&mut self) {
        self.clock.advance(TIMESTAMP_WINDOW * 4);
        if self.clock.now().as_second() >= LAST_SECOND {
            *self = Self::new();
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The signature of a timestamp's text and a body.
    pub(super) fn sign(&self, signed: &[u8]) -> [u8; 64] {
        self.key.sign(signed).to_bytes()
    }

    /// Sends a request, and gives status and body of what comes back.
    pub(super) fn send(&self, request: Request) -> (StatusCode, Vec<u8>) {
        self.runtime.block_on(async {
            let response = self.answer(request).await;
            let status = response.status();
            let body = response.into_body().collect().await;
            let body = body.expect("an answer is there as a whole").to_bytes();
            (status, body.to_vec())
        })
    }

    async fn answer(&self, request: Request) -> Response {
        match SignedBody::from_request(request, &self.face).await {
            Ok(body) => webhook::interactions(State(self.face.clone()), body)
                .await
                .into_response(),
            Err(rejection) => rejection.into_response(),
        }
    }
}

/// The title of the reply that tells of a failure.
fn title(failure: Failure) -> String {
    let plan = Plan::of(&Given::invocation(gatehouse_commands::Request::Unreadable));
    match plan.fail(failure).reply.content {
        Content::Failure(text) => text.title.plain(NOW),
        other => unreachable!("a failure is one: {other:?}"),
    }
}

/// Sends a body with a right signature.
pub fn check(body: &[u8]) {
    WEBHOOK.with_borrow_mut(|webhook| {
        webhook.forget();
        let timestamp = webhook.now().as_second().to_string();
        let signature = webhook.sign(&[timestamp.as_bytes(), body].concat());
        let request = Request::post("/discord/interactions")
            .header("x-signature-timestamp", timestamp)
            .header("x-signature-ed25519", hex::encode(signature))
            .body(Body::from(body.to_vec()))
            .expect("a right request");
        let (status, answer) = webhook.send(request);
        if body.len() > webhook::BODY_MAX_BYTES {
            assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
            return;
        }
        let sent = serde_json::from_slice::<Value>(body).ok();
        let Some(sent) = sent.filter(Value::is_object) else {
            // A key twice, or a number too large for the other reader: an object all the same.
            assert!(
                [StatusCode::BAD_REQUEST, StatusCode::OK].contains(&status),
                "{status}"
            );
            return;
        };
        assert_eq!(status, StatusCode::OK);
        let shown = serde_json::from_slice::<Value>(&answer).unwrap_or_default();
        let title = &shown["data"]["embeds"][0]["title"];
        assert_ne!(title, &webhook.broken, "running a command panicked");
        // With a key twice nobody can say which one counts: not even a PING is one then.
        let kind = sent["type"]
            .as_u64()
            .filter(|_| title != &webhook.unreadable);
        looks::look_at_answer(
            Interaction {
                kind: kind.and_then(|kind| u8::try_from(kind).ok()).unwrap_or(0),
                from_message: sent["message"].is_object(),
            },
            &answer,
        );
    });
}

/// Recorded interactions, as they are and with our own commands, buttons and forms in them.
pub fn seeds() -> Vec<Vec<u8>> {
    let recorded = fixtures::interactions();
    let ids = super::custom_id::seeds();
    let mut seeds: Vec<Vec<u8>> = recorded.iter().map(fixtures::bytes).collect();
    let pressed = recorded
        .iter()
        .filter(|interaction| interaction["data"]["custom_id"].is_string());
    for (interaction, id) in pressed.cycle().zip(ids) {
        let id = String::from_utf8(id).expect("an id is UTF-8");
        let id = id.split('\n').next().unwrap_or_default().to_owned();
        let mut interaction = interaction.clone();
        interaction["data"]["custom_id"] = Value::String(id);
        seeds.push(fixtures::bytes(&interaction));
    }
    seeds
}
