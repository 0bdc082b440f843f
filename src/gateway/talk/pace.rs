//! How often something may be sent into a channel: what the platform would refuse is held back
//! before it does.
//!
//! Fluxer counts in buckets that empty evenly: so many fit at once, and then one whenever there is
//! room again. Ours are a little smaller than its own.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gatehouse_commands::{ChannelId, UserId};
use tokio::time::{Instant, sleep_until};

use super::memory::Memory;

/// Time in which a full bucket empties.
const WINDOW: Duration = Duration::from_secs(10);

/// Channels whose buckets are remembered; those of others are empty.
const CHANNELS_MAX: usize = 10_000;

/// What is counted together.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    /// New messages; the platform takes 20.
    Send,
    /// Edits; the platform takes 20.
    Edit,
    /// Reactions, put and taken away; the platform takes 30.
    React,
    /// Messages that are read since somebody reacted or replied to them. The platform takes 100.
    Read,
    /// Those among them that may be anybody's: most are no business of ours.
    LookUp,
}

/// How many messages that may be anybody's are looked up for one person in [`WINDOW`].
const LOOK_UPS_OF_PERSON: u32 = 5;

/// People whose look-ups are remembered; the others had none.
const PEOPLE_MAX: usize = 10_000;

impl Kind {
    /// How many fit at once, and in [`WINDOW`].
    const fn limit(self) -> u32 {
        match self {
            Self::Send | Self::Edit => 18,
            Self::React => 27,
            Self::Read => 60,
            Self::LookUp => 20,
        }
    }
}

/// The buckets of every channel.
#[derive(Clone, Debug)]
pub(super) struct Paces {
    buckets: Memory<(ChannelId, Kind), Arc<Bucket>>,
    people: Memory<UserId, Arc<Bucket>>,
    /// Until when the platform takes nothing at all.
    all_rest_until: Arc<Mutex<Option<Instant>>>,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            buckets: Memory::new(CHANNELS_MAX, WINDOW * 6),
            people: Memory::new(PEOPLE_MAX, WINDOW * 2),
            all_rest_until: Arc::default(),
        }
    }
}

impl Paces {
    /// Waits until there is room for one more.
    pub(super) async fn turn(&self, channel: ChannelId, kind: Kind) {
        let at = self.bucket(channel, kind).take(Instant::now(), None);
        if let Some(at) = at {
            sleep_until(at).await;
        }
        self.turn_of_all().await;
    }

    /// Waits until the platform takes anything.
    pub(super) async fn turn_of_all(&self) {
        let until = *self.all_rest_until();
        if let Some(until) = until {
            sleep_until(until).await;
        }
    }

    /// Whether there is room for one more right now.
    pub(super) fn has_room(&self, channel: ChannelId, kind: Kind) -> bool {
        let now = Instant::now();
        self.rest_of_all().is_zero() && self.bucket(channel, kind).take(now, Some(now)).is_some()
    }

    /// Whether one more message may be looked up for this person right now.
    pub(super) fn has_room_for(&self, person: UserId) -> bool {
        let now = Instant::now();
        let bucket = || Arc::new(Bucket::new(LOOK_UPS_OF_PERSON));
        let bucket = self.people.renewed(person, bucket);
        bucket.take(now, Some(now)).is_some()
    }

    /// Lets nothing at all through before this time has passed.
    pub(super) fn rest_all(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut rests = self.all_rest_until();
        *rests = Some(rests.map_or(until, |at| at.max(until)));
    }

    /// How long it is until there is room for one more.
    pub(super) fn wait(&self, channel: ChannelId, kind: Kind) -> Duration {
        let now = Instant::now();
        let next = self.bucket(channel, kind).next(now);
        next.saturating_duration_since(now).max(self.rest_of_all())
    }

    /// For how long nothing at all is let through.
    pub(super) fn rest_of_all(&self) -> Duration {
        let until = *self.all_rest_until();
        until.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    fn all_rest_until(&self) -> MutexGuard<'_, Option<Instant>> {
        let until = self.all_rest_until.lock();
        until.unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets nothing through before this time has passed, as the platform asked.
    pub(super) fn rest(&self, channel: ChannelId, kind: Kind, time: Duration) {
        if time.is_zero() {
            return;
        }
        self.bucket(channel, kind).rest(Instant::now() + time);
    }

    fn bucket(&self, channel: ChannelId, kind: Kind) -> Arc<Bucket> {
        let bucket = || Arc::new(Bucket::new(kind.limit()));
        self.buckets.renewed((channel, kind), bucket)
    }
}

/// When a bucket has room that would be filled until then by one more: beyond the window it would run
/// over.
fn room_at(filled_until: Instant, now: Instant) -> Instant {
    filled_until.checked_sub(WINDOW).unwrap_or(now).max(now)
}

#[derive(Debug)]
struct Bucket {
    /// Time for which one of them takes room.
    each: Duration,
    /// Until when the bucket is not empty; `None` = it is.
    empty_at: Mutex<Option<Instant>>,
}

impl Bucket {
    fn new(limit: u32) -> Self {
        Self {
            each: WINDOW / limit,
            empty_at: Mutex::new(None),
        }
    }

