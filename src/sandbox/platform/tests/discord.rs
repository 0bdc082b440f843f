//! What Discord's calls change, held against Discord's published schema.

use jsonschema::{Draft, Validator};

use super::*;

const CHANNEL: u64 = 1_510_000_000_000_000_101;

async fn sent(platform: &SamplePlatform, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    super::discord(platform, method, path, body).await
}

async fn revoke(platform: &SamplePlatform, code: &str) -> (u16, Value) {
    sent(platform, "DELETE", &format!("invites/{code}"), &Value::Null).await
}

async fn create(platform: &SamplePlatform, body: &Value) -> (u16, Value) {
    let path = format!("channels/{CHANNEL}/invites");
    sent(platform, "POST", &path, body).await
}

async fn pause(platform: &SamplePlatform, body: &Value) -> (u16, Value) {
    let path = format!("guilds/{GUILD}/incident-actions");
    sent(platform, "PUT", &path, body).await
}

async fn features(platform: &SamplePlatform, features: &[&str]) -> (u16, Value) {
    let body = json!({ "features": features });
    sent(platform, "PATCH", &format!("guilds/{GUILD}"), &body).await
}

/// A validator of one of Discord's schemas.
fn schema(name: &str) -> Validator {
    let file = include_str!("../../../../tests/fixtures/discord/openapi-subset.json");
    let file: Value = serde_json::from_str(file).expect("JSON");
    let schema = json!({
        "components": file["components"],
        "$ref": format!("#/components/schemas/{name}"),
    });
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    options.build(&schema).expect("a schema")
}

fn assert_valid(schema: &Validator, body: &Value) {
    let errors: Vec<_> = schema.iter_errors(body).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?} in {body}");
}

fn sample(platform: &SamplePlatform) -> Community {
    platform.community(GUILD).expect("the guild")
}

/// The code of the error, and the first error of this field.
fn told<'a>(refusal: &'a (u16, Value), field: &str) -> (u16, &'a Value, &'a Value) {
    let (status, body) = refusal;
    let first = &body["errors"][field]["_errors"][0]["code"];
    (*status, &body["code"], first)
}

#[tokio::test]
async fn a_revoked_invite_is_answered_and_gone() {
    let platform = platform().await;
    let code = sample(&platform).invites[3].code.clone();
    let (status, invite) = revoke(&platform, &code).await;
    assert_eq!((status, &invite["code"]), (200, &json!(code)));
    assert_eq!(invite.get("uses"), None, "a single invite has no metadata");
    assert_valid(&schema("GuildInviteResponse"), &invite);
    assert_eq!(sample(&platform).invites.len(), 139);
    let (status, body) = revoke(&platform, &code).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_006)));
    assert_eq!(platform.revoked(GUILD), [code]);
}

#[tokio::test]
async fn revoking_needs_manage_server_or_manage_channels() {
    let platform = platform().await;
    let invites = vec![SampleInvite::new("aaaaaaaaaa", Timestamp::now())];
    let community = Community::of(2, "other").with_invites(invites);
    for (permissions, status) in [
        (permission::CREATE_INVITE, 403),
        (permission::MANAGE_CHANNELS, 200),
        (permission::MANAGE_GUILD, 200),
        (permission::ADMINISTRATOR, 200),
    ] {
        platform.add_guild(community.clone().with_permissions(permissions));
        let (answered, body) = revoke(&platform, "aaaaaaaaaa").await;
        assert_eq!(answered, status, "{permissions}");
        if status == 403 {
            assert_eq!(body["code"], 50_013);
        }
    }
}

