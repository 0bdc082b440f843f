//! One thing that somebody asked for, from hearing of it to its answer.

mod deliver;
mod run;

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use futures_util::FutureExt;
use gatehouse_commands::{
    Bot, ChannelId, Failure, GuildId, Invocation, Outcome, Place, Plan, PlatformError,
    PlatformErrorKind, PlatformName, Request, Right, Said, Turn, UserId, Words,
};
use tokio::time::Instant;
use tracing::Instrument;

use self::{deliver::Spot, run::Ran};
use super::{
    Talk, Whom,
    flood::Verdict,
    page::Page,
    rights::{Speaker, here},
};
use crate::{
    gateway::event::{Message, Reaction},
    metrics::{Kind, Reason},
    service::{self, Delivery, End, Ids},
};

/// Who asks, and where.
#[derive(Debug)]
pub(super) struct Step {
    talk: Talk,
    user: UserId,
    channel: ChannelId,
    /// The channel's guild; `None` = a direct message.
    guild: Option<GuildId>,
    /// The message that asks.
    request: Option<u64>,
    /// What all that is sent for it is known by.
    number: u64,
    /// How much was sent for it.
    sent: AtomicU32,
    /// Whether a sign says that something happens.
    has_sign: AtomicBool,
    arrived: Instant,
}

impl Step {
    /// Something that a message asks for.
    pub(super) fn asked_by(talk: &Talk, message: &Message) -> Self {
        Self {
            talk: talk.clone(),
            user: message.author,
            channel: message.channel,
            guild: message.guild,
            request: Some(message.id),
            number: message.id,
            sent: AtomicU32::new(0),
            has_sign: AtomicBool::new(false),
            arrived: Instant::now(),
        }
    }

    /// Something that a reaction asks for.
    pub(super) fn turned_by(talk: &Talk, reaction: &Reaction) -> Self {
        Self {
            talk: talk.clone(),
            user: reaction.user,
            channel: reaction.channel,
            guild: reaction.guild,
            request: None,
            // A reaction has no id of its own, and comes again and again.
            number: random(),
            sent: AtomicU32::new(0),
            has_sign: AtomicBool::new(false),
            arrived: Instant::now(),
        }
    }

    /// Answers a command.
    pub(super) async fn command(self, words: &str) {
        let verdict = self.talk.shared.flood.one_more(self.user);
        if verdict == Verdict::Silence {
            return;
        }
        let request = typed(words);
        let refused = (verdict == Verdict::Tell).then_some(Failure::TooFast);
        self.answer(self.guild, request, refused.into(), None).await;
    }

    /// Answers words in reply to a message that may be ours.
    pub(super) async fn said(self, to: Whom, words: &str) {
        if !self.may_read(to) {
            return;
        }
        let page = match Page::read(&self.talk, self.channel, self.guild, to.message).await {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(kind) => return self.not_read(to, kind, typed(words)).await,
        };
        let anchor = &page.state.anchor;
        let (request, is_consent) = match anchor.said(words, page.audience, page.reason.as_deref())
        {
            Said::Asked {
                request,
                is_consent,
            } => (request, is_consent),
            // Among others people say more to a message than what is meant for us.
            Said::Unknown { is_near: false, .. } if self.guild.is_some() => return,
            Said::Unknown { error, .. } => (Request::Misread(error), false),
        };
        let objections = match self.talk.shared.flood.one_more(self.user) {
            Verdict::Silence => return,
            Verdict::Tell => Some(Failure::TooFast).into(),
            Verdict::Go if is_consent => Objections {
                to_consent: self.not_to_be_answered(&page),
                ..Objections::default()
            },
            Verdict::Go => Objections::default(),
        };
        let guild = Some(page.state.guild);
        self.answer(guild, request, objections, Some(page)).await;
    }

