//! What Fluxer's calls change, held against answers of a real server.

use super::*;

const CHANNEL: u64 = 1_510_000_000_000_000_101;

/// The captured answer in this file.
macro_rules! real {
    ($file:literal) => {
        captured(include_str!(concat!(
            "../../../../tests/fixtures/fluxer/",
            $file,
            ".json"
        )))
    };
}

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

async fn search(platform: &SamplePlatform, body: &Value) -> (u16, Value) {
    let path = format!("guilds/{GUILD}/members-search");
    status_and_json(Ok(sent(platform, "POST", &path, Some(body), None).await)).await
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

#[tokio::test]
async fn the_audit_log_keeps_reasons_as_fluxer_does() {
    let platform = platform().await;
    let long = [b'a'; 513];
    let reasons: [(Option<&[u8]>, Option<&str>); 5] = [
        (None, None),
        (
            Some(b"Spam link, removed by /invites"),
            Some("Spam link, removed by /invites"),
        ),
        (Some("Øre%20".as_bytes()), Some("Ã\u{98}re%20")),
        (Some(&long), None),
        (
            Some(&long[1..]),
            Some(std::str::from_utf8(&long[1..]).expect("ASCII")),
        ),
    ];
    for (reason, kept) in reasons {
        let code = code_in(&platform, 0);
        sent(
            &platform,
            "DELETE",
            &format!("invites/{code}"),
            None,
            reason,
        )
        .await;
        let path = format!("guilds/{GUILD}/audit-logs?limit=1");
        let (status, read) = status_and_json(fluxer(&platform, &path).await).await;
        assert_eq!(status, 200);
        let entry = &read["audit_log_entries"][0];
        assert_eq!(entry.get("reason"), kept.map(|kept| json!(kept)).as_ref());
        assert_eq!(
            (&entry["action_type"], &entry["target_id"]),
            (&json!(42), &json!(code))
        );
        let own = platform.audit_log(GUILD).pop().expect("an entry");
        assert_eq!(own.reason.as_deref(), kept);
    }
}

#[tokio::test]
async fn the_audit_log_is_filtered_and_refused() {
    let platform = platform().await;
    create(&platform, &json!({ "unique": true })).await;
    revoke(&platform, &code_in(&platform, 0)).await;
    let get = async |query: &str| {
        let path = format!("guilds/{GUILD}/audit-logs?{query}");
        status_and_json(fluxer(&platform, &path).await).await
    };
    let actions = async |query: &str| -> Vec<Value> {
        let (_, log) = get(query).await;
        let entries = log["audit_log_entries"].as_array().expect("entries").iter();
        entries.map(|entry| entry["action_type"].clone()).collect()
    };
    assert_eq!(actions("").await, [42, 40]);
    assert_eq!(actions("action_type=40&limit=10").await, [40]);
    assert_eq!(actions(&format!("user_id={FLUXER_BOT_ID}")).await, [42, 40]);
    assert_eq!(actions("user_id=5").await, Vec::<Value>::new());
    let newest = platform.audit_log(GUILD)[1].id;
    assert_eq!(actions(&format!("before={newest}")).await, [40]);
    assert_eq!(get("limit=101").await.0, 400);
    assert_eq!(get("limit=100").await.0, 200);

    platform.add_guild(Community::of(2, "closed").without(permission::VIEW_AUDIT_LOG));
    let refused = status_and_json(fluxer(&platform, "guilds/2/audit-logs").await).await;
    assert_same(&refused, &real!("audit_log_403"));
}

#[tokio::test]
async fn members_are_found_by_the_code_that_they_came_by() {
    let platform = platform().await;
    let now = Timestamp::now();
    let invite = SampleInvite::new("kites123", now);
    let mut community = Community::of(GUILD, "kites").with_invites(vec![invite.clone()]);
    community.members = (0_u64..150)
        .map(|number| {
            let user = SampleUser::new(5_000 + number, "flyer", Some("Flyer"));
            let joined = now + SignedDuration::from_secs(number.cast_signed());
            if number % 5 == 0 {
                SampleMember::new(user, joined)
            } else {
                SampleMember::through(&invite, user, joined)
            }
        })
        .collect();
    platform.add_guild(community.clone());
    let by = |more: Value| {
        let mut body = json!({ "source_invite_code": ["kites123", "other"] });
        body.as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        body
    };
    let counts = |found: &Value| {
        let listed = found["members"].as_array().expect("members").len();
        assert_eq!(found["page_result_count"], listed);
        (listed, found["total_result_count"].as_u64())
    };
    let (status, found) = search(&platform, &by(json!({}))).await;
    assert_eq!((status, counts(&found)), (200, (25, Some(120))));
    assert_eq!(found["indexing"], false);
    let newest = &found["members"][0];
    assert_eq!(newest["user_id"], "5149");
    assert_eq!(newest["joined_at"], now.as_second() + 149);
    let supplemental = json!({
        "join_source_type": 1,
        "source_invite_code": "kites123",
        "inviter_id": "1510000000000000201",
    });
    assert_eq!(newest["supplemental"], supplemental);
    let oldest =
        by(json!({ "sort_by": "joinedAt", "sort_order": "asc", "limit": 100, "offset": 100 }));
    let (_, found) = search(&platform, &oldest).await;
    assert_eq!(counts(&found), (20, Some(120)));
    assert_eq!(found["members"][19]["user_id"], "5149");
    let (_, found) = search(&platform, &json!({ "source_invite_code": ["other"] })).await;
    assert_eq!(counts(&found), (0, Some(0)));

    for (mode, indexing) in [
        (MemberSearch::Indexing, true),
        (MemberSearch::Missing, false),
    ] {
        community.member_search = mode;
        platform.add_guild(community.clone());
        let (status, found) = search(&platform, &by(json!({}))).await;
        assert_eq!((status, counts(&found)), (200, (0, Some(0))));
        assert_eq!(found["indexing"], indexing);
    }
}

#[tokio::test]
async fn a_search_keeps_to_its_limits() {
    let platform = platform().await;
    let wrong = json!({ "source_invite_code": "x", "limit": 1_000 });
    assert_same(
        &search(&platform, &wrong).await,
        &real!("members_search_400"),
    );
    let codes = |n: usize| json!({ "source_invite_code": vec!["abcdEF12"; n] });
    assert_eq!(search(&platform, &codes(10)).await.0, 200);
    assert_eq!(search(&platform, &codes(11)).await.0, 400);
    for (limit, status) in [(0, 400), (1, 200), (100, 200), (101, 400)] {
        assert_eq!(
            search(&platform, &json!({ "limit": limit })).await.0,
            status
        );
    }
    let closed = platform.community(GUILD).expect("the guild");
    platform.add_guild(closed.without(permission::MANAGE_GUILD));
    let refused = search(&platform, &codes(1)).await;
    assert_same(&refused, &real!("members_search_403"));
}

#[tokio::test]
async fn a_member_and_its_roles_tell_what_the_bot_may_do() {
    let platform = platform().await;
    let permissions = permission::OF_THE_BOT & !permission::CREATE_INVITE;
    let mut community = Community::of(2, "other").with_permissions(permissions);
    community.members = vec![SampleMember::new(
        SampleUser::new(7, "mika", Some("Mika")),
        Timestamp::now(),
    )];
    platform.add_guild(community);
    let get = async |path: &str| status_and_json(fluxer(&platform, path).await).await;
    let (_, me) = get("guilds/2/members/@me").await;
    let (_, by_id) = get(&format!("guilds/2/members/{FLUXER_BOT_ID}")).await;
    assert_eq!(me, by_id);
    let (_, roles) = get("guilds/2/roles").await;
    let held = |role: &&Value| {
        role["id"] == "2" || me["roles"].as_array().expect("roles").contains(&role["id"])
    };
    let of = |role: &Value| {
        role["permissions"]
            .as_str()
            .and_then(|p| p.parse::<u64>().ok())
    };
    let roles = roles.as_array().expect("roles").iter().filter(held);
    let all = roles.filter_map(of).fold(0, |all, one| all | one);
    assert_eq!(all, permissions);
    assert_eq!(
        get("guilds/2/members/7").await.1["user"]["global_name"],
        "Mika"
    );
    let unknown = get("guilds/2/members/8").await;
    assert_same(&unknown, &real!("guild_member_get_404"));
    assert_eq!(get("guilds/2/members/x").await.0, 400);
    let (status, channel) = get(&format!("channels/{CHANNEL}")).await;
    assert_eq!(
        (status, &channel["guild_id"]),
        (200, &json!(GUILD.to_string()))
    );
    let (_, channels) = get(&format!("guilds/{GUILD}/channels")).await;
    assert_eq!(channels.as_array().map(Vec::len), Some(9));
    assert_eq!(channels[0], channel);
}

#[tokio::test]
async fn the_limit_of_making_invites_is_the_captured_one() {
    let platform = platform().await;
    platform.enforce_limits();
    // On a slow machine some have leaked away before the bucket is full.
    let mut made = 0;
    let answer = loop {
        let answer = create(&platform, &json!({})).await;
        if answer.status() == 429 {
            break answer;
        }
        made += 1;
    };
    assert!((20..30).contains(&made), "{made}");
    let real = real!("invite_create_429");
    assert_eq!(header_names(&answer), captured_header_names(&real));
    for name in ["limit", "remaining", "bucket", "scope"] {
        let name = format!("x-ratelimit-{name}");
        let own = answer.headers()[&name].to_str().expect("a text");
        let headers = real["headers"].as_object().expect("headers");
        let real = headers.iter().find(|(real, _)| real.to_lowercase() == name);
        assert_eq!(
            json!(own),
            real.expect("the same header").1.clone(),
            "{name}"
        );
    }
    let (status, body) = status_and_json(Ok(answer)).await;
    assert_eq!((status, &body["code"]), (429, &json!("RATE_LIMITED")));
    let retry_after = body["retry_after"].as_f64().expect("seconds");
    assert!((0.0..=3.0).contains(&retry_after), "{retry_after}");
}

#[tokio::test]
async fn everything_together_meets_the_global_limit() {
    let platform = platform().await;
    platform.enforce_limits();
    let client = client();
    let calls = (0..200).map(|number| {
        let url = format!("{}/channels/{number}", platform.fluxer_api());
        let call = client.get(url);
        call.header("authorization", format!("Bot {FLUXER_TOKEN}"))
            .send()
    });
    let calls: tokio::task::JoinSet<_> = calls.collect();
    let answers = calls.join_all().await.into_iter();
    let answers: Vec<_> = answers.map(|answer| answer.expect("an answer")).collect();
    let refused = answers.iter().filter(|answer| answer.status() == 429);
    let refused: Vec<_> = refused.collect();
    assert!(!refused.is_empty() && refused.len() <= 150, "{refused:?}");
    for answer in refused {
        assert_eq!(answer.headers()["x-ratelimit-scope"], "global");
        assert_eq!(answer.headers().get("x-ratelimit-limit"), None);
    }
}

#[tokio::test]
async fn an_invite_that_is_used_up_vanishes() {
    let platform = platform().await;
    let twice = SampleInvite {
        max_uses: 2,
        ..SampleInvite::new("twice123", Timestamp::now())
    };
    let always = SampleInvite::new("always12", Timestamp::now());
    platform.add_guild(Community::of(2, "other").with_invites(vec![twice, always]));
    assert_eq!(platform.use_invite(2, "twice123", 1), Some(1));
    assert_eq!(platform.use_invite(2, "always12", 30), Some(30));
    assert_eq!(platform.use_invite(2, "twice123", 1), Some(2));
    assert_eq!(platform.use_invite(2, "twice123", 1), None);
    let community = platform.community(2).expect("the guild");
    assert_eq!(community.invites.len(), 1);
    assert_eq!(community.invites[0].uses, 30);
    assert_eq!(platform.audit_log(2), []);
}

#[tokio::test]
async fn the_clock_can_be_wrong() {
    let platform = platform().await;
    let ahead = SignedDuration::from_hours(3);
    platform.set_clock_offset(ahead);
    platform.fault_after(Route::Invites, 1, Some(1), Fault::Html(502));
    for status in [200, 502] {
        let answer = invites(&platform).await.expect("an answer");
        assert_eq!(answer.status(), status);
        let date = answer.headers()["date"].to_str().expect("a text");
        let date = jiff::fmt::rfc2822::parse(date).expect("a date").timestamp();
        let off = date.duration_since(Timestamp::now() + ahead).abs();
        assert!(off < SignedDuration::from_secs(60), "{off}");
    }
}
