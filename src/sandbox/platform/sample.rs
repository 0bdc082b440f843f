//! The sample data. People, channels and codes are invented.

mod members;

use jiff::{SignedDuration, Timestamp};

use super::{
    community::Community,
    invite::{SampleChannel, SampleInvite, SampleInviter},
    member::SampleUser,
    sequence::Sequence,
};

const HOUR: u32 = 3_600;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

const INVITES: u32 = 140;
const CHANNEL_IDS: u64 = 1_510_000_000_000_000_101;
const USER_IDS: u64 = 1_510_000_000_000_000_201;

/// Account names and display names, the busiest creators first.
///
/// Some names try a reply out: markup, mentions, emoji, right-to-left text, the full 32 characters.
const PEOPLE: [(&str, Option<&str>); 20] = [
    ("marisol_v", Some("Marisol Vance")),
    ("tobi", Some("Tobi 🪁")),
    ("fennimore", None),
    ("noa.lavi", Some("נועה לביא")),
    ("__ghost__", Some("**Bold** _Bea_")),
    ("layla_h", Some("ليلى الحداد")),
    ("windward", Some("Wilhelmina of the Windward Spire")),
    ("grandmaster_of_paper_kites_no_32", None),
    ("tick", Some("`tick` ||hidden|| ~~gone~~")),
    ("juniper", Some("🦊 Juniper 🦊")),
    ("everyone", Some("@everyone")),
    ("linkarm", Some("[click](https://example.com)")),
    ("sora", Some("空と風のソラ")),
    ("odd_socks", Some("Odd Socks")),
    ("Pietro", Some("Pietro <@1>")),
    ("quill", Some("# Quill")),
    ("rosalind", Some("Rosalind 👩\u{200d}🚀")),
    ("bram", Some("> Bram")),
    ("isk", Some("İsk ß ﬁ")),
    ("ubu", None),
];

/// See [`Community::sample`].
pub(super) fn community(now: Timestamp) -> Community {
    let channels = channels();
    let creators = creators();
    let mut sequence = Sequence(7);
    let invites = (0..INVITES)
        .map(|number| {
            let index = usize::try_from(number).expect("a u32 is a usize wherever this runs");
            let code = sequence.code(8);
            // The first round names every channel and every creator once; then some are busier than others.
            let channel = match channels.get(index) {
                Some(channel) => channel,
                None => &channels[sequence.early(channels.len())],
            };
            let inviter = match (creators.get(index), index % 35) {
                (Some(creator), _) => creator.clone().into(),
                (None, 33) => SampleInviter::Null,
                (None, 34) => SampleInviter::Absent,
                (None, _) => creators[sequence.early(creators.len())].clone().into(),
            };
            let terms = terms(number, &mut sequence);
            let made = SignedDuration::from_secs(i64::from(terms.age))
                + SignedDuration::from_millis(i64::from(sequence.between(1, 1_000)));
            SampleInvite {
                channel: channel.clone(),
                inviter,
                max_age: terms.max_age,
                max_uses: terms.max_uses,
                uses: terms.uses,
                temporary: terms.temporary,
                ..SampleInvite::new(&code, now - made)
            }
        })
        .collect();
    let mut community =
        Community::of(Community::SAMPLE_ID, "Paper Kite Society (sample)").with_invites(invites);
    community.channels = channels;
    community.member_count = 1_204;
    community.presence_count = 187;
    community.members = members::of(&community, &creators, now);
    community
}

/// See [`Community::many`].
pub(super) fn bulky_invites(n: usize, now: Timestamp) -> Vec<SampleInvite> {
    let pad = |text: &str, filler: char| -> String {
        text.chars()
            .chain(std::iter::repeat(filler))
            .take(32)
            .collect()
    };
    let mut sequence = Sequence(11);
    (0_u64..)
        .take(n)
        .map(|number| {
            let (name, username) = match number % 4 {
                0 => (
                    pad(&format!("🪁🦊 {number} "), '🎏'),
                    pad(&format!("user_{number}_"), 'x'),
                ),
                1 => (
                    pad(&format!("מועדון העפיפונים {number} "), 'ש'),
                    pad(&format!("kite_{number}_"), '_'),
                ),
                2 => (
                    pad(&format!("نادي الطائرات {number} "), 'و'),
                    pad(&format!("sky_{number}."), 'y'),
                ),
                _ => (
                    pad(&format!("*_`~|>{number} "), '*'),
                    pad(&format!("under_{number}_"), '_'),
                ),
            };
            let channel = 1 + number % 9;
            let limited = number % 3 == 0;
            SampleInvite {
                channel: SampleChannel::text(
                    CHANNEL_IDS + channel,
                    &pad(&format!("🎏-{channel}-"), 'w'),
                ),
                inviter: SampleUser::new(USER_IDS + 100 + number, &username, Some(&name)).into(),
                max_age: if limited { WEEK } else { 0 },
                max_uses: if limited { 100 } else { 0 },
                uses: sequence.between(0, 100),
                temporary: number % 10 == 9,
                ..SampleInvite::new(
                    &sequence.code(8),
                    now - SignedDuration::from_secs(i64::from(sequence.between(60, 6 * DAY))),
                )
            }
        })
        .collect()
}

fn channels() -> Vec<SampleChannel> {
    let id = |n| CHANNEL_IDS + n;
    vec![
        SampleChannel::text(id(0), "general"),
        SampleChannel::text(id(1), "welcome"),
        SampleChannel::text(id(2), "📣-announcements"),
        SampleChannel::text(id(3), "kite-building"),
        SampleChannel::text(id(4), "wind_reports"),
        SampleChannel::text(id(5), "עברית-ושלום"),
        SampleChannel::voice(id(6), "Evening Lounge"),
        SampleChannel::voice(id(7), "Workshop 🛠️"),
        SampleChannel::category(id(8), "Front Gate"),
    ]
}

