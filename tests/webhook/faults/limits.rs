//! The platform asks to slow down.

use std::time::Duration;

use gatehouse::sandbox::platform::{Community, Fault, LimitScope, Route};
use gatehouse_commands::PlatformName;

use super::{assert_lists, assert_plain, assert_says, failing, list, on, told};
use crate::support::{Interaction, all};

/// Requests that may be sent for one list while the platform answers 429.
const ATTEMPTS_MAX: usize = 2;

const OTHER_GUILD: u64 = 1_510_000_000_000_000_002;

const SHORT: Duration = Duration::from_millis(141);
const LONG: Duration = Duration::from_secs(600);

fn limited(retry_after: Duration, scope: LimitScope) -> Fault {
    Fault::Limited { retry_after, scope }
}

#[tokio::test]
async fn a_limit_that_passes_at_once_is_waited_out() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let platform = gatehouse.platform();
        platform.fault_times(Route::Invites, 1, Fault::limited(SHORT));
        assert_lists(&list(&gatehouse).await);
        let asked: Vec<_> = platform
            .requests()
            .into_iter()
            .filter(|request| request.is(Route::Invites))
            .collect();
        assert_eq!(asked.len(), 2, "{face}");
        assert!(asked[1].at - asked[0].at >= SHORT, "{face}: too early");
    }
}

#[tokio::test]
async fn a_limit_that_everybody_shares_is_waited_out_as_well() {
    let waited_out = async |face| {
        let gatehouse = on(face).await;
        let fault = limited(SHORT, LimitScope::Shared);
        gatehouse.platform().fault_times(Route::Invites, 1, fault);
        assert_lists(&list(&gatehouse).await);
        assert_eq!(gatehouse.platform().count(Route::Invites), 2, "{face}");
    };
    all(PlatformName::ALL.map(waited_out)).await;
}

#[tokio::test]
async fn a_long_limit_is_told_and_kept() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::limited(LONG)).await;
        assert_says(
            &list(&gatehouse).await,
            &format!("{face} asks the bot to slow down"),
            &[
                "Nothing is wrong with your command.",
                "Try again in 10 minutes.",
            ],
        );
        let asked = gatehouse.platform().count(Route::Invites);
        assert!(asked <= ATTEMPTS_MAX, "{face}: {asked}");

        let again = list(&gatehouse).await;
        assert_eq!(
            again.title(),
            format!("{face} asks the bot to slow down"),
            "{}",
            again.text()
        );
        assert_plain(&again);
        let asked_then = gatehouse.platform().count(Route::Invites);
        assert_eq!(asked_then, asked, "{face}: asked again");
    }
}

#[tokio::test]
async fn a_long_limit_is_not_asked_through_by_impatience() {
    let pressed = async |face| {
        let gatehouse = failing(face, Fault::limited(LONG)).await;
        for _ in 0..2 {
            assert_plain(&list(&gatehouse).await);
        }
        let asked = gatehouse.platform().count(Route::Invites);
        assert!(asked <= ATTEMPTS_MAX, "{face}: {asked}");
    };
    all(PlatformName::ALL.map(pressed)).await;
}

#[tokio::test]
async fn a_limit_by_whatever_stands_in_front_is_not_hammered() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        gatehouse.platform().fault(Route::Any, Fault::Html(429));
        for _ in 0..3 {
            assert_plain(&list(&gatehouse).await);
        }
        let asked = gatehouse.platform().count(Route::Invites);
        assert!(asked <= ATTEMPTS_MAX, "{face}: {asked}");
    }
}

#[tokio::test]
async fn a_limit_of_one_guild_leaves_other_guilds_working() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let other = Community::of(OTHER_GUILD, "Other");
        gatehouse.platform().add_guild(other);
        let limited = Route::Invites.in_guild(OTHER_GUILD);
        gatehouse.platform().fault(limited, Fault::limited(LONG));
        let command = Interaction::command(OTHER_GUILD, "list", &[]);
        gatehouse.send(&command).await;
        assert_lists(&list(&gatehouse).await);
    }
}

#[tokio::test]
async fn a_limit_on_everything_is_not_hammered_and_holds_for_every_guild() {
    for face in PlatformName::ALL {
        for scope in [LimitScope::Global, LimitScope::Bare] {
            let gatehouse = on(face).await;
            let other = Community::of(OTHER_GUILD, "Other");
            gatehouse.platform().add_guild(other);
            let fault = limited(Duration::from_secs(30), scope);
            gatehouse.platform().fault(Route::Any, fault);

            let first = list(&gatehouse).await;
            assert_says(
                &first,
                &format!("{face} asks the bot to slow down"),
                &["Nothing is wrong with your command.", "Try again in "],
            );
            let asked = gatehouse.platform().count(Route::Invites);
            assert!(asked <= ATTEMPTS_MAX, "{face}, {scope:?}: {asked}");

            let in_all = gatehouse.platform().requests().len();
            let again = list(&gatehouse).await;
            assert!(
                again.description().contains("Try again in "),
                "{}",
                again.text()
            );
            assert_eq!(gatehouse.platform().requests().len(), in_all, "{face}");

            if scope == LimitScope::Global {
                let elsewhere = Interaction::command(OTHER_GUILD, "list", &[]);
                told(&gatehouse, &elsewhere).await;
                assert_eq!(
                    gatehouse.platform().requests().len(),
                    in_all,
                    "{face}: asked for another guild"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_limit_is_not_told_as_a_broken_platform() {
    for face in PlatformName::ALL {
        let fault = limited(Duration::from_secs(30), LimitScope::Global);
        let gatehouse = failing(face, fault).await;
        list(&gatehouse).await;
        let again = list(&gatehouse).await;
        assert_eq!(
            again.title(),
            format!("{face} asks the bot to slow down"),
            "{}",
            again.text()
        );
    }
}
