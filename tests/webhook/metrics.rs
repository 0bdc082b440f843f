//! What happens is counted, and told on a listener of its own.

mod exposition;
mod files;
mod listener;

use std::{collections::HashSet, time::Duration};

use gatehouse::sandbox::platform::{
    Community, DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route, SampleInviter,
};
use gatehouse_commands::PlatformName;
use jiff::Timestamp;
use serde_json::json;

use self::exposition::Exposition;
use crate::{
    faults::told,
    support::{
        Gatehouse, Interaction, KEY, On, PATIENCE, Reply, Setup, all, signed,
        wire::{Wire, head},
    },
};

/// The metrics at this moment, found to be valid.
async fn scrape(gatehouse: &Gatehouse) -> Exposition {
    let url = format!("http://{}/metrics", gatehouse.metrics_address);
    let response = crate::support::client().get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let content_type = response.headers()["content-type"].to_str().unwrap();
    assert_eq!(content_type, "text/plain; version=0.0.4; charset=utf-8");
    Exposition::read(&response.text().await.unwrap())
}

/// The metrics, once they are so: what is counted after the answer was sent takes its time.
async fn scrape_when(gatehouse: &Gatehouse, is_so: impl Fn(&Exposition) -> bool) -> Exposition {
    let waited = async {
        loop {
            let scraped = scrape(gatehouse).await;
            if is_so(&scraped) {
                return scraped;
            }
        }
    };
    let scraped = tokio::time::timeout(PATIENCE, waited).await;
    scraped.expect("it comes to be so")
}

/// The metrics, once this series is at least this much.
async fn scrape_until(gatehouse: &Gatehouse, series: &str, least: u64) -> Exposition {
    scrape_when(gatehouse, |scraped| scraped.count(series) >= least).await
}

/// How many of them the next test sends on either face.
const INTERACTIONS: u64 = 9;

