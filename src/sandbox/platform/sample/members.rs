//! The people of the sample community: who came by which invite, and when. All of them are invented.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{
        community::Community,
        invite::SampleInvite,
        member::{SampleMember, SampleUser},
        sequence::Sequence,
        snowflake,
    },
    DAY, HOUR,
};

/// Of so many who came, one is still there, apart from the first.
const COME_AND_GO: u32 = 14;

/// The invite whose link was passed around, so that many new accounts came at once.
const RUSHED: usize = 5;

/// Members who came in the rush.
const RUSH: u32 = 48;

const FIRST_WORDS: [&str; 24] = [
    "quiet", "amber", "paper", "windy", "little", "copper", "early", "lost", "velvet", "north",
    "silver", "dusty", "sunny", "hollow", "brisk", "patient", "crooked", "salty", "mossy", "plain",
    "distant", "cobalt", "humble", "tidy",
];

const SECOND_WORDS: [&str; 24] = [
    "heron", "kite", "lantern", "otter", "spool", "gale", "meadow", "anchor", "finch", "cloud",
    "pebble", "sail", "marten", "thistle", "comet", "harbor", "ribbon", "swift", "cedar", "tinker",
    "beacon", "plover", "wren", "bobbin",
];

/// Bots are added, so they come by no invite.
const BOTS: [&str; 3] = ["Thermal DJ", "Forecast", "Roll Call"];

/// All members apart from the bot, as many as the community counts.
pub(super) fn of(
    community: &Community,
    creators: &[SampleUser],
    now: Timestamp,
) -> Vec<SampleMember> {
    let mut people = People {
        sequence: Sequence(17),
        now,
        made: 0,
    };
    let all = usize::try_from(community.member_count).expect("a u32 is a usize wherever this runs");
    let mut members = people.founders(creators);
    for (number, invite) in community.invites.iter().enumerate() {
        if number == RUSHED {
            members.extend(people.rush(invite));
        } else if invite.uses > 0 {
            let stayed = 1 + invite.uses / COME_AND_GO;
            members.extend((0..stayed).map(|_| people.comes(invite)));
        }
    }
    while members.len() + 1 < all {
        members.push(people.of_old());
    }
    members
}

/// Makes up one person after the other.
struct People {
    sequence: Sequence,
    now: Timestamp,
    made: u64,
}

impl People {
    /// Who was there before anybody counted: those who make the invites, and the bots.
    fn founders(&mut self, creators: &[SampleUser]) -> Vec<SampleMember> {
        let there = creators
            .iter()
            .filter(|user| user.username != "DeletedUser");
        let mut users: Vec<_> = there.cloned().collect();
        for name in BOTS {
            let made = self.now - seconds(900 * DAY);
            let id = self.id(made);
            users.push(SampleUser::bot(id, name));
        }
        let joined = |days: u32| self.now - seconds((800 - days) * DAY);
        let members = (0..).zip(users);
        members
            .map(|(days, user)| SampleMember::new(user, joined(days)))
            .collect()
    }

    /// Somebody who came by an invite at some time since it was made.
    fn comes(&mut self, invite: &SampleInvite) -> SampleMember {
        let lived = self.now.duration_since(invite.created_at).as_secs();
        let after = self.up_to(lived);
        let joined = invite.created_at + after;
        SampleMember::through(invite, self.person(joined), joined)
    }

    /// Many who came within minutes, all with accounts of the same day and names alike.
    fn rush(&mut self, invite: &SampleInvite) -> Vec<SampleMember> {
        let start = invite.created_at + seconds(HOUR);
        (0..RUSH.min(invite.uses))
            .map(|number| {
                let joined = start + seconds(number * 4 + self.sequence.between(0, 4));
                let age = seconds(self.sequence.between(HOUR, 8 * HOUR));
                let digits = self.sequence.between(1_000, 10_000);
                let id = self.id(joined - age);
                let user = SampleUser::new(id, &format!("free_kites_{digits}"), None);
                SampleMember::through(invite, user, joined)
            })
            .collect()
    }

    /// Somebody who came by an invite that is long gone, or by none.
    fn of_old(&mut self) -> SampleMember {
        let joined = self.now - seconds(self.sequence.between(DAY, 750 * DAY));
        SampleMember::new(self.person(joined), joined)
    }

