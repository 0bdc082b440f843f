//! What a platform answers: no body breaks a reader, and what was read can be shown.

use gatehouse::parts::{Listed, Readings};
use gatehouse_commands::Request;
use serde_json::json;

use super::{
    NOW, fixtures,
    given::{Given, command},
};

/// What is done with a list. Which of them is told by the body's length, so that each round is a
/// short one.
const REQUESTS: [(&str, &[(&str, &str)]); 9] = [
    ("list", &[]),
    ("list", &[("sort", "creator"), ("share", "true")]),
    ("show", &[]),
    ("review", &[]),
    ("stats", &[]),
    ("export", &[("format", "json")]),
    ("export", &[("format", "csv")]),
    ("clean", &[("older_than", "1h")]),
    ("rotate", &[]),
];

/// Reads a body in every way, and shows what it was read as.
pub fn check(body: &[u8]) {
    let Readings {
        invites,
        invite,
        overview,
        channels,
        members,
        link_base,
        ..
    } = Readings::of(body, NOW);
    let Listed {
        mut invites,
        unreadable,
        overview: told_in_the_list,
    } = invites.unwrap_or_default();
    invites.extend(invite);
    let given = Given {
        unreadable,
        overview: overview.or(told_in_the_list),
        channels: channels.unwrap_or_default(),
        members: members.unwrap_or_default(),
        link_base,
        invites,
    };
    if !given.channels.is_empty() {
        given.answer(Request::Complete {
            words: command("create", &[]),
            option: "channel".to_owned(),
            typed: String::new(),
        });
    }
    if !given.members.members.is_empty() {
        let captured = Given {
            members: given.members.clone(),
            ..Given::captured()
        };
        captured.answer(Request::Command(captured.about_the_first("who", &[])));
    }
    if given.overview.is_some() {
        given.answer(Request::Command(command("list", &[])));
    }
    if !given.invites.is_empty() {
        let (name, options) = REQUESTS[body.len() % REQUESTS.len()];
        given.answer(Request::Command(given.about_the_first(name, options)));
    }
}

/// What Fluxer answered with, and what only Discord has.
pub fn seeds() -> Vec<Vec<u8>> {
    let discord = [
        json!([{"code": "abc", "type": 0, "flags": 1, "target_type": 2, "temporary": true,
            "uses": 4, "max_uses": 5, "max_age": 3600, "created_at": "2026-08-21T11:30:00+00:00",
            "expires_at": "2026-08-21T12:30:00+00:00",
            "channel": {"id": "1", "type": 0, "name": "welcome"},
            "inviter": {"id": "2", "username": "ann", "discriminator": "0", "global_name": "Ann"},
            "roles": [{"id": "3", "name": "Crew"}],
            "guild_scheduled_event": {"name": "Regatta"}}]),
        json!({"name": "g", "owner_id": "1", "features": [], "vanity_url_code": "harbour",
            "incidents_data": {"invites_disabled_until": "2026-08-22T12:00:00+00:00"},
            "roles": [{"id": "3", "permissions": "32"}]}),
        json!({"code": 50013, "message": "…", "retry_after": 0.65, "global": true}),
        json!({"members": [{"user_id": "9", "username": "ann", "discriminator": "0042",
            "global_name": "Ann", "nickname": "Annie", "joined_at": 1_790_000_000,
            "is_bot": false}], "total_result_count": 1, "indexing": false}),
        json!({"verify_key": "5a5a"}),
        json!(null),
    ];
    let mut seeds = fixtures::answers();
    seeds.extend(discord.iter().map(fixtures::bytes));
    seeds
}
