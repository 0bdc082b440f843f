//! The face for platforms that deliver no slash commands: a connection over which every message
//! comes, of which those that begin with `/invites` are answered.
//!
//! ```text
//! Gateway ─▶ Shard ─▶ Connection ─▶ Socket      a session outlives its connections
//!                         └─ Event ─▶ Talk      what concerns us, in our own types
//! ```

mod backoff;
mod close;
mod connection;
mod event;
mod heartbeat;
mod inflate;
pub(crate) mod readings;
mod session;
mod shard;
mod socket;
mod talk;
mod turns;
mod wire;

use std::{fmt, sync::Arc};

use gatehouse_commands::PlatformName;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use tracing::error;

use self::{
    backoff::Backoff,
    event::Event,
    shard::{Common, Left, Shard, Shut, ask},
    socket::Plug,
    talk::Talk,
    turns::Turns,
};
use crate::{
    config::Config,
    platform::fluxer::{Door, Fluxer},
    service::Service,
    shutdown::Shutdown,
};

/// What events are handed on to.
type Taker = Box<dyn Fn(Event) + Send + Sync>;

/// The face, set up and not connected yet.
pub(crate) struct Gateway {
    common: Arc<Common>,
    shutdown: Shutdown,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").finish_non_exhaustive()
    }
}

impl Gateway {
    /// The face as the operator set it; `None` = it is off.
    pub(crate) fn new(config: &Config, service: &Service, shutdown: &Shutdown) -> Option<Self> {
        config.fluxer_gateway.as_ref()?;
        let talk = Talk::new(config, service, shutdown);
        let take = Box::new(move |event| talk.take(event));
        Self::handing_on(take, config, service, shutdown)
    }

    fn handing_on(
        take: Taker,
        config: &Config,
        service: &Service,
        shutdown: &Shutdown,
    ) -> Option<Self> {
        let common = Common {
            fluxer: Fluxer::new(
                &config.fluxer,
                service.clock().clone(),
                service.gate(),
                service.metrics().calls(PlatformName::Fluxer),
            ),
            token: config.fluxer.token.clone()?,
            plug: Plug::new(),
            take,
            metrics: service.metrics().clone(),
        };
        Some(Self {
            common: Arc::new(common),
            shutdown: shutdown.clone(),
        })
    }

    /// Stays connected until the process is to end, or until something that no new attempt can
    /// change.
    pub(crate) async fn run(self) {
        let mut backoff = Backoff::default();
        loop {
            let door = tokio::select! {
                () = self.shutdown.begun() => return,
                door = self.door() => door,
            };
            let Some(door) = door else { return };
            let began = Instant::now();
            if self.connected(door).await != Left::Redealt {
                return;
            }
            let wait = backoff.after_failure(Some(began.elapsed()), backoff::chance());
            tokio::select! {
                () = self.shutdown.begun() => return,
                () = sleep(wait) => {}
            }
        }
    }

    /// Where the gateway is, however long that takes; `None` = it is not worth asking again.
    async fn door(&self) -> Option<Door> {
        let mut backoff = Backoff::default();
        loop {
            match ask(&self.common.fluxer).await {
                Ok(door) => return Some(door),
                Err(Shut::Refused(refusal)) => {
                    error!("{refusal}");
                    return None;
                }
                Err(Shut::Untold { wait }) => {
                    let pause = backoff.after_failure(None, backoff::chance());
                    sleep(pause.max(wait)).await;
                }
            }
        }
    }

    /// Runs all shards until the first of them is left for good, and then ends the others.
    async fn connected(&self, door: Door) -> Left {
        let stop = CancellationToken::new();
        let turns = Arc::new(Turns::new(door.at_a_time));
        let mut shards = JoinSet::new();
        for number in 0..door.shards {
            let common = Arc::clone(&self.common);
            let shard = Shard::new(common, number, door.clone(), Arc::clone(&turns));
            shards.spawn(shard.run(stop.clone()));
        }
        let mut left = Left::Stopped;
        loop {
            tokio::select! {
                biased;
                joined = shards.join_next() => match joined {
                    None => return left,
                    Some(Ok(Left::Stopped)) => {}
                    Some(Ok(why)) => {
                        left = why;
                        stop.cancel();
                    }
                    Some(Err(error)) => {
                        // Dealt out anew, the shard comes back with the others.
                        error!(%error, "a connection to the gateway failed");
                        left = Left::Redealt;
                        stop.cancel();
                    }
                },
                () = self.shutdown.begun(), if !stop.is_cancelled() => stop.cancel(),
            }
        }
    }
}

#[cfg(test)]
mod tests;

/// A captured frame, or several.
#[cfg(test)]
fn captured(name: &str) -> serde_json::Value {
    let path = format!(
        "{}/tests/fixtures/fluxer/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
