//! What the bot may do in a guild, as its roles there say.

use gatehouse_commands::{GuildId, Permissions, Right, RoleId, UserId};

use super::wire::{GuildRights, RolePermissions};

/// The bot's permissions in a guild.
#[derive(Clone, Copy, Debug)]
pub(super) enum BotRights {
    /// The guild is its own.
    Owner,
    /// Those of its roles together.
    Roles(Permissions),
}

impl BotRights {
    /// What the role that everyone has, and the bot's own ones, allow together.
    ///
    /// The role that everyone has is the one with the guild's own id.
    pub(super) fn of(
        bot: UserId,
        guild: GuildId,
        rights: &GuildRights,
        roles: &[RolePermissions],
        own: &[RoleId],
    ) -> Self {
        if rights.owner == bot {
            return Self::Owner;
        }
        let is_everyones = |id: RoleId| id.number() == guild.number();
        let counts = |role: &&RolePermissions| is_everyones(role.id) || own.contains(&role.id);
        let granted = roles.iter().filter(counts);
        let none = Permissions::default();
        Self::Roles(granted.fold(none, |all, role| all.and(role.permissions)))
    }

    /// Whether it has this one. An administrator has all.
    pub(super) fn has(self, right: Right) -> bool {
        match self {
            Self::Owner => true,
            Self::Roles(permissions) => permissions.allows(right.permission()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::wire::{self, captured};

    const EVERYONE: u64 = 7;
    const OWN: u64 = 8;
    const OTHER: u64 = 9;

    fn rights(owner: u64, everyone: &str, own: &str) -> BotRights {
        let role = |id, permissions| RolePermissions {
            id: RoleId::new(id).unwrap(),
            permissions: Permissions::from_decimal(permissions).unwrap(),
        };
        let roles = [role(EVERYONE, everyone), role(OWN, own), role(OTHER, "8")];
        let guild = GuildRights {
            owner: UserId::new(owner).unwrap(),
            roles: None,
        };
        BotRights::of(
            UserId::new(1).unwrap(),
            GuildId::new(EVERYONE).unwrap(),
            &guild,
            &roles,
            &[RoleId::new(OWN).unwrap()],
        )
    }

    fn has(rights: BotRights) -> [bool; 2] {
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
        let own = wire::read_member_roles(&captured("guild_member_get_200_bot")).unwrap();
        let bot = wire::read_me(&captured("users_me_200_bot")).unwrap();
        let id = "1574297842476908553".parse().unwrap();
        let roles = guild.roles.clone().unwrap();
        let rights = BotRights::of(bot.id, id, &guild, &roles, &own);
        assert_eq!(has(rights), [true, true]);
        let without = BotRights::of(bot.id, id, &guild, &roles, &[]);
        assert!(!without.has(Right::ManageGuild));
    }
}
