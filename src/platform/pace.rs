//! Lets calls go one after the other, evenly, so that many of them leave room for others.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// The longest rest that can be asked for, so that none never ends.
const REST_MAX: Duration = Duration::from_secs(10 * 60);

/// Calls that are let through at an even pace, in the order in which they come.
#[derive(Debug)]
pub(super) struct Pace {
    between: Duration,
    wait_max: Duration,
    /// When the next one may go; `None` = at once.
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most so many in a second, and none that would have to wait for longer than `wait_max`.
    pub(super) fn per_second(calls: u32, wait_max: Duration) -> Self {
        Self {
            between: Duration::from_secs(1) / calls,
            wait_max,
            next: Mutex::new(None),
        }
    }

    /// Lets nobody go before this time has passed.
    pub(super) fn rest(&self, time: Duration) {
        let until = Instant::now() + time.min(REST_MAX);
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = Some(next.map_or(until, |next| next.max(until)));
    }

    /// Waits for one's turn.
    ///
    /// # Errors
    ///
    /// Too many are waiting already: how long it would have taken.
    pub(super) async fn turn(&self) -> Result<(), Duration> {
        let now = Instant::now();
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = next.unwrap_or(now).max(now);
            let wait = turn.duration_since(now);
            if wait > self.wait_max {
                return Err(wait);
            }
            *next = Some(turn + self.between);
            turn
        };
        sleep_until(turn).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::per_second(40, Duration::from_secs(1))
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_goes_at_once_and_the_others_at_their_pace() {
        let pace = pace();
        let began = Instant::now();
        assert_eq!(pace.turn().await, Ok(()));
        assert_eq!(began.elapsed(), Duration::ZERO);
        for _ in 0..40 {
            assert_eq!(pace.turn().await, Ok(()));
        }
        assert_eq!(began.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_used_is_not_saved_up() {
        let pace = pace();
        pace.turn().await.unwrap();
        tokio::time::advance(Duration::from_secs(60)).await;
        let began = Instant::now();
        for _ in 0..3 {
            pace.turn().await.unwrap();
        }
        assert_eq!(began.elapsed(), Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_goes_during_a_rest() {
        let pace = pace();
        pace.turn().await.unwrap();
        let began = Instant::now();
        pace.rest(Duration::from_millis(700));
        pace.rest(Duration::from_millis(300));
        pace.turn().await.unwrap();
        assert_eq!(began.elapsed(), Duration::from_millis(700));
        pace.rest(Duration::MAX);
        assert_eq!(pace.turn().await, Err(REST_MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_longer_than_the_limit() {
        let pace = Pace::per_second(40, Duration::from_millis(50));
        let began = Instant::now();
        let (first, second, third, fourth) =
            tokio::join!(pace.turn(), pace.turn(), pace.turn(), pace.turn());
        assert_eq!((first, second, third), (Ok(()), Ok(()), Ok(())));
        assert_eq!(fourth, Err(Duration::from_millis(75)));
        assert_eq!(began.elapsed(), Duration::from_millis(50));
        assert_eq!(pace.turn().await, Ok(()));
    }
}
