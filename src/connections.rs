//! The connections that are open at one time, and which one goes when there are too many.
//!
//! A connection costs a file descriptor and some memory for as long as its sender likes, whether he
//! sends anything or not. So there is a number of places. While some are free nobody is hurried. When
//! all are taken, a new connection gets the place of the one that has kept us waiting for longest: for
//! a request, for its body, or for its answer to be fetched. It does not matter how somebody wastes
//! our time, and nothing has to be tuned: whoever sends what he came for keeps his place.
//!
//! Two more rules keep honest senders in. A connection that has brought a verified request goes after
//! all that have not, since nobody but the platform can bring one. And while a verified request is
//! being worked on, its connection does not go at all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::process::{Resource, getrlimit};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    metrics::{Closed, Metrics, Reason},
    tally::Tally,
};

/// Connections that are open at one time, at most. Each takes some 30 KB while it is used, and of the
/// 1,024 file descriptors that a process mostly has, half are for calling the platforms.
pub const CONNECTIONS_MAX: usize = 512;

/// How long a connection may keep us waiting before it can lose its place: what has only just come must
/// have time to send its request. It also says how fast a flood of connections is worked off:
/// [`CONNECTIONS_MAX`] in this time, so that those in the system's queue (1,024) wait for half a second.
pub const STAY_MIN: Duration = Duration::from_millis(250);

/// One in so many file descriptors is for a connection, where fewer are to be had than usual.
const DESCRIPTORS_PER_CONNECTION: u64 = 2;

/// All places. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    max: usize,
    places: Mutex<Places>,
    /// Somebody left.
    left: Notify,
    metrics: Metrics,
    tally: Tally,
}

#[derive(Debug, Default)]
struct Places {
    last: u64,
    taken: HashMap<u64, Place>,
}

/// A connection as others see it.
#[derive(Debug)]
struct Place {
    /// Since when it has kept us waiting; `None` = it is we who are at work.
    waiting_since: Option<Instant>,
    /// Whether it has brought a verified request.
    is_proven: bool,
    cut: CancellationToken,
}

/// A connection's place, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    number: u64,
    shared: Arc<Shared>,
    cut: CancellationToken,
}

/// A verified request of a connection that is being worked on until this is dropped.
#[derive(Debug)]
pub(crate) struct Working {
    seat: Arc<Seat>,
}

impl Connections {
    /// As many places as there should be on this machine.
    pub(crate) fn as_many_as_good(metrics: &Metrics) -> Self {
        let descriptors = getrlimit(Resource::Nofile).current;
        let max = descriptors.map_or(CONNECTIONS_MAX, |descriptors| {
            let share = descriptors / DESCRIPTORS_PER_CONNECTION;
            usize::try_from(share).unwrap_or(usize::MAX)
        });
        Self::at_most(max.clamp(1, CONNECTIONS_MAX), metrics)
    }

    /// This many places.
    pub(crate) fn at_most(max: usize, metrics: &Metrics) -> Self {
        Self {
            shared: Arc::new(Shared {
                max,
                places: Mutex::default(),
                left: Notify::new(),
                metrics: metrics.clone(),
                tally: Tally::default(),
            }),
        }
    }

