//! Which invites a moderator looks at: filter, order, page. Plain functions of a list.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::{
    code::VISIBLE_CHARS,
    id::{ChannelId, UserId},
    invite::Invite,
    names,
    paging::Page,
};

/// Entries on a page of the list.
pub const PAGE_ENTRIES: usize = 10;

/// The longest text that can be searched for, so that it fits into a button's id.
pub const SEARCH_MAX_CHARS: usize = 32;

/// A state that invites can be filtered by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Nobody has come through it.
    Unused,
    /// Somebody has.
    Used,
    /// Works until it is revoked.
    NeverExpires,
    /// Ends within a day.
    ExpiresSoon,
    /// At least four fifths of its uses are gone.
    AlmostUsedUp,
    /// Members who came by it are dropped when they disconnect.
    Temporary,
    /// The platform names no creator, or a deleted account.
    CreatorUnknown,
}

impl State {
    /// Every state, in the order in which menus show them.
    pub const ALL: [Self; 7] = [
        Self::Unused,
        Self::Used,
        Self::NeverExpires,
        Self::ExpiresSoon,
        Self::AlmostUsedUp,
        Self::Temporary,
        Self::CreatorUnknown,
    ];

    /// Whether an invite is in this state. What the platform hides is in none.
    pub fn matches(self, invite: &Invite, now: Timestamp) -> bool {
        match self {
            Self::Unused => invite.uses() == Some(0),
            Self::Used => invite.uses().is_some_and(|uses| uses > 0),
            Self::NeverExpires => invite.expires_at.is_none(),
            Self::ExpiresSoon => invite.ends_soon(now),
            Self::AlmostUsedUp => invite.is_almost_used_up(),
            Self::Temporary => invite.usage.as_ref().is_some_and(|usage| usage.temporary),
            Self::CreatorUnknown => invite.has_unknown_creator(),
        }
    }
}

/// An order of the list. Ties are broken by newest first, then by code.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sort {
    /// Made last, first.
    #[default]
    Newest,
    /// Made first, first.
    Oldest,
    /// Most uses first.
    MostUsed,
    /// Fewest uses first.
    LeastUsed,
    /// What ends next, first; what never ends, last.
    ExpiresFirst,
    /// By the creator's shown name; unknown creators and deleted accounts last.
    Creator,
    /// By the channel's name; unknown channels last.
    Channel,
}

impl Sort {
    /// Every order, in the order in which menus show them.
    pub const ALL: [Self; 7] = [
        Self::Newest,
        Self::Oldest,
        Self::MostUsed,
        Self::LeastUsed,
        Self::ExpiresFirst,
        Self::Creator,
        Self::Channel,
    ];

    /// What the platform hides comes last in every order. `invites` are newest first, and stay
    /// so where they are equal.
    fn sort(self, invites: &mut [&Invite]) {
        match self {
            Self::Newest => {}
            Self::Oldest => {
                invites.sort_by_key(|invite| (invite.created_at().is_none(), invite.created_at()));
            }
            Self::MostUsed => invites.sort_by_key(|invite| Reverse(invite.uses())),
            Self::LeastUsed => {
                invites.sort_by_key(|invite| (invite.uses().is_none(), invite.uses()));
            }
            Self::ExpiresFirst => {
                invites.sort_by_key(|invite| (invite.expires_at.is_none(), invite.expires_at));
            }
            Self::Creator => invites.sort_by_cached_key(|invite| {
                let known = invite
                    .inviter
                    .as_ref()
                    .filter(|_| !invite.has_unknown_creator());
                let name = known.map(|who| who.shown_name().to_lowercase());
                (name.is_none(), name)
            }),
            Self::Channel => invites.sort_by_cached_key(|invite| {
                let name = invite
                    .channel
                    .as_ref()
                    .and_then(|channel| channel.name.as_deref());
                (name.is_none(), name.map(str::to_lowercase))
            }),
        }
    }
}