    /// When there is room for one more, which is taken at once; `None` when that is later than
    /// `latest`.
    fn take(&self, now: Instant, latest: Option<Instant>) -> Option<Instant> {
        let mut empty_at = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        let filled_until = empty_at.unwrap_or(now).max(now) + self.each;
        let at = room_at(filled_until, now);
        if latest.is_some_and(|latest| at > latest) {
            return None;
        }
        *empty_at = Some(filled_until);
        Some(at)
    }

    /// When there is room for one more.
    fn next(&self, now: Instant) -> Instant {
        let empty_at = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        room_at(empty_at.unwrap_or(now).max(now) + self.each, now)
    }

    fn rest(&self, until: Instant) {
        let mut empty_at = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        let filled_until = until + WINDOW.saturating_sub(self.each);
        *empty_at = Some(empty_at.map_or(filled_until, |at| at.max(filled_until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: u64) -> ChannelId {
        ChannelId::new(id).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_go_at_once_and_the_rest_at_their_pace() {
        let paces = Paces::default();
        let began = Instant::now();
        for _ in 0..18 {
            paces.turn(channel(1), Kind::Send).await;
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        paces.turn(channel(1), Kind::Send).await;
        let each = WINDOW / 18;
        assert!(
            began.elapsed() + Duration::from_millis(2) >= each,
            "{:?}",
            began.elapsed()
        );
        for _ in 0..36 {
            paces.turn(channel(1), Kind::Send).await;
        }
        assert!(
            began.elapsed() >= Duration::from_secs(20),
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn channels_and_kinds_are_counted_apart() {
        let paces = Paces::default();
        let began = Instant::now();
        for _ in 0..18 {
            paces.turn(channel(1), Kind::Send).await;
        }
        paces.turn(channel(1), Kind::Edit).await;
        paces.turn(channel(2), Kind::Send).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_is_no_room_nothing_is_taken() {
        let paces = Paces::default();
        for _ in 0..20 {
            assert!(paces.has_room(channel(1), Kind::LookUp));
        }
        assert!(!paces.has_room(channel(1), Kind::LookUp));
        assert!(paces.has_room(channel(1), Kind::Read), "counted apart");
        tokio::time::advance(WINDOW / 20 + Duration::from_millis(1)).await;
        assert!(paces.has_room(channel(1), Kind::LookUp));
        assert!(!paces.has_room(channel(1), Kind::LookUp));
    }

    #[tokio::test(start_paused = true)]
    async fn one_person_cannot_have_everything_looked_up() {
        let paces = Paces::default();
        let person = |id| UserId::new(id).unwrap();
        for _ in 0..LOOK_UPS_OF_PERSON {
            assert!(paces.has_room_for(person(1)));
        }
        assert!(!paces.has_room_for(person(1)));
        assert!(paces.has_room_for(person(2)));
        tokio::time::advance(WINDOW / LOOK_UPS_OF_PERSON).await;
        assert!(paces.has_room_for(person(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_platform_means_for_everything_holds_everything() {
        let paces = Paces::default();
        let began = Instant::now();
        let asked = Duration::from_secs(5);
        paces.rest_all(asked);
        paces.rest_all(Duration::from_secs(1));
        assert!(!paces.has_room(channel(1), Kind::Read));
        assert_eq!(paces.rest_of_all(), asked);
        paces.turn(channel(1), Kind::Send).await;
        assert!(began.elapsed() >= asked, "{:?}", began.elapsed());
        assert!(paces.has_room(channel(2), Kind::React));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_goes_before_the_platform_takes_it_again() {
        let paces = Paces::default();
        let began = Instant::now();
        let asked = Duration::from_secs(3);
        paces.rest(channel(1), Kind::Edit, asked);
        assert_eq!(paces.wait(channel(1), Kind::Edit), asked);
        assert_eq!(paces.wait(channel(1), Kind::Send), Duration::ZERO);
        paces.turn(channel(1), Kind::Edit).await;
        assert!(began.elapsed() >= asked, "{:?}", began.elapsed());
        assert!(
            began.elapsed() < asked + WINDOW / 18,
            "{:?}",
            began.elapsed()
        );
    }
}
