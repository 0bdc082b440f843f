//! Runs what is asked for, and shows that something happens while it takes its time.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use gatehouse_commands::{Failure, Outcome, Plan, Reply, RunId};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{Instrument, Span};

use super::{Spot, Step};
use crate::gateway::talk::page::Page;

/// How long it may take until a sign says that something happens.
const SIGN_AFTER: Duration = Duration::from_secs(2);

/// How often it is shown how far a run got.
const PROGRESS_EVERY: Duration = Duration::from_secs(3);

/// How soon that is shown first.
const FIRST_PROGRESS: Duration = Duration::from_millis(500);

/// Says that something happens.
const SIGN: &str = "⏳";

/// What came of a plan.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) outcome: Outcome,
    /// Where it was shown how far it got.
    pub(super) shown_in: Option<Spot>,
    /// Whether it ended in a panic, which is logged where it happened.
    pub(super) has_panicked: bool,
}

impl Ran {
    /// It was not run.
    pub(super) const fn not(outcome: Outcome) -> Self {
        Self {
            outcome,
            shown_in: None,
            has_panicked: false,
        }
    }
}

impl Step {
    /// Runs a plan to its end.
    pub(super) async fn run(&self, plan: &Arc<Plan>, mut page: Option<&mut Page>) -> Ran {
        let shared = &self.talk.shared;
        let run = (plan.place(), RunId(self.number));
        let backstage = shared.service.backstage(run, &shared.shutdown, None);
        let shown = backstage.shown();
        let (service, to_run) = (shared.service.clone(), Arc::clone(plan));
        let work = async move { service.run_to_its_end(&to_run, &backstage).await };
        let mut work = shared.shutdown.spawn(work.instrument(Span::current()));
        let now = Instant::now();
        let mut ticks = interval_at(now + FIRST_PROGRESS, PROGRESS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let sign = tokio::time::sleep_until(self.arrived + SIGN_AFTER);
        let mut sign = std::pin::pin!(sign);
        let mut may_sign = true;
        let mut spot = None;
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                () = &mut sign, if may_sign && spot.is_none() => {
                    // Not tried again where it may not be put.
                    may_sign = false;
                    self.sign().await;
                    continue;
                }
                _ = ticks.tick() => {}
            }
            let last = shown.borrow().clone();
            if let Some(last) = last {
                let last = Reply {
                    placement: plan.placement(),
                    ..last
                };
                spot = self.show(&last, spot, page.as_deref()).await;
                // From here on the run can be cancelled by what is said to the same message.
                if let Some(page) = page.as_deref_mut() {
                    page.release();
                }
            }
        };
        Ran {
            has_panicked: done.is_err(),
            outcome: done.unwrap_or_else(|_| plan.fail(Failure::Internal)),
            shown_in: spot,
        }
    }

    /// Shows how far a run got, where its outcome will stand; gives back where that is.
    async fn show(&self, last: &Reply, spot: Option<Spot>, page: Option<&Page>) -> Option<Spot> {
        let spot = spot.unwrap_or_else(|| self.spot(last, page));
        // One that fails is made up for by the next one.
        Some(self.put(last, spot, page).await.unwrap_or(spot))
    }

    async fn sign(&self) {
        let Some(request) = self.request else {
            return;
        };
        let courier = &self.talk.shared.courier;
        let has_sign = courier.react(self.channel, request, SIGN).await;
        self.has_sign.store(has_sign, Ordering::Relaxed);
    }

    /// Nothing happens any more.
    pub(super) async fn take_sign_back(&self) {
        let has_sign = self.has_sign.swap(false, Ordering::Relaxed);
        if let Some(request) = self.request.filter(|_| has_sign) {
            let courier = &self.talk.shared.courier;
            courier.unreact(self.channel, request, SIGN).await;
        }
    }
}
