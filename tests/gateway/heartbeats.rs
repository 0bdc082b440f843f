//! Heartbeats, and connections that are dead although they look alive.

use std::time::Duration;

use gatehouse::sandbox::platform::{GatewayAct, GatewayFault};
use serde_json::json;

use crate::support::{Gatehouse, HEARTBEAT, IDENTIFY, RESUME, platform};

/// So that a fault of the first connection shows soon.
const SHORT: Duration = Duration::from_millis(300);

/// Long enough for an answer on a busy machine.
const LONG: Duration = Duration::from_secs(3);

/// With short intervals, and a first connection with this fault. All others are ordinary ones.
async fn with_first(fault: GatewayFault) -> Gatehouse {
    let platform = platform().await;
    platform.set_heartbeat_interval(SHORT);
    platform.gateway_fault(Some(1), fault);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse
        .until("connected", |one| one.connections() > 0)
        .await;
    gatehouse.platform.set_heartbeat_interval(LONG * 10);
    gatehouse
}

#[tokio::test]
async fn heartbeats_come_regularly_with_the_last_number() {
    let platform = platform().await;
    platform.set_heartbeat_interval(LONG);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(1).await;
    let third = gatehouse.until_sent(HEARTBEAT, 3).await;
    assert_eq!(third, json!(1));
    assert_eq!(gatehouse.connections(), 1);
}

#[tokio::test]
async fn a_heartbeat_that_is_asked_for_comes_at_once() {
    // The regular interval is longer than the test's patience allows.
    let gatehouse = Gatehouse::connected().await;
    gatehouse.assert_goes_on().await;
}

#[tokio::test]
async fn whoever_asks_for_heartbeats_all_the_time_does_not_get_them_all() {
    let gatehouse = Gatehouse::connected().await;
    for _ in 0..700 {
        gatehouse.act(&GatewayAct::AskForHeartbeat);
    }
    gatehouse
        .platform
        .dispatch(None, "SOMETHING_NEW", &json!({}));
    gatehouse.until_sent(HEARTBEAT, 60).await;
    // Else the gateway would have closed the connection with 4008.
    gatehouse.act(&GatewayAct::Reconnect);
    let resume = gatehouse.until_sent(RESUME, 1).await;
    assert_eq!(resume["seq"], 2);
    assert!(gatehouse.sent(HEARTBEAT).len() <= 62);
    assert_eq!(gatehouse.closed(), [Some(4000)]);
}

#[tokio::test]
async fn a_late_acknowledgement_is_none_too_late() {
    let platform = platform().await;
    platform.set_heartbeat_interval(LONG);
    let late = GatewayFault::LateAcks(Duration::from_millis(500));
    platform.gateway_fault(None, late);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_sent(HEARTBEAT, 3).await;
    assert_eq!(gatehouse.connections(), 1);
}

#[tokio::test]
async fn a_connection_without_acknowledgements_is_left_and_its_session_goes_on() {
    let gatehouse = with_first(GatewayFault::NoAcks).await;
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
    // Not one of those that end a session.
    assert_eq!(gatehouse.closed()[0], Some(4000));
}

#[tokio::test]
async fn an_acknowledgement_after_the_next_heartbeat_was_due_is_too_late() {
    let gatehouse = with_first(GatewayFault::LateAcks(LONG)).await;
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
}

#[tokio::test]
async fn silence_after_the_greeting_is_left() {
    let gatehouse = with_first(GatewayFault::Silence).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.connections(), 2);
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 2);
}

#[tokio::test]
async fn a_gateway_that_does_not_greet_is_left() {
    let platform = platform().await;
    platform.gateway_fault(Some(1), GatewayFault::NoHello);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.connections(), 2);
    assert_eq!(
        gatehouse.sent(IDENTIFY).len(),
        1,
        "nothing is said ungreeted"
    );
}
