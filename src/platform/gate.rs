//! What stands between everybody who asks for something and a platform: how many requests are under
//! way at one time, and how much of their answers is held in memory.
//!
//! Each request takes a connection, and with it a file descriptor; each answer is held whole until it has
//! been understood. Who finds no turn waits for one for a moment. That is no fault of the platform, and is
//! told as being busy.

use std::{sync::Arc, time::Duration};

use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit},
    time::timeout,
};

use super::{BODY_MAX_BYTES, Failed};

/// Requests for what is there that are under way on a platform at one time. It takes 50 a second, so
/// this is enough even while it needs two seconds for each.
pub const READS_MAX: usize = 128;

/// Requests that change something, under way on a platform at one time. They do not wait behind those
/// that only ask.
pub const CHANGES_MAX: usize = 32;

/// How long a request waits for its turn. What it waits for, and the answer itself, have to fit into
/// the time of a whole call.
const TURN_WAIT: Duration = Duration::from_secs(3);

/// What every answer may take, in bytes, however many there are: some 350 invites.
const ANSWER_FREE_BYTES: usize = 256 * 1024;

/// What answers may take beyond that, in bytes, all together, whoever asks: one of the largest. An
/// answer that does not fit is given up.
pub const LARGE_ANSWERS_MAX_BYTES: usize = BODY_MAX_BYTES;

/// What a request does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Traffic {
    /// Asks for what is there.
    Read,
    /// Changes something.
    Change,
}

/// The gate in front of one platform. Clones are the same gate.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    reads: Arc<Semaphore>,
    changes: Arc<Semaphore>,
    room: Room,
}

/// The room for large answers. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Room {
    /// A permit for each byte.
    bytes: Arc<Semaphore>,
}

/// The room that one answer takes, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    room: Room,
    taken: Option<OwnedSemaphorePermit>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            bytes: Arc::new(Semaphore::new(LARGE_ANSWERS_MAX_BYTES)),
        }
    }
}

impl Default for Gate {
    /// A gate whose answers have a room of their own.
    fn default() -> Self {
        Self::sharing(Room::default())
    }
}

impl Gate {
    /// A gate whose answers share this room with those of others.
    pub(super) fn sharing(room: Room) -> Self {
        Self {
            reads: Arc::new(Semaphore::new(READS_MAX)),
            changes: Arc::new(Semaphore::new(CHANGES_MAX)),
            room,
        }
    }

    /// Waits for the turn of a request, which lasts until what is given is dropped.
    ///
    /// # Errors
    ///
    /// [`Kind::Crowded`].
    pub(super) async fn turn(
        &self,
        platform: PlatformName,
        traffic: Traffic,
    ) -> Result<SemaphorePermit<'_>, Failed> {
        let turns = match traffic {
            Traffic::Read => &self.reads,
            Traffic::Change => &self.changes,
        };
        match timeout(TURN_WAIT, turns.acquire()).await {
            Ok(turn) => Ok(turn.expect("no gate is ever closed")),
            Err(_) => Err(Failed::new(platform, Kind::Crowded)),
        }
    }

    /// Room for an answer of which nothing is there yet.
    pub(super) fn room(&self) -> Held {
        Held {
            room: self.room.clone(),
            taken: None,
        }
    }
}

impl Held {
    /// Makes room for this many bytes in all.
    ///
    /// # Errors
    ///
    /// [`Kind::Crowded`]. Nothing is waited for: two large answers could wait for each other.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Kind> {
        let taken = self
            .taken
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = bytes.saturating_sub(ANSWER_FREE_BYTES + taken);
        if missing == 0 {
            return Ok(());
        }
        let missing = u32::try_from(missing).map_err(|_| Kind::Crowded)?;
        let more = Arc::clone(&self.room.bytes).try_acquire_many_owned(missing);
        let more = more.map_err(|_| Kind::Crowded)?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_more_than_may_be_under_way_waits_and_is_told_to_come_again() {
        for (traffic, most) in [(Traffic::Read, READS_MAX), (Traffic::Change, CHANGES_MAX)] {
            let gate = Gate::default();
            let turn = || gate.turn(PlatformName::Discord, traffic);
            let mut turns = Vec::new();
            for _ in 0..most {
                turns.push(turn().await.unwrap());
            }
            let began = Instant::now();
            let late = turn().await.unwrap_err();
            assert_eq!((late.error.kind, late.is_global), (Kind::Crowded, false));
            assert_eq!(began.elapsed(), TURN_WAIT);
            turns.pop();
            assert!(turn().await.is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn changes_do_not_wait_behind_those_who_ask() {
        let gate = Gate::default();
        let mut turns = Vec::new();
        for _ in 0..READS_MAX {
            turns.push(
                gate.turn(PlatformName::Fluxer, Traffic::Read)
                    .await
                    .unwrap(),
            );
        }
        let change = gate.turn(PlatformName::Fluxer, Traffic::Change).await;
        assert!(change.is_ok());
    }

    #[test]
    fn large_answers_share_their_room_and_small_ones_need_none() {
        let (one, other) = {
            let room = Room::default();
            (Gate::sharing(room.clone()), Gate::sharing(room))
        };
        let mut large = one.room();
        assert_eq!(large.grow(1), Ok(()));
        assert_eq!(large.grow(BODY_MAX_BYTES / 2), Ok(()));
        assert_eq!(large.grow(BODY_MAX_BYTES), Ok(()));
        let mut second = other.room();
        assert_eq!(second.grow(ANSWER_FREE_BYTES), Ok(()));
        // What the largest answer left, and not a byte more.
        assert_eq!(second.grow(2 * ANSWER_FREE_BYTES), Ok(()));
        assert_eq!(second.grow(2 * ANSWER_FREE_BYTES + 1), Err(Kind::Crowded));
        drop(large);
        assert_eq!(second.grow(BODY_MAX_BYTES), Ok(()));
        drop(second);
        assert_eq!(one.room.bytes.available_permits(), LARGE_ANSWERS_MAX_BYTES);
    }
}
