//! A platform that keeps failing is left alone.

use gatehouse::{
    platform::FAILURES_TO_OPEN,
    sandbox::platform::{Community, Fault, Route},
};
use gatehouse_commands::PlatformName;

use super::{assert_lists, assert_says, failing, list, on, told};
use crate::support::{Gatehouse, Interaction, On, all};

const FAILURES: usize = FAILURES_TO_OPEN as usize;

fn guild(number: usize) -> u64 {
    1_510_000_000_000_010_000 + u64::try_from(number).unwrap()
}

fn add_guilds(gatehouse: &Gatehouse, count: usize) {
    for number in 0..count {
        let community = Community::of(guild(number), "Guild");
        gatehouse.platform().add_guild(community);
    }
}

#[tokio::test]
async fn after_repeated_failure_the_platform_is_not_asked() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Refused(500)).await;
        for asked in 1..=FAILURES {
            list(&gatehouse).await;
            assert_eq!(gatehouse.platform().count(Route::Invites), asked, "{face}");
        }
        let in_all = gatehouse.platform().requests().len();

        let message = list(&gatehouse).await;
        assert_says(
            &message,
            &format!("{face} is not answering properly"),
            &[
                "It failed several times in a row, so the bot leaves it alone for a while.",
                "Try again in ",
                "second",
            ],
        );
        assert!(message.has_button("Try again"), "{face}");
        assert_eq!(gatehouse.platform().requests().len(), in_all, "{face}");
    }
}

#[tokio::test]
async fn a_success_in_between_starts_the_count_again() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let platform = gatehouse.platform();
        let refresh = list(&gatehouse).await.button("Refresh").custom_id;
        let refresh = async || {
            let press = gatehouse.press(&refresh, On::Private, &[]);
            told(&gatehouse, &press).await
        };
        for _ in 0..2 {
            platform.fault_times(Route::Invites, FAILURES - 1, Fault::Refused(500));
            for _ in 1..FAILURES {
                let title = refresh().await.title().to_owned();
                assert!(
                    title.contains("has a problem of its own"),
                    "{face}: {title}"
                );
            }
            assert_lists(&refresh().await);
        }
    }
}

#[tokio::test]
async fn one_guilds_failures_leave_the_others_alone() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        add_guilds(&gatehouse, 1);
        let broken = Route::Invites.in_guild(guild(0));
        gatehouse.platform().fault(broken, Fault::Html(502));
        for _ in 0..2 * FAILURES {
            let press = Interaction::command(guild(0), "list", &[]);
            told(&gatehouse, &press).await;
        }
        assert_eq!(gatehouse.platform().count(broken), FAILURES, "{face}");
        assert_lists(&list(&gatehouse).await);
    }
}

#[tokio::test]
async fn a_platform_that_fails_one_guild_after_the_other_is_left_alone_for_all() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Refused(503)).await;
        add_guilds(&gatehouse, FAILURES);
        for number in 0..FAILURES {
            let press = Interaction::command(guild(number), "list", &[]);
            told(&gatehouse, &press).await;
        }
        let asked = gatehouse.platform().requests().len();
        let message = list(&gatehouse).await;
        assert_eq!(
            message.title(),
            format!("{face} is not answering properly"),
            "{}",
            message.text()
        );
        assert_eq!(gatehouse.platform().requests().len(), asked, "{face}");
    }
}

#[tokio::test]
async fn one_platforms_failures_leave_the_other_alone() {
    for face in PlatformName::ALL {
        let mut gatehouse = on(face).await;
        let api = match face {
            PlatformName::Discord => "/api/v10/",
            PlatformName::Fluxer => "/v1/",
        };
        for _ in 0..=FAILURES {
            // The sample is both platforms at once, so its fault ends before the other is asked.
            gatehouse
                .platform()
                .fault(Route::Invites, Fault::Refused(500));
            list(&gatehouse).await;
        }
        gatehouse.platform().clear_faults();
        assert!(list(&gatehouse).await.title().contains("not answering"));
        let requests = gatehouse.platform().requests();
        assert!(
            requests
                .iter()
                .all(|request| { request.path.starts_with(api) || request.is(Route::WellKnown) })
        );

        gatehouse.face = match face {
            PlatformName::Discord => PlatformName::Fluxer,
            PlatformName::Fluxer => PlatformName::Discord,
        };
        assert_lists(&list(&gatehouse).await);
    }
}

#[tokio::test(start_paused = true)]
async fn all_who_press_at_once_are_one_request_and_share_its_failure() {
    let pressed = async |face| {
        let gatehouse = failing(face, Fault::Hang).await;
        let presses = (0..20).map(|_| list(&gatehouse));
        for message in all(presses).await {
            let title = format!("{face} took too long to answer");
            assert_eq!(message.title(), title, "{}", message.text());
        }
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
    };
    all(PlatformName::ALL.map(pressed)).await;
}
