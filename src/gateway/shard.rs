//! One shard: a connection after the other, and one session in them as long as it can be.

use std::{sync::Arc, time::Duration};

use gatehouse_commands::PlatformErrorKind as Kind;
use secrecy::SecretString;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{
    Taker,
    backoff::{self, Backoff},
    close::Refusal,
    connection::{Cause, Connection, End},
    session::Session,
    socket::{Plug, Socket},
    turns::Turns,
};
use crate::{
    metrics::{Disconnect, Metrics},
    platform::{
        PLATFORM_TIMEOUT,
        fluxer::{Door, Fluxer},
    },
    service::Chain,
};

/// How long a gateway that takes no new session is left alone at least.
const STARTS_WAIT_MIN: Duration = Duration::from_secs(5);

/// The longest that a gateway can make us wait for another session.
const STARTS_WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// What all shards have in common.
pub(super) struct Common {
    pub(super) fluxer: Fluxer,
    pub(super) token: SecretString,
    pub(super) plug: Plug,
    pub(super) take: Taker,
    pub(super) metrics: Metrics,
}

/// A shard.
pub(super) struct Shard {
    pub(super) common: Arc<Common>,
    pub(super) number: u64,
    /// The gateway as it was found when shards were dealt out.
    pub(super) door: Door,
    pub(super) turns: Arc<Turns>,
    session: Session,
    /// Whether the door was gone through already, so that the next session has to ask anew.
    is_door_used: bool,
}

/// Why a shard is not connected any more.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Left {
    /// The process is to end.
    Stopped,
    /// No new attempt is worth it.
    Refused,
    /// The gateway wants another number of shards.
    Redealt,
}

/// Why there is no connection yet.
enum Barred {
    Lost(Cause),
    Refused(Refusal),
    Redealt,
}

impl Shard {
    pub(super) fn new(common: Arc<Common>, number: u64, door: Door, turns: Arc<Turns>) -> Self {
        Self {
            common,
            number,
            door,
            turns,
            session: Session::default(),
            is_door_used: false,
        }
    }

    /// Stays connected.
    pub(super) async fn run(mut self, stop: CancellationToken) -> Left {
        let mut backoff = Backoff::default();
        loop {
            let connected = tokio::select! {
                biased;
                () = stop.cancelled() => return Left::Stopped,
                connected = self.connect() => connected,
            };
            let end = match connected {
                Ok(socket) => self.live(socket, &stop).await,
                Err(Barred::Lost(cause)) => End::Lost { cause, lived: None },
                Err(Barred::Refused(refusal)) => End::Refused(refusal),
                Err(Barred::Redealt) => return Left::Redealt,
            };
            let (cause, lived) = match end {
                End::Stopped => return Left::Stopped,
                End::Refused(refusal) => {
                    self.common.metrics.disconnected(Disconnect::Refused);
                    error!("{refusal}");
                    return Left::Refused;
                }
                End::Lost { cause, lived } => (cause, lived),
            };
            let wait = wait_after(&cause, lived, &mut backoff, backoff::chance());
            self.common.metrics.disconnected(cause.word());
            tell(&cause, self.number, wait);
            tokio::select! {
                () = stop.cancelled() => return Left::Stopped,
                () = sleep(wait) => {}
            }
        }
    }

    async fn live(&mut self, socket: Socket, stop: &CancellationToken) -> End {
        let connection = Connection {
            socket,
            token: &self.common.token,
            shard: (self.number, self.door.shards),
            session: &mut self.session,
            take: &self.common.take,
            metrics: &self.common.metrics,
        };
        connection.live(stop).await
    }

    /// Connects, after its turn where a new session is to begin.
    async fn connect(&mut self) -> Result<Socket, Barred> {
        if self.session.resumable(Instant::now()).is_none() {
            self.enter().await?;
        }
        let socket = self.common.plug.connect(&self.door.url).await;
        socket.map_err(|error| Barred::Lost(Cause::Unreached(error)))
    }

    /// Waits until a new session may begin, at the door where it may.
    async fn enter(&mut self) -> Result<(), Barred> {
        if self.is_door_used {
            self.door = self.asked_again().await?;
        }
        self.is_door_used = true;
        while let Some(wait) = self.door.starts_in {
            let wait = wait_for_start(wait);
            let minutes = wait.as_secs().div_ceil(60);
            warn!(minutes, "the gateway takes no new session for so long");
            sleep(wait).await;
            self.door = self.asked_again().await?;
        }
        self.turns.take(self.number).await;
        Ok(())
    }

