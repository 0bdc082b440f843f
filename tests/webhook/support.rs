//! The real server against the sample platform, and a client that plays the platform's part.
//!
//! ```text
//! Setup ── start() ──▶ Gatehouse ── send(&Interaction) ──▶ Reply   the direct answer
//!                                └─ edit(&Interaction) ──▶ Later   what came after a deferral
//! ```
//!
//! Whatever the server sends is checked against the platform's rules on the way, in every test.

pub(crate) mod balancer;
pub(crate) mod crude;
mod interaction;
mod message;
pub(crate) mod secrets;
pub(crate) mod wire;

use std::{
    collections::HashMap,
    future::poll_fn,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use ed25519_dalek::{Signer, SigningKey};
use gatehouse::{
    clock::Clock,
    config::{Config, PlatformConfig},
    metrics::Metrics,
    sandbox::platform::{
        APPLICATION_ID, Community, DISCORD_TOKEN, Delivered, FLUXER_TOKEN, SamplePlatform,
    },
    server::{self, Server},
};
use gatehouse_commands::{GuildRef, PlatformName, RoleId};
use jiff::Timestamp;
use reqwest::Method;
use rustls::{ClientConfig, RootCertStore};
use secrecy::SecretString;
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) use self::{
    interaction::{Interaction, MEMBER, MODERATOR, Member, On},
    message::{Button, Choice, Message},
};
use crate::discord_rules;

/// The platform's secret key, of which the server knows the public half.
pub(crate) const KEY: [u8; 32] = [7; 32];

/// Another key of the platform, known to the server only if it is told by [`Setup::key`].
pub(crate) const SECOND_KEY: [u8; 32] = [8; 32];

/// How long a test waits for what has to come: longer than the server has to try.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Stands for address and port of the sample platform.
pub(crate) const ADDRESS: &str = "<address>";

/// What a platform waits for an answer.
pub(crate) const DEADLINE: Duration = Duration::from_secs(3);

/// Bit 6 of a message's flags: one person alone sees it.
const EPHEMERAL: u64 = 64;

/// What the service is started with.
#[derive(Debug)]
pub(crate) struct Setup {
    face: PlatformName,
    community: Community,
    clock: Clock,
    links: HashMap<GuildRef, GuildRef>,
    moderator_roles: Vec<(PlatformName, RoleId)>,
    discord_token: Option<String>,
    fluxer_token: Option<String>,
    keys: Vec<[u8; 32]>,
    faces: Vec<PlatformName>,
    discord_api: String,
    fluxer_api: String,
    metrics: Metrics,
    connections: Option<usize>,
}

impl Setup {
    /// Both faces and both platforms, over the sample community; interactions come from Discord.
    pub(crate) fn new() -> Self {
        Self {
            face: PlatformName::Discord,
            community: Community::sample(Timestamp::now()),
            clock: Clock::system(),
            links: HashMap::new(),
            moderator_roles: Vec::new(),
            discord_token: Some(DISCORD_TOKEN.to_owned()),
            fluxer_token: Some(FLUXER_TOKEN.to_owned()),
            keys: vec![KEY],
            faces: PlatformName::ALL.to_vec(),
            discord_api: format!("http://{ADDRESS}"),
            fluxer_api: format!("http://{ADDRESS}/v1"),
            metrics: Metrics::new(),
            connections: None,
        }
    }

    /// Interactions come from this platform.
    pub(crate) fn face(self, face: PlatformName) -> Self {
        Self { face, ..self }
    }

    /// The guild of the interactions; more are added by `SamplePlatform::add_guild`.
    pub(crate) fn community(self, community: Community) -> Self {
        Self { community, ..self }
    }

    /// The time of day, also the one that requests are signed for.
    pub(crate) fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// What is counted is counted there.
    pub(crate) fn metrics(self, metrics: &Metrics) -> Self {
        Self {
            metrics: metrics.clone(),
            ..self
        }
    }

