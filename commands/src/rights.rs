//! Who may do what.
//!
//! A **moderator** has Manage Server (or Administrator) where the command is used, or a role that
//! the operator named. Reading by slash command is open to whomever the guild's own settings let
//! use the command, since the platform has checked that already; a press on a reply that others
//! see, and everything that changes something, takes a moderator.

use crate::place::PlatformName;

/// A set of permissions. See [Discord Docs/Permissions]; Fluxer uses the same numbers.
///
/// [Discord Docs/Permissions]: https://discord.com/developers/docs/topics/permissions
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Permissions(u64);

impl Permissions {
    /// Everything, whatever the channel says.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Manage Server, on Fluxer Manage Community.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// View Audit Log.
    pub const VIEW_AUDIT_LOG: Self = Self(1 << 7);
    /// Create Invite.
    pub const CREATE_INVITE: Self = Self(1);

    /// Reads what was said before.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);

    /// Reads a decimal number of any length, as the platforms write permissions.
    ///
    /// They may outgrow 64 bits; the bits above those are left out, since none of them matters
    /// here. `None` when the text is not a number.
    pub fn from_decimal(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        text.bytes()
            .try_fold(0_u64, |number, byte| {
                // Modulo 2^64, which leaves the low bits as they are.
                let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
                Some(number.wrapping_mul(10).wrapping_add(digit))
            })
            .map(Self)
    }

    /// Whether any of `wanted` is here, or Administrator, which includes all.
    pub const fn allows(self, wanted: Self) -> bool {
        self.0 & (wanted.0 | Self::ADMINISTRATOR.0) != 0
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A permission that something takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Right {
    /// See how invites are used, end them, pause joining.
    ManageGuild,
    /// Make invites.
    CreateInvite,
    /// Read messages of its own again, where it is spoken to in messages.
    ReadHistory,
}

impl Right {
    /// Every permission that the bot can use in every community.
    pub const ALL: [Self; 2] = [Self::ManageGuild, Self::CreateInvite];

    /// The permission itself.
    pub const fn permission(self) -> Permissions {
        match self {
            Self::ManageGuild => Permissions::MANAGE_GUILD,
            Self::CreateInvite => Permissions::CREATE_INVITE,
            Self::ReadHistory => Permissions::READ_MESSAGE_HISTORY,
        }
    }

    /// What the platform's own settings call it.
    pub const fn name(self, platform: PlatformName) -> &'static str {
        match self {
            Self::ManageGuild => platform.manage_permission(),
            Self::CreateInvite => "Create Invite",
            Self::ReadHistory => "Read Message History",
        }
    }
}

/// What the person who typed or pressed may do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Member {
    /// In the place of the command.
    pub permissions: Permissions,
    /// Whether one of their roles was named by the operator, and they are not timed out.
    pub has_moderator_role: bool,
}

impl Member {
    /// The person at the host's own terminal.
    pub const fn operator() -> Self {
        Self {
            permissions: Permissions::ADMINISTRATOR,
            has_moderator_role: false,
        }
    }

    /// Whether they may change something, or press what others see.
    pub const fn is_moderator(self) -> bool {
        self.has_moderator_role || self.permissions.allows(Permissions::MANAGE_GUILD)
    }
}

/// What the bot itself may do where the command is used.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Bot {
    /// Whether it was added to the guild; `None` when nobody said.
    pub is_installed: Option<bool>,
    /// Its permissions there; `None` when nobody said.
    pub permissions: Option<Permissions>,
}

impl Bot {
    /// Whether a request for the list can work at all. Where it can't, the platform need not be
    /// asked: a refusal counts against the bot there.
    pub fn may_list_invites(self, platform: PlatformName) -> bool {
        let enough = match platform {
            // With View Audit Log alone Discord lists the invites but hides their use.
            PlatformName::Discord => Permissions::MANAGE_GUILD.and(Permissions::VIEW_AUDIT_LOG),
            PlatformName::Fluxer => Permissions::MANAGE_GUILD,
        };
        self.permissions.is_none_or(|has| has.allows(enough))
    }

    /// Whether the bot may have this permission. Where it can't, the platform need not be asked.
    pub fn may_have(self, right: Right) -> bool {
        self.permissions
            .is_none_or(|has| has.allows(right.permission()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_read_beyond_64_bits() {
        // 2^70 + MANAGE_GUILD
        let permissions = Permissions::from_decimal("1180591620717411303456").unwrap();
        assert!(permissions.allows(Permissions::MANAGE_GUILD));
        assert!(!permissions.allows(Permissions::VIEW_AUDIT_LOG));
    }

    #[test]
    fn only_decimal_numbers_are_permissions() {
        for wrong in ["", "-1", "0x20", " 32", "32 "] {
            assert_eq!(Permissions::from_decimal(wrong), None, "{wrong:?}");
        }
        assert_eq!(Permissions::from_decimal("0"), Some(Permissions::default()));
    }

    #[test]
    fn administrators_and_named_roles_are_moderators() {
        let with = |permissions, has_moderator_role| Member {
            permissions,
            has_moderator_role,
        };
        assert!(with(Permissions::MANAGE_GUILD, false).is_moderator());
        assert!(with(Permissions::ADMINISTRATOR, false).is_moderator());
        assert!(with(Permissions::default(), true).is_moderator());
        assert!(!with(Permissions::VIEW_AUDIT_LOG, false).is_moderator());
    }

    #[test]
    fn the_audit_log_permission_lists_invites_on_discord_only() {
        let bot = Bot {
            is_installed: Some(true),
            permissions: Some(Permissions::VIEW_AUDIT_LOG),
        };
        assert!(bot.may_list_invites(PlatformName::Discord));
        assert!(!bot.may_list_invites(PlatformName::Fluxer));
        assert!(Bot::default().may_list_invites(PlatformName::Fluxer));
    }
}
