//! `/invites pause` and `/invites resume`: whether anybody can join by invite at all.

use gatehouse::sandbox::platform::{Community, Fault, Route, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BY, NOW, on};
use crate::support::{Gatehouse, Message, On};

const CODE: &str = "aBcD12xY";
const PAUSED: &str = "Joining by invite is paused.";

fn community() -> Community {
    let invite = SampleInvite::new(CODE, NOW - SignedDuration::from_mins(10));
    Community::of(7, "Lantern Harbour").with_invites(vec![invite])
}

async fn pause(gatehouse: &Gatehouse, options: &[(&str, Value)]) -> Message {
    let command = gatehouse.command("pause", options);
    gatehouse.told_privately(&command).await
}

async fn resume(gatehouse: &Gatehouse, options: &[(&str, Value)]) -> Message {
    let command = gatehouse.command("resume", options);
    gatehouse.told_privately(&command).await
}

fn now_there(gatehouse: &Gatehouse) -> Community {
    gatehouse.platform().community(7).unwrap()
}

fn is_paused(gatehouse: &Gatehouse) -> bool {
    let there = now_there(gatehouse);
    there.is_paused() || there.pause_end().is_some()
}

/// The bodies of the requests that pause or resume.
fn sent(gatehouse: &Gatehouse) -> Vec<Value> {
    let requests = gatehouse.platform().requests();
    let sent = requests.iter().filter(|request| request.is(Route::Pause));
    sent.map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect()
}

#[tokio::test]
async fn fluxer_pauses_until_somebody_resumes() {
    let gatehouse = on(PlatformName::Fluxer, community()).await;
    let told = pause(&gatehouse, &[("reason", json!("raid"))]).await;
    assert_eq!(told.title(), "Joining is paused");
    assert!(told.description().contains("until somebody resumes it"));
    assert!(told.description().contains("raid"));
    assert_eq!(told.rows(), [["Resume joining…", "Back to list"]]);
    assert_eq!(gatehouse.changes(), ["PATCH /v1/guilds/7/invites-disabled"]);
    assert_eq!(sent(&gatehouse), [json!({"disabled": true})]);
    assert_eq!(gatehouse.reasons(), [format!("raid{BY}")]);
    assert!(now_there(&gatehouse).is_paused());

    let form = gatehouse.opens(&told, "Resume joining…").await;
    assert_eq!(form.title(), "Resume joining?");
    let told = gatehouse.sends(&form, &[("reason", "over")], &told).await;
    assert_eq!(told.title(), "Joining goes on");
    assert_eq!(sent(&gatehouse)[1], json!({"disabled": false}));
    assert!(!is_paused(&gatehouse));
    assert_eq!(gatehouse.reasons()[1], format!("over{BY}"));
}

