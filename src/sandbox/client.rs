//! Stands in for the chat platform: makes interactions, signs them, sends them to the webhook.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, ensure};
use ed25519_dalek::{Signer, SigningKey};
use gatehouse_commands::{GuildId, PlatformName};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::platform::APPLICATION_ID;
use crate::{clock::Clock, http, server, webhook::envelope};

/// Manage Server, as decimal text: what the made-up moderator and the bot have.
const MANAGE_GUILD: &str = "32";

/// The made-up moderator.
const MODERATOR_ID: &str = "1510000000000000501";

/// The message is seen by one person alone.
const EPHEMERAL: u64 = 1 << 6;

/// A moderator at a made-up chat client.
#[derive(Debug)]
pub(super) struct Client {
    address: SocketAddr,
    key: SigningKey,
    guild: GuildId,
    clock: Clock,
    http: http::Client,
    sent: AtomicU64,
}

/// An answer, with what is needed to wait for a later one.
#[derive(Debug)]
pub(super) struct Answer {
    /// As the webhook gave it.
    pub(super) body: Value,
    /// The interaction's secret.
    pub(super) token: String,
}

impl Client {
    pub(super) fn new(address: SocketAddr, key: SigningKey, guild: GuildId, clock: Clock) -> Self {
        Self {
            address,
            key,
            guild,
            clock,
            http: http::Client::default(),
            sent: AtomicU64::new(0),
        }
    }

    /// Types `/invites <name>` without options.
    pub(super) async fn command(&self, name: &str) -> anyhow::Result<Answer> {
        let data = json!({"id": "1", "name": "invites", "type": 1,
            "options": [{"name": name, "type": 1, "options": []}]});
        self.send(envelope::COMMAND, json!({ "data": data })).await
    }

    /// Presses a button, or chooses a value in a menu, on a private reply.
    pub(super) async fn press(
        &self,
        custom_id: &str,
        value: Option<&str>,
    ) -> anyhow::Result<Answer> {
        let (kind, values) = match value {
            None => (2, Vec::new()),
            Some(value) => (3, vec![value]),
        };
        let data = json!({"component_type": kind, "custom_id": custom_id, "values": values});
        let message = json!({"flags": EPHEMERAL});
        let rest = json!({"data": data, "message": message});
        self.send(envelope::COMPONENT, rest).await
    }

    async fn send(&self, kind: u64, rest: Value) -> anyhow::Result<Answer> {
        let now = self.clock.now();
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let token = format!("sample-interaction-{number}");
        let mut interaction = json!({
            "id": (u64::try_from(now.as_millisecond())? * 1_000 + number).to_string(),
            "application_id": APPLICATION_ID.to_string(),
            "type": kind,
            "token": token,
            "version": 1,
            "guild_id": self.guild.to_string(),
            "app_permissions": MANAGE_GUILD,
            "authorizing_integration_owners": {"0": self.guild.to_string()},
            "member": {"user": {"id": MODERATOR_ID}, "permissions": MANAGE_GUILD, "roles": []},
        });
        for (key, value) in rest.as_object().into_iter().flatten() {
            interaction[key] = value.clone();
        }
        let body = interaction.to_string();
        let timestamp = now.as_second().to_string();
        let signature = self.key.sign(format!("{timestamp}{body}").as_bytes());
        let url = format!(
            "http://{}{}",
            self.address,
            server::path(PlatformName::Fluxer)
        );
        let response = self
            .http
            .request(Method::POST, &url)
            .header("X-Signature-Ed25519", hex::encode(signature.to_bytes()))
            .header("X-Signature-Timestamp", timestamp)
            .header("Content-Type", "application/json")
            .body(body)
            .send()
            .await
            .context("the webhook did not answer")?;
        let status = response.status();
        ensure!(status == StatusCode::OK, "the webhook answered {status}");
        let body = response
            .json()
            .await
            .context("the webhook's answer is no JSON")?;
        Ok(Answer { body, token })
    }
}
