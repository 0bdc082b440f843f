//! Rate limits as leaky buckets: each request pours one in, and a bucket empties at an even pace.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::route::Shape;

/// Requests of one kind that fit into a bucket, and the time in which a full one empties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Capacity {
    pub(super) limit: u32,
    pub(super) seconds: u32,
}

/// What everything together fits into, on either platform.
const GLOBAL: Capacity = Capacity {
    limit: 50,
    seconds: 1,
};

/// What is left in a bucket after a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Room {
    /// Requests that still fit.
    pub(super) remaining: u32,
    /// Time until the bucket is empty again.
    pub(super) until_empty: Duration,
}

/// A request that does not fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Full {
    /// Whether it is the bucket of everything.
    pub(super) global: bool,
    /// Time until there is room for one.
    pub(super) retry_after: Duration,
    /// Time until the bucket is empty.
    pub(super) until_empty: Duration,
}

/// All buckets. Unless limits are enforced, every request meets empty ones.
#[derive(Debug, Default)]
pub(super) struct Limits {
    enforced: bool,
    /// Requests that did not fit.
    refused: usize,
    everything: HashMap<Shape, Level>,
    buckets: HashMap<(Shape, String), Level>,
}

/// How full a bucket was at a moment.
#[derive(Clone, Copy, Debug)]
struct Level {
    height: f64,
    at: Instant,
}

impl Capacity {
    fn per_second(self) -> f64 {
        f64::from(self.limit) / f64::from(self.seconds)
    }

    /// The room after the first request.
    pub(super) fn untouched(self) -> Room {
        Room {
            remaining: self.limit - 1,
            until_empty: Duration::from_secs_f64(1.0 / self.per_second()),
        }
    }
}

impl Limits {
    /// From now on requests are counted.
    pub(super) fn enforce(&mut self) {
        self.enforced = true;
    }

    /// Counts a request against everything together and, if that has room, against its own bucket.
    pub(super) fn take(
        &mut self,
        shape: Shape,
        capacity: Capacity,
        key: String,
        now: Instant,
    ) -> Result<Room, Full> {
        if !self.enforced {
            return Ok(capacity.untouched());
        }
        let empty = Level {
            height: 0.0,
            at: now,
        };
        let everything = self.everything.entry(shape).or_insert(empty);
        let of_everything = |full| Full {
            global: true,
            ..full
        };
        let poured = everything
            .pour(GLOBAL, now)
            .map_err(of_everything)
            .and_then(|_| {
                let bucket = self.buckets.entry((shape, key)).or_insert(empty);
                bucket.pour(capacity, now)
            });
        self.refused += usize::from(poured.is_err());
        poured
    }

    /// How many requests did not fit so far.
    pub(super) fn refused(&self) -> usize {
        self.refused
    }
}

impl Level {
    fn pour(&mut self, capacity: Capacity, now: Instant) -> Result<Room, Full> {
        let pace = capacity.per_second();
        let leaked = now.saturating_duration_since(self.at).as_secs_f64() * pace;
        let height = (self.height - leaked).max(0.0);
        let limit = f64::from(capacity.limit);
        *self = Self { height, at: now };
        let over = height + 1.0 - limit;
        // A hair over is rounding, not a request too many.
        if over > 1e-6 {
            return Err(Full {
                global: false,
                retry_after: Duration::from_secs_f64(over / pace),
                until_empty: Duration::from_secs_f64(height / pace),
            });
        }
        self.height = height + 1.0;
        let fits = |free: &u32| f64::from(*free) <= limit - self.height;
        Ok(Room {
            remaining: (0..capacity.limit).rev().find(fits).unwrap_or(0),
            until_empty: Duration::from_secs_f64(self.height / pace),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: Capacity = Capacity {
        limit: 20,
        seconds: 60,
    };

    fn enforced() -> Limits {
        let mut limits = Limits::default();
        limits.enforce();
        limits
    }

    #[test]
    fn nothing_is_counted_unless_enforced() {
        let mut limits = Limits::default();
        let now = Instant::now();
        for _ in 0..100 {
            let room = limits.take(Shape::Fluxer, CREATE, "1".to_owned(), now);
            assert_eq!(room, Ok(CREATE.untouched()));
        }
    }

    #[test]
    fn one_request_too_many_waits_until_one_place_is_free() {
        let mut limits = enforced();
        let now = Instant::now();
        let mut take = |key: &str, now| limits.take(Shape::Fluxer, CREATE, key.to_owned(), now);
        for left in (0..20).rev() {
            let room = take("1", now).expect("room");
            assert_eq!(room.remaining, left);
        }
        let full = take("1", now).expect_err("full");
        assert_eq!(full.retry_after, Duration::from_secs(3));
        assert_eq!(full.until_empty, Duration::from_secs(60));
        assert!(!full.global);
        take("2", now).expect("another channel has a bucket of its own");
        let later = now + Duration::from_millis(2_900);
        take("1", later).expect_err("a tenth of a second too early");
        let room = take("1", now + full.retry_after).expect("room for one");
        assert_eq!(room.remaining, 0);
    }

    #[test]
    fn everything_together_fits_fifty_in_a_second() {
        let mut limits = enforced();
        let now = Instant::now();
        let mut take = |shape, key: u32, now| limits.take(shape, CREATE, key.to_string(), now);
        for key in 0..50 {
            take(Shape::Fluxer, key, now).expect("room");
        }
        let full = take(Shape::Fluxer, 50, now).expect_err("full");
        assert!(full.global);
        assert_eq!(full.retry_after, Duration::from_millis(20));
        take(Shape::Discord, 0, now).expect("the other platform counts for itself");
        take(Shape::Fluxer, 50, now + full.retry_after).expect("room for one");
    }
}
