//! How much is worked on at one time, by every face together, and what is turned away.
//!
//! Whatever comes beyond is answered at once that the bot is busy, which costs next to nothing, instead
//! of too late. A place is taken from the moment when a command is understood until its reply has
//! been delivered, so what is deferred, and what waits to be delivered, is bounded by the same number.
//!
//! No guild can take all places: it may have as many as it leaves free to others, which is half of them
//! while nobody else asks for anything, and half of the rest for the next one. The last places of all go
//! only to guilds that have none yet, so however many others flood, whoever comes newly finds one.
//!
//! What asks no platform (help, forms, refusals, and the press on **Cancel**) needs no place: it is over in a
//! moment, and a run has to be cancelled most of all when much is going on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gatehouse_commands::{Effort, GuildRef};

/// Commands, presses and forms that are worked on at one time. Each takes some 20 KB while it waits
/// for a platform.
pub const COMMANDS_MAX: usize = 512;

/// The last places for commands, each for a guild that has none.
const COMMANDS_KEPT: usize = 64;

/// Runs, exports and checks at one time. They hold a guild's whole list, a thousand invites in half a
/// megabyte, and a run may take a quarter of an hour.
pub const LONG_MAX: usize = 64;

/// The last places for those, each for a guild that has none.
const LONG_KEPT: usize = 8;

/// Suggestions that are looked for at one time. Whoever types sends one with every letter, and none
/// of them may take a command's place.
pub const SUGGESTIONS_MAX: usize = 128;

/// The last places for suggestions, each for a guild that has none.
const SUGGESTIONS_KEPT: usize = 16;

/// All places. Clones share them.
#[derive(Clone, Debug)]
pub struct Admission {
    commands: Pool,
    long: Pool,
    suggestions: Pool,
}

/// A place among those who are worked on, free again when this is dropped.
#[derive(Debug)]
pub struct Admitted {
    place: Option<(Pool, Option<GuildRef>)>,
}

#[derive(Clone, Debug)]
struct Pool {
    max: usize,
    /// The last places, each for a guild that has none.
    kept: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    by_guild: HashMap<Option<GuildRef>, usize>,
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            commands: Pool::new(COMMANDS_MAX, COMMANDS_KEPT),
            long: Pool::new(LONG_MAX, LONG_KEPT),
            suggestions: Pool::new(SUGGESTIONS_MAX, SUGGESTIONS_KEPT),
        }
    }
}

impl Admission {
    /// A place for what takes this effort and was asked for in this guild, if there is one.
    pub fn admit(&self, effort: Effort, guild: Option<GuildRef>) -> Option<Admitted> {
        let pool = match effort {
            Effort::None => return Some(Admitted { place: None }),
            Effort::Suggestion => &self.suggestions,
            Effort::Short => &self.commands,
            Effort::Long => &self.long,
        };
        pool.take(guild)
    }
}

impl Pool {
    fn new(max: usize, kept: usize) -> Self {
        Self {
            max,
            kept,
            taken: Arc::default(),
        }
    }

    fn take(&self, guild: Option<GuildRef>) -> Option<Admitted> {
        let mut taken = self.lock();
        let free = self.max - taken.in_all;
        let of_guild = taken.by_guild.get(&guild).copied().unwrap_or_default();
        let is_one_more = of_guild < free && free > self.kept;
        let is_first = of_guild == 0 && free > 0;
        if !(is_first || is_one_more) {
            return None;
        }
        taken.in_all += 1;
        taken.by_guild.insert(guild, of_guild + 1);
        Some(Admitted {
            place: Some((self.clone(), guild)),
        })
    }

    fn give_back(&self, guild: Option<GuildRef>) {
        let mut taken = self.lock();
        taken.in_all -= 1;
        if let Some(of_guild) = taken.by_guild.get_mut(&guild) {
            *of_guild -= 1;
            if *of_guild == 0 {
                taken.by_guild.remove(&guild);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // No code between lock and unlock can panic half-way through a change.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        if let Some((pool, guild)) = self.place.take() {
            pool.give_back(guild);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    #[expect(
        clippy::unnecessary_wraps,
        reason = "places are taken outside guilds, too"
    )]
    fn guild(id: usize) -> Option<GuildRef> {
        Some(format!("discord:{id}").parse().unwrap())
    }

    /// As many as one guild gets.
    fn all_of(admission: &Admission, effort: Effort, of: Option<GuildRef>) -> Vec<Admitted> {
        iter::from_fn(|| admission.admit(effort, of)).collect()
    }

    #[test]
    fn one_guild_gets_its_share_and_not_one_more() {
        let admission = Admission::default();
        for (effort, most) in [
            (Effort::Short, 256),
            (Effort::Long, 32),
            (Effort::Suggestion, 64),
        ] {
            let all = all_of(&admission, effort, guild(1));
            assert_eq!(all.len(), most, "{effort:?}");
            assert!(admission.admit(effort, guild(1)).is_none());
            assert!(admission.admit(effort, guild(2)).is_some());
            drop(all);
            assert!(admission.admit(effort, guild(1)).is_some());
        }
    }

    #[test]
    fn however_many_guilds_flood_another_one_finds_a_place() {
        for floods in [1, 10, 100, COMMANDS_MAX - 1] {
            let admission = Admission::default();
            let mut taken = Vec::new();
            // In turn, as they would come.
            loop {
                let before = taken.len();
                taken.extend(
                    (1..=floods).filter_map(|id| admission.admit(Effort::Short, guild(id))),
                );
                if taken.len() == before {
                    break;
                }
            }
            let other = admission.admit(Effort::Short, guild(9_999));
            assert!(other.is_some(), "{floods} guilds, {} places", taken.len());
        }
    }

    #[test]
    fn guilds_that_flood_one_after_the_other_leave_places_for_others() {
        let admission = Admission::default();
        let floods = [(1, 256), (2, 128), (3, 64), (4, 1), (5, 1)];
        let mut taken = Vec::new();
        for (id, most) in floods {
            let all = all_of(&admission, Effort::Short, guild(id));
            assert_eq!(all.len(), most, "guild {id}");
            taken.push(all);
        }
        for id in (1..=COMMANDS_KEPT).skip(floods.len() - 3) {
            let all = all_of(&admission, Effort::Short, guild(1_000 + id));
            assert_eq!(all.len(), 1);
            taken.push(all);
        }
        assert!(admission.admit(Effort::Short, guild(9_999)).is_none());
        // Whoever has many gets no more until the others are served.
        taken.pop();
        assert!(admission.admit(Effort::Short, guild(1)).is_none());
        assert!(admission.admit(Effort::Short, guild(9_999)).is_some());
    }

    #[test]
    fn no_more_places_are_given_than_there_are() {
        let admission = Admission::default();
        let mut taken: Vec<Admitted> = (1..=COMMANDS_MAX)
            .map(|id| admission.admit(Effort::Short, guild(id)).unwrap())
            .collect();
        assert!(admission.admit(Effort::Short, guild(9_999)).is_none());
        assert!(admission.admit(Effort::Short, None).is_none());
        taken.pop();
        assert!(admission.admit(Effort::Short, guild(9_999)).is_some());
    }

    #[test]
    fn what_asks_nobody_needs_no_place() {
        let admission = Admission::default();
        let taken = all_of(&admission, Effort::Short, guild(1));
        assert!(admission.admit(Effort::None, guild(1)).is_some());
        drop(taken);
        assert!(admission.commands.lock().by_guild.is_empty());
        assert_eq!(admission.commands.lock().in_all, 0);
    }
}
