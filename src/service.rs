//! From an invocation to a reply: the platform chosen, links applied; the one place where what
//! went wrong is logged.

use std::{collections::HashMap, error::Error, fmt, sync::Arc};

use gatehouse_commands::{
    Content, Failure, GuildRef, Invocation, Outcome, Plan, PlatformName, Reply, RoleId, RunId,
    Severity, check_host,
};
use tokio::time::Instant;
use tracing::{Span, error, error_span, field, info, warn};

use crate::{
    admission::Admission,
    clock::Clock,
    config::Config,
    metrics::{Closed, Ending, Flight, Kind, Metrics, closed},
    platform::{Gate, Platforms, Standing},
    runs::{Backstage, Runs},
    shutdown::Shutdown,
};

/// Everything that a face needs to answer.
#[derive(Clone, Debug)]
pub struct Service {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    platforms: Platforms,
    links: HashMap<GuildRef, GuildRef>,
    moderator_roles: Vec<(PlatformName, RoleId)>,
    clock: Clock,
    metrics: Metrics,
    runs: Runs,
    admission: Admission,
}

impl Service {
    /// A service as configured; asks nothing yet.
    pub fn new(config: &Config, clock: &Clock, metrics: &Metrics) -> Self {
        Self {
            shared: Arc::new(Shared {
                platforms: Platforms::new(config, clock, metrics),
                links: config.links.clone(),
                moderator_roles: config.moderator_roles.clone(),
                clock: clock.clone(),
                metrics: metrics.clone(),
                runs: Runs::default(),
                admission: Admission::default(),
            }),
        }
    }

    /// What time it is.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// What is counted, and how things stand at this moment, in Prometheus' text format.
    pub(crate) fn metrics_text(&self) -> String {
        let metrics = self.metrics();
        for (platform, standing) in self.shared.platforms.standing() {
            let Standing {
                state,
                resting_guilds,
            } = standing;
            metrics.circuit(platform, state, resting_guilds);
        }
        metrics.text()
    }

    /// How much is worked on at one time, whatever the face.
    pub fn admission(&self) -> &Admission {
        &self.shared.admission
    }

    /// A gate to a platform, with the one room for answers behind it.
    pub(crate) fn gate(&self) -> Gate {
        self.shared.platforms.gate()
    }

    /// Gives back memory that was only useful for a while. Nobody waits for it.
    pub async fn tidy(&self) {
        self.shared.platforms.tidy().await;
    }

    /// The guild whose invites are shown in this one.
    pub fn target(&self, here: GuildRef) -> GuildRef {
        self.shared.links.get(&here).copied().unwrap_or(here)
    }

    /// Whether one of these roles may act without Manage Server.
    pub fn has_moderator_role(
        &self,
        platform: PlatformName,
        roles: impl IntoIterator<Item = RoleId>,
    ) -> bool {
        let named = &self.shared.moderator_roles;
        !named.is_empty()
            && roles
                .into_iter()
                .any(|role| named.contains(&(platform, role)))
    }

    /// A place to run a plan in, that was asked for in this guild, by the request of this number.
    /// `deadline` is when its reply can be changed no more.
    pub fn backstage(
        &self,
        run: (Option<GuildRef>, RunId),
        shutdown: &Shutdown,
        deadline: Option<Instant>,
    ) -> Backstage {
        let Shared { runs, clock, .. } = &*self.shared;
        runs.backstage(run, clock, shutdown, deadline)
    }

    /// Every guild that the operator linked to another one, with that one.
    pub fn links(&self) -> Vec<(GuildRef, GuildRef)> {
        let mut links: Vec<_> = self.shared.links.iter().map(|(a, b)| (*a, *b)).collect();
        links.sort_unstable();
        links
    }

    /// Whether everything is set up right that no guild has to do with.
    pub async fn check_host(&self) -> Reply {
        check_host(&self.shared.platforms).await
    }

    /// Runs a plan to its end, or until the process cannot wait for it any longer.
    pub async fn run_to_its_end(&self, plan: &Plan, backstage: &Backstage) -> Outcome {
        let _under_way = self.metrics().in_flight(Flight::Plans);
        let shown = backstage.shown();
        tokio::select! {
            outcome = self.run(plan, backstage) => outcome,
            () = backstage.out_of_patience() => match &*shown.borrow() {
                Some(last) => plan.cut_short(last),
                None => plan.fail(Failure::Stopping),
            },
        }
    }

    /// Runs a plan to its end.
    pub async fn run(&self, plan: &Plan, backstage: &Backstage) -> Outcome {
        plan.run(&self.shared.platforms, backstage).await
    }

    /// The end of an invocation: counted, and logged by one event.
    pub fn end(&self, end: &End<'_>) {
        self.count(end);
        log_end(end);
    }

