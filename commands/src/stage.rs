//! What a command that takes its time needs of the face that runs it.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use crate::{reply::Reply, token::RunId};

/// A run's surroundings: the time, a place to show how far it got, and word of when to end.
pub trait Stage: Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// The run's own id, for the button that cancels it.
    fn run(&self) -> RunId;

    /// Shows how far the run got, in place of what it showed before. Comes back at once; a face
    /// that is still showing something else may leave some out.
    fn progress(&self, reply: Reply);

    /// Why the run is to end after what it is doing right now; `None` = it may go on.
    fn halt(&self) -> Option<Halt>;

    /// Waits, or comes back earlier when the run is to end.
    fn wait(&self, duration: SignedDuration) -> impl Future<Output = ()> + Send;

    /// Asks another run to end, and gives what that run showed last; `None` when there is no such
    /// run here.
    fn cancel(&self, run: RunId) -> Option<Reply>;
}

/// Why a run is to end before it is through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Halt {
    /// A moderator asked for it.
    Cancelled,
    /// Soon the platform will take no more edits of the reply.
    OutOfTime,
    /// The process is being stopped.
    Stopping,
}
