//! A view as a moderator asks for it: creators and channels may still be names.

use crate::{
    failure::{Candidate, Failure},
    id::{ChannelId, UserId},
    invite::{Channel, Inviter},
    options::{Options, ParseError},
    platform::Listing,
    query::{Filter, Search, Sort, State, View},
    tree,
};

/// Digits from which on a number is taken for an id even if no invite has it: snowflakes have
/// 17 and more, and nobody is called so.
const ID_MIN_DIGITS: usize = 15;

/// How many candidates an ambiguous name is answered with.
const CANDIDATES_MAX: usize = 5;

/// Filter, order and page, as typed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Wish {
    by: Option<String>,
    channel: Option<String>,
    state: Option<State>,
    search: Option<Search>,
    sort: Sort,
    page: u32,
}

impl From<View> for Wish {
    fn from(view: View) -> Self {
        let View { filter, sort, page } = view;
        let Filter {
            by,
            channel,
            state,
            search,
        } = filter;
        Self {
            by: by.map(|id| id.to_string()),
            channel: channel.map(|id| id.to_string()),
            state,
            search,
            sort,
            page,
        }
    }
}

impl Wish {
    /// What is listed, without order and page.
    pub(crate) fn read_filter(options: &Options<'_>) -> Result<Self, ParseError> {
        Ok(Self {
            by: options.text(tree::BY.name)?.map(str::to_owned),
            channel: options.text(tree::CHANNEL.name)?.map(str::to_owned),
            state: options.choice(tree::STATE.name)?,
            page: 1,
            ..Self::default()
        })
    }

    pub(crate) fn read(options: &Options<'_>) -> Result<Self, ParseError> {
        let search = options.text(tree::SEARCH.name)?.unwrap_or_default();
        Ok(Self {
            search: Search::new(search).map_err(|_| Options::wrong(&tree::SEARCH))?,
            sort: options.choice(tree::SORT.name)?.unwrap_or_default(),
            page: options.whole(tree::PAGE.name)?.unwrap_or(1),
            ..Self::read_filter(options)?
        })
    }

    /// The view, as far as it can be told without the list: where only a name was typed, the
    /// list is needed.
    pub(crate) fn without_names(&self) -> Option<View> {
        let by = self.by.as_deref().map(user_id);
        let channel = self.channel.as_deref().map(channel_id);
        match (by, channel) {
            (Some(None), _) | (_, Some(None)) => None,
            (by, channel) => Some(self.view(by.flatten(), channel.flatten())),
        }
    }

    /// The view, with names looked up among the creators and channels of the list.
    ///
    /// # Errors
    ///
    /// A name that fits nobody, or several.
    pub(crate) fn resolve(&self, listing: &Listing) -> Result<View, Failure> {
        let by = match self.by.as_deref() {
            None => None,
            Some(given) => Some(find_creator(given, listing)?),
        };
        let channel = match self.channel.as_deref() {
            None => None,
            Some(given) => Some(find_channel(given, listing)?),
        };
        Ok(self.view(by, channel))
    }

    fn view(&self, by: Option<UserId>, channel: Option<ChannelId>) -> View {
        View {
            filter: Filter {
                by,
                channel,
                state: self.state,
                search: self.search.clone(),
            },
            sort: self.sort,
            page: self.page,
        }
    }
}

fn find_creator(given: &str, listing: &Listing) -> Result<UserId, Failure> {
    if let Some(id) = user_id(given) {
        return Ok(id);
    }
    let creators = creators(listing);
    // A short number is an id only if somebody has it; else it is a name.
    if let Some(inviter) = creators.iter().find(|who| who.id.to_string() == given) {
        return Ok(inviter.id);
    }
    let wanted = given.trim_start_matches('@').to_lowercase();
    // The name that only one account can have goes before one that anybody may choose.
    let names = |who: &&Inviter| [who.tag(), who.username.clone(), who.shown_name().to_owned()];
    match pick(&wanted, &creators, names) {
        Picked::One(who) => Ok(who.id),
        Picked::None => Err(Failure::NoSuchCreator {
            given: given.to_owned(),
        }),
        Picked::Several(several) => Err(ambiguous(given, &several, |who| Candidate {
            name: who.shown_name().to_owned(),
            id: who.id.to_string(),
        })),
    }
}

