//! Headers of every answer, and who may ask.
//!
//! The page loads nothing from elsewhere and runs no script that stands in it, so the browser is
//! told to refuse both.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// What the page may load and do: its own files, and nothing that stands in the markup.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Headers of every answer, apart from those that an answer sets itself.
const HEADERS: [(header::HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

/// Lets a request through if it comes from the page itself, and adds the headers.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = if is_own(request.method(), request.headers()) {
        next.run(request).await
    } else {
        let word = "The sandbox takes requests from its own page on this machine alone.\n";
        (StatusCode::FORBIDDEN, word).into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether a request can be the page's own, or that of somebody at this machine.
///
/// Any site that is open in the same browser could send requests here. The browser says where a
/// request comes from; and a name that was made to point here is not one of ours.
fn is_own(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let from = text("sec-fetch-site");
    if *method != Method::GET && from.is_some_and(|from| from != "same-origin") {
        return false;
    }
    let Some(host) = text("host") else {
        return true;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    // A name without a dot is one of the machine or its own network: nobody else can give it away.
    address.parse::<IpAddr>().is_ok() || !name.contains('.') || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        let all = all.iter();
        all.map(|(name, value)| {
            let name = header::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        })
        .collect()
    }

    #[test]
    fn the_policy_allows_nothing_that_stands_in_the_markup() {
        assert!(!CONTENT_SECURITY_POLICY.contains("unsafe"));
        assert!(!CONTENT_SECURITY_POLICY.contains("http"));
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none';"));
    }

    #[test]
    fn another_site_can_send_nothing() {
        let own = |all: &[_]| is_own(&Method::POST, &headers(all));
        assert!(own(&[("host", "127.0.0.1:8080")]));
        assert!(own(&[
            ("host", "[::1]:8080"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(own(&[("host", "localhost")]));
        assert!(own(&[("host", "gatehouse:8080")]));
        assert!(!own(&[
            ("host", "127.0.0.1:8080"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!own(&[
            ("host", "127.0.0.1:8080"),
            ("sec-fetch-site", "same-site")
        ]));
        assert!(!own(&[("host", "rebound.example:8080")]));
    }
}
