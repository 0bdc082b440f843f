//! Where a Fluxer instance's API is, and where its invites lead, is told by the instance itself.

use std::time::Duration;

use gatehouse::sandbox::platform::{Community, Fault, Route};
use gatehouse_commands::PlatformName;
use serde_json::json;

use super::{assert_lists, assert_plain, list, told};
use crate::support::{ADDRESS, Gatehouse, Interaction, Message, On, Setup};

/// Each way to name the same instance, and the path below which it is then asked.
fn ways() -> [(String, &'static str); 5] {
    [
        (ADDRESS.to_owned(), "/api/v1/"),
        (format!("http://{ADDRESS}"), "/api/v1/"),
        (format!("http://{ADDRESS}/"), "/api/v1/"),
        (format!("http://{ADDRESS}/v1"), "/v1/"),
        (format!("http://{ADDRESS}/api/v1"), "/api/v1/"),
    ]
}

async fn at(api: &str) -> Gatehouse {
    Setup::new()
        .face(PlatformName::Fluxer)
        .fluxer_api(api.trim_end_matches('/'))
        .start()
        .await
}

/// The card of the sample's first invite.
async fn card(gatehouse: &Gatehouse) -> (String, Message) {
    let sample = Community::sample(gatehouse.clock.now());
    let code = sample.invites[0].code.clone();
    let show = gatehouse.command("show", &[("code", json!(code))]);
    let message = told(gatehouse, &show).await;
    (code, message)
}

#[tokio::test]
async fn an_instance_is_found_however_it_is_named() {
    for (api, below) in ways() {
        let gatehouse = at(&api).await;
        let message = list(&gatehouse).await;
        assert_lists(&message);
        assert!(message.title().contains("Paper Kite Society"), "{api}");
        let asked = gatehouse.platform().requests();
        let asked = asked.iter().find(|request| request.is(Route::Invites));
        assert!(asked.unwrap().path.starts_with(below), "{api}: {asked:?}");
    }
}

#[tokio::test]
async fn a_discovery_that_fails_once_is_not_remembered() {
    let gatehouse = at(&format!("http://{ADDRESS}")).await;
    let broken = Fault::Refused(503);
    gatehouse
        .platform()
        .fault_times(Route::WellKnown, 1, broken);
    let failed = list(&gatehouse).await;
    assert_eq!(failed.title(), "Fluxer has a problem of its own");
    assert_plain(&failed);
    assert_lists(&list(&gatehouse).await);
}

#[tokio::test]
async fn a_links_beginning_is_the_instances_own() {
    for (api, _) in ways() {
        let gatehouse = at(&api).await;
        let (code, message) = card(&gatehouse).await;
        let link = format!("{}/invite/{code}", gatehouse.platform().domain());
        assert!(
            message.field("Link").contains(&link),
            "{api}: {}",
            message.text()
        );
    }
}

#[tokio::test]
async fn an_instance_is_asked_about_itself_once_and_without_the_token() {
    for (api, _) in ways() {
        let gatehouse = at(&api).await;
        for number in 0..4 {
            let guild = Community::SAMPLE_ID + number;
            gatehouse
                .platform()
                .add_guild(Community::of(guild, "Guild"));
            let command = Interaction::command(guild, "list", &[]);
            told(&gatehouse, &command).await;
        }
        let requests = gatehouse.platform().requests();
        let known: Vec<_> = requests
            .iter()
            .filter(|request| request.is(Route::WellKnown))
            .collect();
        assert_eq!(known.len(), 1, "{api}: {known:#?}");
        assert_eq!(known[0].authorization, None, "{api}");
    }
}

#[tokio::test]
async fn a_list_needs_no_links() {
    for fault in [
        Fault::Hang,
        Fault::Refused(500),
        Fault::Html(200),
        Fault::Garbage,
        Fault::NullList,
        Fault::WrongShape,
        Fault::Redirect,
        Fault::limited(Duration::from_secs(600)),
        Fault::Bytes(10),
    ] {
        for (api, _) in ways().into_iter().filter(|(api, _)| api.contains("v1")) {
            let gatehouse = at(&api).await;
            gatehouse.platform().fault(Route::WellKnown, fault.clone());
            let list = gatehouse.ask(&gatehouse.command("list", &[])).await;
            assert_lists(&list);
            let (code, message) = card(&gatehouse).await;
            let text = message.text();
            assert!(text.contains(&code), "{fault:?}: {text}");
            assert!(!text.contains("http"), "{fault:?}: {text}");
        }
    }
}

#[tokio::test]
async fn a_links_beginning_that_is_no_link_is_left_out() {
    for invite in [
        "javascript:alert(1)",
        "https://a)[b](https://c",
        "",
        "/invite",
    ] {
        let body = json!({"endpoints": {"api": "http://127.0.0.1:1/api", "invite": invite}});
        let gatehouse = at(&format!("http://{ADDRESS}/v1")).await;
        let fault = Fault::Status { status: 200, body };
        gatehouse.platform().fault(Route::WellKnown, fault);
        let (code, message) = card(&gatehouse).await;
        assert!(message.title().contains(&code), "{}", message.text());
        assert!(!message.json().to_string().contains("\"Link\""), "{invite}");
    }
}

#[tokio::test]
async fn an_origin_that_tells_nothing_of_itself_is_its_own_api() {
    let gatehouse = at(&format!("http://{ADDRESS}")).await;
    gatehouse
        .platform()
        .fault(Route::WellKnown, Fault::Refused(404));
    let message = list(&gatehouse).await;
    assert_plain(&message);
    let requests = gatehouse.platform().requests();
    assert!(
        requests
            .iter()
            .any(|request| request.path == format!("/guilds/{}/invites", gatehouse.guild)),
        "{requests:#?}"
    );
}

#[tokio::test]
async fn a_domain_that_tells_nothing_of_itself_is_asked_again_at_the_next_press() {
    for fault in [Fault::Refused(500), Fault::Html(200), Fault::CutOff] {
        let gatehouse = at(ADDRESS).await;
        gatehouse.platform().fault(Route::WellKnown, fault.clone());
        let failure = list(&gatehouse).await;
        assert!(failure.title().starts_with("Fluxer "), "{}", failure.text());
        assert_plain(&failure);
        assert_eq!(gatehouse.platform().count(Route::Invites), 0, "{fault:?}");

        gatehouse.platform().clear_faults();
        let again = failure.button("Try again").custom_id;
        let press = gatehouse.press(&again, On::Private, &[]);
        assert_lists(&told(&gatehouse, &press).await);
    }
}
