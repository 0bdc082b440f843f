//! How much one person can ask for: some things at once, and then one every few seconds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use gatehouse_commands::UserId;
use tokio::time::Instant;

use super::memory::Memory;

/// How much somebody can ask for at once.
pub(super) const AT_ONCE: u32 = 8;

/// How much later one more can be asked for.
pub(super) const ONE_MORE_EVERY: Duration = Duration::from_secs(2);

/// People who are remembered; the others have asked for nothing.
const PEOPLE_MAX: usize = 10_000;

/// What is done with what somebody asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// It is done.
    Go,
    /// It is not, and they are told.
    Tell,
    /// It is not, and they have been told.
    Silence,
}

/// Who asked for how much.
#[derive(Clone, Debug)]
pub(super) struct Flood {
    people: Memory<UserId, Arc<Mutex<Asked>>>,
}

/// How much one person asked for.
#[derive(Debug, Default)]
struct Asked {
    /// Until when something of it counts.
    counts_until: Option<Instant>,
    was_told: bool,
}

impl Default for Flood {
    fn default() -> Self {
        Self {
            people: Memory::new(PEOPLE_MAX, ONE_MORE_EVERY * AT_ONCE * 2),
        }
    }
}

impl Flood {
    /// Counts one more.
    pub(super) fn one_more(&self, person: UserId) -> Verdict {
        let asked = self.people.renewed(person, Arc::default);
        let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.one_more(Instant::now())
    }

    /// Whether somebody asks for too much, and was told so: nothing more is worth looking at.
    pub(super) fn is_silenced(&self, person: UserId) -> bool {
        self.people.get(&person).is_some_and(|asked| {
            let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.was_told && asked.is_over(Instant::now())
        })
    }
}

impl Asked {
    /// Until when one more would count.
    fn counted(&self, now: Instant) -> Instant {
        self.counts_until.unwrap_or(now).max(now) + ONE_MORE_EVERY
    }

    /// Whether one more is too much.
    fn is_over(&self, now: Instant) -> bool {
        self.counted(now) > now + ONE_MORE_EVERY * AT_ONCE
    }

    fn one_more(&mut self, now: Instant) -> Verdict {
        if self.is_over(now) {
            let was_told = std::mem::replace(&mut self.was_told, true);
            return if was_told {
                Verdict::Silence
            } else {
                Verdict::Tell
            };
        }
        self.counts_until = Some(self.counted(now));
        self.was_told = false;
        Verdict::Go
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn person(id: u64) -> UserId {
        UserId::new(id).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_much_is_told_once_and_then_met_with_silence() {
        let flood = Flood::default();
        for _ in 0..AT_ONCE {
            assert_eq!(flood.one_more(person(1)), Verdict::Go);
        }
        assert_eq!(flood.one_more(person(1)), Verdict::Tell);
        assert!(flood.is_silenced(person(1)) && !flood.is_silenced(person(2)));
        for _ in 0..100 {
            assert_eq!(flood.one_more(person(1)), Verdict::Silence);
        }
        assert_eq!(flood.one_more(person(2)), Verdict::Go, "another person");
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_goes_every_few_seconds() {
        let flood = Flood::default();
        for _ in 0..AT_ONCE {
            flood.one_more(person(1));
        }
        advance(ONE_MORE_EVERY.saturating_sub(Duration::from_millis(1))).await;
        assert!(!flood.is_silenced(person(1)), "not told yet");
        assert_eq!(flood.one_more(person(1)), Verdict::Tell);
        assert!(flood.is_silenced(person(1)));
        advance(Duration::from_millis(1)).await;
        assert!(!flood.is_silenced(person(1)));
        assert_eq!(flood.one_more(person(1)), Verdict::Go);
        assert_eq!(flood.one_more(person(1)), Verdict::Tell, "told anew");
    }
}
