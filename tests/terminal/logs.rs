//! No log line holds what must stay secret, whatever happens.

use std::time::Duration;

use gatehouse::sandbox::platform::{
    Community, DISCORD_TOKEN, FLUXER_TOKEN, Fault, Route, SampleInviter, SamplePlatform,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Face, Gatehouse, PATIENCE, sample};

/// Shorter names are words of ordinary log lines.
const NAME_MIN_CHARS: usize = 6;

/// The moderator, as the interactions name them.
const MODERATOR_NAMES: [&str; 2] = ["rowan.k", "Rowan"];

/// A secret, and what kind it is of.
type Secret = (&'static str, String);

/// Everything that people and platforms hand over and that no log may hold.
fn secrets_of_the_sample() -> Vec<Secret> {
    let mut secrets = vec![
        ("bot token", DISCORD_TOKEN.to_owned()),
        ("bot token", FLUXER_TOKEN.to_owned()),
    ];
    for invite in Community::sample(Timestamp::now()).invites {
        secrets.push(("invite code", invite.code));
        if let SampleInviter::Known(user) = invite.inviter {
            let names = [Some(user.username), user.global_name];
            let names = names.into_iter().flatten();
            secrets.extend(names.map(|name| ("user name", name)));
        }
    }
    let moderator = MODERATOR_NAMES.map(|name| ("user name", name.to_owned()));
    secrets.extend(moderator);
    secrets.retain(|(kind, text)| *kind != "user name" || text.chars().count() >= NAME_MIN_CHARS);
    secrets
}

/// A list, a page on, a card, a failure, promises and their edits, a forgery: on one face.
async fn session(face: &mut Face, platform: &SamplePlatform) {
    let sample = Community::sample(Timestamp::now());
    let code = json!([{"name": "code", "type": 3, "value": sample.invites[0].code}]);
    let by = json!([{"name": "by", "type": 3, "value": "fennimore"}]);
    face.ping().await;
    let (list, _) = face.command("list", json!([])).await;
    let next = list.pointer("/data/components/1/components/3/custom_id");
    let next = next.and_then(Value::as_str).unwrap();
    face.press(next).await;
    face.command("list", by).await;
    face.command("show", code.clone()).await;
    assert_eq!(face.forge("{\"type\":1}").await, 401);

    let refresh = list.pointer("/data/components/4/components/0/custom_id");
    let refresh = refresh.and_then(Value::as_str).unwrap();
    for fault in [
        Fault::Refused(503),
        Fault::Garbage,
        Fault::InvalidUtf8,
        Fault::CutOff,
    ] {
        platform.fault_times(Route::Invites, 1, fault);
        face.press(refresh).await;
    }

    platform.fault_times(Route::Edit, 1, Fault::Refused(500));
    let (promise, token) = face.command("export", json!([])).await;
    assert_eq!(promise["type"], 5, "{promise:#}");
    let edit = platform.edit(&token, PATIENCE).await;
    edit.expect("the file comes");
    let slow = Fault::Slow(Duration::from_millis(2_500));
    platform.fault_times(Route::Invites, 1, slow);
    let (promise, token) = face.press(refresh).await;
    assert_eq!(promise["type"], 6, "{promise:#}");
    let edit = platform.edit(&token, PATIENCE).await;
    edit.expect("the list comes");
}

/// Lines that hold a secret, with what it is, at this log level, after a session on both faces.
async fn leaks(filter: &str, format: &str, faults: &[(Route, Fault)]) -> Vec<String> {
    let platform = sample().await;
    let mut gatehouse = Gatehouse::serve()
        .against(&platform)
        .set("GATEHOUSE_LOG", filter)
        .set("GATEHOUSE_LOG_FORMAT", format)
        .start();
    let address = gatehouse.address().await;
    let mut secrets = secrets_of_the_sample();
    for mut face in [Face::discord(address), Face::fluxer(address)] {
        for (route, fault) in faults {
            platform.fault_times(*route, 1, fault.clone());
        }
        session(&mut face, &platform).await;
        let handed_over = face.secrets.drain(..);
        secrets.extend(handed_over.map(|secret| ("signature or interaction token", secret)));
    }
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    let log = gatehouse.err();
    assert!(log.contains("command answered"), "{log}");
    found(&secrets, &log)
}

/// The lines with a secret in them.
fn found(secrets: &[Secret], log: &str) -> Vec<String> {
    let mut leaks = Vec::new();
    for line in log.lines() {
        let found = secrets.iter().find(|(_, secret)| line.contains(secret));
        leaks.extend(found.map(|(kind, _)| format!("{kind}: {line}")));
    }
    leaks
}

#[track_caller]
fn assert_none(leaks: &[String]) {
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[tokio::test]
async fn nothing_leaks_at_the_ordinary_level() {
    assert_none(&leaks("info", "text", &[]).await);
}

#[tokio::test]
async fn nothing_leaks_at_the_ordinary_level_when_edits_are_limited() {
    let limited = Fault::limited(Duration::from_millis(141));
    assert_none(&leaks("info", "json", &[(Route::Edit, limited)]).await);
}

#[tokio::test]
async fn nothing_of_gatehouses_own_leaks_at_any_level() {
    assert_none(&leaks("off,gatehouse=trace", "text", &[]).await);
}

#[tokio::test]
async fn nothing_leaks_at_the_level_for_finding_faults() {
    assert_none(&leaks("debug", "json", &[]).await);
}

#[tokio::test]
async fn nothing_leaks_at_the_most_talkative_level() {
    for format in ["text", "json"] {
        assert_none(&leaks("trace", format, &[]).await);
    }
}

#[tokio::test]
async fn no_command_of_the_terminal_tells_a_secret_beside_its_output() {
    let secrets = secrets_of_the_sample();
    for platform_name in ["discord", "fluxer"] {
        let platform = sample().await;
        let code = platform.community(Community::SAMPLE_ID).unwrap().invites[0]
            .code
            .clone();
        let guild = format!("{platform_name}:{}", Community::SAMPLE_ID);
        let show = format!("show {code}");
        let revoke = format!("revoke {code} reason:over --yes");
        let commands = [
            "list",
            &show,
            "who code:none",
            "export csv",
            "review",
            "check",
            &revoke,
            "show nothing",
        ];
        for fault in [
            None,
            Some(Fault::Refused(401)),
            Some(Fault::Garbage),
            Some(Fault::CutOff),
        ] {
            for (words, format) in commands.iter().zip(["text", "json"].into_iter().cycle()) {
                platform.clear_faults();
                if let Some(fault) = &fault {
                    platform.fault(Route::Any, fault.clone());
                }
                let ended = Gatehouse::invites(&platform, platform_name, words)
                    .set("GATEHOUSE_LOG", "trace")
                    .set("GATEHOUSE_LOG_FORMAT", format)
                    .run()
                    .await;
                assert!(
                    ended.err.contains("gatehouse") || ended.err.contains("TRACE"),
                    "{ended:#?}"
                );
                // What was typed may be told to who typed it, and what is not logged is for them.
                let log = ended
                    .err
                    .lines()
                    .filter(|line| !line.starts_with("gatehouse: "));
                let log: Vec<&str> = log.collect();
                assert_none(&found(&secrets, &log.join("\n")));
            }
        }
        for command in ["check", "register"] {
            let mut arguments = vec![command];
            if command == "check" {
                arguments.extend(["--guild", guild.as_str()]);
            }
            let ended = Gatehouse::new(&arguments)
                .against(&platform)
                .set("GATEHOUSE_LOG", "trace")
                .run()
                .await;
            assert_none(&found(&secrets, &ended.err));
        }
    }
}
