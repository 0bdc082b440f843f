//! Values of the environment variables: each is taken or refused with a sentence that does not
//! repeat it.

use std::str;

use clap::Parser;
use gatehouse::config::{Config, Variables};

/// The command line of `gatehouse serve`, where each variable is a flag as well.
#[derive(Parser)]
struct Line {
    #[command(flatten)]
    variables: Variables,
}

const FLAGS: [&str; 14] = [
    "--gatehouse-listen",
    "--gatehouse-links",
    "--gatehouse-moderator-roles",
    "--gatehouse-log",
    "--gatehouse-log-format",
    "--discord-public-key",
    "--discord-token",
    "--discord-api",
    "--fluxer-token",
    "--fluxer-api",
    "--fluxer-public-key",
    "--fluxer-gateway",
    "--fluxer-mod-channels",
    "--gatehouse-metrics-listen",
];

/// A value that is this long stands in no sentence by chance.
const TELLING_CHARS: usize = 24;

/// Reads lines of a flag's number and its value.
pub fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let mut words = vec!["serve".to_owned()];
    let mut values = Vec::new();
    let mut flags = FLAGS.to_vec();
    for line in text.lines() {
        let Some((number, value)) = line.split_once('=') else {
            continue;
        };
        let number: usize = number.parse().unwrap_or_default();
        if flags.is_empty() {
            break;
        }
        let flag = flags.remove(number % flags.len());
        words.push(format!("{flag}={value}"));
        values.push(value);
    }
    let line = Line::try_parse_from(words).ok();
    let Some(Line { variables }) = line else {
        return;
    };
    assert_eq!(format!("{variables:?}"), "Variables { .. }");
    let log = variables.log();
    let service = variables.clone().service();
    let registration = variables.clone().registration();
    let errors = [
        log.err(),
        service.as_ref().err().cloned(),
        registration.err(),
        variables.terminal().err(),
    ];
    for error in errors.into_iter().flatten() {
        let sentence = error.to_string();
        let repeated = values
            .iter()
            .any(|value| value.chars().count() >= TELLING_CHARS && sentence.contains(value));
        assert!(!repeated, "{sentence}");
    }
    if let Ok(config) = service {
        assert_right(&config);
    }
}

fn assert_right(config: &Config) {
    for platform in [&config.discord, &config.fluxer] {
        assert!(platform.public_keys.iter().all(|key| !key.is_weak()));
        let shown = format!("{platform:?}");
        assert!(
            platform.token.is_none() || shown.contains("REDACTED"),
            "{shown}"
        );
    }
}

/// A whole configuration, and one value of each.
pub fn seeds() -> Vec<Vec<u8>> {
    let key = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
    let key = format!("{key},79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664");
    let values = [
        "0.0.0.0:8080",
        "discord:1=fluxer:2,fluxer:3=discord:4",
        "discord:1,fluxer:2",
        "gatehouse=debug,tower_http[a{b=c}]=trace",
        "json",
        &key,
        "Bot 1510000000000000301.a-token",
        "https://discord.example:8443",
        "1510000000000000301.a-token",
        "chat.example.org",
        &key,
    ];
    // A flag that was given is none of the others any more: each is the first that is left.
    let whole: Vec<String> = values.iter().map(|value| format!("0={value}")).collect();
    let numbered = values.iter().enumerate();
    let mut seeds: Vec<Vec<u8>> = numbered
        .map(|(number, value)| format!("{number}={value}").into_bytes())
        .collect();
    seeds.push(whole.join("\n").into_bytes());
    seeds
}
