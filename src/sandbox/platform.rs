//! A platform to try things out on: a small REST server in memory, shaped like Fluxer and like Discord.
//!
//! It serves made-up communities over real HTTP on the loopback address, for newcomers without an account and for
//! tests that need a platform which misbehaves. It never asks anything of a real platform.
//!
//! ```text
//! fluxer_api()   http://127.0.0.1:PORT/v1     what a Fluxer client takes as its API
//! discord_api()  http://127.0.0.1:PORT        a Discord client adds /api/v10
//! domain()       http://127.0.0.1:PORT        where a self-hosted Fluxer answers /.well-known/fluxer
//! ```

mod answer;
mod community;
mod deliver;
mod discord;
mod fault;
mod fluxer;
mod multipart;
mod record;
mod route;
mod sample;
mod serve;
mod world;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, serve::ListenerExt};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::timeout};

use self::world::World;
pub use self::{
    community::{Community, SampleChannel, SampleInvite, SampleInviter, SampleUser},
    deliver::Delivered,
    fault::{Fault, FaultCount, LimitScope},
    record::Recorded,
    route::{Route, Target},
};

/// Token of the Fluxer bot, unless another was set. It opens nothing but the sample.
pub const FLUXER_TOKEN: &str = "1510000000000000301.sample-token";

/// Token of the Discord bot, unless another was set. It opens nothing but the sample.
pub const DISCORD_TOKEN: &str = "sample-token-for-discord";

/// Account id of the Fluxer bot.
pub const FLUXER_BOT_ID: u64 = 1_510_000_000_000_000_301;

/// Id of the Discord application and of its bot.
pub const APPLICATION_ID: u64 = 1_510_000_000_000_000_401;

/// Public key of the Discord application. No private key belongs to it.
pub const VERIFY_KEY: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

/// A running platform; it stops when this is dropped.
#[derive(Debug)]
pub struct SamplePlatform {
    world: Arc<World>,
    /// Ends the server, and every answer that hangs, by being dropped.
    running: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl SamplePlatform {
    /// Serves a community on a free port of 127.0.0.1, in the background.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    pub async fn start(community: Community) -> io::Result<Self> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), community).await
    }

    /// Serves a community at this address, in the background.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, for example because it is taken.
    pub async fn start_at(address: SocketAddr, community: Community) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let (running, receiver) = watch::channel(());
        let world = Arc::new(World::new(listener.local_addr()?, receiver));
        let router = Router::new()
            .fallback(serve::serve)
            .with_state(Arc::clone(&world));
        // Small answers shall not wait for the acknowledgement of what came before them.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "sample platform keeps Nagle's algorithm on");
            }
        });
        let stopped = world.stopped();
        let server = tokio::spawn(async move {
            let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
            if let Err(error) = serving.await {
                tracing::error!(%error, "sample platform ended");
            }
        });
        let platform = Self {
            world,
            running,
            server,
        };
        platform.add_guild(community);
        Ok(platform)
    }

    /// Stops now and waits until the port is free, so that the next request is refused.
    pub async fn stop(self) {
        let Self {
            running, server, ..
        } = self;
        drop(running);
        // A client that keeps a connection open shall not keep a test waiting.
        let _ended = timeout(Duration::from_secs(1), server).await;
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.world.address()
    }

    /// Fluxer's API with its version, `http://127.0.0.1:PORT/v1`.
    pub fn fluxer_api(&self) -> String {
        format!("{}/v1", self.world.origin())
    }

    /// Discord's API without its version, `http://127.0.0.1:PORT`.
    pub fn discord_api(&self) -> String {
        self.world.origin()
    }

    /// Web root of a self-hosted Fluxer, `http://127.0.0.1:PORT`.
    pub fn domain(&self) -> String {
        self.world.origin()
    }

    /// Adds a guild, or puts it in the place of the one with the same id.
    pub fn add_guild(&self, community: Community) {
        self.world.guilds().insert(community.id, community);
    }

    /// Sets the token that the Fluxer calls want.
    pub fn set_fluxer_token(&self, token: &str) {
        token.clone_into(&mut self.world.accounts().fluxer_token);
    }

    /// Sets the token that the Discord calls want.
    pub fn set_discord_token(&self, token: &str) {
        token.clone_into(&mut self.world.accounts().discord_token);
    }

    /// From now on requests of `target` meet this fault, until the faults are cleared.
    ///
    /// Of several lasting faults of a request the latest counts.
    pub fn fault(&self, target: impl Into<Target>, fault: Fault) -> FaultCount {
        self.world.faults().set(target.into(), fault, None)
    }

    /// The next `times` requests of `target` meet this fault.
    ///
    /// Counted faults come before lasting ones, and one after the other.
    pub fn fault_times(&self, target: impl Into<Target>, times: usize, fault: Fault) -> FaultCount {
        self.world.faults().set(target.into(), fault, Some(times))
    }

    /// Ends all faults for the requests to come; an answer that hangs goes on hanging.
    pub fn clear_faults(&self) {
        self.world.faults().clear();
    }

    /// Everything asked so far, in the order it came, requests that met a fault included.
    pub fn requests(&self) -> Vec<Recorded> {
        self.world.requests().clone()
    }

    /// How often `target` was asked so far.
    pub fn count(&self, target: impl Into<Target>) -> usize {
        let target = target.into();
        let requests = self.world.requests();
        requests.iter().filter(|request| request.is(target)).count()
    }

    /// Waits for the next message of this interaction token: an edit of the first answer, or a follow-up.
    ///
    /// Each message is handed out once, in the order they came; `None` when there is none `within` this time.
    pub async fn edit(&self, token: &str, within: Duration) -> Option<Delivered> {
        self.world.deliveries.next(token, within).await
    }

    /// All messages of this interaction token so far, handed out or not.
    pub fn delivered(&self, token: &str) -> Vec<Delivered> {
        self.world.deliveries.of(token)
    }
}

#[cfg(test)]
mod tests;
