//! Reads the bodies of requests, of which nobody knows yet who sent them: bounded in size, in time and,
//! all together, in memory.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// The largest body that is read, in bytes. Interactions take a few thousand.
pub const BODY_MAX_BYTES: usize = 256 * 1024;

/// How long a body may take to arrive.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// What every body may take, in bytes, however many there are: several times what a press has, which
/// carries its whole message (10,000 bytes of a long one). So nobody's stalled bodies keep a press waiting,
/// and on 512 connections these are 16 MiB.
pub const BODY_FREE_BYTES: usize = 32 * 1024;

/// What bodies may take beyond that, in bytes, all together: 36 of the largest. Those who find no room
/// wait for it, for as long as their body may take to arrive.
pub const LARGE_BODIES_MAX_BYTES: usize = 8 * 1024 * 1024;

/// The room for bodies. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Bodies {
    /// A permit for each byte.
    room: Arc<Semaphore>,
}

/// A body, and its room, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BodyError {
    /// More than [`BODY_MAX_BYTES`].
    #[error("the body is larger than {BODY_MAX_BYTES} bytes")]
    TooLarge,
    /// The body took longer than [`BODY_TIMEOUT`].
    #[error("the body took too long to arrive")]
    TooSlow,
    /// The body broke off.
    #[error("the body broke off")]
    BrokenOff,
}

impl Default for Bodies {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(LARGE_BODIES_MAX_BYTES)),
        }
    }
}

impl Bodies {
    /// Reads a body to its end.
    ///
    /// # Errors
    ///
    /// There is more of it than there may be, or less than was announced, or not soon enough.
    pub(super) async fn read(&self, body: Body) -> Result<Held, BodyError> {
        // Told ahead, mostly.
        if body.size_hint().lower() > BODY_MAX_BYTES as u64 {
            return Err(BodyError::TooLarge);
        }
        let read = timeout(BODY_TIMEOUT, self.collect(body)).await;
        read.unwrap_or(Err(BodyError::TooSlow))
    }

    async fn collect(&self, mut body: Body) -> Result<Held, BodyError> {
        // What is not told may become the largest.
        let told = body.size_hint().exact().map(usize::try_from);
        let told = told.and_then(Result::ok).unwrap_or(BODY_MAX_BYTES);
        let mut bytes = BytesMut::new();
        let mut room: Option<OwnedSemaphorePermit> = None;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| BodyError::BrokenOff)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let length = bytes.len() + data.len();
            if length > BODY_MAX_BYTES {
                return Err(BodyError::TooLarge);
            }
            if length > BODY_FREE_BYTES && room.is_none() {
                // All of it at once: bodies that hold a part each could wait for each other.
                let beyond = told.max(length) - BODY_FREE_BYTES;
                let beyond = u32::try_from(beyond).expect("no more than a whole body");
                let taken = Arc::clone(&self.room).acquire_many_owned(beyond).await;
                room = Some(taken.expect("the room is never closed"));
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Held {
            bytes: bytes.freeze(),
            _room: room,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{StreamExt, future::join_all, stream};
    use tokio::task::yield_now;

    use super::*;

    /// A body of the largest size that comes in many pieces, and does not tell how long it is.
    fn in_pieces() -> Body {
        const PIECE: usize = 8 * 1024;
        let pieces = stream::iter(0..BODY_MAX_BYTES / PIECE).then(|_| async {
            yield_now().await;
            Ok::<_, Infallible>(vec![b' '; PIECE])
        });
        Body::from_stream(pieces)
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_that_arrive_together_do_not_wait_for_each_other() {
        let bodies = Bodies::default();
        let many = 3 * LARGE_BODIES_MAX_BYTES / BODY_MAX_BYTES;
        let read = |_| async { bodies.read(in_pieces()).await.map(|held| held.bytes.len()) };
        let all = join_all((0..many).map(read)).await;
        assert!(all.iter().all(|one| *one == Ok(BODY_MAX_BYTES)), "{all:?}");
    }

    async fn read(bodies: &Bodies, length: usize) -> Result<Held, BodyError> {
        bodies.read(Body::from(vec![b' '; length])).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_read_up_to_its_largest_size() {
        let bodies = Bodies::default();
        for length in [0, 1, BODY_FREE_BYTES, BODY_FREE_BYTES + 1, BODY_MAX_BYTES] {
            let held = read(&bodies, length).await.unwrap();
            assert_eq!(held.bytes.len(), length);
        }
        let large = read(&bodies, BODY_MAX_BYTES + 1).await;
        assert_eq!(large.unwrap_err(), BodyError::TooLarge);
        assert_eq!(bodies.room.available_permits(), LARGE_BODIES_MAX_BYTES);
    }

    #[tokio::test(start_paused = true)]
    async fn large_bodies_share_their_room_and_small_ones_need_none() {
        let bodies = Bodies::default();
        let beyond = BODY_MAX_BYTES - BODY_FREE_BYTES;
        let fitting = LARGE_BODIES_MAX_BYTES / beyond;
        let mut held = Vec::new();
        for _ in 0..fitting {
            held.push(read(&bodies, BODY_MAX_BYTES).await.unwrap());
        }
        let one_more = read(&bodies, BODY_MAX_BYTES).await;
        assert_eq!(one_more.unwrap_err(), BodyError::TooSlow);
        assert!(read(&bodies, BODY_FREE_BYTES).await.is_ok());
        // Room that becomes free is waited for.
        let (waited, ()) = tokio::join!(read(&bodies, BODY_MAX_BYTES), async {
            tokio::time::sleep(BODY_TIMEOUT / 2).await;
            held.pop();
        });
        assert!(waited.is_ok());
        drop((held, waited));
        assert_eq!(bodies.room.available_permits(), LARGE_BODIES_MAX_BYTES);
    }
}
