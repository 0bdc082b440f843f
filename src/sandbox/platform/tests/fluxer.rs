//! What Fluxer's calls change, held against answers of a real server.

use super::*;

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

mod audit_log;
mod limits;
mod members;
mod messages;

const CHANNEL: u64 = 1_510_000_000_000_000_101;

/// A call of the bot, with a body and a reason if there are any.
async fn sent(
    platform: &SamplePlatform,
    method: &str,
    path: &str,
    body: Option<&Value>,
    reason: Option<&[u8]>,
) -> Response {
    let url = format!("{}/{path}", platform.fluxer_api());
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = client().request(method, url);
    request = request.header("authorization", format!("Bot {FLUXER_TOKEN}"));
    if let Some(body) = body {
        request = request.json(body);
    }
    if let Some(reason) = reason {
        request = request.header("x-audit-log-reason", reason);
    }
    request.send().await.expect("an answer")
}

async fn revoke(platform: &SamplePlatform, code: &str) -> Response {
    sent(platform, "DELETE", &format!("invites/{code}"), None, None).await
}

async fn create(platform: &SamplePlatform, body: &Value) -> Response {
    let path = format!("channels/{CHANNEL}/invites");
    sent(platform, "POST", &path, Some(body), None).await
}

async fn pause(platform: &SamplePlatform, guild: u64, body: &Value) -> (u16, Value) {
    let path = format!("guilds/{guild}/invites-disabled");
    status_and_json(Ok(sent(platform, "PATCH", &path, Some(body), None).await)).await
}

fn assert_same(answer: &(u16, Value), real: &Value) {
    let (status, body) = answer;
    assert_eq!((&json!(status), body), (&real["status"], &real["body"]));
}

fn code_in(platform: &SamplePlatform, at: usize) -> String {
    let community = platform.community(GUILD).expect("the guild");
    community.invites[at].code.clone()
}

#[tokio::test]
async fn a_revoked_invite_is_gone() {
    let platform = platform().await;
    let code = code_in(&platform, 3);
    let answer = revoke(&platform, &code).await;
    let real = real!("invite_delete_204");
    assert_eq!(answer.status(), 204);
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; charset=UTF-8"
    );
    assert_eq!(header_names(&answer), captured_header_names(&real));
    assert_eq!(answer.bytes().await.expect("a body").len(), 0);
    let (_, list) = status_and_json(invites(&platform).await).await;
    assert_eq!(list.as_array().map(Vec::len), Some(139));
    assert_eq!(platform.revoked(GUILD), [code.as_str()]);

    let again = status_and_json(Ok(revoke(&platform, &code).await)).await;
    assert_same(&again, &real!("invite_delete_404"));
    // The second call too is one of this guild, although the code leads nowhere any more.
    assert_eq!(platform.count(Route::Revoke.in_guild(GUILD)), 2);
    assert_eq!(platform.count(Route::Revoke.in_guild(2)), 0);
}

#[tokio::test]
async fn revoking_needs_manage_community_or_the_bots_own_invite() {
    let platform = platform().await;
    let own = SampleInvite {
        inviter: SampleUser::bot(FLUXER_BOT_ID, "Gatehouse").into(),
        ..SampleInvite::new("ownInv12", Timestamp::now())
    };
    let foreign = SampleInvite::new("notMine1", Timestamp::now());
    let community = Community::of(2, "other").with_invites(vec![own, foreign]);
    platform.add_guild(community.clone().without(permission::MANAGE_GUILD));
    let refused = status_and_json(Ok(revoke(&platform, "notMine1").await)).await;
    assert_same(&refused, &real!("invite_delete_403_missing_permissions"));
    assert_eq!(revoke(&platform, "ownInv12").await.status(), 204);

    platform.add_guild(community.clone().without_membership());
    for code in ["notMine1", "ownInv12"] {
        assert_eq!(revoke(&platform, code).await.status(), 403, "{code}");
    }
    platform.add_guild(community);
    assert_eq!(revoke(&platform, "notMine1").await.status(), 204);
    assert_eq!(platform.revoked(2), ["ownInv12", "notMine1"]);
}

#[tokio::test]
async fn a_code_is_looked_for_in_lower_case_too() {
    let platform = platform().await;
    let invite = SampleInvite::new("kites", Timestamp::now());
    platform.add_guild(Community::of(2, "other").with_invites(vec![invite]));
    assert_eq!(revoke(&platform, "KITES").await.status(), 204);
    assert_eq!(platform.revoked(2), ["kites"]);
}

