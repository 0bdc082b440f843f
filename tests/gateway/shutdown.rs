//! The end of the process, whatever the gateway is doing.

use std::time::Duration;

use gatehouse::sandbox::platform::{Fault, GatewayFault, Route};

use crate::support::{Gatehouse, IDENTIFY, platform};

/// Well below what the webhook's own requests would be given.
const PROMPT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_connection_is_closed_in_order() {
    let mut gatehouse = Gatehouse::connected().await;
    let took = gatehouse.stop().await;
    assert!(took < PROMPT, "{took:?}");
    assert_eq!(gatehouse.closed(), [Some(1000)]);
    assert_eq!(gatehouse.platform.gateway_sessions(), 0);
}

#[tokio::test]
async fn nothing_that_is_waited_for_holds_up_the_end() {
    for fault in [
        GatewayFault::NoHello,
        GatewayFault::Silence,
        GatewayFault::Invalid {
            is_resumable: false,
        },
    ] {
        let platform = platform().await;
        platform.gateway_fault(None, fault);
        let mut gatehouse = Gatehouse::start(platform).await;
        gatehouse
            .until("connected", |one| one.connections() > 0)
            .await;
        if fault != GatewayFault::NoHello {
            gatehouse.until_sent(IDENTIFY, 1).await;
        }
        let took = gatehouse.stop().await;
        assert!(took < PROMPT, "{fault:?}: {took:?}");
    }
}

#[tokio::test]
async fn an_address_that_never_comes_does_not_either() {
    let platform = platform().await;
    platform.fault(Route::GatewayBot, Fault::Hang);
    let mut gatehouse = Gatehouse::start(platform).await;
    gatehouse
        .until("asked", |one| one.platform.count(Route::GatewayBot) > 0)
        .await;
    let took = gatehouse.stop().await;
    assert!(took < PROMPT, "{took:?}");
}
