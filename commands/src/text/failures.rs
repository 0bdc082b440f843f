//! What went wrong, in words: what happened, whose fault it is, what to do. No status codes, no
//! internals.

use jiff::SignedDuration;

use crate::{
    failure::{Candidate, Failure},
    options::ParseError,
    phrase::{Phrase, joined, length},
    place::{GuildRef, PlatformName},
    platform::PlatformErrorKind,
    rights::Right,
    tree::{self, CommandOption, Name, OptionKind, ROOT},
};

/// What happened, and what to do about it.
type Said = (Phrase, Phrase);

/// What a failure is told as.
pub(crate) fn failure(failure: &Failure) -> Said {
    match failure {
        Failure::NotInGuild => not_in_guild(),
        Failure::BotNotInstalled { platform } => bot_not_installed(*platform),
        Failure::BotLacksRight { platform } => bot_lacks_right(*platform),
        Failure::BotMayNot { platform, right } => bot_may_not(*platform, *right),
        Failure::MemberMayNotAct { platform } => member_may_not_act(*platform),
        Failure::MemberLacksRight { platform } => member_lacks_right(*platform),
        Failure::MemberMayNotRead { platform } => member_may_not_read(*platform),
        Failure::AskedByAnother => (
            "This is for whoever asked".into(),
            Phrase::from("Nothing was changed. To do it yourself, ask for it yourself: ")
                .command("")
                .text("."),
        ),
        Failure::AskedLongAgo => (
            "That was asked more than five minutes ago".into(),
            Phrase::from("Nothing was changed. Reply ")
                .code("refresh")
                .text(" to look at it again, or ask for it once more."),
        ),
        Failure::TooFast => (
            "That is more than I can answer at once".into(),
            "Wait a few seconds; until then I stay silent.".into(),
        ),
        Failure::Words(error) => words(error),
        Failure::UnknownCommand { name } => foreign_command(name),
        Failure::NotAPage => not_a_page(),
        Failure::NoSuchCreator { given } => no_such_creator(given),
        Failure::NoSuchChannel { given } => no_such_channel(given),
        Failure::NoChannelToInviteTo { given } => no_channel_to_invite_to(given),
        Failure::Ambiguous {
            given,
            candidates,
            more,
        } => ambiguous(given, candidates, *more),
        Failure::SearchTellsCode => search_tells_code(),
        Failure::NoSuchInvite => no_such_invite(),
        Failure::NotRotatable => not_rotatable(),
        Failure::SettingsHidden => settings_hidden(),
        Failure::ExpiresTooLate { platform, longest } => expires_too_late(*platform, *longest),
        Failure::PauseTooLong { platform, longest } => pause_too_long(*platform, *longest),
        Failure::PauseTakesNoEnd { platform } => pause_takes_no_end(*platform),
        Failure::NoSuchRun => no_such_run(),
        Failure::Unreadable => unreadable(),
        Failure::Platform {
            platform,
            kind,
            here,
        } => platform_failure(*platform, *kind, *here),
        Failure::MayBeMade { platform } => (
            format!("{platform} did not say whether it made the invite").into(),
            Phrase::from("Look before you try again, or there may be two of them: ")
                .command(Name::List.spec().name)
                .text("."),
        ),
        Failure::Interrupted => (
            "This was cut short".into(),
            Phrase::from("It may have been done, or done in part. Look before you try again: ")
                .command(Name::List.spec().name)
                .text("."),
        ),
        Failure::Busy => busy(),
        Failure::Stopping => (
            "The bot is being restarted".into(),
            "Nothing was changed. Try again in a minute.".into(),
        ),
        Failure::Internal => (
            "Something went wrong inside the bot".into(),
            "This is not your fault, and nothing was changed. Try again; if it stays, tell the \
             person who hosts the bot."
                .into(),
        ),
    }
}

fn busy() -> Said {
    (
        "The bot is busy right now".into(),
        "It is being asked for more than it can do at once. Nothing was changed. Try again in a \
         few seconds."
            .into(),
    )
}

fn not_in_guild() -> Said {
    (
        "This works only in a server".into(),
        Phrase::from("Use ")
            .command("")
            .text(" in a channel of the community whose invites you want to see."),
    )
}

fn bot_not_installed(platform: PlatformName) -> Said {
    (
        "The bot is not a member here".into(),
        Phrase::from("It can see invites only where it was added. Someone with ")
            .strong(platform.manage_permission())
            .text(" can add it to this server, then try again."),
    )
}

