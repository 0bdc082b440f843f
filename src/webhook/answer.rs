//! One answer to each interaction, in time: the reply itself, or word that it comes later; and,
//! while a command takes its time, how far it got.
//!
//! Whatever panics on the way, the person is told so, politely. The panic itself is logged where
//! it happens, with the fields of the span that it happens in.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use futures_util::FutureExt;
use gatehouse_commands::{Content, Failure, Invocation, Outcome, Placement, Plan, Reply, RunId};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval_at, timeout_at},
};
use tracing::{Instrument, Span, warn};
use twilight_model::http::interaction::InteractionResponse;

use super::{
    Face, draw,
    interaction::{self, Credential, Received},
};
use crate::{
    admission::Admitted,
    metrics::{Closed, Deferral, Flight, Kind, Reason},
    service::{self, Delivery, End, Ids},
    shutdown::Started,
};

/// How long a reply may take to be the direct answer, from the request's arrival. The platforms
/// give up after three seconds, of which the way there and back takes its part.
pub const INLINE_BUDGET: Duration = Duration::from_millis(1_500);

/// How often progress is shown. People get restless after about five seconds without any.
pub const PROGRESS_EVERY: Duration = Duration::from_secs(3);

/// How long after a deferral progress is shown first: until it has arrived there is nothing to edit.
const FIRST_PROGRESS: Duration = Duration::from_millis(500);

/// How long after its interaction a reply can be edited, with a minute to spare for the last edit:
/// the platform allows 15 minutes.
/// See [Discord Docs/Receiving and Responding].
///
/// [Discord Docs/Receiving and Responding]: https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
pub const RUN_MAX: Duration = Duration::from_secs(14 * 60);

/// What was asked, as far as it matters for counting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) kind: Kind,
    pub(super) arrived: Instant,
}

/// Answers within [`INLINE_BUDGET`].
pub(super) async fn answer(face: &Face, received: Received, asked: Asked) -> InteractionResponse {
    let Received {
        invocation,
        credential,
        ids,
    } = received;
    let mut work = match Work::start(face, &invocation, ids, asked) {
        Ok(work) => work,
        Err(turned_away) => return draw::response(&turned_away.reply, face.clock().now()),
    };
    match (work.done_in_time().await, credential) {
        (None, Some(credential)) => {
            let deferred = work.plan.placement();
            work.deliver_later(None, credential, deferred)
        }
        // A file cannot be part of a direct answer.
        (Some(outcome), Some(credential)) if draw::has_file(&outcome.reply.content) => {
            let deferred = outcome.reply.placement;
            work.deliver_later(Some(outcome), credential, deferred)
        }
        (outcome, _) => {
            let outcome = outcome.unwrap_or_else(|| work.plan.fail(Failure::Internal));
            work.show_inline(&outcome)
        }
    }
}

/// The answer to what broke before a command was begun.
pub(super) fn broken(face: &Face, kind: Kind) -> InteractionResponse {
    let platform = face.shared.platform;
    face.metrics().failed(platform, kind, &Failure::Internal);
    if kind == Kind::Autocomplete {
        return draw::suggestions(&[]);
    }
    let plan = Plan::of(&interaction::unreadable());
    let outcome = plan.fail(Failure::Internal);
    draw::response(&outcome.reply, face.clock().now())
}

/// Answers a command that is still being typed. Suggestions cannot come later: when they are not
/// there within [`INLINE_BUDGET`], there are none.
pub(super) async fn suggest(face: &Face, received: Received, asked: Asked) -> InteractionResponse {
    let Ok(mut work) = Work::start(face, &received.invocation, received.ids, asked) else {
        return draw::suggestions(&[]);
    };
    let (outcome, delivery) = match work.done_in_time().await {
        Some(outcome) => (outcome, Delivery::Inline),
        None => (work.plan.fail(Failure::Internal), Delivery::Late),
    };
    work.end(&outcome, delivery);
    match &outcome.reply.content {
        Content::Suggestions(suggestions) => draw::suggestions(suggestions),
        _ => draw::suggestions(&[]),
    }
}

/// A plan that is being run, beside what waits for it, shows how far it got, and gives up waiting in
/// time.
struct Work {
    face: Face,
    plan: Arc<Plan>,
    span: Span,
    asked: Asked,
    run: Started<Outcome>,
    shown: watch::Receiver<Option<Reply>>,
    has_panicked: bool,
    /// Held until the reply has been delivered.
    _admitted: Arc<Admitted>,
}

impl Work {
    /// Begins, if there is a place for it; else says that we are busy, and nothing is done.
    fn start(
        face: &Face,
        invocation: &Invocation,
        ids: Ids,
        asked: Asked,
    ) -> Result<Self, Box<Outcome>> {
        let plan = Arc::new(Plan::of(invocation));
        let span = service::span(face.shared.platform, &plan, invocation, ids);
        let guild = invocation.place.map(|place| place.here);
        let admission = face.shared.service.admission();
        let Some(admitted) = admission.admit(plan.effort(), guild) else {
            return Err(Box::new(turn_away(face, &plan, &span, asked)));
        };
        let admitted = Arc::new(admitted);
        let run = (guild, RunId(ids.interaction.unwrap_or_default()));
        let deadline = Some(asked.arrived + RUN_MAX);
        let shared = &face.shared;
        let backstage = shared.service.backstage(run, &shared.shutdown, deadline);
        let shown = backstage.shown();
        let (service, to_run) = (shared.service.clone(), Arc::clone(&plan));
        let run = {
            let admitted = Arc::clone(&admitted);
            async move {
                let outcome = service.run_to_its_end(&to_run, &backstage).await;
                drop(admitted);
                outcome
            }
        };
        Ok(Self {
            run: shared.shutdown.start(run.instrument(span.clone())),
            face: face.clone(),
            plan,
            span,
            asked,
            shown,
            has_panicked: false,
            _admitted: admitted,
        })
    }

