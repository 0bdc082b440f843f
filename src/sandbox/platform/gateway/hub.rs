//! The sessions of the gateway, and what they are told.

use std::{
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};

use super::{
    super::world::hold,
    fault::{GatewayAct, GatewayFault},
    heard::{Heard, Said},
};

/// How long after its connection a session can be resumed.
const RESUMABLE_FOR: Duration = Duration::from_secs(60);

/// Everything that connections share.
#[derive(Debug, Default)]
pub(in super::super) struct Hub {
    sessions: Mutex<Vec<Session>>,
    faults: Mutex<Vec<(Option<usize>, GatewayFault)>>,
    heard: Mutex<Vec<Heard>>,
    settings: Mutex<Settings>,
    connections: AtomicU64,
    ids: AtomicU64,
}

/// What can be set.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Settings {
    pub(in super::super) heartbeat_interval: Duration,
    pub(in super::super) shards: u64,
    pub(in super::super) at_a_time: u64,
    pub(in super::super) starts_left: u64,
    pub(in super::super) starts_in: Duration,
}

impl Default for Settings {
    /// As of a real gateway.
    fn default() -> Self {
        Self {
            heartbeat_interval: Duration::from_millis(41_250),
            shards: 1,
            at_a_time: 1,
            starts_left: 999,
            starts_in: Duration::from_secs(4 * 60 * 60),
        }
    }
}

/// What a session's connection is to do.
#[derive(Debug)]
pub(super) enum Order {
    /// Send this frame, compressed where that was agreed.
    Send(Value),
    /// Misbehave.
    Act(GatewayAct),
}

/// The way to a connection.
pub(super) type Line = mpsc::UnboundedSender<Order>;

/// A session of a bot, which outlives its connection.
#[derive(Debug)]
struct Session {
    id: String,
    /// Which of how many shards it is.
    shard: (u64, u64),
    /// Number of the last event.
    sequence: u64,
    /// Events that it does not want.
    ignored: Vec<String>,
    /// Its connection, while it has one, with its number.
    line: Option<(u64, Line)>,
    lost: Option<Instant>,
}

/// Why a session cannot go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NotResumed {
    /// There is none, or not any more.
    Unknown,
    /// It never got so far.
    BadNumber,
}