fn bot_lacks_right(platform: PlatformName) -> Said {
    (
        "The bot may not see the invites".into(),
        Phrase::from("It lacks ")
            .strong(platform.manage_permission())
            .text(". ")
            .then(where_to_grant(platform))
            .text(" Then try again."),
    )
}

fn bot_may_not(platform: PlatformName, right: Right) -> Said {
    let title = match right {
        Right::ManageGuild => "The bot may not change invites",
        Right::CreateInvite => "The bot may not make invites",
        Right::ReadHistory => "The bot may not read its own messages here",
    };
    let name = right.name(platform);
    (
        title.into(),
        Phrase::from("It lacks ")
            .strong(name)
            .text(". ")
            .then(grant(platform, name))
            .text(" Then try again."),
    )
}

fn member_may_not_act(platform: PlatformName) -> Said {
    (
        "This takes a moderator".into(),
        Phrase::from("To change something you need ")
            .strong(platform.manage_permission())
            .text(
                ", or a role that the person who hosts the bot has named. Nothing was changed. \
                 Someone with that right can do it; to look at invites you need less: ",
            )
            .command(Name::List.spec().name)
            .text("."),
    )
}

fn not_rotatable() -> Said {
    (
        "This invite gives more than another can be made to give".into(),
        Phrase::from(
            "It gives roles, lets in guests, or leads to an event, a stream or an activity, which \
             the bot cannot set. Nothing was changed. Make a new one by hand, then end this one \
             with ",
        )
        .command(Name::Revoke.spec().name)
        .text("."),
    )
}

fn settings_hidden() -> Said {
    (
        "How this invite is set is hidden from the bot".into(),
        Phrase::from("So no other can be made like it. Make one with the settings you want: ")
            .command(Name::Create.spec().example),
    )
}

fn expires_too_late(platform: PlatformName, longest: SignedDuration) -> Said {
    (
        format!(
            "{platform} lets an invite live for {} at most",
            length(longest)
        )
        .into(),
        Phrase::from("Nothing was made. Take a shorter time, or ")
            .code("expires:never")
            .text(" for one without end."),
    )
}

fn pause_too_long(platform: PlatformName, longest: SignedDuration) -> Said {
    (
        format!(
            "{platform} pauses joining for {} hours at most",
            longest.as_hours()
        )
        .into(),
        Phrase::from("Nothing was changed. Take a shorter time, or leave ")
            .code("for")
            .text(" out for the longest; you can pause again when it ends."),
    )
}

fn pause_takes_no_end(platform: PlatformName) -> Said {
    (
        format!("{platform} cannot pause joining for a time").into(),
        Phrase::from(
            "There a pause lasts until somebody ends it, and a bot that was restarted in between \
             could not keep a promise to do so. Nothing was changed. Use ",
        )
        .command("pause")
        .text(" without ")
        .code("for")
        .text(", and ")
        .command("resume")
        .text(" when it is over."),
    )
}

fn no_such_run() -> Said {
    (
        "This is not under way here any more".into(),
        "It has ended, or the bot was restarted since. What was revoked stays revoked. If the message \
         goes on changing, another copy of the bot is at it: press again."
            .into(),
    )
}

fn member_lacks_right(platform: PlatformName) -> Said {
    (
        "This takes a moderator".into(),
        Phrase::from("You need ")
            .strong(platform.manage_permission())
            .text(
                ", or a role that the person who hosts the bot has named, to use a message that \
                 everyone here can see. You can ask for a reply of your own with ",
            )
            .command(Name::List.spec().name)
            .text(", if this server lets you."),
    )
}

fn member_may_not_read(platform: PlatformName) -> Said {
    (
        "This takes a moderator".into(),
        Phrase::from("To look at invites here you need ")
            .strong(platform.manage_permission())
            .text(", or a role that the person who hosts the bot has named."),
    )
}

fn foreign_command(name: &str) -> Said {
    (
        "I do not know this command".into(),
        Phrase::from("There is no “")
            .name(name)
            .text(
                "” here; it may come from an older or a newer version of the bot. What there is: ",
            )
            .command(Name::Help.spec().name)
            .text("."),
    )
}

fn not_a_page() -> Said {
    (
        "That is no page number".into(),
        Phrase::from("Write a whole number, for example ")
            .code(tree::PAGE.example)
            .text("."),
    )
}

