//! A whole answer before it is sent, so that a fault can still change it.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use bytes::Bytes;
use serde_json::Value;

/// Status, headers and body of an answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Bytes,
}

impl Answer {
    /// An answer without a body.
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// An answer of JSON.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            body: Bytes::from(body.to_string()),
            ..Self::empty(status).with("content-type", "application/json")
        }
    }

    /// An answer of text that is not JSON.
    pub(super) fn text(status: u16, content_type: &str, body: String) -> Self {
        Self {
            body: Bytes::from(body),
            ..Self::empty(status).with("content-type", content_type)
        }
    }

    /// Sets a header; one that no HTTP message can carry is left out.
    pub(super) fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let name = HeaderName::try_from(name);
        let value = HeaderValue::from_str(value.as_ref());
        if let (Ok(name), Ok(value)) = (name, value) {
            self.headers.retain(|(known, _)| *known != name);
            self.headers.push((name, value));
        }
        self
    }

    /// The answer with this body in the place of its own.
    pub(super) fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The answer with a streamed body in the place of its own.
    pub(super) fn streaming(self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }

    /// The answer as it stands.
    pub(super) fn whole(self) -> Response {
        let body = Body::from(self.body.clone());
        self.streaming(body)
    }
}
