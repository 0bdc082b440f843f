//! `/invites check`: whether everything is set up right, and what to do about what is not.

use ed25519_dalek::SigningKey;
use gatehouse::{
    register,
    sandbox::platform::{Community, DISCORD_TOKEN, Fault, Route, permission},
};
use gatehouse_commands::PlatformName;
use jiff::SignedDuration;
use serde_json::json;

use super::{at_now, codes, on, read};
use crate::support::{Gatehouse, KEY, MEMBER, Message, Setup};

fn community() -> Community {
    Community::of(7, "Lantern Harbour")
}

/// With the application's own key, and the commands as they have to be.
async fn set_up_right(gatehouse: &Gatehouse) {
    let key = SigningKey::from_bytes(&KEY).verifying_key();
    gatehouse
        .platform()
        .set_verify_key(&hex::encode(key.as_bytes()));
    let api = gatehouse.platform().discord_api();
    let token = DISCORD_TOKEN.into();
    register::register(&api, &token, None, false, &mut std::io::sink())
        .await
        .unwrap();
}

async fn right(platform: PlatformName, community: Community) -> Gatehouse {
    let gatehouse = on(platform, community).await;
    set_up_right(&gatehouse).await;
    gatehouse
}

async fn check(gatehouse: &Gatehouse) -> Message {
    gatehouse
        .told_privately(&gatehouse.command("check", &[]))
        .await
}

/// What stands behind a label, with the mark in front of it.
#[track_caller]
fn finding(check: &Message, label: &str) -> String {
    let label = format!("**{label}**");
    let text = read(check.description());
    let mut lines = text.lines();
    let line = lines.find(|line| line.contains(&label));
    let line = line.unwrap_or_else(|| panic!("no {label}: {text}"));
    line.replace(&label, "").replace("  ", " ")
}

#[tokio::test]
async fn what_is_right_is_said_to_be_right() {
    for platform in PlatformName::ALL {
        let gatehouse = right(platform, community()).await;
        let check = check(&gatehouse).await;
        assert_eq!(
            check.title(),
            "Everything is set up right",
            "{}",
            check.text()
        );
        let text = check.description();
        assert!(!text.contains('❌') && !text.contains("⚠️"), "{text}");
        assert!(finding(&check, "Version").contains(env!("CARGO_PKG_VERSION")));
        for (label, said) in [
            (format!("{platform} reachable"), "Yes, in"),
            (format!("{platform} token"), "Taken; the bot is Gatehouse"),
            ("Clock".to_owned(), "Right"),
            (format!("Bot: {}", platform.manage_permission()), "Granted"),
            ("Bot: Create Invite".to_owned(), "Granted"),
            ("Invites readable".to_owned(), "Yes, 0 of 1000 possible"),
            (
                "You: in all".to_owned(),
                "You may read invites and act on them.",
            ),
        ] {
            let found = finding(&check, &label);
            assert!(found.starts_with('✅') && found.contains(said), "{found}");
        }
        if platform == PlatformName::Discord {
            assert!(finding(&check, "Discord commands").contains("current"));
            assert!(finding(&check, "Discord key").contains("the application's own"));
        }
        assert_eq!(check.rows(), [["Check again", "Back to list"]]);
        gatehouse.assert_nothing_was_changed();
        let list = gatehouse.click(&check, "Back to list").await;
        assert!(codes(&list).is_empty());
    }
}

#[tokio::test]
async fn a_linked_server_looks_at_both_platforms() {
    let setup = Setup::new().link("discord:7", "fluxer:7");
    let gatehouse = at_now(setup.community(community())).await;
    set_up_right(&gatehouse).await;
    let check = check(&gatehouse).await;
    assert_eq!(
        check.title(),
        "Everything is set up right",
        "{}",
        check.text()
    );
    assert!(finding(&check, "Community").contains("discord:7 is linked to fluxer:7"));
    for label in ["Fluxer reachable", "Discord reachable", "Discord commands"] {
        assert!(finding(&check, label).starts_with('✅'), "{}", check.text());
    }
    assert!(finding(&check, "Bot: Manage Community").contains("Granted"));
}

