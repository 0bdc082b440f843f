//! What a command needs from outside.

use std::{error::Error, future::Future, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use crate::{
    invite::Invite,
    place::{GuildRef, PlatformName},
};

/// Where invites are read. Implemented by whatever reaches the real platforms.
pub trait Platform: Sync {
    /// All invites of a guild.
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from giving the list.
    fn invites(
        &self,
        guild: GuildRef,
        freshness: Freshness,
    ) -> impl Future<Output = Result<Arc<Listing>, PlatformError>> + Send;
}

/// How old a list may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// Whatever is in memory at once, if anything is: for suggestions, which cannot wait.
    Known,
    /// Some seconds are fine.
    Recent,
    /// Ask the platform, whatever is in memory.
    Now,
}

/// A guild's invites, as the platform gave them.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The invites, in the order of [`newest_first`](crate::newest_first).
    pub invites: Vec<Invite>,
    /// The guild itself; `None` when only this part could not be read.
    pub overview: Option<Overview>,
    /// How many entries of the platform's list could not be read and are missing here.
    pub unreadable: usize,
    /// What stands before a code in a link, without the slash; `None` when not known.
    pub link_base: Option<String>,
    /// When the list was read.
    pub read_at: Timestamp,
}

/// What heads a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Overview {
    /// The guild's name, as typed by its owner.
    pub name: String,
    /// Whether joining by invite is switched off for now.
    pub joins_paused: bool,
}

impl Listing {
    /// Whether the platform hid how invites are used, from at least one that it listed.
    pub fn hides_usage(&self) -> bool {
        self.invites.iter().any(|invite| invite.usage.is_none())
    }
}

/// A platform did not give what was asked for. `source` says why, for the log only.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{platform}: {kind}")]
pub struct PlatformError {
    /// Which platform.
    pub platform: PlatformName,
    /// What happened, as far as a caller can act on it.
    pub kind: PlatformErrorKind,
    #[source]
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl PlatformError {
    /// An error without a deeper cause.
    pub const fn new(platform: PlatformName, kind: PlatformErrorKind) -> Self {
        Self {
            platform,
            kind,
            source: None,
        }
    }

    /// The same with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

/// What happened, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PlatformErrorKind {
    /// The operator gave no token for this platform.
    #[error("no token is configured")]
    NoToken,
    /// The platform refused the token.
    #[error("the token was refused")]
    TokenRefused,
    /// The bot is not in the guild or lacks the permission.
    #[error("the bot is not in the guild or lacks the permission")]
    MissingPermission,
    /// The platform has no such guild.
    #[error("the guild is not known")]
    UnknownGuild,
    /// Too many requests; `retry_after` when the platform said how long to wait.
    #[error("rate limited")]
    RateLimited {
        /// From now on; never negative.
        retry_after: Option<SignedDuration>,
    },
    /// The platform refused for a reason of its own.
    #[error("refused the request")]
    Refused,
    /// The platform has a problem of its own.
    #[error("has a problem of its own")]
    Broken,
    /// No answer, or not all of it, in time.
    #[error("did not answer in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("cannot be reached")]
    Unreachable,
    /// An answer that is not what was asked for.
    #[error("gave an answer that cannot be read")]
    Unreadable,
    /// Not asked: it failed repeatedly just now and is left alone for a while.
    #[error("is left alone after repeated failures")]
    Resting {
        /// From now on; never negative.
        retry_after: SignedDuration,
    },
}
