//! Where invites live: the two platforms, and what stands in front of them.
//!
//! In front of either: one time limit around a whole call, a memory of some seconds that concurrent
//! requests share, a circuit that leaves a failing platform alone, and a pace for changes.

mod ascii;
mod checkup;
mod circuit;
pub(crate) mod discord;
mod failed;
pub(crate) mod fluxer;
mod gate;
mod pace;
pub(crate) mod readings;
mod remembered;
mod rest;
mod rights;
mod route;
mod wire;

use std::{future::Future, sync::Arc, time::Duration};

use gatehouse_commands::{
    Channel, Checkup, Code, Fact, Freshness, GuildRef, Invite, Listing, Members, NewInvite,
    Overview, Pause, Place, Platform, PlatformError, PlatformErrorKind, PlatformName, Reason,
    Revoked,
};
use jiff::SignedDuration;
use moka::future::Cache;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, warn};

pub use self::{
    checkup::CHECKUP_TIMEOUT,
    circuit::{FAILURES_TO_OPEN, REST_MAX, REST_MIN, TOKEN_REST},
    gate::{CHANGES_MAX, LARGE_ANSWERS_MAX_BYTES, READS_MAX},
    wire::{INVITES_MAX, Listed, read_invites},
};
use self::{
    checkup::{Adapter, Examination},
    circuit::{Calls, Circuit},
    discord::Discord,
    fluxer::Fluxer,
    gate::Room,
    pace::Pace,
    remembered::Remembered,
};
pub(crate) use self::{
    circuit::Standing,
    failed::Failed,
    gate::Gate,
    rest::{Ask, Said, refusal},
    route::Route,
};
use crate::{clock::Clock, config::Config, metrics::Metrics, service::Chain, shutdown};

/// How long a list is good for. However many moderators press within it, the platform is asked
/// once.
pub const LISTING_LIFETIME: Duration = Duration::from_secs(10);

/// How long a list that nobody asks for is kept for suggestions, which cannot wait for a new one.
pub const KNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// What lists may take in memory, in bytes, all together.
pub const LISTINGS_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What lists for suggestions may take, in bytes, all together: a thousand guilds with 150 invites
/// each, or one with 100,000. They stay for long after a flood, and a guild without one is only
/// suggested something a moment later.
pub const KNOWN_MAX_BYTES: u64 = 32 * 1024 * 1024;

/// How long a call may take in all: waiting for a rate limit, the answer, and its body. Fluxer
/// reads a list one invite at a time, so a full one takes it seconds.
pub const PLATFORM_TIMEOUT: Duration = Duration::from_secs(12);

/// The largest answer that is read, in bytes: [`INVITES_MAX`] invites of the usual size.
pub const BODY_MAX_BYTES: usize = 128 * 1024 * 1024;

/// How much longer than for the list we wait for what is told beside it.
const OVERVIEW_GRACE: Duration = Duration::from_millis(500);

/// How long the channels of a guild are good for.
pub const CHANNELS_LIFETIME: Duration = Duration::from_secs(10);

/// Guilds whose channels are remembered.
const CHANNELS_GUILDS_MAX: u64 = 1_000;

/// How long a change may take in all, the answer's body included.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(6);

/// How many invites a platform is asked to end in a second. Both platforms take 50 requests a
/// second in all; the rest is for answers and for what others ask meanwhile.
pub const REVOKES_PER_SECOND: u32 = 40;

/// How long an invite that is to be ended waits for its turn; a longer wait is told.
const TURN_WAIT_MAX: Duration = Duration::from_secs(1);

// What is being changed when the process is to end is known to be done, or not.
const _: () =
    assert!(WRITE_TIMEOUT.as_millis() + TURN_WAIT_MAX.as_millis() < shutdown::PATIENCE.as_millis());