    /// Counts how an invocation ended.
    pub fn count(&self, end: &End<'_>) {
        let End {
            face,
            kind,
            plan,
            outcome,
            delivery,
            has_panicked,
            ..
        } = *end;
        let metrics = self.metrics();
        let failure = match &outcome.reply.content {
            Content::Failure(text) => Some(&text.failure),
            // Suggestions have no room to say so.
            _ => has_panicked.then_some(&Failure::Internal),
        };
        metrics.command(plan.name(), failure);
        match failure {
            Some(failure) => metrics.failed(face, kind, failure),
            None if delivery == Delivery::Late => metrics.ended(face, kind, Ending::Late),
            None if outcome.error.is_some() => metrics.ended(face, kind, Ending::Partly),
            None => metrics.ended(face, kind, Ending::Answered),
        }
    }
}

/// How an invocation ended.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// Where it came from.
    pub face: PlatformName,
    /// As what.
    pub kind: Kind,
    /// What was done.
    pub plan: &'a Plan,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// When it arrived.
    pub arrived: Instant,
    /// How the reply went out.
    pub delivery: Delivery,
    /// Whether it ended in a panic, which is logged already.
    pub has_panicked: bool,
}

closed! {
    /// How a reply went out.
    pub enum Delivery {
        /// As the direct answer.
        Inline = "inline",
        /// Later, as was promised.
        Deferred = "deferred",
        /// Not in time: suggestions that nobody waits for any more.
        Late = "late",
        /// As a message in the channel where it was asked for.
        Channel = "channel",
        /// As a direct message.
        Direct = "direct",
        /// In place of an earlier answer.
        Edited = "edited",
        /// As a reaction.
        Reaction = "reaction",
        /// On purpose not at all.
        Silent = "silent",
        /// Not at all.
        Undelivered = "undelivered",
    }
}

/// The span of one invocation; what [`Service::end`] logs holds the rest.
pub fn span(face: PlatformName, plan: &Plan, invocation: &Invocation, ids: Ids) -> Span {
    let guild = invocation.place.map(|place| place.here.id.number());
    // Ids are texts, as the platforms write them: not every reader of JSON keeps such a number.
    let text = |id: Option<u64>| id.map(field::display);
    // At the highest level, so that warnings keep their fields when less is logged.
    error_span!(
        "command",
        platform = face.key(),
        command.name = plan.name(),
        guild.id = text(guild),
        user.id = text(ids.user),
        interaction.id = text(ids.interaction),
    )
}

/// Ids that a log line may hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids {
    /// Who asked.
    pub user: Option<u64>,
    /// The platform's id of the request.
    pub interaction: Option<u64>,
}

/// The one event at the end of an invocation.
pub(crate) fn log_end(end: &End<'_>) {
    let End {
        outcome, delivery, ..
    } = *end;
    let duration_ms = u64::try_from(end.arrived.elapsed().as_millis()).unwrap_or(u64::MAX);
    if delivery == Delivery::Undelivered {
        let delivery = delivery.word();
        error!(duration_ms, delivery, "command run, but its reply was lost");
        return;
    }
    if end.has_panicked {
        return;
    }
    let delivery = delivery.word();
    let shown = match &outcome.reply.content {
        Content::Failure(text) => {
            return log_failure(&text.failure, outcome, duration_ms, delivery);
        }
        Content::List(page) => Some(page.entries.len()),
        Content::Export(export) => Some(export.invites.len()),
        Content::Card(_) => Some(1),
        Content::Review(review) => Some(review.findings.len()),
        Content::Cleaned(cleaned) => Some(cleaned.results.len()),
        Content::Help(_)
        | Content::Form(_)
        | Content::Notice(_)
        | Content::Members(_)
        | Content::Stats(_)
        | Content::Findings(_)
        | Content::Progress(_)
        | Content::Suggestions(_)
        | Content::Elsewhere(_) => None,
    };
    if let Some(error) = &outcome.error {
        // Suggestions keep silent about it, and a reply may tell of it in passing.
        let error = field::display(Chain(error));
        warn!(
            error,
            duration_ms, delivery, "command answered, but not everything went well"
        );
        return;
    }
    info!(
        outcome = "answered",
        invites.total = outcome.invites_total,
        invites.shown = shown,
        duration_ms,
        delivery,
        "command answered"
    );
}

fn log_failure(failure: &Failure, outcome: &Outcome, duration_ms: u64, delivery: &'static str) {
    let word = failure.outcome();
    let error = outcome
        .error
        .as_ref()
        .map(|error| field::display(Chain(error)));
    match failure.severity() {
        Severity::Info => info!(
            outcome = word,
            duration_ms, delivery, "command refused: {word}"
        ),
        Severity::Warn => {
            warn!(
                outcome = word,
                error, duration_ms, delivery, "command failed: {word}"
            );
        }
        Severity::Error => {
            error!(
                outcome = word,
                error, duration_ms, delivery, "command failed: {word}"
            );
        }
    }
}

/// An error with all that caused it, on one line.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        f.write_str(&told)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some libraries' errors say what caused them themselves.
            if text != told {
                write!(f, ": {text}")?;
            }
            told = text;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{said}")]
    struct Because {
        said: &'static str,
        source: io::Error,
    }

    #[test]
    fn causes_are_told_once_each() {
        let chain = |said, cause| {
            let source = io::Error::other(cause);
            Chain(&Because { said, source }).to_string()
        };
        assert_eq!(chain("no answer", "reset"), "no answer: reset");
        assert_eq!(chain("reset", "reset"), "reset");
    }
}
