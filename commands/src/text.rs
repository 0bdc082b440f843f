//! The sentences that a moderator reads, where they are not a command's own.
//!
//! They say what happened and what to do, in plain words: no status codes, no internals.

use jiff::{SignedDuration, Timestamp};

use crate::{
    failure::Failure,
    invite::{Extras, Invite, Inviter, InviterKind, Target, Usage},
    names,
    options::ParseError,
    phrase::{Phrase, joined, length},
    place::{GuildRef, PlatformName},
    platform::{Listing, PlatformErrorKind},
    query::{Filter, Sort, State},
    tree::{Choice, Choices, CommandOption, Name, OptionKind, ROOT},
    wish,
};

/// Below this a list is told to be read just now.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(2);

const BAR_CELLS: u32 = 10;

impl Choices for State {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn choice(self) -> Choice {
        let (value, label) = match self {
            Self::Unused => ("unused", "Unused"),
            Self::Used => ("used", "Used"),
            Self::NeverExpires => ("never-expires", "Never expires"),
            Self::ExpiresSoon => ("expires-soon", "Expires within a day"),
            Self::AlmostUsedUp => ("almost-used-up", "Almost used up"),
            Self::Temporary => ("temporary", "Temporary membership"),
            Self::CreatorUnknown => ("creator-unknown", "Creator unknown"),
        };
        Choice { value, label }
    }
}

impl Choices for Sort {
    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn choice(self) -> Choice {
        let (value, label) = match self {
            Self::Newest => ("newest", "Newest first"),
            Self::Oldest => ("oldest", "Oldest first"),
            Self::MostUsed => ("most-used", "Most used first"),
            Self::LeastUsed => ("least-used", "Least used first"),
            Self::ExpiresFirst => ("expires-first", "Expires first"),
            Self::Creator => ("creator", "By creator"),
            Self::Channel => ("channel", "By channel"),
        };
        Choice { value, label }
    }
}

/// `Invites into Lantern Harbour`.
pub(crate) fn heading(listing: &Listing) -> Phrase {
    match &listing.overview {
        Some(overview) => Phrase::from("Invites into ").guild_name(&overview.name),
        None => Phrase::from("Invites"),
    }
}

/// What to know before reading a list or a card.
pub(crate) fn notes(listing: &Listing, platform: PlatformName) -> Vec<Phrase> {
    let mut notes = Vec::new();
    if listing
        .overview
        .as_ref()
        .is_some_and(|guild| guild.joins_paused)
    {
        notes.push(
            Phrase::new()
                .strong("Joining by invite is paused.")
                .text(" These invites let nobody in until it is resumed."),
        );
    }
    if listing.hides_usage() {
        notes.push(
            Phrase::from("How often invites are used is hidden: the bot lacks ")
                .strong(platform.manage_permission())
                .text(". ")
                .then(where_to_grant(platform)),
        );
    }
    if listing.unreadable > 0 {
        let count = listing.unreadable;
        let (noun, verb) = if count == 1 {
            ("invite", "is")
        } else {
            ("invites", "are")
        };
        notes.push(Phrase::from(format!(
            "{count} {noun} in {platform}'s answer could not be read and {verb} missing here."
        )));
    }
    notes
}

/// `**12 of 140** match: unused · by Ann · most used first`.
pub(crate) fn summary(listing: &Listing, filter: &Filter, sort: Sort, matched: usize) -> Phrase {
    let total = listing.invites.len();
    let order = sort.choice().label.to_lowercase();
    if filter.is_empty() {
        let noun = if total == 1 { "invite" } else { "invites" };
        return Phrase::new()
            .strong(format!("{total} {noun}"))
            .text(format!(" · {order}"));
    }
    let mut parts = filters(listing, filter);
    parts.push(order.into());
    let verb = if matched == 1 { "matches" } else { "match" };
    Phrase::new()
        .strong(format!("{matched} of {total}"))
        .text(format!(" {verb}: "))
        .then(joined(parts, " · "))
}

