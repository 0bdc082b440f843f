//! Finds out whether everything is set up right.
//!
//! A token is tried out first, by a single request, and what else needs it is asked only when it
//! was taken: every refusal of a token counts against the host's address.

use std::{future::Future, time::Duration};

use gatehouse_commands::{
    Fact, GuildRef, KeyState, Known, Place, PlatformErrorKind as Kind, PlatformName, Right,
};
use jiff::SignedDuration;
use tokio::time::{Instant, timeout_at};

use super::{
    Failed,
    circuit::Circuit,
    rest::{Answered, Ask, Said},
    rights::RightsInGuild,
    route::Route,
    wire::{self, Me},
};
use crate::clock::Clock;

/// How long a checkup may take in all.
pub const CHECKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a platform may take to say whose token it is. What is left is for all that follows.
const GREETING_TIMEOUT: Duration = Duration::from_secs(5);

/// What a checkup needs of a platform. Every request is sent once, whatever the answer.
pub(super) trait Adapter: Sync {
    /// Which platform.
    const NAME: PlatformName;

    /// Whether the operator gave a token.
    fn has_token(&self) -> bool;

    /// Whether the operator gave a key to verify requests with.
    fn has_key(&self) -> bool;

    /// A cheap request without the token.
    fn greet(&self) -> impl Future<Output = Result<Answered, Failed>> + Send;

    /// A request for what is there, with the token.
    fn look(&self, ask: Ask) -> impl Future<Output = Result<Answered, Failed>> + Send;

    /// What an answer means that is no success.
    fn refused(answered: &Answered) -> Failed;

    /// Which of our commands it knows, for use in this guild. `refusal` is what every request
    /// with the token would end with.
    fn known_commands(
        &self,
        here: Option<GuildRef>,
        refusal: Option<Kind>,
    ) -> impl Future<Output = Known> + Send;

    /// Whether a given key is its own.
    fn key(&self) -> impl Future<Output = KeyState> + Send;
}

/// One checkup.
#[derive(Clone, Copy, Debug)]
pub(super) struct Examination<'a> {
    /// `None` = for the host alone, whatever the guild.
    pub(super) place: Option<&'a Place>,
    pub(super) clock: &'a Clock,
    pub(super) deadline: Instant,
}

/// What the first request told.
#[derive(Debug)]
pub(super) struct Greeting {
    reached: Result<SignedDuration, Kind>,
    /// Whose token it is.
    bot: Result<Me, Kind>,
    ahead: Option<SignedDuration>,
}

impl Greeting {
    /// What every request with the token would end with, as far as is known already.
    const fn refusal(&self) -> Option<Kind> {
        match self.bot {
            Err(
                kind @ (Kind::NoToken | Kind::TokenRefused | Kind::TimedOut | Kind::Unreachable),
            ) => Some(kind),
            _ => None,
        }
    }
}

