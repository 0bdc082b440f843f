//! What can go wrong, in terms that a moderator can act on. Safe to show; says nothing technical.

use jiff::SignedDuration;

use crate::{
    options::ParseError,
    place::{GuildRef, PlatformName},
    platform::{PlatformError, PlatformErrorKind},
    rights::Right,
};

/// Why there is no answer to what was asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// Used outside a guild.
    NotInGuild,
    /// The bot was not added to the guild where it is used.
    BotNotInstalled {
        /// Where it is used.
        platform: PlatformName,
    },
    /// The bot lacks the permission to see invites.
    BotLacksRight {
        /// Where.
        platform: PlatformName,
    },
    /// The bot lacks a permission that this takes.
    BotMayNot {
        /// Where.
        platform: PlatformName,
        /// Which.
        right: Right,
    },
    /// The member may read, but not act.
    MemberMayNotAct {
        /// Where.
        platform: PlatformName,
    },
    /// The member may not do this.
    MemberLacksRight {
        /// Where.
        platform: PlatformName,
    },
    /// The words are no command.
    Words(ParseError),
    /// Another command than `/invites`.
    UnknownCommand {
        /// Its name, as sent.
        name: String,
    },
    /// The words of somebody who may not look.
    MemberMayNotRead {
        /// Where.
        platform: PlatformName,
    },
    /// Somebody else was asked whether it is meant.
    AskedByAnother,
    /// It was asked too long ago whether it is meant.
    AskedLongAgo,
    /// Too many commands by one person.
    TooFast,
    /// A form's field does not hold a page.
    NotAPage,
    /// Nobody who made an invite has this name.
    NoSuchCreator {
        /// What was typed.
        given: String,
    },
    /// No invite leads into a channel of this name.
    NoSuchChannel {
        /// What was typed.
        given: String,
    },
    /// The guild has no such channel, or none that an invite can lead into.
    NoChannelToInviteTo {
        /// What was typed.
        given: String,
    },
    /// The name fits several creators or channels.
    Ambiguous {
        /// What was typed.
        given: String,
        /// Some of those that it fits.
        candidates: Vec<Candidate>,
        /// How many more it fits.
        more: usize,
    },
    /// A search that everyone would see names a code.
    SearchTellsCode,
    /// The code is not among the guild's invites.
    NoSuchInvite,
    /// The invite gives more than another one can be made to give.
    NotRotatable,
    /// The platform hides how the invite is set, so no other can be made like it.
    SettingsHidden,
    /// An invite cannot live as long as that.
    ExpiresTooLate {
        /// Where.
        platform: PlatformName,
        /// How long it can.
        longest: SignedDuration,
    },
    /// Joining cannot be paused for as long as that.
    PauseTooLong {
        /// Where.
        platform: PlatformName,
        /// How long it can.
        longest: SignedDuration,
    },
    /// Joining cannot be paused for a time.
    PauseTakesNoEnd {
        /// Where.
        platform: PlatformName,
    },
    /// The run that was to be cancelled is not under way here.
    NoSuchRun,
    /// What was sent cannot be read.
    Unreadable,
    /// The platform that holds the invites did not give them.
    Platform {
        /// What happened there.
        platform: PlatformName,
        /// As far as one can act on it.
        kind: PlatformErrorKind,
        /// Where the command was used.
        here: GuildRef,
    },
    /// Whether an invite was made is not known.
    MayBeMade {
        /// Where.
        platform: PlatformName,
    },
    /// Whether it was done is not known: it was cut short, or broke.
    Interrupted,
    /// More is being worked on at this moment than we can bear.
    Busy,
    /// The bot is being stopped.
    Stopping,
    /// A fault of our own.
    Internal,
}

/// Somebody or something that a name fits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// As people know it.
    pub name: String,
    /// What to type for this one and no other.
    pub id: String,
}

/// How a failure is logged: whose move it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Severity {
    /// The person who asked can put it right.
    Info,
    /// It passes, or somebody outside has to act.
    Warn,
    /// Something is wrong that the operator or a developer should see.
    Error,
}

