//! Keeps a flood out of the log: of what happens over and over the first is told at once, and the
//! number of the rest a little later.
//!
//! A line for each of ten thousand refusals a second would cost more than refusing them, and would
//! fill the disk.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::sleep;

/// How long what follows the first of its kind is only counted. Short enough to tell an operator who
/// looks what is going on right now.
pub const TALLY_EVERY: Duration = Duration::from_secs(10);

/// Counts what is not told. Clones share the counts.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    untold: Arc<Mutex<HashMap<&'static str, u64>>>,
}

impl Tally {
    /// Whether this one is to be told: the first of its kind in [`TALLY_EVERY`]. If there were more
    /// at the end of that time, `sum` tells how many.
    ///
    /// There is to be a small number of kinds, since each takes its place.
    pub fn is_told(&self, kind: &'static str, sum: impl FnOnce(u64) + Send + 'static) -> bool {
        match self.lock().entry(kind) {
            Entry::Occupied(mut untold) => {
                *untold.get_mut() += 1;
                return false;
            }
            Entry::Vacant(place) => {
                place.insert(0);
            }
        }
        let tally = self.clone();
        tokio::spawn(async move {
            sleep(TALLY_EVERY).await;
            let untold = tally.lock().remove(kind).unwrap_or_default();
            if untold > 0 {
                sum(untold);
            }
        });
        true
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, u64>> {
        // No code between lock and unlock can panic half-way through a change.
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_is_told_and_then_the_number_of_the_rest() {
        let tally = Tally::default();
        let sums = Arc::new(Mutex::new(Vec::new()));
        let tell = |kind| {
            let sums = Arc::clone(&sums);
            tally.is_told(kind, move |more| sums.lock().unwrap().push((kind, more)))
        };
        assert!(tell("one"));
        assert!(tell("other"));
        for _ in 0..9_999 {
            assert!(!tell("one"));
        }
        sleep(TALLY_EVERY + Duration::from_secs(1)).await;
        assert_eq!(*sums.lock().unwrap(), [("one", 9_999)]);
        assert!(tell("one"), "it is news again");
        sleep(TALLY_EVERY * 2).await;
        assert_eq!(sums.lock().unwrap().len(), 1, "there is nothing to add");
        assert!(tally.lock().is_empty());
    }
}
