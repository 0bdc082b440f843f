//! The made-up people who can be behind the keyboard.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::platform::{
    Community, SampleMember, SampleRole, SampleUser,
    permission::{
        ADMINISTRATOR, CREATE_INVITE, MANAGE_GUILD, MANAGE_MESSAGES, OF_THE_BOT, SEND_MESSAGES,
        VIEW_AUDIT_LOG, VIEW_CHANNEL,
    },
};

/// Kick Members.
const KICK_MEMBERS: u64 = 1 << 1;
/// What everybody may do.
const ORDINARY: u64 = VIEW_CHANNEL | SEND_MESSAGES;
/// The role that the moderator has.
const MODERATORS: u64 = 1_510_000_000_000_000_701;
/// When whoever is not the owner joined.
const JOINED_AT: Timestamp = Timestamp::constant(1_714_989_600, 123_000_000);

/// What the bot may do, as decimal text: what the sample platform lets it do.
pub(super) fn bot_permissions() -> String {
    OF_THE_BOT.to_string()
}

/// Lets everybody be a member of the sample community, with the rights that they have.
pub(super) fn join(community: &mut Community) {
    community.roles.push(SampleRole {
        id: MODERATORS,
        name: "Moderators".to_owned(),
        permissions: Persona::Moderator.permissions(),
    });
    for persona in Persona::ALL {
        let is_there = |member: &SampleMember| member.user.id == persona.id();
        if community.members.iter().any(is_there) {
            continue;
        }
        let user = SampleUser::new(persona.id(), persona.username(), Some(persona.name()));
        community.members.push(SampleMember {
            roles: persona.roles(),
            ..SampleMember::new(user, JOINED_AT)
        });
        community.member_count += 1;
    }
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

    /// Ids of the roles that this person has; the owner needs none.
    fn roles(self) -> Vec<u64> {
        match self {
            Self::Moderator => vec![MODERATORS],
            Self::Owner | Self::Member => Vec::new(),
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
            "roles": self.roles().iter().map(ToString::to_string).collect::<Vec<_>>(),
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
    use super::*;

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

    #[test]
    fn everybody_is_a_member_once_and_the_moderator_has_a_role_for_it() {
        let mut community = Community::sample(Timestamp::UNIX_EPOCH);
        let before = community.members.len();
        join(&mut community);
        assert_eq!(community.members.len(), before + 2);
        let roles = Persona::ALL.map(|persona| {
            let mut members = community.members.iter();
            let member = members.find(|member| member.user.id == persona.id());
            member.unwrap().roles.len()
        });
        assert_eq!(roles, [0, 1, 0]);
        assert_ne!(community.roles[0].permissions & MANAGE_GUILD, 0);
    }
}