/// The platforms that the operator gave tokens for. Clones share everything.
#[derive(Clone, Debug)]
pub struct Platforms {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    discord: Guarded<Discord>,
    fluxer: Guarded<Fluxer>,
    remembered: Remembered,
    channels: Cache<GuildRef, Arc<Vec<Channel>>>,
    clock: Clock,
    /// For the answers of both, and of whoever else asks a platform.
    room: Room,
}

/// A platform, and what stands in front of it.
#[derive(Debug)]
struct Guarded<P> {
    platform: P,
    circuit: Circuit,
    revokes: Pace,
}

impl<P> Guarded<P> {
    fn new(platform: P) -> Self {
        Self {
            platform,
            circuit: Circuit::default(),
            revokes: Pace::per_second(REVOKES_PER_SECOND, TURN_WAIT_MAX),
        }
    }
}

/// The same on whichever platform it is.
macro_rules! on {
    ($shared:expr, $name:expr, |$guarded:ident| $does:expr) => {
        match $name {
            PlatformName::Discord => {
                let $guarded = &$shared.discord;
                $does
            }
            PlatformName::Fluxer => {
                let $guarded = &$shared.fluxer;
                $does
            }
        }
    };
}

impl Platforms {
    /// Reaches the platforms as configured; asks nothing yet.
    pub fn new(config: &Config, clock: &Clock, metrics: &Metrics) -> Self {
        let room = Room::default();
        let gate = || Gate::sharing(room.clone());
        let calls = |platform| metrics.calls(platform);
        let discord = Discord::new(
            &config.discord,
            clock.clone(),
            gate(),
            calls(PlatformName::Discord),
        );
        let fluxer = Fluxer::new(
            &config.fluxer,
            clock.clone(),
            gate(),
            calls(PlatformName::Fluxer),
        );
        Self {
            shared: Arc::new(Shared {
                discord: Guarded::new(discord),
                fluxer: Guarded::new(fluxer),
                remembered: Remembered::new(metrics.clone()),
                channels: Cache::builder()
                    .max_capacity(CHANNELS_GUILDS_MAX)
                    .time_to_live(CHANNELS_LIFETIME)
                    .build(),
                clock: clock.clone(),
                room,
            }),
        }
    }

    /// A gate for whoever asks a platform beside these: its turns are its own, the room for answers is
    /// everybody's.
    pub(crate) fn gate(&self) -> Gate {
        Gate::sharing(self.shared.room.clone())
    }

    /// How things stand with each platform.
    pub(crate) fn standing(&self) -> [(PlatformName, Standing); PlatformName::ALL.len()] {
        PlatformName::ALL.map(|name| (name, self.shared.circuit(name).standing()))
    }

    /// A list that is not older than [`LISTING_LIFETIME`]. Whoever asks while a call is under way
    /// waits for that one.
    async fn recent(&self, guild: GuildRef) -> Result<Arc<Listing>, PlatformError> {
        self.shared.remembered.recent(guild, self.ask(guild)).await
    }

    /// A list of any age; one that is no longer recent is read again for the next time.
    async fn known(&self, guild: GuildRef) -> Option<Arc<Listing>> {
        let known = self.shared.remembered.known(guild).await?;
        // Not once for every letter that is typed.
        if !self.shared.remembered.has_recent(guild)
            && let Some(refreshing) = self.shared.remembered.refreshing(guild)
        {
            let platforms = self.clone();
            let again = async move {
                let _refreshing = refreshing;
                if let Err(error) = platforms.recent(guild).await {
                    warn!(error = %Chain(&error), "list for suggestions could not be read");
                }
            };
            tokio::spawn(again.in_current_span());
        }
        Some(known)
    }

    /// Gives back memory that was only useful for a while: what is over is else forgotten when
    /// somebody asks for something.
    pub(crate) async fn tidy(&self) {
        self.shared.remembered.tidy().await;
        self.shared.channels.run_pending_tasks().await;
    }

