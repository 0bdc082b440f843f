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
            let held = room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            if let Some(missing) = length.checked_sub(BODY_FREE_BYTES + held)
                && missing > 0
            {
                let missing = u32::try_from(missing).expect("no more than a whole body");
                let more = Arc::clone(&self.room).acquire_many_owned(missing).await;
                let more = more.expect("the room is never closed");
                match &mut room {
                    Some(room) => room.merge(more),
                    None => room = Some(more),
                }
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
    use super::*;

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
