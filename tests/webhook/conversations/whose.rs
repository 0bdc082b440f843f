//! “Whose invite is this?”, asked of a message.

use gatehouse::{
    register,
    sandbox::platform::{Community, DISCORD_TOKEN, Route, SampleInvite, SamplePlatform},
};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{NOW, at_now, codes, on};
use crate::support::{Gatehouse, MEMBER, Message, Setup};

const NAME: &str = "Whose invite is this?";
const CODE: &str = "aBcD12xY";
const OTHER: &str = "eFgH34zW";

fn community() -> Community {
    let made = NOW - SignedDuration::from_mins(10);
    let invites = [CODE, OTHER].map(|code| SampleInvite::new(code, made));
    Community::of(7, "Lantern Harbour").with_invites(invites.to_vec())
}

/// A message as the platform hands it over with a command on it.
fn message(content: &str, embeds: &Value) -> Value {
    json!({
        "id": "1540329626927104099",
        "channel_id": "1103730313265152200",
        "type": 0,
        "content": content,
        "author": {"id": "865346990899200012", "username": "alex_p", "discriminator": "0"},
        "attachments": [],
        "embeds": embeds,
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": false,
        "pinned": false,
        "tts": false,
        "timestamp": "2026-08-21T11:59:00.000000+00:00",
        "edited_timestamp": null,
        "flags": 0,
        "components": [],
    })
}

async fn whose(gatehouse: &Gatehouse, content: &str) -> Message {
    let target = message(content, &json!([]));
    gatehouse
        .told_privately(&gatehouse.on_message(NAME, &target))
        .await
}

#[tokio::test]
async fn ours_is_shown_in_private_with_all_that_can_be_done() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for content in [
            format!("come to https://discord.gg/{CODE} now"),
            format!("<https://discord.com/invite/{CODE}>"),
            format!("(discord.gg/{CODE}), **join**!"),
            format!("https://fluxer.gg/{CODE}."),
            format!("HTTPS://WWW.DISCORD.GG/{CODE}?event=1"),
        ] {
            let card = whose(&gatehouse, &content).await;
            assert_eq!(card.title(), format!("Invite `{CODE}`"), "{content}");
            assert_eq!(
                card.rows(),
                [[
                    "Back to list",
                    "Refresh",
                    "Who joined",
                    "Rotate…",
                    "Revoke…"
                ]]
            );
        }
        let card = whose(&gatehouse, &format!("discord.gg/{CODE}")).await;
        let form = gatehouse.opens(&card, "Revoke…").await;
        gatehouse.sends(&form, &[("reason", "spam")], &card).await;
        assert_eq!(gatehouse.platform().revoked(7), [CODE]);
    }
}

#[tokio::test]
async fn what_leads_elsewhere_is_said_to_and_nobody_else_is_asked() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        let told = whose(&gatehouse, "https://discord.gg/zzYYxx99").await;
        assert_eq!(told.title(), "Not one of ours");
        assert!(told.description().contains("`zzYYxx99`"));
        assert!(told.description().contains("Lantern Harbour"));
        let told = whose(&gatehouse, "discord.gg/zzYYxx99 discord.gg/zzYYxx98").await;
        assert_eq!(told.title(), "None of them is ours");
        let list = gatehouse.click(&told, "Back to list").await;
        assert_eq!(codes(&list).len(), 2);
        let requests = gatehouse.platform().requests();
        assert!(requests.iter().all(|one| !one.path.contains("zzYYxx")));
    }
}

#[tokio::test]
async fn of_several_the_first_of_ours_is_shown_and_the_others_are_named() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let content = format!("discord.gg/zzYYxx99 discord.gg/{OTHER} discord.gg/{CODE}");
    let card = whose(&gatehouse, &content).await;
    assert_eq!(card.title(), format!("Invite `{OTHER}`"));
    let expected =
        format!("The message also holds 1 more of ours: {CODE} and 1 that leads elsewhere.");
    assert!(card.description().contains(&expected), "{}", card.text());
}

