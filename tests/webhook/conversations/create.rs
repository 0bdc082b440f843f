//! `/invites create`: a new invite into a channel.

use gatehouse::sandbox::platform::{Community, Fault, Route, SampleChannel, SampleInvite};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BY, NOW, codes, on, read};
use crate::support::{Gatehouse, Message, Reply, all};

const GENERAL: u64 = 1_510_000_000_000_000_101;
const HARBOUR: u64 = 1_510_000_000_000_000_901;

/// One invite into `general`; `night-harbour` and `harbour` have none yet.
fn community() -> Community {
    let invite = SampleInvite::new("aBcD12xY", NOW - SignedDuration::from_mins(10));
    let mut community = Community::of(7, "Lantern Harbour").with_invites(vec![invite]);
    community.channels.extend([
        SampleChannel::text(HARBOUR, "night-harbour"),
        SampleChannel::voice(HARBOUR + 1, "Harbour Bar"),
        SampleChannel::text(HARBOUR + 2, "harbour"),
    ]);
    community
}

async fn create(gatehouse: &Gatehouse, options: &[(&str, Value)]) -> Message {
    let command = gatehouse.command("create", options);
    gatehouse.told_privately(&command).await
}

/// The body of the latest request for a new invite.
fn wished(gatehouse: &Gatehouse) -> Value {
    let requests = gatehouse.platform().requests();
    let mut made = requests.iter().filter(|request| request.is(Route::Create));
    serde_json::from_slice(&made.next_back().unwrap().body).unwrap()
}

/// The codes that the platform made.
fn made(gatehouse: &Gatehouse) -> Vec<String> {
    let community = gatehouse.platform().community(7).unwrap();
    let codes = community.invites.into_iter().map(|invite| invite.code);
    codes.filter(|code| code != "aBcD12xY").collect()
}

fn path(channel: u64, platform: PlatformName) -> String {
    let version = match platform {
        PlatformName::Discord => "/api/v10",
        PlatformName::Fluxer => "/v1",
    };
    format!("POST {version}/channels/{channel}/invites")
}

#[tokio::test]
async fn what_is_left_out_is_a_week_without_limit_of_uses() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let card = create(&gatehouse, &[("channel", json!("harbour"))]).await;
        assert_eq!(gatehouse.changes(), [path(HARBOUR + 2, platform)]);
        assert_eq!(
            wished(&gatehouse),
            json!({"max_age": 604_800, "max_uses": 0, "temporary": false, "unique": true})
        );
        let code = made(&gatehouse).concat();
        assert_eq!(card.title(), format!("Made invite `{code}`"));
        assert!(card.field("Link").ends_with(&format!("/{code}")));
        assert_eq!(read(card.field("Leads into")), "Lantern Harbour");
        assert_eq!(read(card.field("Channel")), "#harbour");
        assert_eq!(card.field("Lifetime"), "7 days from its making");
        assert_eq!(gatehouse.reasons(), [format!("no reason given{BY}")]);
        let list = gatehouse.click(&card, "Back to list").await;
        assert_eq!(codes(&list), [&*code, "aBcD12xY"]);
    }
}

#[tokio::test]
async fn a_channel_is_taken_by_name_mention_link_and_number() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    for (given, channel) in [
        ("general", GENERAL),
        ("#general", GENERAL),
        ("NIGHT", HARBOUR),
        ("#night-harbour", HARBOUR),
        ("Harbour Bar", HARBOUR + 1),
        ("#harbour", HARBOUR + 2),
        ("<#1510000000000000901>", HARBOUR),
        ("1510000000000000901", HARBOUR),
    ] {
        create(&gatehouse, &[("channel", json!(given))]).await;
        let last = gatehouse.changes().pop();
        assert_eq!(last, Some(path(channel, PlatformName::Discord)), "{given}");
    }
}

