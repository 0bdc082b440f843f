//! The wire: what came to the bot, signed or over the gateway, what came back, and what the platform
//! was asked meanwhile.

use maud::{Markup, html};
use serde_json::Value;

use super::super::{
    super::client::Exchange,
    super::platform::Recorded,
    chat::{Arrived, Chat, Wire},
};

/// Longest body that is shown, in bytes: a list of a thousand invites is not read by anybody.
const BODY_MAX: usize = 20_000;

/// All exchanges, newest first.
pub(in super::super) fn exchanges(chat: &Chat) -> Markup {
    html! {
        @for wire in chat.wires() { (exchange(wire)) }
    }
}

/// One exchange.
pub(in super::super) fn exchange(wire: &Wire) -> Markup {
    html! {
        li.exchange {
            details {
                summary { span id=(format!("x{}-head", wire.number)) { (head(wire)) } }
                div.exchange-body id=(format!("x{}-body", wire.number)) { (body(wire)) }
            }
        }
    }
}

/// What is to be put in the place of an exchange's parts; it stays open or closed as it is.
pub(in super::super) fn changed(wire: &Wire) -> Markup {
    html! {
        span id=(format!("x{}-head", wire.number)) hx-swap-oob="innerHTML" { (head(wire)) }
        div id=(format!("x{}-body", wire.number)) hx-swap-oob="innerHTML" { (body(wire)) }
    }
}

fn head(wire: &Wire) -> Markup {
    html! {
        span.exchange-label { (wire.label) }
        span.exchange-facts {
            @match &wire.arrived {
                Arrived::Signed(exchange) => {
                    span.status.good[exchange.status == Some(200)] { (status(exchange)) }
                    " " (took(exchange.took.as_micros()))
                }
                Arrived::Told { name, .. } => { span.status.event { (name) } }
            }
            " · " (asked(wire.asked.len()))
        }
    }
}

fn status(exchange: &Exchange) -> String {
    let status = exchange.status;
    status.map_or_else(|| "no answer".to_owned(), |status| status.to_string())
}

fn took(micros: u128) -> String {
    match micros {
        0..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        _ => format!("{} ms", micros / 1_000),
    }
}

fn asked(count: usize) -> String {
    match count {
        0 => "platform not asked".to_owned(),
        1 => "1 call".to_owned(),
        _ => format!("{count} calls"),
    }
}

fn body(wire: &Wire) -> Markup {
    let nothing = match wire.arrived {
        Arrived::Signed(_) => "Nothing: the list was still in memory, or none was needed.",
        Arrived::Told { .. } => "Nothing: it was not meant for Gatehouse, which passed it over.",
    };
    html! {
        @match &wire.arrived {
            Arrived::Signed(exchange) => { (signed(exchange)) }
            Arrived::Told { name, data } => {
                h3 { "Event over the gateway" }
                (scrolled("Event over the gateway", &html! {
                    span.start-line { (name) } "\n\n" (pretty(data))
                }))
            }
        }
        h3 { "What the platform was asked" }
        @if wire.asked.is_empty() {
            p.hint { (nothing) }
        }
        @for (index, request) in wire.asked.iter().enumerate() {
            (platform_request(index + 1, request))
        }
    }
}

fn signed(exchange: &Exchange) -> Markup {
    html! {
        h3 { "Signed request" }
        (scrolled("Signed request", &html! {
            span.start-line { "POST " (exchange.path) }
            "\n"
            @for (name, value) in &exchange.headers {
                span.header-name { (name) ":" } " " (value) "\n"
            }
            "\n" (pretty(&exchange.sent))
        }))
        h3 { "Answer after " (took(exchange.took.as_micros())) }
        (scrolled("Answer", &html! {
            span.start-line { (status(exchange)) }
            "\n"
            @if let Some(content_type) = &exchange.content_type {
                span.header-name { "Content-Type:" } " " (content_type) "\n"
            }
            @if !exchange.answer.is_null() { "\n" (pretty(&exchange.answer)) }
        }))
    }
}

fn platform_request(number: usize, request: &Recorded) -> Markup {
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    let headers = [
        ("Authorization", &request.authorization),
        ("X-Audit-Log-Reason", &request.audit_reason),
        ("Content-Type", &request.content_type),
    ];
    let body = String::from_utf8_lossy(&request.body);
    let body =
        serde_json::from_str::<Value>(&body).map_or_else(|_| cut(&body), |json| pretty(&json));
    scrolled(
        &format!("Request {number} to the platform"),
        &html! {
            span.start-line { (request.method) " " (request.path) (query) }
            @for (name, value) in headers {
                @if let Some(value) = value {
                    "\n" span.header-name { (name) ":" } " " (value)
                }
            }
            @if !body.is_empty() { "\n\n" (body) }
        },
    )
}

/// A box that can be scrolled, by the keyboard as well.
fn scrolled(label: &str, content: &Markup) -> Markup {
    html! {
        pre.wire-text tabindex="0" role="group" aria-label=(label) { (content) }
    }
}

fn pretty(json: &Value) -> String {
    cut(&serde_json::to_string_pretty(json).unwrap_or_default())
}

fn cut(text: &str) -> String {
    if text.len() <= BODY_MAX {
        return text.to_owned();
    }
    let mut ends = (0..=BODY_MAX).rev();
    let end = ends.find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    format!("{}\n… and {} bytes more", &text[..end], text.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_are_told_in_words() {
        assert_eq!(took(1_234), "1.2 ms");
        assert_eq!(took(1_500_999), "1500 ms");
        assert_eq!(asked(0), "platform not asked");
        assert_eq!(asked(2), "2 calls");
    }

    #[test]
    fn long_bodies_are_cut_at_a_character() {
        let text = "é".repeat(BODY_MAX);
        assert!(cut(&text).ends_with("bytes more"));
        assert_eq!(cut("é"), "é");
    }
}
