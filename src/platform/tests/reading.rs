//! Guilds, channels, members.

use gatehouse_commands::{Joined, MEMBERS_MAX, Vanity};

use super::{fluxer::discovery::LINK_BASE_PAUSE, *};
use crate::sandbox::platform::{Fault, MemberSearch, SampleMember, SampleUser};

#[tokio::test]
async fn a_guild_is_asked_for_each_time() {
    for platform in PlatformName::ALL {
        let mut community = community(GUILD);
        community.vanity_code = Some("kite-club".to_owned());
        let bench = Bench::of(community).await;
        let guild = at(platform, GUILD);
        for asked in 1..=2 {
            let overview = bench.platforms.overview(guild).await.unwrap();
            assert_eq!(overview.name, "Kite club");
            assert_eq!(overview.pause, None);
            let vanity = Vanity::Code(code("kite-club"));
            assert_eq!(overview.vanity, vanity, "{platform}");
            assert_eq!(bench.sample.count(Route::Guild), asked);
        }
        let unknown = bench.platforms.overview(at(platform, 9)).await;
        let kind = unknown.unwrap_err().kind;
        assert_eq!(kind, PlatformErrorKind::UnknownGuild, "{platform}");
    }
}

#[tokio::test]
async fn fluxers_list_tells_of_its_guild() {
    for pause in [false, true] {
        let community = community(GUILD);
        let bench = Bench::of(if pause { community.paused() } else { community }).await;
        let overview = overview_in_the_list(&bench, PlatformName::Fluxer).await;
        let pause = pause.then_some(Pause { until: None });
        assert_eq!(overview.map(|guild| guild.pause), Some(pause));
        assert_eq!(bench.sample.count(Route::Guild), 0);
    }
}

#[tokio::test]
async fn a_guild_is_asked_for_where_its_list_does_not_tell_of_it() {
    for platform in PlatformName::ALL {
        let bench = Bench::of(Community::of(GUILD, "Kite club")).await;
        let overview = overview_in_the_list(&bench, platform).await;
        assert_eq!(
            overview.map(|guild| guild.name).as_deref(),
            Some("Kite club")
        );
        assert_eq!(bench.sample.count(Route::Guild), 1);
        bench.sample.fault(Route::Guild, Fault::Hang);
        assert_eq!(overview_in_the_list(&bench, platform).await, None);
    }
}

async fn overview_in_the_list(bench: &Bench, platform: PlatformName) -> Option<Overview> {
    let guild = at(platform, GUILD);
    let listing = bench.platforms.invites(guild, Freshness::Now).await;
    listing.unwrap().overview.clone()
}

#[tokio::test]
async fn an_instance_that_tells_no_links_is_asked_again_after_a_pause() {
    let bench = Bench::start().await;
    bench.sample.fault(Route::WellKnown, Fault::Refused(404));
    let guild = at(PlatformName::Fluxer, GUILD);
    let link_base = async || {
        let listing = bench.platforms.invites(guild, Freshness::Now).await;
        listing.unwrap().link_base.clone()
    };
    let pass = async |time| {
        tokio::time::pause();
        tokio::time::advance(time).await;
        tokio::time::resume();
    };
    assert_eq!(link_base().await, None);
    bench.sample.clear_faults();
    assert_eq!(link_base().await, None);
    assert_eq!(bench.sample.count(Route::WellKnown), 1);
    pass(LINK_BASE_PAUSE).await;
    assert!(link_base().await.is_some());
    assert!(link_base().await.is_some());
    assert_eq!(bench.sample.count(Route::WellKnown), 2);
}

#[tokio::test]
async fn channels_that_take_invites_are_listed_and_remembered() {
    for (platform, expected) in [
        (PlatformName::Discord, ["general", "Lounge"].as_slice()),
        (PlatformName::Fluxer, &["general", "Lounge", "Front Gate"]),
    ] {
        let mut community = community(GUILD);
        let odd = SampleChannel {
            kind: 1,
            ..SampleChannel::text(GUILD + 103, "odd")
        };
        community.channels.extend([
            SampleChannel::voice(GUILD + 101, "Lounge"),
            SampleChannel::category(GUILD + 102, "Front Gate"),
            odd,
        ]);
        let bench = Bench::of(community).await;
        let guild = at(platform, GUILD);
        for _ in 0..2 {
            let channels = bench.platforms.channels(guild).await.unwrap();
            let mut names: Vec<_> = channels.iter().map(|one| one.name.as_deref()).collect();
            names.sort_by_key(|name| expected.iter().position(|one| Some(*one) == *name));
            let expected: Vec<_> = expected.iter().copied().map(Some).collect();
            assert_eq!(names, expected, "{platform}");
        }
        assert_eq!(bench.sample.count(Route::Channels), 1);
    }
}

#[tokio::test]
async fn channels_are_asked_for_once_however_many_want_them() {
    let bench = Bench::start().await;
    let guild = at(PlatformName::Fluxer, GUILD);
    let (first, second) = tokio::join!(
        bench.platforms.channels(guild),
        bench.platforms.channels(guild)
    );
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(bench.sample.count(Route::Channels), 1);
}

fn crowded(search: MemberSearch) -> Community {
    let mut community = community(GUILD);
    let invite = community.invites[0].clone();
    community.members = (0..130)
        .map(|number| {
            let user = SampleUser::new(GUILD + 1_000 + number, &format!("kite{number}"), None);
            let later = SignedDuration::from_secs(i64::try_from(number).unwrap());
            SampleMember::through(&invite, user, NOW + later)
        })
        .collect();
    let other = SampleUser::new(GUILD + 999, "other", None);
    community.members.push(SampleMember::new(other, NOW));
    community.member_search = search;
    community
}

#[tokio::test]
async fn who_came_through_an_invite_is_told_newest_first_and_page_by_page() {
    let bench = Bench::of(crowded(MemberSearch::Works)).await;
    let guild = at(PlatformName::Fluxer, GUILD);
    let code = code(&code_of("a", guild));
    let first = bench.platforms.members(guild, &code, 0).await.unwrap();
    assert_eq!((first.total, first.is_indexing), (130, false));
    assert_eq!(first.members.len(), usize::try_from(MEMBERS_MAX).unwrap());
    let Joined {
        id,
        tag,
        shown_name,
        joined_at,
        is_bot,
    } = &first.members[0];
    assert_eq!(id.number(), GUILD + 1_129);
    assert!(tag.starts_with("kite129#"), "{tag}");
    assert_eq!(shown_name, "kite129");
    assert_eq!(*joined_at, Some(NOW + SignedDuration::from_secs(129)));
    assert!(!is_bot);
    let rest = bench.platforms.members(guild, &code, MEMBERS_MAX);
    let rest = rest.await.unwrap();
    assert_eq!((rest.total, rest.members.len()), (130, 30));
}

#[tokio::test]
async fn a_search_that_is_not_ready_says_so() {
    let bench = Bench::of(crowded(MemberSearch::Indexing)).await;
    let guild = at(PlatformName::Fluxer, GUILD);
    let code = code(&code_of("a", guild));
    let members = bench.platforms.members(guild, &code, 0).await.unwrap();
    assert!(members.is_indexing && members.members.is_empty());
}

#[tokio::test]
async fn discord_is_not_asked_who_came() {
    let bench = Bench::of(crowded(MemberSearch::Works)).await;
    let guild = at(PlatformName::Discord, GUILD);
    let refused = bench.platforms.members(guild, &code("a"), 0).await;
    assert_eq!(refused.unwrap_err().kind, PlatformErrorKind::Refused);
    assert_eq!(bench.sample.requests().len(), 0);
}