    /// The outcome, if it is there within the budget.
    async fn done_in_time(&mut self) -> Option<Outcome> {
        let done = timeout_at(self.asked.arrived + INLINE_BUDGET, &mut self.run).await;
        done.ok().map(|done| self.or_broken(done))
    }

    /// What came of it, or word that it broke: a panic is one failed reply.
    fn or_broken(&mut self, done: Option<Outcome>) -> Outcome {
        done.unwrap_or_else(|| {
            self.has_panicked = true;
            self.plan.fail(Failure::Internal)
        })
    }

    /// The outcome as the direct answer.
    fn show_inline(mut self, outcome: &Outcome) -> InteractionResponse {
        let now = || self.face.clock().now();
        let draw = || self.span.in_scope(|| draw::response(&outcome.reply, now()));
        let drawn = catch_unwind(AssertUnwindSafe(draw));
        if let Ok(response) = drawn {
            self.end(outcome, Delivery::Inline);
            return response;
        }
        let outcome = self.or_broken(None);
        self.end(&outcome, Delivery::Inline);
        draw::response(&outcome.reply, self.face.clock().now())
    }

    /// Defers the answer, until the plan has been run if its outcome is not there yet.
    fn deliver_later(
        self,
        outcome: Option<Outcome>,
        credential: Credential,
        deferred: Placement,
    ) -> InteractionResponse {
        let face = self.face.clone();
        let span = self.span.clone();
        let metrics = face.metrics();
        metrics.deferral(face.shared.platform, Deferral::Begun);
        let under_way = metrics.in_flight(Flight::Deliveries);
        let delivery = async move {
            let _under_way = under_way;
            self.deliver(outcome, &credential, deferred).await;
        };
        face.shared.shutdown.spawn(delivery.instrument(span));
        draw::deferral(deferred)
    }

    /// Brings the answer that was promised, whatever panics on the way to it.
    async fn deliver(
        mut self,
        outcome: Option<Outcome>,
        credential: &Credential,
        deferred: Placement,
    ) {
        let mut outcome = if let Some(outcome) = outcome {
            outcome
        } else if let Some(outcome) = caught(self.show_progress(credential, deferred)).await {
            outcome
        } else {
            // Showing how far it got broke, and not what is shown: that goes on.
            let done = (&mut self.run).await;
            self.or_broken(done)
        };
        let mut sent = caught(self.send(&outcome, credential, deferred)).await;
        if sent.is_none() {
            outcome = self.or_broken(None);
            sent = caught(self.send(&outcome, credential, deferred)).await;
        }
        let is_delivered = sent == Some(true);
        let Asked { arrived, .. } = self.asked;
        let (metrics, platform) = (self.face.metrics(), self.face.shared.platform);
        if is_delivered {
            metrics.deferral(platform, Deferral::Delivered);
            metrics.edited(platform, arrived.elapsed());
            self.end(&outcome, Delivery::Deferred);
        } else {
            metrics.deferral(platform, Deferral::Lost);
            self.end(&outcome, Delivery::Undelivered);
        }
    }

    /// Shows how far the run got, again and again until it has ended. One that shows nothing is
    /// only waited for.
    async fn show_progress(&mut self, credential: &Credential, deferred: Placement) -> Outcome {
        let mut ticks = interval_at(Instant::now() + FIRST_PROGRESS, PROGRESS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                done = &mut self.run => return self.or_broken(done),
                _ = ticks.tick() => {}
            }
            let last = self.shown.borrow().clone();
            if let Some(last) = last {
                // Not given up half-way: it could arrive after the outcome, and take its place.
                let now = self.face.clock().now();
                let courier = &self.face.shared.courier;
                courier.show(credential, deferred, &last, now).await;
            }
        }
    }

    /// Sends the reply, and says whether it was taken.
    async fn send(&self, outcome: &Outcome, credential: &Credential, deferred: Placement) -> bool {
        let Face { shared } = &self.face;
        let now = self.face.clock().now();
        let reply = &outcome.reply;
        shared
            .courier
            .deliver(credential, deferred, reply, now)
            .await
    }

    fn end(&self, outcome: &Outcome, delivery: Delivery) {
        let Face { shared } = &self.face;
        let Asked { kind, arrived } = self.asked;
        let end = End {
            face: shared.platform,
            kind,
            plan: &self.plan,
            outcome,
            arrived,
            delivery,
            has_panicked: self.has_panicked,
        };
        self.span.in_scope(|| shared.service.end(&end));
    }
}

/// What the future gives; `None` when it panics.
async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(future).catch_unwind().await.ok()
}

/// Says that we are busy. The log hears of the first, and then how many there were.
fn turn_away(face: &Face, plan: &Plan, span: &Span, asked: Asked) -> Outcome {
    let Face { shared } = face;
    let outcome = plan.fail(Failure::Busy);
    let end = End {
        face: shared.platform,
        kind: asked.kind,
        plan,
        outcome: &outcome,
        arrived: asked.arrived,
        delivery: Delivery::Inline,
        has_panicked: false,
    };
    face.metrics().rejected(Reason::Busy);
    shared.service.count(&end);
    let reason = Reason::Busy.word();
    let sum = move |count| warn!(outcome = reason, count, "more commands turned away");
    if shared.tally.is_told(reason, sum) {
        span.in_scope(|| service::log_end(&end));
    }
    outcome
}
