//! The time of day, settable in tests.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};

/// Tells the time. Clones tell the same.
#[derive(Clone, Default)]
pub struct Clock {
    /// Who is asked; `None` = the system.
    source: Option<Arc<dyn Fn() -> Timestamp + Send + Sync>>,
    /// Milliseconds since 1970 at which the clock stands still; zero = it goes.
    stopped_at: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that asks this what time it is.
    pub fn of(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Arc::new(source)),
            ..Self::default()
        }
    }

    /// A clock that stands still until it is set again.
    pub fn stopped(at: Timestamp) -> Self {
        let clock = Self::default();
        clock.set(at);
        clock
    }

    /// Stops the clock at this moment, which must not be 1970's first.
    pub fn set(&self, at: Timestamp) {
        self.stopped_at
            .store(at.as_millisecond(), Ordering::Relaxed);
    }

    /// Moves a stopped clock.
    pub fn advance(&self, by: SignedDuration) {
        self.set(self.now() + by);
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match self.stopped_at.load(Ordering::Relaxed) {
            0 => self
                .source
                .as_ref()
                .map_or_else(Timestamp::now, |ask| ask()),
            millis => Timestamp::from_millisecond(millis).unwrap_or_else(|_| Timestamp::now()),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
