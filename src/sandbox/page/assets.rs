//! The page's own files, compiled in.
//!
//! htmx and its extension for events are others' work (0BSD), with their licences beside them.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Where the files are.
pub(super) const ROUTE: &str = "/sandbox/assets/{name}";

/// A file by its name.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (media_type, content) = match name.as_str() {
        "page.css" => ("text/css; charset=utf-8", include_str!("assets/page.css")),
        "page.js" => (SCRIPT, include_str!("assets/page.js")),
        "htmx.min.js" => (SCRIPT, include_str!("assets/htmx.min.js")),
        "htmx-sse.min.js" => (SCRIPT, include_str!("assets/htmx-sse.min.js")),
        "icon.svg" => ("image/svg+xml", include_str!("assets/icon.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // Asked for anew by each page: the next build may hold another one.
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}