    /// Turns a page of a message that may be ours.
    pub(super) async fn turned(self, of: Whom, emoji: &str, turn: Turn) {
        if !self.may_read(of) {
            return;
        }
        let page = match Page::read(&self.talk, self.channel, self.guild, of.message).await {
            Ok(Some(page)) => page,
            Ok(None) => return,
            Err(kind) => {
                self.not_read(of, kind, typed("")).await;
                if of.is_ours {
                    self.clear(of.message, emoji).await;
                }
                return;
            }
        };
        let anchor = &page.state.anchor;
        let Some(request) = anchor.turned(turn, page.audience, page.reason.as_deref()) else {
            return;
        };
        if self.talk.shared.flood.one_more(self.user) != Verdict::Go {
            self.clear(of.message, emoji).await;
            return;
        }
        let guild = Some(page.state.guild);
        let objections = Objections::default();
        self.answer(guild, request, objections, Some(page)).await;
        self.clear(of.message, emoji).await;
    }

    /// Whether whoever asks may have us read a message: of those that may be anybody's only a few.
    fn may_read(&self, whom: Whom) -> bool {
        let courier = &self.talk.shared.courier;
        whom.is_ours || courier.may_look_up(self.channel, self.user)
    }

    /// Tells that a message of ours could not be read. Of those that may be anybody's nobody waits
    /// to hear.
    async fn not_read(&self, whom: Whom, kind: PlatformErrorKind, request: Request) {
        if !whom.is_ours || self.talk.shared.flood.one_more(self.user) != Verdict::Go {
            return;
        }
        let error = PlatformError::new(PlatformName::Fluxer, kind);
        let failure = match self.guild {
            Some(_) if kind == PlatformErrorKind::MissingPermission => Failure::BotMayNot {
                platform: PlatformName::Fluxer,
                right: Right::ReadHistory,
            },
            Some(guild) => Failure::of_platform(&error, here(guild)),
            // Where two are alone, only the message itself tells of which guild it is.
            None => Failure::Busy,
        };
        let objections = Objections {
            to_any: Some(Refused {
                failure,
                error: Some(error),
            }),
            ..Objections::default()
        };
        self.answer(self.guild, request, objections, None).await;
    }

    /// Takes the reaction of whoever asks away, so that it can be put there again. Nobody can where
    /// two are alone.
    async fn clear(&self, message: u64, emoji: &str) {
        if self.guild.is_some() {
            let courier = &self.talk.shared.courier;
            courier.clear(self.channel, message, emoji, self.user).await;
        }
    }

    /// Why whoever answers the question of a message may not; `None` = they may.
    fn not_to_be_answered(&self, page: &Page) -> Option<Failure> {
        if page.state.asker != self.user {
            Some(Failure::AskedByAnother)
        } else if page.is_too_old_for(self.number) {
            Some(Failure::AskedLongAgo)
        } else {
            None
        }
    }

