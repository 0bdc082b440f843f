//! Leaves a platform alone that keeps failing, instead of hammering it.
//!
//! Failures are counted per guild, so that one guild's trouble stops that guild's requests alone,
//! and for the platform as a whole, where a failure counts when it is not the same guild's again,
//! or when no connection can be made at all. After [`FAILURES_TO_OPEN`] in a row requests are
//! refused for a while; then one is let through as a probe, and its success ends the rest, its
//! failure doubles it. A refused token opens the circuit at once, a rate limit for as long as the
//! platform asks.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gatehouse_commands::{GuildId, PlatformErrorKind};
use jiff::SignedDuration;
use tokio::time::Instant;

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

/// Guilds with failures that are remembered; one more, and all are forgotten.
const GUILDS_MAX: usize = 10_000;

/// A circuit in front of one platform, reached with one token.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    whole: Breaker,
    guilds: HashMap<GuildId, Breaker>,
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
    /// Whether this guild's list may be asked for now.
    ///
    /// # Errors
    ///
    /// It may not: the kind of error to answer with.
    pub(super) fn admit(&self, guild: GuildId) -> Result<(), PlatformErrorKind> {
        let now = Instant::now();
        let mut state = self.lock();
        let state = &mut *state;
        let mut fresh = Breaker::default();
        let of_guild = state.guilds.get_mut(&guild).unwrap_or(&mut fresh);
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
    pub(super) fn succeeded(&self, guild: GuildId) {
        let mut state = self.lock();
        state.guilds.remove(&guild);
        state.whole = Breaker::default();
        state.last_failed = None;
        state.is_token_refused = false;
    }

    /// The platform failed for this guild. `is_global` for a rate limit on everything.
    pub(super) fn failed(&self, guild: GuildId, kind: PlatformErrorKind, is_global: bool) {
        let now = Instant::now();
        let mut state = self.lock();
        let state = &mut *state;
        match kind {
            PlatformErrorKind::TokenRefused => {
                state.is_token_refused = true;
                state.whole.open(now, TOKEN_REST);
            }
            PlatformErrorKind::RateLimited { retry_after } => {
                let rest = retry_after
                    .and_then(|wait| Duration::try_from(wait).ok())
                    .unwrap_or(RATE_LIMIT_REST);
                if is_global {
                    state.whole.rest_for(now, rest);
                } else {
                    state.guild(guild).rest_for(now, rest);
                }
            }
            PlatformErrorKind::Broken
            | PlatformErrorKind::TimedOut
            | PlatformErrorKind::Unreadable => {
                if state.last_failed != Some(guild) {
                    state.whole.fail(now);
                }
                state.last_failed = Some(guild);
                state.guild(guild).fail(now);
            }
            PlatformErrorKind::Unreachable => state.whole.fail(now),
            // An answer about this guild, from a platform that works.
            PlatformErrorKind::MissingPermission
            | PlatformErrorKind::UnknownGuild
            | PlatformErrorKind::Refused => {
                state.whole = Breaker::default();
                state.is_token_refused = false;
                state.guilds.remove(&guild);
            }
            // Nobody was asked.
            PlatformErrorKind::NoToken | PlatformErrorKind::Resting { .. } => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code between lock and unlock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn guild(&mut self, guild: GuildId) -> &mut Breaker {
        if self.guilds.len() >= GUILDS_MAX && !self.guilds.contains_key(&guild) {
            self.guilds.clear();
        }
        self.guilds.entry(guild).or_default()
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
            circuit.failed(guild(id), PlatformErrorKind::Broken, false);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn opens_at_the_limit_and_not_before() {
        let circuit = Circuit::default();
        fail(&circuit, 1, FAILURES_TO_OPEN - 1);
        assert_eq!(circuit.admit(guild(1)), Ok(()));
        fail(&circuit, 1, 1);
        let retry_after = SignedDuration::try_from(REST_MIN).unwrap();
        assert_eq!(
            circuit.admit(guild(1)),
            Err(PlatformErrorKind::Resting { retry_after })
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_guilds_trouble_stops_no_other() {
        let circuit = Circuit::default();
        fail(&circuit, 1, 100);
        assert!(circuit.admit(guild(1)).is_err());
        assert_eq!(circuit.admit(guild(2)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_platform_that_fails_every_guild_is_left_alone() {
        let circuit = Circuit::default();
        for id in 1..=u64::from(FAILURES_TO_OPEN) {
            assert_eq!(circuit.admit(guild(id)), Ok(()));
            fail(&circuit, id, 1);
        }
        assert!(circuit.admit(guild(99)).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn no_connection_counts_for_everyone() {
        let circuit = Circuit::default();
        for _ in 0..FAILURES_TO_OPEN {
            circuit.failed(guild(1), PlatformErrorKind::Unreachable, false);
        }
        assert!(circuit.admit(guild(2)).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_is_let_through_after_a_rest() {
        let circuit = Circuit::default();
        fail(&circuit, 1, FAILURES_TO_OPEN);
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.admit(guild(1)), Ok(()));
        assert!(circuit.admit(guild(1)).is_err(), "only one");
        fail(&circuit, 1, 1);
        tokio::time::advance(REST_MIN).await;
        assert!(circuit.admit(guild(1)).is_err(), "the rest has doubled");
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.admit(guild(1)), Ok(()));
        circuit.succeeded(guild(1));
        assert_eq!(circuit.admit(guild(1)), Ok(()));
        assert_eq!(circuit.admit(guild(1)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn failures_of_one_moment_make_one_rest() {
        let circuit = Circuit::default();
        for id in 1..=20 {
            assert_eq!(circuit.admit(guild(id)), Ok(()));
        }
        for id in 1..=20 {
            fail(&circuit, id, 1);
        }
        tokio::time::advance(REST_MIN).await;
        assert_eq!(circuit.admit(guild(99)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn no_rest_is_asked_for_that_never_ends() {
        let circuit = Circuit::default();
        let limited = PlatformErrorKind::RateLimited {
            retry_after: Some(SignedDuration::MAX),
        };
        circuit.failed(guild(1), limited, true);
        tokio::time::advance(ASKED_REST_MAX.saturating_sub(Duration::from_secs(1))).await;
        assert!(circuit.admit(guild(1)).is_err());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(circuit.admit(guild(1)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_stops_everything_until_a_probe_succeeds() {
        let circuit = Circuit::default();
        circuit.failed(guild(1), PlatformErrorKind::TokenRefused, false);
        assert_eq!(
            circuit.admit(guild(2)),
            Err(PlatformErrorKind::TokenRefused)
        );
        tokio::time::advance(TOKEN_REST).await;
        assert_eq!(circuit.admit(guild(2)), Ok(()));
        circuit.succeeded(guild(2));
        assert_eq!(circuit.admit(guild(1)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_limit_is_kept_for_as_long_as_it_says() {
        let circuit = Circuit::default();
        let limited = PlatformErrorKind::RateLimited {
            retry_after: Some(SignedDuration::from_millis(1_500)),
        };
        circuit.failed(guild(1), limited, false);
        assert!(circuit.admit(guild(1)).is_err());
        assert_eq!(circuit.admit(guild(2)), Ok(()));
        tokio::time::advance(Duration::from_millis(1_500)).await;
        assert_eq!(circuit.admit(guild(1)), Ok(()));
        circuit.failed(guild(1), limited, true);
        assert!(circuit.admit(guild(2)).is_err());
    }
}
