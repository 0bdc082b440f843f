//! Where the gateway is, and how it is found again.

use std::time::Duration;

use gatehouse::sandbox::platform::{Fault, GatewayAct, Route};
use serde_json::json;

use crate::support::{Gatehouse, IDENTIFY, RESUME, platform};

#[tokio::test]
async fn discovery_tells_where_the_gateway_is_when_its_own_call_does_not() {
    for fault in [Fault::Refused(404), Fault::Garbage] {
        let platform = platform().await;
        platform.fault(Route::GatewayBot, fault);
        let gatehouse = Gatehouse::start(platform).await;
        gatehouse.until_connected(1).await;
        assert!(gatehouse.platform.count(Route::WellKnown) > 0);
    }
}

#[tokio::test]
async fn a_domain_is_enough() {
    let gatehouse = Gatehouse::start_with(
        platform().await,
        gatehouse::sandbox::platform::FLUXER_TOKEN,
        |platform| platform.address().to_string(),
    )
    .await;
    gatehouse.until_connected(1).await;
}

#[tokio::test]
async fn a_platform_that_fails_for_now_is_asked_again() {
    let platform = platform().await;
    platform.fault_times(Route::GatewayBot, 2, Fault::Refused(503));
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.platform.count(Route::GatewayBot), 3);
}

#[tokio::test]
async fn an_address_that_is_none_is_asked_for_again() {
    for url in [
        "",
        "http://127.0.0.1:1",
        "nonsense",
        "ws://127.0.0.1:1/gateway",
    ] {
        let platform = platform().await;
        let body = json!({ "url": url, "shards": 1 });
        let wrong = Fault::Status { status: 200, body };
        platform.fault_times(Route::GatewayBot, 1, wrong);
        let gatehouse = Gatehouse::start(platform).await;
        gatehouse.until_connected(1).await;
        assert!(gatehouse.platform.count(Route::GatewayBot) > 1, "{url}");
    }
}

#[tokio::test]
async fn a_session_is_resumed_without_asking_for_the_address() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.act(&GatewayAct::Break);
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
    assert_eq!(gatehouse.platform.count(Route::GatewayBot), 1);
}

#[tokio::test]
async fn a_gateway_that_takes_no_new_session_is_waited_for() {
    let platform = platform().await;
    let wait = Duration::from_secs(2);
    platform.set_gateway_starts(0, wait);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse
        .until("asked", |one| one.platform.count(Route::GatewayBot) > 0)
        .await;
    let asked_at = gatehouse.platform.requests()[0].at;
    gatehouse.platform.set_gateway_starts(1, wait);
    gatehouse.until_connected(1).await;
    let heard = gatehouse.heard();
    let identify = heard.iter().find(|one| one.frame(IDENTIFY).is_some());
    assert!(identify.unwrap().at - asked_at >= wait);
    assert_eq!(gatehouse.platform.count(Route::GatewayBot), 2);
}