/// Brings invites into the order in which a [`Listing`](crate::Listing) holds them: newest first,
/// what has no date last, by code where that is equal.
///
/// Done once for a list, so that looking at it in this order, as most do, needs no sorting.
pub fn newest_first(invites: &mut [Invite]) {
    let newest = |invite: &Invite| Reverse(invite.created_at());
    // Both platforms list newest first already, so this is mostly one pass.
    invites.sort_by(|a, b| newest(a).cmp(&newest(b)).then_with(|| a.code.cmp(&b.code)));
}

/// A text to look for, in codes, creators' names and channels' names, whatever the case.
///
/// Holds 1 to [`SEARCH_MAX_CHARS`] characters, no control characters, single spaces.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Search {
    text: String,
    /// Whether codes are looked into.
    in_codes: bool,
}

/// The text has more than [`SEARCH_MAX_CHARS`] characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a search takes at most {SEARCH_MAX_CHARS} characters")]
pub struct SearchTooLong;

impl Search {
    /// Takes what was typed; `None` when nothing is left of it.
    ///
    /// # Errors
    ///
    /// More than [`SEARCH_MAX_CHARS`] characters are left.
    pub fn new(typed: &str) -> Result<Option<Self>, SearchTooLong> {
        let printable: String = typed
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let text = printable.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > SEARCH_MAX_CHARS {
            return Err(SearchTooLong);
        }
        let in_codes = true;
        Ok((!text.is_empty()).then_some(Self { text, in_codes }))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same, but blind to codes: where everyone sees what was looked for and what was found,
    /// a part of a code must not lead to the rest of it.
    #[must_use]
    pub fn without_codes(self) -> Self {
        Self {
            in_codes: false,
            ..self
        }
    }

    /// Whether the text itself gives away one of these invites' codes, or much of it.
    pub fn tells_a_code(&self, invites: &[Invite]) -> bool {
        let text = self.text.to_lowercase();
        text.chars().count() > VISIBLE_CHARS
            && invites.iter().any(|invite| {
                let code = invite.code.as_str().to_lowercase();
                code.contains(&text) || text.contains(&code)
            })
    }

    /// Whether the invite holds the text, which is given in lower case. Names are looked into as
    /// they are shown.
    fn is_in(&self, lower: &str, invite: &Invite) -> bool {
        let holds = |name: &str| {
            let shown = names::clean(name, usize::MAX);
            shown.to_lowercase().contains(lower)
        };
        (self.in_codes && invite.code.as_str().to_lowercase().contains(lower))
            || invite
                .channel
                .as_ref()
                .and_then(|channel| channel.name.as_deref())
                .is_some_and(holds)
            || invite
                .inviter
                .as_ref()
                .is_some_and(|who| holds(&who.tag()) || holds(who.shown_name()))
    }
}

/// What an invite must be to be listed; nothing set = every invite.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// Made by this account.
    pub by: Option<UserId>,
    /// Leads into this channel.
    pub channel: Option<ChannelId>,
    /// In this state.
    pub state: Option<State>,
    /// Holds this text.
    pub search: Option<Search>,
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn select<'a>(&self, invites: &'a [Invite], now: Timestamp) -> Vec<&'a Invite> {
        let Self {
            by,
            channel,
            state,
            search,
        } = self;
        let search = search
            .as_ref()
            .map(|search| (search, search.text.to_lowercase()));
        invites
            .iter()
            .filter(|invite| {
                by.is_none_or(|by| invite.inviter.as_ref().is_some_and(|who| who.id == by))
                    && channel.is_none_or(|id| {
                        invite
                            .channel
                            .as_ref()
                            .is_some_and(|channel| channel.id == id)
                    })
                    && state.is_none_or(|state| state.matches(invite, now))
                    && search
                        .as_ref()
                        .is_none_or(|(search, lower)| search.is_in(lower, invite))
            })
            .collect()
    }
}

/// Which list a moderator looks at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct View {
    /// What is listed.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Which page of it, from 1; a page past the end means the last.
    pub page: u32,
}

impl Default for View {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            sort: Sort::default(),
            page: 1,
        }
    }
}

