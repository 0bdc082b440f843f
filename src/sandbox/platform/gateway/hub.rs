//! The sessions of the gateway, and what they are told.

use std::sync::{Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::super::world::hold;

/// All sessions.
#[derive(Debug, Default)]
pub(in super::super) struct Hub {
    sessions: Mutex<Vec<Session>>,
}

/// A session of a bot, which outlives its connection.
#[derive(Debug)]
pub(super) struct Session {
    /// What it is resumed by.
    pub(super) id: String,
    /// Which of how many shards it is.
    pub(super) shard: (u64, u64),
    /// Number of the last event.
    pub(super) sequence: u64,
    /// Events that it does not want.
    pub(super) ignored: Vec<String>,
    /// Its connection, while it has one.
    pub(super) line: Option<mpsc::UnboundedSender<Value>>,
}

impl Hub {
    pub(super) fn sessions(&self) -> MutexGuard<'_, Vec<Session>> {
        hold(&self.sessions)
    }

    /// Tells sessions of an event. What happens while one has no connection is lost to it, though
    /// numbered, as on the real gateway.
    pub(super) fn dispatch(&self, guild: Option<u64>, name: &str, data: &Value) {
        for session in self.sessions().iter_mut() {
            if session.is_concerned(guild) {
                session.tell(name, data);
            }
        }
    }
}

impl Session {
    /// Whether its shard has this guild. Direct messages belong to the first shard.
    fn is_concerned(&self, guild: Option<u64>) -> bool {
        let (shard, shards) = self.shard;
        guild.map_or(0, |guild| guild >> 22) % shards == shard
    }

    /// Numbers an event and sends it, unless it is not wanted.
    pub(super) fn tell(&mut self, name: &str, data: &Value) {
        if self.ignored.iter().any(|ignored| ignored == name) {
            return;
        }
        self.sequence += 1;
        if let Some(line) = &self.line {
            let frame = json!({ "op": 0, "t": name, "s": self.sequence, "d": data });
            // A connection that ended meanwhile is noticed by its own side.
            let _ = line.send(frame);
        }
    }
}
