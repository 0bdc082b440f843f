//! What is said over the gateway, and what is answered.
//!
//! ```text
//! /invites …                 a command: rights, plan, run ── by direct message, or where only
//!                            moderators are right there; masked where it is to be shared
//! words in reply to ours     a press or a form: the last line of our message says of what
//! ⏮ ◀ ▶ ⏭ below ours         a turn of the page; in direct messages to take it away is one as well
//! ```
//!
//! Everything else is passed over: it is neither kept nor logged. Of what is asked nothing is
//! remembered but, for some minutes, which messages were ours and which were answered.

mod courier;
mod draw;
mod flood;
mod pace;
mod page;
mod rights;
mod state;
mod step;
mod trigger;

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gatehouse_commands::{ChannelId, PlatformName, Turn, UserId, may_be_said};
use moka::future::Cache;
use tokio::sync::{Mutex, Semaphore};
use tracing::warn;

use self::{courier::Courier, flood::Flood, rights::Rights, step::Step};
use super::event::{Event, Message, Reaction};
use crate::{config::Config, platform::fluxer::Fluxer, service::Service, shutdown::Shutdown};

/// How much is worked on at once; what comes meanwhile is passed over.
const WORK_MAX: usize = 64;

/// Messages that are remembered, of each kind.
const MESSAGES_MAX: u64 = 20_000;

/// How long it is remembered that a message was answered: longer than it could come again.
const TAKEN_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How long it is remembered whether a message is ours.
const KNOWN_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The reactions that turn pages, in the order in which they stand.
const TURNS: [(&str, Turn); 4] = [
    ("⏮️", Turn::First),
    ("◀️", Turn::Back),
    ("▶️", Turn::Next),
    ("⏭️", Turn::Last),
];

/// What makes an emoji of a sign; clients leave it out or not.
const EMOJI_SELECTOR: char = '\u{FE0F}';

/// Takes events. Clones share their state.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    service: Service,
    shutdown: Shutdown,
    courier: Courier,
    rights: Rights,
    flood: Flood,
    mod_channels: HashSet<ChannelId>,
    /// Our own account's id; 0 = not told yet.
    me: AtomicU64,
    /// Messages that were answered.
    taken: Cache<u64, ()>,
    /// Messages of ours.
    ours: Cache<u64, ()>,
    /// Messages that turned out not to be ours.
    others: Cache<u64, ()>,
    /// One thing at a time with each of our messages.
    turns: Cache<u64, Arc<Mutex<()>>>,
    room: Arc<Semaphore>,
}

/// Something that is meant for us.
enum Heard {
    /// A command, with what stands behind it.
    Command(Box<Message>, String),
    /// Words in reply to a message that may be ours.
    Said(Box<Message>, u64, String),
    /// A reaction below a message that may be ours.
    Turned(Reaction, Turn),
}

impl Talk {
    /// Nothing heard yet.
    pub(crate) fn new(config: &Config, service: &Service, shutdown: &Shutdown) -> Self {
        let gateway = config.fluxer_gateway.clone().unwrap_or_default();
        let remembered = |lifetime| {
            Cache::builder()
                .max_capacity(MESSAGES_MAX)
                .time_to_live(lifetime)
                .build()
        };
        Self {
            shared: Arc::new(Shared {
                service: service.clone(),
                shutdown: shutdown.clone(),
                courier: Courier::new(Fluxer::new(
                    &config.fluxer,
                    service.clock().clone(),
                    service.gate(),
                    service.metrics().calls(PlatformName::Fluxer),
                )),
                rights: Rights::default(),
                flood: Flood::default(),
                mod_channels: gateway.mod_channels,
                me: AtomicU64::new(0),
                taken: remembered(TAKEN_LIFETIME),
                ours: remembered(KNOWN_LIFETIME),
                others: remembered(KNOWN_LIFETIME),
                turns: Cache::builder()
                    .max_capacity(MESSAGES_MAX)
                    .time_to_idle(KNOWN_LIFETIME)
                    .build(),
                room: Arc::new(Semaphore::new(WORK_MAX)),
            }),
        }
    }

    /// Comes back at once: what an event leads to goes on in tasks of [`Shutdown`].
    pub(crate) fn take(&self, event: Event) {
        let heard = match event {
            Event::Ready { me } => {
                self.shared.me.store(me.number(), Ordering::Relaxed);
                return;
            }
            // What was said in between is lost; it is not guessed at.
            Event::Resumed => return,
            Event::Message(message) => self.hear(message),
            Event::Reaction(reaction) => self.see(reaction),
        };
        let Some(heard) = heard.filter(|_| !self.shared.shutdown.has_begun()) else {
            return;
        };
        let Ok(room) = Arc::clone(&self.shared.room).try_acquire_owned() else {
            warn!("more is asked over the gateway than can be answered");
            return;
        };
        let talk = self.clone();
        self.shared.shutdown.spawn(async move {
            talk.answer(heard).await;
            drop(room);
        });
    }

    fn me(&self) -> Option<UserId> {
        UserId::new(self.shared.me.load(Ordering::Relaxed))
    }

    fn hear(&self, message: Box<Message>) -> Option<Heard> {
        let me = self.me()?;
        if message.is_by_machine || message.author == me {
            return None;
        }
        if let Some(words) = trigger::command(&message.content, me) {
            let words = words.to_owned();
            return Some(Heard::Command(message, words));
        }
        let to = message.replies_to?;
        let words = trigger::words(&message.content, me);
        let is_to_us = match message.replies_to_author {
            Some(author) => author == me,
            // Who replies to others mostly says something else: they are not even looked up.
            None => self.shared.ours.contains_key(&to) || may_be_said(words),
        };
        if !is_to_us {
            return None;
        }
        let words = words.to_owned();
        Some(Heard::Said(message, to, words))
    }

    fn see(&self, reaction: Reaction) -> Option<Heard> {
        let me = self.me()?;
        if reaction.is_by_machine || reaction.user == me {
            return None;
        }
        // Among others it may be that we took it away ourselves, so that it can be put there again.
        // Where two are alone nobody can, and to take it away is as good as to put it there.
        if reaction.is_taken_away && reaction.guild.is_some() {
            return None;
        }
        let bare = |emoji: &str| emoji.trim_end_matches(EMOJI_SELECTOR).to_owned();
        let seen = bare(&reaction.emoji);
        let (_, turn) = TURNS.into_iter().find(|(emoji, _)| bare(emoji) == seen)?;
        Some(Heard::Turned(reaction, turn))
    }

    async fn answer(&self, heard: Heard) {
        match heard {
            Heard::Command(message, words) => {
                if self.is_new(message.id).await {
                    Step::asked_by(self, &message).command(&words).await;
                }
            }
            Heard::Said(message, to, words) => {
                if !self.shared.others.contains_key(&to) && self.is_new(message.id).await {
                    Step::asked_by(self, &message).said(to, &words).await;
                }
            }
            Heard::Turned(reaction, turn) => {
                if !self.shared.others.contains_key(&reaction.message) {
                    Step::turned_by(self, &reaction)
                        .turned(reaction.message, &reaction.emoji, turn)
                        .await;
                }
            }
        }
    }

    /// Whether a message was not answered before.
    async fn is_new(&self, message: u64) -> bool {
        self.shared
            .taken
            .entry(message)
            .or_insert(())
            .await
            .is_fresh()
    }
}
