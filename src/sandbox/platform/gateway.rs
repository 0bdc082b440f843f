//! The platform's gateway: what happens in its guilds, told to bots that are connected.

mod hub;

pub(super) use hub::Hub;

use serde_json::Value;

use super::world::World;

impl World {
    /// Tells every session that is to know of it that something happened: in a guild, or with
    /// `None` in a direct message.
    pub(super) fn dispatch(&self, guild: Option<u64>, name: &'static str, data: &Value) {
        self.hub.dispatch(guild, name, data);
    }
}
