//! Revoking and making invites.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_revoked_invite_is_gone_and_a_second_time_it_is_known_to_be() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let guild = at(platform, GUILD);
        let code = code_of("a", guild);
        assert_eq!(bench.revoke(guild, &code).await, Ok(Revoked::Done));
        assert_eq!(bench.revoke(guild, &code).await, Ok(Revoked::AlreadyGone));
        assert_eq!(bench.sample.revoked(GUILD), [code]);
        let asked = bench.asked(Route::Revoke);
        assert_eq!(asked.len(), 2, "{platform}");
        assert_eq!(asked[0].method, "DELETE");
    }
}

#[tokio::test]
async fn an_invite_that_is_gone_is_no_trouble() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        for _ in 0..=FAILURES_TO_OPEN {
            let revoked = bench.revoke(at(platform, GUILD), "never-there").await;
            assert_eq!(revoked, Ok(Revoked::AlreadyGone));
        }
    }
}

#[tokio::test]
async fn a_revoked_invite_is_in_no_list_any_more() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let guild = at(platform, GUILD);
        assert_eq!(bench.codes(guild, Freshness::Recent).await.len(), 3);
        let gone = code_of("b", guild);
        bench.revoke(guild, &gone).await.unwrap();
        let known = bench.codes(guild, Freshness::Known).await;
        assert!(known.len() == 2 && !known.contains(&gone), "{platform}");
        let recent = bench.codes(guild, Freshness::Recent).await;
        assert_eq!(recent, known);
    }
}

#[tokio::test]
async fn many_revokes_read_the_list_only_when_it_is_asked_for() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let guild = at(platform, GUILD);
        bench.codes(guild, Freshness::Recent).await;
        for letter in ["a", "b", "c"] {
            bench.revoke(guild, &code_of(letter, guild)).await.unwrap();
        }
        assert_eq!(bench.sample.count(Route::Invites), 1);
        assert!(bench.codes(guild, Freshness::Now).await.is_empty());
        assert_eq!(bench.sample.count(Route::Invites), 2, "{platform}");
    }
}

#[tokio::test]
async fn an_invite_is_made_as_asked_and_listed_at_once() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let guild = at(platform, GUILD);
        bench.codes(guild, Freshness::Recent).await;
        let made = bench.create(guild).await.unwrap();
        let NewInvite {
            channel,
            max_age,
            max_uses,
            temporary,
        } = new_invite();
        let usage = made.usage.as_ref().unwrap();
        assert_eq!(made.channel.as_ref().unwrap().id, channel);
        assert_eq!((usage.max_age, usage.max_uses), (max_age, max_uses));
        assert_eq!((usage.uses, usage.temporary), (0, temporary));
        for freshness in [Freshness::Known, Freshness::Recent] {
            let codes = bench.codes(guild, freshness).await;
            assert_eq!(codes.len(), 4);
            assert!(codes.contains(&made.code.as_str().to_owned()), "{platform}");
        }
        let asked = bench.asked(Route::Create);
        let body: Value = serde_json::from_slice(&asked[0].body).unwrap();
        let wanted = json!({"max_age": 43_200, "max_uses": 7, "temporary": true, "unique": true});
        assert_eq!(body, wanted);
        assert_eq!(asked[0].content_type.as_deref(), Some("application/json"));
    }
}

#[tokio::test]
async fn two_invites_that_are_alike_are_two() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let first = bench.create(at(platform, GUILD)).await.unwrap();
        let second = bench.create(at(platform, GUILD)).await.unwrap();
        assert_ne!(first.code, second.code);
    }
}

#[tokio::test]
async fn an_invite_without_limits_has_none() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let new = NewInvite {
            max_age: None,
            max_uses: None,
            ..new_invite()
        };
        let made = bench.create_so(at(platform, GUILD), &new).await.unwrap();
        let usage = made.usage.unwrap();
        assert_eq!((usage.max_age, usage.max_uses), (None, None), "{platform}");
        assert_eq!(made.expires_at, None);
    }
}

