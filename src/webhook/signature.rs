//! Whether a request was signed by the platform. Pure; knows no JSON.
//!
//! ```text
//! X-Signature-Timestamp   decimal Unix seconds
//! X-Signature-Ed25519     128 hex digits: the signature of timestamp text + raw body
//! ```
//!
//! See [Discord Docs/Interactions Overview]. Timestamp and body have nothing between them, so one
//! signature fits every way to cut the same bytes in two: the timestamp must hold digits alone,
//! and what reads the body later must refuse one that does not begin a JSON object.
//!
//! [Discord Docs/Interactions Overview]: https://discord.com/developers/docs/interactions/overview

use axum::http::{HeaderMap, HeaderName};
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};

/// How far a request's timestamp may be from our clock, either way. No platform states a window;
/// this is our own.
pub const TIMESTAMP_WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// Digits of a timestamp: enough for the year 5138.
const TIMESTAMP_MAX_DIGITS: usize = 11;

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature-ed25519");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-signature-timestamp");

/// Why a request is not taken for the platform's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing, or there twice: then nobody can say which one counts.
    #[error("{0} is missing or repeated")]
    Header(&'static str),
    /// Not 128 hex digits.
    #[error("the signature is not 128 hex digits")]
    Malformed,
    /// Not a decimal number of seconds.
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    /// Signed by the platform, but more than [`TIMESTAMP_WINDOW`] off.
    #[error("the timestamp is too far from the clock")]
    Stale,
    /// Not made with any of the keys, or not for these bytes.
    #[error("the signature does not fit")]
    Wrong,
}

/// The headers of a signed request, well-formed, but not verified yet.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    signature: Signature,
    timestamp: &'a [u8],
    /// How far our clock is ahead of the timestamp.
    ahead: SignedDuration,
}

impl<'a> Claim<'a> {
    /// Reads the headers. Cheap, so that it can be done before the body is read.
    ///
    /// # Errors
    ///
    /// All but [`SignatureError::Wrong`] and [`SignatureError::Stale`].
    pub(super) fn read(headers: &'a HeaderMap, now: Timestamp) -> Result<Self, SignatureError> {
        let signature =
            the_only(headers, &SIGNATURE).ok_or(SignatureError::Header("the signature"))?;
        let timestamp =
            the_only(headers, &TIMESTAMP).ok_or(SignatureError::Header("the timestamp"))?;
        let mut bytes = [0; SIGNATURE_LENGTH];
        hex::decode_to_slice(signature, &mut bytes).map_err(|_| SignatureError::Malformed)?;
        Ok(Self {
            signature: Signature::from_bytes(&bytes),
            timestamp,
            ahead: ahead_of(timestamp, now)?,
        })
    }

    /// How far our clock is ahead of the request's.
    pub(super) const fn ahead(&self) -> SignedDuration {
        self.ahead
    }

    /// Verifies the signature over the timestamp's text and the raw body, against each key; and
    /// then the time: whoever can sign tells the truth about it, so a clock can be known to be off.
    ///
    /// # Errors
    ///
    /// [`SignatureError::Wrong`] and [`SignatureError::Stale`].
    pub(super) fn verify(&self, keys: &[VerifyingKey], body: &[u8]) -> Result<(), SignatureError> {
        let signed = [self.timestamp, body].concat();
        let fits = |key: &VerifyingKey| key.verify_strict(&signed, &self.signature).is_ok();
        if !keys.iter().any(fits) {
            Err(SignatureError::Wrong)
        } else if self.ahead.abs() > TIMESTAMP_WINDOW {
            Err(SignatureError::Stale)
        } else {
            Ok(())
        }
    }
}

fn the_only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

