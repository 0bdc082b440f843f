//! The rules of a review: when an invite matters, why, and what to do next. All of them are here.
//!
//! ```text
//! rule                weight  when
//! fast                   50   at least 10 uses, and more than 5 an hour since it was made
//! creator_gone           40   the platform names no creator, or a deleted account; and it never ends
//! endless                30   it never ends and has no limit of uses
//! creator_unknown        20   the platform names no creator, or a deleted account
//! ends_in_use            15   it ends within a day, and people use it
//! almost_used_up         15   at least four fifths of its uses are gone
//! never_used             10   nobody has used it in 30 days
//! ```
//!
//! An invite's weight is the sum over its rules; the heaviest comes first. What the platform hides
//! breaks no rule.

use jiff::{SignedDuration, Timestamp};

use crate::{
    invite::Invite,
    phrase::{Phrase, length},
    place::PlatformName,
};

/// From this many uses on an invite can be unusually fast.
const FAST_USES_MIN: u32 = 10;

/// More uses an hour than this are unusually fast, taken over the invite's whole life.
const FAST_USES_PER_HOUR: i64 = 5;

/// Without a use in this time an invite counts as forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A reason for an invite to matter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rule {
    Fast,
    CreatorGone,
    Endless,
    CreatorUnknown,
    EndsInUse,
    AlmostUsedUp,
    NeverUsed,
}

impl Rule {
    /// Every rule, the heaviest first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Fast,
        Self::CreatorGone,
        Self::Endless,
        Self::CreatorUnknown,
        Self::EndsInUse,
        Self::AlmostUsedUp,
        Self::NeverUsed,
    ];

    /// How much it matters, against the others.
    pub(crate) const fn weight(self) -> u32 {
        match self {
            Self::Fast => 50,
            Self::CreatorGone => 40,
            Self::Endless => 30,
            Self::CreatorUnknown => 20,
            Self::EndsInUse | Self::AlmostUsedUp => 15,
            Self::NeverUsed => 10,
        }
    }

    /// A short constant word, for scripts.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::CreatorGone => "creator_gone",
            Self::Endless => "endless",
            Self::CreatorUnknown => "creator_unknown",
            Self::EndsInUse => "ends_in_use",
            Self::AlmostUsedUp => "almost_used_up",
            Self::NeverUsed => "never_used",
        }
    }

    /// Whether the invite breaks it.
    pub(crate) fn is_broken_by(self, invite: &Invite, now: Timestamp) -> bool {
        let usage = invite.usage.as_ref();
        let uses = invite.uses();
        match self {
            Self::Fast => uses_per_hour(invite, now).is_some(),
            Self::CreatorGone => invite.has_unknown_creator() && invite.expires_at.is_none(),
            Self::Endless => {
                invite.expires_at.is_none() && usage.is_some_and(|usage| usage.max_uses.is_none())
            }
            Self::CreatorUnknown => invite.has_unknown_creator() && invite.expires_at.is_some(),
            Self::EndsInUse => invite.ends_soon(now) && uses.is_some_and(|uses| uses > 0),
            Self::AlmostUsedUp => invite.is_almost_used_up(),
            Self::NeverUsed => {
                uses == Some(0)
                    && invite
                        .created_at()
                        .is_some_and(|made| now.duration_since(made) > FORGOTTEN)
            }
        }
    }

    /// Why it matters.
    pub(crate) fn why(self, invite: &Invite, now: Timestamp) -> String {
        match self {
            Self::Fast => {
                let rate = uses_per_hour(invite, now).unwrap_or_default();
                format!("unusually fast: about {rate} uses an hour")
            }
            Self::CreatorGone => "its creator is gone or unknown, and it never ends".to_owned(),
            Self::Endless => "it never ends and has no limit of uses".to_owned(),
            Self::CreatorUnknown => "its creator is gone or unknown".to_owned(),
            Self::EndsInUse => {
                let left = invite.expires_at.map(|end| end.duration_since(now));
                format!(
                    "people use it, and it ends in {}",
                    length(left.unwrap_or_default())
                )
            }
            Self::AlmostUsedUp => "it is almost used up".to_owned(),
            Self::NeverUsed => "nobody has used it in over 30 days".to_owned(),
        }
    }

    /// The one next step. `code` is what a command takes; `None` where others would read it.
    pub(crate) fn next_step(self, code: Option<&str>, platform: PlatformName) -> Phrase {
        let command = |before: &'static str, name: &str| match code {
            Some(code) => Phrase::from(before).command(format!("{name} {code}")),
            None => Phrase::from(before).text("open it below"),
        };
        match self {
            Self::Fast if platform.tells_who_joined() => command("See who came: ", "who"),
            Self::Fast => command("If it is a raid, revoke it: ", "revoke"),
            Self::CreatorGone | Self::CreatorUnknown | Self::NeverUsed => {
                command("Revoke it: ", "revoke")
            }
            Self::Endless => command("If it is out in public, replace it: ", "rotate"),
            Self::EndsInUse | Self::AlmostUsedUp => command("Make a fresh one like it: ", "rotate"),
        }
    }
}

