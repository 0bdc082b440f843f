//! Changes that meet a platform in trouble.

use std::time::Duration;

use super::*;
use crate::sandbox::platform::Fault;

const LIMIT: Duration = Duration::from_millis(1_500);

fn limited() -> PlatformErrorKind {
    PlatformErrorKind::RateLimited {
        retry_after: SignedDuration::try_from(LIMIT).ok(),
    }
}

async fn with_two_guilds() -> Bench {
    let bench = Bench::start().await;
    bench.sample.add_guild(community(OTHER_GUILD));
    bench
}

#[tokio::test]
async fn a_rate_limit_is_told_and_the_change_is_not_repeated() {
    for platform in PlatformName::ALL {
        for fault in [Fault::limited(LIMIT), Fault::limited_globally(LIMIT)] {
            let bench = Bench::start().await;
            bench.sample.fault(Route::Any, fault);
            let guild = at(platform, GUILD);
            let revoked = bench.revoke(guild, "a").await;
            assert_eq!(revoked, Err(limited()), "{platform}");
            assert_eq!(bench.sample.count(Route::Revoke), 1);
        }
        let bench = Bench::start().await;
        bench.sample.fault(Route::Create, Fault::limited(LIMIT));
        let made = bench.create(at(platform, GUILD)).await;
        assert_eq!(made.unwrap_err(), limited(), "{platform}");
        assert_eq!(bench.sample.count(Route::Create), 1);
    }
}

#[tokio::test]
async fn a_rate_limit_on_changes_stops_no_reading_and_no_other_guild() {
    for platform in PlatformName::ALL {
        let bench = with_two_guilds().await;
        let (guild, other) = (at(platform, GUILD), at(platform, OTHER_GUILD));
        bench
            .sample
            .fault(Route::Revoke.in_guild(GUILD), Fault::limited(LIMIT));
        assert_eq!(
            bench.revoke(guild, &code_of("a", guild)).await,
            Err(limited())
        );
        assert_eq!(bench.codes(guild, Freshness::Now).await.len(), 3);
        let revoked = bench.revoke(other, &code_of("a", other)).await;
        assert_eq!(revoked, Ok(Revoked::Done), "{platform}");
    }
}

#[tokio::test]
async fn after_the_time_that_a_limit_asked_for_the_change_goes_through() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let short = Duration::from_millis(200);
        bench
            .sample
            .fault_times(Route::Revoke, 1, Fault::limited(short));
        let guild = at(platform, GUILD);
        let code = code_of("a", guild);
        assert!(bench.revoke(guild, &code).await.is_err());
        tokio::time::sleep(short).await;
        assert_eq!(
            bench.revoke(guild, &code).await,
            Ok(Revoked::Done),
            "{platform}"
        );
    }
}

