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
mod memory;
mod pace;
mod page;
mod rights;
mod room;
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

use gatehouse_commands::{ChannelId, GuildId, PlatformName, Turn, UserId, may_be_said};
use tokio::sync::Mutex;
use tracing::{Instrument, error_span, warn};

use self::{
    courier::Courier,
    flood::Flood,
    memory::Memory,
    rights::Rights,
    room::{Room, Work},
    state::State,
    step::Step,
};
use super::{
    event::{Event, Message, Reaction},
    readings::Meaning,
};
use crate::{
    config::Config,
    metrics::{Closed as _, Reason},
    platform::fluxer::Fluxer,
    request::RequestIds,
    service::Service,
    shutdown::Shutdown,
    tally::Tally,
};

/// Messages that are remembered, of each kind.
const MESSAGES_MAX: usize = 20_000;

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
    taken: Memory<u64, ()>,
    /// Messages of ours.
    ours: Memory<u64, ()>,
    /// Messages that turned out not to be ours.
    others: Memory<u64, ()>,
    /// One thing at a time with each of our messages.
    turns: Memory<u64, Arc<Mutex<()>>>,
    room: Room,
    request_ids: RequestIds,
    /// Keeps a flood out of the log.
    tally: Tally,
}

/// Something that is meant for us.
enum Heard {
    /// A command, with what stands behind it.
    Command(Box<Message>, String),
    /// Words in reply to a message that may be ours.
    Said(Box<Message>, Whom, String),
    /// A reaction below a message that may be ours.
    Turned(Reaction, Whom, Turn),
}

/// A message that somebody goes on from.
#[derive(Clone, Copy, Debug)]
struct Whom {
    message: u64,
    /// Whether it is known to be ours.
    is_ours: bool,
}

impl Heard {
    fn author(&self) -> UserId {
        match self {
            Self::Command(message, _) | Self::Said(message, ..) => message.author,
            Self::Turned(reaction, ..) => reaction.user,
        }
    }

    /// What it takes room for.
    fn work(&self) -> Work {
        let (guild, channel) = match self {
            Self::Command(message, _) | Self::Said(message, ..) => (message.guild, message.channel),
            Self::Turned(reaction, ..) => (reaction.guild, reaction.channel),
        };
        Work {
            place: guild.map_or(channel.number(), GuildId::number),
            person: self.author(),
            is_turn: matches!(self, Self::Turned(..)),
        }
    }
}

impl Talk {
    /// Nothing heard yet.
    pub(crate) fn new(config: &Config, service: &Service, shutdown: &Shutdown) -> Self {
        let gateway = config.fluxer_gateway.clone().unwrap_or_default();
        let remembered = |lifetime| Memory::new(MESSAGES_MAX, lifetime);
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
                turns: Memory::new(MESSAGES_MAX, KNOWN_LIFETIME),
                room: Room::default(),
                request_ids: RequestIds::default(),
                tally: Tally::default(),
            }),
        }
    }

    /// Comes back at once: what an event leads to goes on in tasks of [`Shutdown`].
    pub(crate) fn take(&self, event: Event) {
        let heard = match event {
            Event::Ready { me } => {
                self.shared.me.store(me.number(), Ordering::Relaxed);
                // Whoever lets us in takes our token.
                self.shared.courier.is_let_in();
                return;
            }
            Event::Resumed => {
                // The token is looked at for that as well. What was said in between is lost; it is
                // not guessed at.
                self.shared.courier.is_let_in();
                return;
            }
            Event::Message(message) => self.hear(message),
            Event::Reaction(reaction) => self.see(reaction),
        };
        let Shared {
            shutdown, courier, ..
        } = &*self.shared;
        let is_idle = shutdown.has_begun() || courier.is_refused();
        let Some(heard) = heard.filter(|_| !is_idle) else {
            return;
        };
        if self.shared.flood.is_silenced(heard.author()) {
            self.clear_in_passing(heard);
            return;
        }
        let Some(room) = self.shared.room.take(heard.work()) else {
            self.has_no_room();
            self.clear_in_passing(heard);
            return;
        };
        let talk = self.clone();
        // At the highest level, so that warnings keep it when less is logged.
        let span = error_span!("request", request.id = %self.shared.request_ids.next());
        let work = async move {
            talk.answer(heard).await;
            drop(room);
        };
        shutdown.spawn(work.instrument(span));
    }

    /// Takes a reaction below a message of ours away, so that it can be put there again, although nothing
    /// else is done for it. That takes no room but the platform's own.
    fn clear_in_passing(&self, heard: Heard) {
        let Heard::Turned(reaction, whom, _) = heard else {
            return;
        };
        let courier = &self.shared.courier;
        if !whom.is_ours || reaction.guild.is_none() || !courier.has_room_to_clear(reaction.channel)
        {
            return;
        }
        let courier = courier.clone();
        self.shared.shutdown.spawn(async move {
            let Reaction {
                channel,
                message,
                emoji,
                user,
                ..
            } = reaction;
            courier.clear_once(channel, message, &emoji, user).await;
        });
    }

    fn has_no_room(&self) {
        let metrics = self.shared.service.metrics();
        metrics.rejected(Reason::Busy);
        let is_told = self.shared.tally.is_told(Reason::Busy.word(), |more| {
            warn!(
                more,
                "more was asked over the gateway than could be answered"
            );
        });
        if is_told {
            warn!("more is asked over the gateway than can be answered");
        }
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
        let whom = Whom {
            message: to,
            is_ours: match message.replies_to_author {
                Some(author) if author == me => true,
                Some(_) => return None,
                None => self.shared.ours.knows(&to),
            },
        };
        // Who replies to others mostly says something else: they are not even looked up.
        if !whom.is_ours && !may_be_said(words) {
            return None;
        }
        let words = words.to_owned();
        Some(Heard::Said(message, whom, words))
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
        let whom = Whom {
            message: reaction.message,
            is_ours: self.shared.ours.knows(&reaction.message),
        };
        Some(Heard::Turned(reaction, whom, turn))
    }

    async fn answer(&self, heard: Heard) {
        match heard {
            Heard::Command(message, words) => {
                if self.is_new(message.id) {
                    Step::asked_by(self, &message).command(&words).await;
                }
            }
            Heard::Said(message, whom, words) => {
                let is_others = self.shared.others.knows(&whom.message);
                if !is_others && self.is_new(message.id) {
                    Step::asked_by(self, &message).said(whom, &words).await;
                }
            }
            Heard::Turned(reaction, whom, turn) => {
                if !self.shared.others.knows(&whom.message) {
                    Step::turned_by(self, &reaction)
                        .turned(whom, &reaction.emoji, turn)
                        .await;
                }
            }
        }
    }

    /// Whether a message was not answered before.
    fn is_new(&self, message: u64) -> bool {
        self.shared.taken.is_new(message, ())
    }
}

/// What a message could mean to us, whatever it stands below.
pub(super) fn meaning(message: &Message, me: UserId) -> Meaning {
    let content = &message.content;
    Meaning {
        command: trigger::command(content, me).map(str::to_owned),
        words: trigger::words(content, me).to_owned(),
        state: State::read(content).map(|state| state.to_string()),
        shown: format!("{message:?}"),
    }
}