/// How fast it is used, if that is unusually fast. An invite younger than an hour counts as one
/// hour old: a handful of friends who join at once are no raid.
fn uses_per_hour(invite: &Invite, now: Timestamp) -> Option<i64> {
    let uses = invite.uses().filter(|uses| *uses >= FAST_USES_MIN)?;
    let age = now.duration_since(invite.created_at()?);
    let hours = age.as_secs_f64().max(3600.0) / 3600.0;
    let rate = f64::from(uses) / hours;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "at most the uses, which are 32 bits"
    )]
    let rounded = rate.round() as i64;
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    (rate > FAST_USES_PER_HOUR as f64).then_some(rounded)
}

/// The rules that an invite breaks, the heaviest first.
pub(crate) fn broken(invite: &Invite, now: Timestamp) -> Vec<Rule> {
    Rule::ALL
        .into_iter()
        .filter(|rule| rule.is_broken_by(invite, now))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        invite::{SOON, Usage},
        samples::{NOW, invite},
    };

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    /// Breaks no rule: ends in five days, was used, has room for more.
    fn harmless() -> Invite {
        let mut invite = invite("aBcD12xY");
        invite.expires_at = Some(NOW + DAY * 5);
        invite.usage = Some(Usage {
            uses: 3,
            max_uses: Some(50),
            max_age: Some(DAY * 7),
            temporary: false,
            created_at: Some(NOW - DAY * 2),
        });
        invite
    }

    fn usage(invite: &mut Invite) -> &mut Usage {
        invite.usage.as_mut().unwrap()
    }

    #[test]
    fn the_harmless_breaks_no_rule() {
        assert_eq!(broken(&harmless(), NOW), []);
    }

    #[test]
    fn what_is_hidden_breaks_no_rule_of_use() {
        let mut hidden = harmless();
        hidden.usage = None;
        assert_eq!(broken(&hidden, NOW), []);
    }

    #[test]
    fn endless_is_without_end_and_without_limit() {
        let mut endless = harmless();
        endless.expires_at = None;
        assert_eq!(broken(&endless, NOW), [], "it has a limit of uses");
        usage(&mut endless).max_uses = None;
        assert_eq!(broken(&endless, NOW), [Rule::Endless]);
        endless.expires_at = Some(NOW + DAY * 5);
        assert_eq!(broken(&endless, NOW), [], "it ends");
    }

    #[test]
    fn a_gone_creator_matters_more_where_the_invite_never_ends() {
        let mut orphan = harmless();
        orphan.inviter = None;
        assert_eq!(broken(&orphan, NOW), [Rule::CreatorUnknown]);
        orphan.expires_at = None;
        assert_eq!(broken(&orphan, NOW), [Rule::CreatorGone]);
    }

    #[test]
    fn never_used_begins_after_thirty_days() {
        let mut unused = harmless();
        usage(&mut unused).uses = 0;
        usage(&mut unused).created_at = Some(NOW - FORGOTTEN);
        assert_eq!(broken(&unused, NOW), []);
        usage(&mut unused).created_at = Some(NOW - FORGOTTEN - SignedDuration::from_secs(1));
        assert_eq!(broken(&unused, NOW), [Rule::NeverUsed]);
        usage(&mut unused).uses = 1;
        assert_eq!(broken(&unused, NOW), []);
    }

    #[test]
    fn almost_used_up_begins_at_four_fifths() {
        let mut full = harmless();
        usage(&mut full).uses = 39;
        assert_eq!(broken(&full, NOW), []);
        usage(&mut full).uses = 40;
        assert_eq!(broken(&full, NOW), [Rule::AlmostUsedUp]);
    }

    #[test]
    fn ending_soon_matters_only_where_people_use_it() {
        let mut ending = harmless();
        ending.expires_at = Some(NOW + SOON);
        assert_eq!(broken(&ending, NOW), [Rule::EndsInUse]);
        usage(&mut ending).uses = 0;
        assert_eq!(broken(&ending, NOW), []);
        usage(&mut ending).uses = 1;
        ending.expires_at = Some(NOW + SOON + SignedDuration::from_secs(1));
        assert_eq!(broken(&ending, NOW), []);
    }

    #[test]
    fn fast_takes_ten_uses_and_more_than_five_an_hour() {
        let mut fast = harmless();
        usage(&mut fast).created_at = Some(NOW - SignedDuration::from_hours(2));
        usage(&mut fast).uses = 10;
        assert_eq!(broken(&fast, NOW), [], "five an hour");
        usage(&mut fast).uses = 11;
        assert_eq!(broken(&fast, NOW), [Rule::Fast]);
        usage(&mut fast).created_at = Some(NOW - SignedDuration::from_secs(1));
        usage(&mut fast).uses = 9;
        assert_eq!(broken(&fast, NOW), [], "too few to tell");
        usage(&mut fast).uses = 10;
        assert_eq!(broken(&fast, NOW), [Rule::Fast]);
    }

    #[test]
    fn rules_are_in_the_order_of_their_weight() {
        assert!(Rule::ALL.is_sorted_by_key(|rule| std::cmp::Reverse(rule.weight())));
    }
}