    /// A person whose account is older than this moment: mostly by years, now and then by hours.
    fn person(&mut self, joined: Timestamp) -> SampleUser {
        let age = match self.sequence.between(0, 8) {
            0 => self.sequence.between(HOUR, 2 * DAY),
            1 | 2 => self.sequence.between(2 * DAY, 60 * DAY),
            _ => self.sequence.between(60 * DAY, 2_000 * DAY),
        };
        let id = self.id(joined - seconds(age));
        let first = FIRST_WORDS[self.sequence.early(FIRST_WORDS.len())];
        let second = SECOND_WORDS[self.sequence.early(SECOND_WORDS.len())];
        let number = self.sequence.between(0, 100);
        let shown = match number % 5 {
            0 | 1 => None,
            2 => Some(format!("{first} {second} 🪁")),
            _ => Some(format!("{first} {second}")),
        };
        let username = format!("{first}_{second}{number}");
        SampleUser::new(id, &username, shown.as_deref())
    }

    /// An id of this moment that nobody else has.
    fn id(&mut self, made: Timestamp) -> u64 {
        self.made += 1;
        snowflake::at(made, self.made)
    }

    fn up_to(&mut self, most_seconds: i64) -> SignedDuration {
        let most = u32::try_from(most_seconds.max(1)).unwrap_or(u32::MAX);
        seconds(self.sequence.between(0, most))
    }
}

fn seconds(seconds: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    #[test]
    fn everybody_who_is_counted_is_there_once() {
        let community = Community::sample(NOW);
        let ids: HashSet<_> = community.members.iter().map(|one| one.user.id).collect();
        // The bot is counted as well.
        assert_eq!(ids.len() + 1, 1_204);
        assert_eq!(ids.len(), community.members.len());
        assert!(ids.contains(&community.owner_id));
        assert_eq!(community.members, Community::sample(NOW).members);
    }

    #[test]
    fn nobody_came_by_an_invite_that_was_not_used() {
        let community = Community::sample(NOW);
        let mut came = HashMap::<_, u32>::new();
        for member in &community.members {
            let Some(code) = &member.source_invite_code else {
                continue;
            };
            let invite = community.invite(code).expect("an invite of the sample");
            assert!(member.joined_at >= invite.created_at && member.joined_at <= NOW);
            assert!(member.user.created_at() < member.joined_at);
            assert!(!member.user.bot, "bots cannot use invites");
            assert_eq!(member.inviter_id, invite.inviter_id());
            *came.entry(code).or_default() += 1;
        }
        for invite in &community.invites {
            let came = came.get(&invite.code).copied().unwrap_or_default();
            assert!(came <= invite.uses, "{invite:?}");
            assert_eq!(came == 0, invite.uses == 0, "{invite:?}");
        }
        assert!(came.values().sum::<u32>() >= 300);
    }

    #[test]
    fn accounts_are_of_every_age() {
        let community = Community::sample(NOW);
        let by_invite = community.members.iter();
        let by_invite = by_invite.filter(|one| one.source_invite_code.is_some());
        let ages = by_invite.map(|one| one.joined_at.duration_since(one.user.created_at()));
        let days: Vec<_> = ages.map(|age| age.as_hours() / 24).collect();
        for (from, to) in [(0, 1), (2, 30), (30, 365), (365, 3_000)] {
            let some = days.iter().filter(|age| (from..to).contains(*age)).count();
            assert!(some >= 20, "{from} to {to} days: {some}");
        }
        let bots = community.members.iter().filter(|one| one.user.bot);
        assert_eq!(bots.count(), 5);
    }

    #[test]
    fn one_invite_brought_a_rush() {
        let community = Community::sample(NOW);
        let code = &community.invites[RUSHED].code;
        let members = community.members.iter();
        let rush = members.filter(|one| one.source_invite_code.as_ref() == Some(code));
        let joined: Vec<_> = rush.map(|one| one.joined_at).collect();
        assert_eq!(joined.len(), 48);
        let took = joined[47].duration_since(joined[0]);
        assert!(took < SignedDuration::from_mins(4), "{took}");
    }
}
