//! Remembers which interactions were taken, so that a repeated one does nothing twice.
//!
//! A request is good for [`TIMESTAMP_WINDOW`] before and after its timestamp, so an id has to be
//! remembered for twice that. Two generations of ids are kept and the older one is dropped whole:
//! an id is forgotten no sooner than it may be, and that costs nothing.

use std::{
    collections::HashSet,
    mem,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::signature::TIMESTAMP_WINDOW;

/// How long an id is remembered at least.
const MEMORY: SignedDuration = SignedDuration::from_secs(2 * TIMESTAMP_WINDOW.as_secs());

/// Ids in a generation, at most: about 20 MB for a face. What a flood has filled is given back by what
/// comes a while after it, not by itself. Beyond it, the oldest are forgotten early, which
/// takes over 800 verified interactions a second for as long as they are remembered.
const GENERATION_MAX_IDS: usize = 500_000;

/// Ids of interactions that were taken.
#[derive(Debug, Default)]
pub(super) struct Seen {
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    started_at: Option<Timestamp>,
    young: HashSet<u64>,
    old: HashSet<u64>,
}

impl Seen {
    /// Whether the id was not there yet. From now on it is.
    pub(super) fn is_new(&self, id: u64, now: Timestamp) -> bool {
        // No code between lock and unlock can panic half-way through a change.
        let mut seen = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        seen.turn(now);
        !seen.old.contains(&id) && seen.young.insert(id)
    }
}

impl Generations {
    fn turn(&mut self, now: Timestamp) {
        let started_at = *self.started_at.get_or_insert(now);
        let age = now.duration_since(started_at);
        if age >= MEMORY || self.young.len() >= GENERATION_MAX_IDS {
            self.old = mem::take(&mut self.young);
            self.started_at = Some(now);
            if age >= MEMORY + MEMORY {
                self.old.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::constant(1_787_313_605, 0);

    #[test]
    fn an_id_is_new_once() {
        let seen = Seen::default();
        assert!(seen.is_new(1, START));
        assert!(!seen.is_new(1, START));
        assert!(seen.is_new(2, START));
    }

    #[test]
    fn an_id_is_remembered_for_as_long_as_its_request_is_good() {
        for first in [0, 1, 599, 600, 601] {
            let seen = Seen::default();
            assert!(seen.is_new(7, START));
            let first = START + SignedDuration::from_secs(first);
            assert!(seen.is_new(1, first));
            assert!(!seen.is_new(1, first + MEMORY));
        }
    }

    #[test]
    fn ids_are_forgotten_in_the_end() {
        let seen = Seen::default();
        assert!(seen.is_new(1, START));
        assert!(seen.is_new(1, START + MEMORY + MEMORY));
    }

    #[test]
    fn no_more_than_two_generations_are_held() {
        let seen = Seen::default();
        for id in 0..=(2 * GENERATION_MAX_IDS as u64) {
            assert!(seen.is_new(id, START));
        }
        let held = seen.generations.lock().unwrap();
        assert!(held.young.len() + held.old.len() <= 2 * GENERATION_MAX_IDS);
    }
}
