//! What the platform was asked.

use std::time::Instant;

use axum::http::{
    HeaderMap, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};
use bytes::Bytes;

use super::route::{Asked, Route, Target};

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
    /// Guild in the path, if it is a snowflake.
    pub guild: Option<u64>,
    /// `Authorization` header.
    pub authorization: Option<String>,
    /// `X-Audit-Log-Reason` header.
    pub audit_reason: Option<String>,
    /// `Content-Type` header.
    pub content_type: Option<String>,
    /// `User-Agent` header.
    pub user_agent: Option<String>,
    /// Body, empty when there was none.
    pub body: Bytes,
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
            guild: asked.call.guild(),
            authorization: text(AUTHORIZATION.as_str()),
            audit_reason: text("x-audit-log-reason"),
            content_type: text(CONTENT_TYPE.as_str()),
            user_agent: text(USER_AGENT.as_str()),
            body,
        }
    }
}
