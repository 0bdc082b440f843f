//! The sentences that a moderator reads, where they are not a command's own.
//!
//! They are plain: no status codes, no internals.

mod failures;
mod invite;

use jiff::{SignedDuration, Timestamp};

use crate::{
    invite::Invite,
    joins,
    phrase::{Phrase, joined, length},
    place::PlatformName,
    platform::Listing,
    query::{Filter, Sort, State},
    tree::{Choice, Choices},
    wish,
};

pub use self::invite::{channel, creator, ending, uses};
pub(crate) use self::{
    failures::{failure, grant, short_cause, takes, where_to_grant, where_to_grant_a_member},
    invite::{
        cells, code, code_plain, entry, extras, in_short, inviter_kind, one_line, short_title,
        uses_bar,
    },
};

/// Below this a list is told to be read just now.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(2);

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

/// What stands where a file would, where the bot may attach none.
pub fn file_left_out(platform: PlatformName) -> Phrase {
    const ATTACH_FILES: &str = "Attach Files";
    Phrase::from("The file is left out: the bot lacks ")
        .strong(ATTACH_FILES)
        .text(" here. ")
        .then(grant(platform, ATTACH_FILES))
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
    if let Some(pause) = listing.overview.as_ref().and_then(|guild| guild.pause) {
        notes.push(joins::note(pause));
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
    let order = order(listing, sort);
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

/// The order in words. What the platform hides orders nothing.
fn order(listing: &Listing, sort: Sort) -> String {
    let needs_usage = match sort {
        Sort::Newest | Sort::Oldest | Sort::MostUsed | Sort::LeastUsed => true,
        Sort::ExpiresFirst | Sort::Creator | Sort::Channel => false,
    };
    let is_hidden = |invite: &Invite| invite.usage.is_none();
    let mut invites = listing.invites.iter();
    if needs_usage && !listing.invites.is_empty() && invites.all(is_hidden) {
        "by code".to_owned()
    } else {
        sort.choice().label.to_lowercase()
    }
}

/// A filter in words, part by part.
pub(crate) fn filters(listing: &Listing, filter: &Filter) -> Vec<Phrase> {
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
    let (count, max) = (listing.invites.len(), platform.invites_max());
    let capacity = if count <= max {
        format!("{count} of {max} invites")
    } else {
        format!("{count} invites, over {platform}'s usual limit of {max}")
    };
    format!("{capacity} · {}", read_when(listing.read_at, now)).into()
}

pub(crate) fn read_when(read_at: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(read_at);
    if age < JUST_NOW {
        "read just now".to_owned()
    } else {
        format!("read {} ago", length(age))
    }
}

/// Said to everyone when a reply that was to be shared failed.
pub(crate) fn told_elsewhere() -> Phrase {
    "That did not work. The person who asked has been told why.".into()
}

/// Said in place of a reply that the platform does not take.
pub(crate) fn undeliverable() -> Phrase {
    "The reply could not be shown here. If it was a large file, choose a filter and try again."
        .into()
}

/// Said where everyone reads, in place of what only one person may read and cannot be sent.
pub(crate) fn only_in_private() -> Phrase {
    "I could not send you a direct message, and this is nothing for everyone here. Let me write to \
     you, or ask where moderators are among themselves, and try again."
        .into()
}

/// Said where everyone reads, below what they may know of more than that.
pub(crate) fn rest_in_private() -> Phrase {
    "The rest is for you alone, and I could not send you a direct message: let me write to you, or ask \
     where moderators are among themselves."
        .into()
}

/// Said above a fresh list when an unknown button or form was used.
pub(crate) fn outdated() -> Phrase {
    "That was made by another version of the bot. Here is a fresh list.".into()
}