#[tokio::test]
async fn channels_without_an_invite_are_suggested_too() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let typing = |typed: &str| gatehouse.autocomplete("create", &[("channel", json!(typed))]);
        let reply = gatehouse.send(&typing("HARB")).await;
        assert_eq!(reply.kind, Reply::SUGGESTIONS);
        let suggestions = reply.message.suggestions();
        let labels: Vec<_> = suggestions.iter().map(|one| read(&one.label)).collect();
        assert_eq!(labels, ["#night-harbour", "#Harbour Bar", "#harbour"]);
        assert_eq!(suggestions[0].value, HARBOUR.to_string());
        let all = gatehouse.send(&typing("#")).await.message.suggestions();
        assert_eq!(all.len(), 4);
        assert_eq!(gatehouse.platform().count(Route::Channels), 1);
        assert_eq!(gatehouse.platform().count(Route::Invites), 0);
    }
}

#[tokio::test]
async fn every_option_is_sent_as_it_was_given() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for (options, expected) in [
            (
                vec![("expires", json!("30m")), ("uses", json!(1))],
                json!({"max_age": 1_800, "max_uses": 1, "temporary": false, "unique": true}),
            ),
            (
                vec![("expires", json!("7d")), ("uses", json!(100))],
                json!({"max_age": 604_800, "max_uses": 100, "temporary": false, "unique": true}),
            ),
            (
                vec![("expires", json!("Never")), ("temporary", json!(true))],
                json!({"max_age": 0, "max_uses": 0, "temporary": true, "unique": true}),
            ),
            (
                vec![("reason", json!("for the fair"))],
                json!({"max_age": 604_800, "max_uses": 0, "temporary": false, "unique": true}),
            ),
        ] {
            let options = [vec![("channel", json!("#general"))], options].concat();
            let card = create(&gatehouse, &options).await;
            assert!(card.title().starts_with("Made invite"), "{}", card.text());
            assert_eq!(wished(&gatehouse), expected);
        }
        assert_eq!(gatehouse.reasons()[3], format!("for the fair{BY}"));
        assert_eq!(made(&gatehouse).len(), 4);
    }
}

#[tokio::test]
async fn what_no_platform_takes_is_refused_before_it_is_asked() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for (option, value, parts) in [
            ("expires", json!("8d"), ["7 days", "`expires:never`"]),
            ("expires", json!("10081m"), ["7 days", "`expires:never`"]),
            ("expires", json!("soonish"), ["expires", "`expires:7d`"]),
            ("expires", json!("0d"), ["expires", "`expires:7d`"]),
            ("uses", json!(101), ["from 1 to 100", "`uses:10`"]),
            ("uses", json!(0), ["from 1 to 100", "`uses:10`"]),
        ] {
            let told = create(
                &gatehouse,
                &[("channel", json!("general")), (option, value)],
            )
            .await;
            for part in parts {
                assert!(told.text().contains(part), "{part}: {}", told.text());
            }
        }
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn a_channel_that_is_not_there_is_told_with_a_way_on() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for given in ["lighthouse", "1510000000000000999", "<#42>"] {
            let told = create(&gatehouse, &[("channel", json!(given))]).await;
            assert_eq!(told.title(), "There is no such channel", "{given}");
            assert!(told.description().contains("pick a suggestion"));
        }
        let told = create(&gatehouse, &[("channel", json!("arbour"))]).await;
        assert_eq!(told.title(), "Which one do you mean?", "{}", told.text());
        gatehouse.assert_nothing_was_changed();
    }
}

#[tokio::test]
async fn a_channel_of_another_guild_is_none_of_this_one() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let mut elsewhere = Community::of(8, "Elsewhere");
        elsewhere.channels = vec![SampleChannel::text(77, "theirs")];
        gatehouse.platform().add_guild(elsewhere);
        for given in ["77", "<#77>", "theirs"] {
            let told = create(&gatehouse, &[("channel", json!(given))]).await;
            assert_eq!(told.title(), "There is no such channel", "{given}");
        }
        gatehouse.assert_nothing_was_changed();
    }
}

#[tokio::test]
async fn a_channel_that_went_away_in_that_moment_is_told() {
    for (platform, unknown) in [
        (
            PlatformName::Discord,
            Fault::discord(404, 10_003, "Unknown Channel"),
        ),
        (
            PlatformName::Fluxer,
            Fault::fluxer(404, "UNKNOWN_CHANNEL", "Channel wasn't found."),
        ),
    ] {
        let gatehouse = on(platform, community()).await;
        gatehouse.platform().fault(Route::Create, unknown);
        let told = create(&gatehouse, &[("channel", json!("general"))]).await;
        assert_eq!(
            told.title(),
            format!("{platform} does not show the bot this channel")
        );
        assert!(made(&gatehouse).is_empty());
    }
}

