//! The platform does not answer, or is not there.

use std::time::Duration;

use gatehouse::sandbox::platform::{Community, Fault, Route};
use gatehouse_commands::PlatformName;
use serde_json::json;

use super::{assert_lists, assert_says, failing, list, no_http::before, on};
use crate::support::{Gatehouse, Reply, Setup, all, assert_titled_without_the_guild};

/// Where nobody listens, by the name of a host that cannot exist.
const NO_SUCH_HOST: &str = "http://no-such-host.invalid/v1";

#[tokio::test]
async fn a_platform_that_hangs_is_told_to_be_slow() {
    let hanging = async |(face, fault)| {
        let gatehouse = failing(face, fault).await;
        let message = list(&gatehouse).await;
        assert_says(
            &message,
            &format!("{face} took too long to answer"),
            &["The fault is", "mostly passes", "Try again in a minute."],
        );
        assert!(message.has_button("Try again"), "{face}");
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
    };
    let cases = PlatformName::ALL.into_iter().flat_map(|face| {
        [
            (face, Fault::Hang),
            (face, Fault::HangAfterHeaders),
            (face, Fault::Slow(Duration::from_secs(3600))),
        ]
    });
    all(cases.map(hanging)).await;
}

#[tokio::test]
async fn a_platform_that_is_down_is_told_to_be_out_of_reach() {
    for face in PlatformName::ALL {
        let mut gatehouse = on(face).await;
        gatehouse.take_platform_down().await;
        let message = gatehouse.ask(&gatehouse.command("list", &[])).await;
        assert!(message.is_private(), "{face}");
        assert_says(
            &message,
            &format!("{face} cannot be reached"),
            &[
                "It is down, or the bot's connection to it is.",
                "Try again in a minute",
                "tell the person who hosts this bot",
            ],
        );
        assert!(message.has_button("Try again"), "{face}");
        let (status, body) = gatehouse.request(reqwest::Method::GET, "/healthz").await;
        assert_eq!(
            (status, body.as_slice()),
            (200, b"ok\n".as_slice()),
            "{face}"
        );
    }
}

/// A server on Discord that shows a Fluxer community, whose instance has no such address. What
/// comes late still arrives by Discord.
async fn linked_to_nowhere(api: &str) -> Gatehouse {
    let guild = Community::SAMPLE_ID;
    Setup::new()
        .link(&format!("discord:{guild}"), &format!("fluxer:{guild}"))
        .fluxer_api(api)
        .start()
        .await
}

#[tokio::test]
async fn a_host_without_an_address_is_told_to_be_out_of_reach() {
    for api in [NO_SUCH_HOST, "no-such-host.invalid"] {
        let gatehouse = linked_to_nowhere(api).await;
        let message = list(&gatehouse).await;
        assert_says(
            &message,
            "Fluxer cannot be reached",
            &[
                "Try again in a minute",
                "tell the person who hosts this bot",
            ],
        );
        assert_eq!(gatehouse.platform().count(Route::Invites), 0, "{api}");
    }
}

#[tokio::test]
async fn a_proxy_of_discords_without_an_address_is_told_to_be_out_of_reach() {
    let gatehouse = before(PlatformName::Discord, "http://no-such-host.invalid").await;
    assert_says(
        &list(&gatehouse).await,
        "Discord cannot be reached",
        &["Try again in a minute"],
    );
    assert_eq!(gatehouse.platform().count(Route::Invites), 0);
}

#[tokio::test]
async fn a_guild_whose_name_does_not_come_is_listed_without_it() {
    for face in PlatformName::ALL {
        for fault in [
            Fault::Hang,
            Fault::HangAfterHeaders,
            Fault::Refused(403),
            Fault::Refused(500),
            Fault::Html(502),
            Fault::Html(200),
            Fault::CutOff,
            Fault::Garbage,
            Fault::WrongShape,
            Fault::NullList,
            Fault::limited_globally(Duration::from_secs(30)),
        ] {
            let gatehouse = on(face).await;
            gatehouse.platform().fault(Route::Guild, fault.clone());
            let message = gatehouse.ask(&gatehouse.command("list", &[])).await;
            assert_titled_without_the_guild(face, &message);
            assert_lists(&message);
        }
    }
}

#[tokio::test]
async fn the_name_comes_first_and_the_list_is_still_waited_for() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Slow(Duration::from_millis(700))).await;
        let message = list(&gatehouse).await;
        assert!(
            message.title().contains("Paper Kite Society"),
            "{face}: {}",
            message.title()
        );
        assert_lists(&message);
    }
}

#[tokio::test]
async fn suggestions_are_left_out_when_the_platform_fails() {
    for face in PlatformName::ALL {
        for fault in [Fault::Refused(500), Fault::Hang, Fault::Html(200)] {
            let gatehouse = failing(face, fault.clone()).await;
            let typing = gatehouse.autocomplete("list", &[("by", json!("m"))]);
            let reply = gatehouse.send(&typing).await;
            assert_eq!(reply.kind, Reply::SUGGESTIONS, "{face}, {fault:?}");
            assert!(reply.message.suggestions().is_empty(), "{face}, {fault:?}");
        }
    }
}
