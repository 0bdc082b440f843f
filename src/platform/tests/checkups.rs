//! Whether everything is set up right.

use std::{io, time::Duration};

use ed25519_dalek::{SigningKey, VerifyingKey};
use gatehouse_commands::{Bot, KeyState, Known, Right};

use super::*;
use crate::{
    register::register,
    sandbox::platform::{APPLICATION_ID, FLUXER_BOT_ID, Fault, permission},
};

fn place(here: GuildRef, target: GuildRef) -> Place {
    Place {
        here,
        target,
        bot: Bot::default(),
    }
}

fn own(platform: PlatformName) -> Place {
    let guild = at(platform, GUILD);
    place(guild, guild)
}

async fn check(bench: &Bench, place: Option<&Place>) -> Vec<Fact> {
    bench.platforms.checkup(place).await.facts
}

fn key(number: u8) -> VerifyingKey {
    SigningKey::from_bytes(&[number; 32]).verifying_key()
}

/// The facts in short, without what differs from run to run.
fn short(facts: &[Fact]) -> Vec<String> {
    let told = |fact: &Fact| match fact {
        Fact::Version(version) => format!("version {}", !version.is_empty()),
        Fact::Link { here, target } => format!("link {here} {target}"),
        Fact::Reached { platform, answer } => {
            format!("{platform} reached {:?}", answer.map(|_| ()))
        }
        Fact::Token { platform, bot } => format!("{platform} token {bot:?}"),
        Fact::Clock { platform, ahead } => {
            let is_right = ahead.map(|ahead| ahead.abs() <= SignedDuration::from_secs(2));
            format!("{platform} clock {is_right:?}")
        }
        Fact::BotRight { guild, right, has } => {
            format!("{} {right:?} {has:?}", guild.platform)
        }
        Fact::List { guild, invites } => format!("{} list {invites:?}", guild.platform),
        Fact::Commands { platform, known } => format!("{platform} commands {known:?}"),
        Fact::Key { platform, key } => format!("{platform} key {key:?}"),
    };
    facts.iter().map(told).collect()
}

