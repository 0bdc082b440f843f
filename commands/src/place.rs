//! Where invites live: a platform, and a guild on it.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;

use crate::id::GuildId;

/// A chat platform that has guilds and invites.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PlatformName {
    /// <https://discord.com>
    Discord,
    /// <https://fluxer.app>, and instances that others host.
    Fluxer,
}

impl PlatformName {
    /// Every platform.
    pub const ALL: [Self; 2] = [Self::Discord, Self::Fluxer];

    /// The name in configuration and logs, in lower case.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Fluxer => "fluxer",
        }
    }

    /// The variable in which the operator gives the bot's token.
    pub const fn token_variable(self) -> &'static str {
        match self {
            Self::Discord => "DISCORD_TOKEN",
            Self::Fluxer => "FLUXER_TOKEN",
        }
    }

    /// The name of the permission that lets one see and manage invites.
    pub const fn manage_permission(self) -> &'static str {
        match self {
            Self::Discord => "Manage Server",
            Self::Fluxer => "Manage Community",
        }
    }

    /// Whether it can say who came through an invite.
    ///
    /// Fluxer: members-search. Discord's API for bots has nothing of the sort.
    pub const fn tells_who_joined(self) -> bool {
        matches!(self, Self::Fluxer)
    }

    /// How long an invite can live that ends by itself.
    ///
    /// See [Discord Docs/Create Channel Invite]; Fluxer's API says the same.
    ///
    /// [Discord Docs/Create Channel Invite]: https://discord.com/developers/docs/resources/channel#create-channel-invite
    pub const fn invite_age_max(self) -> SignedDuration {
        match self {
            Self::Discord | Self::Fluxer => SignedDuration::from_hours(7 * 24),
        }
    }

    /// How long joining can be paused; `None` = until somebody resumes it, and no other way.
    ///
    /// See [Discord Docs/Modify Guild Incident Actions]. Fluxer's pause takes no end.
    ///
    /// [Discord Docs/Modify Guild Incident Actions]: https://discord.com/developers/docs/resources/guild#modify-guild-incident-actions
    pub const fn pause_max(self) -> Option<SignedDuration> {
        match self {
            Self::Discord => Some(SignedDuration::from_hours(24)),
            Self::Fluxer => None,
        }
    }

    /// The most invites that a guild can have, by the platform's own rule.
    ///
    /// Discord: error 30016. Fluxer: `MAX_INVITES`, 1000 unless the instance changed it.
    pub const fn invites_max(self) -> usize {
        match self {
            Self::Discord | Self::Fluxer => 1000,
        }
    }
}

impl fmt::Display for PlatformName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discord => "Discord",
            Self::Fluxer => "Fluxer",
        })
    }
}

/// A guild on a platform, written `fluxer:1574297842476908553`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct GuildRef {
    /// Where the guild lives.
    pub platform: PlatformName,
    /// Its id there.
    pub id: GuildId,
}

/// The text is not `discord:<id>` or `fluxer:<id>`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a guild: write discord:<id> or fluxer:<id>")]
pub struct GuildRefError;

/// Splits `fluxer:<id>` into platform and the text behind the colon.
///
/// # Errors
///
/// No colon, or an unknown platform before it.
pub fn split_platform(text: &str) -> Result<(PlatformName, &str), GuildRefError> {
    let (name, id) = text.split_once(':').ok_or(GuildRefError)?;
    let platform = PlatformName::ALL
        .into_iter()
        .find(|platform| platform.key() == name.trim())
        .ok_or(GuildRefError)?;
    Ok((platform, id.trim()))
}

impl FromStr for GuildRef {
    type Err = GuildRefError;

    fn from_str(text: &str) -> Result<Self, GuildRefError> {
        let (platform, id) = split_platform(text)?;
        let id = id.parse().map_err(|_| GuildRefError)?;
        Ok(Self { platform, id })
    }
}

impl fmt::Display for GuildRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform.key(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guild_reads_back_as_it_is_written() {
        for text in ["fluxer:1574297842476908553", "discord:1"] {
            let guild: GuildRef = text.parse().unwrap();
            assert_eq!(guild.to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_no_guild() {
        for wrong in ["", "1", "fluxer:", "fluxer:x", "irc:1", "Discord 1"] {
            assert_eq!(wrong.parse::<GuildRef>(), Err(GuildRefError), "{wrong:?}");
        }
    }
}
