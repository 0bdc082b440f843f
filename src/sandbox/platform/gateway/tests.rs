//! The gateway in the part that its tests rely on: it refuses what a real one refuses.

use futures_util::{SinkExt, StreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};

use super::super::{Community, FLUXER_TOKEN, SamplePlatform};

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn connect(platform: &SamplePlatform, query: &str) -> Self {
        let url = format!("{}/?{query}", platform.world.gateway_url());
        let (stream, _) = ClientBuilder::new()
            .uri(&url)
            .unwrap()
            .connect()
            .await
            .unwrap();
        Self(stream)
    }

    /// Connected and greeted.
    async fn greeted(platform: &SamplePlatform) -> Self {
        let mut client = Self::connect(platform, "v=1&encoding=json").await;
        let hello: Value = serde_json::from_str(include_str!(
            "../../../../tests/fixtures/fluxer/gateway_hello_and_heartbeat_ack.json"
        ))
        .unwrap();
        assert_eq!(client.next().await.unwrap(), hello[0]);
        client
    }

    async fn send(&mut self, frame: &Value) {
        let text = frame.to_string();
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next frame, or the close code.
    async fn next(&mut self) -> Result<Value, u16> {
        let message = self.0.next().await.unwrap().unwrap();
        match message.as_close() {
            Some((code, _)) => Err(code.into()),
            None => Ok(serde_json::from_str(message.as_text().unwrap()).unwrap()),
        }
    }

    async fn answer(&mut self, frame: &Value) -> Result<Value, u16> {
        self.send(frame).await;
        self.next().await
    }
}

async fn platform() -> SamplePlatform {
    let community = Community::sample(Timestamp::now());
    SamplePlatform::start(community).await.unwrap()
}

fn identify() -> Value {
    let properties = json!({ "os": "x", "browser": "x", "device": "x" });
    json!({ "op": 2, "d": { "token": FLUXER_TOKEN, "properties": properties } })
}

#[tokio::test]
async fn a_session_begins_and_its_events_are_numbered() {
    let platform = platform().await;
    let mut client = Client::greeted(&platform).await;
    let ready = client.answer(&identify()).await.unwrap();
    assert_eq!((&ready["t"], &ready["s"]), (&json!("READY"), &json!(1)));
    let guild = client.next().await.unwrap();
    assert_eq!(guild["t"], "GUILD_CREATE");
    platform.dispatch(Some(Community::SAMPLE_ID), "X", &json!([1]));
    let event = client.next().await.unwrap();
    assert_eq!(event, json!({ "op": 0, "t": "X", "s": 3, "d": [1] }));
    let acknowledged = client.answer(&json!({ "op": 1, "d": 3 })).await;
    assert_eq!(acknowledged.unwrap(), json!({ "op": 11 }));
}

#[tokio::test]
async fn events_that_are_not_wanted_are_not_sent() {
    let platform = platform().await;
    let mut client = Client::greeted(&platform).await;
    let mut identify = identify();
    identify["d"]["ignored_events"] = json!(["GUILD_CREATE", "X"]);
    client.answer(&identify).await.unwrap();
    platform.dispatch(None, "X", &json!(1));
    platform.dispatch(None, "Y", &json!(2));
    assert_eq!(client.next().await.unwrap()["d"], 2);
}

#[tokio::test]
async fn what_a_client_must_not_send_closes_the_connection() {
    let platform = platform().await;
    let with = |key: &str, value: Value| {
        let mut identify = identify();
        identify["d"][key] = value;
        identify
    };
    let long = json!({ "op": 1, "d": "x".repeat(4096) });
    for (frame, code) in [
        (json!({ "op": 99 }), 4001),
        (json!({ "d": 1 }), 4002),
        (long, 4002),
        (with("properties", json!({ "$os": "x" })), 4002),
        (json!({ "op": 8, "d": {} }), 4003),
        (with("token", json!("1.wrong")), 4004),
        (with("shard", json!([2, 2])), 4010),
    ] {
        let mut client = Client::greeted(&platform).await;
        assert_eq!(client.answer(&frame).await, Err(code), "{frame}");
    }
    let mut client = Client::greeted(&platform).await;
    client.answer(&identify()).await.unwrap();
    client.next().await.unwrap();
    assert_eq!(client.answer(&identify()).await, Err(4005));
    let mut client = Client::connect(&platform, "v=9&encoding=json").await;
    assert_eq!(client.next().await, Err(4012));
}

#[tokio::test]
async fn too_many_frames_close_the_connection() {
    let platform = platform().await;
    let mut client = Client::greeted(&platform).await;
    for _ in 0..600 {
        let acknowledged = client.answer(&json!({ "op": 1, "d": null })).await;
        assert!(acknowledged.is_ok());
    }
    assert_eq!(
        client.answer(&json!({ "op": 1, "d": null })).await,
        Err(4008)
    );
}

#[tokio::test]
async fn only_a_session_that_there_is_can_be_resumed() {
    let platform = platform().await;
    let mut client = Client::greeted(&platform).await;
    let ready = client.answer(&identify()).await.unwrap();
    drop(client);
    while platform.gateway_sessions() > 0 {
        tokio::task::yield_now().await;
    }
    let resume = |session: &Value, sequence: u64| {
        let data = json!({ "token": FLUXER_TOKEN, "session_id": session, "seq": sequence });
        json!({ "op": 6, "d": data })
    };
    let session = &ready["d"]["session_id"];
    let mut client = Client::greeted(&platform).await;
    let unknown = client.answer(&resume(&json!("none"), 1)).await;
    assert_eq!(unknown, Ok(json!({ "op": 9, "d": false })));
    let mut client = Client::greeted(&platform).await;
    assert_eq!(client.answer(&resume(session, 3)).await, Err(4007));
    platform.dispatch(None, "LOST", &json!({}));
    let mut client = Client::greeted(&platform).await;
    let resumed = client.answer(&resume(session, 2)).await.unwrap();
    assert_eq!(
        (&resumed["t"], &resumed["s"]),
        (&json!("RESUMED"), &json!(4))
    );
}

#[tokio::test]
async fn guilds_are_shared_out_to_shards() {
    let platform = platform().await;
    let guild = Community::SAMPLE_ID;
    let own = (guild >> 22) % 2;
    let mut told = Vec::new();
    for shard in [own, 1 - own] {
        let mut client = Client::greeted(&platform).await;
        let mut identify = identify();
        identify["d"]["shard"] = json!([shard, 2]);
        client.answer(&identify).await.unwrap();
        platform.dispatch(Some(guild), "X", &json!(shard));
        platform.dispatch(Some(guild + (1 << 22)), "Y", &json!(shard));
        let mut next = client.next().await.unwrap();
        if next["t"] == "GUILD_CREATE" {
            next = client.next().await.unwrap();
        }
        told.push(next["t"].clone());
    }
    assert_eq!(told, ["X", "Y"]);
}