    /// Shows the invites of `to` where a command is used in `from`, both as `discord:<id>`.
    pub(crate) fn link(mut self, from: &str, to: &str) -> Self {
        self.links
            .insert(from.parse().unwrap(), to.parse().unwrap());
        self
    }

    /// Names a role whose members are moderators.
    pub(crate) fn moderator_role(mut self, platform: PlatformName, role: u64) -> Self {
        self.moderator_roles
            .push((platform, RoleId::new(role).unwrap()));
        self
    }

    /// The Discord bot's token as the operator set it.
    pub(crate) fn discord_token(self, token: Option<&str>) -> Self {
        Self {
            discord_token: token.map(str::to_owned),
            ..self
        }
    }

    /// The Fluxer bot's token as the operator set it.
    pub(crate) fn fluxer_token(self, token: Option<&str>) -> Self {
        Self {
            fluxer_token: token.map(str::to_owned),
            ..self
        }
    }

    /// The server knows this key, too, as while a key is being changed.
    pub(crate) fn key(mut self, secret: [u8; 32]) -> Self {
        self.keys.push(secret);
        self
    }

    /// Where Discord's API is, as the operator set it; [`ADDRESS`] in it is the sample platform's.
    pub(crate) fn discord_api(self, api: &str) -> Self {
        Self {
            discord_api: api.to_owned(),
            ..self
        }
    }

    /// Where Fluxer's API is, as the operator set it; [`ADDRESS`] in it is the sample platform's.
    pub(crate) fn fluxer_api(self, api: &str) -> Self {
        Self {
            fluxer_api: api.to_owned(),
            ..self
        }
    }

    /// The server takes no more connections than this.
    pub(crate) fn connections(self, most: usize) -> Self {
        Self {
            connections: Some(most),
            ..self
        }
    }

    /// Only this platform has a public key.
    pub(crate) fn only_face(self, face: PlatformName) -> Self {
        Self {
            face,
            faces: vec![face],
            ..self
        }
    }

    /// Starts platform and server.
    pub(crate) async fn start(self) -> Gatehouse {
        let guild = self.community.id;
        let platform = SamplePlatform::start(self.community.clone()).await.unwrap();
        let config = self.config(&platform);
        let watch = secrets::listen();
        watch.keep(self.discord_token.as_deref());
        watch.keep(self.fluxer_token.as_deref());
        watch.keep_community(&self.community);
        let mut server = Server::bind(&config, &self.clock, &self.metrics)
            .await
            .unwrap();
        if let Some(most) = self.connections {
            server = server.with_connections(most);
        }
        let address = server.address().unwrap();
        let metrics_address = server.metrics_address().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            // Either way it is to stop.
            let _ = stopped.await;
        }));
        Gatehouse {
            clock: self.clock,
            face: self.face,
            guild,
            address,
            metrics_address,
            platform: Some(platform),
            client: client(),
            server: Running {
                stop: Some(stop),
                running: Some(running),
            },
        }
    }

    /// The configuration in front of this platform.
    pub(crate) fn config(&self, platform: &SamplePlatform) -> Config {
        let keys = |face| {
            let keys = self.keys.iter().filter(|_| self.faces.contains(&face));
            keys.map(|key| SigningKey::from_bytes(key).verifying_key())
                .collect()
        };
        let token = |token: &Option<String>| token.clone().map(SecretString::from);
        let api = |api: &str| api.replace(ADDRESS, &platform.address().to_string());
        Config {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            metrics_listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
            links: self.links.clone(),
            moderator_roles: self.moderator_roles.clone(),
            discord: PlatformConfig {
                api: api(&self.discord_api),
                token: token(&self.discord_token),
                public_keys: keys(PlatformName::Discord),
            },
            fluxer: PlatformConfig {
                api: api(&self.fluxer_api),
                token: token(&self.fluxer_token),
                public_keys: keys(PlatformName::Fluxer),
            },
            fluxer_gateway: None,
        }
    }
}

