//! Limits whose wait makes no sense, and a token that is refused and then taken.

use std::time::Duration;

use gatehouse::{
    platform::{REST_MAX, TOKEN_REST},
    sandbox::platform::{DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route},
};
use gatehouse_commands::PlatformName;
use serde_json::{Value, json};

use super::{assert_lists, assert_plain, assert_says, list, no_http::before, on, told};
use crate::support::{
    Gatehouse, On, Reply,
    crude::{Crude, CrudePlatform},
};

/// Requests that may be sent for one list while the platform answers 429.
const ATTEMPTS_MAX: usize = 3;

/// The longest that a platform is left alone because it asks for it.
const ASKED_REST_MAX: Duration = Duration::from_secs(60 * 60);

/// Waits that no clock can wait for, as JSON.
const NO_WAITS: [&str; 10] = [
    "-5",
    "-0.0",
    "1e-300",
    "1e15",
    "1e300",
    "99999999999999999999999999",
    "\"soon\"",
    "\"NaN\"",
    "null",
    "{}",
];

#[tokio::test(start_paused = true)]
async fn a_wait_in_the_body_that_makes_no_sense_is_not_hammered() {
    for platform in PlatformName::ALL {
        for wait in NO_WAITS {
            for global in [false, true] {
                let body = format!(
                    "{{\"code\":\"RATE_LIMITED\",\"retry_after\":{wait},\"global\":{global}}}"
                );
                let answer = Crude::answer("429 Too Many Requests", &[], body);
                assert_not_hammered(platform, answer, wait).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_in_the_headers_that_makes_no_sense_is_not_hammered() {
    for platform in PlatformName::ALL {
        for wait in [
            "-1",
            "NaN",
            "inf",
            "1e300",
            "99999999999999999999",
            "soon",
            "",
            "4294967295",
        ] {
            for scope in ["user", "shared", "global"] {
                let lines = [
                    format!("retry-after: {wait}"),
                    format!("x-ratelimit-scope: {scope}"),
                    "x-ratelimit-bucket: 1".to_owned(),
                    "x-ratelimit-limit: 5".to_owned(),
                    "x-ratelimit-remaining: 0".to_owned(),
                    format!("x-ratelimit-reset-after: {wait}"),
                ];
                let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                let answer = Crude::answer("429 Too Many Requests", &lines, "<html>");
                assert_not_hammered(platform, answer, wait).await;
            }
        }
    }
}

async fn assert_not_hammered(platform: PlatformName, answer: Crude, wait: &str) {
    let crude = CrudePlatform::answering("/invites", answer).await;
    let gatehouse = before(platform, &crude.origin("http")).await;
    let message = list(&gatehouse).await;
    assert_says(
        &message,
        &format!("{platform} asks the bot to slow down"),
        &["Nothing is wrong with your command.", "Try again in "],
    );
    assert!(
        !message.text().contains("year"),
        "{wait}: {}",
        message.text()
    );
    assert!(
        crude.asked() <= ATTEMPTS_MAX,
        "{platform}, {wait}: {}",
        crude.asked()
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_centuries_is_tried_after_an_hour() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let body = json!({"code": "RATE_LIMITED", "retry_after": 1e10, "global": true});
        let limit = Fault::Status { status: 429, body };
        gatehouse.platform().fault_times(Route::Invites, 1, limit);
        let told = list(&gatehouse).await;
        assert!(
            told.text().contains("Try again in an hour")
                || told.text().contains("Try again in 1 hour"),
            "{}",
            told.text()
        );
        tokio::time::sleep(ASKED_REST_MAX).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_lists(&list(&gatehouse).await);
    }
}

/// Edits that meet limits with such waits come in the end.
#[tokio::test(start_paused = true)]
async fn an_edit_comes_after_a_limit_whose_wait_makes_no_sense() {
    for face in PlatformName::ALL {
        for wait in [json!(-5), json!(1e300), json!("NaN"), Value::Null] {
            let gatehouse = on(face).await;
            let body = json!({"code": "RATE_LIMITED", "retry_after": wait, "global": true});
            let limit = Fault::Status { status: 429, body };
            gatehouse.platform().fault_times(Route::Edit, 2, limit);
            let export = gatehouse.command("export", &[]);
            assert_eq!(gatehouse.send(&export).await.kind, Reply::DEFERRED_MESSAGE);
            assert_eq!(
                gatehouse.edit(&export).await.files.len(),
                1,
                "{face}, {wait}"
            );
        }
    }
}

fn set_token(gatehouse: &Gatehouse, token: &str) {
    match gatehouse.face {
        PlatformName::Discord => gatehouse.platform().set_discord_token(token),
        PlatformName::Fluxer => gatehouse.platform().set_fluxer_token(token),
    }
}

/// Until a token that was refused again and again may be tried, and idle connections are seen closed.
async fn after_its_rest() {
    tokio::time::sleep(REST_MAX.max(TOKEN_REST)).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_taken_again_works_without_a_restart() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let refresh = list(&gatehouse).await.button("Refresh").custom_id;
        let refreshed = async || {
            let press = gatehouse.press(&refresh, On::Private, &[]);
            told(&gatehouse, &press).await
        };
        set_token(&gatehouse, "another");
        let title = format!("{face} does not accept the bot's token");
        assert_eq!(refreshed().await.title(), title);

        let asked = gatehouse.platform().requests().len();
        let token = match face {
            PlatformName::Discord => DISCORD_TOKEN,
            PlatformName::Fluxer => FLUXER_TOKEN,
        };
        set_token(&gatehouse, token);
        let message = refreshed().await;
        assert_eq!(message.title(), title);
        assert_plain(&message);
        assert_eq!(gatehouse.platform().requests().len(), asked, "{face}");

        after_its_rest().await;
        assert_lists(&refreshed().await);
        assert_lists(&refreshed().await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_still_refused_is_tried_once_after_each_rest() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        set_token(&gatehouse, "another");
        let title = format!("{face} does not accept the bot's token");
        for probes in 1..=3 {
            for _ in 0..3 {
                assert_eq!(list(&gatehouse).await.title(), title);
            }
            let requests = gatehouse.platform().requests();
            let with_token = requests.iter().filter(|one| one.authorization.is_some());
            assert_eq!(with_token.count(), probes, "{face}");
            after_its_rest().await;
        }
    }
}
