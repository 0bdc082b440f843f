//! Messages: what they hold at least, their flags, their mentions.

use super::attachment;
use super::component;
use super::embed;
use super::node::Node;
use super::problems::{Problems, page};

const SUPPRESS_EMBEDS: i64 = 1 << 2;
pub(super) const EPHEMERAL: i64 = 1 << 6;
const SUPPRESS_NOTIFICATIONS: i64 = 1 << 12;
const IS_VOICE_MESSAGE: i64 = 1 << 13;
const IS_COMPONENTS_V2: i64 = 1 << 15;

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Occasion {
    /// It is new.
    Create,
    /// It replaces parts of the message whose component was used; what it does not name stays.
    Update,
    /// It replaces the placeholder of a deferral, so it must hold a whole message.
    Edit,
}

impl Occasion {
    /// The flags that may be set.
    ///
    /// See [Discord Docs/Receiving and Responding] (Messages), which does not tell new messages
    /// from updates, and [Discord Docs/Webhook Resource] (Edit Webhook Message).
    const fn settable_flags(self) -> i64 {
        match self {
            Self::Create | Self::Update => {
                SUPPRESS_EMBEDS
                    | EPHEMERAL
                    | SUPPRESS_NOTIFICATIONS
                    | IS_VOICE_MESSAGE
                    | IS_COMPONENTS_V2
            }
            Self::Edit => SUPPRESS_EMBEDS | IS_COMPONENTS_V2,
        }
    }
}

/// Notes what the pages say against `message`.
pub(super) fn check(message: &Node<'_>, occasion: Occasion, problems: &mut Problems) {
    let flags = message.integer("flags").unwrap_or_default();
    let others = flags & !occasion.settable_flags();
    problems.require(
        others == 0,
        message,
        format_args!("the flags {others} cannot be set here"),
        page::RESPONDING,
    );
    check_substance(message, occasion, problems);
    check_mentions(message, problems);
    embed::check_all(message, problems);
    attachment::check(message, problems);
    if flags & IS_COMPONENTS_V2 == 0 {
        component::check_rows(message, problems);
    } else {
        check_only_components(message, problems);
        component::check_v2(message, problems);
    }
}

/// A follow-up is a new message without the parts that belong to webhooks of a channel.
///
/// See [Discord Docs/Receiving and Responding] (Followup Messages).
pub(super) fn check_follow_up(message: &Node<'_>, problems: &mut Problems) {
    for key in ["username", "avatar_url", "thread_name", "applied_tags"] {
        problems.require(
            !message.has(key),
            message,
            format_args!("a follow-up has no `{key}`"),
            page::RESPONDING,
        );
    }
    check(message, Occasion::Create, problems);
}

/// See [Discord Docs/Message Resource] (Create Message): one of these is required. For an update
/// that clears everything the pages are silent.
fn check_substance(message: &Node<'_>, occasion: Occasion, problems: &mut Problems) {
    const PARTS: [&str; 5] = ["content", "embeds", "components", "attachments", "poll"];
    let shows = |key: &&str| match message.get(key) {
        None => false,
        Some(part) => {
            let is_blank = part
                .value()
                .as_str()
                .is_some_and(|text| text.trim().is_empty());
            let is_empty = part.value().as_array().is_some_and(Vec::is_empty);
            !is_blank && !is_empty
        }
    };
    let keeps = |key: &&str| message.value().get(key).is_none();
    let keeps_text = PARTS[..2].iter().any(keeps);
    let is_something = PARTS.iter().any(shows);
    match occasion {
        Occasion::Create | Occasion::Edit => {
            let rule = "a message without content, embeds, components or files is empty";
            problems.require(is_something, message, rule, page::MESSAGE);
        }
        Occasion::Update => {
            let changes = PARTS.iter().any(|key| !keeps(key)) || message.has("flags");
            let rule = "an update changes something and leaves something to see";
            let holds = changes && (is_something || keeps_text);
            problems.require(holds, message, rule, page::STRICT);
        }
    }
}

/// See [Discord Docs/Message Resource] (Allowed Mentions Object).
fn check_mentions(message: &Node<'_>, problems: &mut Problems) {
    let Some(mentions) = message.get("allowed_mentions") else {
        return;
    };
    let parsed = mentions.list("parse");
    for kind in ["users", "roles"] {
        let is_parsed = parsed.iter().any(|entry| entry.value() == kind);
        problems.require(
            !is_parsed || mentions.list(kind).is_empty(),
            &mentions,
            format_args!("`parse` with {kind} excludes a list of {kind}"),
            page::MESSAGE,
        );
    }
}

/// See [Discord Docs/Component Reference] (Components V2). An edit may null the old parts.
fn check_only_components(message: &Node<'_>, problems: &mut Problems) {
    for key in ["content", "embeds", "poll"] {
        problems.require(
            !message.has(key),
            message,
            format_args!("the flag IS_COMPONENTS_V2 excludes `{key}`"),
            page::COMPONENTS,
        );
    }
}