fn filters(listing: &Listing, filter: &Filter) -> Vec<Phrase> {
    let Filter {
        by,
        channel,
        state,
        search,
    } = filter;
    let mut parts = Vec::new();
    if let Some(state) = state {
        parts.push(state.choice().label.to_lowercase().into());
    }
    if let Some(by) = by {
        let creators = wish::creators(listing);
        let who = creators.iter().find(|who| who.id == *by);
        let name = who.map_or_else(|| by.to_string(), |who| who.shown_name().to_owned());
        parts.push(Phrase::from("by ").name(&name));
    }
    if let Some(id) = channel {
        let channels = wish::channels(listing);
        let name = channels
            .iter()
            .find(|channel| channel.id == *id)
            .and_then(|channel| channel.name.clone())
            .unwrap_or_else(|| id.to_string());
        parts.push(Phrase::from("into #").name(&name));
    }
    if let Some(search) = search {
        parts.push(Phrase::from("contains “").name(search.as_str()).text("”"));
    }
    parts
}

/// `140 of 1000 invites · read 4 seconds ago`.
pub(crate) fn footer(listing: &Listing, platform: PlatformName, now: Timestamp) -> Phrase {
    Phrase::from(format!(
        "{} of {} invites · {}",
        listing.invites.len(),
        platform.invites_max(),
        read_when(listing.read_at, now),
    ))
}

pub(crate) fn read_when(read_at: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(read_at);
    if age < JUST_NOW {
        "read just now".to_owned()
    } else {
        format!("read {} ago", length(age))
    }
}

/// The two lines of an invite in the list.
pub(crate) fn entry(invite: &Invite, masked: bool) -> [Phrase; 2] {
    let mut first = vec![code(invite, masked)];
    if let Some(usage) = &invite.usage {
        first.push(Phrase::new().strong(uses(usage)));
    }
    first.push(ending(invite));
    let mut second = vec![channel(invite), Phrase::from("by ").then(creator(invite))];
    if let Some(usage) = &invite.usage {
        if let Some(at) = usage.created_at {
            second.push(Phrase::from("made ").ago(at));
        }
        if usage.temporary {
            second.push("temporary".into());
        }
    }
    [joined(first, " · "), joined(second, " · ")]
}

/// The same as one plain line of at most `max_chars`, for menus and suggestions.
pub(crate) fn in_short(invite: &Invite, max_chars: usize) -> String {
    let plain = |phrase: Phrase| names::isolated(&phrase.plain(Timestamp::UNIX_EPOCH));
    let mut parts = vec![
        plain(channel(invite)),
        format!("by {}", plain(creator(invite))),
    ];
    if let Some(usage) = &invite.usage {
        parts.push(uses(usage));
    }
    names::cut(&parts.join(" · "), max_chars)
}

pub(crate) fn code(invite: &Invite, masked: bool) -> Phrase {
    Phrase::new().code(code_plain(invite, masked))
}

pub(crate) fn code_plain(invite: &Invite, masked: bool) -> String {
    if masked {
        invite.code.masked()
    } else {
        invite.code.as_str().to_owned()
    }
}

/// `12 of 50 uses`, `3 uses`, `unused`.
pub fn uses(usage: &Usage) -> String {
    match (usage.uses, usage.max_uses) {
        (0, None) => "unused".to_owned(),
        (1, None) => "1 use".to_owned(),
        (uses, None) => format!("{uses} uses"),
        (uses, Some(1)) => format!("{uses} of 1 use"),
        (uses, Some(max_uses)) => format!("{uses} of {max_uses} uses"),
    }
}

/// `▰▰▱▱▱▱▱▱▱▱ 12 of 50 uses`; only a used-up invite fills the bar.
pub(crate) fn uses_bar(usage: &Usage) -> String {
    let Some(max_uses) = usage.max_uses.filter(|max_uses| *max_uses > 0) else {
        return format!("{}, no limit", uses(usage));
    };
    let filled = u64::from(usage.uses) * u64::from(BAR_CELLS) / u64::from(max_uses);
    let filled = usize::try_from(filled.min(u64::from(BAR_CELLS))).unwrap_or_default();
    let empty = BAR_CELLS as usize - filled;
    format!(
        "{}{} {}",
        "▰".repeat(filled),
        "▱".repeat(empty),
        uses(usage)
    )
}

/// `ends in 3 hours`, `never ends`.
pub fn ending(invite: &Invite) -> Phrase {
    match invite.expires_at {
        Some(at) => Phrase::from("ends ").ago(at),
        None => "never ends".into(),
    }
}

