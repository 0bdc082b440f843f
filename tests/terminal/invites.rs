//! `gatehouse invites …`, as scripts and hurried people use it.

use std::process::{Command, Stdio};

use gatehouse::sandbox::platform::{Community, DISCORD_TOKEN, SamplePlatform};
use jiff::Timestamp;
use serde_json::Value;

use crate::support::{Gatehouse, sample};

const PLATFORMS: [&str; 2] = ["discord", "fluxer"];

/// The documented keys of an invite.
const INVITE_KEYS: [&str; 14] = [
    "channel",
    "channel_id",
    "code",
    "created_at",
    "creator",
    "creator_id",
    "creator_kind",
    "creator_name",
    "expires_at",
    "link",
    "max_age_seconds",
    "max_uses",
    "temporary",
    "uses",
];

async fn run(platform: &SamplePlatform, on: &str, words: &str) -> String {
    Gatehouse::invites(platform, on, words).run().await.well()
}

async fn json(platform: &SamplePlatform, on: &str, words: &str) -> Value {
    let out = run(platform, on, &format!("{words} --json")).await;
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(&out).unwrap()
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = object.as_object().unwrap().keys().collect();
    keys.sort();
    keys.into_iter().map(String::as_str).collect()
}

fn sample_invites() -> Vec<gatehouse::sandbox::platform::SampleInvite> {
    Community::sample(Timestamp::now()).invites
}

#[tokio::test]
async fn a_list_as_json_is_as_documented() {
    let platform = sample().await;
    for on in PLATFORMS {
        let list = json(&platform, on, "list page:2").await;
        assert_eq!(
            keys(&list),
            [
                "guild", "invites", "matched", "page", "pages", "read_at", "total"
            ]
        );
        assert_eq!(list["guild"], format!("{on}:{}", Community::SAMPLE_ID));
        for (key, number) in [("total", 140), ("matched", 140), ("page", 2), ("pages", 14)] {
            assert_eq!(list[key], number, "{key}");
        }
        let read_at: Timestamp = list["read_at"].as_str().unwrap().parse().unwrap();
        assert!(read_at <= Timestamp::now());
        let invites = list["invites"].as_array().unwrap();
        assert_eq!(invites.len(), 10);
        for invite in invites {
            assert_eq!(keys(invite), INVITE_KEYS, "{invite}");
        }
    }
}

#[tokio::test]
async fn an_invite_as_json_says_what_the_platform_said() {
    let platform = sample().await;
    for on in PLATFORMS {
        for made in sample_invites().iter().take(12) {
            let card = json(&platform, on, &format!("show {}", made.code)).await;
            assert_eq!(keys(&card), ["guild", "invite", "read_at"]);
            let invite = &card["invite"];
            assert_eq!(keys(invite), INVITE_KEYS);
            assert_eq!(invite["code"], made.code.as_str());
            assert_eq!(invite["uses"], made.uses);
            let limit = (made.max_uses > 0).then_some(made.max_uses);
            assert_eq!(invite["max_uses"], serde_json::json!(limit));
            let age = (made.max_age > 0).then_some(made.max_age);
            assert_eq!(invite["max_age_seconds"], serde_json::json!(age));
            assert_eq!(invite["channel"], made.channel.name.as_str());
            assert_eq!(invite["channel_id"], made.channel.id.to_string());
            assert_eq!(invite["temporary"], made.temporary);
            assert_eq!(invite["expires_at"].is_null(), made.max_age == 0);
            let link = invite["link"].as_str().unwrap();
            assert!(link.ends_with(&format!("/{}", made.code)), "{link}");
        }
    }
}

#[tokio::test]
async fn help_as_json_is_as_documented() {
    let platform = sample().await;
    for words in ["help", "help rights"] {
        let help = json(&platform, "fluxer", words).await;
        assert_eq!(keys(&help), ["paragraphs", "title"]);
        assert!(help["title"].is_string());
        let paragraphs = help["paragraphs"].as_array().unwrap();
        assert!(!paragraphs.is_empty());
        assert!(paragraphs.iter().all(Value::is_string));
    }
    assert!(platform.requests().is_empty(), "help asks nobody");
}

#[tokio::test]
async fn words_come_in_any_order() {
    let platform = sample().await;
    for on in PLATFORMS {
        let codes = async |words| {
            let list = json(&platform, on, words).await;
            assert_ne!(list["matched"], 140, "{words}");
            list["invites"].clone()
        };
        let expected = codes("list unused oldest page:2").await;
        for words in [
            "list oldest page:2 unused",
            "list page=2 unused oldest",
            "list state:unused sort:oldest page:2",
            "unused oldest page:2",
        ] {
            assert_eq!(codes(words).await, expected, "{words}");
        }
    }
}