fn ahead_of(timestamp: &[u8], now: Timestamp) -> Result<SignedDuration, SignatureError> {
    let is_number = (1..=TIMESTAMP_MAX_DIGITS).contains(&timestamp.len())
        && timestamp.iter().all(u8::is_ascii_digit);
    if !is_number {
        return Err(SignatureError::Timestamp);
    }
    let seconds = timestamp
        .iter()
        .fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
    Ok(SignedDuration::from_secs(now.as_second() - seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
    use serde_json::Value;

    const AT: i64 = 1_787_313_605;

    fn now() -> Timestamp {
        Timestamp::from_second(AT).unwrap()
    }

    fn headers(timestamp: &str, body: &str) -> HeaderMap {
        let signed = format!("{timestamp}{body}");
        let signature = hex::encode(key().sign(signed.as_bytes()).to_bytes());
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE, HeaderValue::from_str(&signature).unwrap());
        headers.insert(TIMESTAMP, HeaderValue::from_str(timestamp).unwrap());
        headers
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn verify(headers: &HeaderMap, body: &str) -> Result<(), SignatureError> {
        Claim::read(headers, now())?.verify(&[key().verifying_key()], body.as_bytes())
    }

    #[test]
    fn timestamps_are_taken_at_the_edge_of_the_window_and_refused_past_it() {
        let window = TIMESTAMP_WINDOW.as_secs();
        for (offset, expected) in [
            (0, Ok(())),
            (window, Ok(())),
            (-window, Ok(())),
            (window + 1, Err(SignatureError::Stale)),
            (-window - 1, Err(SignatureError::Stale)),
        ] {
            let headers = headers(&(AT + offset).to_string(), "{}");
            assert_eq!(verify(&headers, "{}"), expected, "{offset}");
        }
    }

    #[test]
    fn only_digits_are_a_timestamp() {
        for wrong in [
            "",
            "not-a-number",
            "-1787313605",
            "+1787313605",
            "1787313605.0",
            "178731360500",
        ] {
            let headers = headers(wrong, "{}");
            assert_eq!(
                verify(&headers, "{}"),
                Err(SignatureError::Timestamp),
                "{wrong}"
            );
        }
    }

    #[test]
    fn any_of_several_keys_will_do() {
        let headers = headers(&AT.to_string(), "{}");
        let claim = Claim::read(&headers, now()).unwrap();
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(claim.verify(&[other, key().verifying_key()], b"{}"), Ok(()));
        assert_eq!(claim.verify(&[other], b"{}"), Err(SignatureError::Wrong));
        assert_eq!(claim.verify(&[], b"{}"), Err(SignatureError::Wrong));
    }

    #[test]
    fn a_repeated_header_is_refused_even_if_one_of_them_fits() {
        for name in [SIGNATURE, TIMESTAMP] {
            let mut headers = headers(&AT.to_string(), "{}");
            let value = headers[&name].clone();
            headers.append(name, value);
            assert!(matches!(
                verify(&headers, "{}"),
                Err(SignatureError::Header(_))
            ));
        }
    }

    /// The verdicts of libsodium, by the table that comes with the cases.
    #[test]
    fn edge_cases_get_the_strict_verdict() {
        let cases = include_str!("../../tests/fixtures/ed25519/speccheck_cases.json");
        let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
        let accepted: Vec<usize> = (0..cases.len())
            .filter(|index| {
                let bytes = |key: &str| hex::decode(cases[*index][key].as_str().unwrap()).unwrap();
                accepts(&bytes("pub_key"), &bytes("message"), &bytes("signature"))
            })
            .collect();
        assert_eq!(accepted, [3]);
    }

    #[test]
    fn wycheproofs_verdicts_are_ours() {
        let file = include_str!("../../tests/fixtures/ed25519/wycheproof_ed25519_test.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let mut run = 0;
        for group in file["testGroups"].as_array().unwrap() {
            let key = hex::decode(group["publicKey"]["pk"].as_str().unwrap()).unwrap();
            for test in group["tests"].as_array().unwrap() {
                let message = hex::decode(test["msg"].as_str().unwrap()).unwrap();
                let signature = hex::decode(test["sig"].as_str().unwrap()).unwrap();
                let expected = test["result"] == "valid";
                assert_eq!(accepts(&key, &message, &signature), expected, "{test}");
                run += 1;
            }
        }
        assert_eq!(run, 151);
    }

    #[test]
    fn the_standards_own_vectors_are_accepted() {
        let file = include_str!("../../tests/fixtures/ed25519/rfc8032_ed25519.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let tests = file["tests"].as_array().unwrap();
        assert_eq!(tests.len(), 5);
        for test in tests {
            let bytes = |name: &str| hex::decode(test[name].as_str().unwrap()).unwrap();
            assert!(accepts(&bytes("pk"), &bytes("msg"), &bytes("sig")));
        }
    }

    /// What [`Claim::verify`] does, with a signature and a key of any length.
    fn accepts(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (key.try_into(), signature.try_into()) else {
            return false;
        };
        let Ok(key) = VerifyingKey::from_bytes(key) else {
            return false;
        };
        let claim = Claim {
            signature: Signature::from_bytes(signature),
            timestamp: b"",
            ahead: SignedDuration::ZERO,
        };
        claim.verify(&[key], message).is_ok()
    }
}