#[tokio::test]
async fn an_invite_is_made_with_its_metadata() {
    let platform = platform().await;
    let (status, made) = create(&platform, &json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(made["code"].as_str().map(str::len), Some(10));
    assert_eq!(
        (&made["max_age"], &made["max_uses"]),
        (&json!(86_400), &json!(0))
    );
    assert_eq!(
        (&made["uses"], &made["temporary"]),
        (&json!(0), &json!(false))
    );
    assert_eq!(made["inviter"]["id"], APPLICATION_ID.to_string());
    assert_valid(&schema("GuildInviteResponse"), &made);
    let (_, again) = create(&platform, &json!({})).await;
    assert_eq!(again["code"], made["code"]);
    let (_, other) = create(&platform, &json!({ "unique": true })).await;
    assert_ne!(other["code"], made["code"]);
}

#[tokio::test]
async fn an_invite_that_cannot_be_made_is_refused() {
    let platform = platform().await;
    let cases = [
        (json!({ "max_age": 604_801 }), "max_age", "NUMBER_TYPE_MAX"),
        (json!({ "max_uses": 101 }), "max_uses", "NUMBER_TYPE_MAX"),
        (json!({ "max_uses": -1 }), "max_uses", "NUMBER_TYPE_MIN"),
        (
            json!({ "temporary": "yes" }),
            "temporary",
            "BOOLEAN_TYPE_CONVERT",
        ),
    ];
    for (body, field, code) in cases {
        let refusal = create(&platform, &body).await;
        assert_eq!(told(&refusal, field), (400, &json!(50_035), &json!(code)));
    }
    let most = json!({ "max_age": 604_800, "max_uses": 100 });
    assert_eq!(create(&platform, &most).await.0, 200);
    let (status, body) = sent(&platform, "POST", "channels/1/invites", &json!({})).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_003)));
    let (status, body) = create(&platform, &json!([])).await;
    assert_eq!((status, &body["code"]), (400, &json!(50_109)));

    let mut full = sample(&platform);
    full.max_invites = full.invites.len();
    platform.add_guild(full.clone());
    let (status, body) = create(&platform, &json!({ "unique": true })).await;
    assert_eq!((status, &body["code"]), (400, &json!(30_016)));
    platform.add_guild(full.without(permission::CREATE_INVITE));
    let (status, body) = create(&platform, &json!({})).await;
    assert_eq!((status, &body["code"]), (403, &json!(50_013)));
}

#[tokio::test]
async fn an_invite_can_give_roles_and_lead_to_an_event() {
    let platform = platform().await;
    let mut community = sample(&platform);
    community.invites[0].roles = vec![(8, "Crew".to_owned())];
    community.invites[0].event = Some("Regatta".to_owned());
    let code = community.invites[0].code.clone();
    platform.add_guild(community.clone());
    let (_, list) = sent(
        &platform,
        "GET",
        &format!("guilds/{GUILD}/invites"),
        &Value::Null,
    )
    .await;
    let list = list.as_array().expect("a list");
    let invite = list.iter().find(|invite| invite["code"] == code);
    let invite = invite.expect("the invite");
    assert_eq!(invite["roles"][0]["name"], "Crew");
    assert_eq!(invite["guild_scheduled_event"]["name"], "Regatta");
    assert_valid(&schema("GuildInviteResponse"), invite);
    let plain = list.iter().filter(|invite| invite.get("roles").is_none());
    assert_eq!(plain.count(), 139);

    let body = json!({ "role_ids": ["8"] });
    let (status, refused) = create(&platform, &body).await;
    assert_eq!((status, &refused["code"]), (403, &json!(50_013)));
    let more = permission::OF_THE_BOT | permission::MANAGE_ROLES;
    platform.add_guild(community.with_permissions(more));
    assert_eq!(create(&platform, &body).await.1["roles"], invite["roles"]);
    let unknown = create(&platform, &json!({ "role_ids": ["9"] })).await;
    assert_eq!(told(&unknown, "role_ids").0, 400);
}

#[tokio::test]
async fn joining_is_paused_for_a_time() {
    let platform = platform().await;
    let ahead = |time: SignedDuration| json!((Timestamp::now() + time).to_string());
    let until = ahead(SignedDuration::from_hours(23));
    let (status, incidents) = pause(&platform, &json!({ "invites_disabled_until": until })).await;
    assert_eq!(status, 200);
    assert_valid(&schema("GuildIncidentsDataResponse"), &incidents);
    let path = format!("guilds/{GUILD}");
    let (_, guild) = sent(&platform, "GET", &path, &Value::Null).await;
    assert_eq!(guild["incidents_data"], incidents);
    assert!(sample(&platform).pause_end().is_some());

    let (_, same) = pause(&platform, &json!({})).await;
    assert_eq!(same, incidents);
    let (_, ended) = pause(&platform, &json!({ "invites_disabled_until": null })).await;
    assert_eq!(ended["invites_disabled_until"], Value::Null);
    assert_eq!(sample(&platform).pause_end(), None);
    let log = platform.audit_log(GUILD);
    let actions: Vec<_> = log.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [1, 1]);
}

#[tokio::test]
async fn a_pause_ends_within_a_day() {
    let platform = platform().await;
    let body = |seconds: i64| {
        let until = Timestamp::now() + SignedDuration::from_secs(seconds);
        json!({ "invites_disabled_until": until.to_string() })
    };
    let day = 86_400;
    let refused = pause(&platform, &body(day + 60)).await;
    let told_code = told(&refused, "invites_disabled_until").1;
    assert_eq!((refused.0, told_code), (400, &json!(50_035)));
    // The call takes a moment, so exactly a day ahead is within it.
    assert_eq!(pause(&platform, &body(day)).await.0, 200);
    let wrong = pause(&platform, &json!({ "invites_disabled_until": "soon" })).await;
    let code = told(&wrong, "invites_disabled_until").2;
    assert_eq!((wrong.0, code), (400, &json!("DATE_TIME_TYPE_PARSE")));

    platform.add_guild(sample(&platform).without(permission::MANAGE_GUILD));
    let (status, refused) = pause(&platform, &body(60)).await;
    assert_eq!((status, &refused["code"]), (403, &json!(50_013)));
}

