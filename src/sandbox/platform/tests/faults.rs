//! Faults as a client meets them.

use std::time::Instant;

use super::*;

#[tokio::test]
async fn a_hanging_guild_delays_no_other() {
    let platform = platform().await;
    platform.add_guild(Community::of(2, "other"));
    let met = platform.fault(Route::Invites.in_guild(GUILD), Fault::Hang);
    assert!(timeout(SHORT, invites(&platform)).await.is_err());
    let (status, list) = status_and_json(fluxer(&platform, "guilds/2/invites").await).await;
    assert_eq!((status, list), (200, json!([])));
    assert_eq!(met.met(), 1);
    platform.clear_faults();
    assert_eq!(invites(&platform).await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_slow_answer_is_an_ordinary_one() {
    let platform = platform().await;
    platform.fault(Route::Any, Fault::Slow(SHORT));
    let start = Instant::now();
    let (status, list) = status_and_json(invites(&platform).await).await;
    assert!(start.elapsed() >= SHORT);
    assert_eq!((status, list.as_array().map(Vec::len)), (200, Some(140)));
}

#[tokio::test]
async fn a_body_can_hang_or_break_off_after_the_headers() {
    let platform = platform().await;
    platform.fault_times(Route::Invites, 1, Fault::HangAfterHeaders);
    let answer = timeout(Duration::from_secs(5), invites(&platform)).await;
    let answer = answer.expect("headers in time").expect("headers");
    assert_eq!(answer.status(), 200);
    assert!(timeout(SHORT, answer.bytes()).await.is_err());

    platform.fault_times(Route::Invites, 1, Fault::CutOff);
    let answer = invites(&platform).await.expect("headers");
    assert_eq!(answer.status(), 200);
    assert!(
        answer
            .content_length()
            .is_some_and(|length| length > 10_000)
    );
    let body = timeout(Duration::from_secs(5), answer.bytes()).await;
    assert!(body.expect("an end in time").is_err());
}

#[tokio::test]
async fn bodies_can_be_anything_but_a_list() {
    let platform = platform().await;
    let body = async |fault: Fault| {
        platform.fault_times(Route::Invites, 1, fault);
        let answer = invites(&platform).await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.bytes().await.expect("a body"))
    };
    assert_eq!(
        body(Fault::NullList).await,
        (200, Bytes::from_static(b"null"))
    );
    let object = Bytes::from_static(b"{\"invites\":[]}");
    assert_eq!(body(Fault::WrongShape).await, (200, object));
    let (status, page) = body(Fault::Html(502)).await;
    assert_eq!((status, page.starts_with(b"<html>")), (502, true));
    let (status, garbage) = body(Fault::Garbage).await;
    assert_eq!((status, garbage.starts_with(b"[{")), (200, true));
    assert!(serde_json::from_slice::<Value>(&garbage).is_err());
    let (_, bytes) = body(Fault::InvalidUtf8).await;
    assert!(std::str::from_utf8(&bytes).is_err());
    assert_eq!(body(Fault::Redirect).await.0, 302);
    let refused = body(Fault::fluxer(403, "MISSING_ACCESS", "No.")).await;
    assert_eq!(
        refused.1,
        br#"{"code":"MISSING_ACCESS","message":"No."}"#.as_slice()
    );

    platform.fault_times(Route::Invites, 1, Fault::Bytes(3));
    let answer = invites(&platform).await.expect("an answer");
    assert_eq!(answer.content_length(), None);
    let bytes = answer.bytes().await.expect("a body");
    assert_eq!(bytes.len(), 3_000_000);
    assert_eq!(
        serde_json::from_slice::<Value>(&bytes).ok(),
        Some(json!([]))
    );
}

#[tokio::test]
async fn fluxers_rate_limits_are_the_captured_ones() {
    let platform = platform().await;
    let met = platform.fault(Route::Invites, Fault::limited(Duration::from_millis(141)));
    let answer = invites(&platform).await.expect("an answer");
    let real = include_str!("../../../../tests/fixtures/fluxer/guild_invites_list_429.json");
    let real = captured(real);
    assert_eq!(header_names(&answer), captured_header_names(&real));
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(
        status_and_json(Ok(answer)).await,
        (429, real["body"].clone())
    );
    platform.fault(
        Route::Invites,
        Fault::limited_globally(Duration::from_millis(5)),
    );
    let answer = invites(&platform).await.expect("an answer");
    let real = include_str!("../../../../tests/fixtures/fluxer/global_429_no_auth.json");
    let real = captured(real);
    assert_eq!(header_names(&answer), captured_header_names(&real));
    assert_eq!(
        status_and_json(Ok(answer)).await,
        (429, real["body"].clone())
    );
    assert_eq!((met.met(), platform.count(Route::Invites)), (1, 2));
}

#[tokio::test]
async fn discords_rate_limit_can_come_without_headers() {
    let platform = platform().await;
    let url = format!("{}/api/v10/users/@me", platform.discord_api());
    let retry_after = Duration::from_millis(1_500);
    let scopes = [
        (LimitScope::User, Some("user"), true),
        (LimitScope::Shared, Some("shared"), true),
        (LimitScope::Global, Some("global"), false),
        (LimitScope::Bare, None, false),
    ];
    for (scope, named, bucket) in scopes {
        platform.fault_times(Route::Me, 1, Fault::Limited { retry_after, scope });
        let answer = client().get(&url).send().await.expect("an answer");
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok());
        assert_eq!(header("x-ratelimit-scope"), named);
        assert_eq!(header("retry-after"), named.map(|_| "2"));
        assert_eq!(header("x-ratelimit-bucket").is_some(), bucket);
        let (status, body) = status_and_json(Ok(answer)).await;
        assert_eq!((status, &body["retry_after"]), (429, &json!(1.5)));
        assert_eq!(body["global"], scope == LimitScope::Global);
    }
}

#[tokio::test]
async fn a_stopped_platform_refuses_connections_even_while_one_hangs() {
    let platform = platform().await;
    platform.fault(Route::Invites, Fault::Hang);
    let url = format!("{}/guilds/{GUILD}/invites", platform.fluxer_api());
    let hanging = tokio::spawn(client().get(&url).send());
    while platform.count(Route::Invites) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    platform.stop().await;
    let ended = timeout(Duration::from_secs(5), hanging).await;
    assert!(ended.expect("an end in time").expect("no panic").is_err());
    let refused = client().get(&url).send().await;
    assert!(refused.expect_err("nobody listens").is_connect());
}