/// `#welcome`, or what there is to say instead of a name.
pub fn channel(invite: &Invite) -> Phrase {
    match invite
        .channel
        .as_ref()
        .map(|channel| (channel.name.as_deref(), channel.id))
    {
        Some((Some(name), _)) => Phrase::from("#").name(name),
        Some((None, id)) => Phrase::from(format!("channel {id}")),
        None => "channel unknown".into(),
    }
}

/// The name that people see, or what there is to say instead of one.
pub fn creator(invite: &Invite) -> Phrase {
    match invite.inviter.as_deref() {
        None => "unknown".into(),
        Some(Inviter {
            kind: InviterKind::Deleted,
            ..
        }) => "a deleted account".into(),
        Some(who) => Phrase::new().name(who.shown_name()),
    }
}

pub(crate) const fn inviter_kind(kind: InviterKind) -> &'static str {
    match kind {
        InviterKind::Person => "person",
        InviterKind::Bot => "bot",
        InviterKind::System => "system account",
        InviterKind::Deleted => "deleted account",
    }
}

/// What an invite brings besides the way in; `None` for most.
pub(crate) fn extras(extras: &Extras) -> Option<Phrase> {
    let Extras {
        guest,
        roles,
        event,
        target,
    } = extras;
    let mut parts = Vec::new();
    if *guest {
        parts.push("lets guests into a voice channel only".into());
    }
    if !roles.is_empty() {
        let shown = roles
            .iter()
            .take(EXTRA_ROLES_MAX)
            .map(|role| Phrase::new().name(role));
        let list = joined(shown, ", ");
        let more = match roles.len().saturating_sub(EXTRA_ROLES_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        parts.push(Phrase::from("gives the roles ").then(list).text(more));
    }
    if let Some(event) = event {
        parts.push(Phrase::from("leads to the event ").name(event));
    }
    match target {
        Some(Target::Stream) => parts.push("leads to someone's stream".into()),
        Some(Target::Activity) => parts.push("leads to an activity".into()),
        None => {}
    }
    (!parts.is_empty()).then(|| joined(parts, " · "))
}

const EXTRA_ROLES_MAX: usize = 5;

fn where_to_grant(platform: PlatformName) -> Phrase {
    let (place, permission) = match platform {
        PlatformName::Discord => ("Server Settings → Roles", "Manage Server"),
        PlatformName::Fluxer => ("Community Settings → Roles", "Manage Community"),
    };
    Phrase::from("Grant it under ")
        .strong(place)
        .text(format!(" → the bot's role → {permission}."))
}

/// What happened, and what to do about it.
pub(crate) fn failure(failure: &Failure) -> (Phrase, Phrase) {
    match failure {
        Failure::NotInGuild => (
            "This works only in a server".into(),
            Phrase::from("Use ")
                .code(format!("/{ROOT}"))
                .text(" in a channel of the community whose invites you want to see."),
        ),
        Failure::BotNotInstalled { platform } => (
            "The bot is not a member here".into(),
            Phrase::from("It can see invites only where it was added. Someone with ")
                .strong(platform.manage_permission())
                .text(" can add it to this server, then try again."),
        ),
        Failure::BotLacksRight { platform } => (
            "The bot may not see the invites".into(),
            Phrase::from("It lacks ")
                .strong(platform.manage_permission())
                .text(". ")
                .then(where_to_grant(*platform))
                .text(" Then try again."),
        ),
        Failure::MemberLacksRight { platform } => (
            "This takes a moderator".into(),
            Phrase::from("You need ")
                .strong(platform.manage_permission())
                .text(" to use a message that everyone here can see. You can ask for a reply of your own with ")
                .code(format!("/{ROOT} list"))
                .text(", if this server lets you."),
        ),
        Failure::Words(error) => words(error),
        Failure::UnknownCommand { name } => (
            "I do not know this command".into(),
            Phrase::from("There is no “")
                .name(name)
                .text("” here; it may come from an older or a newer version of the bot. What there is: ")
                .code(format!("/{ROOT} help"))
                .text("."),
        ),
        Failure::NotAPage => (
            "That is no page number".into(),
            Phrase::from("Write a whole number, for example ")
                .code("2")
                .text("."),
        ),
        Failure::NoSuchCreator { given } => (
            "Nobody by that name made an invite".into(),
            Phrase::from("No creator's name contains “")
                .name(given)
                .text("”. Start typing in ")
                .code("by")
                .text(" and pick a suggestion, or leave it out."),
        ),
        Failure::NoSuchChannel { given } => (
            "No invite leads into such a channel".into(),
            Phrase::from("No channel with invites contains “")
                .name(given)
                .text("”. Start typing in ")
                .code("channel")
                .text(" and pick a suggestion, or leave it out."),
        ),
        Failure::Ambiguous { given, candidates } => (
            "Which one do you mean?".into(),
            Phrase::from("“")
                .name(given)
                .text("” fits several: ")
                .then(joined(
                    candidates.iter().map(|candidate| Phrase::new().name(candidate)),
                    ", ",
                ))
                .text(". Type one of these, or pick a suggestion."),
        ),
        Failure::NoSuchInvite => (
            "There is no such invite here".into(),
            Phrase::from("It may have ended, been used up or been revoked, or it leads into another community. See what there is with ")
                .code(format!("/{ROOT} list"))
                .text("."),
        ),
        Failure::Unreadable => (
            "I could not read that".into(),
            Phrase::from("What arrived was not something this version of the bot understands. Try ")
                .code(format!("/{ROOT} list"))
                .text(" or ")
                .code(format!("/{ROOT} help"))
                .text("."),
        ),
        Failure::Platform {
            platform,
            kind,
            here,
        } => platform_failure(*platform, *kind, *here),
        Failure::Stopping => (
            "The bot is being restarted".into(),
            "Nothing was changed. Try again in a minute.".into(),
        ),
        Failure::Internal => (
            "Something went wrong inside the bot".into(),
            "This is not your fault, and nothing was changed. Try again; if it stays, tell the person who hosts the bot.".into(),
        ),
    }
}

fn words(error: &ParseError) -> (Phrase, Phrase) {
    match error {
        ParseError::UnknownCommand { given } => (
            "I do not know this command".into(),
            unknown_command(given)
                .text(" What there is: ")
                .then(joined(
                    Name::ALL.map(|name| Phrase::new().code(format!("/{ROOT} {}", name.spec().name))),
                    ", ",
                ))
                .text("."),
        ),
        ParseError::UnknownOption { command, given } => (
            "I do not know this option".into(),
            Phrase::from(format!("/{ROOT} {} has no option “", command.name))
                .name(given)
                .text("”. It has: ")
                .then(joined(
                    command.options.iter().map(|option| Phrase::new().code(option.name)),
                    ", ",
                ))
                .text(". If the picker offered it, the bot was updated: restart your app and try again."),
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
        ParseError::UnknownWord { given, nearest } => (
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
            .code(format!("/{ROOT} {}", Name::List.spec().example)),
        ),
    }
}

fn unknown_command(given: &str) -> Phrase {
    if given.is_empty() {
        return Phrase::from(format!("/{ROOT} alone does nothing."));
    }
    Phrase::from(format!("There is no “/{ROOT} "))
        .name(given)
        .text("”.")
}

/// What an option takes, in words.
pub(crate) fn takes(option: &CommandOption) -> String {
    match option.kind {
        OptionKind::Text { max_chars } => format!("one text of at most {max_chars} characters"),
        OptionKind::Whole { min, max } => format!("a whole number from {min} to {max}"),
        OptionKind::Flag => "true or false".to_owned(),
        OptionKind::Choice(choices) => {
            let values: Vec<&str> = choices().iter().map(|choice| choice.value).collect();
            format!("one of {}", values.join(", "))
        }
    }
}

fn platform_failure(
    platform: PlatformName,
    kind: PlatformErrorKind,
    here: GuildRef,
) -> (Phrase, Phrase) {
    let operator = "the person who hosts this bot";
    match kind {
        PlatformErrorKind::NoToken => no_token(platform, here),
        PlatformErrorKind::TokenRefused => (
            format!("{platform} does not accept the bot's token").into(),
            Phrase::from(format!("This does not pass by itself: {operator} has to set a new "))
                .code(platform.token_variable())
                .text(" and restart it."),
        ),
        PlatformErrorKind::MissingPermission => (
            format!("{platform} does not let the bot see the invites").into(),
            Phrase::from(format!("On {platform} the bot is not a member of this community, or it lacks "))
                .strong(platform.manage_permission())
                .text(". ")
                .then(where_to_grant(platform))
                .text(" Then try again."),
        ),
        PlatformErrorKind::UnknownGuild => (
            format!("{platform} does not know this community").into(),
            Phrase::from(format!("It was deleted, or this server is linked to a community that does not exist: {operator} can look at "))
                .code("GATEHOUSE_LINKS")
                .text("."),
        ),
        PlatformErrorKind::RateLimited { retry_after } => (
            format!("{platform} asks the bot to slow down").into(),
            Phrase::from("Nothing is wrong with your command. ").text(try_again_in(retry_after)),
        ),
        PlatformErrorKind::Refused => (
            format!("{platform} refused the bot's request").into(),
            Phrase::from(format!("This is not your fault. If it stays, tell {operator}.")),
        ),
        PlatformErrorKind::Broken => (
            format!("{platform} has a problem of its own").into(),
            Phrase::from(format!("The fault is {platform}'s and mostly passes within minutes. "))
                .text(try_again_in(None)),
        ),
        PlatformErrorKind::TimedOut => (
            format!("{platform} took too long to answer").into(),
            Phrase::from(format!("The fault is {platform}'s and mostly passes. "))
                .text(try_again_in(None)),
        ),
        PlatformErrorKind::Unreachable => (
            format!("{platform} cannot be reached").into(),
            Phrase::from(format!("It is down, or the bot's connection to it is. Try again in a minute; if it stays, tell {operator}.")),
        ),
        PlatformErrorKind::Unreadable => (
            format!("{platform} gave an answer that makes no sense").into(),
            Phrase::from(format!("The fault is {platform}'s, or the bot is too old for it. Try again in a minute; if it stays, tell {operator}.")),
        ),
        PlatformErrorKind::Resting { retry_after } => (
            format!("{platform} is not answering properly").into(),
            Phrase::from("It failed several times in a row, so the bot leaves it alone for a while. ")
                .text(try_again_in(Some(retry_after))),
        ),
    }
}

fn no_token(platform: PlatformName, here: GuildRef) -> (Phrase, Phrase) {
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

/// Said above a fresh list when an unknown button was pressed.
pub(crate) fn outdated_button() -> Phrase {
    "That button comes from another version of the bot. Here is a fresh list.".into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, invite};

    fn usage(uses: u32, max_uses: Option<u32>) -> Usage {
        Usage {
            uses,
            max_uses,
            ..invite("a").usage.unwrap()
        }
    }

    #[test]
    fn uses_are_told_in_words() {
        assert_eq!(uses(&usage(0, None)), "unused");
        assert_eq!(uses(&usage(1, None)), "1 use");
        assert_eq!(uses(&usage(3, None)), "3 uses");
        assert_eq!(uses(&usage(0, Some(1))), "0 of 1 use");
        assert_eq!(uses(&usage(12, Some(50))), "12 of 50 uses");
    }

    #[test]
    fn the_bar_is_full_only_when_nothing_is_left() {
        assert_eq!(uses_bar(&usage(0, Some(50))), "▱▱▱▱▱▱▱▱▱▱ 0 of 50 uses");
        assert_eq!(uses_bar(&usage(49, Some(50))), "▰▰▰▰▰▰▰▰▰▱ 49 of 50 uses");
        assert_eq!(uses_bar(&usage(50, Some(50))), "▰▰▰▰▰▰▰▰▰▰ 50 of 50 uses");
        assert_eq!(uses_bar(&usage(60, Some(50))), "▰▰▰▰▰▰▰▰▰▰ 60 of 50 uses");
        assert_eq!(uses_bar(&usage(3, None)), "3 uses, no limit");
    }

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

    #[test]
    fn an_entry_is_two_short_lines() {
        let lines = entry(&invite("aBcD12xY"), false).map(|line| line.plain(NOW));
        assert_eq!(lines[0], "aBcD12xY · 3 uses · never ends");
        assert_eq!(lines[1], "#welcome · by Ann · made 1 hour ago");
    }

    #[test]
    fn a_masked_entry_does_not_hold_the_code() {
        let lines = entry(&invite("aBcD12xY"), true).map(|line| line.plain(NOW));
        assert_eq!(lines[0], "aBcD•••• · 3 uses · never ends");
    }
}
