//! The listener shows the metrics and nothing else, and nobody can use it to do harm.

use std::time::Duration;

use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::scrape;
use crate::support::{Gatehouse, Interaction, PATIENCE, client};

/// More connections than it takes.
const MANY: usize = 50;

/// More than the headers of a request may take.
const TOO_LONG: usize = 64 * 1024;

#[tokio::test]
async fn it_shows_the_metrics_and_nothing_else() {
    let gatehouse = Gatehouse::start().await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/metrics/"),
        (Method::GET, "/healthz"),
        (Method::POST, "/metrics"),
        (Method::POST, "/discord/interactions"),
        (Method::DELETE, "/metrics"),
    ] {
        let url = format!("http://{}{path}", gatehouse.metrics_address);
        let answer = client().request(method.clone(), url).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{method} {path}");
        assert_eq!(answer.bytes().await.unwrap(), "", "{method} {path}");
    }
    scrape(&gatehouse).await;
}

#[tokio::test]
async fn the_webhooks_listener_does_not_show_them() {
    let gatehouse = Gatehouse::start().await;
    let (status, body) = gatehouse.request(Method::GET, "/metrics").await;
    assert_eq!((status, body), (404, Vec::new()));
}

#[tokio::test]
async fn connections_that_say_nothing_keep_nobody_out_for_long() {
    let gatehouse = Gatehouse::start().await;
    let address = gatehouse.metrics_address;
    let mut silent = Vec::new();
    for _ in 0..MANY {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    // The service goes on meanwhile.
    gatehouse.send(&Interaction::ping()).await;
    for mut silent in silent {
        let mut told = Vec::new();
        let ended = timeout(PATIENCE, silent.read_to_end(&mut told)).await;
        // Closed, or reset: either is an end.
        let _ = ended.expect("it is ended from there");
        assert!(!String::from_utf8_lossy(&told).contains("200 OK"));
    }
    scrape(&gatehouse).await;
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off() {
    let gatehouse = Gatehouse::start().await;
    let mut stream = TcpStream::connect(gatehouse.metrics_address).await.unwrap();
    let begun = format!("GET /metrics HTTP/1.1\r\nhost: {}", "a".repeat(TOO_LONG));
    // It may be cut off while this is being sent.
    let _ = stream.write_all(begun.as_bytes()).await;
    let mut told = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut told)).await;
    let _ = ended.expect("it is ended from there");
    assert!(!String::from_utf8_lossy(&told).contains("gatehouse_"));
    scrape(&gatehouse).await;
}

#[tokio::test(start_paused = true)]
async fn however_often_it_is_asked_the_text_is_made_ten_times_a_second() {
    let gatehouse = Gatehouse::start().await;
    scrape(&gatehouse).await;
    let asked_at = tokio::time::Instant::now();
    for _ in 0..20 {
        scrape(&gatehouse).await;
    }
    assert!(asked_at.elapsed() >= Duration::from_millis(1_900));
}