fn no_such_creator(given: &str) -> Said {
    (
        "Nobody by that name made an invite".into(),
        Phrase::from("No creator's name contains “")
            .name(given)
            .text("”. Start typing in ")
            .code(tree::BY.name)
            .text(" and pick a suggestion, or leave it out."),
    )
}

fn no_such_channel(given: &str) -> Said {
    (
        "No invite leads into such a channel".into(),
        Phrase::from("No channel with invites contains “")
            .name(given)
            .text("”. Start typing in ")
            .code(tree::CHANNEL.name)
            .text(" and pick a suggestion, or leave it out."),
    )
}

fn no_channel_to_invite_to(given: &str) -> Said {
    (
        "There is no such channel".into(),
        Phrase::from(
            "No channel that an invite can lead into, and that the bot can see, is called “",
        )
        .name(given)
        .text("”. Start typing in ")
        .code(tree::CHANNEL.name)
        .text(" and pick a suggestion."),
    )
}

fn ambiguous(given: &str, candidates: &[Candidate], more: usize) -> Said {
    let candidate = |candidate: &Candidate| {
        Phrase::new()
            .name(&candidate.name)
            .text(" ")
            .code(candidate.id.clone())
    };
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (
        "Which one do you mean?".into(),
        Phrase::from("“")
            .name(given)
            .text("” fits several: ")
            .then(joined(candidates.iter().map(candidate), ", "))
            .text(more)
            .text(". Type the number behind the one you mean, or pick a suggestion."),
    )
}

fn search_tells_code() -> Said {
    (
        "A shared list cannot be searched by code".into(),
        "Everyone here would read the code, and a code lets its holder in. Search without share, \
         or for something else."
            .into(),
    )
}

fn no_such_invite() -> Said {
    (
        "There is no such invite here".into(),
        Phrase::from(
            "It may have ended, been used up or been revoked, or it leads into another community. \
             See what there is with ",
        )
        .command(Name::List.spec().name)
        .text("."),
    )
}

fn unreadable() -> Said {
    (
        "I could not read that".into(),
        Phrase::from("What arrived was not something this version of the bot understands. Try ")
            .command(Name::List.spec().name)
            .text(" or ")
            .command(Name::Help.spec().name)
            .text("."),
    )
}

fn words(error: &ParseError) -> Said {
    match error {
        ParseError::UnknownCommand { given } => (
            "I do not know this command".into(),
            unknown_command(given)
                .text(" What there is: ")
                .then(joined(Name::ALL.map(typed), ", "))
                .text("."),
        ),
        ParseError::UnknownOption { command, given } => (
            "I do not know this option".into(),
            Phrase::new()
                .command(command.name)
                .text(" has no option “")
                .name(given)
                .text("”. It has: ")
                .then(joined(
                    command
                        .options
                        .iter()
                        .map(|option| Phrase::new().code(option.name)),
                    ", ",
                ))
                .text(
                    ". If the picker offered it, the bot was updated: restart your app and try \
                     again.",
                ),
        ),
        ParseError::WrongValue { option } => (
            Phrase::from(format!("“{}” does not take that", option.name)),
            Phrase::from(format!("It takes {}, for example ", takes(option)))
                .code(format!("{}:{}", option.name, option.example))
                .text("."),
        ),
        ParseError::Missing { option } => (
            Phrase::from(format!("“{}” is missing", option.name)),
            Phrase::from(format!("It takes {}, for example ", takes(option)))
                .code(format!("{}:{}", option.name, option.example))
                .text("."),
        ),
        ParseError::UnknownWord {
            given,
            nearest,
            example,
        } => (
            "I do not know this word".into(),
            match nearest {
                Some(nearest) => Phrase::from("Instead of “")
                    .name(given)
                    .text("”, did you mean ")
                    .code(*nearest)
                    .text("? For example: "),
                None => Phrase::from("“")
                    .name(given)
                    .text("” means nothing here. For example: "),
            }
            .command(*example),
        ),
        ParseError::UnknownReply {
            given,
            nearest,
            ways,
        } => (
            "I do not know this word".into(),
            match nearest {
                Some(nearest) => Phrase::from("Instead of “")
                    .name(given)
                    .text("”, did you mean ")
                    .code(nearest.as_str())
                    .text("? "),
                None => Phrase::from("“").name(given).text("” means nothing here. "),
            }
            .text("What can be said to this message: ")
            .then(joined(
                ways.iter().map(|way| Phrase::new().code(way.as_str())),
                ", ",
            ))
            .text("."),
        ),
    }
}

