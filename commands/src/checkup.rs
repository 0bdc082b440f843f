//! What a checkup found out, before it is put into words.

use jiff::SignedDuration;

use crate::{
    place::{GuildRef, PlatformName},
    platform::PlatformErrorKind,
    rights::Right,
};

/// Everything that was looked at, in the order of the reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkup {
    /// One for each thing that has to be right.
    pub facts: Vec<Fact>,
}

/// One thing that has to be right.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Which version of the program runs.
    Version(String),
    /// Whose invites are shown in a guild.
    Link {
        /// Where commands are used.
        here: GuildRef,
        /// Whose invites they show.
        target: GuildRef,
    },
    /// How long the platform took to answer; or why it did not.
    Reached {
        /// Which platform.
        platform: PlatformName,
        /// From asking to the whole answer.
        answer: Result<SignedDuration, PlatformErrorKind>,
    },
    /// Whose token it is.
    Token {
        /// Which platform.
        platform: PlatformName,
        /// The bot's name there, or why it could not be found out.
        bot: Result<String, PlatformErrorKind>,
    },
    /// How far our clock is ahead of the platform's (negative: behind); `None` when it did not
    /// say.
    Clock {
        /// Which platform.
        platform: PlatformName,
        /// To the second, which is how exactly platforms say it.
        ahead: Option<SignedDuration>,
    },
    /// Whether the bot has a permission where the invites are; `None` when it could not be found
    /// out.
    BotRight {
        /// Where.
        guild: GuildRef,
        /// Which.
        right: Right,
        /// Whether it is granted.
        has: Option<bool>,
    },
    /// Whether the bot's list of invites can be read.
    List {
        /// Where.
        guild: GuildRef,
        /// How many invites there are, or why it could not be read.
        invites: Result<usize, PlatformErrorKind>,
    },
    /// Whether the platform knows our commands as they are now.
    Commands {
        /// Which platform.
        platform: PlatformName,
        /// What it knows.
        known: Known,
    },
    /// The key that requests are verified with.
    Key {
        /// Which platform's.
        platform: PlatformName,
        /// What is known of it.
        key: KeyState,
    },
}

/// Whether the platform knows our commands as they are now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Known {
    /// All of them, as they are.
    Current,
    /// This many differ or are missing.
    Outdated(usize),
    /// Could not be found out.
    Unknown(PlatformErrorKind),
    /// This platform takes no commands from bots yet.
    NotTaken,
}

/// What is known of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyState {
    /// One of ours is the platform's own.
    Matches,
    /// None of ours is the platform's own.
    Differs,
    /// None is set, so no signed requests are taken.
    NotSet,
    /// The platform does not say.
    Unknown,
}
