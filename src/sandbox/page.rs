//! The sandbox's page: a small chat client in the browser, in front of the real webhook and of the
//! bot that reads messages.
//!
//! The browser holds no key and no state. It posts what somebody does; the server side makes the
//! interaction, signs it, sends it to the webhook over HTTP like any platform, and draws the
//! answer. Everything that changes in the chat, also by a later edit, goes to the browser as an
//! event with the piece of the page that is new.
//!
//! ```text
//! browser ── POST /sandbox/command ──► acts ── signed POST ──► the real webhook
//!    ▲                                  │                           │
//!    └── GET /sandbox/events ◄── draw ◄─┴─ chat ◄─ follow ◄── sample platform
//!
//! browser ── POST /sandbox/say, react ──► talk ──► sample platform ── gateway ──► the real bot
//!                                          ▲             │
//!                             draw ◄─ chat ┴─────────────┘
//! ```

mod acts;
mod assets;
mod catalog;
mod chat;
mod directory;
mod draw;
mod events;
mod fields;
mod follow;
mod guard;
mod leaving;
mod markdown;
mod moment;
mod routes;
mod samples;
mod settings;
mod talk;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use self::{
    catalog::Catalog,
    chat::{Chat, Message},
    directory::Directory,
};
use super::{
    client::Client,
    platform::{Community, SamplePlatform},
    shape::Shape,
};
use crate::register;

/// Changes that a browser may be behind before it gets everything anew.
const CHANGES_MAX: usize = 256;

/// The page. Clones show the same.
#[derive(Clone, Debug)]
pub(super) struct Page {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    sample: Arc<SamplePlatform>,
    catalog: Catalog,
    directory: Directory,
    chat: Mutex<Chat>,
    changes: broadcast::Sender<Change>,
    /// Tells this run's changes from those of a run before it.
    run: u64,
    stopping: CancellationToken,
}

/// What changed, and so has to be drawn again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Change {
    /// A message was written, edited or taken away.
    Message(u64),
    /// Other messages are seen now.
    Chat,
    /// An exchange is new, or led to more.
    Wire(u64),
}

impl Page {
    /// A page in front of this community, which the sample platform serves.
    pub(super) fn new(client: Client, sample: Arc<SamplePlatform>, community: &Community) -> Self {
        let mut chat = Chat::default();
        let now = client.clock().now();
        for shape in Shape::ALL {
            for message in samples::messages(shape, community, &sample, now) {
                chat.add(message);
            }
        }
        let (changes, _) = broadcast::channel(CHANGES_MAX);
        Self {
            shared: Arc::new(Shared {
                run: client.id(),
                client,
                sample,
                catalog: Catalog::read(&register::registered()),
                directory: Directory::of(community),
                chat: Mutex::new(chat),
                changes,
                stopping: CancellationToken::new(),
            }),
        }
    }

    /// The page's routes, all of them apart from the webhook's.
    pub(super) fn routes(&self) -> Router {
        routes::router(self.clone())
    }

    /// Ends what would otherwise go on: event streams, and the wait for later messages.
    pub(super) fn stop(&self) {
        self.shared.stopping.cancel();
    }

    /// Locks, also after a panic elsewhere: each change here is one step.
    fn chat(&self) -> MutexGuard<'_, Chat> {
        let chat = &self.shared.chat;
        chat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a change, and tells every browser of it.
    fn change(&self, change: Change, make: impl FnOnce(&mut Chat)) {
        {
            let mut chat = self.chat();
            chat.revision += 1;
            make(&mut chat);
        }
        // Nobody may be listening.
        let _ = self.shared.changes.send(change);
    }

    /// Adds a message.
    fn write(&self, message: Message) {
        self.change(Change::Message(message.id), |chat| chat.add(message));
    }
}
