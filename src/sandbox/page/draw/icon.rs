//! Small drawings. The words beside them say the same.

use maud::{Markup, PreEscaped, html};

fn icon(path: &str) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" {
            (PreEscaped(path))
        }
    }
}

pub(super) fn eye() -> Markup {
    icon(
        r#"<path d="M12 5C6.5 5 2.7 9.4 1.5 12c1.2 2.6 5 7 10.5 7s9.3-4.4 10.5-7C21.3 9.4 17.5 5 12 5Zm0 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9Zm0-2.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"/>"#,
    )
}

pub(super) fn hash() -> Markup {
    icon(
        r#"<path d="M10 3 9.3 8H5v2h4l-.6 4H4v2h4.1l-.7 5h2l.7-5h4l-.7 5h2l.7-5H20v-2h-3.6l.6-4H21V8h-3.7l.7-5h-2l-.7 5h-4l.7-5h-2Zm1 7h4l-.6 4h-4l.6-4Z"/>"#,
    )
}

pub(super) fn send() -> Markup {
    icon(r#"<path d="M3 4.5v6.2l10 1.3-10 1.3v6.2L21.5 12 3 4.5Z"/>"#)
}

pub(super) fn reply() -> Markup {
    icon(r#"<path d="M10 5 3 12l7 7v-4.500c5 0 8.500 1.600 11 5-1-5-4-9.500-11-10V5Z"/>"#)
}

pub(super) fn close() -> Markup {
    icon(
        r#"<path d="m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4 6.4 5Z"/>"#,
    )
}

pub(super) fn file() -> Markup {
    icon(
        r#"<path d="M6 2h8l5 5v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4c0-1.1.9-2 2-2Zm7 1.5V8h4.5L13 3.5ZM8 12v1.6h8V12H8Zm0 3.5v1.6h8v-1.6H8Z"/>"#,
    )
}

pub(super) fn sliders() -> Markup {
    icon(
        r#"<path d="M4 6h8.2a3 3 0 0 1 5.6 0H20v2h-2.2a3 3 0 0 1-5.6 0H4V6Zm0 10h2.2a3 3 0 0 1 5.6 0H20v2h-8.2a3 3 0 0 1-5.6 0H4v-2Z"/>"#,
    )
}

pub(super) fn wire() -> Markup {
    icon(
        r#"<path d="M8.7 6.3 3 12l5.7 5.7 1.4-1.4L5.8 12l4.3-4.3-1.4-1.4Zm6.6 0-1.4 1.4 4.3 4.3-4.3 4.3 1.4 1.4L21 12l-5.7-5.7Z"/>"#,
    )
}

pub(super) fn gate() -> Markup {
    icon(
        r#"<path d="M4 21V10a8 8 0 0 1 16 0v11h-3v-4h-2.5v4h-5v-4H7v4H4Zm3-7h2.500V6.600A5 5 0 0 0 7 10v4Zm4.300-7.900V14h1.400V6.100a5 5 0 0 0-1.400 0ZM14.500 14H17v-4a5 5 0 0 0-2.500-3.400V14Z"/>"#,
    )
}
