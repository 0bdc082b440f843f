//! One answer to each interaction, in time: the reply itself, or word that it comes later; and,
//! while a command takes its time, how far it got.

use std::{sync::Arc, time::Duration};

use gatehouse_commands::{Content, Failure, Invocation, Outcome, Placement, Plan, Reply, RunId};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval_at, timeout_at},
};
use tracing::{Instrument, Span, error};
use twilight_model::http::interaction::InteractionResponse;

use super::{
    Face, draw,
    interaction::{Credential, Received},
};
use crate::{
    runs::Backstage,
    service::{self, Ids},
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

/// Answers within [`INLINE_BUDGET`].
pub(super) async fn answer(
    face: &Face,
    received: Received,
    arrived: Instant,
) -> InteractionResponse {
    let Received {
        invocation,
        credential,
        ids,
    } = received;
    let mut work = Work::start(face, &invocation, ids, arrived);
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
            work.log(&outcome, "inline");
            draw::response(&outcome.reply, face.clock().now())
        }
    }
}

/// Answers a command that is still being typed. Suggestions cannot come later: when they are not
/// there within [`INLINE_BUDGET`], there are none.
pub(super) async fn suggest(
    face: &Face,
    received: Received,
    arrived: Instant,
) -> InteractionResponse {
    let mut work = Work::start(face, &received.invocation, received.ids, arrived);
    let (outcome, delivery) = match work.done_in_time().await {
        Some(outcome) => (outcome, "inline"),
        None => (work.plan.fail(Failure::Internal), "late"),
    };
    work.log(&outcome, delivery);
    match &outcome.reply.content {
        Content::Suggestions(suggestions) => draw::suggestions(suggestions),
        _ => draw::suggestions(&[]),
    }
}

/// A plan that is being run, apart from the request that asked for it: a caller who hangs up
/// stops nothing.
struct Work {
    face: Face,
    plan: Arc<Plan>,
    span: Span,
    arrived: Instant,
    task: JoinHandle<Outcome>,
    shown: watch::Receiver<Option<Reply>>,
}

impl Work {
    fn start(face: &Face, invocation: &Invocation, ids: Ids, arrived: Instant) -> Self {
        let plan = Arc::new(Plan::of(invocation));
        let span = service::span(face.shared.platform, &plan, invocation, ids);
        let guild = invocation.place.map(|place| place.here);
        let run = (guild, RunId(ids.interaction.unwrap_or_default()));
        let deadline = Some(arrived + RUN_MAX);
        let shared = &face.shared;
        let backstage = shared.service.backstage(run, &shared.shutdown, deadline);
        let shown = backstage.shown();
        let run = run_to_its_end(face.clone(), Arc::clone(&plan), backstage);
        let run = run.instrument(span.clone());
        Self {
            face: face.clone(),
            plan,
            span,
            arrived,
            task: face.shared.shutdown.spawn(run),
            shown,
        }
    }

    /// The outcome, if it is there within the budget.
    async fn done_in_time(&mut self) -> Option<Outcome> {
        let done = timeout_at(self.arrived + INLINE_BUDGET, &mut self.task).await;
        done.ok().map(|done| self.or_broken(done.ok()))
    }

    /// The outcome, or word that running the plan broke: a panic is one failed reply.
    fn or_broken(&self, done: Option<Outcome>) -> Outcome {
        done.unwrap_or_else(|| {
            self.span.in_scope(|| error!("running a command panicked"));
            self.plan.fail(Failure::Internal)
        })
    }

    /// Defers the answer, until the plan has been run if its outcome is not there yet.
    fn deliver_later(
        mut self,
        outcome: Option<Outcome>,
        credential: Credential,
        deferred: Placement,
    ) -> InteractionResponse {
        let face = self.face.clone();
        let span = self.span.clone();
        let delivery = async move {
            let outcome = if let Some(outcome) = outcome {
                outcome
            } else {
                self.show_progress(&credential, deferred).await
            };
            self.send(&outcome, &credential, deferred).await;
        };
        face.shared.shutdown.spawn(delivery.instrument(span));
        draw::deferral(deferred)
    }

    /// Shows how far the run got, again and again until it has ended. One that shows nothing is
    /// only waited for.
    async fn show_progress(&mut self, credential: &Credential, deferred: Placement) -> Outcome {
        let mut ticks = interval_at(Instant::now() + FIRST_PROGRESS, PROGRESS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                done = &mut self.task => return self.or_broken(done.ok()),
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

    async fn send(&self, outcome: &Outcome, credential: &Credential, deferred: Placement) {
        let Face { shared } = &self.face;
        let now = self.face.clock().now();
        let is_delivered = shared
            .courier
            .deliver(credential, deferred, &outcome.reply, now)
            .await;
        let how = if is_delivered {
            "deferred"
        } else {
            service::UNDELIVERED
        };
        self.log(outcome, how);
    }

    fn log(&self, outcome: &Outcome, delivery: &'static str) {
        self.span
            .in_scope(|| service::log_end(outcome, self.arrived, delivery));
    }
}

/// Runs a plan to its end, or until the process cannot wait for it any longer.
async fn run_to_its_end(face: Face, plan: Arc<Plan>, backstage: Backstage) -> Outcome {
    let shown = backstage.shown();
    tokio::select! {
        outcome = face.shared.service.run(&plan, &backstage) => outcome,
        () = face.shared.shutdown.out_of_patience() => match &*shown.borrow() {
            Some(last) => plan.cut_short(last),
            None => plan.fail(Failure::Stopping),
        },
    }
}
