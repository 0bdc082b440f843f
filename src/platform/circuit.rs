//! Leaves a platform alone that keeps failing, instead of hammering it.
//!
//! Failures are counted per guild and kind of call, so that one guild's trouble stops that guild's
//! requests alone, and a change that fails stops no reading, and for the platform as a whole, where a failure counts when it is not the same guild's again,
//! or when no connection can be made at all. After [`FAILURES_TO_OPEN`] in a row requests are
//! refused for a while; then one is let through as a probe, and its success ends the rest, its
//! failure doubles it. A refused token opens the circuit at once, a rate limit for as long as the
//! platform asks.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gatehouse_commands::{GuildId, PlatformErrorKind};
use jiff::SignedDuration;
use tokio::time::Instant;

use crate::metrics::CircuitState;

/// Failures in a row after which requests are refused for a while.
pub const FAILURES_TO_OPEN: u32 = 5;

/// The first rest.
pub const REST_MIN: Duration = Duration::from_secs(5);

/// The longest rest.
pub const REST_MAX: Duration = Duration::from_secs(60);

/// The rest after a refused token: every further refusal counts against the host's address.
pub const TOKEN_REST: Duration = Duration::from_secs(30);

/// The rest after a rate limit that does not say how long to wait.
const RATE_LIMIT_REST: Duration = Duration::from_secs(5);

/// The longest rest that a platform can ask for: after it, a probe shows whether it meant it.
const ASKED_REST_MAX: Duration = Duration::from_secs(60 * 60);

/// Failing guilds, by kind of call, that are remembered; one more, and all are forgotten.
const GUILDS_MAX: usize = 10_000;

/// What is asked for. A guild's trouble with one of these is no trouble with another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Calls {
    /// The list of invites.
    Invites,
    /// The guild itself.
    Guild,
    /// Its channels.
    Channels,
    /// Who came through an invite.
    Members,
    /// Everything that changes something.
    Changes,
}

/// How things stand with a platform.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Standing {
    /// Whether it is asked at all.
    pub(crate) state: CircuitState,
    /// In how many guilds something is not asked for.
    pub(crate) resting_guilds: usize,
}

/// A circuit in front of one platform, reached with one token.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    whole: Breaker,
    guilds: HashMap<(GuildId, Calls), Breaker>,
    last_failed: Option<GuildId>,
    is_token_refused: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Breaker {
    failures: u32,
    rest: Duration,
    until: Option<Instant>,
    /// Whether the platform itself asked for the rest.
    is_asked_for: bool,
    /// Whether a probe was let through and has not come back.
    is_probed: bool,
}

impl Breaker {
    /// Lets a request through, or says how long not to. The first one after a rest is a probe,
    /// and while it is under way others wait as if the rest went on.
    fn pass(&mut self, now: Instant) -> Result<(), PlatformErrorKind> {
        self.check(now)?;
        if self.until.is_some() {
            self.until = Some(now + self.rest);
            self.is_probed = true;
        }
        Ok(())
    }

    fn check(&self, now: Instant) -> Result<(), PlatformErrorKind> {
        let Some(wait) = self
            .until
            .and_then(|until| until.checked_duration_since(now))
        else {
            return Ok(());
        };
        if wait.is_zero() {
            return Ok(());
        }
        let retry_after = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        Err(if self.is_asked_for {
            PlatformErrorKind::RateLimited {
                retry_after: Some(retry_after),
            }
        } else {
            PlatformErrorKind::Resting { retry_after }
        })
    }

    fn fail(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        // What was let through before the rest began, and fails in it, is no news.
        let is_late = !self.is_probed && self.until.is_some_and(|until| now < until);
        if self.failures >= FAILURES_TO_OPEN && !is_late {
            self.open(now, REST_MIN);
        }
    }

    fn open(&mut self, now: Instant, first: Duration) {
        self.rest = (self.rest * 2).clamp(first, REST_MAX.max(first));
        self.until = Some(now + self.rest);
        self.is_asked_for = false;
        self.is_probed = false;
    }