#[tokio::test]
async fn flags_may_stand_before_and_behind_the_words() {
    let platform = sample().await;
    let guild = format!("fluxer:{}", Community::SAMPLE_ID);
    let mut outs = Vec::new();
    for arguments in [
        ["invites", "--guild", &guild, "--json", "list", "unused"],
        ["invites", "list", "--guild", &guild, "unused", "--json"],
        ["invites", "list", "unused", "--json", "--guild", &guild],
    ] {
        let out = Gatehouse::new(&arguments).against(&platform).run().await;
        let list: Value = serde_json::from_str(&out.well()).unwrap();
        outs.push(list["invites"].clone());
    }
    assert!(outs.windows(2).all(|two| two[0] == two[1]));
}

#[tokio::test]
async fn no_words_are_the_list_and_a_code_alone_is_shown() {
    let platform = sample().await;
    assert!(run(&platform, "fluxer", "").await.contains("140 invites"));
    let code = &sample_invites()[0].code;
    for words in [code.clone(), format!("https://fluxer.gg/{code}")] {
        let out = run(&platform, "fluxer", &words).await;
        assert!(out.starts_with(&format!("Invite {code}\n")), "{out}");
    }
}

#[tokio::test]
async fn a_card_is_lines_of_what_there_is() {
    let platform = sample().await;
    for on in PLATFORMS {
        let made = &sample_invites()[0];
        let out = run(&platform, on, &format!("show {}", made.code)).await;
        assert!(out.starts_with(&format!("Invite {}\n", made.code)), "{out}");
        for label in [
            "Link",
            "Leads into",
            "Channel",
            "Made by",
            "Uses",
            "Made",
            "Ends",
            "Lifetime",
            "Membership",
        ] {
            let is_there = out.lines().any(|line| line.starts_with(label));
            assert!(is_there, "{label} is missing: {out}");
        }
        assert!(out.contains("Paper Kite Society (sample)"), "{out}");
    }
}

#[tokio::test]
async fn an_export_goes_to_standard_output_whole() {
    let platform = sample().await;
    for on in PLATFORMS {
        let csv = run(&platform, on, "export csv").await;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let columns = reader.headers().unwrap().len();
        assert_eq!(columns, INVITE_KEYS.len());
        assert!(csv.starts_with("code,link,channel_id,"), "{csv}");
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 140);
        let expected = sample_invites();
        for invite in &expected {
            assert!(rows.iter().any(|row| row[0] == invite.code));
        }

        let json: Value = serde_json::from_str(&run(&platform, on, "export json").await).unwrap();
        assert_eq!(keys(&json), ["guild", "invites", "read_at", "total"]);
        assert_eq!(json["invites"].as_array().unwrap().len(), 140);
        assert_eq!(keys(&json["invites"][0]), INVITE_KEYS);
    }
}

#[tokio::test]
async fn an_export_takes_the_filters_of_the_list() {
    let platform = sample().await;
    for on in PLATFORMS {
        let list = json(&platform, on, "list unused oldest").await;
        let out = run(&platform, on, "export json unused oldest").await;
        let export: Value = serde_json::from_str(&out).unwrap();
        let exported = export["invites"].as_array().unwrap();
        assert_eq!(list["matched"], exported.len());
        assert!(exported.iter().all(|invite| invite["uses"] == 0));
        let first_page = list["invites"].as_array().unwrap();
        assert_eq!(&exported[..first_page.len()], first_page.as_slice());
    }
}

#[tokio::test]
async fn one_tokens_platform_is_enough() {
    let platform = sample().await;
    let out = Gatehouse::invites(&platform, "fluxer", "list")
        .without("DISCORD_TOKEN")
        .without("DISCORD_API")
        .run()
        .await
        .well();
    assert!(out.contains("140 invites"), "{out}");
    let out = Gatehouse::invites(&platform, "discord", "list")
        .without("FLUXER_TOKEN")
        .set("DISCORD_TOKEN", format!("Bot {DISCORD_TOKEN}"))
        .run()
        .await
        .well();
    assert!(out.contains("140 invites"), "{out}");
}

#[tokio::test]
async fn a_reader_who_has_seen_enough_is_no_failure() {
    let platform = sample().await;
    let binary = env!("CARGO_BIN_EXE_gatehouse");
    let guild = format!("fluxer:{}", Community::SAMPLE_ID);
    let line = format!("set -o pipefail; {binary} invites export csv --guild {guild} | true");
    let api = platform.fluxer_api();
    let ended = tokio::task::spawn_blocking(move || {
        Command::new("bash")
            .args(["-c", &line])
            .env("FLUXER_API", api)
            .env("FLUXER_TOKEN", gatehouse::sandbox::platform::FLUXER_TOKEN)
            .stderr(Stdio::piped())
            .output()
    });
    let ended = ended.await.unwrap().unwrap();
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{err}");
    assert_eq!(err, "");
}
