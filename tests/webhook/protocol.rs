//! What gets to be an interaction and what is refused before: signatures, time, sizes, repetitions.

use std::time::Duration;

use gatehouse::{
    clock::Clock,
    sandbox::platform::{Community, Route},
    server::{self, HEADERS_MAX, HEADERS_MAX_BYTES, HEADERS_TIMEOUT},
    webhook::{BODY_MAX_BYTES, BODY_TIMEOUT, TIMESTAMP_WINDOW},
};
use gatehouse_commands::PlatformName;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::support::{
    Gatehouse, Interaction, KEY, On, PATIENCE, Reply, SECOND_KEY, Setup, all, signed,
    wire::{Wire, head},
};

/// When the recorded requests were signed.
const RECORDED_AT: Timestamp = Timestamp::constant(1_787_313_605, 0);

/// The guild of the recorded requests.
const RECORDED_GUILD: u64 = 1_103_730_309_070_848_131;

type Headers = Vec<(String, String)>;

#[derive(Deserialize)]
struct Recordings {
    seed: String,
    requests: Vec<Recording>,
}

#[derive(Deserialize)]
struct Recording {
    name: String,
    headers: Headers,
    body: Option<String>,
    body_hex: Option<String>,
    signature_ok: bool,
    expect_status: u16,
}

impl Recording {
    fn body(&self) -> Vec<u8> {
        match (&self.body, &self.body_hex) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(hex)) => hex::decode(hex).unwrap(),
            (None, None) => Vec::new(),
        }
    }
}

fn recordings() -> Recordings {
    let recorded = include_str!("../fixtures/ed25519/discord_requests.json");
    serde_json::from_str(recorded).unwrap()
}

/// Without the header of this name.
fn without(headers: &Headers, name: &str) -> Headers {
    let kept = headers.iter().filter(|(header, _)| header != name);
    kept.cloned().collect()
}

/// With the header of this name twice.
fn doubled(headers: &Headers, name: &str) -> Headers {
    let again = headers.iter().filter(|(header, _)| header == name);
    headers.iter().chain(again).cloned().collect()
}

/// A body of exactly this many bytes that is a right interaction.
fn padded(interaction: &Interaction, bytes: usize) -> Vec<u8> {
    let body = interaction.body();
    let blanks = " ".repeat(bytes - body.len());
    [blanks.into_bytes(), body].concat()
}

#[tokio::test]
async fn every_recorded_request_gets_what_its_signature_deserves() {
    let Recordings { seed, requests } = recordings();
    let mut key = [0; 32];
    hex::decode_to_slice(seed, &mut key).unwrap();
    assert_eq!(requests.len(), 31);
    for request in requests {
        let mut community = Community::sample(RECORDED_AT);
        community.id = RECORDED_GUILD;
        let gatehouse = Setup::new()
            .key(key)
            .community(community)
            .clock(Clock::stopped(RECORDED_AT))
            .start()
            .await;
        // The signature is good, but a timestamp has to be a number, and near the clock: that rule
        // is our own, so the recording does not expect it. It also comes before the body, so a
        // timestamp that lost a digit to the body is refused for its age already.
        let is_untimely = matches!(
            request.name.as_str(),
            "odd_timestamp_ok" | "old_timestamp_ok" | "boundary_shift_ok_but_ambiguous"
        );
        assert!(!is_untimely || request.signature_ok);
        let expected = if is_untimely {
            401
        } else {
            request.expect_status
        };

        // Byte by byte, so that the headers' names are sent as they were recorded.
        let body = request.body();
        let mut wire = Wire::connect(gatehouse.address).await;
        let path = gatehouse.path();
        wire.send(head(&path, &request.headers, body.len())).await;
        wire.send(&body).await;
        let (status, answer) = wire.answer().await.unwrap();

        assert_eq!(status, expected, "{}", request.name);
        if status == 200 {
            let sent = Interaction::of(serde_json::from_slice(&body).unwrap());
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            crate::discord_rules::assert_callback(sent.kind(), &answer);
            let is_ping = sent.json()["type"] == 1;
            let expected = if is_ping { Reply::PONG } else { Reply::MESSAGE };
            assert_eq!(answer["type"], expected, "{}", request.name);
        } else {
            assert!(answer.is_empty(), "{}", request.name);
            gatehouse.assert_platform_not_asked();
        }
    }
}

