//! Who may ask for a session when: the gateway takes so many at a time.

use std::time::Duration;

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// How far requests of one row are apart.
const APART: Duration = Duration::from_secs(5);

/// The most rows that are kept, whatever the gateway allows.
const ROWS_MAX: u64 = 64;

/// Rows of shards that wait for their turn. Those in different rows need not wait for each other.
#[derive(Debug)]
pub(super) struct Turns(Vec<Mutex<Option<Instant>>>);

impl Turns {
    /// As many at a time as the gateway says.
    pub(super) fn new(at_a_time: u64) -> Self {
        let rows = at_a_time.clamp(1, ROWS_MAX);
        Self((0..rows).map(|_| Mutex::default()).collect())
    }

    /// Waits until this shard may ask.
    pub(super) async fn take(&self, shard: u64) {
        let rows = self.0.len() as u64;
        let row = usize::try_from(shard % rows).expect("there are few rows");
        // Held while waiting: others of this row come after.
        let mut last = self.0[row].lock().await;
        if let Some(last) = *last {
            sleep_until(last + APART).await;
        }
        *last = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn waited(turns: &Turns, shard: u64) -> Duration {
        let began = Instant::now();
        turns.take(shard).await;
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn one_after_the_other_in_a_row() {
        let turns = Turns::new(1);
        assert_eq!(waited(&turns, 0).await, Duration::ZERO);
        assert_eq!(waited(&turns, 1).await, APART);
        assert_eq!(waited(&turns, 0).await, APART);
    }

    #[tokio::test(start_paused = true)]
    async fn rows_do_not_wait_for_each_other() {
        let turns = Turns::new(2);
        assert_eq!(waited(&turns, 0).await, Duration::ZERO);
        assert_eq!(waited(&turns, 1).await, Duration::ZERO);
        assert_eq!(waited(&turns, 2).await, APART);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_that_allows_none_or_too_many_gets_some() {
        assert_eq!(waited(&Turns::new(0), 7).await, Duration::ZERO);
        assert_eq!(
            waited(&Turns::new(u64::MAX), u64::MAX).await,
            Duration::ZERO
        );
    }
}
