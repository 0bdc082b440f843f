//! Every code with which the gateway closes a connection.

use std::time::Duration;

use gatehouse::sandbox::platform::{GatewayAct, GatewayFault, Route, SamplePlatform};

use crate::support::{Gatehouse, IDENTIFY, RESUME, platform};

#[tokio::test]
async fn codes_after_which_the_session_goes_on() {
    for code in [
        1000, 1001, 1011, 4000, 4001, 4002, 4005, 4008, 4009, 4013, 4999,
    ] {
        let gatehouse = Gatehouse::connected().await;
        gatehouse.act(&GatewayAct::Close(code));
        gatehouse.until_sent(RESUME, 1).await;
        gatehouse.until_connected(1).await;
        assert_eq!(gatehouse.sent(IDENTIFY).len(), 1, "{code}");
    }
}

#[tokio::test]
async fn codes_after_which_a_new_session_begins() {
    for code in [4003, 4007] {
        let gatehouse = Gatehouse::connected().await;
        gatehouse.act(&GatewayAct::Close(code));
        gatehouse.until_sent(IDENTIFY, 2).await;
        gatehouse.until_connected(1).await;
        assert!(gatehouse.sent(RESUME).is_empty(), "{code}");
    }
}

#[tokio::test]
async fn codes_that_end_the_face_and_nothing_else() {
    for code in [4004, 4010, 4011, 4012] {
        let platform = platform().await;
        platform.gateway_fault(None, GatewayFault::Refused(code));
        let gatehouse = Gatehouse::start(platform).await;
        gatehouse.until_sent(IDENTIFY, 1).await;
        gatehouse.assert_only_the_face_ended().await;
        assert_eq!(gatehouse.connections(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_session_that_is_ended_ends_all_shards() {
    let platform = platform().await;
    platform.set_gateway_shards(2, 16);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(2).await;
    let fault = GatewayFault::Refused(4004);
    gatehouse.platform.gateway_fault(Some(1), fault);
    gatehouse.act(&GatewayAct::Reconnect);
    // The one that came back first is refused; the other one may have come back as well.
    gatehouse.until_sent(RESUME, 1).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    gatehouse.until_connected(0).await;
    gatehouse.assert_only_the_face_ended().await;
}

#[tokio::test]
async fn a_wrong_token_is_tried_once() {
    let gatehouse =
        Gatehouse::start_with(platform().await, "1.wrong", SamplePlatform::fluxer_api).await;
    gatehouse.until_sent(IDENTIFY, 1).await;
    gatehouse.assert_only_the_face_ended().await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
}

#[tokio::test]
async fn a_token_without_a_tokens_shape_is_refused_before_any_connection() {
    let gatehouse =
        Gatehouse::start_with(platform().await, "shapeless", SamplePlatform::fluxer_api).await;
    let route = Route::GatewayBot;
    let is_asked = |one: &Gatehouse| one.platform.count(route) > 0;
    gatehouse.until("asked", is_asked).await;
    gatehouse.assert_only_the_face_ended().await;
    assert_eq!(gatehouse.platform.count(route), 1);
    assert_eq!(gatehouse.connections(), 0);
}