/// A client that plays the platform's part. It needs no TLS, and nobody's proxy.
pub(crate) fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}

/// The running service with the platform behind it; both stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Gatehouse {
    /// The service's clock.
    pub(crate) clock: Clock,
    /// Where interactions come from.
    pub(crate) face: PlatformName,
    /// The guild where they are used.
    pub(crate) guild: u64,
    /// Where the service listens.
    pub(crate) address: SocketAddr,
    /// Where it tells its metrics.
    pub(crate) metrics_address: SocketAddr,
    platform: Option<SamplePlatform>,
    client: reqwest::Client,
    server: Running,
}

#[derive(Debug)]
struct Running {
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

impl Gatehouse {
    /// As [`Setup::new`].
    pub(crate) async fn start() -> Self {
        Setup::new().start().await
    }

    /// The platform that is asked.
    pub(crate) fn platform(&self) -> &SamplePlatform {
        self.platform.as_ref().expect("the platform is up")
    }

    /// Ends the platform: from now on its connections are refused.
    pub(crate) async fn take_platform_down(&mut self) {
        if let Some(platform) = self.platform.take() {
            platform.stop().await;
        }
    }

    /// Asserts that nothing was asked of the platform so far.
    #[track_caller]
    pub(crate) fn assert_platform_not_asked(&self) {
        let requests = self.platform().requests();
        assert!(requests.is_empty(), "the platform was asked: {requests:#?}");
    }

    /// Tells the server to stop; does not wait.
    pub(crate) fn begin_stop(&mut self) {
        self.server.stop.take();
    }

    /// Until the server has ended, after [`Self::begin_stop`].
    pub(crate) async fn stopped(&mut self) {
        if let Some(running) = self.server.running.take() {
            tokio::time::timeout(PATIENCE, running)
                .await
                .expect("the server ends")
                .expect("the server did not panic");
        }
    }

    /// Stops in order and gives the platform back: whatever was still to be sent was sent.
    pub(crate) async fn stop(mut self) -> SamplePlatform {
        self.begin_stop();
        self.stopped().await;
        self.platform.take().expect("the platform is up")
    }

    /// Stops in order and gives the number of messages that came later in all.
    pub(crate) async fn delivered_in_all(self, interaction: &Interaction) -> usize {
        let platform = self.stop().await;
        platform.delivered(interaction.token()).len()
    }

    /// An address of the service.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where this platform's interactions are taken.
    pub(crate) fn path(&self) -> String {
        server::path(self.face)
    }

    /// The headers that the platform would send with this body now.
    pub(crate) fn signed(&self, body: &[u8]) -> Vec<(String, String)> {
        signed(&KEY, &self.clock.now().as_second().to_string(), body)
    }

    /// Any request: its status and body.
    pub(crate) async fn request(&self, method: Method, path: &str) -> (u16, Vec<u8>) {
        let request = self.client.request(method, self.url(path));
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.bytes().await.unwrap().to_vec())
    }