fn find_channel(given: &str, listing: &Listing) -> Result<ChannelId, Failure> {
    channel_among(given, &channels(listing))
}

/// The channel that is meant, by id or by name.
///
/// # Errors
///
/// A name that fits none of them, or several.
pub(crate) fn channel_among(given: &str, channels: &[&Channel]) -> Result<ChannelId, Failure> {
    if let Some(id) = channel_id(given) {
        return Ok(id);
    }
    if let Some(channel) = channels.iter().find(|c| c.id.to_string() == given) {
        return Ok(channel.id);
    }
    let wanted = given.trim_start_matches('#').to_lowercase();
    let name = |channel: &&Channel| channel.name.clone().unwrap_or_default();
    match pick(&wanted, channels, |channel| [name(channel)]) {
        Picked::One(channel) => Ok(channel.id),
        Picked::None => Err(Failure::NoSuchChannel {
            given: given.to_owned(),
        }),
        Picked::Several(several) => Err(ambiguous(given, &several, |channel| Candidate {
            name: format!("#{}", name(channel)),
            id: channel.id.to_string(),
        })),
    }
}

fn ambiguous<T>(given: &str, several: &[T], candidate: impl Fn(&T) -> Candidate) -> Failure {
    Failure::Ambiguous {
        given: given.to_owned(),
        candidates: several.iter().take(CANDIDATES_MAX).map(candidate).collect(),
        more: several.len().saturating_sub(CANDIDATES_MAX),
    }
}

/// Everyone who made an invite of the list, each once, in the list's order.
pub(crate) fn creators(listing: &Listing) -> Vec<&Inviter> {
    let all = listing
        .invites
        .iter()
        .filter_map(|invite| invite.inviter.as_deref());
    each_once(all, |who| who.id.number())
}

/// Every channel that an invite of the list leads into, each once, in the list's order.
pub(crate) fn channels(listing: &Listing) -> Vec<&Channel> {
    let all = listing
        .invites
        .iter()
        .filter_map(|invite| invite.channel.as_deref());
    each_once(all, |channel| channel.id.number())
}

fn each_once<'a, T>(all: impl Iterator<Item = &'a T>, id: impl Fn(&T) -> u64) -> Vec<&'a T> {
    let mut seen = std::collections::HashSet::new();
    all.filter(|item| seen.insert(id(item))).collect()
}

enum Picked<T> {
    None,
    One(T),
    Several(Vec<T>),
}

/// The one whose name is `wanted`, by the first sort of name that anybody's is; else the one of
/// whom any name contains it. `wanted` is in lower case.
fn pick<T: Copy, const SORTS: usize>(
    wanted: &str,
    all: &[T],
    names: impl Fn(&T) -> [String; SORTS],
) -> Picked<T> {
    let lower: Vec<(T, [String; SORTS])> = all
        .iter()
        .map(|item| (*item, names(item).map(|name| name.to_lowercase())))
        .collect();
    let fitting = |fits: &dyn Fn(&[String; SORTS]) -> bool| -> Vec<T> {
        let found = lower.iter().filter(|(_, names)| fits(names));
        found.map(|(item, _)| *item).collect()
    };
    let found = (0..SORTS)
        .map(|sort| fitting(&|names| names[sort] == wanted))
        .find(|exact| !exact.is_empty())
        .unwrap_or_else(|| fitting(&|names| names.iter().any(|name| name.contains(wanted))));
    match found[..] {
        [] => Picked::None,
        [one] => Picked::One(one),
        _ => Picked::Several(found),
    }
}

