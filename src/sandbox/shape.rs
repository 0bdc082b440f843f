//! Where the sample community lives, and through which signed route its commands come.

use gatehouse_commands::{GuildId, GuildRef, PlatformName};

use super::platform::{Community, SamplePlatform};

/// A made-up Discord server without invites of its own: it is linked to the sample community.
const LINKED_ID: u64 = 1_510_000_000_000_000_002;

/// A way in which the sample community can be set up.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Shape {
    /// On Fluxer, with commands that are signed in Fluxer's name.
    #[default]
    Fluxer,
    /// On Discord.
    Discord,
    /// On Fluxer, while the commands are typed in a Discord server that is linked to it.
    Linked,
}

impl Shape {
    /// Every shape, in the order of the switch.
    pub(super) const ALL: [Self; 3] = [Self::Fluxer, Self::Discord, Self::Linked];

    /// The word that stands for this shape in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Fluxer => "fluxer",
            Self::Discord => "discord",
            Self::Linked => "linked",
        }
    }

    /// What it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Fluxer => "Fluxer",
            Self::Discord => "Discord",
            Self::Linked => "Discord, linked to Fluxer",
        }
    }

    /// Where commands are typed, and so whose signed route they take.
    pub(super) const fn face(self) -> PlatformName {
        match self {
            Self::Fluxer => PlatformName::Fluxer,
            Self::Discord | Self::Linked => PlatformName::Discord,
        }
    }

    /// The guild where commands are typed.
    pub(super) fn guild(self) -> GuildRef {
        let id = match self {
            Self::Fluxer | Self::Discord => Community::SAMPLE_ID,
            Self::Linked => LINKED_ID,
        };
        GuildRef {
            platform: self.face(),
            id: GuildId::new(id).expect("the sample's ids are not zero"),
        }
    }

    /// Name of the guild where commands are typed.
    pub(super) const fn guild_name(self) -> &'static str {
        match self {
            Self::Fluxer | Self::Discord => "Paper Kite Society",
            Self::Linked => "Paper Kite Society on Discord",
        }
    }

    /// What stands before a code in a link into the sample community.
    pub(super) fn link_base(self, sample: &SamplePlatform) -> String {
        match self {
            Self::Fluxer | Self::Linked => format!("{}/invite", sample.domain()),
            Self::Discord => "https://discord.gg".to_owned(),
        }
    }
}
