//! The platform's gateway: what happens in its guilds, told to bots that are connected.
//!
//! It listens on a port of its own, below `/gateway`, and speaks as Fluxer's gateway does.

mod connection;
mod deflate;
mod fault;
mod heard;
mod hub;
#[cfg(test)]
mod tests;

pub(super) use self::hub::Hub;
pub use self::{
    fault::{GatewayAct, GatewayFault},
    heard::{Heard, Said},
};

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::net::TcpListener;

use super::{SamplePlatform, happening::Happening, world::World};

impl World {
    /// Tells every session that is to know of it that something happened: in a guild, or with
    /// `None` in a direct message.
    pub(super) fn dispatch(&self, guild: Option<u64>, name: &'static str, data: &Value) {
        // Told before it can lead to anything.
        self.happen(|| Happening::Told {
            name,
            data: data.clone(),
        });
        self.hub.dispatch(guild, name, data);
    }

    /// Where the gateway is.
    pub(super) fn gateway_url(&self) -> String {
        format!("ws://{}/gateway", self.gateway_address())
    }
}

/// Takes connections until the platform is stopped.
pub(super) async fn serve(listener: TcpListener, world: Arc<World>) {
    let stopped = world.stopped();
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                tokio::spawn(connection::serve(stream, Arc::clone(&world)));
            },
        }
    }
}

impl SamplePlatform {
    /// Tells connected bots that something happened, in a guild or with `None` in a direct message.
    pub fn dispatch(&self, guild: Option<u64>, name: &'static str, data: &Value) {
        self.world.dispatch(guild, name, data);
    }

    /// The next `times` connections to the gateway meet this fault, or with `None` all.
    pub fn gateway_fault(&self, times: Option<usize>, fault: GatewayFault) {
        self.world.hub.faults().push((times, fault));
    }

    /// Does something to every connection that has a session. Says how many there are.
    pub fn gateway_act(&self, act: &GatewayAct) -> usize {
        self.world.hub.act(act)
    }

    /// How many sessions have a connection now.
    pub fn gateway_sessions(&self) -> usize {
        self.world.hub.connected()
    }

    /// Forgets all sessions that have no connection: none of them can be resumed.
    pub fn forget_gateway_sessions(&self) {
        self.world.hub.forget();
    }

    /// Sets the interval of heartbeats for connections to come.
    pub fn set_heartbeat_interval(&self, interval: Duration) {
        self.world.hub.settings().heartbeat_interval = interval;
    }

    /// Sets how many shards the gateway asks for, and how many of them may begin at a time.
    pub fn set_gateway_shards(&self, shards: u64, at_a_time: u64) {
        let mut settings = self.world.hub.settings();
        (settings.shards, settings.at_a_time) = (shards, at_a_time);
    }

    /// Sets how many sessions may still begin, and when there are new ones.
    pub fn set_gateway_starts(&self, left: u64, new_ones_in: Duration) {
        let mut settings = self.world.hub.settings();
        (settings.starts_left, settings.starts_in) = (left, new_ones_in);
    }

    /// Everything that clients of the gateway did so far, in its order.
    pub fn gateway_heard(&self) -> Vec<Heard> {
        self.world.hub.heard().clone()
    }
}