fn user_id(given: &str) -> Option<UserId> {
    let mention = given
        .strip_prefix("<@")
        .and_then(|rest| rest.strip_suffix('>'));
    match mention {
        Some(id) => id.trim_start_matches('!').parse().ok(),
        None => long_number(given)?.parse().ok(),
    }
}

fn channel_id(given: &str) -> Option<ChannelId> {
    let mention = given
        .strip_prefix("<#")
        .and_then(|rest| rest.strip_suffix('>'));
    match mention {
        Some(id) => id.parse().ok(),
        None => long_number(given)?.parse().ok(),
    }
}

fn long_number(given: &str) -> Option<&str> {
    (given.len() >= ID_MIN_DIGITS).then_some(given)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{channel, invite, inviter, listing};

    fn community() -> Listing {
        let with = |code: &str, who, place| {
            let mut invite = invite(code);
            invite.inviter = Some(who);
            invite.channel = Some(place);
            invite
        };
        listing(vec![
            with("a", inviter(20, "ann", Some("Ann")), channel(10, "welcome")),
            with(
                "b",
                inviter(21, "anna", Some("Hannah")),
                channel(11, "events"),
            ),
            with("c", inviter(22, "bob", None), channel(12, "events")),
            with("d", inviter(23, "42", None), channel(13, "event-notes")),
        ])
    }

    fn candidate(name: &str, id: u64) -> Candidate {
        Candidate {
            name: name.to_owned(),
            id: id.to_string(),
        }
    }

    fn by(given: &str) -> Result<u64, Failure> {
        find_creator(given, &community()).map(UserId::number)
    }

    #[test]
    fn creators_are_found_by_name_tag_mention_and_id() {
        for (given, id) in [
            ("ann", 20),
            ("@Ann", 20),
            ("ann#0001", 20),
            ("hannah", 21),
            ("BO", 22),
            ("22", 22),
            ("42", 23),
            ("<@553879653580800011>", 553_879_653_580_800_011),
            ("<@!553879653580800011>", 553_879_653_580_800_011),
            ("553879653580800011", 553_879_653_580_800_011),
        ] {
            assert_eq!(by(given), Ok(id), "{given}");
        }
    }

    #[test]
    fn a_name_that_fits_several_is_asked_back() {
        assert_eq!(
            by("an"),
            Err(Failure::Ambiguous {
                given: "an".to_owned(),
                candidates: vec![candidate("Ann", 20), candidate("Hannah", 21)],
                more: 0,
            })
        );
        assert_eq!(
            by("zoe"),
            Err(Failure::NoSuchCreator {
                given: "zoe".to_owned()
            })
        );
    }

    #[test]
    fn a_username_goes_before_a_name_that_anybody_may_choose() {
        let mut impostor = invite("e");
        impostor.inviter = Some(inviter(30, "bob", Some("ann")));
        let mut real = invite("f");
        real.inviter = Some(inviter(20, "ann", None));
        let listing = listing(vec![impostor, real]);
        assert_eq!(find_creator("ann", &listing).map(UserId::number), Ok(20));
    }

    #[test]
    fn channels_of_the_same_name_are_told_apart_by_id() {
        assert_eq!(
            find_channel("#events", &community()),
            Err(Failure::Ambiguous {
                given: "#events".to_owned(),
                candidates: vec![candidate("#events", 11), candidate("#events", 12)],
                more: 0,
            })
        );
        for (given, id) in [("#welcome", 10), ("notes", 13), ("12", 12), ("<#12>", 12)] {
            let found = find_channel(given, &community()).map(ChannelId::number);
            assert_eq!(found, Ok(id), "{given}");
        }
    }

    #[test]
    fn without_names_no_list_is_needed() {
        let view = View {
            filter: Filter {
                by: UserId::new(553_879_653_580_800_011),
                ..Filter::default()
            },
            ..View::default()
        };
        assert_eq!(Wish::from(view.clone()).without_names(), Some(view));
        let named = Wish {
            by: Some("ann".to_owned()),
            ..Wish::default()
        };
        assert_eq!(named.without_names(), None);
    }
}
