//! Members, roles and channels on Fluxer.

use std::collections::BTreeSet;

use super::*;

async fn search(platform: &SamplePlatform, body: &Value) -> (u16, Value) {
    let path = format!("guilds/{GUILD}/members-search");
    status_and_json(Ok(sent(platform, "POST", &path, Some(body), None).await)).await
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
        let real = real!("members_search_200_empty_no_search_service");
        let keys = |body: &Value| -> BTreeSet<String> {
            let fields = body.as_object().expect("an object");
            fields.keys().cloned().collect()
        };
        assert_eq!(keys(&found), keys(&real["body"]));
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