impl Failure {
    /// A platform's error, for the moderator who asked in `here`.
    pub fn of_platform(error: &PlatformError, here: GuildRef) -> Self {
        // The platform has nothing to do with it.
        if error.kind == PlatformErrorKind::Crowded {
            return Self::Busy;
        }
        Self::Platform {
            platform: error.platform,
            kind: error.kind,
            here,
        }
    }

    /// Every word of [`outcome`](Self::outcome), so that each can be counted before it comes up.
    pub const OUTCOMES: [&'static str; 44] = [
        "not_in_guild",
        "bot_not_installed",
        "bot_lacks_right",
        "bot_may_not",
        "member_may_not_act",
        "member_lacks_right",
        "wrong_words",
        "member_may_not_read",
        "asked_by_another",
        "asked_long_ago",
        "too_fast",
        "unknown_command",
        "not_a_page",
        "no_such_creator",
        "no_such_channel",
        "no_channel_to_invite_to",
        "ambiguous_name",
        "search_tells_code",
        "no_such_invite",
        "not_rotatable",
        "settings_hidden",
        "expires_too_late",
        "pause_too_long",
        "pause_takes_no_end",
        "no_such_run",
        "unreadable",
        "no_token",
        "token_refused",
        "missing_permission",
        "unknown_guild",
        "unknown_channel",
        "too_many_invites",
        "rate_limited",
        "platform_refused",
        "platform_broken",
        "platform_timed_out",
        "platform_unreachable",
        "platform_unreadable",
        "platform_resting",
        "may_be_made",
        "interrupted",
        "busy",
        "stopping",
        "internal",
    ];

