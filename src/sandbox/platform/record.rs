//! What the platform was asked.

use std::time::Instant;

use axum::http::{
    HeaderMap, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};
use bytes::Bytes;

use super::route::{Asked, Route, Target};

const AUDIT_REASON: &str = "x-audit-log-reason";

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// When its body was read to the end.
    pub at: Instant,
    /// HTTP method.
    pub method: String,
    /// Path as sent, with its version prefix.
    pub path: String,
    /// Query without the question mark, empty when there was none.
    pub query: String,
    /// Call that this was; `None` for one that the platform does not have.
    pub route: Option<Route>,
    /// Guild in the path, or the one that the channel or the invite in the path belongs to.
    pub guild: Option<u64>,
    /// `Authorization` header.
    pub authorization: Option<String>,
    /// `X-Audit-Log-Reason` header as sent, so with its escapes.
    pub audit_reason: Option<String>,
    /// `Content-Type` header.
    pub content_type: Option<String>,
    /// `User-Agent` header.
    pub user_agent: Option<String>,
    /// Body, empty when there was none.
    pub body: Bytes,
    /// The reason byte for byte: each platform reads them in its own way.
    pub(super) reason: Option<Vec<u8>>,
}

impl Recorded {
    /// Whether this request is one of `target`.
    pub fn is(&self, target: impl Into<Target>) -> bool {
        target.into().meets(self.route, self.guild)
    }

    pub(super) fn new(
        method: &Method,
        (path, query): (&str, &str),
        headers: &HeaderMap,
        body: Bytes,
        asked: &Asked,
        guild: Option<u64>,
    ) -> Self {
        // A header may hold bytes that are no UTF-8; a test shall see that something was there.
        let text = |name: &str| {
            let value = headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self {
            at: Instant::now(),
            method: method.to_string(),
            path: path.to_owned(),
            query: query.to_owned(),
            route: asked.call.route(),
            guild,
            authorization: text(AUTHORIZATION.as_str()),
            audit_reason: text(AUDIT_REASON),
            content_type: text(CONTENT_TYPE.as_str()),
            user_agent: text(USER_AGENT.as_str()),
            body,
            reason: headers
                .get(AUDIT_REASON)
                .map(|value| value.as_bytes().to_vec()),
        }
    }

    /// A request as the units here are tested with it.
    #[cfg(test)]
    pub(super) fn of(method: &str, path: &str, query: &str, body: &[u8]) -> Self {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let asked = Asked::of(&method, path);
        let body = Bytes::copy_from_slice(body);
        Self::new(
            &method,
            (path, query),
            &HeaderMap::new(),
            body,
            &asked,
            None,
        )
    }

    /// Value of the first parameter with this name in the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}