#[tokio::test]
async fn a_fluxer_community_is_looked_at_whole() {
    let bench = Bench::start().await;
    let facts = check(&bench, Some(&own(PlatformName::Fluxer))).await;
    insta::assert_snapshot!(short(&facts).join("\n"), @r#"
    version true
    link fluxer:1510000000000010001 fluxer:1510000000000010001
    Fluxer reached Ok(())
    Fluxer token Ok("Gatehouse")
    Fluxer clock Some(true)
    Fluxer commands NotTaken
    Fluxer key NotSet
    Fluxer ManageGuild Some(true)
    Fluxer CreateInvite Some(true)
    Fluxer list Ok(3)
    "#);
}

#[tokio::test]
async fn a_discord_server_is_looked_at_whole() {
    let bench = Bench::configured(community(GUILD), |config| {
        config.discord.public_keys = vec![key(1), key(2)];
    });
    let bench = bench.await;
    bench.sample.set_verify_key(&hex::encode(key(2).as_bytes()));
    let facts = check(&bench, Some(&own(PlatformName::Discord))).await;
    insta::assert_snapshot!(short(&facts).join("\n"), @r#"
    version true
    link discord:1510000000000010001 discord:1510000000000010001
    Discord reached Ok(())
    Discord token Ok("Gatehouse")
    Discord clock Some(true)
    Discord commands Outdated(2)
    Discord key Matches
    Discord ManageGuild Some(true)
    Discord CreateInvite Some(true)
    Discord list Ok(3)
    "#);
}

#[tokio::test]
async fn commands_that_are_registered_here_or_everywhere_are_current() {
    for guild in [None, GuildId::new(GUILD)] {
        let bench = Bench::start().await;
        let api = bench.sample.discord_api();
        let token = SecretString::from(DISCORD_TOKEN);
        let sent = register(&api, &token, guild, false, &mut io::sink()).await;
        assert!(!sent.unwrap().is_empty());
        let facts = check(&bench, Some(&own(PlatformName::Discord))).await;
        let platform = PlatformName::Discord;
        let known = Known::Current;
        let current = Fact::Commands { platform, known };
        assert!(facts.contains(&current), "{guild:?} {facts:?}");
    }
}

#[tokio::test]
async fn a_key_that_is_not_the_platforms_is_found_out() {
    let bench = Bench::configured(community(GUILD), |config| {
        config.discord.public_keys = vec![key(1)];
        config.fluxer.public_keys = vec![key(1)];
    });
    let bench = bench.await;
    bench.sample.set_verify_key(&hex::encode(key(2).as_bytes()));
    for (platform, key) in [
        (PlatformName::Discord, KeyState::Differs),
        (PlatformName::Fluxer, KeyState::Unknown),
    ] {
        let facts = check(&bench, Some(&own(platform))).await;
        assert!(facts.contains(&Fact::Key { platform, key }), "{facts:?}");
    }
}

#[tokio::test]
async fn a_refused_token_is_sent_once() {
    for platform in PlatformName::ALL {
        let bench = Bench::configured(community(GUILD), |config| {
            config.discord.token = Some(SecretString::from("wrong"));
            config.fluxer.token = Some(SecretString::from("wrong"));
        });
        let bench = bench.await;
        let facts = check(&bench, Some(&own(platform))).await;
        let refused = PlatformErrorKind::TokenRefused;
        let with_token = |bench: &Bench| {
            let requests = bench.sample.requests();
            requests
                .iter()
                .filter(|one| one.authorization.is_some())
                .count()
        };
        assert_eq!(with_token(&bench), 1, "{platform}");
        assert!(facts.contains(&Fact::Token {
            platform,
            bot: Err(refused)
        }));
        let guild = at(platform, GUILD);
        assert!(facts.contains(&Fact::List {
            guild,
            invites: Err(refused)
        }));
        assert!(
            matches!(facts[2], Fact::Reached { answer: Ok(_), .. }),
            "{facts:?}"
        );

        // A moment later, and by a list, it is not sent again.
        let again = check(&bench, Some(&own(platform))).await;
        assert!(again.contains(&Fact::Token {
            platform,
            bot: Err(refused)
        }));
        let list = bench.platforms.invites(guild, Freshness::Now).await;
        assert_eq!(list.unwrap_err().kind, refused);
        assert_eq!(with_token(&bench), 1, "{platform}");
    }
}

#[tokio::test]
async fn without_a_token_what_needs_none_is_found_out() {
    let bench = Bench::configured(community(GUILD), |config| {
        config.fluxer.token = None;
        config.fluxer.public_keys = vec![key(1)];
    });
    let bench = bench.await;
    let facts = check(&bench, Some(&own(PlatformName::Fluxer))).await;
    insta::assert_snapshot!(short(&facts).join("\n"), @r"
    version true
    link fluxer:1510000000000010001 fluxer:1510000000000010001
    Fluxer reached Ok(())
    Fluxer token Err(NoToken)
    Fluxer clock Some(true)
    Fluxer commands NotTaken
    Fluxer key Unknown
    Fluxer ManageGuild None
    Fluxer CreateInvite None
    Fluxer list Err(NoToken)
    ");
    let requests = bench.sample.requests();
    assert!(requests.iter().all(|one| one.authorization.is_none()));
}

#[tokio::test]
async fn a_linked_place_is_looked_at_on_both_sides() {
    let bench = Bench::configured(community(GUILD), |config| {
        config.discord.token = None;
        config.discord.public_keys = vec![key(1)];
    });
    let bench = bench.await;
    let linked = place(
        at(PlatformName::Discord, 7),
        at(PlatformName::Fluxer, GUILD),
    );
    let facts = check(&bench, Some(&linked)).await;
    insta::assert_snapshot!(short(&facts).join("\n"), @r#"
    version true
    link discord:7 fluxer:1510000000000010001
    Fluxer reached Ok(())
    Fluxer token Ok("Gatehouse")
    Fluxer clock Some(true)
    Fluxer commands NotTaken
    Fluxer key NotSet
    Discord reached Ok(())
    Discord clock Some(true)
    Discord commands Unknown(NoToken)
    Discord key Unknown
    Fluxer ManageGuild Some(true)
    Fluxer CreateInvite Some(true)
    Fluxer list Ok(3)
    "#);
}

#[tokio::test]
async fn the_host_alone_is_looked_at_without_any_guild() {
    let bench = Bench::configured(community(GUILD), |config| {
        config.discord.token = None;
    });
    let bench = bench.await;
    let facts = check(&bench, None).await;
    insta::assert_snapshot!(short(&facts).join("\n"), @r#"
    version true
    Fluxer reached Ok(())
    Fluxer token Ok("Gatehouse")
    Fluxer clock Some(true)
    Fluxer commands NotTaken
    Fluxer key NotSet
    "#);
}

#[tokio::test]
async fn a_wrong_clock_is_measured() {
    for platform in PlatformName::ALL {
        for hours in [-3, 2] {
            let bench = Bench::start().await;
            // When the platform is ahead, we are behind.
            bench
                .sample
                .set_clock_offset(SignedDuration::from_hours(-hours));
            let facts = check(&bench, Some(&own(platform))).await;
            let clock = facts.iter().find_map(|fact| match fact {
                Fact::Clock { ahead, .. } => *ahead,
                _ => None,
            });
            let off = clock.unwrap() - SignedDuration::from_hours(hours);
            assert!(off.abs() <= SignedDuration::from_secs(2), "{off}");
        }
    }
}

#[tokio::test]
async fn missing_rights_are_named_one_by_one() {
    for platform in PlatformName::ALL {
        let guild = at(platform, GUILD);
        let mut owned = community(GUILD).without_permission();
        owned.owner_id = match platform {
            PlatformName::Discord => APPLICATION_ID,
            PlatformName::Fluxer => FLUXER_BOT_ID,
        };
        for (community, expected) in [
            (
                community(GUILD).without(permission::MANAGE_GUILD),
                [Some(false), Some(true)],
            ),
            (
                community(GUILD).without(permission::CREATE_INVITE),
                [Some(true), Some(false)],
            ),
            (
                community(GUILD).with_permissions(permission::ADMINISTRATOR),
                [Some(true); 2],
            ),
            (community(GUILD).without_membership(), [None; 2]),
            (owned, [Some(true); 2]),
        ] {
            let bench = Bench::of(community).await;
            let facts = check(&bench, Some(&own(platform))).await;
            for (right, has) in Right::ALL.into_iter().zip(expected) {
                let fact = Fact::BotRight { guild, right, has };
                assert!(facts.contains(&fact), "{platform} {fact:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_platform_that_never_answers_holds_a_checkup_up_only_so_long() {
    let bench = Bench::start().await;
    bench.sample.fault(Route::Any, Fault::Hang);
    let began = Instant::now();
    let linked = place(
        at(PlatformName::Discord, GUILD),
        at(PlatformName::Fluxer, GUILD),
    );
    let facts = check(&bench, Some(&linked)).await;
    let took = began.elapsed();
    assert!(took < CHECKUP_TIMEOUT + Duration::from_secs(1), "{took:?}");
    insta::assert_snapshot!(short(&facts).join("\n"), @r"
    version true
    link discord:1510000000000010001 fluxer:1510000000000010001
    Fluxer reached Err(TimedOut)
    Fluxer token Err(TimedOut)
    Fluxer clock None
    Fluxer commands NotTaken
    Fluxer key NotSet
    Discord reached Err(TimedOut)
    Discord token Err(TimedOut)
    Discord clock None
    Discord commands Unknown(TimedOut)
    Discord key NotSet
    Fluxer ManageGuild None
    Fluxer CreateInvite None
    Fluxer list Err(TimedOut)
    ");
}

#[tokio::test]
async fn what_hangs_inside_a_guild_leaves_the_rest_known() {
    let bench = Bench::start().await;
    bench.sample.fault(Route::Invites, Fault::Hang);
    bench.sample.fault(Route::Roles, Fault::Hang);
    let began = Instant::now();
    let facts = check(&bench, Some(&own(PlatformName::Fluxer))).await;
    let took = began.elapsed();
    assert!(took < CHECKUP_TIMEOUT + Duration::from_secs(1), "{took:?}");
    let guild = at(PlatformName::Fluxer, GUILD);
    let invites = Err(PlatformErrorKind::TimedOut);
    assert!(facts.contains(&Fact::List { guild, invites }));
    let (right, has) = (Right::ManageGuild, Some(true));
    assert!(facts.contains(&Fact::BotRight { guild, right, has }));
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_told_so() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let Bench { sample, platforms } = bench;
        sample.stop().await;
        let facts = platforms.checkup(Some(&own(platform))).await.facts;
        let answer = Err(PlatformErrorKind::Unreachable);
        assert!(
            facts.contains(&Fact::Reached { platform, answer }),
            "{facts:?}"
        );
    }
}
