//! Plays the platform that sends signed interactions.

use std::{
    net::SocketAddr,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use ed25519_dalek::{Signer, SigningKey};
use gatehouse::sandbox::platform::{APPLICATION_ID, Community};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::http;

const COMMAND: &str = include_str!("../../fixtures/discord/interactions/03_list_no_options.json");
const PING: &str = include_str!("../../fixtures/discord/interactions/01_ping.json");

/// The platform's public key, as its page shows it.
pub(crate) static PUBLIC_KEY: LazyLock<String> =
    LazyLock::new(|| hex::encode(key().verifying_key().as_bytes()));

fn key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

/// A platform that sends to the service at this address; keeps what it sent secret.
#[derive(Debug)]
pub(crate) struct Face {
    address: SocketAddr,
    path: &'static str,
    /// Signatures and interaction tokens so far.
    pub(crate) secrets: Vec<String>,
}

impl Face {
    pub(crate) fn discord(address: SocketAddr) -> Self {
        Self {
            address,
            path: "/discord/interactions",
            secrets: Vec::new(),
        }
    }

    pub(crate) fn fluxer(address: SocketAddr) -> Self {
        Self {
            path: "/fluxer/interactions",
            ..Self::discord(address)
        }
    }

    /// Sends a PING and gives the answer.
    pub(crate) async fn ping(&mut self) -> Value {
        let ping = serde_json::from_str(PING).unwrap();
        self.send(ping).await.0
    }

    /// Sends `/invites <command>` in the sample guild; gives the answer and the token that edits
    /// go by.
    pub(crate) async fn command(&mut self, command: &str, options: Value) -> (Value, String) {
        self.command_in(Community::SAMPLE_ID, command, options)
            .await
    }

    /// The same in another guild.
    pub(crate) async fn command_in(
        &mut self,
        guild: u64,
        command: &str,
        options: Value,
    ) -> (Value, String) {
        let mut interaction: Value = serde_json::from_str(COMMAND).unwrap();
        let options = json!([{"name": command, "type": 1, "options": options}]);
        interaction["data"]["options"] = options;
        renew(&mut interaction, guild);
        self.send(interaction).await
    }

    /// Presses a button on a private reply.
    pub(crate) async fn press(&mut self, custom_id: &str) -> (Value, String) {
        let press = include_str!("../../fixtures/discord/interactions/09_button_next_page.json");
        let mut interaction: Value = serde_json::from_str(press).unwrap();
        interaction["data"]["custom_id"] = json!(custom_id);
        in_sample(&mut interaction);
        self.send(interaction).await
    }

    /// Sends a form off, opened from a private reply, with these lines filled in.
    pub(crate) async fn submit(
        &mut self,
        custom_id: &str,
        lines: &[(&str, &str)],
    ) -> (Value, String) {
        let submit = include_str!("../../fixtures/discord/interactions/09_button_next_page.json");
        let mut interaction: Value = serde_json::from_str(submit).unwrap();
        let labels: Vec<Value> = lines
            .iter()
            .map(|(id, text)| {
                let input = json!({"type": 4, "id": 2, "custom_id": id, "value": text});
                json!({"type": 18, "id": 1, "component": input})
            })
            .collect();
        interaction["type"] = json!(5);
        interaction["data"] = json!({"custom_id": custom_id, "components": labels});
        in_sample(&mut interaction);
        self.send(interaction).await
    }

    /// Posts a body with a signature that is not the platform's; gives the status.
    pub(crate) async fn forge(&mut self, body: &str) -> u16 {
        let signature = hex::encode([0xab; 64]);
        let (status, _) = self.post(body, signature, now()).await;
        status
    }

    async fn send(&mut self, interaction: Value) -> (Value, String) {
        let token = interaction["token"].as_str().unwrap().to_owned();
        let body = interaction.to_string();
        let timestamp = now();
        let signed = format!("{timestamp}{body}");
        let signature = hex::encode(key().sign(signed.as_bytes()).to_bytes());
        self.secrets.push(token.clone());
        let (status, answer) = self.post(&body, signature, timestamp).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        (serde_json::from_slice(&answer).unwrap(), token)
    }

    async fn post(&mut self, body: &str, signature: String, timestamp: String) -> (u16, Vec<u8>) {
        let headers = [
            ("content-type", "application/json"),
            ("x-signature-ed25519", signature.as_str()),
            ("x-signature-timestamp", timestamp.as_str()),
        ];
        let answer = http::post(self.address, self.path, &headers, body).await;
        self.secrets.push(signature);
        answer
    }
}

/// Makes it one that was not sent before, used in the sample guild.
fn in_sample(interaction: &mut Value) {
    renew(interaction, Community::SAMPLE_ID);
}

/// Makes it one that was not sent before, used in this guild.
fn renew(interaction: &mut Value, guild: u64) {
    static NEXT: AtomicU64 = AtomicU64::new(1_540_500_000_000_000_001);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let guild = json!(guild.to_string());
    interaction["id"] = json!(number.to_string());
    interaction["token"] = json!(format!("interaction-secret-{number}"));
    interaction["application_id"] = json!(APPLICATION_ID.to_string());
    interaction["guild_id"] = guild.clone();
    interaction["authorizing_integration_owners"]["0"] = guild;
}

fn now() -> String {
    Timestamp::now().as_second().to_string()
}
