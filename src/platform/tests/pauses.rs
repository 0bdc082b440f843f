//! Pausing joining, and letting it go on.

use serde_json::{Value, json};

use super::*;

const ENDLESS: Option<Pause> = Some(Pause { until: None });

fn ending(end: Timestamp) -> Pause {
    Pause { until: Some(end) }
}

fn in_an_hour() -> Timestamp {
    // Discord tells it to the second.
    let now = Timestamp::now().as_second();
    Timestamp::from_second(now + 3_600).unwrap()
}

async fn seen(bench: &Bench, guild: GuildRef) -> Option<Pause> {
    bench.platforms.overview(guild).await.unwrap().pause
}

#[tokio::test]
async fn fluxer_pauses_until_somebody_resumes() {
    let bench = Bench::start().await;
    let guild = at(PlatformName::Fluxer, GUILD);
    assert_eq!(bench.pause(guild, ENDLESS).await, Ok(()));
    assert_eq!(seen(&bench, guild).await, ENDLESS);
    assert_eq!(bench.pause(guild, None).await, Ok(()));
    assert_eq!(seen(&bench, guild).await, None);
}

#[tokio::test]
async fn discord_pauses_for_a_time() {
    let bench = Bench::start().await;
    let guild = at(PlatformName::Discord, GUILD);
    let end = in_an_hour();
    assert_eq!(bench.pause(guild, Some(ending(end))).await, Ok(()));
    assert_eq!(
        bench.sample.community(GUILD).unwrap().pause_end(),
        Some(end)
    );
    assert_eq!(seen(&bench, guild).await, Some(ending(end)));
    assert_eq!(bench.pause(guild, None).await, Ok(()));
    assert_eq!(seen(&bench, guild).await, None);
    let asked = bench.asked(Route::Pause);
    let methods: Vec<_> = asked.iter().map(|one| one.method.as_str()).collect();
    assert_eq!(methods, ["PUT", "PUT"]);
    let body: Value = serde_json::from_slice(&asked[1].body).unwrap();
    assert_eq!(body, json!({ "invites_disabled_until": null }));
}

#[tokio::test]
async fn resuming_on_discord_ends_both_sorts_of_pause_and_keeps_every_other_feature() {
    let paused = community(GUILD).paused().paused_until(in_an_hour());
    let bench = Bench::of(paused).await;
    let guild = at(PlatformName::Discord, GUILD);
    assert_eq!(bench.pause(guild, None).await, Ok(()));
    let community = bench.sample.community(GUILD).unwrap();
    assert_eq!(
        (community.is_paused(), community.pause_end()),
        (false, None)
    );
    let asked = bench.asked(Route::Pause);
    let body: Value = serde_json::from_slice(&asked[1].body).unwrap();
    assert_eq!(body, json!({ "features": ["COMMUNITY", "NEWS"] }));
    assert!(asked.iter().all(|one| one.audit_reason.is_some()));
}

#[tokio::test]
async fn a_pause_that_the_platform_does_not_have_is_not_asked_for() {
    let bench = Bench::start().await;
    let refused = Err(PlatformErrorKind::Refused);
    let discord = at(PlatformName::Discord, GUILD);
    assert_eq!(bench.pause(discord, ENDLESS).await, refused);
    let fluxer = at(PlatformName::Fluxer, GUILD);
    assert_eq!(
        bench.pause(fluxer, Some(ending(in_an_hour()))).await,
        refused
    );
    assert_eq!(bench.sample.requests().len(), 0);
}

#[tokio::test]
async fn a_list_says_at_once_that_joining_is_paused() {
    let bench = Bench::start().await;
    let guild = at(PlatformName::Fluxer, GUILD);
    bench.codes(guild, Freshness::Recent).await;
    bench.pause(guild, ENDLESS).await.unwrap();
    for freshness in [Freshness::Known, Freshness::Recent] {
        let listing = bench.platforms.invites(guild, freshness).await.unwrap();
        let overview = listing.overview.as_ref().unwrap();
        assert_eq!(overview.pause, ENDLESS);
    }
}