impl Examination<'_> {
    /// How it begins.
    pub(super) fn opening(self) -> Vec<Fact> {
        let mut facts = vec![Fact::Version(env!("CARGO_PKG_VERSION").to_owned())];
        if let Some(&Place { here, target, .. }) = self.place {
            facts.push(Fact::Link { here, target });
        }
        facts
    }

    /// Whether it is about this platform.
    pub(super) fn concerns<A: Adapter>(self, adapter: &A) -> bool {
        match self.place {
            Some(place) => [place.here, place.target]
                .iter()
                .any(|guild| guild.platform == A::NAME),
            None => is_set_up(adapter),
        }
    }

    /// The guild on this platform whose invites are shown.
    pub(super) fn target<A: Adapter>(self) -> Option<GuildRef> {
        let target = self.place?.target;
        (target.platform == A::NAME).then_some(target)
    }

    /// Whether the platform can be reached, and whose token it is.
    pub(super) async fn greeting<A: Adapter>(self, adapter: &A, circuit: &Circuit) -> Greeting {
        let deadline = self.deadline.min(Instant::now() + GREETING_TIMEOUT);
        let refusal = if !adapter.has_token() {
            Some(Kind::NoToken)
        } else if circuit.is_token_refused() {
            Some(Kind::TokenRefused)
        } else {
            None
        };
        let asked = async {
            match refusal {
                Some(_) => adapter.greet().await,
                None => adapter.look(Ask::to(Route::Me, &[])).await,
            }
        };
        let late = |_| Err(Failed::new(A::NAME, Kind::TimedOut));
        let answered = timeout_at(deadline, asked).await.unwrap_or_else(late);
        let bot = match refusal {
            Some(kind) => Err(kind),
            None => success::<A>(&answered).and_then(|answered| {
                let me = wire::read_me(answered.said.bytes());
                me.map_err(|_| Kind::Unreadable)
            }),
        };
        match (refusal, &bot) {
            (None, Ok(_)) => circuit.token_was_taken(),
            (None, Err(Kind::TokenRefused)) => circuit.token_was_refused(),
            _ => {}
        }
        Greeting {
            reached: reached::<A>(&answered),
            bot,
            ahead: self.ahead(&answered),
        }
    }

    /// What is set up on a platform, apart from any guild.
    pub(super) async fn setup<A: Adapter>(self, adapter: &A, greeting: &Greeting) -> Vec<Fact> {
        let platform = A::NAME;
        let mut facts = vec![Fact::Reached {
            platform,
            answer: greeting.reached,
        }];
        // Where commands are only used, and invites live elsewhere, no token is needed.
        let target = self.target::<A>();
        if adapter.has_token() || target.is_some() {
            let bot = match &greeting.bot {
                Ok(bot) => Ok(bot.name.clone()),
                Err(kind) => Err(*kind),
            };
            facts.push(Fact::Token { platform, bot });
        }
        facts.push(Fact::Clock {
            platform,
            ahead: greeting.ahead,
        });
        let is_used_here = self
            .place
            .is_some_and(|place| place.here.platform == platform);
        if is_set_up(adapter) || (is_used_here && target.is_some()) {
            let (known, key) = tokio::join!(
                self.known_commands(adapter, greeting),
                self.key(adapter, greeting)
            );
            facts.push(Fact::Commands { platform, known });
            facts.push(Fact::Key { platform, key });
        }
        facts
    }

    async fn known_commands<A: Adapter>(self, adapter: &A, greeting: &Greeting) -> Known {
        let here = self.place.map(|place| place.here);
        let asked = adapter.known_commands(here, greeting.refusal());
        let known = timeout_at(self.deadline, asked).await;
        known.unwrap_or(Known::Unknown(Kind::TimedOut))
    }

    async fn key<A: Adapter>(self, adapter: &A, greeting: &Greeting) -> KeyState {
        if !adapter.has_key() {
            return KeyState::NotSet;
        }
        if greeting.refusal().is_some() {
            return KeyState::Unknown;
        }
        let key = timeout_at(self.deadline, adapter.key()).await;
        key.unwrap_or(KeyState::Unknown)
    }

    /// What the bot may do where the invites are, and whether it can read them.
    pub(super) async fn inside<A: Adapter>(
        self,
        adapter: &A,
        guild: GuildRef,
        greeting: &Greeting,
        list: impl Future<Output = Result<usize, Kind>> + Send,
    ) -> Vec<Fact> {
        let rights = async {
            let bot = greeting.bot.as_ref().ok()?;
            let found = timeout_at(self.deadline, bot_rights(adapter, guild, bot)).await;
            found.ok().flatten()
        };
        let list = async {
            match greeting.refusal() {
                Some(kind) => Err(kind),
                None => timeout_at(self.deadline, list)
                    .await
                    .unwrap_or(Err(Kind::TimedOut)),
            }
        };
        let (rights, invites) = tokio::join!(rights, list);
        let right = |right| Fact::BotRight {
            guild,
            right,
            has: rights.map(|rights: RightsInGuild| rights.has(right)),
        };
        let mut facts: Vec<Fact> = Right::ALL.into_iter().map(right).collect();
        facts.push(Fact::List { guild, invites });
        facts
    }

    /// How far our clock is ahead, to the second, which is as exact as an answer says it.
    fn ahead(self, answered: &Result<Answered, Failed>) -> Option<SignedDuration> {
        let theirs = answered.as_ref().ok()?.date()?;
        let ahead = self.clock.now().as_second() - theirs.as_second();
        Some(SignedDuration::from_secs(ahead))
    }
}

fn is_set_up(adapter: &impl Adapter) -> bool {
    adapter.has_token() || adapter.has_key()
}

fn success<A: Adapter>(answered: &Result<Answered, Failed>) -> Result<&Answered, Kind> {
    match answered {
        Ok(answered) if answered.status.is_success() => Ok(answered),
        Ok(answered) => Err(A::refused(answered).error.kind),
        Err(failed) => Err(failed.error.kind),
    }
}

/// How long the platform took to answer, be it by a refusal in its own words.
fn reached<A: Adapter>(answered: &Result<Answered, Failed>) -> Result<SignedDuration, Kind> {
    let whole = |answered: &Answered| SignedDuration::try_from(answered.took).unwrap_or_default();
    match answered {
        Ok(answered) if answered.status.is_success() => Ok(whole(answered)),
        Ok(answered) => {
            let is_its_own = wire::Refusal::read(answered.said.bytes()).code.is_some();
            if is_its_own && !answered.status.is_server_error() {
                Ok(whole(answered))
            } else {
                Err(A::refused(answered).error.kind)
            }
        }
        Err(failed) => Err(failed.error.kind),
    }
}

/// What the bot may do in a guild; `None` when it cannot be found out.
async fn bot_rights<A: Adapter>(adapter: &A, guild: GuildRef, bot: &Me) -> Option<RightsInGuild> {
    let id = guild.id;
    let of_guild = async {
        let said = looked_at(adapter, Ask::to(Route::Guild, &[&id])).await?;
        let rights = said.read(wire::read_guild_rights).ok()?;
        let roles = if let Some(roles) = &rights.roles {
            roles.clone()
        } else {
            let said = looked_at(adapter, Ask::to(Route::GuildRoles, &[&id])).await?;
            said.read(wire::read_roles).ok()?
        };
        Some((rights, roles))
    };
    let of_bot = async {
        let ask = Ask::to(Route::GuildMember, &[&id, &bot.id]);
        looked_at(adapter, ask).await?.read(wire::read_member).ok()
    };
    let (of_guild, own) = tokio::join!(of_guild, of_bot);
    let (rights, roles) = of_guild?;
    Some(RightsInGuild::of(bot.id, id, &rights, &roles, &own?.roles))
}

async fn looked_at<A: Adapter>(adapter: &A, ask: Ask) -> Option<Said> {
    let answered = adapter.look(ask).await.ok()?;
    answered.status.is_success().then_some(answered.said)
}
