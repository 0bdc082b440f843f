//! Runs that are under way: what they need of us, and how they are cancelled.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gatehouse_commands::{Content, GuildRef, Halt, Reply, RunId, Stage};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{clock::Clock, shutdown::Shutdown};

/// Runs of this process. Clones share them.
#[derive(Clone, Default)]
pub struct Runs {
    under_way: Arc<Mutex<HashMap<Key, Shown>>>,
}

impl fmt::Debug for Runs {
    /// Without what they show: it names invites.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runs").finish_non_exhaustive()
    }
}

/// Where a run was asked for, and by which request: rights in another guild are none in this one.
type Key = (Option<GuildRef>, RunId);

/// A run as others see it.
#[derive(Clone)]
struct Shown {
    progress: watch::Sender<Option<Reply>>,
    cancelled: CancellationToken,
}

impl Shown {
    /// Asks the run to end after what it is doing right now, and gives what it shows.
    fn cancel(&self) -> Option<Reply> {
        self.cancelled.cancel();
        self.progress
            .send_modify(|last| last.iter_mut().for_each(is_ending));
        self.progress.borrow().clone()
    }
}

/// Where one command is run.
#[derive(Debug)]
pub struct Backstage {
    runs: Runs,
    guild: Option<GuildRef>,
    run: RunId,
    clock: Clock,
    shutdown: Shutdown,
    /// When the platform takes no more edits of the reply; `None` = there is no such end.
    deadline: Option<Instant>,
    progress: watch::Sender<Option<Reply>>,
    cancelled: CancellationToken,
}

impl Runs {
    /// A place for a command that was asked for in this guild, by the request of this number.
    pub fn backstage(
        &self,
        (guild, run): (Option<GuildRef>, RunId),
        clock: &Clock,
        shutdown: &Shutdown,
        deadline: Option<Instant>,
    ) -> Backstage {
        Backstage {
            runs: self.clone(),
            guild,
            run,
            clock: clock.clone(),
            shutdown: shutdown.clone(),
            deadline,
            progress: watch::Sender::new(None),
            cancelled: CancellationToken::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Shown>> {
        // No code between lock and unlock can panic half-way through a change.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backstage {
    /// What the run shows, as it shows it.
    pub fn shown(&self) -> watch::Receiver<Option<Reply>> {
        self.progress.subscribe()
    }

    /// Until the process can wait no longer.
    pub async fn out_of_patience(&self) {
        self.shutdown.out_of_patience().await;
    }

    async fn out_of_time(&self) {
        match self.deadline {
            Some(deadline) => sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Backstage {
    fn drop(&mut self) {
        self.runs.lock().remove(&(self.guild, self.run));
    }
}

impl Stage for Backstage {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn run(&self) -> RunId {
        self.run
    }

    fn progress(&self, mut reply: Reply) {
        // Held to the end: what is cancelled meanwhile does not go on showing that it goes on.
        let mut under_way = self.runs.lock();
        if self.cancelled.is_cancelled() {
            is_ending(&mut reply);
        }
        // Only what shows its progress can be cancelled: the rest is over in a moment.
        if self.progress.send_replace(Some(reply)).is_none() {
            let shown = Shown {
                progress: self.progress.clone(),
                cancelled: self.cancelled.clone(),
            };
            under_way.insert((self.guild, self.run), shown);
        }
    }

    fn halt(&self) -> Option<Halt> {
        if self.shutdown.has_begun() {
            Some(Halt::Stopping)
        } else if self.cancelled.is_cancelled() {
            Some(Halt::Cancelled)
        } else if self.deadline.is_some_and(|end| Instant::now() >= end) {
            Some(Halt::OutOfTime)
        } else {
            None
        }
    }

    async fn wait(&self, duration: SignedDuration) {
        let duration = duration.try_into().unwrap_or_default();
        tokio::select! {
            () = sleep(duration) => {}
            () = self.cancelled.cancelled() => {}
            () = self.shutdown.begun() => {}
            () = self.out_of_time() => {}
        }
    }

    fn cancel(&self, run: RunId) -> Option<Reply> {
        let under_way = self.runs.lock();
        under_way.get(&(self.guild, run))?.cancel()
    }
}

/// Says of a run that it ends after what it is doing right now: there is nothing left to cancel.
fn is_ending(shown: &mut Reply) {
    if let Content::Progress(progress) = &mut shown.content {
        progress.is_ending = true;
        shown.controls.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gatehouse_commands::{GuildId, HelpText, Phrase, PlatformName};

    use super::*;

    fn reply() -> Reply {
        Reply::private(Content::Help(HelpText {
            title: Phrase::new(),
            paragraphs: Vec::new(),
        }))
    }

    fn backstage(runs: &Runs, run: u64, shutdown: &Shutdown, secs: Option<u64>) -> Backstage {
        let deadline = secs.map(|secs| Instant::now() + Duration::from_secs(secs));
        runs.backstage((guild(1), RunId(run)), &Clock::system(), shutdown, deadline)
    }

    fn guild(id: u64) -> Option<GuildRef> {
        Some(GuildRef {
            platform: PlatformName::Fluxer,
            id: GuildId::new(id)?,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_is_cancelled_from_another_one_and_tells_what_it_showed() {
        let (runs, shutdown) = (Runs::default(), Shutdown::default());
        let one = backstage(&runs, 1, &shutdown, None);
        let other = backstage(&runs, 2, &shutdown, None);
        assert_eq!(other.cancel(RunId(1)), None, "it has shown nothing yet");
        one.progress(reply());
        assert_eq!(one.halt(), None);
        assert_eq!(other.cancel(RunId(1)), Some(reply()));
        assert_eq!(one.halt(), Some(Halt::Cancelled));
        drop(one);
        assert_eq!(other.cancel(RunId(1)), None, "it is over");
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_is_none_of_another_guilds_business() {
        let (runs, shutdown) = (Runs::default(), Shutdown::default());
        let one = backstage(&runs, 1, &shutdown, None);
        one.progress(reply());
        for elsewhere in [guild(2), None] {
            let press = (elsewhere, RunId(2));
            let press = runs.backstage(press, &Clock::system(), &shutdown, None);
            assert_eq!(press.cancel(RunId(1)), None);
        }
        assert_eq!(one.halt(), None);
        drop(one);
        assert!(runs.lock().is_empty(), "nothing of it is kept");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_when_the_run_is_to_end() {
        let (runs, shutdown) = (Runs::default(), Shutdown::default());
        let began = Instant::now();
        let timed = backstage(&runs, 1, &shutdown, Some(7));
        timed.wait(SignedDuration::from_mins(10)).await;
        assert_eq!(began.elapsed(), Duration::from_secs(7));
        assert_eq!(timed.halt(), Some(Halt::OutOfTime));
        let stopped = backstage(&runs, 2, &shutdown, None);
        shutdown.begin();
        stopped.wait(SignedDuration::from_mins(10)).await;
        assert_eq!(began.elapsed(), Duration::from_secs(7));
        assert_eq!(stopped.halt(), Some(Halt::Stopping));
    }
}