    async fn ask(&self, guild: GuildRef) -> Result<Arc<Listing>, PlatformError> {
        let shared = &*self.shared;
        let asked = on!(shared, guild.platform, |on| {
            // On the heap, since it is large and those who wait for it move it about.
            let list = Box::pin(on.platform.listing(guild.id));
            shared.read(guild, Calls::Invites, list).await
        });
        match asked {
            Ok(listing) => Ok(Arc::new(listing)),
            Err(error) => {
                if is_no_business_of_ours(error.kind) {
                    shared.remembered.forget_known(guild).await;
                }
                Err(error)
            }
        }
    }
}

impl Platforms {
    /// What a checkup finds out of one platform.
    async fn examine<A: Adapter>(&self, on: &Guarded<A>, examination: Examination<'_>) -> Findings {
        let adapter = &on.platform;
        if !examination.concerns(adapter) {
            return Findings::default();
        }
        let greeting = examination.greeting(adapter, &on.circuit).await;
        let inside = async {
            let Some(target) = examination.target::<A>() else {
                return Vec::new();
            };
            let list = async {
                match self.invites(target, Freshness::Now).await {
                    Ok(listing) => Ok(listing.invites.len()),
                    Err(error) => Err(error.kind),
                }
            };
            examination.inside(adapter, target, &greeting, list).await
        };
        let (setup, inside) = tokio::join!(examination.setup(adapter, &greeting), inside);
        Findings { setup, inside }
    }
}

/// What was found out of one platform.
#[derive(Debug, Default)]
struct Findings {
    /// Apart from any guild.
    setup: Vec<Fact>,
    /// In the guild whose invites are shown.
    inside: Vec<Fact>,
}

impl Shared {
    fn circuit(&self, platform: PlatformName) -> &Circuit {
        on!(self, platform, |on| &on.circuit)
    }

    /// Asks for something, unless the circuit is open.
    async fn read<T>(
        &self,
        guild: GuildRef,
        calls: Calls,
        call: impl Future<Output = Result<T, Failed>>,
    ) -> Result<T, PlatformError> {
        self.call(guild, calls, PLATFORM_TIMEOUT, call).await
    }

    /// Changes something, unless the circuit is open. However that ends, what was read until then
    /// is old.
    async fn write<T>(
        &self,
        guild: GuildRef,
        call: impl Future<Output = Result<T, Failed>>,
    ) -> Result<T, PlatformError> {
        let _changing = self.remembered.changing(guild);
        self.call(guild, Calls::Changes, WRITE_TIMEOUT, call).await
    }

    async fn call<T>(
        &self,
        guild: GuildRef,
        calls: Calls,
        limit: Duration,
        call: impl Future<Output = Result<T, Failed>>,
    ) -> Result<T, PlatformError> {
        let GuildRef { platform, id } = guild;
        let circuit = self.circuit(platform);
        circuit
            .admit(id, calls)
            .map_err(|kind| PlatformError::new(platform, kind))?;
        let late = |_| Err(Failed::new(platform, PlatformErrorKind::TimedOut));
        match timeout(limit, call).await.unwrap_or_else(late) {
            Ok(given) => {
                circuit.succeeded(id, calls);
                Ok(given)
            }
            Err(failed) => {
                circuit.failed(id, calls, failed.error.kind, failed.is_global);
                Err(failed.error)
            }
        }
    }
}

impl Platform for Platforms {
    async fn invites(
        &self,
        guild: GuildRef,
        freshness: Freshness,
    ) -> Result<Arc<Listing>, PlatformError> {
        match freshness {
            Freshness::Known => match self.known(guild).await {
                Some(listing) => Ok(listing),
                None => self.recent(guild).await,
            },
            Freshness::Recent => self.recent(guild).await,
            Freshness::Now => {
                self.shared.remembered.forget_recent(guild).await;
                self.recent(guild).await
            }
        }
    }

    async fn overview(&self, guild: GuildRef) -> Result<Overview, PlatformError> {
        let shared = &*self.shared;
        on!(shared, guild.platform, |on| {
            let overview = Box::pin(on.platform.overview(guild.id));
            shared.read(guild, Calls::Guild, overview).await
        })
    }