    async fn asked_again(&self) -> Result<Door, Barred> {
        let door = ask(&self.common.fluxer).await.map_err(|shut| match shut {
            Shut::Refused(refusal) => Barred::Refused(refusal),
            Shut::Untold { wait } => Barred::Lost(Cause::NoAddress { wait }),
        })?;
        if door.shards == self.door.shards {
            Ok(door)
        } else {
            Err(Barred::Redealt)
        }
    }
}

/// Why we were not told where the gateway is.
pub(super) enum Shut {
    /// It is worth no new attempt.
    Refused(Refusal),
    /// Another attempt may be told, once it has been waited for so long.
    Untold { wait: Duration },
}

/// Asks where the gateway is. What went wrong is logged.
pub(super) async fn ask(fluxer: &Fluxer) -> Result<Door, Shut> {
    let Ok(asked) = timeout(PLATFORM_TIMEOUT, fluxer.door()).await else {
        warn!("not told in time where the gateway is");
        let wait = Duration::ZERO;
        return Err(Shut::Untold { wait });
    };
    asked.map_err(|failed| {
        if failed.error.kind == Kind::TokenRefused {
            return Shut::Refused(Refusal::Token);
        }
        let error = tracing::field::display(Chain(&failed.error));
        warn!(error, "not told where the gateway is");
        let wait = failed.wait().unwrap_or_default().min(STARTS_WAIT_MAX);
        Shut::Untold { wait }
    })
}

/// How long to wait after a connection was lost for this cause.
fn wait_after(
    cause: &Cause,
    lived: Option<Duration>,
    backoff: &mut Backoff,
    chance: f64,
) -> Duration {
    match cause {
        // The gateway is there, and forgot the session while it could not be reached: what failed
        // before is no reason to wait. It happens once, since the next session is a new one.
        Cause::InvalidSession {
            is_resumable: false,
            was_resumed: true,
        } => backoff::after_invalid_session(chance),
        Cause::InvalidSession { .. } => backoff
            .after_failure(lived, chance)
            .max(backoff::after_invalid_session(chance)),
        Cause::NoAddress { wait } => backoff.after_failure(lived, chance).max(*wait),
        _ => backoff.after_failure(lived, chance),
    }
}

/// How long a gateway that takes no new session for so long is left alone.
fn wait_for_start(told: Duration) -> Duration {
    told.clamp(STARTS_WAIT_MIN, STARTS_WAIT_MAX)
}

/// The one log line of a lost connection.
fn tell(cause: &Cause, shard: u64, wait: Duration) {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    let close_code = match cause {
        Cause::Closed { code } => *code,
        _ => None,
    };
    // What the gateway asks for is its everyday life.
    if matches!(cause, Cause::Reconnect) {
        info!(shard, wait_ms, "reconnecting: {cause}");
    } else {
        let error = tracing::field::display(Chain(cause));
        warn!(
            shard,
            wait_ms, close_code, error, "disconnected from the gateway"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_session_is_waited_for_within_bounds() {
        let moment = Duration::from_millis(1);
        for (told, waited) in [
            (Duration::ZERO, STARTS_WAIT_MIN),
            (STARTS_WAIT_MIN, STARTS_WAIT_MIN),
            (STARTS_WAIT_MIN + moment, STARTS_WAIT_MIN + moment),
            (STARTS_WAIT_MAX, STARTS_WAIT_MAX),
            (STARTS_WAIT_MAX + moment, STARTS_WAIT_MAX),
        ] {
            assert_eq!(wait_for_start(told), waited);
        }
    }

    #[test]
    fn a_session_that_was_forgotten_during_an_outage_begins_anew_at_once() {
        let mut backoff = Backoff::default();
        let unreached = Cause::NoHello;
        for seconds in [1, 2, 4, 8, 16] {
            let wait = wait_after(&unreached, None, &mut backoff, 0.0);
            assert_eq!(wait, Duration::from_secs(seconds));
        }
        let invalid = |was_resumed| Cause::InvalidSession {
            is_resumable: false,
            was_resumed,
        };
        let wait = wait_after(&invalid(true), None, &mut backoff, 0.0);
        assert_eq!(wait, Duration::from_secs(1));
        let wait = Duration::from_secs(3_600);
        let told = wait_after(&Cause::NoAddress { wait }, None, &mut backoff, 0.0);
        assert_eq!(told, wait, "as long as the platform asks for");
        // A new session that is refused as well is one more failure.
        let wait = wait_after(&invalid(false), None, &mut backoff, 0.0);
        assert_eq!(wait, Duration::from_secs(30));
    }
}
