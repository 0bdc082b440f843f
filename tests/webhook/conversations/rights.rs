//! Where a command may be used, by whom, and what the bot itself needs.

use gatehouse_commands::PlatformName;
use serde_json::json;

use super::{codes, over, sample};
use crate::support::{Gatehouse, Interaction, MEMBER, MODERATOR, Member, Message, On, Setup};

const MANAGE_GUILD: u64 = 1 << 5;
const ADMINISTRATOR: u64 = 1 << 3;
const VIEW_AUDIT_LOG: u64 = 1 << 7;

/// A refusal before anything was asked.
async fn refused(gatehouse: &Gatehouse, interaction: &Interaction) -> Message {
    let told = gatehouse.told_privately(interaction).await;
    gatehouse.assert_platform_not_asked();
    told
}

fn fixture(text: &str) -> Interaction {
    Interaction::of(serde_json::from_str(text).unwrap()).renewed()
}

#[tokio::test]
async fn outside_a_server_there_is_nothing_to_show() {
    let gatehouse = over(sample()).await;
    let direct = fixture(include_str!(
        "../../fixtures/discord/interactions/19_dm_bot_context.json"
    ));
    let group = fixture(include_str!(
        "../../fixtures/discord/interactions/20_group_dm_user_install.json"
    ));
    for message in [direct, group] {
        let told = refused(&gatehouse, &message).await;
        assert_eq!(told.title(), "This works only in a server");
        assert!(told.description().contains("`/invites`"));
    }
}

#[tokio::test]
async fn a_server_without_the_bot_is_told_who_can_add_it() {
    let gatehouse = over(sample()).await;
    let command = fixture(include_str!(
        "../../fixtures/discord/interactions/21_guild_user_install_only.json"
    ));
    let told = refused(&gatehouse, &command).await;
    assert_eq!(told.title(), "The bot is not a member here");
    assert!(told.description().contains("**Manage Server**"));
}

#[tokio::test]
async fn a_bot_without_the_permission_is_told_which_and_where() {
    for (face, name, place) in [
        (
            PlatformName::Discord,
            "**Manage Server**",
            "**Server Settings → Roles**",
        ),
        (
            PlatformName::Fluxer,
            "**Manage Community**",
            "**Community Settings → Roles**",
        ),
    ] {
        let gatehouse = Setup::new().face(face).start().await;
        for command in [
            gatehouse.command("list", &[]),
            gatehouse.command("show", &[("code", json!("aBcD12xY"))]),
            gatehouse.command("export", &[]),
        ] {
            let told = refused(&gatehouse, &command.bot_may(1 << 10)).await;
            assert_eq!(told.title(), "The bot may not see the invites");
            assert!(told.description().contains(name), "{}", told.text());
            assert!(told.description().contains(place), "{}", told.text());
        }
    }
}

#[tokio::test]
async fn the_audit_log_alone_is_enough_on_discord_and_not_on_fluxer() {
    for (face, is_enough) in [(PlatformName::Discord, true), (PlatformName::Fluxer, false)] {
        let gatehouse = Setup::new().face(face).start().await;
        let command = gatehouse.command("list", &[]).bot_may(VIEW_AUDIT_LOG);
        let reply = gatehouse.ask(&command).await;
        assert_eq!(!codes(&reply).is_empty(), is_enough, "{face}");
        let administrator = gatehouse.command("list", &[]).bot_may(ADMINISTRATOR);
        assert_eq!(codes(&gatehouse.ask(&administrator).await).len(), 10);
        let manager = gatehouse.command("list", &[]).bot_may(MANAGE_GUILD);
        assert_eq!(codes(&gatehouse.ask(&manager).await).len(), 10);
    }
}

#[tokio::test]
async fn a_press_needs_the_bots_permission_too() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[]).await;
    let asked = gatehouse.platform().requests().len();
    let next = list.button("Next").custom_id;
    let press = gatehouse.press(&next, On::Private, &[]).bot_may(0);
    let told = gatehouse.ask(&press).await;
    assert_eq!(told.title(), "The bot may not see the invites");
    assert_eq!(gatehouse.platform().requests().len(), asked);
}

#[tokio::test]
async fn whom_the_server_lets_use_the_command_may_read() {
    let gatehouse = over(sample()).await;
    let command = gatehouse.command("list", &[]).by(MEMBER);
    let list = gatehouse.told_privately(&command).await;
    let next = gatehouse
        .press(&list.button("Next").custom_id, On::Private, &[])
        .by(MEMBER)
        .set(
            "/message/interaction_metadata/user/id",
            json!(MEMBER.id.to_string()),
        );
    let second = gatehouse.replaced_by(&next).await;
    assert!(second.has_button("2/14"));
}

#[tokio::test]
async fn a_private_message_pressed_by_somebody_else_takes_a_moderator() {
    let gatehouse = over(sample()).await;
    let list = gatehouse.list(&[]).await;
    let asked = gatehouse.platform().requests().len();
    let next = list.button("Next").custom_id;
    let press = gatehouse.press(&next, On::Private, &[]).by(MEMBER);
    let told = gatehouse.told_privately(&press).await;
    assert_eq!(told.title(), "This takes a moderator");
    assert_eq!(gatehouse.platform().requests().len(), asked);

    let other_moderator = Member {
        id: MEMBER.id,
        ..MODERATOR
    };
    let press = gatehouse.press(&next, On::Private, &[]).by(other_moderator);
    assert!(gatehouse.replaced_by(&press).await.has_button("2/14"));
}

#[tokio::test]
async fn a_press_outside_a_server_is_told_so() {
    let gatehouse = over(sample()).await;
    let press = gatehouse
        .press("g1n:2:-n:::", On::Private, &[])
        .without("guild_id");
    let told = refused(&gatehouse, &press).await;
    assert_eq!(told.title(), "This works only in a server");
}