    /// Does what is asked for in a guild, unless there are objections, and answers it.
    async fn answer(
        &self,
        guild: Option<GuildId>,
        request: Request,
        objections: Objections,
        mut page: Option<Page>,
    ) {
        let service = &self.talk.shared.service;
        let mut has_panicked = false;
        let (speaker, refused) = match (guild, objections.to_all) {
            (Some(guild), None) => caught(self.speaker(guild)).await.unwrap_or_else(|| {
                has_panicked = true;
                (Speaker::default(), Some(Failure::Internal.into()))
            }),
            (_, refused) => (Speaker::default(), refused.map(Refused::from)),
        };
        // Whoever may not even look is told that, and nothing else; and by a reaction not even that.
        let has_right = refused.is_none();
        let refused = refused
            .or(objections.to_consent.map(Refused::from))
            .or(objections.to_any);
        let invocation = Invocation {
            place: guild.map(|guild| Place {
                here: here(guild),
                target: service.target(here(guild)),
                bot: Bot::default(),
            }),
            member: speaker.member,
            actor: speaker.actor,
            request,
        };
        let plan = Arc::new(Plan::of(&invocation));
        let admitted = service.admission().admit(plan.effort(), plan.place());
        let refused = if admitted.is_some() || refused.is_some() {
            refused
        } else {
            service.metrics().rejected(Reason::Busy);
            Some(Failure::Busy.into())
        };
        let ids = Ids {
            user: Some(self.user.number()),
            interaction: self.request,
        };
        let span = service::span(PlatformName::Fluxer, &plan, &invocation, ids);
        let work = async {
            let is_silent = refused.is_some() && self.request.is_none() && !has_right;
            let ran = match refused {
                Some(Refused { failure, error }) => Ran::not(Outcome {
                    error,
                    ..plan.fail(failure)
                }),
                None => match caught(Box::pin(self.run(&plan, page.as_mut()))).await {
                    Some(ran) => ran,
                    None => Ran {
                        has_panicked: true,
                        ..Ran::not(plan.fail(Failure::Internal))
                    },
                },
            };
            self.take_sign_back().await;
            has_panicked |= ran.has_panicked;
            let (mut outcome, shown_in) = (ran.outcome, ran.shown_in);
            let page = page.as_ref();
            let mut delivered = if is_silent {
                Some(Delivery::Silent)
            } else {
                caught(Box::pin(self.deliver(
                    &plan,
                    &outcome.reply,
                    shown_in,
                    page,
                )))
                .await
            };
            if delivered.is_none() {
                has_panicked = true;
                outcome = plan.fail(Failure::Internal);
                let told = self.deliver(&plan, &outcome.reply, shown_in, page);
                delivered = caught(Box::pin(told)).await;
            }
            let delivery = delivered.unwrap_or(Delivery::Undelivered);
            if !matches!(delivery, Delivery::Silent | Delivery::Undelivered) {
                let took = self.arrived.elapsed();
                service.metrics().edited(PlatformName::Fluxer, took);
            }
            service.end(&End {
                face: PlatformName::Fluxer,
                kind: self.kind(),
                plan: &plan,
                outcome: &outcome,
                arrived: self.arrived,
                delivery,
                has_panicked,
            });
        };
        work.instrument(span).await;
        drop(admitted);
    }

    /// What it counts as.
    const fn kind(&self) -> Kind {
        match self.request {
            Some(_) => Kind::Message,
            None => Kind::Reaction,
        }
    }

    /// Who speaks, and why they are not answered as they wish.
    async fn speaker(&self, guild: GuildId) -> (Speaker, Option<Refused>) {
        let shared = &self.talk.shared;
        let fluxer = &shared.courier.fluxer;
        let speaker = shared
            .rights
            .of(fluxer, &shared.service, guild, self.user)
            .await;
        match speaker {
            Ok(speaker) if speaker.member.is_moderator() => (speaker, None),
            Ok(speaker) => {
                let platform = here(guild).platform;
                let refused = Failure::MemberMayNotRead { platform }.into();
                (speaker, Some(refused))
            }
            Err(error) => {
                shared.courier.note(error.kind);
                let refused = Refused {
                    failure: Failure::of_platform(&error, here(guild)),
                    error: Some(error),
                };
                (Speaker::default(), Some(refused))
            }
        }
    }

    /// What a message is known by that is sent for this, and sent again while its answer is lost.
    fn nonce(&self) -> String {
        let count = self.sent.fetch_add(1, Ordering::Relaxed);
        format!("{}-{count}", self.number)
    }
}

/// Why something is not done.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "objections are to something")]
struct Objections {
    /// Whoever asks for it.
    to_all: Option<Failure>,
    /// Even if whoever asks for it may do such things.
    to_consent: Option<Failure>,
    /// Even if whoever asks for it may do anything.
    to_any: Option<Refused>,
}

impl From<Option<Failure>> for Objections {
    fn from(to_all: Option<Failure>) -> Self {
        Self {
            to_all,
            ..Self::default()
        }
    }
}

/// What is told instead of an answer, and the technical error behind it.
#[derive(Debug)]
struct Refused {
    failure: Failure,
    error: Option<PlatformError>,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            error: None,
        }
    }
}

/// A command as it was typed.
fn typed(words: &str) -> Request {
    match Words::typed(words.split_whitespace()) {
        Ok(words) => Request::Command(words),
        Err(error) => Request::Misread(error),
    }
}

/// What the future gives; `None` when it panics, which is logged where it happens.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(future).catch_unwind().await.ok()
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    u64::from_le_bytes(bytes)
}
