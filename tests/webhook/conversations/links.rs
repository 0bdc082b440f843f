//! Guilds that the operator linked to a community on the other platform, and guilds that nobody
//! set anything up for.

use gatehouse::sandbox::platform::{Community, Route};
use gatehouse_commands::PlatformName;
use serde_json::json;

use super::{codes, expected, sample};
use crate::support::{Gatehouse, Interaction, On, Setup};

/// The team's own guild.
const TEAM: u64 = 1_103_730_309_070_848_131;

/// Discord for the team, Fluxer for the community.
async fn linked() -> Gatehouse {
    let to = format!("fluxer:{}", Community::SAMPLE_ID);
    let setup = Setup::new().link(&format!("discord:{TEAM}"), &to);
    setup.community(sample()).start().await
}

/// Asserts that Fluxer's API was asked and Discord's was not.
#[track_caller]
fn assert_only_fluxer_was_asked(gatehouse: &Gatehouse) {
    let of_community = Route::Invites.in_guild(Community::SAMPLE_ID);
    assert_eq!(gatehouse.platform().count(of_community), 1);
    assert_eq!(gatehouse.platform().count(Route::Invites), 1);
    for request in gatehouse.platform().requests() {
        assert!(request.path.starts_with("/v1/"), "{}", request.path);
    }
}

#[tokio::test]
async fn a_linked_guild_shows_the_community_it_is_linked_to() {
    let gatehouse = linked().await;
    let command = Interaction::command(TEAM, "list", &[]).bot_may(0);
    let list = gatehouse.told_privately(&command).await;
    assert_eq!(codes(&list), expected::newest(&sample())[..10]);
    assert_only_fluxer_was_asked(&gatehouse);

    let menu = list.menu("Open an invite…");
    let open = Interaction::press(
        TEAM,
        &menu.custom_id,
        On::Private,
        &[&menu.options[0].value],
    );
    let card = gatehouse.replaced_by(&open.bot_may(0)).await;
    assert!(!card.field("Link").contains("discord"));
    let typing = Interaction::autocomplete(TEAM, "list", &[("by", json!("maris"))]);
    let suggested = gatehouse.send(&typing.bot_may(0)).await;
    assert_eq!(suggested.message.suggestions().len(), 1);
    assert_only_fluxer_was_asked(&gatehouse);
}

#[tokio::test]
async fn an_export_in_a_linked_guild_is_the_communitys_and_comes_where_it_was_asked() {
    let gatehouse = linked().await;
    let options = [("format", json!("json"))];
    let command = Interaction::command(TEAM, "export", &options).bot_may(0);
    let (_, name, bytes) = gatehouse.file(&command).await;
    assert!(name.contains(&Community::SAMPLE_ID.to_string()), "{name}");
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let guild = format!("fluxer:{}", Community::SAMPLE_ID);
    assert_eq!(document["guild"], guild);
}

#[tokio::test]
async fn a_linked_guild_without_the_bot_is_still_refused() {
    let gatehouse = linked().await;
    let owners = json!({"1": "553879653580800011"});
    let command =
        Interaction::command(TEAM, "list", &[]).set("/authorizing_integration_owners", owners);
    let told = gatehouse.told_privately(&command).await;
    assert_eq!(told.title(), "The bot is not a member here");
    gatehouse.assert_platform_not_asked();
}

#[tokio::test]
async fn another_guild_does_not_see_the_linked_community() {
    let gatehouse = linked().await;
    let elsewhere = TEAM + 1;
    let command = Interaction::command(elsewhere, "list", &[]);
    let told = gatehouse.told_privately(&command).await;
    assert_eq!(told.title(), "Discord does not know this community");
    assert!(told.description().contains("`GATEHOUSE_LINKS`"));
    for request in gatehouse.platform().requests() {
        assert_eq!(request.guild, Some(elsewhere), "{}", request.path);
    }
}

#[tokio::test]
async fn the_community_itself_is_not_reached_through_its_own_id_on_discord() {
    // A link leads one way only: the id means another guild on the other platform.
    let gatehouse = linked().await;
    let command = Interaction::command(Community::SAMPLE_ID, "list", &[]);
    gatehouse.ask(&command).await;
    for request in gatehouse.platform().requests() {
        assert!(request.path.starts_with("/api/v10/"), "{}", request.path);
    }
}

#[tokio::test]
async fn a_guild_that_nobody_set_up_is_told_what_to_set() {
    for (face, own, other, link) in [
        (
            PlatformName::Discord,
            "`DISCORD_TOKEN`",
            "`FLUXER_TOKEN`",
            format!("`GATEHOUSE_LINKS=discord:{TEAM}=fluxer:<id>`"),
        ),
        (
            PlatformName::Fluxer,
            "`FLUXER_TOKEN`",
            "`DISCORD_TOKEN`",
            format!("`GATEHOUSE_LINKS=fluxer:{TEAM}=discord:<id>`"),
        ),
    ] {
        let setup = Setup::new().face(face).discord_token(None);
        let gatehouse = setup.fluxer_token(None).start().await;
        let command = Interaction::command(TEAM, "list", &[]);
        let told = gatehouse.told_privately(&command).await;
        assert_eq!(told.title(), "The bot is not set up for this server yet");
        for variable in [own, other, link.as_str()] {
            assert!(told.description().contains(variable), "{}", told.text());
        }
        assert!(!told.has_button("Try again"));
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn each_platforms_own_token_goes_to_it_alone() {
    for face in PlatformName::ALL {
        let gatehouse = Setup::new().face(face).start().await;
        gatehouse.list(&[]).await;
        let prefix = match face {
            PlatformName::Discord => "/api/v10/",
            PlatformName::Fluxer => "/v1/",
        };
        assert_eq!(gatehouse.platform().count(Route::Invites), 1);
        for request in gatehouse.platform().requests() {
            assert!(request.path.starts_with(prefix), "{}", request.path);
        }
    }
}
