//! How long to wait before the next attempt.

use std::time::Duration;

/// The longest first wait.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait of all.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a session has to live for the failures before it to be forgotten.
pub(super) const STABLE_AFTER: Duration = Duration::from_secs(60);

/// How long a gateway that ended a session is left alone at least.
const AFTER_INVALID_MIN: Duration = Duration::from_secs(1);

/// How much longer it may be, by chance.
const AFTER_INVALID_SPREAD: Duration = Duration::from_secs(4);

/// Attempts that failed one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure: twice the one before, less up to half of it by `chance`,
    /// so that not all who lost a gateway come back at once. `lived` is how long the session was
    /// good, if there was one.
    pub(super) fn after_failure(&mut self, lived: Option<Duration>, chance: f64) -> Duration {
        if lived.is_some_and(|lived| lived >= STABLE_AFTER) {
            self.failures = 0;
        }
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        doubled.min(LONGEST).mul_f64(1.0 - chance / 2.0)
    }
}

/// The wait before a new session in the place of one that the gateway ended.
pub(super) fn after_invalid_session(chance: f64) -> Duration {
    AFTER_INVALID_MIN + AFTER_INVALID_SPREAD.mul_f64(chance)
}

/// A number from 0 up to, but not, 1 that nobody can foretell.
pub(super) fn chance() -> f64 {
    // Where the system has no random numbers, waits are only less spread.
    let number = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In milliseconds.
    fn waits(count: usize, chance: f64) -> Vec<u128> {
        let mut backoff = Backoff::default();
        let wait = |_| backoff.after_failure(None, chance).as_millis();
        (0..count).map(wait).collect()
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        assert_eq!(
            waits(8, 0.0),
            [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]
        );
        assert_eq!(waits(100, 0.0)[99], 30_000);
    }

    #[test]
    fn chance_takes_up_to_half() {
        assert_eq!(waits(3, 0.5), [750, 1_500, 3_000]);
        assert!(waits(1, 0.999)[0] >= 500);
    }

    #[test]
    fn a_session_that_lived_ends_the_row_of_failures() {
        let mut backoff = Backoff::default();
        for _ in 0..5 {
            backoff.after_failure(None, 0.0);
        }
        let short = STABLE_AFTER.checked_sub(Duration::from_nanos(1));
        assert_eq!(backoff.after_failure(short, 0.0), LONGEST);
        assert_eq!(backoff.after_failure(Some(STABLE_AFTER), 0.0), FIRST);
    }

    #[test]
    fn a_new_session_waits_one_to_five_seconds() {
        assert_eq!(after_invalid_session(0.0), Duration::from_secs(1));
        assert!(after_invalid_session(0.999) < Duration::from_secs(5));
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&chance()));
        }
    }
}