    fn rest_for(&mut self, now: Instant, rest: Duration) {
        self.rest = rest.min(ASKED_REST_MAX);
        self.until = Some(now + self.rest);
        self.is_asked_for = true;
        self.is_probed = false;
    }
}

impl Circuit {
    /// Whether this may be asked for in this guild now.
    ///
    /// # Errors
    ///
    /// It may not: the kind of error to answer with.
    pub(super) fn admit(&self, guild: GuildId, calls: Calls) -> Result<(), PlatformErrorKind> {
        let now = Instant::now();
        let mut state = self.lock();
        let state = &mut *state;
        let mut fresh = Breaker::default();
        let of_guild = state.guilds.get_mut(&(guild, calls)).unwrap_or(&mut fresh);
        // A probe is spent only if both let it through.
        of_guild
            .check(now)
            .and_then(|()| state.whole.pass(now))
            .and_then(|()| of_guild.pass(now))
            .map_err(|kind| {
                if state.is_token_refused {
                    PlatformErrorKind::TokenRefused
                } else {
                    kind
                }
            })
    }

    /// The platform answered for this guild.
    pub(super) fn succeeded(&self, guild: GuildId, calls: Calls) {
        let mut state = self.lock();
        state.guilds.remove(&(guild, calls));
        state.whole = Breaker::default();
        state.last_failed = None;
        state.is_token_refused = false;
    }

    /// The platform failed for this guild. `is_global` for a rate limit on everything, and where
    /// no connection could be made.
    pub(super) fn failed(
        &self,
        guild: GuildId,
        calls: Calls,
        kind: PlatformErrorKind,
        is_global: bool,
    ) {
        let now = Instant::now();
        let mut state = self.lock();
        let state = &mut *state;
        match kind {
            PlatformErrorKind::TokenRefused => state.token_refused(now),
            PlatformErrorKind::RateLimited { retry_after } => {
                let rest = retry_after
                    .and_then(|wait| Duration::try_from(wait).ok())
                    .unwrap_or(RATE_LIMIT_REST);
                if is_global {
                    state.whole.rest_for(now, rest);
                } else {
                    state.guild(guild, calls).rest_for(now, rest);
                }
            }
            PlatformErrorKind::Broken
            | PlatformErrorKind::TimedOut
            | PlatformErrorKind::Unreachable
            | PlatformErrorKind::Unreadable => {
                if is_global {
                    state.whole.fail(now);
                    return;
                }
                if state.last_failed != Some(guild) {
                    state.whole.fail(now);
                }
                state.last_failed = Some(guild);
                state.guild(guild, calls).fail(now);
            }
            // An answer about this guild, from a platform that works.
            PlatformErrorKind::MissingPermission
            | PlatformErrorKind::UnknownGuild
            | PlatformErrorKind::UnknownChannel
            | PlatformErrorKind::TooManyInvites
            | PlatformErrorKind::Refused => {
                state.whole = Breaker::default();
                state.is_token_refused = false;
                state.guilds.remove(&(guild, calls));
            }
            // Nobody was asked.
            PlatformErrorKind::NoToken
            | PlatformErrorKind::Resting { .. }
            | PlatformErrorKind::Crowded => {}
        }
    }

    /// How things stand.
    pub(super) fn standing(&self) -> Standing {
        let now = Instant::now();
        let state = self.lock();
        let is_resting = state.whole.check(now).is_err();
        let resting = state.guilds.iter();
        let resting = resting.filter(|(_, breaker)| breaker.check(now).is_err());
        let guilds: HashSet<GuildId> = resting.map(|((guild, _), _)| *guild).collect();
        Standing {
            state: match (is_resting, state.is_token_refused) {
                (true, true) => CircuitState::TokenRefused,
                (true, false) => CircuitState::Open,
                (false, _) => CircuitState::Closed,
            },
            resting_guilds: guilds.len(),
        }
    }

    /// Whether the token was refused a moment ago: it is not to be sent again so soon.
    pub(super) fn is_token_refused(&self) -> bool {
        let state = self.lock();
        state.is_token_refused && state.whole.check(Instant::now()).is_err()
    }

