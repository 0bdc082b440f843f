//! What a test can set: limits, uses, faults of writing calls, and the clock.

use super::*;

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
async fn an_answer_without_a_body_can_be_lost_too() {
    let platform = platform().await;
    for (number, fault) in [(1, Fault::CutOff), (2, Fault::HangAfterHeaders)] {
        platform.fault_times(Route::Revoke, 1, fault);
        let code = code_in(&platform, 0);
        let url = format!("{}/invites/{code}", platform.fluxer_api());
        let call = client().delete(url);
        let call = call.header("authorization", format!("Bot {FLUXER_TOKEN}"));
        let call = tokio::spawn(call.send());
        while platform.revoked(GUILD).len() < number {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let answer = timeout(SHORT, call).await;
        assert!(!matches!(answer, Ok(Ok(Ok(_)))), "{answer:?}");
    }
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