#[tokio::test]
async fn a_wrong_token_names_its_variable() {
    for (platform, variable) in [
        (PlatformName::Discord, "DISCORD_TOKEN"),
        (PlatformName::Fluxer, "FLUXER_TOKEN"),
    ] {
        let gatehouse = right(platform, community()).await;
        match platform {
            PlatformName::Discord => gatehouse.platform().set_discord_token("another"),
            PlatformName::Fluxer => gatehouse.platform().set_fluxer_token("another"),
        }
        let before = gatehouse.platform().requests().len();
        let check = check(&gatehouse).await;
        assert!(
            check.title().contains("to be put right"),
            "{}",
            check.text()
        );
        let found = finding(&check, &format!("{platform} token"));
        assert!(
            found.starts_with('❌') && found.contains(variable),
            "{found}"
        );
        let reached = finding(&check, &format!("{platform} reachable"));
        assert!(reached.starts_with('✅'), "{reached}");
        // Every refusal of a token counts against the host's address.
        let asked = gatehouse.platform().requests();
        let asked = asked[before..].iter();
        let with_token = asked.filter(|request| request.authorization.is_some());
        assert_eq!(with_token.count(), 1);
    }
}

#[tokio::test]
async fn a_token_that_is_missing_is_told() {
    let setup = Setup::new().discord_token(None);
    let gatehouse = at_now(setup.community(community())).await;
    let check = check(&gatehouse).await;
    let found = finding(&check, "Discord token");
    assert!(
        found.starts_with('❌') && found.contains("DISCORD_TOKEN"),
        "{found}"
    );
}

#[tokio::test]
async fn a_right_that_is_missing_is_named_with_where_to_grant_it() {
    for (platform, place) in [
        (PlatformName::Discord, "Server Settings → Roles"),
        (PlatformName::Fluxer, "Community Settings → Roles"),
    ] {
        let manage = format!("Bot: {}", platform.manage_permission());
        let gatehouse = right(platform, community().without(permission::MANAGE_GUILD)).await;
        let without_manage = check(&gatehouse).await;
        let found = finding(&without_manage, &manage);
        assert!(found.starts_with('❌') && found.contains(place), "{found}");
        assert!(finding(&without_manage, "Bot: Create Invite").starts_with('✅'));

        let gatehouse = right(platform, community().without(permission::CREATE_INVITE)).await;
        let without_create = check(&gatehouse).await;
        assert_eq!(without_create.title(), "It works, but could work better");
        let found = finding(&without_create, "Bot: Create Invite");
        assert!(found.starts_with("⚠️") && found.contains(place), "{found}");
        assert!(
            found.contains("Create Invite")
                && !found.contains(&format!("→ {}", platform.manage_permission())),
            "{found}"
        );
        assert!(finding(&without_create, &manage).starts_with('✅'));
    }
}

#[tokio::test]
async fn it_works_even_where_the_bot_may_do_nothing() {
    for platform in PlatformName::ALL {
        let gatehouse = right(platform, community().without_membership()).await;
        let command = gatehouse.command("check", &[]).bot_may(0);
        let check = gatehouse.told_privately(&command).await;
        assert!(
            check.title().contains("to be put right"),
            "{}",
            check.text()
        );
        assert!(finding(&check, "Invites readable").starts_with('❌'));
    }
}

#[tokio::test]
async fn commands_that_are_out_of_date_name_what_to_run() {
    let gatehouse = right(PlatformName::Discord, community()).await;
    let requests = gatehouse.platform().requests();
    let posted = requests
        .iter()
        .find(|one| one.is(Route::Commands) && one.method == "POST");
    let path = posted.unwrap().path.clone();
    // An older version of the bot had registered another description.
    let older = json!({
        "name": "invites",
        "type": 1,
        "description": "Lists invites",
        "options": [{"type": 1, "name": "list", "description": "Lists them"}],
    });
    let sent = crate::support::client()
        .post(format!("{}{path}", gatehouse.platform().discord_api()))
        .header("authorization", format!("Bot {DISCORD_TOKEN}"))
        .json(&older)
        .send();
    assert!(sent.await.unwrap().status().is_success());
    let outdated = check(&gatehouse).await;
    let found = finding(&outdated, "Discord commands");
    assert!(
        found.starts_with('❌') && found.contains("One is missing or out of date"),
        "{found}"
    );
    assert!(found.contains("`gatehouse register`"), "{found}");
    set_up_right(&gatehouse).await;
    let press = outdated.button("Check again").custom_id;
    let press = gatehouse.press(&press, crate::support::On::Private, &[]);
    let again = gatehouse.replaced_by(&press).await;
    assert!(finding(&again, "Discord commands").starts_with('✅'));
}