#[tokio::test]
async fn an_invite_is_made_as_asked() {
    let platform = platform().await;
    let body = json!({ "max_age": 86_400, "max_uses": 5, "temporary": false, "unique": true });
    let answer = create(&platform, &body).await;
    let real = real!("invite_create_200");
    assert_eq!(header_names(&answer), captured_header_names(&real));
    for (name, value) in [("limit", "20"), ("remaining", "19"), ("reset-after", "3")] {
        assert_eq!(answer.headers()[format!("x-ratelimit-{name}")], value);
    }
    let (status, made) = status_and_json(Ok(answer)).await;
    assert_eq!(status, 200);
    let code = made["code"].as_str().expect("a code");
    assert!(code.len() == 8 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
    for key in ["max_age", "max_uses", "temporary", "uses"] {
        assert_eq!(made[key], real["body"][key], "{key}");
    }
    assert_eq!(made["inviter"]["id"], FLUXER_BOT_ID.to_string());
    let community = platform.community(GUILD).expect("the guild");
    let invite = community.invite(code).expect("the new invite");
    let end = invite.expires_at().expect("an end");
    let lives = end.duration_since(invite.created_at);
    assert_eq!(lives.as_secs(), 86_400);
    assert_eq!(platform.count(Route::Create.in_guild(GUILD)), 1);
}

#[tokio::test]
async fn an_invite_that_will_do_is_given_again_unless_it_shall_be_unique() {
    let platform = platform().await;
    let code = async |body: Value| {
        let (status, made) = status_and_json(Ok(create(&platform, &body).await)).await;
        assert_eq!(status, 200);
        made["code"].as_str().expect("a code").to_owned()
    };
    let first = code(json!({})).await;
    assert_eq!(code(json!({})).await, first);
    assert_eq!(code(json!({ "max_age": 0, "unique": null })).await, first);
    assert_ne!(code(json!({ "max_uses": 1 })).await, first);
    assert_ne!(code(json!({ "temporary": true })).await, first);
    assert_ne!(code(json!({ "unique": true })).await, first);
    let made = |entry: &AuditEntry| entry.action == AuditEntry::INVITE_CREATE;
    let log = platform.audit_log(GUILD);
    assert_eq!(log.iter().filter(|entry| made(entry)).count(), 4);
}

#[tokio::test]
async fn what_cannot_be_made_is_refused_as_on_a_real_server() {
    let platform = platform().await;
    let refusal = async |body: &Value| status_and_json(Ok(create(&platform, body).await)).await;
    let wrong = json!({ "max_age": 604_801, "max_uses": 101, "temporary": "yes" });
    assert_same(
        &refusal(&wrong).await,
        &real!("invite_create_400_validation"),
    );
    assert_same(
        &refusal(&json!([1])).await,
        &real!("invite_create_400_bad_json_type"),
    );
    let most = json!({ "max_age": 604_800, "max_uses": 100 });
    assert_eq!(refusal(&most).await.0, 200);
    assert_eq!(refusal(&json!({ "max_age": -1 })).await.0, 400);

    let unknown = sent(
        &platform,
        "POST",
        "channels/1/invites",
        Some(&json!({})),
        None,
    )
    .await;
    let unknown = status_and_json(Ok(unknown)).await;
    assert_same(&unknown, &real!("invite_create_404_unknown_channel"));

    let community = platform.community(GUILD).expect("the guild");
    platform.add_guild(community.without(permission::CREATE_INVITE));
    assert_eq!(refusal(&json!({})).await.0, 403);
    assert_eq!(refusal(&wrong).await.0, 400, "the body is looked at first");
}

#[tokio::test]
async fn a_full_guild_takes_no_more() {
    let platform = platform().await;
    let mut community = platform.community(GUILD).expect("the guild");
    assert_eq!(community.max_invites, 1_000);
    community.max_invites = community.invites.len() + 1;
    platform.add_guild(community);
    let unique = json!({ "unique": true });
    assert_eq!(create(&platform, &unique).await.status(), 200);
    let (status, body) = status_and_json(Ok(create(&platform, &unique).await)).await;
    assert_eq!((status, &body["code"]), (400, &json!("MAX_INVITES")));
    assert_eq!(body["max_guild_invites"], 141);
}

#[tokio::test]
async fn joining_is_paused_and_resumed() {
    let platform = platform().await;
    let (status, paused) = pause(&platform, GUILD, &json!({ "disabled": true })).await;
    assert_eq!(status, 200);
    assert_eq!(
        paused["features"],
        real!("invites_disabled_patch_200")["body"]["features"]
    );
    assert!(platform.community(GUILD).expect("the guild").is_paused());
    let (_, guild) = status_and_json(fluxer(&platform, &format!("guilds/{GUILD}")).await).await;
    assert_eq!(guild["features"], paused["features"]);
    // What is so already leaves no entry.
    pause(&platform, GUILD, &json!({ "disabled": true })).await;
    let (_, open) = pause(&platform, GUILD, &json!({ "disabled": false })).await;
    assert_eq!(
        open["features"],
        real!("invites_disabled_patch_200_resume")["body"]["features"]
    );
    let log = platform.audit_log(GUILD);
    assert_eq!(log.len(), 2);
    assert!(
        log.iter()
            .all(|entry| entry.action == AuditEntry::GUILD_UPDATE)
    );

    let refused = pause(&platform, GUILD, &json!({})).await;
    assert_same(&refused, &real!("invites_disabled_patch_400"));
    platform.add_guild(Community::of(2, "closed").without(permission::MANAGE_GUILD));
    let refused = pause(&platform, 2, &json!({ "disabled": true })).await;
    assert_same(&refused, &real!("invites_disabled_patch_403"));
}