#[tokio::test]
async fn what_cannot_be_made_is_told_apart() {
    for platform in PlatformName::ALL {
        let mut full = community(GUILD);
        full.max_invites = 3;
        let bench = Bench::of(full).await;
        let guild = at(platform, GUILD);
        let refused = bench.create(guild).await.unwrap_err();
        assert_eq!(refused, PlatformErrorKind::TooManyInvites, "{platform}");

        let nowhere = NewInvite {
            channel: ChannelId::new(9).unwrap(),
            ..new_invite()
        };
        let refused = bench.create_so(guild, &nowhere).await.unwrap_err();
        assert_eq!(refused, PlatformErrorKind::UnknownChannel, "{platform}");

        let too_long = NewInvite {
            max_age: Some(SignedDuration::from_hours(24 * 365)),
            ..new_invite()
        };
        let refused = bench.create_so(guild, &too_long).await.unwrap_err();
        assert_eq!(refused, PlatformErrorKind::Refused, "{platform}");
    }
}

#[tokio::test]
async fn nothing_is_changed_without_the_right_to() {
    for platform in PlatformName::ALL {
        let bench = Bench::of(community(GUILD).without_permission()).await;
        let guild = at(platform, GUILD);
        let missing = PlatformErrorKind::MissingPermission;
        let revoked = bench.revoke(guild, &code_of("a", guild)).await;
        assert_eq!(revoked, Err(missing), "{platform}");
        assert_eq!(bench.create(guild).await.unwrap_err(), missing);
        let paused = bench.pause(guild, None).await;
        assert_eq!(paused, Err(missing), "{platform}");
        assert_eq!(bench.sample.community(GUILD).unwrap().invites.len(), 3);
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    for platform in PlatformName::ALL {
        let bench = Bench::configured(community(GUILD), |config| {
            config.discord.token = None;
            config.fluxer.token = None;
        });
        let bench = bench.await;
        let guild = at(platform, GUILD);
        let none = PlatformErrorKind::NoToken;
        assert_eq!(bench.revoke(guild, "a").await, Err(none));
        assert_eq!(bench.create(guild).await.unwrap_err(), none);
        assert_eq!(bench.pause(guild, None).await, Err(none));
        assert_eq!(bench.sample.requests().len(), 0, "{platform}");
    }
}

#[tokio::test]
async fn revokes_keep_to_the_platforms_limit() {
    let invites = (0..60).map(|number| SampleInvite {
        channel: channel(GUILD),
        ..SampleInvite::new(&format!("code{number}"), NOW)
    });
    let many = Community::of(GUILD, "Many").with_invites(invites.collect());
    let bench = Bench::of(many).await;
    bench.sample.enforce_limits();
    let guild = at(PlatformName::Fluxer, GUILD);
    let began = Instant::now();
    for number in 0..60 {
        let revoked = bench.revoke(guild, &format!("code{number}")).await;
        assert_eq!(revoked, Ok(Revoked::Done), "{number}");
    }
    let least = Duration::from_secs(1) * 59 / REVOKES_PER_SECOND;
    assert!(began.elapsed() >= least);
    assert_eq!(bench.sample.revoked(GUILD).len(), 60);
}

#[tokio::test]
async fn who_would_wait_for_too_long_is_told_so() {
    let bench = Bench::start().await;
    let guild = at(PlatformName::Fluxer, GUILD);
    let waiting = (0..60).map(|_| {
        let platforms = bench.platforms.clone();
        tokio::spawn(async move { platforms.revoke(guild, &code("x"), &reason()).await })
    });
    let waiting: Vec<_> = waiting.collect();
    let mut told = 0;
    for revoke in waiting {
        match revoke.await.unwrap() {
            Ok(revoked) => assert_eq!(revoked, Revoked::AlreadyGone),
            Err(error) => {
                let PlatformErrorKind::RateLimited { retry_after } = error.kind else {
                    panic!("{error}");
                };
                assert!(retry_after.unwrap() > SignedDuration::from_secs(1));
                told += 1;
            }
        }
    }
    assert!(told > 0);
    assert_eq!(bench.sample.count(Route::Revoke), 60 - told);
}
