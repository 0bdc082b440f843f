//! `gatehouse serve` as a host runs it.

use std::time::{Duration, Instant};

use gatehouse::{
    sandbox::platform::{Community, Fault, Route},
    shutdown::GRACE,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Face, Gatehouse, get, sample};

/// A service whose platforms cannot be reached.
fn without_network() -> Gatehouse {
    Gatehouse::serve()
        .set("DISCORD_API", "http://127.0.0.1:1")
        .set("DISCORD_TOKEN", "discord-token")
        .set("FLUXER_API", "http://no-such-host.invalid/v1")
        .set("FLUXER_TOKEN", "fluxer-token")
}

#[tokio::test]
async fn it_starts_without_a_network_and_answers_what_needs_none() {
    let mut gatehouse = without_network().start();
    let address = gatehouse.address().await;
    assert_eq!(get(address, "/healthz").await, (200, b"ok\n".to_vec()));
    for mut face in [Face::discord(address), Face::fluxer(address)] {
        assert_eq!(face.ping().await, json!({"type": 1}));
        let (help, _) = face.command("help", json!([])).await;
        assert_eq!(help["type"], 4, "{help:#}");
    }
    let (list, _) = Face::discord(address).command("list", json!([])).await;
    let title = &list["data"]["embeds"][0]["title"];
    assert_eq!(title, "Discord cannot be reached", "{list:#}");
}

#[tokio::test]
async fn either_signal_ends_it_in_order() {
    for signal in ["TERM", "INT"] {
        let mut gatehouse = without_network().start();
        let address = gatehouse.address().await;
        assert_eq!(get(address, "/healthz").await.0, 200);
        gatehouse.signal(signal);
        assert_eq!(gatehouse.ended().await, Some(0), "{signal}");
        assert_eq!(gatehouse.out(), "", "{signal}");
        assert!(!gatehouse.err().contains("panicked"), "{}", gatehouse.err());
    }
}

#[tokio::test]
async fn a_signal_right_after_the_start_ends_it_in_order() {
    let mut gatehouse = without_network().start();
    gatehouse.address().await;
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
}

#[tokio::test]
async fn an_answer_that_was_promised_is_delivered_before_the_end() {
    let platform = sample().await;
    let slow = Fault::Slow(Duration::from_secs(3));
    platform.fault(Route::Invites, slow);
    let mut gatehouse = Gatehouse::serve().against(&platform).start();
    let address = gatehouse.address().await;
    let (promise, token) = Face::discord(address).command("list", json!([])).await;
    assert_eq!(promise["type"], 5, "{promise:#}");
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    let delivered = platform.delivered(&token);
    assert_eq!(delivered.len(), 1, "{delivered:#?}");
    assert!(delivered[0].payload.to_string().contains("140 invites"));
}

#[tokio::test]
async fn fifty_answers_that_were_promised_are_delivered_before_the_end() {
    const FIRST_GUILD: u64 = 1_510_000_000_000_000_500;
    let platform = sample().await;
    let mut gatehouse = Gatehouse::serve().against(&platform).start();
    let address = gatehouse.address().await;
    // Some come late, some never: those end with word of the restart.
    let slow = platform.fault(Route::Invites, Fault::Slow(Duration::from_secs(4)));
    let mut tokens = Vec::new();
    for number in 0..50 {
        let mut community = Community::sample(Timestamp::now());
        community.id = FIRST_GUILD + number;
        platform.add_guild(community);
        if number % 5 == 0 {
            let hanging = Route::Invites.in_guild(FIRST_GUILD + number);
            platform.fault(hanging, Fault::Hang);
        }
    }
    let sent = (0..50).map(|number| {
        let mut face = match number % 2 {
            0 => Face::discord(address),
            _ => Face::fluxer(address),
        };
        async move {
            face.command_in(FIRST_GUILD + number, "list", json!([]))
                .await
        }
    });
    for (promise, token) in futures_util::future::join_all(sent).await {
        assert_eq!(promise["type"], 5, "{promise:#}");
        tokens.push(token);
    }
    assert!(slow.met() >= 40);

    let told_at = Instant::now();
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0), "{}", gatehouse.err());
    assert!(told_at.elapsed() < GRACE, "{:?}", told_at.elapsed());

    for (number, token) in tokens.iter().enumerate() {
        let delivered = platform.delivered(token);
        assert_eq!(delivered.len(), 1, "{number}: {delivered:#?}");
        let text = delivered[0].payload.to_string();
        let is_whole = text.contains("140 invites");
        assert_eq!(is_whole, number % 5 != 0, "{number}: {text}");
    }
    let log = gatehouse.err();
    assert!(!log.contains("unanswered"), "{log}");
}

#[tokio::test]
async fn a_button_of_before_a_kill_works_after_it() {
    let platform = sample().await;
    for path in [Face::discord, Face::fluxer] {
        let serve = || Gatehouse::serve().against(&platform).start();
        let mut killed = serve();
        let (list, _) = path(killed.address().await)
            .command("list", json!([]))
            .await;
        killed.signal("KILL");
        assert_eq!(killed.ended().await, None);

        let mut gatehouse = serve();
        let mut face = path(gatehouse.address().await);
        let id = |message: &Value, at: &str| {
            let id = message.pointer(at).and_then(Value::as_str);
            id.unwrap_or_else(|| panic!("no button: {message:#}"))
                .to_owned()
        };
        let (second, _) = face
            .press(&id(&list, "/data/components/1/components/3/custom_id"))
            .await;
        assert_eq!(second["type"], 7, "{second:#}");
        assert!(second.to_string().contains("Page 2 of 14"), "{second:#}");
        let (refreshed, _) = face
            .press(&id(&list, "/data/components/4/components/0/custom_id"))
            .await;
        assert!(
            refreshed.to_string().contains("Page 1 of 14"),
            "{refreshed:#}"
        );
        gatehouse.signal("TERM");
        assert_eq!(gatehouse.ended().await, Some(0));
    }
}

#[tokio::test]
async fn its_log_says_what_is_configured_and_no_secret() {
    let mut gatehouse = Gatehouse::serve().set("FLUXER_TOKEN", "hunter2").start();
    gatehouse.said("Fluxer is configured").await;
    let log = gatehouse.err();
    assert!(log.contains("Discord is configured"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
    assert!(!log.contains('\u{1b}'), "escape codes: {log:?}");
}

#[tokio::test]
async fn its_log_can_be_one_object_a_line() {
    let mut gatehouse = Gatehouse::serve()
        .set("FLUXER_TOKEN", "hunter2")
        .set("GATEHOUSE_LOG_FORMAT", "json")
        .start();
    let address = gatehouse.address().await;
    Face::discord(address).command("help", json!([])).await;
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    let log = gatehouse.err();
    assert!(log.lines().count() >= 4, "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["message"].is_string(), "{line}");
    }
    assert!(log.contains("command answered"), "{log}");
}
