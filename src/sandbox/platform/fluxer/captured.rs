//! Holds the sample against answers of a real server, so that it cannot drift.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        audit::AuditEntry,
        community::Community,
        invite::{SampleInvite, SampleInviter},
        member::{SampleMember, SampleUser},
    },
    audit_log, bot,
    discovery::well_known,
    objects::{self, guild, instant, invites},
    people::{self, me},
};

/// Null in the sample, while the captured guild happens to have a value.
pub(super) const NULLABLE: [&str; 2] = [".channels[].topic", ".channels[].parent_id"];

/// What occurs at one place of a document.
#[derive(Debug, Default, PartialEq)]
struct Place {
    types: BTreeSet<&'static str>,
    /// Keys that every object at this place has.
    always: Option<BTreeSet<String>>,
    /// Keys that some object at this place has.
    sometimes: BTreeSet<String>,
}

fn places(value: &Value, path: &str, found: &mut BTreeMap<String, Place>) {
    let place = found.entry(path.to_owned()).or_default();
    place.types.insert(match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    });
    match value {
        Value::Array(elements) => {
            for element in elements {
                places(element, &format!("{path}[]"), found);
            }
        }
        Value::Object(fields) => {
            let keys: BTreeSet<String> = fields.keys().cloned().collect();
            place.sometimes.extend(keys.clone());
            place.always = Some(match place.always.take() {
                Some(always) => &always & &keys,
                None => keys,
            });
            for (key, field) in fields {
                places(field, &format!("{path}.{key}"), found);
            }
        }
        _ => {}
    }
}

fn shape(value: &Value) -> BTreeMap<String, Place> {
    let mut found = BTreeMap::new();
    places(value, "", &mut found);
    found
}

fn captured(file: &str) -> Value {
    let file: Value = serde_json::from_str(file).expect("a captured file is JSON");
    file["response"]["body"].clone()
}

/// Asserts the same keys and types, apart from places that the captured answer left at one of their two forms.
pub(super) fn assert_like(sample: &Value, captured: &Value, or_null: &[&str]) {
    let (sample, captured) = (shape(sample), shape(captured));
    for (path, real) in &captured {
        let own = sample.get(path);
        let own = own.unwrap_or_else(|| panic!("the sample has nothing at {path}"));
        let mut allowed = real.types.clone();
        if or_null.contains(&path.as_str()) {
            allowed.insert("null");
        }
        assert!(
            own.types.is_subset(&allowed),
            "{path}: {own:?}, not {real:?}"
        );
        assert_eq!(own.always, real.always, "keys of every object at {path}");
        assert_eq!(own.sometimes, real.sometimes, "keys at {path}");
    }
    let extra: Vec<_> = sample
        .keys()
        .filter(|key| !captured.contains_key(*key))
        .collect();
    assert!(extra.is_empty(), "the sample alone has {extra:?}");
}

pub(super) fn sample() -> Community {
    let now = Timestamp::constant(1_790_000_000, 0);
    let mut community = Community::sample(now);
    // The captured guild has no invite without a creator; see the test about those.
    let known = |invite: &SampleInvite| matches!(invite.inviter, SampleInviter::Known(_));
    community.invites.retain(known);
    community
}

#[test]
fn invites_are_like_real_ones() {
    let real = include_str!("../../../../tests/fixtures/fluxer/guild_invites_list_200.json");
    assert_like(&invites(&sample()), &captured(real), &[]);
}

#[test]
fn the_guild_is_like_a_real_one() {
    let real = include_str!("../../../../tests/fixtures/fluxer/guild_get_200.json");
    assert_like(&guild(&sample()), &captured(real), &NULLABLE);
}

#[test]
fn a_pause_adds_the_feature_that_a_real_one_adds() {
    let real =
        include_str!("../../../../tests/fixtures/fluxer/guild_get_200_invites_disabled.json");
    let paused = guild(&sample().paused());
    assert_eq!(paused["features"], captured(real)["features"]);
    assert_like(&paused, &captured(real), &NULLABLE);
}

#[test]
fn the_bot_is_like_a_real_one() {
    let real = include_str!("../../../../tests/fixtures/fluxer/users_me_200_bot.json");
    assert_like(&me(), &captured(real), &[]);
}