#[tokio::test]
async fn a_platform_in_trouble_is_asked_once_for_each_change() {
    for platform in PlatformName::ALL {
        for (fault, kind) in [
            (Fault::Refused(500), PlatformErrorKind::Broken),
            (Fault::Html(502), PlatformErrorKind::Broken),
            (Fault::Refused(403), PlatformErrorKind::MissingPermission),
            (Fault::Html(404), PlatformErrorKind::Refused),
            (Fault::Redirect, PlatformErrorKind::Refused),
            (Fault::Refused(401), PlatformErrorKind::TokenRefused),
        ] {
            let bench = Bench::start().await;
            bench.sample.fault(Route::Revoke, fault.clone());
            let revoked = bench.revoke(at(platform, GUILD), "a").await;
            assert_eq!(revoked, Err(kind), "{platform} {fault:?}");
            assert_eq!(bench.sample.count(Route::Revoke), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_open_what_happened() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        bench.sample.fault(Route::Create, Fault::CutOff);
        let made = bench.create(at(platform, GUILD)).await.unwrap_err();
        assert_eq!(made, PlatformErrorKind::Unreachable, "{platform}");
        assert_eq!(bench.sample.community(GUILD).unwrap().invites.len(), 4);
        bench.sample.clear_faults();
        bench.sample.fault(Route::Create, Fault::Garbage);
        let made = bench.create(at(platform, GUILD)).await.unwrap_err();
        assert_eq!(made, PlatformErrorKind::Unreadable, "{platform}");
    }
}

#[tokio::test]
async fn a_change_that_may_be_done_makes_the_list_old() {
    for platform in PlatformName::ALL {
        let bench = Bench::start().await;
        let guild = at(platform, GUILD);
        bench.codes(guild, Freshness::Recent).await;
        bench.sample.fault(Route::Revoke, Fault::CutOff);
        let revoked = bench.revoke(guild, &code_of("a", guild)).await;
        assert_eq!(revoked, Err(PlatformErrorKind::Unreachable), "{platform}");
        assert_eq!(bench.codes(guild, Freshness::Recent).await.len(), 2);
    }
}

#[tokio::test]
async fn a_change_in_a_guild_that_hangs_holds_up_no_other_guild() {
    for platform in PlatformName::ALL {
        let bench = with_two_guilds().await;
        let (guild, other) = (at(platform, GUILD), at(platform, OTHER_GUILD));
        bench
            .sample
            .fault(Route::Revoke.in_guild(GUILD), Fault::Hang);
        let platforms = bench.platforms.clone();
        let hanging = tokio::spawn(async move {
            let code = code(&code_of("a", guild));
            platforms.revoke(guild, &code, &reason()).await
        });
        while bench.sample.count(Route::Revoke) == 0 {
            tokio::task::yield_now().await;
        }
        let began = Instant::now();
        for letter in ["a", "b", "c"] {
            let revoked = bench.revoke(other, &code_of(letter, other)).await;
            assert_eq!(revoked, Ok(Revoked::Done), "{platform}");
        }
        assert!(began.elapsed() < Duration::from_secs(1), "{platform}");
        hanging.abort();
    }
}

#[tokio::test]
async fn a_change_is_waited_for_as_long_as_it_may_take_and_no_longer() {
    let hangs = PlatformName::ALL.map(|platform| {
        [Fault::Hang, Fault::HangAfterHeaders].map(|fault| async move {
            let bench = Bench::start().await;
            bench.sample.fault(Route::Create, fault);
            let began = Instant::now();
            let made = bench.create(at(platform, GUILD)).await.unwrap_err();
            assert_eq!(made, PlatformErrorKind::TimedOut, "{platform}");
            let took = began.elapsed();
            assert!(took >= WRITE_TIMEOUT, "{took:?}");
            assert!(took < shutdown::PATIENCE, "{took:?}");
            assert_eq!(bench.sample.count(Route::Create), 1);
        })
    });
    let [[a, b], [c, d]] = hangs;
    tokio::join!(a, b, c, d);
}

#[tokio::test]
async fn changes_that_keep_failing_are_left_alone_and_reading_goes_on() {
    for platform in PlatformName::ALL {
        let bench = with_two_guilds().await;
        let guild = at(platform, GUILD);
        bench
            .sample
            .fault(Route::Revoke.in_guild(GUILD), Fault::Refused(500));
        let code = code_of("a", guild);
        for asked in 1..=usize::try_from(FAILURES_TO_OPEN).unwrap() {
            let revoked = bench.revoke(guild, &code).await;
            assert_eq!(revoked, Err(PlatformErrorKind::Broken));
            assert_eq!(bench.sample.count(Route::Revoke), asked);
        }
        let rests = bench.revoke(guild, &code).await.unwrap_err();
        assert!(
            matches!(rests, PlatformErrorKind::Resting { .. }),
            "{rests}"
        );
        assert_eq!(bench.codes(guild, Freshness::Now).await.len(), 3);
        let other = at(platform, OTHER_GUILD);
        let revoked = bench.revoke(other, &code_of("a", other)).await;
        assert_eq!(revoked, Ok(Revoked::Done), "{platform}");
    }
}

#[tokio::test]
async fn answers_that_break_off_in_one_guild_stop_nothing_else() {
    for platform in PlatformName::ALL {
        let bench = with_two_guilds().await;
        let guild = at(platform, GUILD);
        let target = Route::Revoke.in_guild(GUILD);
        bench.sample.fault(target, Fault::CutOff);
        for _ in 0..FAILURES_TO_OPEN {
            let revoked = bench.revoke(guild, &code_of("a", guild)).await;
            let ended = [
                Err(PlatformErrorKind::Unreachable),
                Ok(Revoked::AlreadyGone),
            ];
            assert!(ended.contains(&revoked), "{platform} {revoked:?}");
        }
        assert_eq!(bench.codes(guild, Freshness::Now).await.len(), 2);
        let other = at(platform, OTHER_GUILD);
        let revoked = bench.revoke(other, &code_of("a", other)).await;
        assert_eq!(revoked, Ok(Revoked::Done), "{platform}");
    }
}

#[tokio::test]
async fn no_error_tells_a_code_or_a_reason() {
    for platform in PlatformName::ALL {
        for fault in [
            Fault::CutOff,
            Fault::Garbage,
            Fault::Refused(500),
            Fault::Hang,
        ] {
            let bench = Bench::start().await;
            bench.sample.fault(Route::Any, fault);
            let guild = at(platform, GUILD);
            let secret = code("s3cr3tC0de");
            let reason = Reason::new(Some("s3cr3tReason"), &actor("s3cr3tName"));
            let asked = bench.platforms.revoke(guild, &secret, &reason);
            let Ok(Err(error)) = timeout(Duration::from_millis(500), asked).await else {
                continue;
            };
            let logged = format!("{} {error:?}", Chain(&error));
            assert!(!logged.contains("s3cr3t"), "{logged}");
        }
    }
}
