//! Made-up invites, and the channels that they open.

use jiff::{SignedDuration, Timestamp};

use super::member::SampleUser;

/// One invite as a plain value, in the platforms' own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleInvite {
    /// Code at the end of the link.
    pub code: String,
    /// Channel that the invite opens.
    pub channel: SampleChannel,
    /// Who made it.
    pub inviter: SampleInviter,
    /// When it was made.
    pub created_at: Timestamp,
    /// Seconds until it expires, from its making; 0 = never.
    pub max_age: u32,
    /// How often it may be used; 0 = without limit.
    pub max_uses: u32,
    /// How often it was used.
    pub uses: u32,
    /// Whether members who came by it are dropped when they disconnect.
    pub temporary: bool,
    /// Ids and names of the roles that it gives. Only Discord has such invites.
    pub roles: Vec<(u64, String)>,
    /// Name of the scheduled event that it leads to. Only Discord has such invites.
    pub event: Option<String>,
}

impl SampleInvite {
    /// An unused invite without limits into `general`, made by one ordinary user.
    ///
    /// Change what matters with struct update syntax.
    pub fn new(code: &str, created_at: Timestamp) -> Self {
        Self {
            code: code.to_owned(),
            channel: SampleChannel::text(1_510_000_000_000_000_101, "general"),
            inviter: SampleUser::new(1_510_000_000_000_000_201, "mallow", Some("Mallow")).into(),
            created_at,
            max_age: 0,
            max_uses: 0,
            uses: 0,
            temporary: false,
            roles: Vec::new(),
            event: None,
        }
    }

    /// When it expires; `None` = never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let age = SignedDuration::from_secs(i64::from(self.max_age));
        (self.max_age > 0).then(|| self.created_at + age)
    }

    /// Account id of who made it, if that is known.
    pub fn inviter_id(&self) -> Option<u64> {
        match &self.inviter {
            SampleInviter::Known(user) => Some(user.id),
            SampleInviter::Null | SampleInviter::Absent => None,
        }
    }
}

/// Channel of a community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleChannel {
    /// Snowflake.
    pub id: u64,
    /// Name as the channel list shows it.
    pub name: String,
    /// Type number of the platforms: 0 text, 2 voice, 4 category.
    pub kind: u8,
}

impl SampleChannel {
    /// A text channel.
    pub fn text(id: u64, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind: 0,
        }
    }

    /// A voice channel.
    pub fn voice(id: u64, name: &str) -> Self {
        Self {
            kind: 2,
            ..Self::text(id, name)
        }
    }

    /// A category, which can carry an invite too.
    pub fn category(id: u64, name: &str) -> Self {
        Self {
            kind: 4,
            ..Self::text(id, name)
        }
    }
}

/// What an invite says about its maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SampleInviter {
    /// The maker is named.
    Known(SampleUser),
    /// The field is `null`; Discord, which has no such null, leaves it out.
    Null,
    /// The field is absent.
    Absent,
}

impl From<SampleUser> for SampleInviter {
    fn from(user: SampleUser) -> Self {
        Self::Known(user)
    }
}
