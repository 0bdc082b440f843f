//! An invite as commands see it: no sentinels, no wire shapes.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::{
    code::Code,
    id::{ChannelId, UserId},
};

/// An invite that is used up by this share or more counts as almost used up: four fifths.
const ALMOST_USED_UP: (u32, u32) = (4, 5);

/// An invite that ends within this time counts as ending soon.
pub const SOON: SignedDuration = SignedDuration::from_hours(24);

/// One way into a guild.
#[derive(Clone, Debug, PartialEq)]
pub struct Invite {
    /// What a link ends in.
    pub code: Code,
    /// Where it leads; `None` when the platform does not say.
    pub channel: Option<Arc<Channel>>,
    /// Who made it; `None` when the platform does not know.
    pub inviter: Option<Arc<Inviter>>,
    /// When it stops working; `None` = never.
    pub expires_at: Option<Timestamp>,
    /// How it is used; `None` when the platform hides it from the bot.
    pub usage: Option<Usage>,
    /// What else it brings; nothing for most.
    pub extras: Option<Box<Extras>>,
}

/// What platforms call an invite's metadata.
///
/// Discord gives it only to bots with Manage Server. See [Discord Docs/Invite Metadata].
///
/// [Discord Docs/Invite Metadata]: https://discord.com/developers/docs/resources/invite#invite-metadata-object
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// How often it was used.
    pub uses: u32,
    /// How often it can be used; `None` = without limit.
    pub max_uses: Option<u32>,
    /// How long it lives from its making; `None` = without end.
    pub max_age: Option<SignedDuration>,
    /// Whether members who came by it are dropped when they disconnect.
    pub temporary: bool,
    /// When it was made; `None` when the platform does not say.
    pub created_at: Option<Timestamp>,
}

/// Rarer properties, on Discord only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extras {
    /// Whether it lets guests into a voice channel only.
    pub guest: bool,
    /// Names of roles that it gives.
    pub roles: Vec<String>,
    /// Name of the scheduled event that it leads to.
    pub event: Option<String>,
    /// Whether it leads to someone's stream or an activity.
    pub target: Option<Target>,
}

/// What in a voice channel an invite leads to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// A member's stream.
    Stream,
    /// An embedded application.
    Activity,
}

/// The channel that an invite leads into.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Its name, as typed by a moderator; `None` when the platform does not say.
    pub name: Option<String>,
}

/// Who made an invite.
#[derive(Clone, Debug, PartialEq)]
pub struct Inviter {
    /// The account's id.
    pub id: UserId,
    /// The account's unique name (on Fluxer together with the discriminator).
    pub username: String,
    /// Four digits that tell two of the same name apart; `None` where names are unique.
    pub discriminator: Option<String>,
    /// The name that people see; `None` = the username.
    pub display_name: Option<String>,
    /// What sort of account it is.
    pub kind: InviterKind,
}

/// What sort of account made an invite.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InviterKind {
    /// A person.
    Person,
    /// A bot.
    Bot,
    /// The platform itself.
    System,
    /// An account that is no more.
    Deleted,
}

impl Inviter {
    /// The name that people see.
    pub fn shown_name(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.username)
    }

    /// The username, with `#0913` behind it where names are not unique.
    pub fn tag(&self) -> String {
        match &self.discriminator {
            Some(discriminator) => format!("{}#{discriminator}", self.username),
            None => self.username.clone(),
        }
    }
}

impl Invite {
    /// How often it was used, where that is known.
    pub fn uses(&self) -> Option<u32> {
        self.usage.as_ref().map(|usage| usage.uses)
    }

    /// When it was made, where that is known.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.usage.as_ref()?.created_at
    }

    /// Whether it has stopped working. Platforms leave such invites out; a list that was read
    /// some seconds ago may still hold one.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether it still works and ends within [`SOON`].
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        self.expires_at
            .is_some_and(|end| end > now && end.duration_since(now) <= SOON)
    }

    /// Whether at least four fifths of its uses are gone.
    pub fn is_almost_used_up(&self) -> bool {
        let (part, whole) = ALMOST_USED_UP;
        self.usage.as_ref().is_some_and(|usage| {
            usage.max_uses.is_some_and(|max_uses| {
                u64::from(usage.uses) * u64::from(whole) >= u64::from(max_uses) * u64::from(part)
            })
        })
    }

    /// Whether nobody can be asked about it: the platform names no creator, or a deleted one.
    pub fn has_unknown_creator(&self) -> bool {
        self.inviter
            .as_ref()
            .is_none_or(|inviter| inviter.kind == InviterKind::Deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, invite};

    #[test]
    fn an_invite_expires_at_its_end_and_not_a_second_before() {
        let mut invite = invite("aBcD12xY");
        invite.expires_at = Some(NOW);
        assert!(invite.is_expired(NOW));
        assert!(!invite.is_expired(NOW - SignedDuration::from_secs(1)));
        invite.expires_at = None;
        assert!(!invite.is_expired(NOW));
    }

    #[test]
    fn soon_is_a_day_and_not_a_second_more() {
        let mut invite = invite("aBcD12xY");
        invite.expires_at = Some(NOW + SOON);
        assert!(invite.ends_soon(NOW));
        invite.expires_at = Some(NOW + SOON + SignedDuration::from_secs(1));
        assert!(!invite.ends_soon(NOW));
        invite.expires_at = Some(NOW);
        assert!(!invite.ends_soon(NOW), "it has ended");
    }

    #[test]
    fn almost_used_up_begins_at_four_fifths() {
        let with = |uses, max_uses| {
            let mut invite = invite("aBcD12xY");
            let usage = invite.usage.as_mut().unwrap();
            usage.uses = uses;
            usage.max_uses = max_uses;
            invite.is_almost_used_up()
        };
        assert!(with(8, Some(10)));
        assert!(!with(7, Some(10)));
        assert!(!with(0, Some(1)));
        assert!(!with(u32::MAX, None));
        assert!(with(u32::MAX, Some(u32::MAX)));
    }
}