#[tokio::test]
async fn a_message_without_links_is_said_to_have_none() {
    for platform in PlatformName::ALL {
        let gatehouse = on(platform, community()).await;
        for content in [
            "",
            "hello",
            CODE,
            "https://evil.example/discord.gg/aBcD12xY",
        ] {
            let told = whose(&gatehouse, content).await;
            assert_eq!(told.title(), "There is no invite link in this message");
        }
    }
}

#[tokio::test]
async fn links_in_embeds_count_too() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let link = format!("https://discord.gg/{CODE}");
    for embed in [
        json!({"type": "link", "url": link}),
        json!({"type": "rich", "title": format!("Join {link}")}),
        json!({"type": "rich", "description": format!("[here]({link})")}),
    ] {
        let target = message("look", &json!([{"type": "image"}, embed]));
        let card = gatehouse
            .told_privately(&gatehouse.on_message(NAME, &target))
            .await;
        assert_eq!(card.title(), format!("Invite `{CODE}`"), "{embed}");
    }
}

#[tokio::test]
async fn a_link_of_the_linked_fluxer_community_is_ours() {
    let setup = Setup::new().link("discord:7", "fluxer:7");
    let gatehouse = at_now(setup.community(community())).await;
    let link = gatehouse.show(CODE).await.field("Link").to_owned();
    assert!(!link.contains("discord"), "{link}");
    let card = whose(&gatehouse, &format!("join {link}!")).await;
    assert_eq!(card.title(), format!("Invite `{CODE}`"));
    assert_eq!(card.field("Link"), link);
}

#[tokio::test]
async fn whom_the_server_lets_use_it_may_read_but_not_act() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let target = message(&format!("discord.gg/{CODE}"), &json!([]));
    let asked = gatehouse.on_message(NAME, &target).by(MEMBER);
    let card = gatehouse.told_privately(&asked).await;
    let revoke = gatehouse
        .press_label(&card, "Revoke…", crate::support::On::Private)
        .by(MEMBER);
    let told = gatehouse.told_privately(&revoke).await;
    assert_eq!(told.title(), "This takes a moderator");
}

#[tokio::test]
async fn another_command_on_a_message_and_a_message_that_is_missing_are_told() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let target = message("hello", &json!([]));
    let told = gatehouse
        .told_privately(&gatehouse.on_message("Report message", &target))
        .await;
    assert_eq!(told.title(), "I do not know this command");
    let missing = gatehouse
        .on_message(NAME, &target)
        .set("/data/target_id", json!("1"));
    let told = gatehouse.told_privately(&missing).await;
    assert_eq!(told.title(), "I could not read that");
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn both_commands_are_registered_the_second_for_messages() {
    let platform = SamplePlatform::start(community()).await.unwrap();
    let token = DISCORD_TOKEN.into();
    let api = platform.discord_api();
    let changes = register::register(&api, &token, None, false, &mut std::io::sink()).await;
    let on_a_message = format!("“{NAME}” on a message");
    assert_eq!(changes.unwrap().added, ["/invites", &on_a_message]);
    let requests = platform.requests();
    let sent = requests
        .iter()
        .filter(|one| one.is(Route::Commands) && one.method != "GET");
    let sent: Vec<Value> = sent
        .map(|one| serde_json::from_slice(&one.body).unwrap())
        .collect();
    for command in &sent {
        crate::discord_rules::assert_command(command);
    }
    let kinds: Vec<_> = sent
        .iter()
        .map(|one| (&one["name"], &one["type"]))
        .collect();
    assert_eq!(
        kinds,
        [(&json!("invites"), &json!(1)), (&json!(NAME), &json!(3))]
    );
    assert!(
        sent.iter()
            .all(|one| one["default_member_permissions"] == "32")
    );
    let mut said = Vec::new();
    let again = register::register(&api, &token, None, false, &mut said).await;
    let said = String::from_utf8(said).unwrap();
    assert!(again.unwrap().is_empty(), "{said}");
}
