//! `/invites create`: a new invite.
//!
//! ```text
//! /invites create channel [expires] [uses] [temporary] [reason]
//! ```

use std::sync::Arc;

use jiff::SignedDuration;

use crate::{
    duration,
    failure::Failure,
    invite::Channel,
    notice::reason_told,
    options::{Options, ParseError},
    phrase::{Phrase, length},
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, NewInvite, Platform},
    query::View,
    reason::Reason,
    reply::{Content, Notice, Tone},
    show,
    stage::Stage,
    text,
    tree::{self, CommandOption, OptionKind},
    wish,
};

/// How long an invite lives if not told otherwise: what the platforms' own clients offer.
const DEFAULT_AGE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The most uses that an invite can be limited to, on both platforms.
/// See [Discord Docs/Create Channel Invite]; Fluxer's API says the same.
///
/// [Discord Docs/Create Channel Invite]: https://discord.com/developers/docs/resources/channel#create-channel-invite
const USES_MAX: u32 = 100;

pub(crate) const NEVER: &str = "never";

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "create",
    description: "Make a new invite into a channel",
    options: &[CHANNEL, EXPIRES, USES, TEMPORARY, tree::REASON],
    example: "create channel:#welcome expires:7d uses:10",
};

pub(crate) const CHANNEL: CommandOption = CommandOption {
    name: tree::CHANNEL.name,
    description: "The channel that it leads into",
    required: true,
    ..tree::CHANNEL
};

pub(crate) const EXPIRES: CommandOption = CommandOption {
    name: "expires",
    description: "How long it works: 30m, 12h, 7d, or never; 7 days if left out",
    kind: OptionKind::Duration,
    required: false,
    example: "7d",
};

const USES: CommandOption = CommandOption {
    name: "uses",
    description: "How often it can be used; without limit if left out",
    kind: OptionKind::Whole {
        min: 1,
        max: USES_MAX,
    },
    required: false,
    example: "10",
};

const TEMPORARY: CommandOption = CommandOption {
    name: "temporary",
    description: "Drop members who came by it when they disconnect, unless given a role",
    kind: OptionKind::Flag,
    required: false,
    example: "true",
};

/// A new invite, as a moderator asks for it: the channel may still be a name.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateWish {
    channel: String,
    max_age: Option<SignedDuration>,
    max_uses: Option<u32>,
    temporary: bool,
}

impl CreateWish {
    pub(crate) fn read(options: &Options<'_>) -> Result<Self, ParseError> {
        let option = &CHANNEL;
        let channel = options.text(option.name)?;
        let expires = options.text(EXPIRES.name)?;
        let max_age = match expires {
            None => Some(DEFAULT_AGE),
            Some(text) if text.eq_ignore_ascii_case(NEVER) => None,
            Some(text) => Some(duration::read(text).ok_or(Options::wrong(&EXPIRES))?),
        };
        Ok(Self {
            channel: channel.ok_or(ParseError::Missing { option })?.to_owned(),
            max_age,
            max_uses: options.whole(USES.name)?,
            temporary: options.flag(TEMPORARY.name)?,
        })
    }
}

/// What is made, for whoever has to say first that it is meant.
pub(crate) fn announce(platform: PlatformName, asked: &CreateWish) -> Result<Notice, Failure> {
    let CreateWish {
        channel,
        max_age,
        max_uses,
        temporary,
    } = asked;
    check_age(platform, *max_age)?;
    let age = match max_age {
        Some(age) => format!("It works for {}", length(*age)),
        None => "It never ends".to_owned(),
    };
    let uses = match max_uses {
        Some(1) => " and can be used once.".to_owned(),
        Some(uses) => format!(" and can be used {uses} times."),
        None => " and can be used without limit.".to_owned(),
    };
    let dropped = temporary
        .then(|| "Members who come by it are dropped when they disconnect, unless given a role.");
    Ok(Notice {
        tone: Tone::Plain,
        title: "Make an invite?".into(),
        paragraphs: [Phrase::from("It leads into ").quote(channel).text(".")]
            .into_iter()
            .chain([(age + &uses).into()])
            .chain(dropped.map(Phrase::from))
            .collect(),
    })
}

/// Makes it.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    asked: &CreateWish,
    reason: Option<&str>,
) -> Result<Answer, Problem> {
    let guild = work.place.target;
    check_age(guild.platform, asked.max_age)?;
    let channels = work.platform.channels(guild).await;
    let channels = channels.map_err(|error| work.problem(error))?;
    let known: Vec<&Channel> = channels.iter().collect();
    let unknown = || Failure::NoChannelToInviteTo {
        given: asked.channel.clone(),
    };
    let channel = wish::channel_among(&asked.channel, &known).map_err(|failure| match failure {
        Failure::NoSuchChannel { .. } => unknown(),
        failure => failure,
    })?;
    if !channels.iter().any(|known| known.id == channel) {
        return Err(unknown().into());
    }
    let new = NewInvite {
        channel,
        max_age: asked.max_age,
        max_uses: asked.max_uses,
        temporary: asked.temporary,
    };
    let reason = Reason::new(reason, work.actor);
    let invite = work.platform.create(guild, &new, &reason).await;
    let invite = invite.map_err(|error| work.problem_of_making(error))?;
    // It is made: what else there is to say of it must not make that look like a failure.
    let now = work.stage.now();
    let listing = work.list(Freshness::Now).await;
    let listing = listing.unwrap_or_else(|_| Arc::new(Listing::unknown(now)));
    let (mut content, controls) = show::card(
        &listing,
        &invite,
        &View::default(),
        guild.platform,
        false,
        now,
    );
    if let Content::Card(card) = &mut content {
        card.title = Phrase::from("Made invite ").then(text::code(&invite, false));
        card.notes.extend(reason_told(&reason));
    }
    Ok(Answer {
        controls,
        total: Some(listing.invites.len()),
        ..Answer::new(content)
    })
}

/// The platforms' own limits, checked before they are asked.
fn check_age(platform: PlatformName, max_age: Option<SignedDuration>) -> Result<(), Failure> {
    let longest = platform.invite_age_max();
    match max_age {
        Some(age) if age > longest => Err(Failure::ExpiresTooLate { platform, longest }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn read(options: &[(&str, &str)]) -> Result<CreateWish, ParseError> {
        let words = Words::with("create", options);
        CreateWish::read(&Options::read(&SPEC, &words)?)
    }

    #[test]
    fn what_is_left_out_is_a_week_without_limit() {
        let wish = read(&[("channel", "#welcome")]).unwrap();
        assert_eq!((wish.max_age, wish.max_uses), (Some(DEFAULT_AGE), None));
        let wish = read(&[("channel", "a"), ("expires", "Never")]).unwrap();
        assert_eq!(wish.max_age, None);
    }

    #[test]
    fn uses_are_taken_at_the_limit_and_refused_past_it() {
        for (uses, is_right) in [("1", true), ("100", true), ("0", false), ("101", false)] {
            assert_eq!(
                read(&[("channel", "a"), ("uses", uses)]).is_ok(),
                is_right,
                "{uses}"
            );
        }
    }

    #[test]
    fn a_lifetime_is_taken_at_the_platforms_limit_and_refused_past_it() {
        for platform in PlatformName::ALL {
            let longest = platform.invite_age_max();
            assert_eq!(check_age(platform, None), Ok(()));
            assert_eq!(check_age(platform, Some(longest)), Ok(()));
            let past = longest + SignedDuration::from_mins(1);
            let refused = Failure::ExpiresTooLate { platform, longest };
            assert_eq!(check_age(platform, Some(past)), Err(refused));
        }
    }
}
