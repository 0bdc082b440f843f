//! Signed requests: nothing is taken but the bytes that were signed.

use std::cell::RefCell;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode},
};

use super::interaction::Webhook;

thread_local! {
    static WEBHOOK: RefCell<Webhook> = RefCell::new(Webhook::new());
}

/// Stands between the parts of an input.
const BETWEEN: u8 = 0xFF;

const PING: &[u8] = br#"{"type":1}"#;

/// Sends a request that was not signed, and sees that it is not taken.
///
/// The input's parts are timestamp, signature and body; with a part before them that is not empty
/// they are what differs from a rightly signed PING.
pub fn check(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == BETWEEN);
    let mut part = || parts.next().unwrap_or_default();
    let (nearness, timestamp, signature, body) = (part(), part(), part(), part());
    WEBHOOK.with_borrow(|webhook| {
        let right_timestamp = webhook.now().as_second().to_string().into_bytes();
        let signed = [&right_timestamp, PING].concat();
        let right_signature = hex::encode(webhook.sign(&signed)).into_bytes();
        let part = |right: &[u8], given: &[u8]| {
            if nearness.is_empty() {
                given.to_vec()
            } else {
                near(right, given)
            }
        };
        let timestamp = part(&right_timestamp, timestamp);
        let signature = part(&right_signature, signature);
        let body = part(PING, body);
        let is_right = [&*timestamp, &*body].concat() == signed
            && signature.eq_ignore_ascii_case(&right_signature);
        let (Ok(timestamp), Ok(signature)) = (
            HeaderValue::from_bytes(&timestamp),
            HeaderValue::from_bytes(&signature),
        ) else {
            return;
        };
        let request = Request::post("/discord/interactions")
            .header("x-signature-timestamp", timestamp)
            .header("x-signature-ed25519", signature)
            .body(Body::from(body))
            .expect("a right request");
        let (status, answer) = webhook.send(request);
        if is_right {
            // A digit that moved from the timestamp to the body is signed all the same; what is
            // left to the body is no JSON object then, or the timestamp is of another time.
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
        } else {
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            assert!(answer.is_empty(), "whoever is refused learns nothing");
        }
    });
}

/// The right bytes with some bits turned over, and what is given beyond them behind them.
fn near(right: &[u8], given: &[u8]) -> Vec<u8> {
    let longer = right.len().max(given.len());
    let at = |bytes: &[u8], index: usize| bytes.get(index).copied();
    (0..longer)
        .filter_map(|index| match (at(right, index), at(given, index)) {
            (Some(right), given) => Some(right ^ given.unwrap_or_default()),
            (None, given) => given,
        })
        .collect()
}

/// The right request, and some that are none.
pub fn seeds() -> Vec<Vec<u8>> {
    let parts: [[&[u8]; 4]; 5] = [
        [b"n", b"", b"", b""],
        [b"n", b"\x01", b"", b""],
        [b"n", b"", b"\x01", b""],
        [b"n", b"", b"", b"\x01"],
        [b"", b"1787313600", &[b'a'; 128], PING],
    ];
    parts.map(|parts| parts.join(&BETWEEN)).to_vec()
}
