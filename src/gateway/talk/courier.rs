//! What is sent to the platform, each thing once: held back while the platform would refuse it,
//! repeated while its answer does not come.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gatehouse_commands::{ChannelId, PlatformErrorKind as Kind, UserId};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use tracing::{debug, error};

use super::{
    draw::Drawn,
    memory::Memory,
    pace::{Kind as Sort, Paces},
};
use crate::{
    export::File,
    platform::{
        Failed,
        fluxer::{
            Fluxer,
            messages::{Posted, Whose, is_worth_repeating},
        },
    },
    service::Chain,
};

/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one attempt may take whose loss costs more than a wait: a message, or what stands in it.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// Pause after a message that was not answered in time. The platform knows its nonce only once it
/// has sent it, so one that is still on its way would be sent twice.
const AFTER_LATE_SEND: Duration = Duration::from_secs(10);

/// Pauses before each attempt.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// The longest wait that the platform can ask for between two attempts. With all of them a message is
/// still sent well within the five minutes for which its nonce is good.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// How long a reaction for which nothing else is done may wait to be taken away; others are left.
const CLEAR_WAIT_MAX: Duration = Duration::from_secs(5);

/// How long nothing is asked of a platform that refused our token. Every refusal counts against the
/// host's address.
const REFUSED_REST: Duration = Duration::from_secs(5 * 60);

/// Direct channels and places without a right that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// How long a direct channel is remembered.
const DIRECT_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How long it is remembered that somebody else's reactions cannot be taken away somewhere.
const NO_RIGHT_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// No embeds of links.
const FLAG_NO_EMBEDS: u64 = 1 << 2;

/// The number of a message's one file.
const FILE_ID: u64 = 0;

/// Sends and reads. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Courier {
    pub(super) fluxer: Arc<Fluxer>,
    paces: Paces,
    direct: Memory<UserId, ChannelId>,
    keeps_reactions: Memory<ChannelId, ()>,
    /// Until when nothing is asked of the platform, since it refused our token.
    refused_until: Arc<Mutex<Option<Instant>>>,
}

/// Where a new message goes.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) channel: ChannelId,
    /// The message that it replies to.
    pub(super) replies_to: Option<u64>,
    /// What it is known by, so that it is sent once however often it is tried.
    pub(super) nonce: String,
}

impl Courier {
    pub(super) fn new(fluxer: Fluxer) -> Self {
        Self {
            fluxer: Arc::new(fluxer),
            paces: Paces::default(),
            direct: Memory::new(REMEMBERED_MAX, DIRECT_LIFETIME),
            keeps_reactions: Memory::new(REMEMBERED_MAX, NO_RIGHT_LIFETIME),
            refused_until: Arc::default(),
        }
    }

    /// Whether the platform refused our token not long ago.
    pub(super) fn is_refused(&self) -> bool {
        let until = *self.refused_until();
        until.is_some_and(|until| Instant::now() < until)
    }

    /// The platform took our token.
    pub(super) fn is_let_in(&self) {
        *self.refused_until() = None;
    }

    /// Takes note of what something failed with.
    pub(super) fn note(&self, kind: Kind) {
        if kind != Kind::TokenRefused || self.is_refused() {
            return;
        }
        *self.refused_until() = Some(Instant::now() + REFUSED_REST);
        let minutes = REFUSED_REST.as_secs() / 60;
        error!(
            minutes,
            "Fluxer refuses the token: nothing is answered there for so long, or until the gateway \
             lets us in again"
        );
    }

    fn refused_until(&self) -> MutexGuard<'_, Option<Instant>> {
        let until = self.refused_until.lock();
        until.unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message and gives its id.
    pub(super) async fn post(&self, to: &Address, drawn: &Drawn) -> Result<u64, Kind> {
        let mut body = body(drawn);
        body["nonce"] = json!(to.nonce);
        if let Some(message) = to.replies_to {
            body["message_reference"] = json!({
                "message_id": message.to_string(),
                "channel_id": to.channel.to_string(),
            });
        }
        let sent = self.try_often((to.channel, Sort::Send), || {
            let file = drawn.file.as_ref();
            self.fluxer.send_message(to.channel, body.clone(), file)
        });
        sent.await
    }

    /// Puts a reply in the place of what a message said.
    pub(super) async fn edit(
        &self,
        channel: ChannelId,
        message: u64,
        drawn: &Drawn,
    ) -> Result<(), Kind> {
        let body = body(drawn);
        let edited = self.try_often((channel, Sort::Edit), || {
            let file = drawn.file.as_ref();
            self.fluxer
                .edit_message(channel, message, body.clone(), file)
        });
        edited.await
    }

