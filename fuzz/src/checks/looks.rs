//! Looks at everything that goes out: whether a platform would take it, and whether a name in it
//! could act.

use gatehouse::parts;
use gatehouse_commands::{AUDIT_REASON_MAX_CHARS, Content, Reason, Reply, Request};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::NOW;
use crate::{
    discord_rules::{Interaction, assert_callback, assert_edit, assert_files},
    names::inert::assert_inert,
};

/// Looks at a reply in both ways in which it can go out.
pub(super) fn look_at(reply: &Reply, request: &Request) {
    let bodies = parts::bodies(reply, NOW);
    // A file cannot be part of a direct answer.
    if bodies.file.is_none() {
        look_at_answer(interaction(request), &bodies.answer);
    }
    if !matches!(reply.content, Content::Suggestions(_)) {
        look_at_edit(reply);
    }
}

/// Looks at a reply that comes later.
pub(super) fn look_at_edit(reply: &Reply) {
    let bodies = parts::bodies(reply, NOW);
    let edit = json(&bodies.edit);
    assert_edit(&edit);
    assert_inert(&edit);
    let file = bodies.file.iter();
    let files: Vec<_> = file.map(|file| (&*file.name, &*file.bytes)).collect();
    assert_files(&edit, &files);
}

/// Looks at the body of a direct answer.
pub(super) fn look_at_answer(interaction: Interaction, body: &[u8]) {
    let answer = json(body);
    assert_callback(interaction, &answer);
    assert_inert(&answer["data"]);
}

/// Looks at what is sent along for an audit log.
pub(super) fn look_at_reason(reason: &Reason) {
    let [discord, fluxer] = parts::audit_entries(reason);
    for header in [&discord, &fluxer] {
        let is_printable = header.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        assert!(is_printable, "{header:?}");
    }
    let decoded = percent_decode_str(&discord).decode_utf8();
    let discord = decoded.expect("what was encoded is UTF-8");
    for entry in [&*discord, &*fluxer] {
        assert!(entry.chars().count() <= AUDIT_REASON_MAX_CHARS, "{entry}");
        assert!(entry.contains(" - by "), "{entry}");
    }
}

/// What a platform would have sent for this.
fn interaction(request: &Request) -> Interaction {
    let (kind, from_message) = match request {
        Request::Command(_)
        | Request::Message { .. }
        | Request::Misread(_)
        | Request::UnknownCommand { .. }
        | Request::Unreadable => (2, false),
        Request::Press { .. } => (3, true),
        Request::Complete { .. } => (4, false),
        Request::Submit { audience, .. } => (5, audience.is_some()),
    };
    Interaction { kind, from_message }
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("what goes out is JSON")
}
