//! A platform that misbehaves: what the moderator reads, and how often the platform is asked.
//!
//! Every fault is met on both platforms, since two different clients have to see it.

mod answers;
mod certificates;
mod circuit;
mod clocks;
mod connections;
mod discovery;
mod entries;
mod limits;
mod neighbours;
mod no_http;
mod refusals;
mod silence;
mod waits;
mod way_on;

use gatehouse::sandbox::platform::{Fault, Route};
use gatehouse_commands::PlatformName;

use crate::support::{Gatehouse, Interaction, Message, Reply, Setup};

/// What no moderator should have to read: status codes, the platforms' own words, and Rust's.
const TECHNICAL: &[&str] = &[
    "http",
    "status",
    "html",
    "nginx",
    "json",
    "error",
    "none",
    "some(",
    "failed(",
    "timeout",
    "socket",
    "dns",
    "connection refused",
    "rate_limited",
    "unknown_guild",
    "unauthorized",
    "missing_permissions",
    "snowflake",
    "panicked",
    "{",
    "}",
    "::",
];

fn other(platform: PlatformName) -> PlatformName {
    match platform {
        PlatformName::Discord => PlatformName::Fluxer,
        PlatformName::Fluxer => PlatformName::Discord,
    }
}

/// The service, with interactions from `face`, which also holds the invites.
async fn on(face: PlatformName) -> Gatehouse {
    Setup::new().face(face).start().await
}

/// The service, where every list of `face` meets this fault.
async fn failing(face: PlatformName, fault: Fault) -> Gatehouse {
    let gatehouse = on(face).await;
    gatehouse.platform().fault(Route::Invites, fault);
    gatehouse
}

/// What the moderator reads in the end: the direct answer, or what replaces the promise of one.
pub(crate) async fn told(gatehouse: &Gatehouse, interaction: &Interaction) -> Message {
    let reply = gatehouse.send(interaction).await;
    match reply.kind {
        Reply::MESSAGE => {
            assert!(reply.is_private(), "seen by all: {reply:#?}");
            reply.message
        }
        Reply::UPDATE => reply.message,
        Reply::DEFERRED_MESSAGE => {
            assert!(reply.is_private(), "promised to all: {reply:#?}");
            gatehouse.edit(interaction).await.message
        }
        Reply::DEFERRED_UPDATE => gatehouse.edit(interaction).await.message,
        _ => panic!("neither a message nor the promise of one: {reply:#?}"),
    }
}

/// What the moderator reads after `/invites list`.
async fn list(gatehouse: &Gatehouse) -> Message {
    told(gatehouse, &gatehouse.command("list", &[])).await
}

/// Asserts that a failure says this, in words that are a moderator's.
#[track_caller]
fn assert_says(message: &Message, title: &str, advice: &[&str]) {
    assert_eq!(message.title(), title, "{}", message.text());
    for part in advice {
        assert!(
            message.description().contains(part),
            "{part:?} is missing: {}",
            message.text()
        );
    }
    assert_plain(message);
}

#[track_caller]
fn assert_plain(message: &Message) {
    let text = message.text();
    let lower = text.to_lowercase();
    for word in TECHNICAL {
        assert!(!lower.contains(word), "{word:?} in: {text}");
    }
    let is_status = |word: &str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    assert!(!words.any(is_status), "a status code in: {text}");
}

/// Asserts that the message is the sample's list.
#[track_caller]
fn assert_lists(message: &Message) {
    assert!(message.text().contains("140 invites"), "{}", message.text());
    assert!(message.has_button("Refresh"), "{:?}", message.rows());
}
