//! What Discord would say to a body that the service sends, without asking Discord.
//!
//! Two layers speak for the platform: the request schemas of its `openapi.json` ([`schema`]), closed
//! so that a misspelt key is refused, and the rules that only its documentation pages state (the
//! other modules; each rule names its page). A third layer, [`project`], holds what the platform
//! would accept and Gatehouse must not send. Where no page decides, the stricter reading is taken.
//!
//! Lengths are counted in Unicode code points. What a message held before an edit is not known here.
//! Files that travel beside the JSON are looked at by [`assert_files`].

mod attachment;
mod callback;
mod command;
mod component;
mod embed;
mod message;
mod modal;
mod node;
mod problems;
mod project;
mod schema;

mod recorded_cases;
mod sent_bodies;
mod sent_commands;
mod sent_components;
mod sent_files;

use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use self::message::Occasion;
use self::node::Node;
use self::problems::Problems;

/// What a callback answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interaction {
    /// The interaction's `type`: 1 to 5, or one that does not exist yet.
    pub(crate) kind: u8,
    /// Whether a component of a message led to it: each press, and a modal opened by one.
    pub(crate) from_message: bool,
}

/// Where a body is sent, which decides the rules that it must keep.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sent {
    /// The answer to an interaction's own request.
    Callback(Interaction),
    /// `PATCH /webhooks/{application_id}/{token}/messages/@original` after a deferral.
    Edit,
    /// `POST /webhooks/{application_id}/{token}`.
    FollowUp,
    /// `POST /applications/{application_id}/commands`, or one entry of the `PUT`.
    Command,
}

impl Display for Sent {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback(Interaction { kind, from_message }) => write!(
                formatter,
                "the callback to an interaction of type {kind} (from a message: {from_message})"
            ),
            Self::Edit => formatter.write_str("the edit of a deferred answer"),
            Self::FollowUp => formatter.write_str("the follow-up message"),
            Self::Command => formatter.write_str("the command to register"),
        }
    }
}

/// Panics unless `body` is a right answer to such an interaction.
#[track_caller]
pub(crate) fn assert_callback(interaction: Interaction, body: &Value) {
    assert_sound(Sent::Callback(interaction), body);
}

/// Panics unless `body` may replace the placeholder that a deferral left.
#[track_caller]
pub(crate) fn assert_edit(body: &Value) {
    assert_sound(Sent::Edit, body);
}

/// Panics unless `body` may be posted as a further message.
#[track_caller]
pub(crate) fn assert_follow_up(body: &Value) {
    assert_sound(Sent::FollowUp, body);
}

/// Panics unless `body` may be registered as a command.
#[track_caller]
pub(crate) fn assert_command(body: &Value) {
    assert_sound(Sent::Command, body);
}

/// Panics unless exactly these files, by name and content, may travel beside `body`.
#[track_caller]
pub(crate) fn assert_files(body: &Value, files: &[(&str, &[u8])]) {
    let found = file_problems(body, files);
    assert!(
        found.is_empty(),
        "the files beside the body break {} rule(s):\n  {}\nbody: {body:#}",
        found.len(),
        found.join("\n  "),
    );
}

fn file_problems(body: &Value, files: &[(&str, &[u8])]) -> Vec<String> {
    let mut problems = Problems::default();
    attachment::check_files(&Node::root(body), files, &mut problems);
    problems.into_lines()
}

/// Everything wrong with `body`, the platform's rules first, then the project's; empty if it is right.
pub(crate) fn problems(sent: Sent, body: &Value) -> Vec<String> {
    let mut found = platform_problems(sent, body);
    let mut own = Problems::default();
    project::check(sent, &Node::root(body), &mut own);
    found.extend(own.into_lines());
    found
}

/// What the platform alone has against `body`.
fn platform_problems(sent: Sent, body: &Value) -> Vec<String> {
    let mut problems = Problems::default();
    schema::check(sent, body, &mut problems);
    let root = Node::root(body);
    match sent {
        Sent::Callback(interaction) => callback::check(interaction, &root, &mut problems),
        Sent::Edit => message::check(&root, Occasion::Edit, &mut problems),
        Sent::FollowUp => message::check_follow_up(&root, &mut problems),
        Sent::Command => command::check(&root, &mut problems),
    }
    problems.into_lines()
}

#[track_caller]
fn assert_sound(sent: Sent, body: &Value) {
    let found = problems(sent, body);
    assert!(
        found.is_empty(),
        "{sent} breaks {} rule(s):\n  {}\nbody: {body:#}",
        found.len(),
        found.join("\n  "),
    );
}