#[tokio::test]
async fn commands_that_were_never_registered_are_told() {
    let gatehouse = on(PlatformName::Discord, community()).await;
    let check = check(&gatehouse).await;
    let found = finding(&check, "Discord commands");
    assert!(
        found.starts_with('❌') && found.contains("2 are missing"),
        "{found}"
    );
}

#[tokio::test]
async fn another_key_names_the_variable() {
    let gatehouse = right(PlatformName::Discord, community()).await;
    gatehouse.platform().set_verify_key(&"5a".repeat(32));
    let check = check(&gatehouse).await;
    let found = finding(&check, "Discord key");
    assert!(
        found.starts_with('❌') && found.contains("`DISCORD_PUBLIC_KEY`"),
        "{found}"
    );
}

#[tokio::test]
async fn a_clock_that_is_off_by_hours_is_told_with_its_direction() {
    for platform in PlatformName::ALL {
        for (hours, direction) in [(3, "behind"), (-3, "ahead of")] {
            let gatehouse = right(platform, community()).await;
            let offset = super::NOW.duration_since(jiff::Timestamp::now());
            gatehouse
                .platform()
                .set_clock_offset(offset + SignedDuration::from_hours(hours));
            let check = check(&gatehouse).await;
            assert!(
                check.title().contains("to be put right"),
                "{}",
                check.text()
            );
            let found = finding(&check, "Clock");
            assert!(found.starts_with('❌') && found.contains("NTP"), "{found}");
            let said = format!("{direction} {platform}'s");
            assert!(found.contains(&said), "{found}");
            assert!(
                found.contains("3 hours") || found.contains("2 hours"),
                "{found}"
            );
        }
    }
}

#[tokio::test]
async fn a_platform_that_is_down_is_told_and_nothing_else_breaks() {
    for platform in PlatformName::ALL {
        let mut gatehouse = right(platform, community()).await;
        gatehouse.take_platform_down().await;
        let check = check(&gatehouse).await;
        let found = finding(&check, &format!("{platform} reachable"));
        assert!(found.starts_with("❌ No"), "{found}");
        let clock = finding(&check, "Clock");
        assert!(clock.starts_with('➖'), "{clock}");
        assert!(finding(&check, "You: in all").starts_with('✅'));
    }
}

#[tokio::test]
async fn a_platform_that_fails_is_told() {
    for platform in PlatformName::ALL {
        for fault in [Fault::Refused(500), Fault::Html(502), Fault::Garbage] {
            let gatehouse = right(platform, community()).await;
            gatehouse.platform().fault(Route::Any, fault.clone());
            let check = check(&gatehouse).await;
            assert!(
                check.title().contains("to be put right"),
                "{fault:?}: {}",
                check.text()
            );
        }
    }
}

#[tokio::test]
async fn a_member_learns_that_they_may_only_read() {
    let gatehouse = right(PlatformName::Discord, community()).await;
    let command = gatehouse.command("check", &[]).by(MEMBER);
    let check = gatehouse.told_privately(&command).await;
    let found = finding(&check, "You: in all");
    assert!(found.contains("but not act"), "{found}");
    let found = finding(&check, "You: Manage Server");
    assert!(found.contains("Server Settings → Roles"), "{found}");
    let found = finding(&check, "You: moderator role");
    assert!(found.contains("`GATEHOUSE_MODERATOR_ROLES`"), "{found}");
}