    /// The platform took the token, asked apart from any guild.
    pub(super) fn token_was_taken(&self) {
        let mut state = self.lock();
        if state.is_token_refused {
            state.whole = Breaker::default();
            state.is_token_refused = false;
        }
    }

    /// The platform refused the token, asked apart from any guild.
    pub(super) fn token_was_refused(&self) {
        self.lock().token_refused(Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code between lock and unlock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn token_refused(&mut self, now: Instant) {
        self.is_token_refused = true;
        self.whole.open(now, TOKEN_REST);
    }

    fn guild(&mut self, guild: GuildId, calls: Calls) -> &mut Breaker {
        let key = (guild, calls);
        if self.guilds.len() >= GUILDS_MAX && !self.guilds.contains_key(&key) {
            self.guilds.clear();
        }
        self.guilds.entry(key).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guild(id: u64) -> GuildId {
        GuildId::new(id).unwrap()
    }

    fn fail(circuit: &Circuit, id: u64, times: u32) {
        for _ in 0..times {
            circuit.failed(guild(id), Calls::Invites, PlatformErrorKind::Broken, false);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn opens_at_the_limit_and_not_before() {
        let circuit = Circuit::default();
        fail(&circuit, 1, FAILURES_TO_OPEN - 1);
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
        fail(&circuit, 1, 1);
        let retry_after = SignedDuration::try_from(REST_MIN).unwrap();
        assert_eq!(
            circuit.admit(guild(1), Calls::Invites),
            Err(PlatformErrorKind::Resting { retry_after })
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_guilds_trouble_stops_no_other() {
        let circuit = Circuit::default();
        fail(&circuit, 1, 100);
        assert!(circuit.admit(guild(1), Calls::Invites).is_err());
        assert_eq!(circuit.admit(guild(2), Calls::Invites), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_platform_that_fails_every_guild_is_left_alone() {
        let circuit = Circuit::default();
        for id in 1..=u64::from(FAILURES_TO_OPEN) {
            assert_eq!(circuit.admit(guild(id), Calls::Invites), Ok(()));
            fail(&circuit, id, 1);
        }
        assert!(circuit.admit(guild(99), Calls::Invites).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn no_connection_counts_for_everyone() {
        let unreachable = PlatformErrorKind::Unreachable;
        let circuit = Circuit::default();
        for _ in 0..FAILURES_TO_OPEN {
            circuit.failed(guild(1), Calls::Invites, unreachable, true);
        }
        assert!(circuit.admit(guild(2), Calls::Invites).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_broke_counts_where_it_broke() {
        let unreachable = PlatformErrorKind::Unreachable;
        let circuit = Circuit::default();
        for _ in 0..FAILURES_TO_OPEN {
            circuit.failed(guild(1), Calls::Changes, unreachable, false);
        }
        assert!(circuit.admit(guild(1), Calls::Changes).is_err());
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
        assert_eq!(circuit.admit(guild(2), Calls::Changes), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_is_let_through_after_a_rest() {
        let circuit = Circuit::default();
        fail(&circuit, 1, FAILURES_TO_OPEN);
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
        assert!(circuit.admit(guild(1), Calls::Invites).is_err(), "only one");
        fail(&circuit, 1, 1);
        tokio::time::advance(REST_MIN).await;
        assert!(
            circuit.admit(guild(1), Calls::Invites).is_err(),
            "the rest has doubled"
        );
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
        circuit.succeeded(guild(1), Calls::Invites);
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_of_one_moment_make_one_rest() {
        let circuit = Circuit::default();
        for id in 1..=20 {
            assert_eq!(circuit.admit(guild(id), Calls::Invites), Ok(()));
        }
        for id in 1..=20 {
            fail(&circuit, id, 1);
        }
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.admit(guild(99), Calls::Invites), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn no_rest_is_asked_for_that_never_ends() {
        let circuit = Circuit::default();
        let limited = PlatformErrorKind::RateLimited {
            retry_after: Some(SignedDuration::MAX),
        };
        circuit.failed(guild(1), Calls::Invites, limited, true);
        tokio::time::advance(ASKED_REST_MAX.saturating_sub(Duration::from_secs(1))).await;
        assert!(circuit.admit(guild(1), Calls::Invites).is_err());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_stops_everything_until_a_probe_succeeds() {
        let circuit = Circuit::default();
        circuit.failed(
            guild(1),
            Calls::Invites,
            PlatformErrorKind::TokenRefused,
            false,
        );
        assert_eq!(
            circuit.admit(guild(2), Calls::Invites),
            Err(PlatformErrorKind::TokenRefused)
        );
        tokio::time::advance(TOKEN_REST).await;
        assert_eq!(circuit.admit(guild(2), Calls::Invites), Ok(()));
        circuit.succeeded(guild(2), Calls::Invites);
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_limit_is_kept_for_as_long_as_it_says() {
        let circuit = Circuit::default();
        let limited = PlatformErrorKind::RateLimited {
            retry_after: Some(SignedDuration::from_millis(1_500)),
        };
        circuit.failed(guild(1), Calls::Invites, limited, false);
        assert!(circuit.admit(guild(1), Calls::Invites).is_err());
        assert_eq!(circuit.admit(guild(2), Calls::Invites), Ok(()));
        tokio::time::advance(Duration::from_millis(1_500)).await;
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
        circuit.failed(guild(1), Calls::Invites, limited, true);
        assert!(circuit.admit(guild(2), Calls::Invites).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_to_be_changed_can_still_be_read() {
        let circuit = Circuit::default();
        let limited = PlatformErrorKind::RateLimited {
            retry_after: Some(SignedDuration::from_secs(5)),
        };
        for _ in 0..FAILURES_TO_OPEN {
            circuit.failed(guild(1), Calls::Changes, PlatformErrorKind::TimedOut, false);
        }
        circuit.failed(guild(2), Calls::Changes, limited, false);
        for id in [1, 2] {
            assert!(circuit.admit(guild(id), Calls::Changes).is_err());
            assert_eq!(circuit.admit(guild(id), Calls::Invites), Ok(()));
        }
        assert_eq!(circuit.admit(guild(3), Calls::Changes), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn changes_open_the_circuit_no_sooner_than_lists() {
        let circuit = Circuit::default();
        for _ in 1..FAILURES_TO_OPEN {
            circuit.failed(guild(1), Calls::Changes, PlatformErrorKind::Broken, false);
            assert_eq!(circuit.admit(guild(1), Calls::Changes), Ok(()));
        }
        circuit.failed(guild(1), Calls::Changes, PlatformErrorKind::Broken, false);
        assert!(circuit.admit(guild(1), Calls::Changes).is_err());
        assert_eq!(circuit.admit(guild(2), Calls::Changes), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn how_things_stand_is_told_of_the_whole_and_of_guilds() {
        let circuit = Circuit::default();
        let standing = |state, resting_guilds| Standing {
            state,
            resting_guilds,
        };
        assert_eq!(circuit.standing(), standing(CircuitState::Closed, 0));
        fail(&circuit, 1, FAILURES_TO_OPEN);
        for _ in 0..FAILURES_TO_OPEN {
            circuit.failed(guild(1), Calls::Changes, PlatformErrorKind::Broken, false);
        }
        assert_eq!(circuit.standing(), standing(CircuitState::Closed, 1));
        for id in 2..=u64::from(FAILURES_TO_OPEN) {
            fail(&circuit, id, 1);
        }
        assert_eq!(circuit.standing(), standing(CircuitState::Open, 1));
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.standing(), standing(CircuitState::Closed, 0));
        circuit.token_was_refused();
        assert_eq!(circuit.standing().state, CircuitState::TokenRefused);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_remembered_for_its_rest() {
        let circuit = Circuit::default();
        circuit.token_was_refused();
        assert!(circuit.is_token_refused());
        assert!(circuit.admit(guild(1), Calls::Invites).is_err());
        tokio::time::advance(TOKEN_REST).await;
        assert!(!circuit.is_token_refused());
        circuit.token_was_refused();
        circuit.token_was_taken();
        assert_eq!(circuit.admit(guild(1), Calls::Invites), Ok(()));
    }
}
