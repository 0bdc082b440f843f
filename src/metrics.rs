//! What is counted, for Prometheus: how many, how long, how it ended.
//!
//! Every label is a word from a closed set. What tells one person, guild, invite or interaction
//! from another never becomes one: it would be no number's business, and would never end.
//!
//! Counting is adding to an atomic that was found at the start. Texts are only made when
//! somebody asks for them, on a listener of their own, see `listener`.

mod calls;
mod closed;
mod grid;
mod listener;
mod process;

use std::{fmt, sync::Arc, time::Duration};

use gatehouse_commands::{Failure, Plan, PlatformName, Severity};
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};

pub use self::closed::{Deferral, Ending, Flight, Kind, Reason};
pub(crate) use self::{
    calls::{Call, Calls, Status},
    closed::{CircuitState, Closed, Connected, Disconnect, ListFrom, closed},
    listener::Listener,
};
use self::{closed::Verdict, grid::Grid};
use crate::platform::Route;

/// The content type of [`Metrics::text`].
pub(crate) use prometheus_text::CONTENT_TYPE;

/// Seconds to a direct answer, around the 1.5 after which it is deferred and the 3 after which
/// nobody waits any more.
const ANSWER_SECONDS: [f64; 13] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0,
];

/// Seconds to the edit that was promised, up to the last that the platform takes.
const EDIT_SECONDS: [f64; 10] = [1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0, 180.0, 600.0, 900.0];

/// Seconds that a platform takes, up to the longest that is waited for it.
const CALL_SECONDS: [f64; 11] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 12.0];

const PLATFORMS: [&str; PlatformName::ALL.len()] =
    [PlatformName::Discord.key(), PlatformName::Fluxer.key()];

/// What is counted. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    all: Arc<All>,
}

struct All {
    registry: Registry,
    interactions: Grid<Counter, 3>,
    answer_seconds: Grid<Histogram, 2>,
    commands: Grid<Counter, 2>,
    deferrals: Grid<Counter, 2>,
    edit_seconds: Grid<Histogram, 1>,
    rejections: Grid<Counter, 1>,
    calls: Grid<Counter, 3>,
    call_seconds: Grid<Histogram, 2>,
    lists: Grid<Counter, 1>,
    circuits: Grid<Gauge, 2>,
    resting: Grid<Gauge, 1>,
    in_flight: Grid<Gauge, 1>,
    connected_shards: Gauge,
    connections: Grid<Counter, 1>,
    disconnects: Grid<Counter, 1>,
    panics: Counter,
    memory: Gauge,
}

