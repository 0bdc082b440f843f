//! Where invites live: the two platforms, and what stands in front of them.
//!
//! In front of either: one time limit around a whole call, a memory of some seconds that concurrent
//! requests share, and a circuit that leaves a failing platform alone.

mod circuit;
pub(crate) mod discord;
pub(crate) mod fluxer;
mod wire;

use std::{error::Error, fmt, mem, sync::Arc, time::Duration};

use gatehouse_commands::{
    Freshness, GuildRef, Invite, Listing, Platform, PlatformError, PlatformErrorKind, PlatformName,
};
use moka::future::Cache;
use tokio::time::timeout;
use tracing::warn;

pub use self::circuit::{FAILURES_TO_OPEN, REST_MAX, REST_MIN, TOKEN_REST};
use self::{circuit::Circuit, discord::Discord, fluxer::Fluxer};
use crate::{clock::Clock, config::Config, service::Chain};

/// How long a list is good for. However many moderators press within it, the platform is asked
/// once.
pub const LISTING_LIFETIME: Duration = Duration::from_secs(10);

/// How long a list that nobody asks for is kept for suggestions, which cannot wait for a new one.
pub const KNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// What lists may take in memory, in bytes, all together; those for suggestions as much again,
/// unless they are the same.
pub const LISTINGS_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How long a call may take in all: waiting for a rate limit, the answer, and its body. Fluxer
/// reads a list one invite at a time, so a full one takes it seconds.
pub const PLATFORM_TIMEOUT: Duration = Duration::from_secs(12);

/// The largest answer that is read, in bytes: 100,000 invites.
pub const BODY_MAX_BYTES: usize = 128 * 1024 * 1024;

/// How much longer than for the list we wait for what is told beside it.
const OVERVIEW_GRACE: Duration = Duration::from_millis(500);

/// The platforms that the operator gave tokens for. Clones share everything.
#[derive(Clone, Debug)]
pub struct Platforms {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    discord: Guarded<Discord>,
    fluxer: Guarded<Fluxer>,
    /// Lists that are good for a reply.
    recent: Cache<GuildRef, Arc<Listing>>,
    /// Lists that are good for suggestions.
    known: Cache<GuildRef, Arc<Listing>>,
}

/// A platform and its circuit.
#[derive(Debug)]
struct Guarded<P> {
    platform: P,
    circuit: Circuit,
}

impl<P> Guarded<P> {
    fn new(platform: P) -> Self {
        Self {
            platform,
            circuit: Circuit::default(),
        }
    }
}

impl Platforms {
    /// Reaches the platforms as configured; asks nothing yet.
    pub fn new(config: &Config, clock: &Clock) -> Self {
        let listings = || {
            Cache::builder()
                .max_capacity(LISTINGS_MAX_BYTES)
                .weigher(|_, listing: &Arc<Listing>| weight(listing))
        };
        Self {
            shared: Arc::new(Shared {
                discord: Guarded::new(Discord::new(&config.discord, clock.clone())),
                fluxer: Guarded::new(Fluxer::new(&config.fluxer, clock.clone())),
                recent: listings().time_to_live(LISTING_LIFETIME).build(),
                known: listings().time_to_idle(KNOWN_LIFETIME).build(),
            }),
        }
    }

    /// A list that is not older than [`LISTING_LIFETIME`]. Whoever asks while a call is under way
    /// waits for that one.
    async fn recent(&self, guild: GuildRef) -> Result<Arc<Listing>, PlatformError> {
        self.shared
            .recent
            .try_get_with(guild, self.ask(guild))
            .await
            .map_err(|error| PlatformError::clone(&error))
    }

    /// A list of any age; one that is no longer recent is read again for the next time.
    async fn known(&self, guild: GuildRef) -> Option<Arc<Listing>> {
        let known = self.shared.known.get(&guild).await?;
        if !self.shared.recent.contains_key(&guild) {
            let platforms = self.clone();
            tokio::spawn(async move {
                if let Err(error) = platforms.recent(guild).await {
                    warn!(error = %Chain(&error), "list for suggestions could not be read");
                }
            });
        }
        Some(known)
    }

    /// Asks the platform, unless its circuit is open.
    async fn ask(&self, guild: GuildRef) -> Result<Arc<Listing>, PlatformError> {
        let circuit = self.shared.circuit(guild.platform);
        circuit
            .admit(guild.id)
            .map_err(|kind| PlatformError::new(guild.platform, kind))?;
        let asked = timeout(PLATFORM_TIMEOUT, self.shared.call(guild)).await;
        let late = || Failed::new(guild.platform, PlatformErrorKind::TimedOut);
        match asked.unwrap_or_else(|_| Err(late())) {
            Ok(listing) => {
                circuit.succeeded(guild.id);
                let listing = Arc::new(listing);
                self.shared.known.insert(guild, Arc::clone(&listing)).await;
                Ok(listing)
            }
            Err(failed) => {
                let kind = failed.error.kind;
                circuit.failed(guild.id, kind, failed.is_global);
                if is_no_business_of_ours(kind) {
                    self.shared.known.invalidate(&guild).await;
                }
                Err(failed.error)
            }
        }
    }
}