    /// Posts a body as it is, with these headers. Whoever is refused must learn nothing.
    pub(crate) async fn post_raw(
        &self,
        path: &str,
        headers: &[(String, String)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.client.post(self.url(path)).body(body);
        for (name, value) in headers {
            if name == "x-signature-ed25519" {
                secrets::listen().keep([value.as_str()]);
            }
            request = request.header(name, value);
        }
        let asked_at = tokio::time::Instant::now();
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type").cloned();
        let body = response.bytes().await.unwrap();
        let at = Instant::now();
        let took = asked_at.elapsed();
        let json = if status == 200 {
            let content_type = content_type.expect("an answer says what it is");
            assert_eq!(content_type, "application/json");
            serde_json::from_slice(&body).expect("an answer is JSON")
        } else {
            assert!(body.is_empty(), "{status} comes with {body:?}");
            Value::Null
        };
        Answer {
            status,
            json,
            at,
            took,
        }
    }

    /// Posts a body, signed for now.
    pub(crate) async fn post_signed(&self, body: impl Into<Vec<u8>>) -> Answer {
        let body = body.into();
        let headers = self.signed(&body);
        self.post_raw(&self.path(), &headers, body).await
    }

    /// Sends an interaction as the platform does, whatever comes back.
    pub(crate) async fn try_send(&self, interaction: &Interaction) -> Answer {
        secrets::listen().keep_interaction(interaction.json());
        let answer = self.post_signed(interaction.body()).await;
        if answer.status == 200 {
            discord_rules::assert_callback(interaction.kind(), &answer.json);
            assert!(answer.took < DEADLINE, "answered after {:?}", answer.took);
        }
        answer
    }

    /// Sends an interaction as the platform does; it has to be answered.
    pub(crate) async fn send(&self, interaction: &Interaction) -> Reply {
        let answer = self.try_send(interaction).await;
        assert_eq!(answer.status, 200, "not answered");
        Reply {
            kind: answer.json["type"].as_u64().unwrap(),
            message: Message::new(answer.json["data"].clone()),
            at: answer.at,
        }
    }

    /// Sends an interaction that has to be answered at once and gives the message.
    pub(crate) async fn ask(&self, interaction: &Interaction) -> Message {
        let reply = self.send(interaction).await;
        assert!(
            matches!(reply.kind, Reply::MESSAGE | Reply::UPDATE | Reply::MODAL),
            "no message: {reply:#?}"
        );
        reply.message
    }

    /// Waits for the edit that follows a deferral.
    pub(crate) async fn edit(&self, interaction: &Interaction) -> Later {
        self.later(interaction, "PATCH").await
    }

    /// Waits for a further message, seen by one person alone.
    pub(crate) async fn follow_up(&self, interaction: &Interaction) -> Later {
        self.later(interaction, "POST").await
    }

    async fn later(&self, interaction: &Interaction, method: &str) -> Later {
        let delivered = self.platform().edit(interaction.token(), PATIENCE).await;
        let delivered = delivered.unwrap_or_else(|| panic!("no {method} came"));
        assert_eq!(delivered.method, method, "{delivered:#?}");
        self.check_delivered(interaction, &delivered);
        Later {
            at: delivered.at,
            message: Message::new(delivered.payload),
            files: delivered
                .files
                .into_iter()
                .map(|(name, bytes)| (name, bytes.to_vec()))
                .collect(),
        }
    }

    /// Edits cannot change who sees a message, and neither needs the bot's token.
    fn check_delivered(&self, interaction: &Interaction, delivered: &Delivered) {
        let payload = &delivered.payload;
        let files = delivered.files.iter();
        let files: Vec<_> = files
            .map(|(name, bytes)| (name.as_str(), &bytes[..]))
            .collect();
        discord_rules::assert_files(payload, &files);
        if delivered.method == "PATCH" {
            discord_rules::assert_edit(payload);
            assert!(payload.get("flags").is_none(), "{payload:#}");
        } else {
            discord_rules::assert_follow_up(payload);
            assert_eq!(payload["flags"], EPHEMERAL, "{payload:#}");
        }
        let requests = self.platform().requests();
        let sent: Vec<_> = requests
            .iter()
            .filter(|request| request.path.contains(interaction.token()))
            .collect();
        assert!(!sent.is_empty());
        for request in sent {
            assert_eq!(request.authorization, None, "{}", request.path);
            let webhook = format!("/webhooks/{APPLICATION_ID}/{}", interaction.token());
            assert!(request.path.contains(&webhook), "{}", request.path);
        }
    }

    /// `/invites <command>` by a moderator.
    pub(crate) fn command(&self, command: &str, options: &[(&str, Value)]) -> Interaction {
        Interaction::command(self.guild, command, options)
    }

    /// A press on a button or, with values, a choice in a menu, by the moderator who asked for
    /// the message.
    pub(crate) fn press(&self, custom_id: &str, on: On, values: &[&str]) -> Interaction {
        Interaction::press(self.guild, custom_id, on, values)
    }

    /// A form sent off, opened from a message.
    pub(crate) fn submit(&self, custom_id: &str, text: &str, on: On) -> Interaction {
        Interaction::submit(self.guild, custom_id, text, on)
    }

    /// A form sent off with these lines filled in, opened by a command.
    #[track_caller]
    pub(crate) fn filled(&self, form: &Message, lines: &[(&str, &str)]) -> Interaction {
        Interaction::filled(self.guild, form, lines)
    }

    /// A press on the button of this message that says this.
    #[track_caller]
    pub(crate) fn press_label(&self, message: &Message, label: &str, on: On) -> Interaction {
        let button = message.button(label);
        assert!(!button.is_disabled, "{} cannot be pressed", button.label);
        self.press(&button.custom_id, on, &[]).on_reply(message, on)
    }

    /// A command on a message.
    pub(crate) fn on_message(&self, name: &str, target: &Value) -> Interaction {
        Interaction::on_message(self.guild, name, target)
    }

    /// A command that is being typed, at its last option.
    pub(crate) fn autocomplete(&self, command: &str, options: &[(&str, Value)]) -> Interaction {
        Interaction::autocomplete(self.guild, command, options)
    }
}

/// The headers of a body signed with this key for this time.
pub(crate) fn signed(key: &[u8; 32], timestamp: &str, body: &[u8]) -> Vec<(String, String)> {
    let signed = [timestamp.as_bytes(), body].concat();
    let signature = SigningKey::from_bytes(key).sign(&signed);
    let header = |name: &str, value: String| (name.to_owned(), value);
    vec![
        header("content-type", "application/json".to_owned()),
        header("x-signature-ed25519", hex::encode(signature.to_bytes())),
        header("x-signature-timestamp", timestamp.to_owned()),
    ]
}

/// What comes back, whatever it is.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body of a 200, else `null`.
    pub(crate) json: Value,
    /// When it was there.
    pub(crate) at: Instant,
    /// From request to answer.
    pub(crate) took: Duration,
}