/// Something that is under way, until this is dropped.
#[derive(Debug)]
pub struct InFlight {
    gauge: Gauge,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.gauge.dec();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self {
            all: Arc::new(All::new()),
        }
    }

    /// An interaction, or a PING, was answered directly, with a promise perhaps.
    pub(crate) fn answered(&self, platform: PlatformName, kind: Kind, took: Duration) {
        let place = [platform as usize, kind as usize];
        self.all
            .answer_seconds
            .at(place)
            .observe(took.as_secs_f64());
    }

    /// An interaction came to its end well.
    pub(crate) fn ended(&self, platform: PlatformName, kind: Kind, ending: Ending) {
        let place = [platform as usize, kind as usize, ending as usize];
        self.all.interactions.at(place).inc();
    }

    /// An interaction came to its end with a failure.
    pub(crate) fn failed(&self, platform: PlatformName, kind: Kind, failure: &Failure) {
        let word = failure.outcome();
        let at = Failure::OUTCOMES
            .iter()
            .position(|outcome| *outcome == word);
        if let Some(at) = at {
            let place = [platform as usize, kind as usize, Ending::WORDS.len() + at];
            self.all.interactions.at(place).inc();
        }
    }

    /// A command, told by [`Plan::name`], came to its end; with this failure, if with one.
    pub(crate) fn command(&self, name: &'static str, failure: Option<&Failure>) {
        let verdict = match failure.map(Failure::severity) {
            None => Verdict::Answered,
            Some(Severity::Info) => Verdict::Refused,
            Some(Severity::Warn | Severity::Error) => Verdict::Failed,
        };
        let at = Plan::NAMES.iter().position(|known| *known == name);
        if let Some(at) = at {
            self.all.commands.at([at, verdict as usize]).inc();
        }
    }

    /// Something became of an answer that comes later.
    pub(crate) fn deferral(&self, platform: PlatformName, deferral: Deferral) {
        let place = [platform as usize, deferral as usize];
        self.all.deferrals.at(place).inc();
    }

    /// An answer that was promised came this long after it was asked for.
    pub(crate) fn edited(&self, platform: PlatformName, took: Duration) {
        let seconds = &self.all.edit_seconds;
        seconds.at([platform as usize]).observe(took.as_secs_f64());
    }

    /// A request, or a connection, was not taken.
    pub fn rejected(&self, reason: Reason) {
        self.all.rejections.at([reason as usize]).inc();
    }

    /// Something is under way until what this gives is dropped.
    #[must_use]
    pub fn in_flight(&self, flight: Flight) -> InFlight {
        let gauge = self.all.in_flight.at([flight as usize]).clone();
        gauge.inc();
        InFlight { gauge }
    }

    /// A shard of a gateway has a session, until what this gives is dropped.
    #[must_use]
    pub(crate) fn connected(&self, how: Connected) -> InFlight {
        self.all.connections.at([how as usize]).inc();
        let gauge = self.all.connected_shards.clone();
        gauge.inc();
        InFlight { gauge }
    }

    /// A connection with a gateway ended, or did not come about.
    pub(crate) fn disconnected(&self, why: Disconnect) {
        self.all.disconnects.at([why as usize]).inc();
    }

    /// A list of invites was had.
    pub(crate) fn listed(&self, from: ListFrom) {
        self.all.lists.at([from as usize]).inc();
    }

    /// Counts the calls to this platform.
    pub(crate) fn calls(&self, platform: PlatformName) -> Calls {
        Calls::new(self.clone(), platform)
    }

    fn called(&self, platform: PlatformName, route: Route, status: Status, took: Duration) {
        let (platform, route) = (platform as usize, route as usize);
        let All {
            calls,
            call_seconds,
            ..
        } = &*self.all;
        calls.at([platform, route, status as usize]).inc();
        call_seconds
            .at([platform, route])
            .observe(took.as_secs_f64());
    }

    /// How things stand with a platform: whether it is asked, and in how many guilds it is not.
    pub(crate) fn circuit(&self, platform: PlatformName, state: CircuitState, resting: usize) {
        for at in 0..CircuitState::WORDS.len() {
            let is_so = i64::from(at == state as usize);
            self.all.circuits.at([platform as usize, at]).set(is_so);
        }
        let resting = i64::try_from(resting).unwrap_or(i64::MAX);
        self.all.resting.at([platform as usize]).set(resting);
    }

    /// Something panicked.
    pub(crate) fn panicked(&self) {
        self.all.panics.inc();
    }

    /// Everything, in Prometheus' text format.
    pub(crate) fn text(&self) -> String {
        if let Some(bytes) = process::resident_bytes() {
            self.all.memory.set(bytes);
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.all.registry)
            .expect("a text takes all that is written");
        text
    }
}

