//! What Discord would accept and Gatehouse must not send.

use serde_json::json;

use super::attachment;
use super::callback::{ACTIVITY, MESSAGE, UPDATE};
use super::message::EPHEMERAL;
use super::node::Node;
use super::problems::{Problems, page};
use super::{Interaction, Sent};

/// Notes where `body` breaks a rule of the project.
pub(super) fn check(sent: Sent, body: &Node<'_>, problems: &mut Problems) {
    match sent {
        Sent::Callback(interaction) => check_callback(interaction, body, problems),
        Sent::Edit => {
            check_mentions(body, problems);
            attachment::check_pictures(body, problems);
            check_replaced_files(body, problems);
        }
        Sent::FollowUp => {
            check_mentions(body, problems);
            attachment::check_pictures(body, problems);
        }
        Sent::Command => {}
    }
}

fn check_callback(interaction: Interaction, body: &Node<'_>, problems: &mut Problems) {
    let kind = body.integer("type");
    problems.require(
        kind != Some(ACTIVITY),
        body,
        "there is no Activity to launch",
        page::PROJECT,
    );
    let data = body.get("data");
    if let (Some(MESSAGE | UPDATE), Some(data)) = (kind, &data) {
        check_mentions(data, problems);
        attachment::check_pictures(data, problems);
        problems.require(
            data.list("attachments").is_empty(),
            data,
            "no file goes beside a direct answer",
            page::PROJECT,
        );
    }
    if let (Some(UPDATE), Some(data)) = (kind, &data) {
        check_replaced_files(data, problems);
    }
    if !(1..=5).contains(&interaction.kind) {
        let flags = data.and_then(|data| data.integer("flags"));
        problems.require(
            flags.is_some_and(|flags| flags & EPHEMERAL != 0),
            body,
            "an unknown interaction is answered in private",
            page::PROJECT,
        );
    }
}

/// What takes the place of a message says which files remain: a picture of before would stay.
fn check_replaced_files(message: &Node<'_>, problems: &mut Problems) {
    problems.require(
        message.has("attachments"),
        message,
        "what replaces a message says which files remain",
        page::PROJECT,
    );
}

/// Nothing that is sent can ping anybody: names in it are not ours.
fn check_mentions(message: &Node<'_>, problems: &mut Problems) {
    let mentions = message.get("allowed_mentions");
    problems.require(
        mentions.is_some_and(|mentions| mentions.value() == &json!({ "parse": [] })),
        message,
        r#"allowed_mentions is exactly {"parse": []}"#,
        page::PROJECT,
    );
}