#[tokio::test]
async fn joining_is_paused_without_an_end_by_a_feature() {
    let platform = platform().await;
    let (status, guild) = features(&platform, &["COMMUNITY", "NEWS", "INVITES_DISABLED"]).await;
    assert_eq!(status, 200);
    assert_eq!(
        guild["features"],
        json!(["COMMUNITY", "NEWS", "INVITES_DISABLED"])
    );
    assert!(sample(&platform).is_paused());
    // Who leaves out what the guild has would switch it off, and may not.
    let (status, refused) = features(&platform, &["INVITES_DISABLED"]).await;
    assert_eq!((status, &refused["code"]), (403, &json!(50_013)));
    let (_, guild) = features(&platform, &["COMMUNITY"]).await;
    assert_eq!(guild["features"], json!(["COMMUNITY", "NEWS"]));
    assert!(!sample(&platform).is_paused());
    assert_eq!(platform.count(Route::Pause.in_guild(GUILD)), 3);
}

#[tokio::test]
async fn the_audit_log_keeps_decoded_reasons() {
    let platform = platform().await;
    let code = sample(&platform).invites[0].code.clone();
    let url = format!("{}/api/v10/invites/{code}", platform.discord_api());
    let revoke = |reason: String| {
        let call = client().delete(&url);
        call.header("authorization", format!("Bot {DISCORD_TOKEN}"))
            .header("x-audit-log-reason", reason)
            .send()
    };
    let refused = status_and_json(revoke("a".repeat(513)).await).await;
    assert_eq!(told(&refused, "reason").0, 400);
    assert!(sample(&platform).invite(&code).is_some());
    let answer = revoke("Spam%20f%C3%BCr%20alle".to_owned()).await;
    assert_eq!(answer.expect("an answer").status(), 200);
    let path = format!("guilds/{GUILD}/audit-logs?action_type=42");
    let (status, log) = sent(&platform, "GET", &path, &Value::Null).await;
    let entry = &log["audit_log_entries"][0];
    assert_eq!((status, &entry["reason"]), (200, &json!("Spam für alle")));
    assert_eq!(entry["target_id"], Value::Null);
    assert_eq!(
        entry["changes"][0],
        json!({ "key": "code", "old_value": code })
    );
    assert_eq!(entry["user_id"], APPLICATION_ID.to_string());
    let own = platform.audit_log(GUILD).pop().expect("an entry");
    assert_eq!(own.target, code);

    platform.add_guild(sample(&platform).without(permission::VIEW_AUDIT_LOG));
    assert_eq!(sent(&platform, "GET", &path, &Value::Null).await.0, 403);
}

#[tokio::test]
async fn entries_after_one_come_oldest_first() {
    let platform = platform().await;
    for _ in 0..3 {
        create(&platform, &json!({ "unique": true })).await;
    }
    let log: Vec<_> = platform
        .audit_log(GUILD)
        .iter()
        .map(|entry| entry.id.to_string())
        .collect();
    let ids = async |query: &str| -> Vec<Value> {
        let path = format!("guilds/{GUILD}/audit-logs?{query}");
        let (_, answer) = sent(&platform, "GET", &path, &Value::Null).await;
        let entries = answer["audit_log_entries"]
            .as_array()
            .expect("entries")
            .iter();
        entries.map(|entry| entry["id"].clone()).collect()
    };
    assert_eq!(ids("limit=2").await, [log[2].as_str(), &log[1]]);
    assert_eq!(ids("after=0&limit=2").await, [log[0].as_str(), &log[1]]);
    assert_eq!(ids(&format!("before={}", log[1])).await, [log[0].as_str()]);
}

