//! A platform to try things out on: a small REST server in memory, shaped like Fluxer and like Discord.
//!
//! It serves made-up communities over real HTTP on the loopback address, for newcomers without an account and for
//! tests that need a platform which misbehaves. What is revoked, made or paused through it stays so until it
//! stops. It never asks anything of a real platform.
//!
//! ```text
//! fluxer_api()   http://127.0.0.1:PORT/v1     what a Fluxer client takes as its API
//! discord_api()  http://127.0.0.1:PORT        a Discord client adds /api/v10
//! domain()       http://127.0.0.1:PORT        where a self-hosted Fluxer answers /.well-known/fluxer
//! its gateway    ws://127.0.0.1:PORT2/gateway as GET gateway/bot and discovery tell it
//! ```

mod answer;
mod audit;
mod change;
mod chat;
mod community;
mod control;
mod deliver;
mod discord;
mod fault;
mod fluxer;
mod form;
mod gateway;
mod happening;
mod invite;
mod limits;
mod member;
mod multipart;
mod percent;
pub mod permission;
mod record;
mod route;
mod sample;
mod sequence;
mod serve;
mod snowflake;
mod speak;
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
    audit::AuditEntry,
    chat::SampleMessage,
    community::Community,
    deliver::Delivered,
    fault::{Fault, FaultCount, LimitScope},
    gateway::{GatewayAct, GatewayFault, Heard, Said},
    happening::Happening,
    invite::{SampleChannel, SampleInvite, SampleInviter},
    member::{MemberSearch, SampleMember, SampleRole, SampleUser},
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

/// Public key of the Discord application, unless another was set. No private key belongs to it.
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
        let gateway = TcpListener::bind((address.ip(), 0)).await?;
        let (running, receiver) = watch::channel(());
        let world = World::new(listener.local_addr()?, gateway.local_addr()?, receiver);
        let world = Arc::new(world);
        tokio::spawn(gateway::serve(gateway, Arc::clone(&world)));
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
}

#[cfg(test)]
mod tests;