impl Shared {
    fn circuit(&self, platform: PlatformName) -> &Circuit {
        match platform {
            PlatformName::Discord => &self.discord.circuit,
            PlatformName::Fluxer => &self.fluxer.circuit,
        }
    }

    async fn call(&self, guild: GuildRef) -> Result<Listing, Failed> {
        match guild.platform {
            PlatformName::Discord => self.discord.platform.listing(guild.id).await,
            PlatformName::Fluxer => self.fluxer.platform.listing(guild.id).await,
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
                self.shared.recent.invalidate(&guild).await;
                self.recent(guild).await
            }
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

/// About what a list takes in memory, in bytes. What invites share is split between them.
fn weight(listing: &Listing) -> u32 {
    let bytes: usize = listing.invites.iter().map(invite_weight).sum();
    u32::try_from(mem::size_of::<Listing>() + bytes).unwrap_or(u32::MAX)
}

fn invite_weight(invite: &Invite) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let inviter = invite.inviter.as_ref().map_or(0, |who| {
        let names = who.username.len() + text(&who.display_name) + text(&who.discriminator);
        (mem::size_of_val(&**who) + names) / Arc::strong_count(who)
    });
    let channel = invite.channel.as_ref().map_or(0, |channel| {
        (mem::size_of_val(&**channel) + text(&channel.name)) / Arc::strong_count(channel)
    });
    let extras = invite.extras.as_ref().map_or(0, |extras| {
        let roles: usize = extras.roles.iter().map(String::len).sum();
        mem::size_of_val(&**extras) + roles + text(&extras.event)
    });
    mem::size_of::<Invite>() + invite.code.as_str().len() + inviter + channel + extras
}

/// An error, and whether it is about everything that is asked with this token.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) error: PlatformError,
    pub(crate) is_global: bool,
}

impl Failed {
    pub(crate) fn new(platform: PlatformName, kind: PlatformErrorKind) -> Self {
        Self {
            error: PlatformError::new(platform, kind),
            is_global: false,
        }
    }

    pub(crate) fn because(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            error: self.error.caused_by(source),
            ..self
        }
    }

    pub(crate) fn of_everything(self, is_global: bool) -> Self {
        Self { is_global, ..self }
    }

    /// How long a rate limit asks to wait, when this is one that says so.
    pub(crate) fn wait(&self) -> Option<Duration> {
        match self.error.kind {
            PlatformErrorKind::RateLimited { retry_after } => {
                retry_after.and_then(|wait| Duration::try_from(wait).ok())
            }
            _ => None,
        }
    }
}

/// An answer that cannot be parsed, without what its parser would quote of it: codes and names.
#[derive(Debug)]
struct Unparsed {
    category: serde_json::error::Category,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for Unparsed {
    fn from(error: serde_json::Error) -> Self {
        Self {
            category: error.classify(),
            line: error.line(),
            column: error.column(),
        }
    }
}

impl fmt::Display for Unparsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            category,
            line,
            column,
        } = self;
        write!(f, "JSON {category:?} error at line {line}, column {column}")
    }
}

impl Error for Unparsed {}

/// What a platform's refusal says, for the log.
#[derive(Debug)]
struct Answer {
    status: u16,
    code: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP status {}", self.status)?;
        // Only the platforms' own words, not whatever a body may hold.
        let is_word = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        match &self.code {
            Some(code) if code.len() <= 64 && code.chars().all(is_word) => {
                write!(f, ", code {code}")
            }
            _ => Ok(()),
        }
    }
}

impl Error for Answer {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_holds_nothing_of_an_answer_that_cannot_be_read() {
        for body in [
            r#"["aBcD12xY"]"#,
            r#"[{"code":"aBcD12xY","inviter":"aBcD12xY"}]"#,
        ] {
            let error = wire::read_invites(body.as_bytes()).unwrap_err();
            let kind = PlatformErrorKind::Unreadable;
            let failed = Failed::new(PlatformName::Fluxer, kind).because(Unparsed::from(error));
            let logged = format!("{} {failed:?}", Chain(&failed.error));
            assert!(!logged.contains("aBcD12xY"), "{logged}");
            assert!(logged.contains("line 1, column"), "{logged}");
        }
    }
}
