//! How much is worked on at once, in all, for each place and for each person: a few people cannot take
//! all of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gatehouse_commands::UserId;

use super::flood::AT_ONCE;

/// How much is worked on at once; what comes meanwhile is passed over.
const WORK_MAX: usize = 128;

/// How much of it for one place.
const WORK_MAX_IN_PLACE: usize = WORK_MAX / 4;

/// How much of that for reactions, which cost nobody more than a touch: the rest is for words.
const TURNS_MAX_IN_PLACE: usize = WORK_MAX_IN_PLACE / 2;

/// How much for one person: all that they can ask for at once, and what they are told beyond it.
const WORK_MAX_OF_PERSON: usize = AT_ONCE as usize + 2;

/// What is worked on. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    taken: Arc<Mutex<Taken>>,
}

/// Only places for which something is worked on are in it, so it is as small as that.
#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by: HashMap<Share, usize>,
}

/// Whose part of the room it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Share {
    /// A guild's, or a direct channel's.
    Place(u64),
    /// That of the reactions there.
    Turns(u64),
    Person(UserId),
}

impl Share {
    const fn max(self) -> usize {
        match self {
            Self::Place(_) => WORK_MAX_IN_PLACE,
            Self::Turns(_) => TURNS_MAX_IN_PLACE,
            Self::Person(_) => WORK_MAX_OF_PERSON,
        }
    }
}

/// What room is taken for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// A guild, or a direct channel.
    pub(super) place: u64,
    pub(super) person: UserId,
    /// Whether it is a reaction.
    pub(super) is_turn: bool,
}

impl Work {
    fn shares(self) -> impl Iterator<Item = Share> {
        let Self {
            place,
            person,
            is_turn,
        } = self;
        let turns = is_turn.then_some(Share::Turns(place));
        [Share::Place(place), Share::Person(person)]
            .into_iter()
            .chain(turns)
    }
}

/// Takes room until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    room: Room,
    work: Work,
}

impl Room {
    /// Room for one more thing; `None` when there is none.
    pub(super) fn take(&self, work: Work) -> Option<Seat> {
        let mut taken = self.lock();
        let has_room = |share| taken.by.get(&share).is_none_or(|by| *by < share.max());
        if taken.in_all >= WORK_MAX || !work.shares().all(has_room) {
            return None;
        }
        taken.in_all += 1;
        for share in work.shares() {
            *taken.by.entry(share).or_default() += 1;
        }
        Some(Seat {
            room: self.clone(),
            work,
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
        for share in self.work.shares() {
            let by = taken.by.get(&share).copied().unwrap_or_default();
            if by > 1 {
                taken.by.insert(share, by - 1);
            } else {
                taken.by.remove(&share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of that person.
    fn words(place: u64, person: u64) -> Work {
        Work {
            place,
            person: UserId::new(person).unwrap(),
            is_turn: false,
        }
    }

    fn turn(place: u64, person: u64) -> Work {
        Work {
            is_turn: true,
            ..words(place, person)
        }
    }

    /// As much as people get who ask one after the other, each for this.
    fn all(room: &Room, work: impl Fn(u64) -> Work) -> Vec<Seat> {
        (1..=1_000)
            .filter_map(|person| room.take(work(person)))
            .collect()
    }

    #[test]
    fn one_place_gets_a_quarter_and_the_others_the_rest() {
        let room = Room::default();
        let take = |place| all(&room, |person| words(place, place * 1_000 + person));
        let one = take(1);
        assert_eq!(one.len(), WORK_MAX_IN_PLACE);
        let others: Vec<_> = (2..=4).map(take).collect();
        assert!(others.iter().all(|seats| seats.len() == WORK_MAX_IN_PLACE));
        assert!(room.take(words(5, 1)).is_none(), "there is no room at all");
        drop(one);
        assert!(room.take(words(5, 1)).is_some() && room.take(words(1, 1)).is_some());
    }

    #[test]
    fn reactions_leave_half_of_a_place_to_words() {
        let room = Room::default();
        let turns = all(&room, |person| turn(1, person));
        assert_eq!(turns.len(), TURNS_MAX_IN_PLACE);
        assert!(room.take(turn(1, 2_000)).is_none());
        let rest = all(&room, |person| words(1, 2_000 + person));
        assert_eq!(rest.len(), WORK_MAX_IN_PLACE - TURNS_MAX_IN_PLACE);
        assert!(room.take(turn(2, 1)).is_some(), "another place");
    }

    #[test]
    fn nobody_gets_more_than_they_can_ask_for_at_once() {
        let room = Room::default();
        let mut mine = all(&room, |_| words(1, 7));
        assert_eq!(mine.len(), WORK_MAX_OF_PERSON);
        assert!(room.take(turn(2, 7)).is_none(), "nor anywhere else");
        assert!(room.take(words(1, 8)).is_some());
        mine.pop();
        assert!(room.take(turn(2, 7)).is_some());
    }

    #[test]
    fn nothing_is_remembered_of_places_without_work() {
        let room = Room::default();
        for place in 0..1000 {
            drop((room.take(words(place, 1)), room.take(turn(place, 2))));
        }
        assert!(room.lock().by.is_empty());
        assert_eq!(room.lock().in_all, 0);
    }
}
