//! The made-up communities that the platform serves, and how a test shapes them.

use jiff::{SignedDuration, Timestamp};

use super::sample;

/// Made-up guild: its channels, its invites, and what the bot may see of it.
///
/// Answers are exactly what stands here. Nothing expires, is used or vanishes by itself.
#[derive(Clone, Debug)]
pub struct Community {
    /// Snowflake of the guild, the same on both platforms.
    pub id: u64,
    /// Name of the guild.
    pub name: String,
    /// Channels in the order of the channel list.
    pub channels: Vec<SampleChannel>,
    /// Live invites in any order; an answer holds them newest first.
    pub invites: Vec<SampleInvite>,
    /// Number of members.
    pub member_count: u32,
    /// Number of members who are online.
    pub presence_count: u32,
    pub(super) pause: Pause,
    pub(super) access: Access,
    pub(super) hides_metadata: bool,
}

/// Whether a guild lets people in by invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// Joining works.
    Off,
    /// Paused until somebody ends it.
    On,
    /// Paused until this moment. Only Discord has a pause with an end.
    Until(Timestamp),
}

/// What the bot may do in a guild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// A member with Manage Guild.
    Full,
    /// A member without any permission.
    Member,
    /// Not a member.
    Outsider,
}

impl Community {
    /// Id of the community that [`Community::sample`] makes.
    pub const SAMPLE_ID: u64 = 1_510_000_000_000_000_001;

    /// The sample community: invented people of an invented club, for trying the bot out.
    ///
    /// 140 invites of 23 creators into 9 channels, in every state that a filter knows.
    /// The same `now` gives the same community.
    pub fn sample(now: Timestamp) -> Self {
        sample::community(now)
    }

    /// An empty community in which the bot may do everything.
    pub fn of(guild_id: u64, name: &str) -> Self {
        Self {
            id: guild_id,
            name: name.to_owned(),
            channels: Vec::new(),
            invites: Vec::new(),
            member_count: 60,
            presence_count: 12,
            pause: Pause::Off,
            access: Access::Full,
            hides_metadata: false,
        }
    }

    /// Puts these invites in the place of the present ones, and adds their channels to the channel list.
    #[must_use]
    pub fn with_invites(mut self, invites: Vec<SampleInvite>) -> Self {
        for invite in &invites {
            if !self.channels.contains(&invite.channel) {
                self.channels.push(invite.channel.clone());
            }
        }
        self.invites = invites;
        self
    }

    /// Puts `n` invites with long, bulky names in the place of the present ones.
    ///
    /// Every name is 32 characters long, with emoji and right-to-left text among them.
    #[must_use]
    pub fn many(self, n: usize, now: Timestamp) -> Self {
        self.with_invites(sample::bulky_invites(n, now))
    }

    /// Pauses joining by invite without an end.
    #[must_use]
    pub fn paused(mut self) -> Self {
        self.pause = Pause::On;
        self
    }

    /// Pauses joining by invite until `end`. Fluxer has no such end and shows an open pause.
    #[must_use]
    pub fn paused_until(mut self, end: Timestamp) -> Self {
        self.pause = Pause::Until(end);
        self
    }

    /// Takes the permission to see invites from the bot: 403 for the invites, not for the guild.
    #[must_use]
    pub fn without_permission(mut self) -> Self {
        self.access = Access::Member;
        self
    }

    /// Takes the bot out of the guild: 403 for everything in it.
    #[must_use]
    pub fn without_membership(mut self) -> Self {
        self.access = Access::Outsider;
        self
    }

    /// Leaves out uses, limits and dates of Discord's invites, as without Manage Server.
    #[must_use]
    pub fn hiding_metadata(mut self) -> Self {
        self.hides_metadata = true;
        self
    }

    /// The invites as both platforms list them: newest first.
    pub(super) fn newest_first(&self) -> Vec<&SampleInvite> {
        let mut invites: Vec<_> = self.invites.iter().collect();
        invites.sort_by_key(|invite| std::cmp::Reverse(invite.created_at));
        invites
    }
}

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
        }
    }

    /// When it expires; `None` = never.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let age = SignedDuration::from_secs(i64::from(self.max_age));
        (self.max_age > 0).then(|| self.created_at + age)
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
}