#[tokio::test]
async fn a_timestamp_cannot_lend_its_last_digit_to_the_body() {
    // Signed bytes have nothing between timestamp and body: cut elsewhere, the signature still fits.
    let at = Timestamp::from_second(178_731_360).unwrap();
    let gatehouse = Setup::new().clock(Clock::stopped(at)).start().await;
    let body = Interaction::ping().body();
    let long = signed(&KEY, "1787313605", &body);
    let mut short = without(&long, "x-signature-timestamp");
    short.push(("x-signature-timestamp".to_owned(), "178731360".to_owned()));
    let shifted = [b"5".as_slice(), &body].concat();

    let answer = gatehouse.post_raw(&gatehouse.path(), &short, shifted).await;

    assert_eq!(answer.status, 400);
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_signature_header_that_is_missing_or_doubled_is_refused() {
    let gatehouse = Gatehouse::start().await;
    for name in ["x-signature-ed25519", "x-signature-timestamp"] {
        for change in [without, doubled] {
            let body = gatehouse.command("list", &[]).body();
            let headers = change(&gatehouse.signed(&body), name);
            let answer = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;
            assert_eq!(answer.status, 401, "{name} {}", headers.len());
        }
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn other_headers_do_not_matter() {
    let gatehouse = Gatehouse::start().await;
    let body = Interaction::ping().body();
    let mut headers = without(&gatehouse.signed(&body), "content-type");
    headers.push(("content-type".to_owned(), "text/plain".to_owned()));
    headers.push(("x-forwarded-for".to_owned(), "203.0.113.7".to_owned()));

    let answer = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;

    assert_eq!((answer.status, answer.json), (200, json!({"type": 1})));
}

#[tokio::test]
async fn a_request_is_good_for_five_minutes_either_way() {
    let now = Timestamp::now();
    let gatehouse = Setup::new().clock(Clock::stopped(now)).start().await;
    for (seconds, status) in [(-301, 401), (-300, 200), (300, 200), (301, 401)] {
        let body = gatehouse
            .press(&refresh(&gatehouse).await, On::Private, &[])
            .body();
        let asked = gatehouse.platform().count(Route::Invites);
        let timestamp = (now.as_second() + seconds).to_string();
        let headers = signed(&KEY, &timestamp, &body);

        let answer = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;

        assert_eq!(answer.status, status, "{seconds} s off");
        let asked = gatehouse.platform().count(Route::Invites) - asked;
        assert_eq!(asked, usize::from(status == 200), "{seconds} s off");
    }
    assert_eq!(TIMESTAMP_WINDOW, SignedDuration::from_secs(300));
}

/// The id of the button that always asks the platform.
async fn refresh(gatehouse: &Gatehouse) -> String {
    let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
    list.button("Refresh").custom_id
}

#[tokio::test]
async fn a_body_may_have_256_kib_and_not_a_byte_more() {
    let gatehouse = Gatehouse::start().await;
    assert_eq!(BODY_MAX_BYTES, 262_144);

    let body = padded(&gatehouse.command("list", &[]), BODY_MAX_BYTES + 1);
    let headers = gatehouse.signed(&body);
    // Byte by byte, since the answer comes before the body has been sent.
    let mut wire = Wire::connect(gatehouse.address).await;
    wire.send(head(&gatehouse.path(), &headers, body.len()))
        .await;
    wire.send(&body).await;
    assert_eq!(wire.answer().await, Some((413, Vec::new())));
    // Without a length that is told ahead, too.
    let mut wire = Wire::connect(gatehouse.address).await;
    let announced = head(&gatehouse.path(), &headers, 0);
    let announced = announced.replace("content-length: 0", "transfer-encoding: chunked");
    wire.send(announced).await;
    wire.send(format!("{:x}\r\n", body.len())).await;
    wire.send(&body).await;
    wire.send("\r\n0\r\n\r\n").await;
    assert_eq!(wire.answer().await, Some((413, Vec::new())));
    gatehouse.assert_platform_not_asked();

    let body = padded(&gatehouse.command("list", &[]), BODY_MAX_BYTES);
    let answer = gatehouse.post_signed(body).await;
    assert_eq!((answer.status, &answer.json["type"]), (200, &json!(4)));
}

#[tokio::test]
async fn a_huge_body_is_refused_before_it_has_come() {
    let gatehouse = Gatehouse::start().await;
    let mut wire = Wire::connect(gatehouse.address).await;
    let headers = gatehouse.signed(b"{}");
    let length = BODY_MAX_BYTES + 1;
    wire.send(head(&gatehouse.path(), &headers, length)).await;

    assert_eq!(wire.answer().await, Some((413, Vec::new())));
    // Nothing may be sent behind the body that is left unread.
    assert!(wire.is_to_be_closed);

    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused_before_its_body_has_come() {
    let gatehouse = Gatehouse::start().await;
    let mut wire = Wire::connect(gatehouse.address).await;

    wire.send(head(&gatehouse.path(), &[], 1_000)).await;

    assert_eq!(wire.answer().await, Some((401, Vec::new())));
}

/// In real time, as one test of a limit that guards the whole service.
#[tokio::test]
async fn a_body_that_takes_too_long_is_refused() {
    let gatehouse = Gatehouse::start().await;
    let headers = gatehouse.signed(b"{}");
    let stalling = async {
        let mut wire = Wire::connect(gatehouse.address).await;
        wire.send(head(&gatehouse.path(), &headers, 100)).await;
        wire.send("{").await;
        let started = Instant::now();
        assert_eq!(wire.answer().await, Some((408, Vec::new())));
        started.elapsed()
    };
    // A byte now and then does not buy time.
    let dripping = async {
        let mut wire = Wire::connect(gatehouse.address).await;
        wire.send(head(&gatehouse.path(), &headers, 100)).await;
        let started = Instant::now();
        let drip = async {
            while wire.send("{").await {
                sleep(Duration::from_millis(200)).await;
            }
        };
        // It ends by an answer, after which the connection is of no more use.
        tokio::time::timeout(PATIENCE, drip).await.unwrap();
        started.elapsed()
    };
    let (stalled, dripped) = tokio::join!(stalling, dripping);
    assert!(
        stalled + Duration::from_millis(100) >= BODY_TIMEOUT,
        "{stalled:?}"
    );
    assert!(dripped >= BODY_TIMEOUT, "{dripped:?}");
    gatehouse.assert_platform_not_asked();
}

/// The time goes by itself whenever nobody has anything to do.
#[tokio::test(start_paused = true)]
async fn headers_that_take_too_long_end_the_connection() {
    let gatehouse = Gatehouse::start().await;
    for pause in [HEADERS_TIMEOUT * 2, HEADERS_TIMEOUT / 6] {
        let mut wire = Wire::connect(gatehouse.address).await;
        wire.send("POST /discord/interactions HTTP/1.1\r\n").await;
        let started = Instant::now();
        while wire.send("x: y\r\n").await && started.elapsed() < HEADERS_TIMEOUT * 3 {
            tokio::select! {
                answer = wire.answer() => {
                    assert_eq!(answer, None);
                    break;
                }
                () = sleep(pause) => {}
            }
        }
        let took = started.elapsed();
        assert!(took > HEADERS_TIMEOUT / 2, "{took:?}");
        assert!(took < HEADERS_TIMEOUT * 3 / 2, "{took:?}");
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let gatehouse = Gatehouse::start().await;
    let body = gatehouse.command("list", &[]).body();
    let mut headers = gatehouse.signed(&body);
    headers.push(("x-large".to_owned(), "x".repeat(HEADERS_MAX_BYTES)));

    let mut wire = Wire::connect(gatehouse.address).await;
    wire.send(head(&gatehouse.path(), &headers, body.len()))
        .await;

    let (status, _) = wire.answer().await.unwrap();
    assert_eq!(status, 431);
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_request_may_have_a_hundred_headers_and_not_one_more() {
    let gatehouse = Gatehouse::start().await;
    let ping = Interaction::ping().body();
    let signed = gatehouse.signed(&ping);
    // The host and the length go along.
    for (count, expected) in [(HEADERS_MAX, 200), (HEADERS_MAX + 1, 431)] {
        let more = (signed.len() + 2..count).map(|n| (format!("x-{n}"), "y".to_owned()));
        let headers: Headers = signed.iter().cloned().chain(more).collect();
        let mut wire = Wire::connect(gatehouse.address).await;
        wire.send(head(&gatehouse.path(), &headers, ping.len()))
            .await;
        wire.send(&ping).await;
        let (status, _) = wire.answer().await.unwrap();
        assert_eq!(status, expected, "{count}");
    }
}

#[tokio::test]
async fn requests_that_come_at_once_are_answered_one_after_the_other() {
    let gatehouse = Gatehouse::start().await;
    let ping = Interaction::ping().body();
    let good = gatehouse.signed(&ping);
    let bad = without(&good, "x-signature-ed25519");
    let request = |headers| {
        let head = head(&gatehouse.path(), headers, ping.len());
        [head.into_bytes(), ping.clone()].concat()
    };
    let mut wire = Wire::connect(gatehouse.address).await;
    wire.send([request(&good), request(&bad), request(&good)].concat())
        .await;
    for expected in [200, 401, 200] {
        let (status, _) = wire.answer().await.unwrap();
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn a_ping_is_answered_whatever_else_it_holds_and_however_often() {
    let gatehouse = Gatehouse::start().await;
    let minimal = include_str!("../fixtures/discord/interactions/02_ping_minimal.json");
    let minimal = Interaction::of(serde_json::from_str(minimal).unwrap());
    let barest = Interaction::of(json!({"type": 1}));
    for ping in [Interaction::ping(), minimal, barest] {
        for _ in 0..3 {
            let answer = gatehouse.try_send(&ping).await;
            assert_eq!((answer.status, answer.json), (200, json!({"type": 1})));
        }
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_verified_body_that_is_not_one_json_object_is_refused() {
    let gatehouse = Gatehouse::start().await;
    let bodies: [&[u8]; 12] = [
        b"",
        b"hello",
        b"null",
        b"1",
        b"\"{}\"",
        b"[]",
        b"[{\"type\":1}]",
        b"[1,\"7\"]",
        b"{\"type\":1} {\"type\":1}",
        b"{\"type\":1",
        b"5{\"type\":1}",
        b"{\"type\":1,\"x\":\"\xff\"}",
    ];
    for body in bodies {
        let answer = gatehouse.post_signed(body).await;
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(body));
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn an_object_that_is_no_interaction_is_answered_politely() {
    let gatehouse = Gatehouse::start().await;
    for body in [
        "{}",
        r#"{"type":2}"#,
        r#"{"type":"2"}"#,
        r#"{"type":2,"type":2}"#,
    ] {
        let answer = gatehouse.post_signed(body).await;
        assert_eq!(answer.status, 200, "{body}");
        assert_eq!(answer.json["type"], Reply::MESSAGE, "{body}");
        assert_eq!(answer.json["data"]["flags"], 64, "{body}");
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn the_same_interaction_is_taken_once() {
    let gatehouse = Gatehouse::start().await;
    let press = gatehouse.press(&refresh(&gatehouse).await, On::Private, &[]);
    let asked = gatehouse.platform().count(Route::Invites);

    assert_eq!(gatehouse.send(&press).await.kind, Reply::UPDATE);
    assert_eq!(gatehouse.platform().count(Route::Invites), asked + 1);

    // To the byte, signed anew, and in a new shape: the id decides.
    let again = press.clone().without("locale");
    for copy in [&press, &press, &again] {
        assert_eq!(gatehouse.try_send(copy).await.status, 409);
    }
    assert_eq!(gatehouse.platform().count(Route::Invites), asked + 1);
}

#[tokio::test]
async fn a_request_that_is_good_for_ten_minutes_is_taken_once_in_them() {
    let now = Timestamp::now();
    let gatehouse = Setup::new().clock(Clock::stopped(now)).start().await;
    let body = gatehouse.command("list", &[]).body();
    let ahead = (now.as_second() + TIMESTAMP_WINDOW.as_secs()).to_string();
    let headers = signed(&KEY, &ahead, &body);
    let post = async || {
        gatehouse
            .post_raw(&gatehouse.path(), &headers, body.clone())
            .await
    };

    assert_eq!(post().await.status, 200);
    gatehouse.clock.advance(TIMESTAMP_WINDOW * 2);
    assert_eq!(post().await.status, 409);
    gatehouse.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(post().await.status, 401);

    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_copies_at_once_one_is_taken() {
    let gatehouse = Gatehouse::start().await;
    let press = gatehouse.press(&refresh(&gatehouse).await, On::Private, &[]);
    let asked = gatehouse.platform().count(Route::Invites);

    let answers = all((0..20).map(|_| gatehouse.try_send(&press))).await;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    let mut expected = vec![409; 20];
    expected[0] = 200;
    assert_eq!(statuses, expected);
    assert_eq!(gatehouse.platform().count(Route::Invites), asked + 1);
}

#[tokio::test]
async fn while_a_key_is_being_changed_both_are_good() {
    let gatehouse = Setup::new().key(SECOND_KEY).start().await;
    let now = gatehouse.clock.now().as_second().to_string();
    for (key, status) in [(KEY, 200), (SECOND_KEY, 200), ([9; 32], 401)] {
        let body = Interaction::ping().body();
        let headers = signed(&key, &now, &body);
        let answer = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_key_that_was_not_set_is_not_good() {
    let gatehouse = Gatehouse::start().await;
    let body = gatehouse.command("list", &[]).body();
    let now = gatehouse.clock.now().as_second().to_string();

    let headers = signed(&SECOND_KEY, &now, &body);
    let answer = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;

    assert_eq!(answer.status, 401);
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn there_are_no_other_routes_and_methods() {
    let gatehouse = Gatehouse::start().await;
    let path = gatehouse.path();
    let slash = format!("{path}/");
    for (method, path, status) in [
        (Method::GET, "/", 404),
        (Method::POST, "/interactions", 404),
        (Method::POST, "/metrics", 404),
        (Method::GET, "/metrics", 404),
        (Method::POST, &slash, 404),
        (Method::GET, &path, 405),
        (Method::PUT, &path, 405),
        (Method::POST, "/healthz", 405),
    ] {
        let answer = gatehouse.request(method.clone(), path).await;
        assert_eq!(answer, (status, Vec::new()), "{method} {path}");
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn the_service_is_healthy_also_while_the_platform_is_down() {
    let mut gatehouse = Gatehouse::start().await;
    let healthy = (200, b"ok\n".to_vec());
    assert_eq!(gatehouse.request(Method::GET, "/healthz").await, healthy);
    gatehouse.assert_platform_not_asked();

    gatehouse.take_platform_down().await;
    let reply = gatehouse.ask(&gatehouse.command("list", &[])).await;
    assert_eq!(reply.title(), "Discord cannot be reached");
    assert_eq!(gatehouse.request(Method::GET, "/healthz").await, healthy);
}

#[tokio::test]
async fn a_connection_stays_of_use_after_a_refusal() {
    let gatehouse = Gatehouse::start().await;
    let path = gatehouse.path();
    let mut wire = Wire::connect(gatehouse.address).await;
    let ping = Interaction::ping().body();
    let headers = gatehouse.signed(&ping);
    let broken = gatehouse.signed(b"hello");
    let requests = [
        (without(&headers, "x-signature-ed25519"), ping.clone(), 401),
        (headers.clone(), ping.clone(), 200),
        (headers.clone(), b"other".to_vec(), 401),
        (headers.clone(), ping.clone(), 200),
        (broken, b"hello".to_vec(), 400),
        (headers.clone(), ping, 200),
    ];
    for (headers, body, expected) in requests {
        let request = [head(&path, &headers, body.len()).into_bytes(), body].concat();
        wire.send(request).await;
        let (status, _) = wire.answer().await.expect("the connection is open");
        assert_eq!(status, expected);
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_body_that_breaks_off_harms_nobody() {
    let gatehouse = Gatehouse::start().await;
    let body = gatehouse.command("list", &[]).body();
    let headers = gatehouse.signed(&body);
    let mut wire = Wire::connect(gatehouse.address).await;
    wire.send(head(&gatehouse.path(), &headers, body.len()))
        .await;
    wire.send(&body[..body.len() / 2]).await;
    wire.end().await;

    // No answer, or 400: in any case nothing was done.
    if let Some((status, _)) = wire.answer().await {
        assert_eq!(status, 400);
    }
    gatehouse.assert_platform_not_asked();
    let whole = gatehouse.post_raw(&gatehouse.path(), &headers, body).await;
    assert_eq!(whole.status, 200);
}

#[tokio::test]
async fn each_platform_has_a_route_only_when_its_key_is_set() {
    for face in PlatformName::ALL {
        let gatehouse = Setup::new().only_face(face).start().await;
        for other in PlatformName::ALL {
            let body = Interaction::ping().body();
            let headers = gatehouse.signed(&body);
            let answer = gatehouse
                .post_raw(&server::path(other), &headers, body)
                .await;
            assert_eq!(answer.status, if other == face { 200 } else { 404 });
        }
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn each_face_serves_its_own_platforms_guild() {
    for face in PlatformName::ALL {
        let gatehouse = Setup::new().face(face).start().await;
        let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
        assert!(list.title().contains("Paper Kite Society"));
        let prefix = match face {
            PlatformName::Discord => "/api/v10/guilds/",
            PlatformName::Fluxer => "/v1/guilds/",
        };
        let requests = gatehouse.platform().requests();
        let asked = requests.iter().filter(|request| request.guild.is_some());
        assert!(asked.clone().count() > 0);
        assert!(
            asked
                .clone()
                .all(|request| request.path.starts_with(prefix))
        );
    }
}