impl All {
    #[expect(clippy::too_many_lines, reason = "a list of names and what they mean")]
    fn new() -> Self {
        let mut whole = Registry::default();
        let registry = whole.sub_registry_with_prefix("gatehouse");
        let platform = ("platform", &PLATFORMS[..]);
        let kind = ("kind", Kind::WORDS);
        let routes = ("route", Route::WORDS);
        let is_of =
            |platform: usize, route: usize| Route::ALL[route].is_of(PlatformName::ALL[platform]);
        let all = |_| true;
        let is_written = |kind| kind == Kind::Message as usize || kind == Kind::Reaction as usize;
        // On Discord nobody has to write what can be asked by a command.
        let comes = |platform: usize, kind: usize| {
            !is_written(kind) || platform == PlatformName::Fluxer as usize
        };
        let endings = [Ending::WORDS, &Failure::OUTCOMES].concat();
        let interactions = Grid::register(
            registry,
            (
                "interactions",
                "Interactions that came to their end, by what they were and how they ended",
            ),
            [platform, kind, ("outcome", &endings)],
            // A PING is answered, or it was none.
            |[platform, kind, ending]| {
                comes(platform, kind)
                    && (kind != Kind::Ping as usize || ending == Ending::Answered as usize)
            },
            Counter::default,
        );
        let answer_seconds = Grid::register(
            registry,
            (
                "answer_seconds",
                "From a request's arrival to its direct answer, which may promise a later one",
            ),
            [platform, kind],
            |[platform, kind]| comes(platform, kind) && !is_written(kind),
            || Histogram::new(ANSWER_SECONDS),
        );
        let commands = Grid::register(
            registry,
            ("commands", "Commands that came to their end, by name"),
            [("command", &Plan::NAMES), ("result", Verdict::WORDS)],
            |_| true,
            Counter::default,
        );
        let deferrals = Grid::register(
            registry,
            (
                "deferrals",
                "Answers that were promised for later, by what became of them",
            ),
            [platform, ("event", Deferral::WORDS)],
            |_| true,
            Counter::default,
        );
        let edit_seconds = Grid::register(
            registry,
            (
                "edit_seconds",
                "From a request's arrival to the answer that was promised, or to a message's answer",
            ),
            [platform],
            |_| true,
            || Histogram::new(EDIT_SECONDS),
        );
        let rejections = Grid::register(
            registry,
            (
                "rejected_requests",
                "Requests and connections that were not taken, by reason",
            ),
            [("reason", Reason::WORDS)],
            all,
            Counter::default,
        );
        let calls = Grid::register(
            registry,
            (
                "platform_calls",
                "Calls to a platform's API, by route and what came of them",
            ),
            [platform, routes, ("status", Status::WORDS)],
            |[platform, route, _]| is_of(platform, route),
            Counter::default,
        );
        let call_seconds = Grid::register(
            registry,
            (
                "platform_call_seconds",
                "How long calls to a platform's API took, body included",
            ),
            [platform, routes],
            |[platform, route]| is_of(platform, route),
            || Histogram::new(CALL_SECONDS),
        );
        let lists = Grid::register(
            registry,
            (
                "lists",
                "Lists of invites that were needed, by where they came from",
            ),
            [("from", ListFrom::WORDS)],
            all,
            Counter::default,
        );
        let circuits = Grid::register(
            registry,
            (
                "circuit_state",
                "1 for the state that the circuit before a platform is in",
            ),
            [platform, ("state", CircuitState::WORDS)],
            |_| true,
            Gauge::default,
        );
        let resting = Grid::register(
            registry,
            (
                "circuit_resting_guilds",
                "Guilds in which something is not asked for at the moment",
            ),
            [platform],
            |_| true,
            Gauge::default,
        );
        let in_flight = Grid::register(
            registry,
            ("in_flight", "What is under way at the moment"),
            [("of", Flight::WORDS)],
            all,
            Gauge::default,
        );
        let connected_shards = Gauge::default();
        registry.register(
            "gateway_connected_shards",
            "Shards of a gateway that have a session at the moment",
            connected_shards.clone(),
        );
        let connections = Grid::register(
            registry,
            (
                "gateway_connections",
                "Connections with a gateway in which a session began or went on",
            ),
            [("how", Connected::WORDS)],
            all,
            Counter::default,
        );
        let disconnects = Grid::register(
            registry,
            (
                "gateway_disconnects",
                "Connections with a gateway that ended or did not come about, by cause",
            ),
            [("cause", Disconnect::WORDS)],
            all,
            Counter::default,
        );
        let panics = Counter::default();
        registry.register(
            "panics",
            "Faults of our own that ended a piece of work",
            panics.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "Which Gatehouse this is", build);
        let memory = process::register(&mut whole);
        Self {
            registry: whole,
            interactions,
            answer_seconds,
            commands,
            deferrals,
            edit_seconds,
            rejections,
            calls,
            call_seconds,
            lists,
            circuits,
            resting,
            in_flight,
            connected_shards,
            connections,
            disconnects,
            panics,
            memory,
        }
    }
}

#[cfg(test)]
mod tests;