impl Hub {
    pub(super) fn faults(&self) -> MutexGuard<'_, Vec<(Option<usize>, GatewayFault)>> {
        hold(&self.faults)
    }

    pub(super) fn heard(&self) -> MutexGuard<'_, Vec<Heard>> {
        hold(&self.heard)
    }

    pub(in super::super) fn settings(&self) -> MutexGuard<'_, Settings> {
        hold(&self.settings)
    }

    /// Notes what a client did.
    pub(super) fn note(&self, connection: u64, said: Said) {
        let at = std::time::Instant::now();
        self.heard().push(Heard {
            at,
            connection,
            said,
        });
    }

    /// A number for a new connection, and its fault: counted ones in the order they were set, then
    /// the latest lasting one.
    pub(super) fn connect(&self) -> (u64, Option<GatewayFault>) {
        let number = self.connections.fetch_add(1, Ordering::SeqCst) + 1;
        let mut faults = self.faults();
        let counted = faults
            .iter_mut()
            .find(|(left, _)| left.is_some_and(|left| left > 0));
        let fault = match counted {
            Some((left, fault)) => {
                *left = left.map(|left| left - 1);
                Some(*fault)
            }
            None => faults
                .iter()
                .rfind(|(left, _)| left.is_none())
                .map(|(_, fault)| *fault),
        };
        (number, fault)
    }

    /// Begins a session, and gives its id.
    pub(super) fn begin(&self, shard: (u64, u64), ignored: Vec<String>) -> String {
        let id = format!("{:032x}", self.ids.fetch_add(1, Ordering::SeqCst) + 1);
        hold(&self.sessions).push(Session {
            id: id.clone(),
            shard,
            sequence: 0,
            ignored,
            line: None,
            lost: None,
        });
        id
    }

    /// Gives a session this connection; any other one that it has is at an end.
    pub(super) fn attach(&self, id: &str, connection: u64, line: &Line) {
        self.with(id, |session| {
            session.line = Some((connection, line.clone()));
            session.lost = None;
        });
    }

    /// Whether a session can go on behind the event of this number.
    pub(super) fn resumable(&self, id: &str, number: u64) -> Result<(), NotResumed> {
        let check = |session: &mut Session| {
            let is_late = session
                .lost
                .is_some_and(|lost| lost.elapsed() >= RESUMABLE_FOR);
            match number {
                _ if is_late => Err(NotResumed::Unknown),
                number if number > session.sequence => Err(NotResumed::BadNumber),
                _ => Ok(()),
            }
        };
        self.with(id, check).unwrap_or(Err(NotResumed::Unknown))
    }

    /// Tells one session alone.
    pub(super) fn tell(&self, id: &str, name: &str, data: &Value) {
        self.with(id, |session| session.tell(name, data));
    }

    /// Tells sessions of an event. What happens while one has no connection is lost to it, though
    /// numbered, as on the real gateway.
    pub(super) fn dispatch(&self, guild: Option<u64>, name: &str, data: &Value) {
        for session in hold(&self.sessions).iter_mut() {
            if is_of(session.shard, guild) {
                session.tell(name, data);
            }
        }
    }

    /// Does something to every connection of a session.
    pub(super) fn act(&self, act: &GatewayAct) -> usize {
        let mut met = 0;
        for session in hold(&self.sessions).iter_mut() {
            let Some((_, line)) = &session.line else {
                continue;
            };
            met += 1;
            match act {
                GatewayAct::SkipNumbers(count) => session.sequence += count,
                act => {
                    let _ = line.send(Order::Act(act.clone()));
                }
            }
        }
        met
    }

    /// How many sessions have a connection.
    pub(super) fn connected(&self) -> usize {
        let sessions = hold(&self.sessions);
        let connected = sessions.iter().filter(|session| session.line.is_some());
        connected.count()
    }

    /// A connection ended. Its session waits for another one, unless the client is done with it.
    pub(super) fn leave(&self, id: &str, connection: u64, is_done: bool) {
        let mut sessions = hold(&self.sessions);
        let of_this = |session: &Session| {
            let line = session.line.as_ref();
            session.id == id && line.is_some_and(|(number, _)| *number == connection)
        };
        let Some(at) = sessions.iter().position(of_this) else {
            return;
        };
        if is_done {
            sessions.remove(at);
        } else {
            sessions[at].line = None;
            sessions[at].lost = Some(Instant::now());
        }
    }

    /// Ends a session.
    pub(super) fn end(&self, id: &str) {
        hold(&self.sessions).retain(|session| session.id != id);
    }

    /// Ends all sessions without a connection.
    pub(super) fn forget(&self) {
        hold(&self.sessions).retain(|session| session.line.is_some());
    }

    fn with<T>(&self, id: &str, then: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let mut sessions = hold(&self.sessions);
        sessions
            .iter_mut()
            .find(|session| session.id == id)
            .map(then)
    }
}

/// Whether this shard has this guild. Direct messages belong to the first.
pub(super) fn is_of((shard, shards): (u64, u64), guild: Option<u64>) -> bool {
    guild.map_or(0, |guild| guild >> 22) % shards == shard
}

impl Session {
    /// Numbers an event and sends it, unless it is not wanted.
    fn tell(&mut self, name: &str, data: &Value) {
        if self.ignored.iter().any(|ignored| ignored == name) {
            return;
        }
        self.sequence += 1;
        if let Some((_, line)) = &self.line {
            let frame = json!({ "op": 0, "t": name, "s": self.sequence, "d": data });
            // A connection that ended meanwhile is noticed by its own side.
            let _ = line.send(Order::Send(frame));
        }
    }
}