#[tokio::test]
async fn a_bot_finds_out_what_it_may_do() {
    let platform = platform().await;
    let permissions = permission::VIEW_AUDIT_LOG | permission::VIEW_CHANNEL;
    let mut community = sample(&platform).with_permissions(permissions);
    community.vanity_code = Some("kites".to_owned());
    platform.add_guild(community);
    let get = async |path: &str| {
        let path = format!("guilds/{GUILD}{path}");
        sent(&platform, "GET", &path, &Value::Null).await
    };
    let (_, guild) = get("").await;
    assert_eq!(guild["vanity_url_code"], "kites");
    assert_eq!(guild["owner_id"], "1510000000000000201");
    let (_, roles) = get("/roles").await;
    assert_eq!(guild["roles"], roles);
    let (_, me) = get(&format!("/members/{APPLICATION_ID}")).await;
    let everyone = json!(GUILD.to_string());
    let own = |role: &&Value| {
        role["id"] == everyone || me["roles"].as_array().expect("roles").contains(&role["id"])
    };
    let of = |role: &Value| {
        role["permissions"]
            .as_str()
            .and_then(|p| p.parse::<u64>().ok())
    };
    let held = roles.as_array().expect("roles").iter().filter(own);
    assert_eq!(
        held.filter_map(of).fold(0, |all, one| all | one),
        permissions
    );
    let (status, body) = get("/members/5").await;
    assert_eq!((status, &body["code"]), (404, &json!(10_007)));
    assert_eq!(get("/members/@me").await.0, 400);
    let (_, channels) = get("/channels").await;
    assert_eq!(channels.as_array().map(Vec::len), Some(9));
    let alone = sent(
        &platform,
        "GET",
        &format!("channels/{CHANNEL}"),
        &Value::Null,
    )
    .await;
    assert_eq!((alone.0, &alone.1), (200, &channels[0]));
    // Who may read the audit log sees the invites, but not how they are used.
    let (status, list) = get("/invites").await;
    assert_eq!((status, list[0].get("uses")), (200, None));
}

#[tokio::test]
async fn a_first_answer_can_be_read_back() {
    let platform = platform().await;
    let path = "webhooks/1/token/messages/@original";
    let (status, body) = sent(&platform, "GET", path, &Value::Null).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_008)));
    let first = json!({ "content": "one", "components": [] });
    let (_, edited) = sent(&platform, "PATCH", path, &first).await;
    sent(
        &platform,
        "POST",
        "webhooks/1/token",
        &json!({ "content": "more" }),
    )
    .await;
    sent(&platform, "PATCH", path, &json!({ "content": "two" })).await;
    let (status, original) = sent(&platform, "GET", path, &Value::Null).await;
    assert_eq!((status, &original["content"]), (200, &json!("two")));
    assert_eq!(original["id"], edited["id"]);
    assert_eq!(platform.count(Route::Original), 2);
    assert_eq!(platform.delivered("token").len(), 3);
}

#[tokio::test]
async fn a_key_can_be_set() {
    let platform = platform().await;
    let key = "ab".repeat(32);
    platform.set_verify_key(&key);
    let (_, application) = sent(&platform, "GET", "applications/@me", &Value::Null).await;
    assert_eq!(application["verify_key"], key);
}

#[tokio::test]
async fn enforced_limits_refuse_what_is_too_much() {
    let platform = platform().await;
    platform.enforce_limits();
    let call = |path: String| {
        let url = format!("{}/api/v10/{path}", platform.discord_api());
        let call = client().get(url);
        call.header("authorization", format!("Bot {DISCORD_TOKEN}"))
            .send()
    };
    let calls = (0..20).map(|_| call("users/@me".to_owned()));
    let calls: tokio::task::JoinSet<_> = calls.collect();
    let answers = calls.join_all().await.into_iter();
    let answers: Vec<_> = answers.map(|answer| answer.expect("an answer")).collect();
    let refused = answers.iter().find(|answer| answer.status() == 429);
    let refused = refused.expect("one is too much");
    assert_eq!(refused.headers()["x-ratelimit-scope"], "user");
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    let other = call(format!("guilds/{GUILD}")).await.expect("an answer");
    assert_eq!(other.status(), 200);
    assert_ne!(
        other.headers()["x-ratelimit-bucket"],
        refused.headers()["x-ratelimit-bucket"]
    );
}

#[tokio::test]
async fn a_fault_of_revoking_meets_one_guild_alone() {
    let platform = platform().await;
    let invites = vec![SampleInvite::new("aaaaaaaaaa", Timestamp::now())];
    platform.add_guild(Community::of(2, "other").with_invites(invites));
    let lost = platform.fault_after(Route::Revoke.in_guild(GUILD), 1, Some(1), Fault::CutOff);
    let codes: Vec<_> = sample(&platform)
        .invites
        .iter()
        .map(|one| one.code.clone())
        .collect();
    assert_eq!(revoke(&platform, &codes[0]).await.0, 200);
    assert_eq!(revoke(&platform, "aaaaaaaaaa").await.0, 200);
    assert_eq!(lost.met(), 0);
    // The answer is lost, and yet the invite is gone.
    assert_eq!(revoke(&platform, &codes[1]).await, (200, Value::Null));
    assert_eq!(lost.met(), 1);
    assert_eq!(platform.revoked(GUILD), codes[..2]);
    let refused = platform.fault(Route::Revoke.in_guild(GUILD), Fault::limited(SHORT));
    assert_eq!(revoke(&platform, &codes[1]).await.0, 429);
    assert_eq!(refused.met(), 1);
}