#[tokio::test]
async fn fluxer_takes_no_end_and_the_moderator_learns_why() {
    let gatehouse = on(PlatformName::Fluxer, community()).await;
    let told = pause(&gatehouse, &[("for", json!("1h"))]).await;
    assert_eq!(told.title(), "Fluxer cannot pause joining for a time");
    let text = told.description();
    assert!(
        text.contains("restarted") && text.contains("`/invites resume`"),
        "{text}"
    );
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn discord_pauses_for_a_day_at_most() {
    for (given, lasts) in [
        (None, SignedDuration::from_mins(24 * 60 - 1)),
        (Some("24h"), SignedDuration::from_mins(24 * 60 - 1)),
        (Some("1d"), SignedDuration::from_mins(24 * 60 - 1)),
        (Some("30m"), SignedDuration::from_mins(30)),
        (Some("23h"), SignedDuration::from_hours(23)),
    ] {
        let gatehouse = on(PlatformName::Discord, community()).await;
        let given: Vec<_> = given.iter().map(|given| ("for", json!(given))).collect();
        let told = pause(&gatehouse, &given).await;
        assert_eq!(told.title(), "Joining is paused", "{}", told.text());
        let end = NOW + lasts;
        let shown = format!("<t:{}:R>", end.as_second());
        assert!(told.description().contains(&shown), "{}", told.text());
        assert_eq!(now_there(&gatehouse).pause_end(), Some(end));
        assert!(!now_there(&gatehouse).is_paused());
        assert_eq!(
            gatehouse.changes(),
            ["PUT /api/v10/guilds/7/incident-actions"]
        );
        assert_eq!(gatehouse.reasons(), [format!("no reason given{BY}")]);
    }
    let gatehouse = on(PlatformName::Discord, community()).await;
    for given in ["25h", "1441m", "2d"] {
        let told = pause(&gatehouse, &[("for", json!(given))]).await;
        assert_eq!(told.title(), "Discord pauses joining for 24 hours at most");
    }
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn a_length_that_is_none_gets_an_example() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for given in ["a while", "0h", "never"] {
            let told = pause(&gatehouse, &[("for", json!(given))]).await;
            assert!(told.text().contains("`for:12h`"), "{}", told.text());
        }
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn lists_and_cards_say_so_at_once_and_offer_the_way_back() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        // What was read a moment ago is not good enough any more.
        let list = gatehouse.list(&[]).await;
        assert!(!list.description().contains(PAUSED));
        let form = gatehouse.opens(&list, "Pause joining…").await;
        assert_eq!(form.title(), "Pause joining?");
        gatehouse.assert_nothing_was_changed();
        let told = gatehouse.sends(&form, &[("reason", "raid")], &list).await;
        assert_eq!(told.title(), "Joining is paused");

        let list = gatehouse.click(&told, "Back to list").await;
        assert!(list.description().contains(PAUSED), "{}", list.text());
        assert!(!list.has_button("Pause joining…"));
        let card = gatehouse.show(CODE).await;
        assert!(card.description().contains(PAUSED), "{}", card.text());
        let review = gatehouse.ask(&gatehouse.command("review", &[])).await;
        assert!(review.description().contains(PAUSED), "{}", review.text());

        let form = gatehouse.opens(&list, "Resume joining…").await;
        let told = gatehouse.sends(&form, &[], &list).await;
        assert_eq!(told.title(), "Joining goes on");
        let list = gatehouse.click(&told, "Back to list").await;
        assert!(!list.description().contains(PAUSED), "{}", list.text());
        assert!(list.has_button("Pause joining…"));
        assert!(!gatehouse.show(CODE).await.description().contains(PAUSED));
        assert!(!is_paused(&gatehouse));
    }
}

#[tokio::test]
async fn a_filtered_list_comes_back_as_it_was() {
    let gatehouse = on(PlatformName::Fluxer, super::sample()).await;
    let options = [
        ("state", json!("used")),
        ("sort", json!("oldest")),
        ("page", json!(2)),
    ];
    let list = gatehouse.list(&options).await;
    let rows = list.rows();
    assert_eq!(
        rows[4],
        [
            "Refresh",
            "Export",
            "Show all invites",
            "Clean these…",
            "Pause joining…"
        ]
    );
    let form = gatehouse.opens(&list, "Pause joining…").await;
    let told = gatehouse.sends(&form, &[], &list).await;
    let back = gatehouse.click(&told, "Back to list").await;
    assert!(back.footer().starts_with("Page 2"), "{}", back.text());
    assert_eq!(super::codes(&back), super::codes(&list));
}

#[tokio::test]
async fn resuming_ends_both_ways_in_which_discord_can_be_paused() {
    for community in [
        community().paused(),
        community().paused_until(NOW + SignedDuration::from_hours(3)),
        community()
            .paused()
            .paused_until(NOW + SignedDuration::from_hours(3)),
    ] {
        let gatehouse = on(PlatformName::Discord, community).await;
        assert!(gatehouse.list(&[]).await.description().contains(PAUSED));
        let told = resume(&gatehouse, &[("reason", json!("over"))]).await;
        assert_eq!(told.title(), "Joining goes on", "{}", told.text());
        assert!(!is_paused(&gatehouse), "{:?}", sent(&gatehouse));
        let reasons = gatehouse.reasons();
        assert!(!reasons.is_empty());
        assert!(reasons.iter().all(|reason| *reason == format!("over{BY}")));
        assert!(!gatehouse.list(&[]).await.description().contains(PAUSED));
    }
}

