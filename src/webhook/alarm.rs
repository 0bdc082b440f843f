//! Tells the operator of a clock that is off: nothing else says why every command is refused.

use std::{
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use tokio::time::Instant;
use tracing::error;

/// How often it is told, while nothing changes: a clock that is off refuses every request.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// Remembers when it was told last.
#[derive(Debug, Default)]
pub(super) struct ClockAlarm(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    last: Option<Instant>,
    /// Requests that were refused since.
    untold: u64,
}

impl ClockAlarm {
    /// A request that the platform signed was refused, since our clock is so far ahead of it.
    pub(super) fn ring(&self, platform: PlatformName, ahead: SignedDuration) {
        let Some(refused) = self.due() else { return };
        let direction = if ahead.is_negative() {
            "behind"
        } else {
            "ahead of"
        };
        error!(
            platform = platform.key(),
            clock.ahead_seconds = ahead.as_secs(),
            refused,
            "refused: signed by {platform}, but this host's clock is {apart:#} {direction} the \
             request's; set it by NTP, or somebody repeats old requests",
            apart = ahead.abs(),
        );
    }

    /// How many were refused since it was told last, this one included, if it is time to tell.
    fn due(&self) -> Option<u64> {
        let now = Instant::now();
        // No code between lock and unlock can panic half-way through a change.
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.untold += 1;
        let is_early = |last| now.duration_since(last) < TOLD_EVERY;
        if told.last.is_some_and(is_early) {
            return None;
        }
        told.last = Some(now);
        Some(mem::take(&mut told.untold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_told_at_once_and_then_once_a_minute() {
        let alarm = ClockAlarm::default();
        assert_eq!(alarm.due(), Some(1));
        for _ in 0..1_000 {
            assert_eq!(alarm.due(), None);
        }
        tokio::time::advance(TOLD_EVERY).await;
        assert_eq!(alarm.due(), Some(1_001));
        assert_eq!(alarm.due(), None);
    }
}
