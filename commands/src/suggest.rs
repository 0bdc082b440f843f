//! Suggestions while a command is being typed, from the invites that there are.
//!
//! The platform's own pickers would offer the people and channels of the wrong community where
//! a guild is linked, so these options are texts, and this is their picker.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::{
    invite::{Channel, Invite, Inviter},
    names::{self, NAME_MAX_CHARS},
    platform::Listing,
    query::{SEARCH_MAX_CHARS, Sort, View},
    reply::Suggestion,
    text, tree, wish,
};

/// The most suggestions that a platform shows.
/// See [Discord Docs/Application Commands].
///
/// [Discord Docs/Application Commands]: https://discord.com/developers/docs/interactions/application-commands
pub const SUGGESTIONS_MAX: usize = 25;

/// The longest label of a suggestion.
const LABEL_MAX_CHARS: usize = 100;

/// Suggestions for an option whose text is `typed` so far.
pub(crate) fn suggest(
    option: &str,
    typed: &str,
    listing: &Listing,
    now: Timestamp,
) -> Vec<Suggestion> {
    let wanted = typed.trim().to_lowercase();
    let all = if option == tree::CODE.name {
        codes(&wanted, listing, now)
    } else if option == tree::BY.name {
        creators(&wanted, listing)
    } else if option == tree::CHANNEL.name {
        channels(&wanted, listing)
    } else if option == tree::SEARCH.name {
        searches(&wanted, listing)
    } else {
        Vec::new()
    };
    all.into_iter().take(SUGGESTIONS_MAX).collect()
}

