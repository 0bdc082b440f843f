//! The platform answers in order, and the answer is no.

use gatehouse::sandbox::platform::{Community, Fault, Route};
use gatehouse_commands::PlatformName;
use jiff::Timestamp;

use super::{assert_lists, assert_says, failing, list, on, other, told};
use crate::support::{Gatehouse, Interaction, On, Setup};

/// A guild that the platform does not have.
const NOWHERE: u64 = 1_510_000_000_000_000_999;

fn permission(platform: PlatformName) -> &'static str {
    match platform {
        PlatformName::Discord => "**Manage Server**",
        PlatformName::Fluxer => "**Manage Community**",
    }
}

/// The service after the platform has changed the bot's token.
async fn with_an_old_token(face: PlatformName) -> Gatehouse {
    let gatehouse = on(face).await;
    match face {
        PlatformName::Discord => gatehouse.platform().set_discord_token("another"),
        PlatformName::Fluxer => gatehouse.platform().set_fluxer_token("another"),
    }
    gatehouse
}

#[tokio::test]
async fn a_request_that_is_called_wrong_is_not_the_moderators_fault() {
    for face in PlatformName::ALL {
        let gatehouse = failing(face, Fault::Refused(400)).await;
        let message = list(&gatehouse).await;
        assert_says(
            &message,
            &format!("{face} refused the bot's request"),
            &[
                "This is not your fault.",
                "tell the person who hosts this bot",
            ],
        );
        assert!(message.has_button("Try again"), "{face}");
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
    }
}

#[tokio::test]
async fn a_refused_token_is_told_to_need_the_operator() {
    for face in PlatformName::ALL {
        let gatehouse = with_an_old_token(face).await;
        let variable = format!("{}_TOKEN", face.key().to_uppercase());
        assert_says(
            &list(&gatehouse).await,
            &format!("{face} does not accept the bot's token"),
            &[
                "This does not pass by itself",
                "the person who hosts this bot has to set a new",
                &variable,
            ],
        );
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
    }
}

#[tokio::test]
async fn a_refused_token_is_not_shown_again_for_any_guild() {
    for face in PlatformName::ALL {
        let gatehouse = with_an_old_token(face).await;
        let second = Community::of(NOWHERE, "Second");
        gatehouse.platform().add_guild(second);
        let first = list(&gatehouse).await;
        let asked = gatehouse.platform().requests().len();

        for guild in [gatehouse.guild, NOWHERE] {
            let again = told(&gatehouse, &Interaction::command(guild, "list", &[])).await;
            assert_eq!(again.text(), first.text(), "{face}");
        }
        assert_eq!(gatehouse.platform().requests().len(), asked, "{face}");
    }
}

#[tokio::test]
async fn one_platforms_refused_token_leaves_the_other_platform_working() {
    for face in PlatformName::ALL {
        let mut gatehouse = with_an_old_token(face).await;
        list(&gatehouse).await;
        gatehouse.face = other(face);
        assert_lists(&list(&gatehouse).await);
    }
}

#[tokio::test]
async fn a_token_that_was_never_set_is_named_and_nobody_is_asked() {
    for face in PlatformName::ALL {
        let setup = Setup::new().face(face);
        let setup = match face {
            PlatformName::Discord => setup.discord_token(None),
            PlatformName::Fluxer => setup.fluxer_token(None),
        };
        let gatehouse = setup.start().await;
        let message = list(&gatehouse).await;
        let own = format!("{}_TOKEN", face.key().to_uppercase());
        let link = format!(
            "`GATEHOUSE_LINKS={}:{}={}:<id>`",
            face.key(),
            gatehouse.guild,
            other(face).key()
        );
        assert_eq!(
            message.title(),
            "The bot is not set up for this server yet",
            "{face}"
        );
        for part in [own.as_str(), link.as_str(), "restart the bot"] {
            assert!(message.description().contains(part), "{}", message.text());
        }
        assert!(!message.has_button("Try again"), "{face}");
        gatehouse.assert_platform_not_asked();
    }
}

#[tokio::test]
async fn a_bot_without_the_right_is_told_where_to_get_it() {
    for face in PlatformName::ALL {
        for community in [
            Community::sample(Timestamp::now()).without_membership(),
            Community::sample(Timestamp::now()).without_permission(),
        ] {
            let gatehouse = Setup::new().face(face).community(community).start().await;
            let message = list(&gatehouse).await;
            assert_says(
                &message,
                &format!("{face} does not let the bot see the invites"),
                &[
                    "the bot is not a member of this community, or it lacks",
                    permission(face),
                    "Settings → Roles",
                    "Then try again.",
                ],
            );
            assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");

            let granted = Community::sample(Timestamp::now());
            gatehouse.platform().add_guild(granted);
            let again = message.button("Try again").custom_id;
            let press = gatehouse.press(&again, On::Private, &[]);
            assert_lists(&told(&gatehouse, &press).await);
        }
    }
}

#[tokio::test]
async fn a_bot_without_the_right_is_refused_as_often_as_it_asks() {
    for face in PlatformName::ALL {
        let community = Community::sample(Timestamp::now()).without_permission();
        let gatehouse = Setup::new().face(face).community(community).start().await;
        for asked in 1..=7 {
            list(&gatehouse).await;
            assert_eq!(gatehouse.platform().count(Route::Invites), asked, "{face}");
        }
    }
}

#[tokio::test]
async fn a_guild_that_the_platform_does_not_know_is_told_to_be_gone() {
    for face in PlatformName::ALL {
        let gatehouse = on(face).await;
        let press = Interaction::command(NOWHERE, "list", &[]);
        let message = told(&gatehouse, &press).await;
        assert_says(
            &message,
            &format!("{face} does not know this community"),
            &[
                "deleted",
                "the person who hosts this bot",
                "`GATEHOUSE_LINKS`",
            ],
        );
        assert!(!message.has_button("Try again"), "{face}");
        assert_eq!(gatehouse.platform().count(Route::Invites), 1, "{face}");
        assert_lists(&list(&gatehouse).await);
    }
}
