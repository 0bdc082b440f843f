//! What a platform says when it refuses.

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

/// The longest wait that is believed: after it, another request shows whether it was meant.
const WAIT_MAX: SignedDuration = SignedDuration::from_hours(1);

/// The reason that a platform gives with a refusal: `RATE_LIMITED` on Fluxer, `50013` on Discord.
#[derive(Debug, Default, Deserialize)]
pub(in crate::platform) struct Refusal {
    /// The platform's own word for it; `None` when the body is no refusal of its.
    #[serde(default, deserialize_with = "word")]
    pub(in crate::platform) code: Option<String>,
    /// Seconds to wait, with fractions, of a rate limit.
    #[serde(default, deserialize_with = "seconds")]
    retry_after: Option<f64>,
    /// Whether the rate limit is for everything.
    #[serde(default, deserialize_with = "flag")]
    pub(in crate::platform) global: bool,
}

impl Refusal {
    /// Reads the body of a refusal; one that is not JSON says nothing.
    pub(in crate::platform) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// How long a rate limit asks to wait; `header` is what stands beside the body, in seconds.
    pub(in crate::platform) fn wait(&self, header: Option<f64>) -> Option<SignedDuration> {
        let seconds = self.retry_after.or(header)?;
        let wait = SignedDuration::try_from_secs_f64(seconds).ok()?;
        Some(wait.clamp(SignedDuration::ZERO, WAIT_MAX))
    }
}

fn word<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value
        .as_str()
        .map(str::to_owned)
        .or_else(|| value.as_u64().map(|number| number.to_string())))
}

fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    Ok(serde_json::Value::deserialize(from)?.as_f64())
}

fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(serde_json::Value::deserialize(from)?.as_bool() == Some(true))
}

#[cfg(test)]
mod tests {
    use super::{super::captured, *};

    #[test]
    fn captured_refusals_are_read_as_what_they_are() {
        let refusal = Refusal::read(&captured("guild_invites_list_429"));
        assert_eq!(refusal.code.as_deref(), Some("RATE_LIMITED"));
        assert_eq!(refusal.wait(None), Some(SignedDuration::from_millis(141)));
        assert!(!refusal.global);
        assert!(Refusal::read(&captured("global_429_no_auth")).global);
        let numbered = Refusal::read(br#"{"code":50013}"#);
        assert_eq!(numbered.code.as_deref(), Some("50013"));
        assert_eq!(Refusal::read(b"<html>").code, None);
    }

    #[test]
    fn a_wait_is_taken_from_the_body_or_else_from_the_header() {
        let told = |body: &[u8], header| Refusal::read(body).wait(header);
        let seconds = |seconds| Some(SignedDuration::from_secs(seconds));
        assert_eq!(told(br#"{"retry_after":2}"#, Some(9.0)), seconds(2));
        assert_eq!(told(b"<html>", Some(9.0)), seconds(9));
        assert_eq!(told(b"<html>", None), None);
        assert_eq!(told(br#"{"retry_after":-2}"#, None), seconds(0));
        assert_eq!(told(br#"{"retry_after":3600}"#, None), seconds(3_600));
        assert_eq!(told(br#"{"retry_after":3601}"#, None), seconds(3_600));
        assert_eq!(told(br#"{"retry_after":1e300}"#, None), None);
    }
}
