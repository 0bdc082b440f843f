//! Made-up people and bots, and what makes them members.

use jiff::Timestamp;

use super::{invite::SampleInvite, snowflake};

/// Account of a made-up person or bot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SampleUser {
    /// Snowflake.
    pub id: u64,
    /// Account name.
    pub username: String,
    /// Four digits. Discord shows `0` for people.
    pub discriminator: String,
    /// Display name, if one is set.
    pub global_name: Option<String>,
    /// Whether the account is a bot.
    pub bot: bool,
}

impl SampleUser {
    /// A person.
    pub fn new(id: u64, username: &str, global_name: Option<&str>) -> Self {
        Self {
            id,
            username: username.to_owned(),
            // Four digits that differ between neighbours; never 0000, which stands for deleted accounts.
            discriminator: format!("{:04}", id % 8_999 + 1_000),
            global_name: global_name.map(str::to_owned),
            bot: false,
        }
    }

    /// A bot.
    pub fn bot(id: u64, username: &str) -> Self {
        Self {
            bot: true,
            ..Self::new(id, username, None)
        }
    }

    /// An account that was deleted, as Fluxer shows it.
    pub fn deleted(id: u64) -> Self {
        Self {
            discriminator: "0000".to_owned(),
            ..Self::new(id, "DeletedUser", Some("Deleted User"))
        }
    }

    /// When the account was made, as its id tells.
    pub fn created_at(&self) -> Timestamp {
        snowflake::instant(self.id)
    }
}

/// Somebody who is in a community now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleMember {
    /// Account.
    pub user: SampleUser,
    /// Name in this community alone, if one is set.
    pub nickname: Option<String>,
    /// When the account joined.
    pub joined_at: Timestamp,
    /// Code of the invite that it came by; `None` = the platform does not know.
    pub source_invite_code: Option<String>,
    /// Account id of who made that invite, if known.
    pub inviter_id: Option<u64>,
    /// Ids of its roles, apart from everyone's.
    pub roles: Vec<u64>,
    /// Until when it is timed out.
    pub silenced_until: Option<Timestamp>,
}

/// A role that people have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleRole {
    /// Snowflake.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// What it allows, of [`permission`](super::permission).
    pub permissions: u64,
}

impl SampleMember {
    /// A member of whom nobody knows how they came.
    pub fn new(user: SampleUser, joined_at: Timestamp) -> Self {
        Self {
            user,
            nickname: None,
            joined_at,
            source_invite_code: None,
            inviter_id: None,
            roles: Vec::new(),
            silenced_until: None,
        }
    }

    /// A member who came by this invite.
    pub fn through(invite: &SampleInvite, user: SampleUser, joined_at: Timestamp) -> Self {
        Self {
            source_invite_code: Some(invite.code.clone()),
            inviter_id: invite.inviter_id(),
            ..Self::new(user, joined_at)
        }
    }
}

/// What Fluxer's search for members does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemberSearch {
    /// It finds members.
    #[default]
    Works,
    /// Its index is being built: it finds nobody, and says so.
    Indexing,
    /// The instance has no search service: it finds nobody, and does not say why.
    Missing,
}
