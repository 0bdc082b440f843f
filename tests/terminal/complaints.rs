//! What does not work is said in one line on standard error, and nothing on standard output.

use gatehouse::sandbox::platform::{Community, DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route};
use serde_json::Value;

use crate::support::{Gatehouse, sample};

const PLATFORMS: [&str; 2] = ["discord", "fluxer"];

/// Words, and what is said about them.
const MISSPELT: [(&str, &[&str]); 9] = [
    (
        "list unusd",
        &["“unusd”", "did you mean unused?", "list unused oldest"],
    ),
    ("lsit", &["“lsit”", "did you mean list?"]),
    ("list pge:2", &["did you mean page?"]),
    (
        "list qqqqqqqq",
        &["“qqqqqqqq” means nothing here", "list unused oldest"],
    ),
    ("list page:two", &["“page”", "a whole number", "page:2"]),
    ("list page:0", &["“page”", "a whole number", "page:2"]),
    (
        "list state:sleepy",
        &["“state”", "one of unused, used", "state:unused"],
    ),
    ("export pdf", &["“pdf”"]),
    ("show", &["“code” is missing", "code:aBcD12xY"]),
];

#[tokio::test]
async fn an_unknown_word_gets_the_nearest_one_and_an_example() {
    let platform = sample().await;
    for (words, said) in MISSPELT {
        let complaint = Gatehouse::invites(&platform, "fluxer", words)
            .run()
            .await
            .complaint();
        for part in said {
            assert!(complaint.contains(part), "{words}: {complaint}");
        }
    }
    assert!(platform.requests().is_empty(), "asked for nothing");
}

#[tokio::test]
async fn an_example_is_one_that_works_here() {
    let platform = sample().await;
    let complaint = Gatehouse::invites(&platform, "fluxer", "list unusd")
        .run()
        .await
        .complaint();
    assert!(!complaint.contains("/invites"), "{complaint}");
}

#[tokio::test]
async fn a_complaint_as_json_is_as_documented() {
    let platform = sample().await;
    let ended = Gatehouse::invites(&platform, "fluxer", "list unusd --json")
        .run()
        .await;
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let json: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(json["error"]["kind"], "wrong_words");
    for key in ["message", "advice"] {
        let text = json["error"][key].as_str().unwrap();
        assert!(ended.err.contains(text), "{ended:#?}");
    }
}

#[tokio::test]
async fn an_invite_that_is_not_there_is_told_so() {
    let platform = sample().await;
    for on in PLATFORMS {
        let complaint = Gatehouse::invites(&platform, on, "show zzzzzzzz")
            .run()
            .await
            .complaint();
        assert!(complaint.starts_with("There is no such invite here."));
    }
}

#[tokio::test]
async fn a_guild_that_is_not_there_is_told_so() {
    let platform = sample().await;
    for on in PLATFORMS {
        let guild = format!("{on}:77");
        let ended = Gatehouse::new(&["invites", "list", "--guild", &guild])
            .against(&platform)
            .run()
            .await;
        let complaint = ended.complaint();
        assert!(
            complaint.contains("does not know this community."),
            "{complaint}"
        );
    }
}

#[tokio::test]
async fn a_guild_that_is_written_wrong_gets_the_right_way_to_write_it() {
    for wrong in ["77", "fluxer:", "fluxer:abc", "irc:77", "fluxer:0", ":77"] {
        let ended = Gatehouse::new(&["invites", "list", "--guild", wrong])
            .set("FLUXER_TOKEN", FLUXER_TOKEN)
            .run()
            .await;
        assert_ne!(ended.status, Some(0), "{wrong}");
        assert_eq!(ended.out, "", "{wrong}");
        assert!(
            ended.err.contains("write discord:<id> or fluxer:<id>"),
            "{wrong}: {}",
            ended.err
        );
    }
}

#[tokio::test]
async fn a_missing_guild_is_named() {
    let ended = Gatehouse::new(&["invites", "list"])
        .set("FLUXER_TOKEN", FLUXER_TOKEN)
        .run()
        .await;
    assert_eq!(ended.status, Some(2), "{ended:#?}");
    assert_eq!(ended.out, "");
    assert!(ended.err.contains("--guild <PLATFORM:ID>"), "{}", ended.err);
    assert!(!ended.err.contains(FLUXER_TOKEN), "{}", ended.err);
}

#[tokio::test]
async fn no_token_at_all_names_both_variables() {
    let guild = format!("fluxer:{}", Community::SAMPLE_ID);
    let ended = Gatehouse::new(&["invites", "list", "--guild", &guild])
        .run()
        .await;
    let complaint = ended.complaint();
    assert!(
        complaint.contains("DISCORD_TOKEN or FLUXER_TOKEN"),
        "{complaint}"
    );
}

#[tokio::test]
async fn the_missing_token_is_named_and_the_other_one_not_shown() {
    let platform = sample().await;
    for (on, missing, other) in [
        ("discord", "DISCORD_TOKEN", FLUXER_TOKEN),
        ("fluxer", "FLUXER_TOKEN", DISCORD_TOKEN),
    ] {
        let ended = Gatehouse::invites(&platform, on, "list").without(missing);
        let complaint = ended.run().await.complaint();
        assert!(complaint.contains(missing), "{complaint}");
        assert!(!complaint.contains(other), "{complaint}");
    }
    assert!(platform.requests().is_empty());
}

#[tokio::test]
async fn a_platform_that_fails_is_told_in_words() {
    for (fault, said) in [
        (
            Fault::Refused(500),
            "has a problem of its own. The fault is",
        ),
        (Fault::Html(502), "has a problem of its own. The fault is"),
        (Fault::Garbage, "gave an answer that makes no sense."),
        (Fault::CutOff, "cannot be reached."),
        (Fault::Refused(401), "does not accept the bot's token."),
        (Fault::Refused(403), "does not let the bot see the invites."),
    ] {
        let platform = sample().await;
        platform.fault(Route::Invites, fault.clone());
        for on in PLATFORMS {
            let complaint = Gatehouse::invites(&platform, on, "list")
                .run()
                .await
                .complaint();
            assert!(complaint.contains(said), "{fault:?}: {complaint}");
            for token in [DISCORD_TOKEN, FLUXER_TOKEN] {
                assert!(!complaint.contains(token), "{complaint}");
            }
        }
    }
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_told_in_words() {
    for (on, variable, api) in [
        ("discord", "DISCORD_API", "http://127.0.0.1:1"),
        ("discord", "DISCORD_API", "http://no-such-host.invalid"),
        ("fluxer", "FLUXER_API", "http://127.0.0.1:1/v1"),
        ("fluxer", "FLUXER_API", "http://no-such-host.invalid/v1"),
        ("fluxer", "FLUXER_API", "no-such-host.invalid"),
    ] {
        let platform = sample().await;
        let gatehouse = Gatehouse::invites(&platform, on, "list").set(variable, api);
        let complaint = gatehouse.run().await.complaint();
        assert!(
            complaint.contains("cannot be reached."),
            "{api}: {complaint}"
        );
        assert!(platform.requests().is_empty());
    }
}
