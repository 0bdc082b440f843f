//! What the bot, or anybody, may do in a guild, as the roles there say.

use gatehouse_commands::{GuildId, Permissions, Right, RoleId, UserId};

use super::wire::{GuildRights, RolePermissions};

/// An account's permissions in a guild.
#[derive(Clone, Copy, Debug)]
pub(super) enum RightsInGuild {
    /// The guild is the account's own.
    Owner,
    /// Those of its roles together.
    Roles(Permissions),
}

impl RightsInGuild {
    /// What the role that everyone has, and the account's own ones, allow together.
    ///
    /// The role that everyone has is the one with the guild's own id.
    pub(super) fn of(
        account: UserId,
        guild: GuildId,
        rights: &GuildRights,
        roles: &[RolePermissions],
        own: &[RoleId],
    ) -> Self {
        if rights.owner == account {
            return Self::Owner;
        }
        let is_everyones = |id: RoleId| id.number() == guild.number();
        let counts = |role: &&RolePermissions| is_everyones(role.id) || own.contains(&role.id);
        let granted = roles.iter().filter(counts);
        let none = Permissions::default();
        Self::Roles(granted.fold(none, |all, role| all.and(role.permissions)))
    }

    /// All of them; an owner's are an administrator's.
    pub(super) const fn permissions(self) -> Permissions {
        match self {
            Self::Owner => Permissions::ADMINISTRATOR,
            Self::Roles(permissions) => permissions,
        }
    }

    /// Whether it has this one. An administrator has all.
    pub(super) fn has(self, right: Right) -> bool {
        self.permissions().allows(right.permission())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::wire::{self, captured};

    const EVERYONE: u64 = 7;
    const OWN: u64 = 8;
    const OTHER: u64 = 9;

    fn rights(owner: u64, everyone: &str, own: &str) -> RightsInGuild {
        let role = |id, permissions| RolePermissions {
            id: RoleId::new(id).unwrap(),
            permissions: Permissions::from_decimal(permissions).unwrap(),
        };
        let roles = [role(EVERYONE, everyone), role(OWN, own), role(OTHER, "8")];
        let guild = GuildRights {
            owner: UserId::new(owner).unwrap(),
            roles: None,
        };
        RightsInGuild::of(
            UserId::new(1).unwrap(),
            GuildId::new(EVERYONE).unwrap(),
            &guild,
            &roles,
            &[RoleId::new(OWN).unwrap()],
        )
    }

    fn has(rights: RightsInGuild) -> [bool; 2] {
        Right::ALL.map(|right| rights.has(right))
    }

    #[test]
    fn everyones_role_and_the_own_ones_count_together() {
        assert_eq!(has(rights(2, "0", "0")), [false, false]);
        assert_eq!(has(rights(2, "1", "32")), [true, true]);
        assert_eq!(has(rights(2, "0", "32")), [true, false]);
    }

    #[test]
    fn owners_and_administrators_may_do_everything() {
        assert_eq!(has(rights(1, "0", "0")), [true, true]);
        assert_eq!(has(rights(2, "0", "8")), [true, true]);
    }

    #[test]
    fn captured_answers_tell_what_the_bot_may_do() {
        let guild = wire::read_guild_rights(&captured("guild_get_200")).unwrap();
        let own = wire::read_member(&captured("guild_member_get_200_bot")).unwrap();
        let bot = wire::read_me(&captured("users_me_200_bot")).unwrap();
        let id = "1574297842476908553".parse().unwrap();
        let roles = guild.roles.clone().unwrap();
        let rights = RightsInGuild::of(bot.id, id, &guild, &roles, &own.roles);
        assert_eq!(has(rights), [true, true]);
        let without = RightsInGuild::of(bot.id, id, &guild, &roles, &[]);
        assert!(!without.has(Right::ManageGuild));
    }
}