    async fn channels(&self, guild: GuildRef) -> Result<Arc<Vec<Channel>>, PlatformError> {
        let shared = &*self.shared;
        let ask = async {
            let asked = on!(shared, guild.platform, |on| {
                let channels = Box::pin(on.platform.channels(guild.id));
                shared.read(guild, Calls::Channels, channels).await
            });
            asked.map(Arc::new)
        };
        let channels = shared.channels.try_get_with(guild, ask).await;
        channels.map_err(|error| PlatformError::clone(&error))
    }

    async fn revoke(
        &self,
        guild: GuildRef,
        code: &Code,
        reason: &Reason,
    ) -> Result<Revoked, PlatformError> {
        let shared = &*self.shared;
        let revoked = on!(shared, guild.platform, |on| {
            if let Err(wait) = on.revokes.turn().await {
                let retry_after = SignedDuration::try_from(wait).ok();
                let kind = PlatformErrorKind::RateLimited { retry_after };
                return Err(PlatformError::new(guild.platform, kind));
            }
            let revoke = Box::pin(on.platform.revoke(code, reason));
            let (revoked, rest) = shared.write(guild, revoke).await?;
            if let Some(rest) = rest {
                on.revokes.rest(rest);
            }
            revoked
        });
        shared.remembered.ended(guild, code).await;
        Ok(revoked)
    }

    async fn create(
        &self,
        guild: GuildRef,
        new: &NewInvite,
        reason: &Reason,
    ) -> Result<Invite, PlatformError> {
        let shared = &*self.shared;
        let created = on!(shared, guild.platform, |on| {
            let create = Box::pin(on.platform.create(new, reason));
            shared.write(guild, create).await
        })?;
        shared.remembered.created(guild, &created).await;
        Ok(created)
    }

    async fn set_pause(
        &self,
        guild: GuildRef,
        pause: Option<Pause>,
        reason: &Reason,
    ) -> Result<(), PlatformError> {
        let shared = &*self.shared;
        on!(shared, guild.platform, |on| {
            let set = Box::pin(on.platform.set_pause(guild.id, pause, reason));
            shared.write(guild, set).await
        })?;
        shared.remembered.paused(guild, pause).await;
        Ok(())
    }

    async fn members(
        &self,
        guild: GuildRef,
        code: &Code,
        offset: u32,
    ) -> Result<Members, PlatformError> {
        let shared = &*self.shared;
        match guild.platform {
            // Its API for bots has nothing of the sort.
            PlatformName::Discord => Err(PlatformError::new(
                PlatformName::Discord,
                PlatformErrorKind::Refused,
            )),
            PlatformName::Fluxer => {
                let members = Box::pin(shared.fluxer.platform.members(guild.id, code, offset));
                shared.read(guild, Calls::Members, members).await
            }
        }
    }

    async fn checkup(&self, place: Option<&Place>) -> Checkup {
        let examination = Examination {
            place,
            clock: &self.shared.clock,
            deadline: Instant::now() + CHECKUP_TIMEOUT,
        };
        let (discord, fluxer) = tokio::join!(
            Box::pin(self.examine(&self.shared.discord, examination)),
            Box::pin(self.examine(&self.shared.fluxer, examination))
        );
        let is_on_fluxer = |place: &Place| place.target.platform == PlatformName::Fluxer;
        let (first, second) = if place.is_some_and(is_on_fluxer) {
            (fluxer, discord)
        } else {
            (discord, fluxer)
        };
        Checkup {
            facts: [
                examination.opening(),
                first.setup,
                second.setup,
                first.inside,
                second.inside,
            ]
            .concat(),
        }
    }
}

/// Whether the bot has lost its right to the guild's list, the remembered one included.
const fn is_no_business_of_ours(kind: PlatformErrorKind) -> bool {
    matches!(
        kind,
        PlatformErrorKind::MissingPermission
            | PlatformErrorKind::UnknownGuild
            | PlatformErrorKind::TokenRefused
    )
}

#[cfg(test)]
mod tests;
