//! Values of the environment variables: each is taken or refused with a sentence that does not
//! repeat it.

use std::{iter, str};

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

/// Letters of no sentence of ours: one that has them repeats a value that was marked with them.
const MARK: &str = "qzx";

/// Reads lines of a flag's number and its value.
pub fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let given = given(text);
    let Some(variables) = read(&given) else {
        return;
    };
    assert_eq!(format!("{variables:?}"), "Variables { .. }");
    if let Ok(config) = variables.service() {
        assert_right(&config);
    }
    for marked in 0..given.len() {
        let mut given = given.clone();
        let (number, _, value) = &mut given[marked];
        let places: Vec<usize> = value.char_indices().map(|(place, _)| place).collect();
        let place = places.get(*number % (places.len() + 1));
        value.insert_str(place.copied().unwrap_or(value.len()), MARK);
        if let Some(variables) = read(&given) {
            assert_repeats_nothing(&variables);
        }
    }
}

/// Each line's number, the flag that it names, which no other names, and the value.
fn given(text: &str) -> Vec<(usize, &'static str, String)> {
    let mut flags = FLAGS.to_vec();
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines
        .take(FLAGS.len())
        .map(|(number, value)| {
            let number: usize = number.parse().unwrap_or_default();
            let flag = flags.remove(number % flags.len());
            (number, flag, value.to_owned())
        })
        .collect()
}

fn read(given: &[(usize, &'static str, String)]) -> Option<Variables> {
    let flags = given
        .iter()
        .map(|(_, flag, value)| format!("{flag}={value}"));
    let line = Line::try_parse_from(iter::once("serve".to_owned()).chain(flags));
    line.ok().map(|line| line.variables)
}

fn assert_repeats_nothing(variables: &Variables) {
    let errors = [
        variables.log().err(),
        variables.clone().service().err(),
        variables.clone().registration().err(),
        variables.clone().terminal().err(),
    ];
    for error in errors.into_iter().flatten() {
        for sentence in [error.to_string(), format!("{error:?}")] {
            assert!(!sentence.contains(MARK), "{sentence}");
        }
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