    /// A message as it is now; `None` when it is not there, or when too many were asked for.
    pub(super) async fn read(
        &self,
        channel: ChannelId,
        message: u64,
    ) -> Result<Option<Posted>, Kind> {
        if !self.paces.has_room(channel, Sort::Read) {
            debug!("too many messages to read in one channel");
            return Ok(None);
        }
        self.try_at_once(|| self.fluxer.message(channel, message))
            .await
    }

    /// Puts a reaction below a message, if that is allowed.
    pub(super) async fn react(&self, channel: ChannelId, message: u64, emoji: &str) -> bool {
        let put = self.try_often((channel, Sort::React), || {
            self.fluxer.react(channel, message, emoji)
        });
        put.await.is_ok()
    }

    /// Takes a reaction of ours away.
    pub(super) async fn unreact(&self, channel: ChannelId, message: u64, emoji: &str) {
        let taken = self.try_often((channel, Sort::React), || {
            self.fluxer.unreact(channel, message, emoji, Whose::Own)
        });
        // It is a sign and nothing more.
        let _ = taken.await;
    }

    /// Takes somebody's reaction away where we may, so that it can be put there again.
    pub(super) async fn clear(&self, channel: ChannelId, message: u64, emoji: &str, whose: UserId) {
        if self.keeps_reactions.knows(&channel) {
            return;
        }
        let taken = self.try_often((channel, Sort::React), || {
            self.fluxer
                .unreact(channel, message, emoji, Whose::Of(whose))
        });
        // Anything else is about this one reaction: it may be gone already.
        if taken.await == Err(Kind::MissingPermission) {
            self.keeps_reactions.insert(channel, ());
        }
    }

    /// Whether one more reaction may be taken away soon.
    pub(super) fn has_room_to_clear(&self, channel: ChannelId) -> bool {
        !self.keeps_reactions.knows(&channel)
            && self.paces.wait(channel, Sort::React) <= CLEAR_WAIT_MAX
    }

    /// Takes somebody's reaction away, or leaves it, without trying again.
    pub(super) async fn clear_once(
        &self,
        channel: ChannelId,
        message: u64,
        emoji: &str,
        whose: UserId,
    ) {
        self.paces.turn(channel, Sort::React).await;
        let taken = self
            .fluxer
            .unreact(channel, message, emoji, Whose::Of(whose));
        // Whatever becomes of it, nobody waits for it.
        let _ = timeout(ATTEMPT_TIMEOUT, taken).await;
    }

    /// Whether somebody may have us look up a message that may be anybody's.
    pub(super) fn may_look_up(&self, channel: ChannelId, who: UserId) -> bool {
        self.paces.has_room_for(who) && self.paces.has_room(channel, Sort::LookUp)
    }

    /// The channel in which somebody is written to alone.
    pub(super) async fn direct(&self, user: UserId) -> Result<ChannelId, Kind> {
        if let Some(channel) = self.direct.get(&user) {
            return Ok(channel);
        }
        let channel = self.try_at_once(|| self.fluxer.open_direct(user)).await?;
        self.direct.insert(user, channel);
        Ok(channel)
    }

    /// The channel in which somebody was written to alone is there no more.
    pub(super) fn forget_direct(&self, user: UserId) {
        self.direct.forget(&user);
    }

