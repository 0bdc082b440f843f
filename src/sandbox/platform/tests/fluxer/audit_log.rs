//! The audit log on Fluxer.

use super::*;

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