    /// A place for a new connection. Waits while all others are being worked on, or have kept us waiting
    /// for less than [`STAY_MIN`].
    pub(crate) async fn seat(&self) -> Seat {
        loop {
            let next = match self.try_seat() {
                Ok(seat) => return seat,
                Err(next) => next,
            };
            let next = async {
                match next {
                    Some(next) => sleep_until(next).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shared.left.notified() => {}
                () = next => {}
            }
        }
    }

    /// A place, or when the next one can be taken from somebody.
    fn try_seat(&self) -> Result<Seat, Option<Instant>> {
        let now = Instant::now();
        let mut places = self.shared.lock();
        if places.taken.len() >= self.shared.max {
            let number = places.worst(now)?;
            if let Some(place) = places.taken.remove(&number) {
                place.cut.cancel();
            }
            self.shared.tell();
        }
        places.last += 1;
        let seat = Seat {
            number: places.last,
            shared: Arc::clone(&self.shared),
            cut: CancellationToken::new(),
        };
        let place = Place {
            waiting_since: Some(now),
            is_proven: false,
            cut: seat.cut.clone(),
        };
        places.taken.insert(seat.number, place);
        Ok(seat)
    }
}

impl Places {
    /// Whose place is the next to be taken; or when it can be.
    fn worst(&self, now: Instant) -> Result<u64, Option<Instant>> {
        let waiting = self.taken.iter().filter_map(|(number, place)| {
            let goes_at = place.waiting_since? + STAY_MIN;
            Some((place.is_proven, goes_at, *number))
        });
        match waiting.min() {
            Some((_, goes_at, number)) if goes_at <= now => Ok(number),
            Some((_, goes_at, _)) => Err(Some(goes_at)),
            None => Err(None),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Places> {
        // No code between lock and unlock can panic half-way through a change.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        let reason = Reason::TooManyConnections;
        self.metrics.rejected(reason);
        let (reason, max) = (reason.word(), self.max);
        let sum = move |count| {
            warn!(reason, count, max, "more connections closed for new ones");
        };
        if self.tally.is_told(reason, sum) {
            warn!(
                reason,
                max, "all places are taken: a connection that waits is closed for a new one"
            );
        }
    }
}

impl Seat {
    /// Until the place is another connection's.
    pub(crate) async fn lost(&self) {
        self.cut.cancelled().await;
    }

    /// A verified request came, and is worked on.
    ///
    /// `None` = the place was lost a moment ago: nobody would get the answer, so nothing may be done.
    pub(crate) fn work(self: &Arc<Self>) -> Option<Working> {
        let mut places = self.shared.lock();
        let place = places.taken.get_mut(&self.number)?;
        place.waiting_since = None;
        place.is_proven = true;
        Some(Working {
            seat: Arc::clone(self),
        })
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut places = self.seat.shared.lock();
        if let Some(place) = places.taken.get_mut(&self.seat.number) {
            place.waiting_since = Some(Instant::now());
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.shared.lock().taken.remove(&self.number);
        self.shared.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const MAX: usize = 3;

    fn connections() -> Connections {
        Connections::at_most(MAX, &Metrics::new())
    }

    async fn seats(connections: &Connections) -> Vec<Arc<Seat>> {
        let mut seats = Vec::new();
        for _ in 0..MAX {
            seats.push(Arc::new(connections.seat().await));
            // No two have waited for equally long.
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        seats
    }

    fn has_lost(seats: &[Arc<Seat>]) -> Vec<bool> {
        let lost = seats.iter().map(|seat| seat.cut.is_cancelled());
        lost.collect()
    }

    #[tokio::test(start_paused = true)]
    async fn while_there_are_places_nobody_loses_his_own() {
        let connections = connections();
        let seats = seats(&connections).await;
        tokio::time::advance(Duration::from_secs(60 * 60)).await;
        assert_eq!(has_lost(&seats), [false; MAX]);
        drop(seats);
        assert!(connections.shared.lock().taken.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_gets_the_place_of_the_one_that_waits_longest() {
        let connections = connections();
        let seats = seats(&connections).await;
        tokio::time::advance(STAY_MIN).await;
        let _more = connections.seat().await;
        assert_eq!(has_lost(&seats), [true, false, false]);
        assert_eq!(connections.shared.lock().taken.len(), MAX);
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_just_come_has_time_to_send_its_request() {
        let connections = connections();
        let began = Instant::now();
        let seats = seats(&connections).await;
        let _more = connections.seat().await;
        assert!(began.elapsed() >= STAY_MIN);
        assert_eq!(has_lost(&seats), [true, false, false]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_is_left_is_free_at_once() {
        let connections = connections();
        let mut seats = seats(&connections).await;
        let mut more = Box::pin(connections.seat());
        assert!(more.as_mut().now_or_never().is_none());
        let began = Instant::now();
        seats.pop();
        more.await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(has_lost(&seats), [false; MAX - 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_worked_on_stays_and_what_was_verified_goes_last() {
        let connections = connections();
        let seats = seats(&connections).await;
        let working = seats[0].work().unwrap();
        drop(seats[1].work().unwrap());
        tokio::time::advance(STAY_MIN * 2).await;
        // The third came last, but has brought nothing.
        let more = connections.seat().await;
        assert_eq!(has_lost(&seats), [false, false, true]);
        // And who has only just come goes before the platform, too.
        let last = Arc::new(connections.seat().await);
        assert!(more.cut.is_cancelled());
        assert_eq!(has_lost(&seats), [false, false, true]);
        let _working_too = last.work().unwrap();
        let _more = connections.seat().await;
        assert_eq!(has_lost(&seats), [false, true, true]);
        assert!(seats[1].work().is_none(), "nobody would get the answer");
        drop(working);
    }

    #[tokio::test]
    async fn half_of_the_file_descriptors_are_left_for_calls() {
        let max = Connections::as_many_as_good(&Metrics::new()).shared.max;
        assert!((1..=CONNECTIONS_MAX).contains(&max), "{max}");
    }
}