    /// Tries what nothing is held back for, until it is done or trying again would be of no use.
    async fn try_at_once<T, F: Future<Output = Result<T, Failed>>>(
        &self,
        attempt: impl Fn() -> F,
    ) -> Result<T, Kind> {
        let mut last = Kind::TimedOut;
        for pause in PAUSES {
            sleep(pause).await;
            is_worth_waiting(self.paces.rest_of_all())?;
            self.paces.turn_of_all().await;
            self.has_token()?;
            match timeout(ATTEMPT_TIMEOUT, attempt()).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failed)) => {
                    last = failed.error.kind;
                    debug!(error = %Chain(&failed.error), "not answered by the platform");
                    self.note(last);
                    let wait = self.asked_to_wait(&failed);
                    if !may_pass(last) || wait > WAIT_MAX {
                        break;
                    }
                    sleep(wait).await;
                }
                Err(_) => last = Kind::TimedOut,
            }
        }
        Err(last)
    }

    /// Tries until it is done, or until trying again would be of no use.
    async fn try_often<T, F: Future<Output = Result<T, Failed>>>(
        &self,
        (channel, sort): (ChannelId, Sort),
        attempt: impl Fn() -> F,
    ) -> Result<T, Kind> {
        let limit = match sort {
            Sort::Send | Sort::Edit => SEND_TIMEOUT,
            Sort::React | Sort::Read | Sort::LookUp => ATTEMPT_TIMEOUT,
        };
        let mut last = Kind::TimedOut;
        let mut is_late = false;
        for pause in PAUSES {
            sleep(if is_late { AFTER_LATE_SEND } else { pause }).await;
            is_worth_waiting(self.paces.wait(channel, sort))?;
            self.paces.turn(channel, sort).await;
            self.has_token()?;
            let failed = match timeout(limit, attempt()).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(failed)) => Some(failed),
                Err(_) => None,
            };
            last = failed
                .as_ref()
                .map_or(Kind::TimedOut, |failed| failed.error.kind);
            is_late = sort == Sort::Send && last == Kind::TimedOut;
            self.note(last);
            let wait = failed.as_ref().map(|failed| self.asked_to_wait(failed));
            let wait = wait.unwrap_or_default();
            self.paces.rest(channel, sort, wait);
            let error = failed.as_ref().map(|failed| &failed.error);
            let error = error.map(|error| tracing::field::display(Chain(error)));
            debug!(?sort, error, "not taken by the platform");
            // Whoever asked would wait without a sign for longer than it is worth.
            if !may_pass(last) || wait > WAIT_MAX {
                break;
            }
        }
        Err(last)
    }

    /// Nothing is tried with a token that was refused, be it while this waited for its turn.
    fn has_token(&self) -> Result<(), Kind> {
        if self.is_refused() {
            return Err(Kind::TokenRefused);
        }
        Ok(())
    }

    /// How long the platform asks us to wait. If it means everything, everything waits.
    fn asked_to_wait(&self, failed: &Failed) -> Duration {
        let wait = failed.wait().unwrap_or_default();
        if failed.is_global {
            self.paces.rest_all(wait);
        }
        wait
    }
}

/// Nothing is tried that would have to wait for too long.
fn is_worth_waiting(wait: Duration) -> Result<(), Kind> {
    if wait > WAIT_MAX {
        let retry_after = wait.try_into().ok();
        return Err(Kind::RateLimited { retry_after });
    }
    Ok(())
}

/// Whether another attempt may end otherwise.
const fn may_pass(kind: Kind) -> bool {
    is_worth_repeating(kind) || matches!(kind, Kind::RateLimited { .. })
}

/// What a message says. Nothing in it pings anybody.
fn body(drawn: &Drawn) -> Value {
    let attachments: Vec<Value> = drawn.file.iter().map(attachment).collect();
    json!({
        "content": drawn.text,
        "flags": FLAG_NO_EMBEDS,
        "allowed_mentions": { "parse": [], "replied_user": false },
        // An edit without a file takes away what was there.
        "attachments": attachments,
    })
}

fn attachment(file: &File) -> Value {
    let mut attachment = json!({ "id": FILE_ID, "filename": file.name });
    if let Some(alt_text) = &file.alt_text {
        attachment["description"] = json!(alt_text);
    }
    attachment
}

#[cfg(test)]
mod tests {
    use gatehouse_commands::PlatformName;
    use tokio::time::advance;

    use super::*;
    use crate::{clock::Clock, config::PlatformConfig, metrics::Metrics, platform::Gate};

    fn courier() -> Courier {
        let config = PlatformConfig {
            api: "http://fluxer.invalid/v1".to_owned(),
            token: None,
            public_keys: Vec::new(),
        };
        let calls = Metrics::new().calls(PlatformName::Fluxer);
        let gate = Gate::default();
        Courier::new(Fluxer::new(&config, Clock::system(), gate, calls))
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_rests_until_it_is_taken_or_for_some_minutes() {
        let courier = courier();
        courier.note(Kind::Broken);
        assert!(!courier.is_refused());
        courier.note(Kind::TokenRefused);
        assert!(courier.is_refused());
        courier.is_let_in();
        assert!(!courier.is_refused());
        courier.note(Kind::TokenRefused);
        advance(REFUSED_REST.saturating_sub(Duration::from_millis(1))).await;
        // One more that was under way makes it no longer.
        courier.note(Kind::TokenRefused);
        assert!(courier.is_refused());
        advance(Duration::from_millis(1)).await;
        assert!(!courier.is_refused());
    }

    #[test]
    fn what_would_wait_for_long_is_given_up() {
        assert_eq!(is_worth_waiting(WAIT_MAX), Ok(()));
        let too_long = WAIT_MAX + Duration::from_millis(1);
        let given_up = is_worth_waiting(too_long).unwrap_err();
        assert!(matches!(given_up, Kind::RateLimited { .. }), "{given_up:?}");
    }
}