fn typed(name: Name) -> Phrase {
    Phrase::new().command(name.spec().name)
}

fn unknown_command(given: &str) -> Phrase {
    if given.is_empty() {
        return Phrase::new().command("").text(" alone does nothing.");
    }
    Phrase::from(format!("There is no “/{ROOT} "))
        .name(given)
        .text("”.")
}

/// What an option takes, in words.
pub(crate) fn takes(option: &CommandOption) -> String {
    match option.kind {
        OptionKind::Text { .. } if option.name == tree::CODE.name => {
            "an invite's code, of letters, digits and dashes, or a link that ends in one".to_owned()
        }
        OptionKind::Text { max_chars } | OptionKind::Words { max_chars } => {
            format!("one text of at most {max_chars} characters")
        }
        OptionKind::Duration => {
            "a length of time in minutes, hours, days or weeks (30m, 12h, 30d, 2w)".to_owned()
        }
        OptionKind::Whole { min, max } => format!("a whole number from {min} to {max}"),
        OptionKind::Flag => "true or false".to_owned(),
        OptionKind::Choice(choices) => {
            let values: Vec<&str> = choices().iter().map(|choice| choice.value).collect();
            format!("one of {}", values.join(", "))
        }
    }
}

fn platform_failure(platform: PlatformName, kind: PlatformErrorKind, here: GuildRef) -> Said {
    let operator = "the person who hosts this bot";
    match kind {
        PlatformErrorKind::NoToken => no_token(platform, here),
        PlatformErrorKind::TokenRefused => (
            format!("{platform} does not accept the bot's token").into(),
            Phrase::from(format!(
                "This does not pass by itself: {operator} has to set a new "
            ))
            .code(platform.token_variable())
            .text(" and restart it."),
        ),
        PlatformErrorKind::MissingPermission => (
            format!("{platform} does not let the bot see the invites").into(),
            Phrase::from(format!(
                "On {platform} the bot is not a member of this community, or it lacks "
            ))
            .strong(platform.manage_permission())
            .text(". ")
            .then(where_to_grant(platform))
            .text(" Then try again."),
        ),
        PlatformErrorKind::UnknownGuild => (
            format!("{platform} does not know this community").into(),
            Phrase::from(format!(
                "It was deleted, or this server is linked to a community that does not exist: \
                 {operator} can look at "
            ))
            .code("GATEHOUSE_LINKS")
            .text("."),
        ),
        PlatformErrorKind::UnknownChannel => (
            format!("{platform} does not show the bot this channel").into(),
            "It was deleted, or the bot may not see it. Take another one, or let the bot see it."
                .into(),
        ),
        PlatformErrorKind::TooManyInvites => (
            format!("{platform} takes no more invites here").into(),
            Phrase::from(format!(
                "A community can have {}. Make room first: ",
                platform.invites_max()
            ))
            .command(Name::Clean.spec().name)
            .text(" shows what nobody uses."),
        ),
        PlatformErrorKind::RateLimited { retry_after } => (
            format!("{platform} asks the bot to slow down").into(),
            Phrase::from("Nothing is wrong with your command. ").text(try_again_in(retry_after)),
        ),
        PlatformErrorKind::Refused => (
            format!("{platform} refused the bot's request").into(),
            Phrase::from(format!(
                "This is not your fault. If it stays, tell {operator}."
            )),
        ),
        PlatformErrorKind::Broken => (
            format!("{platform} has a problem of its own").into(),
            Phrase::from(format!(
                "The fault is {platform}'s and mostly passes within minutes. "
            ))
            .text(try_again_in(None)),
        ),
        PlatformErrorKind::TimedOut => (
            format!("{platform} took too long to answer").into(),
            Phrase::from(format!("The fault is {platform}'s and mostly passes. "))
                .text(try_again_in(None)),
        ),
        PlatformErrorKind::Unreachable => (
            format!("{platform} cannot be reached").into(),
            Phrase::from(format!(
                "It is down, or the bot's connection to it is. Try again in a minute; if it \
                 stays, tell {operator}."
            )),
        ),
        PlatformErrorKind::Unreadable => (
            format!("{platform} gave an answer that makes no sense").into(),
            Phrase::from(format!(
                "The fault is {platform}'s, or the bot is too old for it. Try again in a minute; \
                 if it stays, tell {operator}."
            )),
        ),
        PlatformErrorKind::Resting { retry_after } => (
            format!("{platform} is not answering properly").into(),
            Phrase::from(
                "It failed several times in a row, so the bot leaves it alone for a while. ",
            )
            .text(try_again_in(Some(retry_after))),
        ),
        PlatformErrorKind::Crowded => busy(),
    }
}