    /// A short constant word for logs.
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::NotInGuild => "not_in_guild",
            Self::BotNotInstalled { .. } => "bot_not_installed",
            Self::BotLacksRight { .. } => "bot_lacks_right",
            Self::BotMayNot { .. } => "bot_may_not",
            Self::MemberMayNotAct { .. } => "member_may_not_act",
            Self::MemberLacksRight { .. } => "member_lacks_right",
            Self::Words(_) => "wrong_words",
            Self::MemberMayNotRead { .. } => "member_may_not_read",
            Self::AskedByAnother => "asked_by_another",
            Self::AskedLongAgo => "asked_long_ago",
            Self::TooFast => "too_fast",
            Self::UnknownCommand { .. } => "unknown_command",
            Self::NotAPage => "not_a_page",
            Self::NoSuchCreator { .. } => "no_such_creator",
            Self::NoSuchChannel { .. } => "no_such_channel",
            Self::NoChannelToInviteTo { .. } => "no_channel_to_invite_to",
            Self::Ambiguous { .. } => "ambiguous_name",
            Self::SearchTellsCode => "search_tells_code",
            Self::NoSuchInvite => "no_such_invite",
            Self::NotRotatable => "not_rotatable",
            Self::SettingsHidden => "settings_hidden",
            Self::ExpiresTooLate { .. } => "expires_too_late",
            Self::PauseTooLong { .. } => "pause_too_long",
            Self::PauseTakesNoEnd { .. } => "pause_takes_no_end",
            Self::NoSuchRun => "no_such_run",
            Self::Unreadable => "unreadable",
            Self::Platform { kind, .. } => match kind {
                PlatformErrorKind::NoToken => "no_token",
                PlatformErrorKind::TokenRefused => "token_refused",
                PlatformErrorKind::MissingPermission => "missing_permission",
                PlatformErrorKind::UnknownGuild => "unknown_guild",
                PlatformErrorKind::UnknownChannel => "unknown_channel",
                PlatformErrorKind::TooManyInvites => "too_many_invites",
                PlatformErrorKind::RateLimited { .. } => "rate_limited",
                PlatformErrorKind::Refused => "platform_refused",
                PlatformErrorKind::Broken => "platform_broken",
                PlatformErrorKind::TimedOut => "platform_timed_out",
                PlatformErrorKind::Unreachable => "platform_unreachable",
                PlatformErrorKind::Unreadable => "platform_unreadable",
                PlatformErrorKind::Resting { .. } => "platform_resting",
                PlatformErrorKind::Crowded => Self::Busy.outcome(),
            },
            Self::MayBeMade { .. } => "may_be_made",
            Self::Interrupted => "interrupted",
            Self::Busy => "busy",
            Self::Stopping => "stopping",
            Self::Internal => "internal",
        }
    }

    /// How it is logged.
    pub const fn severity(&self) -> Severity {
        match self {
            Self::NotInGuild
            | Self::BotNotInstalled { .. }
            | Self::BotLacksRight { .. }
            | Self::BotMayNot { .. }
            | Self::MemberMayNotAct { .. }
            | Self::MemberLacksRight { .. }
            | Self::MemberMayNotRead { .. }
            | Self::AskedByAnother
            | Self::AskedLongAgo
            | Self::TooFast
            | Self::NotRotatable
            | Self::SettingsHidden
            | Self::ExpiresTooLate { .. }
            | Self::PauseTooLong { .. }
            | Self::PauseTakesNoEnd { .. }
            | Self::NoSuchRun
            | Self::NotAPage
            | Self::NoSuchCreator { .. }
            | Self::NoSuchChannel { .. }
            | Self::NoChannelToInviteTo { .. }
            | Self::Ambiguous { .. }
            | Self::SearchTellsCode
            | Self::NoSuchInvite => Severity::Info,
            Self::Words(error) => match error {
                // The picker offers only what is registered: these are ours to mend.
                ParseError::UnknownCommand { .. } | ParseError::UnknownOption { .. } => {
                    Severity::Error
                }
                ParseError::WrongValue { .. }
                | ParseError::Missing { .. }
                | ParseError::UnknownWord { .. }
                | ParseError::UnknownReply { .. } => Severity::Info,
            },
            Self::UnknownCommand { .. } | Self::Unreadable | Self::Internal => Severity::Error,
            Self::Platform { kind, .. } => match kind {
                PlatformErrorKind::UnknownGuild
                | PlatformErrorKind::UnknownChannel
                | PlatformErrorKind::TooManyInvites => Severity::Info,
                PlatformErrorKind::NoToken
                | PlatformErrorKind::MissingPermission
                | PlatformErrorKind::RateLimited { .. }
                | PlatformErrorKind::Broken
                | PlatformErrorKind::TimedOut
                | PlatformErrorKind::Unreachable
                | PlatformErrorKind::Resting { .. }
                | PlatformErrorKind::Crowded => Severity::Warn,
                PlatformErrorKind::TokenRefused
                | PlatformErrorKind::Refused
                | PlatformErrorKind::Unreadable => Severity::Error,
            },
            Self::MayBeMade { .. } | Self::Interrupted | Self::Busy | Self::Stopping => {
                Severity::Warn
            }
        }
    }

    /// Whether the same press may work later, once it has passed or somebody has mended it.
    pub const fn may_be_tried_again(&self) -> bool {
        match self {
            Self::Platform { kind, .. } => !matches!(
                kind,
                PlatformErrorKind::NoToken
                    | PlatformErrorKind::UnknownGuild
                    | PlatformErrorKind::UnknownChannel
                    | PlatformErrorKind::TooManyInvites
            ),
            Self::BotMayNot { .. } | Self::Busy | Self::Stopping | Self::Internal => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands behind an arrow in [`Failure::outcome`].
    fn words_in_the_source() -> Vec<&'static str> {
        let source = include_str!("failure.rs");
        let (_, from) = source.split_once("pub const fn outcome").unwrap();
        let (body, _) = from.split_once("pub const fn severity").unwrap();
        let arms = body.split("=> \"").skip(1);
        arms.map(|arm| arm.split('"').next().unwrap()).collect()
    }

    #[test]
    fn every_outcome_is_listed() {
        assert_eq!(words_in_the_source(), Failure::OUTCOMES);
    }
}
