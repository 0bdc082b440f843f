//! Frames of every kind and length, and what is none.

use gatehouse::sandbox::platform::{GatewayAct, GatewayFault, Said};
use serde_json::json;

use crate::support::{Gatehouse, HEARTBEAT, IDENTIFY, RESUME, platform};

/// As long as a guild with tens of thousands of members.
const BIG: usize = 5_000_000;

/// Longer than what is read.
const TOO_BIG: usize = 20_000_000;

#[tokio::test]
async fn compression_is_asked_for() {
    let gatehouse = Gatehouse::connected().await;
    let heard = gatehouse.heard();
    let Said::Connected { query } = &heard[0].said else {
        panic!("{heard:?}");
    };
    for parameter in ["v=1", "encoding=json", "compress=zstd-stream", "stream=1"] {
        assert!(query.split('&').any(|sent| sent == parameter), "{query}");
    }
}

#[tokio::test]
async fn a_gateway_that_does_not_compress_is_understood() {
    let platform = platform().await;
    platform.gateway_fault(None, GatewayFault::Uncompressed);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.sent(HEARTBEAT)[0], json!(1));
}

#[tokio::test]
async fn a_big_frame_is_read() {
    for fault in [None, Some(GatewayFault::Uncompressed)] {
        let platform = platform().await;
        if let Some(fault) = fault {
            platform.gateway_fault(None, fault);
        }
        let gatehouse = Gatehouse::start(platform).await;
        gatehouse.until_connected(1).await;
        let big = json!({ "members": noise(BIG) });
        gatehouse.platform.dispatch(None, "GUILD_SYNC", &big);
        gatehouse.assert_goes_on().await;
        assert_eq!(gatehouse.sent(HEARTBEAT)[0], json!(2), "it was counted");
    }
}

#[tokio::test]
async fn a_compressed_frame_that_is_too_big_is_passed_over() {
    let gatehouse = Gatehouse::connected().await;
    let too_big = json!({ "members": "x".repeat(TOO_BIG) });
    gatehouse.platform.dispatch(None, "GUILD_SYNC", &too_big);
    gatehouse.assert_goes_on().await;
    gatehouse
        .platform
        .dispatch(None, "SOMETHING_NEW", &json!({}));
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.sent(HEARTBEAT)[1], json!(3));
}

#[tokio::test]
async fn a_frame_that_is_too_big_costs_the_connection_and_not_the_session() {
    let platform = platform().await;
    platform.gateway_fault(None, GatewayFault::Uncompressed);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse.until_connected(1).await;
    let too_big = json!({ "members": "x".repeat(TOO_BIG) });
    gatehouse.platform.dispatch(None, "GUILD_SYNC", &too_big);
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
}

#[tokio::test]
async fn text_that_is_no_frame_is_passed_over() {
    let gatehouse = Gatehouse::connected().await;
    for garbage in [
        "",
        "garbage",
        "[]",
        "{}",
        "null",
        r#"{"op":"0"}"#,
        r#"{"op":10,"d":null}"#,
        r#"{"op":0,"t":"MESSAGE_CREATE","s":"x","d":{}}"#,
        r#"{"op":0,"t":"MESSAGE_CREATE","d":{}}"#,
        r#"{"op":0,"t":"READY","d":{}}"#,
        r#"{"op":0,"t":"MESSAGE_REACTION_ADD","d":[]}"#,
        r#"{"op":99,"d":{"op":7}}"#,
    ] {
        gatehouse.act(&GatewayAct::Text(garbage.to_owned()));
    }
    gatehouse.act(&GatewayAct::Text("[".repeat(100_000)));
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.connections(), 1);
}

#[tokio::test]
async fn bytes_that_are_no_stream_cost_the_connection_and_not_the_session() {
    let gatehouse = Gatehouse::connected().await;
    gatehouse.act(&GatewayAct::Bytes(b"garbage".to_vec()));
    gatehouse.until_sent(RESUME, 1).await;
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
    assert_eq!(gatehouse.sent(IDENTIFY).len(), 1);
}

#[tokio::test]
async fn a_stream_that_is_broken_at_once_is_tried_again() {
    let platform = platform().await;
    platform.gateway_fault(Some(1), GatewayFault::BrokenStream);
    let gatehouse = Gatehouse::start(platform).await;
    gatehouse
        .until("connected again", |one| one.connections() == 2)
        .await;
    gatehouse.until_connected(1).await;
    gatehouse.assert_goes_on().await;
}

/// Text that compresses badly.
fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let letter = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + 1 + u8::try_from((state >> 33) % 90).unwrap())
    };
    (0..length)
        .map(letter)
        .filter(|c| *c != '"' && *c != '\\')
        .collect()
}
