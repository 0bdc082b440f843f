//! The made-up people who can be behind the keyboard.

use serde_json::{Value, json};

use super::platform::permission::{
    ADMINISTRATOR, CREATE_INVITE, MANAGE_GUILD, OF_THE_BOT, SEND_MESSAGES, VIEW_AUDIT_LOG,
    VIEW_CHANNEL,
};

/// Kick Members.
const KICK_MEMBERS: u64 = 1 << 1;
/// Manage Messages.
const MANAGE_MESSAGES: u64 = 1 << 13;
/// What everybody may do.
const ORDINARY: u64 = VIEW_CHANNEL | SEND_MESSAGES;

/// What the bot may do, as decimal text: what the sample platform lets it do.
pub(super) fn bot_permissions() -> String {
    OF_THE_BOT.to_string()
}

/// Somebody of the sample community.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Persona {
    /// May do everything.
    Owner,
    /// May manage the server.
    #[default]
    Moderator,
    /// May read and write, and no more.
    Member,
}

impl Persona {
    /// Everybody, in the order of the switch.
    pub(super) const ALL: [Self; 3] = [Self::Owner, Self::Moderator, Self::Member];

    /// The word that stands for this person in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Moderator => "moderator",
            Self::Member => "member",
        }
    }

    /// Who it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Moderator => "Moderator",
            Self::Member => "Member without rights",
        }
    }

    /// Display name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Marisol Vance",
            Self::Moderator => "Mallow",
            Self::Member => "Pip",
        }
    }

    /// Account id.
    pub(super) const fn id(self) -> u64 {
        match self {
            // The owner of the sample, who has made many of its invites.
            Self::Owner => 1_510_000_000_000_000_201,
            Self::Moderator => 1_510_000_000_000_000_501,
            Self::Member => 1_510_000_000_000_000_502,
        }
    }

    /// Account name.
    const fn username(self) -> &'static str {
        match self {
            Self::Owner => "marisol_v",
            Self::Moderator => "mallow",
            Self::Member => "pip",
        }
    }

    const fn permissions(self) -> u64 {
        let base = ORDINARY | CREATE_INVITE;
        match self {
            Self::Owner => base | ADMINISTRATOR | MANAGE_GUILD | VIEW_AUDIT_LOG | MANAGE_MESSAGES,
            Self::Moderator => {
                base | MANAGE_GUILD | KICK_MEMBERS | VIEW_AUDIT_LOG | MANAGE_MESSAGES
            }
            Self::Member => ORDINARY,
        }
    }

    /// The account, as an interaction names it.
    pub(super) fn user(self) -> Value {
        json!({
            "id": self.id().to_string(),
            "username": self.username(),
            "discriminator": "0",
            "global_name": self.name(),
            "avatar": null,
            "public_flags": 0,
        })
    }

    /// The member of the sample community, as an interaction names them.
    pub(super) fn member(self) -> Value {
        json!({
            "user": self.user(),
            "nick": null,
            "avatar": null,
            "roles": [],
            "joined_at": "2024-05-06T10:00:00.123000+00:00",
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "permissions": self.permissions().to_string(),
            "communication_disabled_until": null,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::sandbox::platform::Community;

    #[test]
    fn only_the_member_may_not_manage_the_server() {
        let may = |persona: Persona| persona.permissions() & MANAGE_GUILD != 0;
        assert_eq!(Persona::ALL.map(may), [true, true, false]);
        assert_eq!(Persona::Member.member()["permissions"], "3072");
    }

    #[test]
    fn the_owner_is_the_one_of_the_sample() {
        let community = Community::sample(Timestamp::UNIX_EPOCH);
        let mut users = community.members.iter().map(|member| &member.user);
        let owner = users.find(|user| user.id == community.owner_id).unwrap();
        assert_eq!(Persona::Owner.id(), owner.id);
        assert_eq!(Persona::Owner.username(), owner.username);
        assert_eq!(Some(Persona::Owner.name()), owner.global_name.as_deref());
    }
}
