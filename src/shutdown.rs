//! How the process ends: nothing new is taken, what is under way gets its answer.

use std::{future::Future, time::Duration};

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

impl Shutdown {
    /// Runs something that has to be finished before the process ends.
    pub fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.tasks.spawn(task)
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
