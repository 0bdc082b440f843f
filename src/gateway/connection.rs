//! One connection, from the gateway's greeting to its end.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use secrecy::SecretString;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tokio_websockets::CloseCode;
use tracing::{debug, error, info, warn};

use super::{
    Taker, backoff,
    close::{AfterClose, Refusal},
    event::Event,
    heartbeat::{Due, Heartbeat},
    session::Session,
    socket::{Incoming, OVER, Socket, SocketError, TO_BE_RESUMED},
    wire::{self, Received},
};
use crate::metrics::{Connected, Disconnect, InFlight, Metrics};

/// How long the gateway may take to greet.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the gateway may take to let a session begin or go on.
const SESSION_TIMEOUT: Duration = Duration::from_secs(60);

/// How a connection ended.
#[derive(Debug)]
pub(super) enum End {
    /// The process is to end.
    Stopped,
    /// Another attempt is worth it.
    Lost {
        cause: Cause,
        /// How long a session was good in it.
        lived: Option<Duration>,
    },
    /// The same would happen again.
    Refused(Refusal),
}

/// Why a connection was lost. Holds nothing of what was sent over it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Cause {
    #[error("the gateway's address could not be found out")]
    NoAddress {
        /// How long the platform asks to wait.
        wait: Duration,
    },
    #[error("the gateway could not be reached")]
    Unreached(#[source] SocketError),
    #[error("the connection broke")]
    Broken(#[from] SocketError),
    #[error("the gateway closed the connection")]
    Closed { code: Option<u16> },
    #[error("the gateway did not greet")]
    NoHello,
    #[error("the gateway let no session begin")]
    NoSession,
    #[error("a heartbeat was not acknowledged")]
    Dead,
    #[error("the gateway asked for a new connection")]
    Reconnect,
    #[error("the gateway ended the session")]
    InvalidSession {
        is_resumable: bool,
        /// Whether it was one that was to go on.
        was_resumed: bool,
    },
}

impl Cause {
    /// What it counts as.
    pub(super) const fn word(&self) -> Disconnect {
        match self {
            Self::NoAddress { .. } => Disconnect::NoAddress,
            Self::Unreached(_) => Disconnect::Unreached,
            Self::Broken(_) => Disconnect::Broken,
            Self::Closed { .. } => Disconnect::Closed,
            Self::NoHello => Disconnect::NoHello,
            Self::NoSession => Disconnect::NoSession,
            Self::Dead => Disconnect::Dead,
            Self::Reconnect => Disconnect::Reconnect,
            Self::InvalidSession { .. } => Disconnect::InvalidSession,
        }
    }
}

/// What a connection is for.
pub(super) struct Connection<'a> {
    pub(super) socket: Socket,
    pub(super) token: &'a SecretString,
    /// Which shard, of how many.
    pub(super) shard: (u64, u64),
    pub(super) session: &'a mut Session,
    pub(super) take: &'a Taker,
    pub(super) metrics: &'a Metrics,
}

/// How far a connection got.
struct Progress {
    heartbeat: Heartbeat,
    /// By when a session has to be good.
    deadline: Instant,
    /// Whether it is one that is to go on.
    is_resuming: bool,
    /// Since when it is.
    good_since: Option<Instant>,
    /// Counted as connected while this is kept.
    connected: Option<InFlight>,
    /// Whether something that cannot be read was told of already.
    has_warned: bool,
}

/// Whether a connection goes on after a frame.
type Step = Result<(), (Cause, Option<CloseCode>)>;

