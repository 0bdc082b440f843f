//! Which invites a clean takes, and which it never does.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    code::Code,
    invite::Invite,
    platform::{Listing, Overview},
    query::{Filter, State},
};

/// The most invites that can be named to be kept, so that they fit into a button's id.
pub(crate) const KEEP_MAX: usize = 10;

/// The most uses that a rule can name, so that it fits into a button's id.
pub(crate) const USES_MAX: u32 = 1_000_000;

/// What is taken when nothing else is said: nobody has come through it in this time.
pub(crate) const DEFAULT_AGE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Which invites are taken.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rule {
    /// What is taken, as in a list.
    pub filter: Filter,
    /// Made longer ago than this, in whole minutes.
    pub older_than: Option<SignedDuration>,
    /// Used at most this often; a number up to a million.
    pub uses_at_most: Option<u32>,
    /// Which codes are kept.
    pub keep: Vec<Print>,
}

/// Enough of a code to know it again, in 24 bits: what is named to be kept has to fit into a
/// button's id. Two codes may have the same, once in 16 million; then both are kept.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Print(u32);

impl Print {
    pub(crate) const BYTES: usize = 3;

    pub(crate) fn of(code: &Code) -> Self {
        let mut hash = Fnv::default();
        hash.write(code.as_str().as_bytes());
        Self(u32::try_from(hash.0 & 0xFF_FFFF).expect("24 bits fit into 32"))
    }

    pub(crate) fn bytes(self) -> [u8; Self::BYTES] {
        let [_, a, b, c] = self.0.to_be_bytes();
        [a, b, c]
    }

    pub(crate) fn from_bytes([a, b, c]: [u8; Self::BYTES]) -> Self {
        Self(u32::from_be_bytes([0, a, b, c]))
    }
}

/// The invites that a rule takes, and what it leaves although it fits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selection<'a> {
    /// What is taken, newest first.
    pub(crate) taken: Vec<&'a Invite>,
    /// What fits the rule but is kept.
    pub(crate) kept: Vec<(&'a Invite, Kept)>,
}

/// Why an invite is kept that fits the rule.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kept {
    /// It was named.
    Named,
    /// It is the guild's own address.
    Vanity,
    /// It leads to a scheduled event.
    Event,
    /// It gives roles.
    Roles,
}

impl Rule {
    /// Whether nothing says what is taken.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.filter.is_empty() && self.older_than.is_none() && self.uses_at_most.is_none()
    }

    /// The same, or what is taken when nothing else is said.
    #[must_use]
    pub(crate) fn or_default(mut self) -> Self {
        if self.is_unconditional() {
            self.filter.state = Some(State::Unused);
            self.older_than = Some(DEFAULT_AGE);
        }
        self
    }

    /// What it takes of a list.
    pub(crate) fn select<'a>(
        &self,
        listing: &'a Listing,
        overview: &Overview,
        now: Timestamp,
    ) -> Selection<'a> {
        let Self {
            filter,
            older_than,
            uses_at_most,
            keep,
        } = self;
        let named: HashSet<Print> = keep.iter().copied().collect();
        let fits = |invite: &Invite| {
            older_than.is_none_or(|age| {
                let made = invite.created_at();
                made.is_some_and(|made| now.duration_since(made) > age)
            }) && uses_at_most.is_none_or(|most| invite.uses().is_some_and(|uses| uses <= most))
        };
        let why_kept = |invite: &Invite| {
            let extras = invite.extras.as_deref();
            if named.contains(&Print::of(&invite.code)) {
                Some(Kept::Named)
            } else if overview.vanity.is(&invite.code) {
                Some(Kept::Vanity)
            } else if extras.is_some_and(|extras| extras.event.is_some()) {
                Some(Kept::Event)
            } else if extras.is_some_and(|extras| !extras.roles.is_empty()) {
                Some(Kept::Roles)
            } else {
                None
            }
        };
        let mut selection = Selection {
            taken: Vec::new(),
            kept: Vec::new(),
        };
        for invite in filter.select(&listing.invites, now) {
            if !fits(invite) {
                continue;
            }
            match why_kept(invite) {
                Some(why) => selection.kept.push((invite, why)),
                None => selection.taken.push(invite),
            }
        }
        selection
    }
}

/// What a preview showed, in short: enough to know whether a later list still says the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Preview {
    /// A hash of the codes, whatever their order, in 48 bits.
    pub set: u64,
    /// How many there were.
    pub count: u32,
    /// How often they had been used, all together; `None` = not known.
    pub uses: Option<u32>,
}

impl Preview {
    /// The bits of `set`.
    pub(crate) const SET_BITS: u32 = 48;

    /// Whether both showed the same invites, however often they had been used.
    pub(crate) fn is_same_set(&self, other: &Self) -> bool {
        (self.set, self.count) == (other.set, other.count)
    }

    pub(crate) fn of<'a>(taken: impl IntoIterator<Item = &'a Invite>) -> Self {
        let mut invites: Vec<&Invite> = taken.into_iter().collect();
        invites.sort_by(|a, b| a.code.cmp(&b.code));
        let mut hash = Fnv::default();
        for invite in &invites {
            hash.write(invite.code.as_str().as_bytes());
            // No code holds it, so that two codes never read like one.
            hash.write(&[0]);
        }
        let uses = invites
            .iter()
            .map(|invite| invite.uses().unwrap_or_default())
            .fold(0_u32, u32::saturating_add);
        Self {
            set: hash.0 >> (u64::BITS - Self::SET_BITS),
            count: u32::try_from(invites.len()).unwrap_or(u32::MAX),
            uses: Some(uses),
        }
    }
}

