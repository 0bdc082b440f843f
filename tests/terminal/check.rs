//! `gatehouse check`: whether everything is set up right, and its exit status.

use gatehouse::sandbox::platform::{
    Community, DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route, SamplePlatform, permission,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::{Ended, Gatehouse, sample};

fn check(platform: &SamplePlatform, arguments: &[&str]) -> Gatehouse {
    Gatehouse::new(&[&["check"], arguments].concat()).against(platform)
}

fn sample_on(on: &str) -> String {
    format!("{on}:{}", Community::SAMPLE_ID)
}

/// The objects of a JSON output, one on each line.
fn objects(out: &str) -> Vec<Value> {
    let lines = out.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The state and the text of what was found under this label.
#[track_caller]
fn found(object: &Value, label: &str) -> (String, String) {
    let findings = object["findings"].as_array().unwrap();
    let found = findings.iter().find(|one| one["label"] == label);
    let found = found.unwrap_or_else(|| panic!("no {label:?}: {object:#}"));
    let text = |key: &str| found[key].as_str().unwrap().to_owned();
    (text("state"), text("text"))
}

/// Tells the platform which commands there are.
async fn register(platform: &SamplePlatform) {
    let registered = Gatehouse::new(&["register"]).against(platform).run().await;
    assert_eq!(registered.status, Some(0), "{registered:#?}");
}

#[track_caller]
fn assert_no_secret(ended: &Ended) {
    for secret in [DISCORD_TOKEN, FLUXER_TOKEN, WRONG_TOKEN] {
        assert!(!ended.out.contains(secret), "{}", ended.out);
        assert!(!ended.err.contains(secret), "{}", ended.err);
    }
}

const WRONG_TOKEN: &str = "1510000000000000399.another-token";

#[tokio::test]
async fn what_is_set_up_right_ends_with_zero() {
    let platform = sample().await;
    register(&platform).await;
    for (on, right) in [("discord", "Manage Server"), ("fluxer", "Manage Community")] {
        let guild = sample_on(on);
        let out = check(&platform, &["--guild", &guild]).run().await.well();
        assert!(out.starts_with("Everything is set up right\n"), "{out}");
        assert!(out.contains(&format!("Bot: {right}")), "{out}");
        assert!(out.contains("140 of 1000 possible"), "{out}");

        let ended = check(&platform, &["--json", "--guild", &guild]).run().await;
        assert_no_secret(&ended);
        let [object] = &objects(&ended.well())[..] else {
            panic!("one object");
        };
        assert_eq!(object["guild"], guild);
        for finding in object["findings"].as_array().unwrap() {
            let keys: Vec<_> = finding.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["state", "label", "text"]);
            assert!(matches!(finding["state"].as_str(), Some("good" | "open")));
        }
        // The command for moderators says the same.
        let words = ["invites", "check", "--json", "--guild", &guild];
        let invites = Gatehouse::new(&words).against(&platform).run().await;
        let labels = |out: &str| -> Vec<Value> {
            let object = objects(out).remove(0);
            let findings = object["findings"].as_array().unwrap().clone();
            findings.iter().map(|one| one["label"].clone()).collect()
        };
        let again = check(&platform, &["--json", "--guild", &guild]).run().await;
        assert_eq!(labels(&invites.well()), labels(&again.well()));
    }
}

#[tokio::test]
async fn what_is_wrong_ends_with_one_and_is_named() {
    let platform = sample().await;
    let guild = sample_on("discord");
    let ended = check(&platform, &["--guild", &guild]).run().await;
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert_eq!(ended.err, "gatehouse: 1 thing needs to be put right\n");
    assert!(
        ended.out.contains("WRONG  Discord commands"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("gatehouse register"), "{}", ended.out);

    let community = Community::sample(Timestamp::now()).without(permission::MANAGE_GUILD);
    let platform = SamplePlatform::start(community).await.unwrap();
    let guild = sample_on("fluxer");
    let ended = check(&platform, &["--json", "--guild", &guild]).run().await;
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let object = &objects(&ended.out)[0];
    let (state, text) = found(object, "Bot: Manage Community");
    assert_eq!(state, "wrong");
    assert!(text.contains("Community Settings"), "{text}");
    assert_eq!(found(object, "Bot: Create Invite").0, "good");
}

#[tokio::test]
async fn without_a_guild_or_a_link_the_host_alone_is_looked_at() {
    let platform = sample().await;
    register(&platform).await;
    let ended = check(&platform, &["--json"]).run().await;
    let object = objects(&ended.well()).remove(0);
    assert_eq!(object["guild"], Value::Null);
    for label in ["Discord token", "Fluxer token", "Discord commands"] {
        assert_ne!(found(&object, label).0, "wrong", "{label}");
    }
    assert!(!object.to_string().contains("Invites readable"), "{object}");
    assert_eq!(platform.count(Route::Invites), 0);
    // One platform is enough.
    let ended = check(&platform, &[]).without("DISCORD_TOKEN").run().await;
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    assert!(ended.out.contains("Fluxer token"), "{}", ended.out);
}

#[tokio::test]
async fn without_a_guild_every_link_is_looked_at() {
    let platform = sample().await;
    register(&platform).await;
    platform.add_guild(Community::of(77, "Lantern Harbour").without_membership());
    let (here, there) = (sample_on("discord"), sample_on("fluxer"));
    let links = format!("{here}={there},discord:77=fluxer:77");
    let gatehouse = check(&platform, &["--json"]).set("GATEHOUSE_LINKS", &links);
    let ended = gatehouse.run().await;
    // One is right, the other is not.
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let objects = objects(&ended.out);
    let guilds: Vec<&str> = objects
        .iter()
        .map(|one| one["guild"].as_str().unwrap())
        .collect();
    assert_eq!(guilds, ["discord:77", &here]);
    assert_eq!(found(&objects[0], "Invites readable").0, "wrong");
    assert_eq!(found(&objects[1], "Invites readable").0, "good");
    let (_, text) = found(&objects[1], "Community");
    assert_eq!(text, format!("{here} is linked to {there}"));

    // A link counts for the guild that is named, too.
    let gatehouse = check(&platform, &["--guild", &here]).set("GATEHOUSE_LINKS", &links);
    let out = gatehouse.run().await.well();
    assert!(out.contains(&format!("is linked to {there}")), "{out}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_named_and_not_shown() {
    for (on, variable) in [("discord", "DISCORD_TOKEN"), ("fluxer", "FLUXER_TOKEN")] {
        let platform = sample().await;
        let guild = sample_on(on);
        let gatehouse = check(&platform, &["--guild", &guild]).set(variable, WRONG_TOKEN);
        let ended = gatehouse.set("GATEHOUSE_LOG", "debug").run().await;
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        assert_no_secret(&ended);
        let token = ended.out.lines().find(|line| line.contains(" token "));
        assert!(token.unwrap().starts_with("WRONG"), "{}", ended.out);
    }
}

#[tokio::test]
async fn a_platform_that_fails_or_is_not_there_is_told_and_ends_with_one() {
    let guild = sample_on("fluxer");
    let platform = sample().await;
    platform.fault(Route::Any, Fault::Refused(500));
    let failing = check(&platform, &["--guild", &guild]).run().await;
    let away = check(&platform, &["--guild", &guild]).set("FLUXER_API", "http://127.0.0.1:1/v1");
    for ended in [failing, away.run().await] {
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        assert!(
            ended.out.contains("WRONG  Fluxer reachable"),
            "{}",
            ended.out
        );
        assert_no_secret(&ended);
    }
}

#[tokio::test]
async fn a_clock_that_is_off_by_hours_is_named() {
    let platform = sample().await;
    register(&platform).await;
    for (hours, direction) in [(3, "behind"), (-7, "ahead of")] {
        platform.set_clock_offset(SignedDuration::from_hours(hours));
        for on in ["discord", "fluxer"] {
            let guild = sample_on(on);
            let ended = check(&platform, &["--json", "--guild", &guild]).run().await;
            assert_eq!(ended.status, Some(1), "{ended:#?}");
            let [object] = &objects(&ended.out)[..] else {
                panic!("one object");
            };
            let (state, text) = found(object, "Clock");
            assert_eq!(state, "wrong", "{text}");
            assert!(text.contains(direction) && text.contains("NTP"), "{text}");
        }
    }
}