fn creators() -> Vec<SampleUser> {
    let people = PEOPLE
        .iter()
        .zip(USER_IDS..)
        .map(|((username, name), id)| SampleUser::new(id, username, *name));
    let mut creators: Vec<_> = people.collect();
    // Bots near the front: in real guilds they make many invites.
    creators.insert(2, SampleUser::bot(USER_IDS + 40, "FerryBot"));
    creators.insert(9, SampleUser::bot(USER_IDS + 41, "Gate Keeper"));
    creators.insert(12, SampleUser::deleted(USER_IDS + 42));
    creators
}

/// The numbers of one invite; `age` is the seconds since it was made.
struct Terms {
    age: u32,
    max_age: u32,
    max_uses: u32,
    uses: u32,
    temporary: bool,
}

/// Goes through the ways in which people make invites, so that each filter finds some.
fn terms(number: u32, sequence: &mut Sequence) -> Terms {
    let (max_age, max_uses) = match number % 10 {
        0 | 1 => (0, 0),
        2 | 8 => (WEEK, 0),
        3 => (WEEK, 25),
        4 => (DAY, 10),
        5 => (0, 100),
        6 => (DAY, 1),
        7 => ([HOUR / 2, HOUR, 12 * HOUR][sequence.early(3)], 0),
        _ => (0, 50),
    };
    let uses = match number % 10 {
        0 | 6 => 0,
        1 => sequence.between(4, 900),
        3 => 24,
        5 => sequence.between(96, 100),
        4 => sequence.between(0, 9),
        9 => sequence.between(0, 45),
        _ => sequence.between(0, 30),
    };
    let age = if max_age == 0 {
        sequence.between(2 * DAY, 700 * DAY)
    } else {
        // At least a twentieth of its life is left, so that the sample outlives the first look at it.
        sequence.between(0, max_age - max_age / 20)
    };
    Terms {
        age,
        max_age,
        max_uses,
        uses,
        temporary: matches!(number % 20, 8 | 19),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    fn known(invite: &SampleInvite) -> Option<&SampleUser> {
        match &invite.inviter {
            SampleInviter::Known(user) => Some(user),
            SampleInviter::Null | SampleInviter::Absent => None,
        }
    }

    #[test]
    fn sample_has_the_promised_size() {
        let community = Community::sample(NOW);
        let creators: HashSet<_> = community.invites.iter().filter_map(known).collect();
        let channels: HashSet<_> = community.invites.iter().map(|i| i.channel.id).collect();
        assert_eq!(community.invites.len(), 140);
        assert_eq!(creators.len(), 23);
        assert_eq!(channels.len(), 9);
        assert_eq!(community.channels.len(), 9);
    }

    #[test]
    fn sample_keeps_the_limits_of_fluxer() {
        for invite in Community::sample(NOW).invites {
            assert!(invite.max_age <= WEEK, "{invite:?}");
            assert!(invite.max_uses <= 100, "{invite:?}");
            assert!(
                invite.max_uses == 0 || invite.uses < invite.max_uses,
                "{invite:?}"
            );
            assert!(invite.created_at < NOW, "{invite:?}");
            assert!(
                invite.expires_at().is_none_or(|end| end > NOW),
                "{invite:?}"
            );
            assert!(
                invite.code.len() == 8 && invite.code.bytes().all(|b| b.is_ascii_alphanumeric())
            );
        }
    }

    #[test]
    fn sample_shows_every_state() {
        let invites = Community::sample(NOW).invites;
        let some = |what: &str, test: &dyn Fn(&SampleInvite) -> bool| {
            let found = invites.iter().filter(|invite| test(invite)).count();
            assert!(found >= 3, "{what}: {found}");
        };
        let day = SignedDuration::from_hours(24);
        some("unused", &|i| i.uses == 0);
        some("used", &|i| i.uses > 0);
        some("never expires", &|i| i.max_age == 0);
        some("ends within a day", &|i| {
            i.expires_at().is_some_and(|end| end < NOW + day)
        });
        some("ends later", &|i| {
            i.expires_at().is_some_and(|end| end > NOW + day)
        });
        some("almost used up", &|i| {
            i.max_uses > 1 && i.uses + 1 == i.max_uses
        });
        some("temporary", &|i| i.temporary);
        some("no creator, null", &|i| i.inviter == SampleInviter::Null);
        some("no creator, absent", &|i| {
            i.inviter == SampleInviter::Absent
        });
        some("bot", &|i| known(i).is_some_and(|user| user.bot));
        let deleted = |i: &&SampleInvite| known(i).is_some_and(|u| u.username == "DeletedUser");
        assert!(invites.iter().any(|i| deleted(&i)));
    }

    #[test]
    fn sample_is_the_same_each_time_and_its_codes_differ() {
        let invites = Community::sample(NOW).invites;
        let codes: HashSet<_> = invites.iter().map(|invite| &invite.code).collect();
        assert_eq!(codes.len(), invites.len());
        assert_eq!(invites, Community::sample(NOW).invites);
    }

    #[test]
    fn names_use_up_to_32_characters() {
        let of = |invites: &[SampleInvite]| -> Vec<usize> {
            let users = invites.iter().filter_map(known);
            users
                .flat_map(|u| [Some(&u.username), u.global_name.as_ref()])
                .flatten()
                .map(|name| name.chars().count())
                .collect()
        };
        assert_eq!(
            of(&Community::sample(NOW).invites).into_iter().max(),
            Some(32)
        );
        let many = Community::of(1, "many").many(200, NOW);
        assert_eq!(many.invites.len(), 200);
        assert!(of(&many.invites).into_iter().all(|chars| chars == 32));
    }
}
