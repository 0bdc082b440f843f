//! The real server with the gateway's face alone, against the sample platform.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use gatehouse::{
    clock::Clock,
    config::{Config, GatewayConfig, PlatformConfig},
    metrics::Metrics,
    sandbox::platform::{Community, FLUXER_TOKEN, GatewayAct, Heard, Said, SamplePlatform},
    server::Server,
};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};

use crate::secrets;

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// How often it looks whether it has come.
const GLANCE: Duration = Duration::from_millis(20);

/// Opcodes of what a client sends.
pub(crate) const HEARTBEAT: u64 = 1;
pub(crate) const IDENTIFY: u64 = 2;
pub(crate) const RESUME: u64 = 6;

/// The sample platform, before anybody is connected.
pub(crate) async fn platform() -> SamplePlatform {
    let community = Community::sample(Timestamp::now());
    secrets::listen().keep_community(&community);
    SamplePlatform::start(community).await.unwrap()
}

/// The running service; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Gatehouse {
    /// The platform that it is connected to.
    pub(crate) platform: SamplePlatform,
    /// Where its webhook listens.
    pub(crate) address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl Drop for Gatehouse {
    fn drop(&mut self) {
        for resume in self.sent(RESUME) {
            secrets::listen().keep(resume["session_id"].as_str());
        }
        self.running.abort();
    }
}

impl Gatehouse {
    /// Connected to a gateway without any fault.
    pub(crate) async fn connected() -> Self {
        let gatehouse = Self::start(platform().await).await;
        gatehouse.until_connected(1).await;
        gatehouse
    }

    /// Against this platform.
    pub(crate) async fn start(platform: SamplePlatform) -> Self {
        Self::start_with(platform, FLUXER_TOKEN, SamplePlatform::fluxer_api).await
    }

    /// With this token, against this address.
    pub(crate) async fn start_with(
        platform: SamplePlatform,
        token: &str,
        api: impl FnOnce(&SamplePlatform) -> String,
    ) -> Self {
        secrets::listen().keep([token]);
        let config = Config {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            links: HashMap::new(),
            metrics_listen: None,
            moderator_roles: Vec::new(),
            discord: PlatformConfig {
                api: platform.discord_api(),
                token: None,
                public_keys: Vec::new(),
            },
            fluxer: PlatformConfig {
                api: api(&platform),
                token: Some(SecretString::from(token)),
                public_keys: Vec::new(),
            },
            fluxer_gateway: Some(GatewayConfig::default()),
        };
        let server = Server::bind(&config, &Clock::system(), &Metrics::new())
            .await
            .unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async {
            // Either way it is to stop.
            let _ = stopped.await;
        }));
        Self {
            platform,
            address,
            stop: Some(stop),
            running,
        }
    }

    /// Until something holds.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            let heard = self.heard();
            assert!(began.elapsed() < PATIENCE, "not {what}: {heard:#?}");
            sleep(GLANCE).await;
        }
    }

    /// Until so many sessions have a connection.
    pub(crate) async fn until_connected(&self, sessions: usize) {
        let is_connected = |one: &Self| one.platform.gateway_sessions() == sessions;
        self.until("connected", is_connected).await;
    }

    /// Until so many frames of this opcode were sent. Gives what came with the last.
    pub(crate) async fn until_sent(&self, op: u64, count: usize) -> Value {
        let is_sent = |one: &Self| one.sent(op).len() >= count;
        self.until(&format!("sent {op} {count} times"), is_sent)
            .await;
        self.sent(op)[count - 1].clone()
    }

    /// Everything that the gateway heard.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.platform.gateway_heard()
    }

    /// What came with each frame of this opcode.
    pub(crate) fn sent(&self, op: u64) -> Vec<Value> {
        let heard = self.heard();
        heard
            .iter()
            .filter_map(|one| one.frame(op))
            .cloned()
            .collect()
    }

    /// How often it connected.
    pub(crate) fn connections(&self) -> usize {
        let heard = self.heard();
        let connected = |one: &&Heard| matches!(one.said, Said::Connected { .. });
        heard.iter().filter(connected).count()
    }

    /// The codes with which it closed connections.
    pub(crate) fn closed(&self) -> Vec<Option<u16>> {
        let heard = self.heard();
        let code = |one: &Heard| match one.said {
            Said::Closed(code) => Some(code),
            _ => None,
        };
        heard.iter().filter_map(code).collect()
    }

    /// Does something to its connections, of which there are some.
    #[track_caller]
    pub(crate) fn act(&self, act: &GatewayAct) {
        assert_ne!(self.platform.gateway_act(act), 0, "nobody is connected");
    }

    /// Asserts that the connection goes on: it answers, and is still the only one.
    pub(crate) async fn assert_goes_on(&self) {
        let connections = self.connections();
        let heartbeats = self.sent(HEARTBEAT).len();
        self.act(&GatewayAct::AskForHeartbeat);
        self.until_sent(HEARTBEAT, heartbeats + 1).await;
        assert_eq!(self.connections(), connections);
    }

    /// Asserts that the face ended, and the process with its other face did not.
    pub(crate) async fn assert_only_the_face_ended(&self) {
        let connections = self.connections();
        // Longer than the first wait of an attempt that should not come.
        sleep(Duration::from_secs(2)).await;
        assert_eq!(self.connections(), connections);
        assert!(!self.running.is_finished(), "the server ended");
        tokio::net::TcpStream::connect(self.address).await.unwrap();
    }

    /// Stops in order. Says how long that took.
    pub(crate) async fn stop(&mut self) -> Duration {
        let began = Instant::now();
        self.stop.take();
        tokio::time::timeout(PATIENCE, &mut self.running)
            .await
            .expect("the server ends")
            .expect("the server did not panic");
        began.elapsed()
    }
}
