//! A wrong variable ends the start with one sentence that names it and does not show its value.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use crate::support::{Gatehouse, PUBLIC_KEY};

/// A mark within wrong values, to find them again where they should not be.
const SECRET: &str = "hunter2";

/// Every variable with values that it cannot take.
const WRONG: [(&str, &[&str]); 14] = [
    (
        "GATEHOUSE_LISTEN",
        &[
            "hunter2",
            "8080",
            "localhost:8080",
            "0.0.0.0:99999",
            "127.0.0.1",
        ],
    ),
    (
        "GATEHOUSE_METRICS_LISTEN",
        &["hunter2", "9464", "localhost:9464", "127.0.0.1", "off"],
    ),
    (
        "GATEHOUSE_LINKS",
        &[
            "hunter2",
            "discord:1",
            "discord:1=fluxer:hunter2",
            "discord:1=fluxer:2=fluxer:3",
            "discord:1=fluxer:2,discord:1=fluxer:3",
            "irc:1=fluxer:2",
            "discord:0=fluxer:2",
        ],
    ),
    (
        "GATEHOUSE_MODERATOR_ROLES",
        &[
            "hunter2",
            "5",
            "discord:hunter2",
            "discord:5,fluxer",
            "irc:5",
        ],
    ),
    (
        "GATEHOUSE_LOG",
        &["gatehouse=hunter2", "a=b=hunter2", "info,=="],
    ),
    ("GATEHOUSE_LOG_FORMAT", &["hunter2", "JSON5", "logfmt"]),
    (
        "DISCORD_PUBLIC_KEY",
        &[
            "hunter2",
            "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad04966",
            "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664,hunter2",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ],
    ),
    (
        "DISCORD_TOKEN",
        &["hunter2 two words", "hunter2\u{e9}", "Bot hunter2 x"],
    ),
    (
        "DISCORD_API",
        &[
            "hunter2",
            "discord.com",
            "ftp://hunter2",
            "https://hunter2@discord.com",
            "https://discord.com/?hunter2",
            "http://",
        ],
    ),
    (
        "FLUXER_TOKEN",
        &["hunter2 two words", "a\thunter2", "hunter2\u{e9}"],
    ),
    (
        "FLUXER_API",
        &[
            "ftp://hunter2",
            "chat.example/hunter2",
            "https://hunter2@chat.example/v1",
            "https://chat.example/v1?token=hunter2",
            "hunter2 hunter2",
            "https://",
        ],
    ),
    (
        "FLUXER_PUBLIC_KEY",
        &[
            "hunter2",
            "0100000000000000000000000000000000000000000000000000000000000000",
        ],
    ),
    ("FLUXER_GATEWAY", &["hunter2", "yes", "1", "ON"]),
    (
        "FLUXER_MOD_CHANNELS",
        &["hunter2", "0", "fluxer:1", "1 2", "1,hunter2"],
    ),
];

/// `gatehouse serve` with all that it needs.
fn complete() -> Gatehouse {
    Gatehouse::serve()
        .set("DISCORD_TOKEN", "discord-token")
        .set("FLUXER_TOKEN", "fluxer-token")
}

/// What it complains of instead of serving.
async fn refused(gatehouse: Gatehouse) -> String {
    let mut running = gatehouse.start();
    running.said_or_ended("listening on ").await;
    assert!(!running.is_running(), "it serves: {}", running.err());
    running.into_its_end().await.complaint()
}

#[track_caller]
fn assert_names(complaint: &str, variable: &str) {
    let expected = format!("{variable} must be ");
    assert!(complaint.starts_with(&expected), "{complaint}");
    assert!(complaint.ends_with('.'), "no sentence: {complaint}");
    assert!(!complaint.contains(SECRET), "{complaint}");
}

#[tokio::test]
async fn every_wrong_variable_is_named_and_not_shown() {
    for (variable, values) in WRONG {
        for value in values {
            let complaint = refused(complete().set(variable, value)).await;
            assert_names(&complaint, variable);
            assert!(!complaint.contains(&format!("“{value}”")), "{complaint}");
        }
    }
}

#[tokio::test]
async fn every_wrong_flag_is_named_and_not_shown() {
    for (variable, values) in WRONG {
        let flag = format!("--{}", variable.to_lowercase().replace('_', "-"));
        let ended = Gatehouse::new(&["serve", &flag, values[0]]).run().await;
        assert_names(&ended.complaint(), variable);
    }
}

