//! The community that the sandbox shows: the sample, or one of many variations of it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{
    persona,
    platform::{Community, SampleInvite, SampleMember},
};

/// Characters of a code.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Length of a code.
const CODE_CHARS: usize = 8;

/// The made-up community of this seed: always the same one for the same seed and moment.
///
/// Without a seed it is the sample as the documentation shows it. A seed gives the invites other
/// codes, makers, channels and uses; what a filter can find stays about the same, and so does who
/// came through which. Whoever can be at the keyboard is a member.
pub(super) fn sample_community(now: Timestamp, seed: Option<u64>) -> Community {
    let mut community = Community::sample(now);
    if let Some(seed) = seed {
        vary(&mut community, Sequence(seed));
    }
    persona::join(&mut community);
    community
}

fn vary(community: &mut Community, mut sequence: Sequence) {
    let Community {
        invites, members, ..
    } = community;
    // Makers and channels change places, so that no one gets lost.
    for last in (1..invites.len()).rev() {
        let other = sequence.below(last + 1);
        swap(invites, last, other, |invite| &mut invite.inviter);
        let other = sequence.below(last + 1);
        swap(invites, last, other, |invite| &mut invite.channel);
    }
    let mut came: HashMap<String, Vec<&mut SampleMember>> = HashMap::new();
    for member in members {
        if let Some(code) = member.source_invite_code.clone() {
            came.entry(code).or_default().push(member);
        }
    }
    for invite in invites {
        let through = came.remove(&invite.code).unwrap_or_default();
        invite.code = sequence.code();
        // An invite without limits can have been used as often as one likes, but not by fewer than
        // are still there.
        if invite.max_uses == 0 && invite.uses > 0 {
            let more = u32::try_from(1 + sequence.below(900)).unwrap_or(1);
            let there = u32::try_from(through.len()).unwrap_or(u32::MAX);
            invite.uses = more.max(there);
        }
        for member in through {
            member.source_invite_code = Some(invite.code.clone());
            member.inviter_id = invite.inviter_id();
        }
    }
}

fn swap<T>(
    invites: &mut [SampleInvite],
    one: usize,
    other: usize,
    part: impl Fn(&mut SampleInvite) -> &mut T,
) {
    if let Ok([one, other]) = invites.get_disjoint_mut([one, other]) {
        std::mem::swap(part(one), part(other));
    }
}

/// A small fixed generator (SplitMix64): a seed must mean the same everywhere and always.
struct Sequence(u64);

impl Sequence {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which must not be zero.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn code(&mut self) -> String {
        (0..CODE_CHARS)
            .map(|_| char::from(ALPHABET[self.below(ALPHABET.len())]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 0);

    #[test]
    fn the_same_seed_gives_the_same_community() {
        let invites = |seed| sample_community(NOW, seed).invites;
        assert_eq!(invites(Some(7)), invites(Some(7)));
        assert_ne!(invites(Some(7)), invites(Some(8)));
        assert_eq!(invites(None), Community::sample(NOW).invites);
        assert_ne!(invites(Some(0)), invites(None));
    }

    #[test]
    fn a_variation_keeps_everyone_and_every_limit() {
        let makers = |seed| -> HashSet<String> {
            let invites = sample_community(NOW, seed).invites.into_iter();
            invites
                .map(|invite| format!("{:?}", invite.inviter))
                .collect()
        };
        assert_eq!(makers(Some(3)), makers(None));
        let invites = sample_community(NOW, Some(3)).invites;
        let codes: HashSet<_> = invites.iter().map(|invite| &invite.code).collect();
        assert_eq!(codes.len(), invites.len());
        for invite in &invites {
            assert!(invite.max_uses == 0 || invite.uses < invite.max_uses);
        }
    }

    #[test]
    fn everybody_came_through_an_invite_of_the_variation() {
        let sample = sample_community(NOW, None);
        let community = sample_community(NOW, Some(3));
        assert_eq!(community.members.len(), sample.members.len());
        let mut came = HashMap::<&str, u32>::new();
        for (member, before) in community.members.iter().zip(&sample.members) {
            let code = member.source_invite_code.as_deref();
            assert_eq!(code.is_some(), before.source_invite_code.is_some());
            let Some(code) = code else { continue };
            let invite = community.invite(code).unwrap();
            assert_eq!(member.inviter_id, invite.inviter_id());
            assert!(member.joined_at >= invite.created_at);
            *came.entry(code).or_default() += 1;
        }
        for invite in &community.invites {
            let came = came.get(&*invite.code).copied().unwrap_or_default();
            assert!(came <= invite.uses, "{invite:?}");
            assert_eq!(came == 0, invite.uses == 0, "{invite:?}");
        }
    }
}