impl Connection<'_> {
    /// Lives until the end, and closes in order.
    pub(super) async fn live(mut self, stop: &CancellationToken) -> End {
        let mut good_since = None;
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => None,
            ended = self.until_lost(&mut good_since) => Some(ended),
        };
        let now = Instant::now();
        let Some((cause, closing)) = ended else {
            self.socket.close(OVER).await;
            return End::Stopped;
        };
        match cause {
            Cause::Closed { code } => match AfterClose::of(code) {
                AfterClose::Refused(refusal) => return End::Refused(refusal),
                AfterClose::Begin => self.session.end(),
                AfterClose::Resume => {}
            },
            Cause::InvalidSession {
                is_resumable: false,
                ..
            } => self.session.end(),
            _ => {}
        }
        self.session.lose(now);
        if let Some(code) = closing {
            self.socket.close(code).await;
        }
        let lived = good_since.map(|since| now.duration_since(since));
        End::Lost { cause, lived }
    }

    /// Ends with the cause, and the code to close with where the gateway has not.
    async fn until_lost(&mut self, good_since: &mut Option<Instant>) -> (Cause, Option<CloseCode>) {
        let mut progress = match self.greet().await {
            Ok(progress) => progress,
            Err(ended) => return ended,
        };
        loop {
            let step = self.step(&mut progress).await;
            *good_since = progress.good_since;
            if let Err(ended) = step {
                return ended;
            }
        }
    }

    /// Waits for the greeting, and asks for a session.
    async fn greet(&mut self) -> Result<Progress, (Cause, Option<CloseCode>)> {
        let hello = timeout(HELLO_TIMEOUT, self.hello()).await;
        let interval = hello.map_err(|_| (Cause::NoHello, to_be_resumed()))??;
        let now = Instant::now();
        let (request, is_resuming) = if let Some((id, sequence)) = self.session.resumable(now) {
            (wire::resume(self.token, id, sequence), true)
        } else {
            self.session.end();
            (wire::identify(self.token, self.shard), false)
        };
        self.send(request).await?;
        Ok(Progress {
            heartbeat: Heartbeat::new(interval, now, backoff::chance()),
            deadline: now + SESSION_TIMEOUT,
            is_resuming,
            good_since: None,
            connected: None,
            has_warned: false,
        })
    }

    async fn hello(&mut self) -> Result<Duration, (Cause, Option<CloseCode>)> {
        loop {
            let Some(frame) = self.next().await? else {
                continue;
            };
            if let Ok((Received::Hello { heartbeat_interval }, _)) = wire::read(&frame) {
                return Ok(heartbeat_interval);
            }
        }
    }

    /// The next thing that has to be done.
    async fn step(&mut self, progress: &mut Progress) -> Step {
        let due = progress.heartbeat.due();
        let is_waiting = progress.good_since.is_none();
        tokio::select! {
            // Heartbeats come first, however much comes in.
            biased;
            () = sleep_until(due) => match progress.heartbeat.is_due(Instant::now()) {
                Due::Beat => self.send(wire::heartbeat(self.session.sequence())).await,
                Due::Dead => Err((Cause::Dead, to_be_resumed())),
            },
            () = sleep_until(progress.deadline), if is_waiting => {
                Err((Cause::NoSession, to_be_resumed()))
            }
            incoming = self.next() => match incoming? {
                Some(frame) => self.act(&frame, progress).await,
                None => Ok(()),
            },
        }
    }

    /// The next frame, unless it is too long to be read.
    async fn next(&mut self) -> Result<Option<bytes::Bytes>, (Cause, Option<CloseCode>)> {
        match self.socket.next().await {
            Ok(Incoming::Frame(frame)) => Ok(Some(frame)),
            Ok(Incoming::Skipped) => {
                warn!("a frame of the gateway's is too long and was passed over");
                Ok(None)
            }
            Ok(Incoming::Closed(code)) => Err((Cause::Closed { code }, None)),
            Err(error) => Err((error.into(), to_be_resumed())),
        }
    }

    async fn send(&mut self, frame: String) -> Step {
        let sent = self.socket.send(frame).await;
        sent.map_err(|error| (error.into(), to_be_resumed()))
    }

    async fn act(&mut self, frame: &[u8], progress: &mut Progress) -> Step {
        let Ok((received, number)) = wire::read(frame) else {
            // Once a connection: whoever sends such frames sends many.
            if !progress.has_warned {
                warn!("a frame of the gateway's cannot be read and was passed over");
                progress.has_warned = true;
            }
            return Ok(());
        };
        if let Some(number) = number {
            let missing = self.session.count(number);
            if missing > 0 {
                debug!(missing, "events of the gateway's did not come");
            }
        }
        match received {
            Received::HeartbeatWanted => {
                if progress.heartbeat.is_asked_for(Instant::now()) {
                    let heartbeat = wire::heartbeat(self.session.sequence());
                    self.send(heartbeat).await?;
                }
            }
            Received::Acknowledged => progress.heartbeat.is_acknowledged(),
            Received::Reconnect => return Err((Cause::Reconnect, to_be_resumed())),
            Received::InvalidSession { is_resumable } => {
                let code = if is_resumable {
                    to_be_resumed()
                } else {
                    Some(OVER)
                };
                let cause = Cause::InvalidSession {
                    is_resumable,
                    was_resumed: progress.is_resuming && progress.good_since.is_none(),
                };
                return Err((cause, code));
            }
            Received::Ready { session, me } => {
                self.session.begin(session);
                self.is_good(progress, Connected::Identified);
                let (shard, shards) = self.shard;
                info!(
                    bot.id = me.number(),
                    shard, shards, "connected to the gateway"
                );
                self.hand_on(Event::Ready { me });
            }
            Received::Resumed => {
                self.session.resumed();
                self.is_good(progress, Connected::Resumed);
                info!(shard = self.shard.0, "connected to the gateway again");
                self.hand_on(Event::Resumed);
            }
            Received::Happened(event) => self.hand_on(event),
            Received::Hello { .. } | Received::Other => {}
        }
        Ok(())
    }

    fn is_good(&self, progress: &mut Progress, how: Connected) {
        let metrics = self.metrics;
        progress.good_since.get_or_insert_with(Instant::now);
        progress
            .connected
            .get_or_insert_with(|| metrics.connected(how));
    }

    /// A panic costs this event and nothing else.
    fn hand_on(&self, event: Event) {
        if catch_unwind(AssertUnwindSafe(|| (self.take)(event))).is_err() {
            error!("an event of the gateway's was lost to a panic");
        }
    }
}

/// The code of a connection whose session is to go on.
fn to_be_resumed() -> Option<CloseCode> {
    CloseCode::try_from(TO_BE_RESUMED).ok()
}
