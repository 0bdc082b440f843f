//! How the process ends: nothing new is taken, what is under way gets its answer.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

/// How long what is under way may go on before it is answered with a failure.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// How long the process waits in all. Hosts kill it some seconds later: 30 after the signal where
/// `fly.toml` says so, and as many on Kubernetes.
pub const GRACE: Duration = Duration::from_secs(25);

/// What is under way, and how long it may still take. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    tasks: TaskTracker,
    begun: CancellationToken,
    impatient: CancellationToken,
}

/// Something that was begun: what came of it, or the task that it goes on in. Gives `None` when it
/// panicked.
#[derive(Debug)]
pub(crate) enum Started<T> {
    Done(Option<T>),
    Task(JoinHandle<T>),
}

impl<T: Unpin> Future for Started<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        match self.get_mut() {
            Self::Done(done) => Poll::Ready(done.take()),
            Self::Task(task) => task.poll_unpin(context).map(Result::ok),
        }
    }
}

impl Shutdown {
    /// Runs something that has to be finished before the process ends.
    pub fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.tasks.spawn(task)
    }

    /// Begins something that has to be finished before the process ends, whoever stops waiting for
    /// it. What is done at once costs no task.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Started<T> {
        // On the heap: it may be large, and go on elsewhere.
        let mut work = Box::pin(work);
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().now_or_never())) {
            Ok(Some(done)) => Started::Done(Some(done)),
            Ok(None) => Started::Task(self.spawn(work)),
            // As a task would: the panic itself is logged where it happens.
            Err(_) => Started::Done(None),
        }
    }

    /// Says that the process is to end: from now on patience is limited.
    pub fn begin(&self) {
        self.begun.cancel();
        let impatient = self.impatient.clone();
        tokio::spawn(async move {
            sleep(PATIENCE).await;
            impatient.cancel();
        });
    }

    /// Whether the process is to end.
    pub fn has_begun(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// Until the process is to end.
    pub async fn begun(&self) {
        self.begun.cancelled().await;
    }

    /// Until what is under way has to come to an end at once.
    pub async fn out_of_patience(&self) {
        self.impatient.cancelled().await;
    }

    /// Waits for what is under way, at most until [`GRACE`] after the end began.
    pub async fn finish(&self, begun: Instant) {
        self.tasks.close();
        if timeout_at(begun + GRACE, self.tasks.wait()).await.is_err() {
            warn!(
                unanswered = self.tasks.len(),
                "ending with commands unanswered"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{sync::oneshot, task::yield_now};

    use super::*;

    #[tokio::test]
    async fn what_is_done_at_once_takes_no_task() {
        let shutdown = Shutdown::default();
        let started = shutdown.start(async { 7 });
        assert!(matches!(started, Started::Done(Some(7))));
        assert_eq!(started.await, Some(7));
        let started = shutdown.start(async {
            yield_now().await;
            7
        });
        assert!(matches!(started, Started::Task(_)));
        assert_eq!(started.await, Some(7));
    }

    #[tokio::test]
    async fn a_panic_is_the_end_of_nothing_else() {
        let shutdown = Shutdown::default();
        let at_once = shutdown.start(async { panic!("on purpose") });
        assert_eq!(at_once.await, None::<()>);
        let later = shutdown.start(async {
            yield_now().await;
            panic!("on purpose")
        });
        assert_eq!(later.await, None::<()>);
    }

    #[tokio::test]
    async fn what_was_begun_goes_on_when_nobody_waits_for_it() {
        let shutdown = Shutdown::default();
        let (done, is_done) = oneshot::channel();
        drop(shutdown.start(async {
            yield_now().await;
            let _ = done.send(());
        }));
        assert_eq!(is_done.await, Ok(()));
        shutdown.finish(Instant::now()).await;
        assert!(shutdown.tasks.is_empty());
    }
}