/// FNV-1a, 64 bits: the same on every host and in every version, as buttons outlive both.
/// See [The FNV Non-Cryptographic Hash Algorithm].
///
/// [The FNV Non-Cryptographic Hash Algorithm]: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        invite::Extras,
        platform::Vanity,
        query::Search,
        samples::{NOW, invite, listing, overview},
    };

    fn aged(code: &str, days: i64, uses: u32) -> Invite {
        let mut invite = invite(code);
        let usage = invite.usage.as_mut().unwrap();
        usage.created_at = Some(NOW - SignedDuration::from_hours(24 * days));
        usage.uses = uses;
        invite
    }

    fn taken(rule: &Rule, invites: Vec<Invite>) -> Vec<String> {
        let listing = listing(invites);
        let selection = rule.select(&listing, &overview(), NOW);
        let codes = selection.taken.iter();
        codes
            .map(|invite| invite.code.as_str().to_owned())
            .collect()
    }

    #[test]
    fn without_a_condition_the_unused_and_old_are_taken() {
        let rule = Rule::default().or_default();
        let invites = vec![
            aged("oldUnused", 31, 0),
            aged("oldUsed", 31, 1),
            aged("newUnused", 29, 0),
        ];
        assert_eq!(taken(&rule, invites), ["oldUnused"]);
    }

    #[test]
    fn a_condition_takes_the_place_of_the_default() {
        let rule = Rule {
            filter: Filter {
                search: Search::new("used").unwrap(),
                ..Filter::default()
            },
            ..Rule::default()
        };
        assert_eq!(rule.clone().or_default(), rule);
        let keep = Rule {
            keep: vec![Print::of(&Code::new("aBcD").unwrap())],
            ..Rule::default()
        };
        assert!(keep.or_default().older_than.is_some(), "no condition");
    }

    #[test]
    fn age_and_uses_are_limits_that_are_met_exactly() {
        let older = Rule {
            older_than: Some(SignedDuration::from_hours(48)),
            ..Rule::default()
        };
        assert!(taken(&older, vec![aged("a", 2, 0)]).is_empty());
        assert_eq!(taken(&older, vec![aged("a", 3, 0)]), ["a"]);
        let used = Rule {
            uses_at_most: Some(2),
            ..Rule::default()
        };
        assert_eq!(taken(&used, vec![aged("a", 1, 2), aged("b", 1, 3)]), ["a"]);
    }

    #[test]
    fn what_the_platform_hides_is_never_old_or_unused() {
        let mut hidden = invite("hidden");
        hidden.usage = None;
        assert!(taken(&Rule::default().or_default(), vec![hidden.clone()]).is_empty());
        let used = Rule {
            uses_at_most: Some(u32::MAX),
            ..Rule::default()
        };
        assert!(taken(&used, vec![hidden]).is_empty());
    }

    #[test]
    fn what_was_named_or_leads_elsewhere_is_kept() {
        let with = |code: &str, extras: Extras| Invite {
            extras: Some(Box::new(extras)),
            ..aged(code, 40, 0)
        };
        let invites = vec![
            aged("plain", 40, 0),
            aged("named", 40, 0),
            aged("vanity", 40, 0),
            with(
                "event",
                Extras {
                    event: Some("Party".to_owned()),
                    ..Extras::default()
                },
            ),
            with(
                "roles",
                Extras {
                    roles: vec!["Guest".to_owned()],
                    ..Extras::default()
                },
            ),
        ];
        let rule = Rule {
            keep: vec![Print::of(&Code::new("named").unwrap())],
            ..Rule::default()
        }
        .or_default();
        let overview = Overview {
            vanity: Vanity::Code(Code::new("VaNiTy").unwrap()),
            ..overview()
        };
        let listing = listing(invites);
        let selection = rule.select(&listing, &overview, NOW);
        assert_eq!(selection.taken.len(), 1);
        assert_eq!(selection.taken[0].code.as_str(), "plain");
        let mut kept: Vec<(&str, Kept)> = selection
            .kept
            .iter()
            .map(|(invite, why)| (invite.code.as_str(), *why))
            .collect();
        kept.sort_by_key(|(code, _)| *code);
        assert_eq!(
            kept,
            [
                ("event", Kept::Event),
                ("named", Kept::Named),
                ("roles", Kept::Roles),
                ("vanity", Kept::Vanity)
            ]
        );
    }

    #[test]
    fn a_preview_knows_its_codes_whatever_their_order() {
        let (a, b) = (aged("aa", 1, 2), aged("b", 1, 3));
        let preview = Preview::of([&a, &b]);
        assert_eq!(preview, Preview::of([&b, &a]));
        assert_eq!((preview.count, preview.uses), (2, Some(5)));
        assert_ne!(preview.set, Preview::of([&a]).set);
        assert_ne!(
            preview.set,
            Preview::of([&aged("a", 1, 2), &aged("ab", 1, 3)]).set
        );
        assert!(preview.set < 1 << Preview::SET_BITS);
    }

    #[test]
    fn prints_and_hashes_are_the_same_for_ever() {
        // Buttons hold them, and live as long as their message.
        let print = Print::of(&Code::new("aBcD12xY").unwrap());
        assert_eq!(Print::from_bytes(print.bytes()), print);
        let mut hash = Fnv::default();
        hash.write(b"foobar");
        assert_eq!(hash.0, 0x8594_4171_F739_67E8, "a published test value");
    }
}