#[tokio::test]
async fn a_wrong_variable_ends_the_terminals_command_too() {
    for (variable, values) in WRONG {
        let ended = Gatehouse::new(&["invites", "list", "--guild", "fluxer:1"])
            .set("FLUXER_TOKEN", "fluxer-token")
            .set(variable, values[0])
            .run()
            .await;
        assert_names(&ended.complaint(), variable);
    }
}

#[tokio::test]
async fn an_api_where_an_origin_belongs_is_refused() {
    for wrong in ["https://discord.com/api", "https://discord.com/api/v10"] {
        let complaint = refused(complete().set("DISCORD_API", wrong)).await;
        assert_names(&complaint, "DISCORD_API");
    }
}

#[tokio::test]
async fn a_password_in_an_address_is_refused() {
    for (variable, wrong) in [
        ("DISCORD_API", "https://:hunter2@discord.com"),
        ("FLUXER_API", "https://:hunter2@chat.example/v1"),
    ] {
        let complaint = refused(complete().set(variable, wrong)).await;
        assert_names(&complaint, variable);
    }
}

#[tokio::test]
async fn a_tokens_prefix_alone_is_no_token() {
    for variable in ["DISCORD_TOKEN", "FLUXER_TOKEN"] {
        for wrong in ["Bot ", "Bot"] {
            let complaint = refused(complete().set(variable, wrong)).await;
            assert_names(&complaint, variable);
        }
    }
}

#[tokio::test]
async fn a_log_level_that_does_not_exist_is_refused() {
    for wrong in ["verbose", "degub", "inof"] {
        let complaint = refused(complete().set("GATEHOUSE_LOG", wrong)).await;
        assert_names(&complaint, "GATEHOUSE_LOG");
    }
}

#[tokio::test]
async fn a_value_that_is_no_text_is_named_and_not_shown() {
    for (variable, _) in WRONG {
        let value = OsStr::from_bytes(b"hunter2\xff");
        let ended = complete().set(variable, value).run().await;
        assert_ne!(ended.status, Some(0), "{variable}");
        assert!(!ended.err.contains(SECRET), "{}", ended.err);
        assert!(ended.err.contains(variable), "{variable}: {}", ended.err);
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let complaint = Gatehouse::new(&["serve"]).run().await.complaint();
    assert!(complaint.contains("DISCORD_PUBLIC_KEY"), "{complaint}");
    assert!(complaint.contains("FLUXER_PUBLIC_KEY"), "{complaint}");
    assert!(complaint.contains("FLUXER_GATEWAY"), "{complaint}");
    let complaint = Gatehouse::serve().run().await.complaint();
    assert!(
        complaint.contains("DISCORD_TOKEN or FLUXER_TOKEN"),
        "{complaint}"
    );
    for blank in ["", "  "] {
        let complaint = Gatehouse::serve().set("FLUXER_TOKEN", blank).run().await;
        assert!(complaint.complaint().contains("FLUXER_TOKEN"));
    }
}

#[tokio::test]
async fn a_gateway_without_a_token_is_told_what_it_needs() {
    let gatehouse = Gatehouse::new(&["serve"]).set("FLUXER_GATEWAY", "on");
    let complaint = gatehouse.run().await.complaint();
    assert!(complaint.contains("set FLUXER_TOKEN"), "{complaint}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_told_with_its_address() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let complaint = complete()
        .set("GATEHOUSE_LISTEN", &address)
        .set("GATEHOUSE_LOG", "error")
        .run()
        .await
        .complaint();
    let expected = format!("cannot listen on {address}");
    assert!(complaint.starts_with(&expected), "{complaint}");
}

#[tokio::test]
async fn help_lists_every_variable_and_no_value() {
    let mut gatehouse = Gatehouse::new(&["serve", "--help"]);
    for (variable, _) in WRONG {
        gatehouse = gatehouse.set(variable, SECRET);
    }
    let out = gatehouse.run().await.well();
    for (variable, _) in WRONG {
        assert!(out.contains(variable), "{variable} is missing: {out}");
    }
    assert!(!out.contains(SECRET), "{out}");
    assert!(!out.contains(PUBLIC_KEY.as_str()), "{out}");
}