#[tokio::test]
async fn a_full_community_is_told_how_to_make_room() {
    for platform in PlatformName::ALL {
        let mut full = community();
        full.max_invites = 1;
        let gatehouse = on(platform, full).await;
        let told = create(&gatehouse, &[("channel", json!("general"))]).await;
        assert_eq!(
            told.title(),
            format!("{platform} takes no more invites here")
        );
        assert!(told.description().contains("`/invites clean`"));
        assert_eq!(gatehouse.changes().len(), 1);
    }
}

#[tokio::test]
async fn a_bot_that_may_not_make_invites_there_is_told_which_right_it_lacks() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community().without(1)).await;
        let told = create(&gatehouse, &[("channel", json!("general"))]).await;
        let text = told.text();
        assert!(text.contains("**Create Invite**"), "{text}");
        assert!(text.contains("Roles"), "{text}");
        assert!(!text.contains("see the invites"), "{text}");
        assert_eq!(gatehouse.changes().len(), 1);
    }
}

async fn made_and_not_told(platform: PlatformName, fault: Fault) {
    let gatehouse = on(platform, community()).await;
    gatehouse.platform().fault(Route::Create, fault.clone());
    let command = gatehouse.command("create", &[("channel", json!("general"))]);
    let told = gatehouse.read_in_the_end(&command).await;
    assert_eq!(
        told.title(),
        format!("{platform} did not say whether it made the invite"),
        "{fault:?}"
    );
    assert!(told.description().contains("`/invites list`"));
    assert_eq!(told.rows().len(), 0, "nothing that makes a second one");
    assert_eq!(gatehouse.changes().len(), 1, "{fault:?}");
    gatehouse.platform().clear_faults();
    let list = gatehouse.list(&[]).await;
    let made = made(&gatehouse);
    assert_eq!(codes(&list).len(), 1 + made.len());
}

#[tokio::test]
async fn after_a_lost_answer_nothing_is_sent_twice_and_the_moderator_is_told_to_look() {
    let mut lost = Vec::new();
    for platform in PlatformName::ALL {
        for fault in [
            Fault::CutOff,
            Fault::HangAfterHeaders,
            Fault::Garbage,
            Fault::Refused(502),
            Fault::Hang,
        ] {
            lost.push(made_and_not_told(platform, fault));
        }
    }
    all(lost).await;
}

#[tokio::test]
async fn a_rate_limit_is_told_and_nothing_was_made() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let limited = Fault::limited(std::time::Duration::from_secs(70));
        gatehouse.platform().fault(Route::Create, limited);
        let told = create(&gatehouse, &[("channel", json!("general"))]).await;
        assert_eq!(
            told.title(),
            format!("{platform} asks the bot to slow down")
        );
        assert_eq!(gatehouse.changes().len(), 1);
        assert!(made(&gatehouse).is_empty());
    }
}

#[tokio::test]
async fn an_invite_that_was_made_is_shown_even_if_the_list_cannot_be_read() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        gatehouse
            .platform()
            .fault(Route::Invites, Fault::Refused(500));
        let card = create(&gatehouse, &[("channel", json!("general"))]).await;
        let code = made(&gatehouse).concat();
        assert_eq!(card.title(), format!("Made invite `{code}`"));
        assert_eq!(gatehouse.changes().len(), 1);
    }
}

#[tokio::test]
async fn the_new_invite_can_be_ended_from_its_card() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let card = create(&gatehouse, &[("channel", json!("general"))]).await;
        let code = made(&gatehouse).concat();
        let form = gatehouse.opens(&card, "Revoke…").await;
        let done = gatehouse.sends(&form, &[("reason", "a slip")], &card).await;
        assert_eq!(done.title(), format!("Revoked invite `{code}`"));
        assert!(made(&gatehouse).is_empty());
    }
}
