//! `gatehouse serve` as a host runs it.

use gatehouse::sandbox::platform::{Fault, Route};
use serde_json::json;

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
    let slow = Fault::Slow(std::time::Duration::from_secs(3));
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