#[tokio::test]
async fn interactions_are_counted_by_what_they_are_and_how_they_end() {
    for face in PlatformName::ALL {
        let gatehouse = Setup::new().face(face).start().await;
        let on = face.key();
        gatehouse.send(&Interaction::ping()).await;
        gatehouse.send(&Interaction::ping()).await;
        let list = told(&gatehouse, &gatehouse.command("list", &[])).await;
        let next = gatehouse.press(&list.button("Next").custom_id, On::Private, &[]);
        told(&gatehouse, &next).await;
        let show = gatehouse.command("show", &[("code", json!("NoSuchCode"))]);
        told(&gatehouse, &show).await;
        let typing = gatehouse.autocomplete("show", &[("code", json!("a"))]);
        gatehouse.send(&typing).await;
        let jump = &list.button("1/14").custom_id;
        told(&gatehouse, &gatehouse.submit(jump, "3", On::Private)).await;
        told(&gatehouse, &gatehouse.submit(jump, "x", On::Private)).await;
        let unknown = gatehouse.command("list", &[]).set("/type", json!(9));
        gatehouse.try_send(&unknown).await;

        let is_counted = |scraped: &Exposition| {
            let of_deliveries = r#"gatehouse_in_flight{of="deliveries"}"#;
            scraped.sum("gatehouse_interactions_total") == INTERACTIONS
                && scraped.count(of_deliveries) == 0
        };
        let scraped = scrape_when(&gatehouse, is_counted).await;
        for (kind, outcome, count) in [
            ("ping", "answered", 2),
            ("command", "answered", 1),
            ("component", "answered", 1),
            ("command", "no_such_invite", 1),
            ("autocomplete", "answered", 1),
            ("modal", "answered", 1),
            ("modal", "not_a_page", 1),
            ("unknown", "unreadable", 1),
        ] {
            let series = format!(
                r#"gatehouse_interactions_total{{platform="{on}",kind="{kind}",outcome="{outcome}"}}"#
            );
            assert_eq!(scraped.count(&series), count, "{series}");
        }
        for (kind, count) in [("ping", 2), ("command", 2), ("modal", 2), ("unknown", 1)] {
            let series =
                format!(r#"gatehouse_answer_seconds_count{{platform="{on}",kind="{kind}"}}"#);
            assert_eq!(scraped.count(&series), count, "{series}");
        }
        let command = |name, result| {
            scraped.count(&format!(
                r#"gatehouse_commands_total{{command="{name}",result="{result}"}}"#
            ))
        };
        assert_eq!(command("list", "answered"), 3);
        assert_eq!(command("show", "refused"), 1);
        assert_eq!(command("suggest", "answered"), 1);
        let in_flight = |of| scraped.count(&format!(r#"gatehouse_in_flight{{of="{of}"}}"#));
        assert_eq!(in_flight("requests"), 0);
        assert_eq!(in_flight("plans"), 0);
        assert_eq!(in_flight("deliveries"), 0);
        assert!(in_flight("connections") >= 1);
    }
}

#[tokio::test]
async fn what_is_refused_is_counted_by_its_reason() {
    let gatehouse = Gatehouse::start().await;
    let path = gatehouse.path();
    let good = gatehouse.signed(b"[]");
    let with = |name: &str, value: &str| {
        let mut headers = good.clone();
        for header in &mut headers {
            if header.0.contains(name) {
                value.clone_into(&mut header.1);
            }
        }
        headers
    };
    let stale = (gatehouse.clock.now().as_second() - 1_000).to_string();
    let requests = [
        ("not_json", good.clone(), 400),
        ("signature_missing", Vec::new(), 401),
        ("signature_malformed", with("signature-ed25519", "zz"), 401),
        (
            "signature_wrong",
            with("signature-ed25519", &"ab".repeat(64)),
            401,
        ),
        ("timestamp_malformed", with("timestamp", "soon"), 401),
        ("timestamp_stale", signed(&KEY, &stale, b"[]"), 401),
    ];
    for (reason, headers, status) in &requests {
        let answer = gatehouse.post_raw(&path, headers, "[]").await;
        assert_eq!(answer.status, *status, "{reason}");
    }
    let large = vec![b' '; gatehouse::webhook::BODY_MAX_BYTES + 1];
    assert_eq!(gatehouse.post_signed(large).await.status, 413);
    let help = gatehouse.command("help", &[]);
    gatehouse.send(&help).await;
    assert_eq!(gatehouse.try_send(&help).await.status, 409);

    let scraped = scrape(&gatehouse).await;
    let reasons = requests.iter().map(|(reason, ..)| *reason);
    for reason in reasons.chain(["too_large", "repeated"]) {
        let series = format!(r#"gatehouse_rejected_requests_total{{reason="{reason}"}}"#);
        assert_eq!(scraped.count(&series), 1, "{reason}");
    }
    assert_eq!(scraped.sum("gatehouse_rejected_requests_total"), 8);
    assert_eq!(scraped.sum("gatehouse_interactions_total"), 1);
    assert_eq!(scraped.sum("gatehouse_answer_seconds_count"), 1);
    assert_eq!(scraped.count(r#"gatehouse_in_flight{of="requests"}"#), 0);
}

#[tokio::test]
async fn calls_are_counted_by_route_and_by_what_came_of_them() {
    for face in PlatformName::ALL {
        let gatehouse = Setup::new().face(face).start().await;
        let platform = gatehouse.platform();
        let list = told(&gatehouse, &gatehouse.command("list", &[])).await;
        let refresh = list.button("Refresh").custom_id;
        let refresh = async |fault| {
            platform.fault_times(Route::Invites, 1, fault);
            let press = gatehouse.press(&refresh, On::Private, &[]);
            told(&gatehouse, &press).await
        };
        refresh(Fault::Refused(503)).await;
        refresh(Fault::Html(200)).await;
        refresh(Fault::CutOff).await;
        refresh(Fault::Refused(404)).await;

        let scraped = scrape(&gatehouse).await;
        let on = face.key();
        for (route, status, count) in [
            ("GET /guilds/{id}/invites", "2xx", 1),
            ("GET /guilds/{id}/invites", "5xx", 1),
            ("GET /guilds/{id}/invites", "unreadable", 1),
            ("GET /guilds/{id}/invites", "unreachable", 1),
            ("GET /guilds/{id}/invites", "404", 1),
        ] {
            let series = format!(
                r#"gatehouse_platform_calls_total{{platform="{on}",route="{route}",status="{status}"}}"#
            );
            assert_eq!(scraped.count(&series), count, "{series}");
        }
        let timed = format!(
            r#"gatehouse_platform_call_seconds_count{{platform="{on}",route="GET /guilds/{{id}}/invites"}}"#
        );
        assert_eq!(scraped.count(&timed), 5);
        let of_guild = format!(
            r#"gatehouse_platform_calls_total{{platform="{on}",route="GET /guilds/{{id}}",status="2xx"}}"#
        );
        // Fluxer's list tells of its guild.
        let is_asked_for = face == PlatformName::Discord;
        assert_eq!(scraped.count(&of_guild) >= 1, is_asked_for, "{face}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_never_answers_is_a_timeout() {
    for face in PlatformName::ALL {
        let gatehouse = Setup::new().face(face).start().await;
        gatehouse.platform().fault(Route::Invites, Fault::Hang);
        let list = gatehouse.command("list", &[]);
        gatehouse.send(&list).await;
        gatehouse.edit(&list).await;
        let series = format!(
            r#"gatehouse_platform_calls_total{{platform="{}",route="GET /guilds/{{id}}/invites",status="timeout"}}"#,
            face.key()
        );
        let scraped = scrape(&gatehouse).await;
        // Discord's client gives up an attempt by itself, and is not asked to try again.
        assert_eq!(scraped.count(&series), 1, "{series}");
    }
}

#[tokio::test]
async fn lists_are_counted_by_where_they_came_from() {
    let gatehouse = Gatehouse::start().await;
    let slow = Fault::Slow(Duration::from_millis(300));
    gatehouse.platform().fault_times(Route::Invites, 1, slow);
    let both = [
        gatehouse.command("list", &[]),
        gatehouse.command("list", &[]),
    ];
    all(both.iter().map(|list| told(&gatehouse, list))).await;
    told(&gatehouse, &gatehouse.command("list", &[])).await;
    let scraped = scrape(&gatehouse).await;
    for from in ["miss", "shared", "hit"] {
        let series = format!(r#"gatehouse_lists_total{{from="{from}"}}"#);
        assert_eq!(scraped.count(&series), 1, "{from}");
    }
}

const DELIVERED: &str = r#"gatehouse_deferrals_total{platform="discord",event="delivered"}"#;
const LOST: &str = r#"gatehouse_deferrals_total{platform="discord",event="lost"}"#;

#[tokio::test]
async fn promises_are_counted_until_they_are_kept_or_broken() {
    let gatehouse = Gatehouse::start().await;
    let export = gatehouse.command("export", &[]);
    assert_eq!(gatehouse.send(&export).await.kind, Reply::DEFERRED_MESSAGE);
    gatehouse.edit(&export).await;
    let scraped = scrape_until(&gatehouse, DELIVERED, 1).await;
    let begun = r#"gatehouse_deferrals_total{platform="discord",event="begun"}"#;
    assert_eq!(scraped.count(begun), 1);
    assert_eq!(scraped.count(LOST), 0);
    let edits = r#"gatehouse_edit_seconds_count{platform="discord"}"#;
    assert_eq!(scraped.count(edits), 1);
    let edit = r#"gatehouse_platform_calls_total{platform="discord",route="PATCH /webhooks/{id}/{token}/messages/@original",status="2xx"}"#;
    assert_eq!(scraped.count(edit), 1);
    scrape_until(&gatehouse, DELIVERED, 1).await;

    gatehouse.platform().fault(Route::Edit, Fault::Refused(404));
    gatehouse.send(&gatehouse.command("export", &[])).await;
    let scraped = scrape_until(&gatehouse, LOST, 1).await;
    assert_eq!(scraped.count(begun), 2);
    assert_eq!(scraped.count(DELIVERED), 1);
    assert_eq!(scraped.count(edits), 1);
}

#[tokio::test]
async fn the_state_of_the_circuit_is_told_as_it_is_now() {
    let gatehouse = Setup::new().face(PlatformName::Fluxer).start().await;
    let state = |word| format!(r#"gatehouse_circuit_state{{platform="fluxer",state="{word}"}}"#);
    let resting = r#"gatehouse_circuit_resting_guilds{platform="fluxer"}"#;
    let scraped = scrape(&gatehouse).await;
    assert_eq!(scraped.count(&state("closed")), 1);
    assert_eq!(scraped.count(resting), 0);

    gatehouse
        .platform()
        .fault(Route::Invites, Fault::Refused(500));
    for _ in 0..gatehouse::platform::FAILURES_TO_OPEN {
        told(&gatehouse, &gatehouse.command("list", &[])).await;
    }
    let scraped = scrape(&gatehouse).await;
    assert_eq!(
        scraped.count(&state("closed")),
        1,
        "one guild's trouble is no other's"
    );
    assert_eq!(scraped.count(resting), 1);

    let other = Community::of(1_510_000_000_000_777_000, "Other");
    let id = other.id;
    gatehouse.platform().add_guild(other);
    gatehouse
        .platform()
        .fault(Route::Invites, Fault::Refused(401));
    let list = gatehouse.command("list", &[]).in_guild(id);
    told(&gatehouse, &list).await;
    let scraped = scrape(&gatehouse).await;
    assert_eq!(scraped.count(&state("token_refused")), 1);
    assert_eq!(scraped.count(&state("closed")), 0);
    let discord = r#"gatehouse_circuit_state{platform="discord",state="closed"}"#;
    assert_eq!(scraped.count(discord), 1);
}

#[tokio::test]
async fn nothing_told_is_anybodys() {
    let gatehouse = Gatehouse::start().await;
    let sample = Community::sample(Timestamp::now());
    let code = sample.invites[0].code.clone();
    gatehouse.send(&gatehouse.command("list", &[])).await;
    let show = gatehouse.command("show", &[("code", json!(code))]);
    gatehouse.send(&show).await;
    gatehouse
        .send(&gatehouse.command("who", &[("code", json!(code))]))
        .await;
    gatehouse.platform().fault(Route::Edit, Fault::Refused(404));
    gatehouse.send(&gatehouse.command("export", &[])).await;
    let scraped = scrape_until(&gatehouse, LOST, 1).await;

    let mut theirs: HashSet<String> = [DISCORD_TOKEN, FLUXER_TOKEN, "Paper Kite"]
        .map(str::to_owned)
        .into();
    for invite in sample.invites {
        theirs.insert(invite.code);
        if let SampleInviter::Known(user) = invite.inviter {
            theirs.insert(user.id.to_string());
            // Shorter names are parts of words.
            theirs.extend(Some(user.username).filter(|name| name.len() > 5));
        }
    }
    theirs.insert(sample.id.to_string());
    for label in scraped.labels() {
        let digits = label.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 4, "{label}");
        let found = theirs.iter().find(|secret| label.contains(secret.as_str()));
        assert_eq!(found, None, "{label}");
    }
}

#[tokio::test]
async fn no_traffic_adds_a_series() {
    let gatehouse = Gatehouse::start().await;
    let before = scrape(&gatehouse).await.series();
    for face in ["list", "help", "stats", "no-such-command"] {
        gatehouse.send(&gatehouse.command(face, &[])).await;
    }
    gatehouse.platform().fault(Route::Any, Fault::Refused(418));
    gatehouse.send(&gatehouse.command("list", &[])).await;
    gatehouse.post_signed("{}").await;
    gatehouse.post_signed("nothing").await;
    assert_eq!(scrape(&gatehouse).await.series(), before);
}

#[tokio::test]
async fn a_caller_who_hangs_up_stops_nothing_and_what_he_asked_for_is_counted() {
    let gatehouse = Gatehouse::start().await;
    let slow = Fault::Slow(Duration::from_millis(300));
    gatehouse.platform().fault(Route::Pause, slow);
    let pause = gatehouse.command("pause", &[]).body();
    let mut wire = Wire::connect(gatehouse.address).await;
    let headers = gatehouse.signed(&pause);
    wire.send(head(&gatehouse.path(), &headers, pause.len()))
        .await;
    wire.send(&pause).await;
    while gatehouse.platform().count(Route::Pause) == 0 {
        tokio::task::yield_now().await;
    }
    drop(wire);

    let ended =
        r#"gatehouse_interactions_total{platform="discord",kind="command",outcome="answered"}"#;
    scrape_until(&gatehouse, ended, 1).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_request_is_counted_by_what_is_wrong_with_it() {
    let gatehouse = Gatehouse::start().await;
    let large = format!("GET / HTTP/1.1\r\nlarge: {}\r\n\r\n", "x".repeat(100_000));
    for (sent, reason) in [
        ("GET / HTTP/1.1\r\n", "headers_too_slow"),
        (&large, "headers_too_large"),
        ("\u{16}\u{3}\u{1}\r\n\r\n", "malformed"),
    ] {
        let mut wire = Wire::connect(gatehouse.address).await;
        wire.send(sent).await;
        while wire.answer().await.is_some() {}
        let series = format!(r#"gatehouse_rejected_requests_total{{reason="{reason}"}}"#);
        scrape_until(&gatehouse, &series, 1).await;
    }
    // Whoever is only kept waiting for does nothing wrong.
    let mut wire = Wire::connect(gatehouse.address).await;
    wire.send("GET /healthz HTTP/1.1\r\nhost: gatehouse\r\n\r\n")
        .await;
    assert!(wire.answer().await.is_some());
    assert_eq!(wire.answer().await, None);
    let scraped = scrape(&gatehouse).await;
    assert_eq!(scraped.sum("gatehouse_rejected_requests_total"), 3);
}