/// Codes that begin with what is typed, then those that hold it, then those whose channel or
/// creator does; within each the most used first.
fn codes(wanted: &str, listing: &Listing, now: Timestamp) -> Vec<Suggestion> {
    let by_use = View {
        sort: Sort::MostUsed,
        ..View::default()
    };
    let rank = |invite: &Invite| {
        let code = invite.code.as_str().to_lowercase();
        if code.starts_with(wanted) {
            Some(0)
        } else if code.contains(wanted) {
            Some(1)
        } else {
            let described = text::in_short(invite, LABEL_MAX_CHARS).to_lowercase();
            described.contains(wanted).then_some(2)
        }
    };
    let mut found: Vec<(u8, &Invite)> = by_use
        .all(&listing.invites, now)
        .into_iter()
        .filter_map(|invite| Some((rank(invite)?, invite)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found
        .into_iter()
        .take(SUGGESTIONS_MAX)
        .map(|(_, invite)| {
            let code = invite.code.as_str();
            let label = format!("{code} · {}", text::in_short(invite, LABEL_MAX_CHARS));
            Suggestion {
                label: names::cut(label, LABEL_MAX_CHARS).into_owned(),
                value: code.to_owned(),
            }
        })
        .collect()
}

fn creators(wanted: &str, listing: &Listing) -> Vec<Suggestion> {
    let wanted = wanted.trim_start_matches('@');
    let counts = counted(listing, |invite| Some(invite.inviter.as_ref()?.id.number()));
    let mut found: Vec<_> = wish::creators(listing)
        .into_iter()
        .filter(|who| {
            who.shown_name().to_lowercase().contains(wanted)
                || who.tag().to_lowercase().contains(wanted)
        })
        .map(|who| (counts[&who.id.number()], who))
        .collect();
    found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    found
        .into_iter()
        .map(|(count, who)| {
            let name = names::isolated(&names::clean(who.shown_name(), NAME_MAX_CHARS));
            let tag = names::isolated(&names::clean(&who.tag(), NAME_MAX_CHARS));
            Suggestion {
                label: names::cut(format!("{name} ({tag}) · {}", many(count)), LABEL_MAX_CHARS)
                    .into_owned(),
                value: who.id.to_string(),
            }
        })
        .collect()
}

fn channels(wanted: &str, listing: &Listing) -> Vec<Suggestion> {
    let wanted = wanted.trim_start_matches('#');
    let counts = counted(listing, |invite| Some(invite.channel.as_ref()?.id.number()));
    let mut found: Vec<_> = wish::channels(listing)
        .into_iter()
        .filter_map(|channel| {
            let name = channel.name.as_deref().unwrap_or_default();
            let fits = name.to_lowercase().contains(wanted);
            fits.then(|| (counts[&channel.id.number()], channel, name))
        })
        .collect();
    found.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    found
        .into_iter()
        .map(|(count, channel, name)| {
            let name = names::isolated(&names::clean(name, NAME_MAX_CHARS));
            Suggestion {
                label: names::cut(format!("#{name} · {}", many(count)), LABEL_MAX_CHARS)
                    .into_owned(),
                value: channel.id.to_string(),
            }
        })
        .collect()
}

/// Channels that an invite can be made for, in the platform's order.
pub(crate) fn channels_to_choose(typed: &str, channels: &[Channel]) -> Vec<Suggestion> {
    let wanted = typed.trim().trim_start_matches('#').to_lowercase();
    channels
        .iter()
        .filter_map(|channel| {
            let name = channel.name.as_deref()?;
            let fits = name.to_lowercase().contains(&wanted);
            fits.then(|| Suggestion {
                label: format!("#{}", names::isolated(&names::clean(name, NAME_MAX_CHARS))),
                value: channel.id.to_string(),
            })
        })
        .take(SUGGESTIONS_MAX)
        .collect()
}

/// Names of channels and creators that hold what is typed, as texts to search for.
fn searches(wanted: &str, listing: &Listing) -> Vec<Suggestion> {
    let channels = wish::channels(listing)
        .into_iter()
        .filter_map(|channel| channel.name.as_deref());
    let creators = wish::creators(listing).into_iter().map(Inviter::shown_name);
    let mut found: Vec<Suggestion> = Vec::new();
    for name in channels.chain(creators) {
        let name = names::clean(name, NAME_MAX_CHARS);
        // A cut name would find nothing.
        let fits = name.to_lowercase().contains(wanted) && !name.ends_with('…');
        let is_new = found.iter().all(|other| other.value != name);
        if fits && is_new && name.chars().count() <= SEARCH_MAX_CHARS {
            found.push(Suggestion {
                label: name.clone(),
                value: name,
            });
        }
    }
    found
}

fn counted(listing: &Listing, id: impl Fn(&Invite) -> Option<u64>) -> HashMap<u64, usize> {
    let mut counts = HashMap::new();
    for id in listing.invites.iter().filter_map(id) {
        *counts.entry(id).or_default() += 1;
    }
    counts
}

fn many(count: usize) -> String {
    if count == 1 {
        "1 invite".to_owned()
    } else {
        format!("{count} invites")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, channel, invite, inviter, listing};

    fn community() -> Listing {
        let mut second = invite("xyABcd");
        second.inviter = Some(inviter(21, "bob", None));
        second.channel = Some(channel(11, "events"));
        listing(vec![second, invite("aBcD12xY")])
    }

    fn values(option: &str, typed: &str) -> Vec<String> {
        suggest(option, typed, &community(), NOW)
            .into_iter()
            .map(|suggestion| suggestion.value)
            .collect()
    }

    #[test]
    fn codes_that_begin_so_come_first() {
        assert_eq!(values("code", "abc"), ["aBcD12xY", "xyABcd"]);
        assert_eq!(values("code", "events"), ["xyABcd"]);
        assert_eq!(values("code", "nothing"), [""; 0]);
    }

    #[test]
    fn creators_and_channels_are_suggested_by_name_and_sent_as_ids() {
        assert_eq!(values("by", "@an"), ["20"]);
        assert_eq!(values("channel", "#ev"), ["11"]);
        assert_eq!(values("by", "").len(), 2);
    }

    #[test]
    fn searches_suggest_names() {
        assert_eq!(values("search", "e"), ["welcome", "events"]);
        assert_eq!(values("page", "1"), [""; 0]);
    }

    #[test]
    fn no_more_than_the_limit_is_suggested() {
        let invites = (0..=SUGGESTIONS_MAX).map(|n| invite(&format!("code{n}")));
        let all = suggest("code", "", &listing(invites.collect()), NOW);
        assert_eq!(all.len(), SUGGESTIONS_MAX);
    }
}
