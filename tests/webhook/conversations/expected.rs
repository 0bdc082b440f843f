//! What a list has to hold, computed from the community itself.

use std::cmp::Reverse;

use gatehouse::sandbox::platform::{Community, SampleInvite, SampleInviter, SampleUser};
use jiff::{SignedDuration, Timestamp};

use super::NOW;

/// A filter by state, and what it lets through.
pub(super) type State = (&'static str, fn(&SampleInvite) -> bool);

pub(super) const STATES: [State; 7] = [
    ("unused", |invite| invite.uses == 0),
    ("used", |invite| invite.uses > 0),
    ("never-expires", |invite| invite.max_age == 0),
    ("expires-soon", |invite| {
        let tomorrow = NOW + SignedDuration::from_hours(24);
        invite.expires_at().is_some_and(|end| end <= tomorrow)
    }),
    ("almost-used-up", |invite| {
        invite.max_uses > 0 && 5 * invite.uses >= 4 * invite.max_uses
    }),
    ("temporary", |invite| invite.temporary),
    ("creator-unknown", |invite| {
        creator(invite).is_none_or(|who| who.username == "DeletedUser")
    }),
];

pub(super) const SORTS: [&str; 7] = [
    "newest",
    "oldest",
    "most-used",
    "least-used",
    "expires-first",
    "creator",
    "channel",
];

/// The creator, where the platform names one.
pub(super) fn creator(invite: &SampleInvite) -> Option<&SampleUser> {
    match &invite.inviter {
        SampleInviter::Known(user) => Some(user),
        SampleInviter::Null | SampleInviter::Absent => None,
    }
}

/// The name that people see.
pub(super) fn shown_name(user: &SampleUser) -> &str {
    user.global_name.as_deref().unwrap_or(&user.username)
}

/// The invites that pass, in this order.
pub(super) fn invites<'a>(
    community: &'a Community,
    passes: impl Fn(&SampleInvite) -> bool,
    sort: &str,
) -> Vec<&'a SampleInvite> {
    let mut invites: Vec<_> = community.invites.iter().filter(|one| passes(one)).collect();
    invites.sort_by_key(|invite| (Reverse(invite.created_at), invite.code.clone()));
    match sort {
        "oldest" => invites.sort_by_key(|invite| invite.created_at),
        "most-used" => invites.sort_by_key(|invite| Reverse(invite.uses)),
        "least-used" => invites.sort_by_key(|invite| invite.uses),
        "expires-first" => {
            invites.sort_by_key(|invite| invite.expires_at().unwrap_or(Timestamp::MAX));
        }
        "creator" => invites.sort_by_key(|invite| {
            let known = creator(invite).filter(|who| who.username != "DeletedUser");
            let name = known.map(|who| shown_name(who).to_lowercase());
            (name.is_none(), name)
        }),
        "channel" => invites.sort_by_key(|invite| invite.channel.name.to_lowercase()),
        _ => {}
    }
    invites
}

/// Their codes.
pub(super) fn codes(
    community: &Community,
    passes: impl Fn(&SampleInvite) -> bool,
    sort: &str,
) -> Vec<String> {
    let invites = invites(community, passes, sort);
    invites
        .into_iter()
        .map(|invite| invite.code.clone())
        .collect()
}

/// Everything, newest first.
pub(super) fn newest(community: &Community) -> Vec<String> {
    codes(community, |_| true, "newest")
}
