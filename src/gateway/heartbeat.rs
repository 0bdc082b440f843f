//! When to tell the gateway that we are there, and when it is not there any more.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest interval: well under the 600 frames a minute that the gateway takes.
const INTERVAL_MIN: Duration = Duration::from_millis(125);

/// The longest interval.
const INTERVAL_MAX: Duration = Duration::from_secs(5 * 60);

/// Heartbeats that are sent in a minute because the gateway asks for them. It closes a connection
/// that sends more than 600 frames a minute, whoever asked for them.
const ASKED_FOR_MAX: u32 = 60;

/// The heartbeats of one connection.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    due: Instant,
    /// Whether the last one was not acknowledged yet.
    is_awaited: bool,
    /// When the minute began that is counted now, and what it asked for so far.
    asked_for: (Instant, u32),
}

/// What to do when a heartbeat is due.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Due {
    /// Send it.
    Beat,
    /// The last one was never acknowledged: the connection is dead, whatever it looks like.
    Dead,
}

impl Heartbeat {
    /// With the interval that the gateway told. The first is due some part of it later, by
    /// `chance`, so that not all who connected at the same time come at the same time.
    pub(super) fn new(interval: Duration, now: Instant, chance: f64) -> Self {
        let interval = interval.clamp(INTERVAL_MIN, INTERVAL_MAX);
        Self {
            interval,
            due: now + interval.mul_f64(chance),
            is_awaited: false,
            asked_for: (now, 0),
        }
    }

    /// When the next is due.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// The next one's time has come.
    pub(super) fn is_due(&mut self, now: Instant) -> Due {
        if self.is_awaited {
            return Due::Dead;
        }
        self.is_awaited = true;
        self.due = now + self.interval;
        Due::Beat
    }

    /// The gateway asks for one at once. Says whether it gets it.
    pub(super) fn is_asked_for(&mut self, now: Instant) -> bool {
        let (began, count) = &mut self.asked_for;
        if now.duration_since(*began) >= Duration::from_secs(60) {
            (*began, *count) = (now, 0);
        }
        *count += 1;
        *count <= ASKED_FOR_MAX
    }

    /// The gateway has got it.
    pub(super) fn is_acknowledged(&mut self) {
        self.is_awaited = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_millis(41_250);

    #[test]
    fn the_first_comes_by_chance_the_others_regularly() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, now, 0.5);
        let first = now + INTERVAL / 2;
        assert_eq!(heartbeat.due(), first);
        assert_eq!(heartbeat.is_due(first), Due::Beat);
        assert_eq!(heartbeat.due(), first + INTERVAL);
    }

    #[test]
    fn an_acknowledgement_may_come_until_the_next_is_due() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, now, 0.0);
        for _ in 0..3 {
            assert_eq!(heartbeat.is_due(heartbeat.due()), Due::Beat);
            heartbeat.is_acknowledged();
        }
        assert_eq!(heartbeat.is_due(heartbeat.due()), Due::Beat);
        assert_eq!(heartbeat.is_due(heartbeat.due()), Due::Dead);
    }

    #[test]
    fn one_that_is_asked_for_does_not_replace_the_regular_one() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, now, 0.0);
        assert!(heartbeat.is_asked_for(now));
        assert_eq!(heartbeat.due(), now);
    }

    #[test]
    fn only_so_many_can_be_asked_for_in_a_minute() {
        let now = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, now, 0.0);
        for _ in 0..ASKED_FOR_MAX {
            assert!(heartbeat.is_asked_for(now));
        }
        assert!(!heartbeat.is_asked_for(now + Duration::from_secs(59)));
        assert!(heartbeat.is_asked_for(now + Duration::from_secs(60)));
    }

    #[test]
    fn an_interval_has_bounds() {
        let now = Instant::now();
        for (told, kept) in [
            (Duration::ZERO, INTERVAL_MIN),
            (INTERVAL_MIN, INTERVAL_MIN),
            (INTERVAL_MAX + INTERVAL, INTERVAL_MAX),
            (Duration::MAX, INTERVAL_MAX),
        ] {
            let mut heartbeat = Heartbeat::new(told, now, 0.0);
            heartbeat.is_due(now);
            assert_eq!(heartbeat.due(), now + kept);
        }
    }
}
