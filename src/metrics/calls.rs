//! Calls to a platform: each is counted once, however it ends.

use std::time::Duration;

use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use tokio::time::Instant;

use super::{Metrics, closed};
use crate::platform::{Failed, Route};

/// Nothing waits for a call for less than this before it gives up: what is dropped earlier was
/// not wanted any more, and says nothing of the platform.
const LIMIT_MIN: Duration = Duration::from_secs(5);

closed! {
    /// What came of a call.
    pub(crate) enum Status {
        /// Success.
        Success = "2xx",
        /// A redirect, which is not followed.
        Redirect = "3xx",
        /// The token is refused.
        Unauthorized = "401",
        /// A permission is missing.
        Forbidden = "403",
        /// There is no such thing.
        NotFound = "404",
        /// A rate limit.
        Limited = "429",
        /// Another mistake of ours.
        Refused = "4xx",
        /// A fault of the platform's.
        Broken = "5xx",
        /// No answer in the time that there was for it.
        Timeout = "timeout",
        /// No connection, or it broke.
        Unreachable = "unreachable",
        /// An answer that makes no sense, or is too large.
        Unreadable = "unreadable",
        /// The answer was no longer needed before it was there.
        Abandoned = "abandoned",
    }
}

impl Status {
    /// What an answer's status counts as.
    pub(crate) const fn of_answer(status: u16) -> Self {
        match status {
            ..300 => Self::Success,
            300..400 => Self::Redirect,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::Limited,
            400..500 => Self::Refused,
            500.. => Self::Broken,
        }
    }

    /// What an error of this kind counts as, where nothing more is known of it.
    pub(crate) const fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::TokenRefused => Self::Unauthorized,
            Kind::MissingPermission => Self::Forbidden,
            Kind::UnknownGuild | Kind::UnknownChannel => Self::NotFound,
            Kind::RateLimited { .. } => Self::Limited,
            Kind::TooManyInvites | Kind::Refused => Self::Refused,
            Kind::Broken => Self::Broken,
            Kind::TimedOut => Self::Timeout,
            Kind::Unreachable => Self::Unreachable,
            Kind::Unreadable => Self::Unreadable,
            Kind::NoToken | Kind::Resting { .. } | Kind::Crowded => Self::Abandoned,
        }
    }

    /// What an error counts as.
    pub(crate) fn of(failed: &Failed) -> Self {
        let by_kind = Self::of_kind(failed.error.kind);
        failed.status.map_or(by_kind, Self::of_answer)
    }
}

/// Counts the calls to one platform. Clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    metrics: Metrics,
    platform: PlatformName,
}

/// A call that is under way, or whose answer is being read. Counted when it is dropped.
#[derive(Debug)]
pub(crate) struct Call {
    calls: Calls,
    route: Route,
    began: Instant,
    ended: Option<(Status, Duration)>,
}

impl Calls {
    pub(super) fn new(metrics: Metrics, platform: PlatformName) -> Self {
        Self { metrics, platform }
    }

    /// The platform that is called.
    pub(crate) fn platform(&self) -> PlatformName {
        self.platform
    }

    /// A call begins.
    pub(crate) fn begin(&self, route: Route) -> Call {
        Call {
            calls: self.clone(),
            route,
            began: Instant::now(),
            ended: None,
        }
    }
}

impl Call {
    /// The platform that is called.
    pub(crate) fn platform(&self) -> PlatformName {
        self.calls.platform
    }

    /// It has ended so. Gives how long it took.
    pub(crate) fn ended(&mut self, status: Status) -> Duration {
        let took = self.began.elapsed();
        self.ended = Some((status, took));
        took
    }

    /// It failed.
    pub(crate) fn failed(&mut self, failed: Failed) -> Failed {
        self.ended(Status::of(&failed));
        failed
    }

    /// Its answer was there, but turns out to make no sense.
    pub(crate) fn is_unreadable(&mut self) {
        if let Some((status, _)) = &mut self.ended {
            *status = Status::Unreadable;
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let (status, took) = self.ended.unwrap_or_else(|| {
            let took = self.began.elapsed();
            let was_given_up = took >= LIMIT_MIN;
            let status = if was_given_up {
                Status::Timeout
            } else {
                Status::Abandoned
            };
            (status, took)
        });
        let Calls { metrics, platform } = &self.calls;
        metrics.called(*platform, self.route, status, took);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::metrics::Closed;

    fn counted(metrics: &Metrics, status: Status) -> bool {
        let word = status.word();
        metrics.text().contains(&format!(
            r#"gatehouse_platform_calls_total{{platform="fluxer",route="GET /users/@me",status="{word}"}} 1"#
        ))
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_dropped_timed_out_only_if_there_was_time() {
        for (millis, status) in [(4_999, Status::Abandoned), (5_000, Status::Timeout)] {
            let metrics = Metrics::new();
            let call = metrics.calls(PlatformName::Fluxer).begin(Route::Me);
            advance(Duration::from_millis(millis)).await;
            drop(call);
            assert!(counted(&metrics, status), "{millis}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_counts_once_with_what_was_found_out_last() {
        let metrics = Metrics::new();
        let mut call = metrics.calls(PlatformName::Fluxer).begin(Route::Me);
        call.ended(Status::of_answer(200));
        call.is_unreadable();
        drop(call);
        assert!(counted(&metrics, Status::Unreadable));
        assert!(!counted(&metrics, Status::Success));
    }

    #[test]
    fn answers_are_told_apart_by_what_is_to_be_done() {
        for (status, word) in [
            (200, "2xx"),
            (299, "2xx"),
            (302, "3xx"),
            (400, "4xx"),
            (401, "401"),
            (403, "403"),
            (404, "404"),
            (409, "4xx"),
            (429, "429"),
            (500, "5xx"),
            (599, "5xx"),
        ] {
            assert_eq!(Status::of_answer(status).word(), word);
        }
    }
}