/// The direct answer to an interaction.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Its type, one of the constants here.
    pub(crate) kind: u64,
    /// Its data.
    pub(crate) message: Message,
    /// When it was there.
    pub(crate) at: Instant,
}

impl Reply {
    /// The answer to a PING.
    pub(crate) const PONG: u64 = 1;
    /// A new message.
    pub(crate) const MESSAGE: u64 = 4;
    /// A new message that comes later.
    pub(crate) const DEFERRED_MESSAGE: u64 = 5;
    /// The pressed message will be replaced later.
    pub(crate) const DEFERRED_UPDATE: u64 = 6;
    /// The pressed message is replaced.
    pub(crate) const UPDATE: u64 = 7;
    /// Suggestions.
    pub(crate) const SUGGESTIONS: u64 = 8;
    /// A form.
    pub(crate) const MODAL: u64 = 9;

    /// Whether one person alone sees the new message.
    pub(crate) fn is_private(&self) -> bool {
        self.message.is_private()
    }
}

/// What came later.
#[derive(Debug)]
pub(crate) struct Later {
    /// When it came.
    pub(crate) at: Instant,
    /// The message.
    pub(crate) message: Message,
    /// File names and contents.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// Asserts that the sample's list is titled with what is known without asking for the guild itself, which
/// only Fluxer's invites name.
#[track_caller]
pub(crate) fn assert_titled_without_the_guild(face: PlatformName, list: &Message) {
    let title = list.title();
    match face {
        PlatformName::Discord => assert_eq!(title, "Invites"),
        PlatformName::Fluxer => assert!(title.contains("Paper Kite Society"), "{title}"),
    }
}

/// Waits for all of these, which go on side by side, and gives their results in order.
pub(crate) async fn all<T>(futures: impl IntoIterator<Item: Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none()
                && let Poll::Ready(done) = future.as_mut().poll(context)
            {
                *result = Some(done);
            }
        }
        if results.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    results.into_iter().flatten().collect()
}