impl View {
    /// The same list at another page.
    #[must_use]
    pub fn at(&self, page: u32) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// Everything that the filter lets through, in order. `invites` are newest first.
    pub fn all<'a>(&self, invites: &'a [Invite], now: Timestamp) -> Vec<&'a Invite> {
        let mut selected = self.filter.select(invites, now);
        self.sort.sort(&mut selected);
        selected
    }

    /// The one page that is looked at. `invites` are newest first.
    pub fn page<'a>(&self, invites: &'a [Invite], now: Timestamp) -> Page<&'a Invite> {
        // What most look at: the list as it is, of which only the page is touched.
        if self.filter.is_empty() && self.sort == Sort::Newest {
            return Page::of_each(invites, self.page, PAGE_ENTRIES);
        }
        Page::of(&self.all(invites, now), self.page, PAGE_ENTRIES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, channel, invite, inviter};
    use jiff::SignedDuration;
    use proptest::prelude::*;

    fn codes<'a>(page: &Page<&'a Invite>) -> Vec<&'a str> {
        page.entries
            .iter()
            .map(|invite| invite.code.as_str())
            .collect()
    }

    fn aged(code: &str, minutes: i64) -> Invite {
        let mut invite = invite(code);
        invite.usage.as_mut().unwrap().created_at = Some(NOW - SignedDuration::from_mins(minutes));
        invite
    }

    #[test]
    fn newest_come_first_and_what_has_no_date_last() {
        let mut hidden = invite("hidden");
        hidden.usage = None;
        let mut invites = [hidden, aged("old", 9), aged("new", 1)];
        newest_first(&mut invites);
        let page = View::default().page(&invites, NOW);
        assert_eq!(codes(&page), ["new", "old", "hidden"]);
        let oldest = View {
            sort: Sort::Oldest,
            ..View::default()
        };
        assert_eq!(codes(&oldest.page(&invites, NOW)), ["old", "new", "hidden"]);
    }

    #[test]
    fn expires_first_puts_the_endless_last() {
        let mut soon = invite("soon");
        soon.expires_at = Some(NOW + SignedDuration::from_mins(5));
        let mut later = invite("later");
        later.expires_at = Some(NOW + SignedDuration::from_hours(5));
        let invites = [invite("endless"), later, soon];
        let view = View {
            sort: Sort::ExpiresFirst,
            ..View::default()
        };
        assert_eq!(
            codes(&view.page(&invites, NOW)),
            ["soon", "later", "endless"]
        );
    }

    #[test]
    fn creators_are_ordered_without_regard_to_case_and_unknown_ones_last() {
        let mut unknown = invite("unknown");
        unknown.inviter = None;
        let mut zoe = invite("zoe");
        zoe.inviter = Some(inviter(21, "zoe", Some("zoe")));
        let invites = [unknown, zoe, invite("ann")];
        let view = View {
            sort: Sort::Creator,
            ..View::default()
        };
        assert_eq!(codes(&view.page(&invites, NOW)), ["ann", "zoe", "unknown"]);
    }

    #[test]
    fn search_looks_into_code_channel_and_creator() {
        let mut other = invite("zzz");
        other.channel = Some(channel(11, "Ärger"));
        other.inviter = Some(inviter(21, "bob", None));
        let invites = [invite("aBcD"), other];
        for (typed, expected) in [
            ("abcd", vec!["aBcD"]),
            ("ÄRG", vec!["zzz"]),
            ("bob#0001", vec!["zzz"]),
            ("ann", vec!["aBcD"]),
            ("nobody", vec![]),
        ] {
            let view = View {
                filter: Filter {
                    search: Search::new(typed).unwrap(),
                    ..Filter::default()
                },
                ..View::default()
            };
            assert_eq!(codes(&view.page(&invites, NOW)), expected, "{typed}");
        }
    }

    #[test]
    fn search_is_taken_at_the_limit_and_refused_past_it() {
        assert!(Search::new(&"漢".repeat(SEARCH_MAX_CHARS)).is_ok());
        assert_eq!(
            Search::new(&"漢".repeat(SEARCH_MAX_CHARS + 1)),
            Err(SearchTooLong)
        );
        assert_eq!(Search::new(" \n\t "), Ok(None));
        assert_eq!(Search::new(" a\n b ").unwrap().unwrap().as_str(), "a b");
    }

    #[test]
    fn page_past_the_end_yields_the_last_page() {
        let invites: Vec<Invite> = (0..11).map(|n| aged(&format!("c{n}"), n)).collect();
        let page = View::default().at(99).page(&invites, NOW);
        assert_eq!((page.number, page.pages, page.matched), (2, 2, 11));
        assert_eq!(codes(&page), ["c10"]);
        let empty = View::default().at(99).page(&[], NOW);
        assert_eq!((empty.number, empty.pages, empty.matched), (1, 1, 0));
    }

    #[test]
    fn a_full_page_is_one_page_and_one_more_invite_makes_two() {
        let mut invites: Vec<Invite> = (0..10).map(|n| aged(&format!("c{n}"), n)).collect();
        assert_eq!(View::default().page(&invites, NOW).pages, 1);
        invites.push(aged("c10", 10));
        assert_eq!(View::default().page(&invites, NOW).pages, 2);
    }

    #[test]
    fn states_tell_invites_apart() {
        let mut unused = invite("unused");
        unused.usage.as_mut().unwrap().uses = 0;
        let mut ending = invite("ending");
        ending.expires_at = Some(NOW + SignedDuration::from_hours(1));
        let mut nearly = invite("nearly");
        nearly.usage.as_mut().unwrap().max_uses = Some(3);
        let mut temporary = invite("temporary");
        temporary.usage.as_mut().unwrap().temporary = true;
        let mut orphan = invite("orphan");
        orphan.inviter = None;
        let mut hidden = invite("hidden");
        hidden.usage = None;
        let invites = [unused, ending, nearly, temporary, orphan, hidden];
        let matching = |state: State| -> Vec<&str> {
            invites
                .iter()
                .filter(|invite| state.matches(invite, NOW))
                .map(|invite| invite.code.as_str())
                .collect()
        };
        assert_eq!(matching(State::Unused), ["unused"]);
        assert_eq!(
            matching(State::Used),
            ["ending", "nearly", "temporary", "orphan"]
        );
        assert_eq!(
            matching(State::NeverExpires),
            ["unused", "nearly", "temporary", "orphan", "hidden"]
        );
        assert_eq!(matching(State::ExpiresSoon), ["ending"]);
        assert_eq!(matching(State::AlmostUsedUp), ["nearly"]);
        assert_eq!(matching(State::Temporary), ["temporary"]);
        assert_eq!(matching(State::CreatorUnknown), ["orphan"]);
    }

    fn any_invite() -> impl Strategy<Value = Invite> {
        (
            "[a-z0-9]{1,8}",
            0_u32..9,
            proptest::option::of(0_i64..9),
            proptest::option::of(0_i64..9),
            proptest::option::of(1_u64..4),
        )
            .prop_map(|(code, uses, made, ends, by)| {
                let mut invite = invite(&code);
                let usage = invite.usage.as_mut().unwrap();
                usage.uses = uses;
                usage.created_at = made.map(|hours| NOW - SignedDuration::from_hours(hours));
                invite.expires_at = ends.map(|hours| NOW + SignedDuration::from_hours(hours));
                invite.inviter = by.map(|id| inviter(id, "someone", None));
                invite
            })
    }

    proptest! {
        #[test]
        fn concatenated_pages_are_the_sorted_filtered_list(
            invites in proptest::collection::vec(any_invite(), 0..45),
            sort in proptest::sample::select(&Sort::ALL[..]),
            state in proptest::option::of(proptest::sample::select(&State::ALL[..])),
        ) {
            let mut invites = invites;
            newest_first(&mut invites);
            let view = View { filter: Filter { state, ..Filter::default() }, sort, page: 1 };
            let whole = view.all(&invites, NOW);
            let expected = invites.iter().filter(|i| state.is_none_or(|s| s.matches(i, NOW)));
            prop_assert_eq!(whole.len(), expected.count());
            let pages = view.page(&invites, NOW).pages;
            let joined: Vec<&Invite> =
                (1..=pages).flat_map(|n| view.at(n).page(&invites, NOW).entries).collect();
            prop_assert_eq!(joined, whole);
        }
    }
}
