//! What a command needs from outside.

use std::{error::Error, future::Future, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use crate::{
    checkup::Checkup,
    code::Code,
    id::{ChannelId, UserId},
    invite::{Channel, Invite},
    invocation::Place,
    place::{GuildRef, PlatformName},
    reason::Reason,
};

/// Where invites are read and changed. Implemented by whatever reaches the real platforms.
///
/// A call that changes something is sent once: whoever makes it decides whether to repeat it.
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

    /// The guild itself, asked for now.
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from giving it.
    fn overview(
        &self,
        guild: GuildRef,
    ) -> impl Future<Output = Result<Overview, PlatformError>> + Send;

    /// The channels that an invite can lead into, in the platform's order; some seconds old.
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from giving them.
    fn channels(
        &self,
        guild: GuildRef,
    ) -> impl Future<Output = Result<Arc<Vec<Channel>>, PlatformError>> + Send;

    /// Ends an invite of this guild. The caller knows from the list that it is this guild's: the
    /// platforms take any code from a bot that has the right in the code's own guild.
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from doing it. After [`PlatformErrorKind::TimedOut`],
    /// [`PlatformErrorKind::Unreachable`] and [`PlatformErrorKind::Broken`] it may be done.
    fn revoke(
        &self,
        guild: GuildRef,
        code: &Code,
        reason: &Reason,
    ) -> impl Future<Output = Result<Revoked, PlatformError>> + Send;

    /// Makes an invite.
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from doing it; as for [`Platform::revoke`] it may be done.
    fn create(
        &self,
        guild: GuildRef,
        new: &NewInvite,
        reason: &Reason,
    ) -> impl Future<Output = Result<Invite, PlatformError>> + Send;

    /// Pauses joining by invite, or with `None` lets it go on.
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from doing it; as for [`Platform::revoke`] it may be done.
    fn set_pause(
        &self,
        guild: GuildRef,
        pause: Option<Pause>,
        reason: &Reason,
    ) -> impl Future<Output = Result<(), PlatformError>> + Send;

    /// Members who are still here and came through this invite, newest first: at most
    /// [`MEMBERS_MAX`] from the `offset`th on. Asked only where
    /// [`PlatformName::tells_who_joined`].
    ///
    /// # Errors
    ///
    /// Whatever kept the platform from giving them.
    fn members(
        &self,
        guild: GuildRef,
        code: &Code,
        offset: u32,
    ) -> impl Future<Output = Result<Members, PlatformError>> + Send;

    /// Everything that has to be right for this place, or with `None` for the host alone, whatever
    /// the guild; found out now. Never fails: what could not be found out is part of it.
    fn checkup(&self, place: Option<&Place>) -> impl Future<Output = Checkup> + Send;
}

/// The most members that are given at once.
/// By the rule of Fluxer's members-search.
pub const MEMBERS_MAX: u32 = 100;

/// What became of an invite that was to be ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Revoked {
    /// It works no longer.
    Done,
    /// The platform knows no such invite any more.
    AlreadyGone,
}

/// An invite to be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NewInvite {
    /// Where it leads.
    pub channel: ChannelId,
    /// How long it lives, in whole seconds; `None` = without end.
    pub max_age: Option<SignedDuration>,
    /// How often it can be used, at least once; `None` = without limit.
    pub max_uses: Option<u32>,
    /// Whether members who come by it are dropped when they disconnect.
    pub temporary: bool,
}

/// Joining by invite is switched off.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pause {
    /// When it ends by itself; `None` = when somebody ends it.
    pub until: Option<Timestamp>,
}

/// Some of those who came through an invite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members {
    /// Newest first.
    pub members: Vec<Joined>,
    /// How many there are in all, as far as the platform knows.
    pub total: u32,
    /// The platform is still finding out, and can't say yet.
    pub is_indexing: bool,
}

/// A member who came through an invite.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// The account's id, which tells when it was made.
    pub id: UserId,
    /// The account's name, with `#0913` behind it where names are not unique.
    pub tag: String,
    /// The name that people see here.
    pub shown_name: String,
    /// When they came; `None` when the platform does not say.
    pub joined_at: Option<Timestamp>,
    /// Whether it is a bot.
    pub is_bot: bool,
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

/// A guild, apart from its invites.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Overview {
    /// The guild's name, as typed by its owner.
    pub name: String,
    /// Whether joining by invite is switched off for now.
    pub pause: Option<Pause>,
    /// The address that the guild has chosen for itself.
    pub vanity: Vanity,
}

/// The code that a guild has chosen for itself, which is no invite like the others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Vanity {
    /// It was not told along with the rest.
    NotTold,
    /// There is none.
    None,
    /// This one.
    Code(Code),
}

impl Vanity {
    /// Whether it is this code: platforms read such an address in any case.
    pub(crate) fn is(&self, code: &Code) -> bool {
        matches!(self, Self::Code(vanity) if vanity.as_str().eq_ignore_ascii_case(code.as_str()))
    }
}

impl Listing {
    /// A list of which nothing is known.
    pub(crate) const fn unknown(now: Timestamp) -> Self {
        Self {
            invites: Vec::new(),
            overview: None,
            unreadable: 0,
            link_base: None,
            read_at: now,
        }
    }

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
    /// The guild has no such channel, or the bot can't see it.
    #[error("the channel is not known")]
    UnknownChannel,
    /// The guild has as many invites as it can have.
    #[error("the guild has no room for another invite")]
    TooManyInvites,
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
    /// Not asked: as much is being asked at this moment as we can bear.
    #[error("was not asked, as too much is being asked at this moment")]
    Crowded,
}