#[tokio::test]
async fn resuming_leaves_every_other_feature_of_a_server_as_it_is() {
    let gatehouse = on(PlatformName::Discord, community().paused()).await;
    resume(&gatehouse, &[]).await;
    let sent = sent(&gatehouse);
    assert_eq!(sent[1], json!({"features": ["COMMUNITY", "NEWS"]}));
    assert_eq!(
        gatehouse.changes(),
        [
            "PUT /api/v10/guilds/7/incident-actions",
            "PATCH /api/v10/guilds/7"
        ]
    );
}

#[tokio::test]
async fn what_is_not_paused_is_not_resumed() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let told = resume(&gatehouse, &[]).await;
        assert_eq!(told.title(), "Joining is not paused");
        gatehouse.assert_nothing_was_changed();
    }
}

#[tokio::test]
async fn a_pause_that_ran_out_is_none() {
    let over = community().paused_until(NOW - SignedDuration::from_secs(1));
    let gatehouse = on(PlatformName::Discord, over).await;
    assert!(!gatehouse.list(&[]).await.description().contains(PAUSED));
    let told = resume(&gatehouse, &[]).await;
    assert_eq!(told.title(), "Joining is not paused");
}

#[tokio::test]
async fn pausing_again_is_no_error() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        pause(&gatehouse, &[]).await;
        let told = pause(&gatehouse, &[]).await;
        assert_eq!(told.title(), "Joining is paused", "{}", told.text());
        assert!(is_paused(&gatehouse));
    }
}

#[tokio::test]
async fn from_a_shared_list_it_is_told_to_the_moderator_alone() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let command = gatehouse.command("list", &[("share", json!(true))]);
        let list = gatehouse.told_everyone(&command).await;
        let press = gatehouse.press_label(&list, "Pause joining…", On::Shared);
        let form = gatehouse.form_of(&press).await;
        let filled = gatehouse.filled(&form, &[]).on_reply(&list, On::Shared);
        let told = gatehouse.told_privately(&filled).await;
        assert_eq!(told.title(), "Joining is paused");
        let refresh = gatehouse.press_label(&list, "Refresh", On::Shared);
        let list = gatehouse.replaced_by(&refresh).await;
        assert!(list.description().contains(PAUSED), "{}", list.text());
    }
}

#[tokio::test]
async fn a_failure_is_told_and_can_be_tried_again() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        gatehouse
            .platform()
            .fault(Route::Pause, Fault::Refused(500));
        let list = gatehouse.list(&[]).await;
        let form = gatehouse.opens(&list, "Pause joining…").await;
        let told = gatehouse.sends(&form, &[("reason", "raid")], &list).await;
        assert_eq!(told.title(), format!("{platform} has a problem of its own"));
        assert!(!is_paused(&gatehouse));
        gatehouse.platform().clear_faults();
        let form = gatehouse.opens(&told, "Try again").await;
        let told = gatehouse.sends(&form, &[("reason", "raid")], &told).await;
        assert_eq!(told.title(), "Joining is paused");
        assert!(is_paused(&gatehouse));
    }
}

#[tokio::test]
async fn a_bot_that_may_not_pause_is_told_which_right_it_lacks() {
    for (platform, name) in [
        (PlatformName::Discord, "**Manage Server**"),
        (PlatformName::Fluxer, "**Manage Community**"),
    ] {
        let gatehouse = on(platform, community().without_permission()).await;
        let told = pause(&gatehouse, &[]).await;
        assert_eq!(told.title(), "The bot may not change invites");
        assert!(told.description().contains(name), "{}", told.text());
        assert!(!is_paused(&gatehouse));
    }
}
