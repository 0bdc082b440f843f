//! How much is worked on at once, in all and for each place: a few people cannot take all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How much is worked on at once; what comes meanwhile is passed over.
const WORK_MAX: usize = 128;

/// How much of it for one place.
const WORK_MAX_IN_PLACE: usize = WORK_MAX / 4;

/// What is worked on. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    taken: Arc<Mutex<Taken>>,
}

/// Only places for which something is worked on are in it, so it is as small as that.
#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_place: HashMap<u64, usize>,
}

/// Takes room until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    room: Room,
    place: u64,
}

impl Room {
    /// Room for one more thing in this place: a guild, or a direct channel. `None` when there is none.
    pub(super) fn take(&self, place: u64) -> Option<Seat> {
        let mut taken = self.lock();
        let here = taken.by_place.get(&place).copied().unwrap_or_default();
        if taken.in_all >= WORK_MAX || here >= WORK_MAX_IN_PLACE {
            return None;
        }
        taken.in_all += 1;
        taken.by_place.insert(place, here + 1);
        Some(Seat {
            room: self.clone(),
            place,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // No code between lock and unlock can panic half-way through a change.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.room.lock();
        taken.in_all = taken.in_all.saturating_sub(1);
        let here = taken.by_place.get(&self.place).copied().unwrap_or_default();
        if here > 1 {
            taken.by_place.insert(self.place, here - 1);
        } else {
            taken.by_place.remove(&self.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_gets_a_quarter_and_the_others_the_rest() {
        let room = Room::default();
        let take = |place| std::iter::from_fn(|| room.take(place)).collect::<Vec<_>>();
        let one = take(1);
        assert_eq!(one.len(), WORK_MAX_IN_PLACE);
        let others: Vec<_> = (2..=4).map(take).collect();
        assert!(others.iter().all(|seats| seats.len() == WORK_MAX_IN_PLACE));
        assert!(room.take(5).is_none(), "there is no room at all");
        drop(one);
        assert!(room.take(5).is_some() && room.take(1).is_some());
    }

    #[test]
    fn nothing_is_remembered_of_places_without_work() {
        let room = Room::default();
        for place in 0..1000 {
            drop((room.take(place), room.take(place)));
        }
        assert!(room.lock().by_place.is_empty());
        assert_eq!(room.lock().in_all, 0);
    }
}