#[test]
fn discovery_is_like_a_real_one() {
    let real = include_str!("../../../../tests/fixtures/fluxer/well_known_fluxer_200.json");
    let own = well_known("http://127.0.0.1:9", "ws://127.0.0.1:10/gateway");
    assert_like(&own, &captured(real), &[]);
    assert_eq!(own["endpoints"]["api"], "http://127.0.0.1:9/api");
    assert_eq!(own["endpoints"]["gateway"], "ws://127.0.0.1:10/gateway");
    assert_eq!(own["endpoints"]["invite"], "http://127.0.0.1:9/invite");
}

#[test]
fn an_unknown_creator_is_null_or_absent() {
    let now = Timestamp::constant(1_790_000_000, 0);
    let of = |inviter| SampleInvite {
        inviter,
        ..SampleInvite::new("abcdEF12", now)
    };
    let community = Community::of(1, "one")
        .with_invites(vec![of(SampleInviter::Null), of(SampleInviter::Absent)]);
    let invites = invites(&community);
    assert_eq!(invites[0].get("inviter"), Some(&Value::Null));
    assert_eq!(invites[1].get("inviter"), None);
}

#[test]
fn instants_end_in_milliseconds_and_z() {
    let at = Timestamp::constant(1_790_000_000, 5_000_000);
    assert_eq!(instant(at), "2026-09-21T14:13:20.005Z");
}

/// The captured answer in this file.
macro_rules! real {
    ($file:literal) => {
        captured(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/fluxer/",
            $file,
            ".json"
        )))
    };
}

#[test]
fn a_new_invite_is_like_a_real_one() {
    let community = sample();
    let invite = |max_age| SampleInvite {
        inviter: bot().into(),
        max_age,
        ..SampleInvite::new("abcdEF12", Timestamp::constant(1_790_000_000, 0))
    };
    let ending = objects::invite(&invite(86_400), &community);
    assert_like(&ending, &real!("invite_create_200"), &[]);
    let endless = objects::invite(&invite(0), &community);
    assert_like(&endless, &real!("invite_create_200_defaults"), &[]);
}

#[test]
fn a_changed_guild_is_like_a_real_one() {
    let open = objects::guild_settings(&sample());
    assert_like(&open, &real!("invites_disabled_patch_200_resume"), &[]);
    let paused = objects::guild_settings(&sample().paused());
    assert_like(&paused, &real!("invites_disabled_patch_200"), &[]);
}

#[test]
fn channels_are_like_real_ones() {
    let nullable = ["[].topic", "[].parent_id", "[].last_message_id"];
    let channels = objects::channels(&sample());
    assert_like(&channels, &real!("guild_channels_200"), &nullable);
    let text = objects::channel_alone(&sample(), &sample().channels[1]);
    let nullable = [".topic", ".parent_id"];
    assert_like(&text, &real!("channel_get_200"), &nullable);
}

#[test]
fn roles_are_like_real_ones() {
    assert_like(&people::roles(&sample()), &real!("guild_roles_200"), &[]);
}

#[test]
fn members_are_like_real_ones() {
    let own = people::bot_as_member(&sample());
    assert_like(&own, &real!("guild_member_get_200_bot"), &[]);
    let user = SampleUser::new(7, "mika", Some("Mika"));
    let person = SampleMember::new(user, Timestamp::constant(1_790_000_000, 0));
    let real = real!("guild_member_get_200_human");
    assert_like(&people::member(&person), &real, &[]);
}

#[test]
fn entries_of_the_audit_log_are_like_real_ones() {
    let at = Timestamp::constant(1_790_000_000, 0);
    let invite = SampleInvite::new("abcdEF12", at);
    let entry = |action, reason: Option<&str>| {
        let entry = AuditEntry {
            id: 1,
            action,
            target: invite.code.clone(),
            reason: reason.map(str::to_owned),
            user_id: 2,
            at,
            invite: Some(invite.clone()),
            paused: None,
        };
        audit_log::entry(&entry, 3)
    };
    let of = |action, last| json!([entry(action, Some("spam")), entry(action, last)]);
    let made = &real!("audit_log_200_invite_create")["audit_log_entries"];
    assert_like(&of(AuditEntry::INVITE_CREATE, None), made, &[]);
    let revoked = &real!("audit_log_200_invite_delete")["audit_log_entries"];
    let own = of(AuditEntry::INVITE_DELETE, Some("more spam"));
    assert_like(&own, revoked, &[]);
}
