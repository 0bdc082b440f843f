//! How sessions begin, go on and end.

use std::time::Duration;

use gatehouse::sandbox::platform::{FLUXER_TOKEN, GatewayAct, GatewayFault};
use serde_json::json;

use crate::support::{Gatehouse, HEARTBEAT, IDENTIFY, RESUME, platform};

#[tokio::test]
async fn a_session_begins_with_what_the_gateway_wants_to_know() {
    let gatehouse = Gatehouse::connected().await;
    let identify = gatehouse.until_sent(IDENTIFY, 1).await;
    assert_eq!(identify["token"], FLUXER_TOKEN);
    for name in ["os", "browser", "device"] {
        let told = identify["properties"][name].as_str();
        assert!(told.is_some_and(|told| !told.is_empty()), "{name}");
    }
    let ignored = identify["ignored_events"].as_array().unwrap();
    assert!(ignored.contains(&json!("PRESENCE_UPDATE")));
    for wanted in [
        "MESSAGE_CREATE",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "READY",
        "RESUMED",
    ] {
        assert!(!ignored.contains(&json!(wanted)), "{wanted}");
    }
    assert!(identify.get("shard").is_none());
    assert!(identify.get("intents").is_none());
}

#[tokio::test]
async fn a_session_goes_on_after_its_connection_breaks() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse
        .platform
        .dispatch(None, "SOMETHING_NEW", &json!({}));
    gatehouse.assert_goes_on().await;
    gatehouse.act(&GatewayAct::Break);
    let resume = gatehouse.until_sent(RESUME, 1).await;
    assert_eq!(resume["token"], FLUXER_TOKEN);
    // READY, and the one above.
    assert_eq!(resume["seq"], 2);
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
}

#[tokio::test]
async fn a_request_to_reconnect_is_followed_and_the_session_goes_on() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.act(&GatewayAct::Reconnect);
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
    // Any code but those that end a session.
    assert_eq!(gatehouse.closed(), [Some(4000)]);
}

#[tokio::test]
async fn a_session_that_is_invalid_for_now_is_resumed() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.act(&GatewayAct::Invalid { is_resumable: true });
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
}

#[tokio::test]
async fn a_session_that_is_invalid_for_good_makes_place_for_a_new_one() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.act(&GatewayAct::Invalid {
        is_resumable: false,
    });
    gatehouse.until_sent(IDENTIFY, 2).await;
    gatehouse.until_connected(1).await;
    assert!(gatehouse.sent(RESUME).is_empty());
    let heard = gatehouse.heard();
    let mut identifies = heard.iter().filter(|one| one.frame(IDENTIFY).is_some());
    let (first, second) = (identifies.next().unwrap(), identifies.next().unwrap());
    let apart = second.at - first.at;
    assert!(apart >= Duration::from_secs(1), "too soon: {apart:?}");
}

#[tokio::test]
async fn a_session_that_the_gateway_forgot_begins_anew() {
    let gatehouse = Gatehouse::connected().await;
    let invalid = GatewayFault::Invalid {
        is_resumable: false,
    };
    gatehouse.platform.gateway_fault(Some(1), invalid);
    gatehouse.act(&GatewayAct::Break);
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_sent(IDENTIFY, 2).await;
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
    // Numbers of the old session are not carried into the new one.
    let heartbeats = gatehouse.sent(HEARTBEAT);
    assert_eq!(heartbeats.last(), Some(&json!(1)));
}

#[tokio::test]
async fn a_session_that_was_forgotten_during_an_outage_begins_anew() {
    let gatehouse = Gatehouse::connected().await;
    let invalid = GatewayFault::Invalid {
        is_resumable: false,
    };
    gatehouse
        .platform
        .gateway_fault(Some(2), GatewayFault::Refused(4000));
    gatehouse.platform.gateway_fault(Some(1), invalid);
    gatehouse.act(&GatewayAct::Break);
    gatehouse.until_sent(RESUME, 3).await;
    gatehouse.until_sent(IDENTIFY, 2).await;
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
}

#[tokio::test]
async fn a_session_cannot_be_resumed_twice_into_an_endless_loop() {
    let gatehouse = Gatehouse::connected().await;
    let invalid = GatewayFault::Invalid { is_resumable: true };
    gatehouse.platform.gateway_fault(Some(2), invalid);
    gatehouse.act(&GatewayAct::Break);
    gatehouse.until_sent(RESUME, 3).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
}

#[tokio::test]
async fn a_gap_in_the_numbers_is_taken_as_it_is() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.act(&GatewayAct::SkipNumbers(1000));
    gatehouse
        .platform
        .dispatch(None, "SOMETHING_NEW", &json!({}));
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.sent(HEARTBEAT).last(), Some(&json!(1002)));
    gatehouse.act(&GatewayAct::Break);
    assert_eq!(gatehouse.until_sent(RESUME, 1).await["seq"], 1002);
    gatehouse.until_connected(1).await;
}

#[tokio::test]
async fn every_shard_has_its_session() {
    let platform = platform().await;
    platform.set_gateway_shards(3, 16);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(3).await;
    let mut shards: Vec<_> = gatehouse
        .sent(IDENTIFY)
        .iter()
        .map(|sent| sent["shard"].to_string())
        .collect();
    shards.sort();
    assert_eq!(shards, ["[0,3]", "[1,3]", "[2,3]"]);
}

#[tokio::test]
async fn shards_of_one_row_begin_one_after_the_other() {
    let platform = platform().await;
    platform.set_gateway_shards(2, 1);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(2).await;
    let heard = gatehouse.heard();
    let mut identifies = heard.iter().filter(|one| one.frame(IDENTIFY).is_some());
    let (first, second) = (identifies.next().unwrap(), identifies.next().unwrap());
    let apart = second.at - first.at;
    // They wait five seconds before they connect, which takes them a moment.
    assert!(apart > Duration::from_secs(4), "too soon: {apart:?}");
}

#[tokio::test]
async fn another_number_of_shards_is_taken_up_with_the_next_session() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.platform.set_gateway_shards(2, 16);
    gatehouse.act(&GatewayAct::Invalid {
        is_resumable: false,
    });
    gatehouse.until_connected(2).await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 3);
}
