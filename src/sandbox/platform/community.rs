//! The made-up communities that the platform serves, and how a test shapes them.

use jiff::Timestamp;

use super::{
    invite::{SampleChannel, SampleInvite},
    member::{MemberSearch, SampleMember, SampleRole},
    permission, sample,
};

/// Made-up guild: its channels, its invites, its members, and what the bot may do in it.
///
/// Answers are exactly what stands here. Nothing expires, is used or vanishes by itself; only calls and
/// [`use_invite`](super::SamplePlatform::use_invite) change it.
#[derive(Clone, Debug)]
pub struct Community {
    /// Snowflake of the guild, the same on both platforms.
    pub id: u64,
    /// Name of the guild.
    pub name: String,
    /// Account id of its owner.
    pub owner_id: u64,
    /// Code of its own choice, which no list of invites holds.
    pub vanity_code: Option<String>,
    /// Channels in the order of the channel list.
    pub channels: Vec<SampleChannel>,
    /// Live invites in any order; an answer holds them newest first.
    pub invites: Vec<SampleInvite>,
    /// How many invites it can have; one more cannot be made.
    pub max_invites: usize,
    /// Members who can be found, the bot left out. There may be more of them than these.
    pub members: Vec<SampleMember>,
    /// Roles of people; everyone's and the bot's own are there anyway.
    pub roles: Vec<SampleRole>,
    /// What Fluxer's search for members does.
    pub member_search: MemberSearch,
    /// Number of members.
    pub member_count: u32,
    /// Number of members who are online.
    pub presence_count: u32,
    pub(super) pause: Pause,
    /// What the bot may do; `None` = it is not a member.
    pub(super) permissions: Option<u64>,
    pub(super) hides_metadata: bool,
}

/// Whether a guild lets people in by invite. Discord can do both at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pause {
    /// Paused until somebody ends it.
    pub(super) open: bool,
    /// Paused until this moment. Only Discord has a pause with an end.
    pub(super) until: Option<Timestamp>,
}

impl Community {
    /// Id of the community that [`Community::sample`] makes.
    pub const SAMPLE_ID: u64 = 1_510_000_000_000_000_001;

    /// Most invites that a guild has on either platform.
    pub const MAX_INVITES: usize = 1_000;

    /// The sample community: invented people of an invented club, for trying the bot out.
    ///
    /// 140 invites of 23 creators into 9 channels, in every state that a filter knows, and the members who came
    /// by them. The same `now` gives the same community.
    pub fn sample(now: Timestamp) -> Self {
        sample::community(now)
    }

    /// An empty community in which the bot may do everything that it can do.
    pub fn of(guild_id: u64, name: &str) -> Self {
        Self {
            id: guild_id,
            name: name.to_owned(),
            owner_id: 1_510_000_000_000_000_201,
            vanity_code: None,
            channels: Vec::new(),
            invites: Vec::new(),
            max_invites: Self::MAX_INVITES,
            members: Vec::new(),
            roles: Vec::new(),
            member_search: MemberSearch::Works,
            member_count: 60,
            presence_count: 12,
            pause: Pause::default(),
            permissions: Some(permission::OF_THE_BOT),
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
        self.pause.open = true;
        self
    }

    /// Pauses joining by invite until `end`. Fluxer has no such end and shows an open pause.
    #[must_use]
    pub fn paused_until(mut self, end: Timestamp) -> Self {
        self.pause.until = Some(end);
        self
    }

    /// Gives the bot exactly these permissions, of [`permission`].
    #[must_use]
    pub fn with_permissions(mut self, permissions: u64) -> Self {
        self.permissions = Some(permissions);
        self
    }

    /// Takes these permissions, of [`permission`], from the bot.
    #[must_use]
    pub fn without(mut self, permissions: u64) -> Self {
        self.permissions = self.permissions.map(|own| own & !permissions);
        self
    }

    /// Takes every permission from the bot: 403 for the invites, not for the guild.
    #[must_use]
    pub fn without_permission(self) -> Self {
        self.with_permissions(0)
    }

    /// Takes the bot out of the guild: 403 for everything in it.
    #[must_use]
    pub fn without_membership(mut self) -> Self {
        self.permissions = None;
        self
    }

    /// Leaves out uses, limits and dates of Discord's invites, as without Manage Server.
    #[must_use]
    pub fn hiding_metadata(mut self) -> Self {
        self.hides_metadata = true;
        self
    }

    /// Whether joining by invite is paused without an end.
    pub fn is_paused(&self) -> bool {
        self.pause.open
    }

    /// End of the pause that has one.
    pub fn pause_end(&self) -> Option<Timestamp> {
        self.pause.until
    }

    /// The live invite with this code.
    pub fn invite(&self, code: &str) -> Option<&SampleInvite> {
        self.invites.iter().find(|invite| invite.code == code)
    }

    /// The community to change, with its channel of this id.
    pub(super) fn with_channel(&mut self, id: u64) -> Option<(&mut Self, SampleChannel)> {
        let channel = self.channels.iter().find(|one| one.id == id).cloned()?;
        Some((self, channel))
    }

    /// Whether the bot is a member.
    pub(super) fn has_bot(&self) -> bool {
        self.permissions.is_some()
    }

    /// Whether the bot may do any of this.
    pub(super) fn bot_may(&self, any_of: u64) -> bool {
        let wanted = any_of | permission::ADMINISTRATOR;
        self.permissions.is_some_and(|own| own & wanted != 0)
    }

    /// Id of the role that only the bot has.
    pub(super) fn bot_role(&self) -> u64 {
        self.id.wrapping_add(1)
    }

    /// The invites as both platforms list them: newest first.
    pub(super) fn newest_first(&self) -> Vec<&SampleInvite> {
        let mut invites: Vec<_> = self.invites.iter().collect();
        invites.sort_by_key(|invite| std::cmp::Reverse(invite.created_at));
        invites
    }

    /// The roles that invites give, each once.
    pub(super) fn given_roles(&self) -> Vec<(u64, String)> {
        let roles = self.invites.iter().flat_map(|invite| &invite.roles);
        let mut roles: Vec<_> = roles.cloned().collect();
        roles.sort();
        roles.dedup_by_key(|(id, _)| *id);
        roles
    }
}
