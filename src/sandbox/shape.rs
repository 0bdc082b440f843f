//! Where the sample community lives, and how what is asked there comes in.

use gatehouse_commands::{GuildId, GuildRef, PlatformName};

use super::{
    client::{CHANNEL_ID, CHANNEL_NAME},
    platform::{Community, SamplePlatform},
};

/// A made-up Discord server without invites of its own: it is linked to the sample community.
const LINKED_ID: u64 = 1_510_000_000_000_000_002;

/// The sample's channel for everybody.
const GENERAL: (u64, &str) = (1_510_000_000_000_000_101, "general");

/// A way in which the sample community can be set up.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Shape {
    /// On Fluxer, with commands that are signed in Fluxer's name.
    #[default]
    Fluxer,
    /// On Fluxer as it is today: there are no commands, and messages are read instead.
    Messages,
    /// On Discord.
    Discord,
    /// On Fluxer, while the commands are typed in a Discord server that is linked to it.
    Linked,
}

impl Shape {
    /// Every shape, in the order of the switch.
    pub(super) const ALL: [Self; 4] = [Self::Fluxer, Self::Messages, Self::Discord, Self::Linked];

    /// The word that stands for this shape in a form.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Fluxer => "fluxer",
            Self::Messages => "messages",
            Self::Discord => "discord",
            Self::Linked => "linked",
        }
    }

    /// What it is, as the switch says it.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Fluxer => "Fluxer, by slash commands",
            Self::Messages => "Fluxer, by messages (today)",
            Self::Discord => "Discord",
            Self::Linked => "Discord, linked to Fluxer",
        }
    }

    /// Whether there are commands, which come in signed; else what is asked is an ordinary message,
    /// and comes over the gateway.
    pub(super) const fn has_commands(self) -> bool {
        !matches!(self, Self::Messages)
    }

    /// The channel where everything takes place: its id and its name.
    pub(super) const fn channel(self) -> (u64, &'static str) {
        match self {
            Self::Messages => GENERAL,
            Self::Fluxer | Self::Discord | Self::Linked => (CHANNEL_ID, CHANNEL_NAME),
        }
    }

    /// Where commands are typed, and so whose signed route they take.
    pub(super) const fn face(self) -> PlatformName {
        match self {
            Self::Fluxer | Self::Messages => PlatformName::Fluxer,
            Self::Discord | Self::Linked => PlatformName::Discord,
        }
    }

    /// The guild where commands are typed.
    pub(super) fn guild(self) -> GuildRef {
        let id = match self {
            Self::Fluxer | Self::Messages | Self::Discord => Community::SAMPLE_ID,
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
            Self::Fluxer | Self::Messages | Self::Discord => "Paper Kite Society",
            Self::Linked => "Paper Kite Society on Discord",
        }
    }

    /// What stands before a code in a link into the sample community.
    pub(super) fn link_base(self, sample: &SamplePlatform) -> String {
        match self {
            Self::Fluxer | Self::Messages | Self::Linked => format!("{}/invite", sample.domain()),
            Self::Discord => "https://discord.gg".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn messages_are_read_in_a_channel_of_the_sample() {
        let (id, name) = Shape::Messages.channel();
        let community = Community::sample(Timestamp::UNIX_EPOCH);
        let mut channels = community.channels.iter();
        assert!(channels.any(|channel| channel.id == id && channel.name == name));
    }
}