fn no_token(platform: PlatformName, here: GuildRef) -> Said {
    let other = match platform {
        PlatformName::Discord => PlatformName::Fluxer,
        PlatformName::Fluxer => PlatformName::Discord,
    };
    (
        "The bot is not set up for this server yet".into(),
        Phrase::from("The person who hosts this bot has two ways: set ")
            .code(platform.token_variable())
            .text(format!(" to show this server's own {platform} invites, or link it to a community on {other} with "))
            .code(format!("GATEHOUSE_LINKS={here}={}:<id>", other.key()))
            .text(" and "  )
            .code(other.token_variable())
            .text(". Then restart the bot."),
    )
}

fn try_again_in(retry_after: Option<SignedDuration>) -> String {
    match retry_after {
        None => "Try again in a minute.".to_owned(),
        // Rounded up: a moment too late works, one too early does not.
        Some(wait) => {
            let partial = i64::from(wait.subsec_nanos() > 0);
            let seconds = wait.as_secs().max(0).saturating_add(partial).max(1);
            let shown = if seconds > 60 {
                seconds.saturating_add(59)
            } else {
                seconds
            };
            format!("Try again in {}.", length(SignedDuration::from_secs(shown)))
        }
    }
}

/// Why a platform did not do something, as part of a sentence.
pub(crate) fn short_cause(platform: PlatformName, kind: PlatformErrorKind) -> String {
    match kind {
        PlatformErrorKind::NoToken => format!("no token is set for {platform}"),
        PlatformErrorKind::TokenRefused => format!("{platform} does not accept the bot's token"),
        PlatformErrorKind::MissingPermission => {
            format!("the bot lacks {}", platform.manage_permission())
        }
        PlatformErrorKind::UnknownGuild => format!("{platform} does not know this community"),
        PlatformErrorKind::UnknownChannel => format!("{platform} does not know this channel"),
        PlatformErrorKind::TooManyInvites => format!("{platform} takes no more invites here"),
        PlatformErrorKind::RateLimited { .. } => format!("{platform} asks the bot to slow down"),
        PlatformErrorKind::Refused => format!("{platform} refused it"),
        PlatformErrorKind::Broken => format!("{platform} has a problem of its own"),
        PlatformErrorKind::TimedOut => format!("{platform} took too long to answer"),
        PlatformErrorKind::Unreachable => format!("{platform} could not be reached"),
        PlatformErrorKind::Unreadable => {
            format!("{platform} gave an answer that makes no sense")
        }
        PlatformErrorKind::Resting { .. } => format!("{platform} is not answering properly"),
        PlatformErrorKind::Crowded => "the bot is too busy".to_owned(),
    }
}

/// Where a moderator gives the bot the permission to see and to change invites.
pub(crate) fn where_to_grant(platform: PlatformName) -> Phrase {
    grant(platform, platform.manage_permission())
}

const fn roles_page(platform: PlatformName) -> &'static str {
    match platform {
        PlatformName::Discord => "Server Settings → Roles",
        PlatformName::Fluxer => "Community Settings → Roles",
    }
}

/// Where a member is given the permission to act on invites.
pub(crate) fn where_to_grant_a_member(platform: PlatformName) -> Phrase {
    let permission = platform.manage_permission();
    Phrase::new()
        .strong(roles_page(platform))
        .text(format!(" → a role of yours → {permission}."))
}

/// Where a moderator gives the bot this permission.
pub(crate) fn grant(platform: PlatformName, permission: &str) -> Phrase {
    let place = roles_page(platform);
    Phrase::from("Grant it under ")
        .strong(place)
        .text(format!(" → the bot's role → {permission}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_told_rounded_up() {
        let told = |millis| try_again_in(Some(SignedDuration::from_millis(millis)));
        assert_eq!(told(0), "Try again in 1 second.");
        assert_eq!(told(141), "Try again in 1 second.");
        assert_eq!(told(2_001), "Try again in 3 seconds.");
        assert_eq!(told(-5_000), "Try again in 1 second.");
        assert_eq!(told(60_000), "Try again in 1 minute.");
        assert_eq!(told(61_000), "Try again in 2 minutes.");
    }
}
