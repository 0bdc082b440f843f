//! Metrics, as an operator turns them on.

use std::net::{SocketAddr, TcpListener};

use crate::support::{Face, Gatehouse, Running, get};

async fn metrics_address(gatehouse: &mut Running) -> SocketAddr {
    let said = gatehouse.said("metrics are at http://").await;
    let (address, _) = said.split_once('/').unwrap();
    address.parse().unwrap()
}

#[tokio::test]
async fn they_are_told_where_the_operator_wants_them() {
    let mut gatehouse = Gatehouse::serve()
        .set("FLUXER_TOKEN", "hunter2")
        .set("GATEHOUSE_METRICS_LISTEN", "127.0.0.1:0")
        .start();
    let metrics = metrics_address(&mut gatehouse).await;
    let address = gatehouse.address().await;
    Face::discord(address).ping().await;
    let (status, text) = get(metrics, "/metrics").await;
    assert_eq!(status, 200);
    let text = String::from_utf8(text).unwrap();
    let pings =
        r#"gatehouse_interactions_total{platform="discord",kind="ping",outcome="answered"} 1"#;
    assert!(text.contains(pings), "{text}");
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("gatehouse_build_info{{version=\"{version}\"}} 1");
    assert!(text.contains(&build), "{text}");
    assert!(!text.contains("hunter2"));
    assert_eq!(get(address, "/metrics").await.0, 404);
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
}

#[tokio::test]
async fn they_are_told_nowhere_unless_somebody_wants_them() {
    let mut gatehouse = Gatehouse::serve().set("FLUXER_TOKEN", "hunter2").start();
    let address = gatehouse.address().await;
    gatehouse.said("Fluxer is configured").await;
    assert!(!gatehouse.err().contains("metrics"), "{}", gatehouse.err());
    assert_eq!(get(address, "/metrics").await.0, 404);
}

#[tokio::test]
async fn a_port_that_somebody_else_has_ends_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let gatehouse = Gatehouse::serve()
        .set("FLUXER_TOKEN", "hunter2")
        .set("GATEHOUSE_METRICS_LISTEN", &address);
    let complaint = gatehouse.run().await.complaint();
    let begin = format!("cannot listen on {address}: ");
    assert!(complaint.starts_with(&begin), "{complaint}");
}
