//! What an operator searches the log by stands in every line that it concerns.

use std::collections::BTreeSet;

use gatehouse::sandbox::platform::{Fault, Route, SamplePlatform};
use serde_json::{Value, json};

use crate::support::{Face, Gatehouse, PATIENCE, sample};

/// A list, a failure, a promise whose first edit fails, and a forgery: the log of them, by lines.
async fn session(platform: &SamplePlatform) -> Vec<Value> {
    let mut gatehouse = Gatehouse::serve()
        .against(platform)
        .set("GATEHOUSE_LOG", "info,gatehouse=debug")
        .set("GATEHOUSE_LOG_FORMAT", "json")
        .start();
    let mut face = Face::discord(gatehouse.address().await);
    face.command("list", json!([])).await;
    face.command(
        "show",
        json!([{"name": "code", "type": 3, "value": "NoSuchCode"}]),
    )
    .await;
    platform.fault_times(Route::Edit, 1, Fault::Refused(500));
    let (_, token) = face.command("export", json!([])).await;
    platform
        .edit(&token, PATIENCE)
        .await
        .expect("the file comes");
    face.forge("{\"type\":1}").await;
    gatehouse.signal("TERM");
    assert_eq!(gatehouse.ended().await, Some(0));
    let log = gatehouse.err();
    let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn of_command<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    let lines = lines.iter().filter(|line| line["command.name"] == name);
    lines.collect()
}

#[tokio::test]
async fn every_line_is_one_flat_object() {
    let platform = sample().await;
    for line in session(&platform).await {
        let fields = line.as_object().unwrap();
        for own in ["timestamp", "level", "message", "target"] {
            assert!(fields.get(own).is_some_and(Value::is_string), "{line}");
        }
        let nested = fields
            .values()
            .find(|value| value.is_object() || value.is_array());
        assert_eq!(nested, None, "{line}");
    }
}

#[tokio::test]
async fn every_line_of_a_request_has_its_id() {
    let platform = sample().await;
    let lines = session(&platform).await;
    let mut ids = BTreeSet::new();
    for (name, least) in [("list", 1), ("show", 1), ("export", 2)] {
        let of_it = of_command(&lines, name);
        assert!(of_it.len() >= least, "{name}: {lines:#?}");
        let id = of_it[0]["request.id"].as_str().unwrap();
        assert!(
            id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{id}"
        );
        assert!(ids.insert(id), "{name} has the id of another request");
        for line in of_it {
            assert_eq!(line["request.id"], id, "{line}");
            for field in ["platform", "guild.id", "user.id", "interaction.id"] {
                assert!(line[field].is_string(), "{field} is missing: {line}");
            }
        }
    }
    let end = of_command(&lines, "list")[0];
    assert_eq!(end["message"], "command answered");
    assert_eq!(end["outcome"], "answered");
    assert_eq!(end["delivery"], "inline");
    assert_eq!(end["invites.total"], 140);
    assert!(end["duration_ms"].is_u64());
    let exports = of_command(&lines, "export");
    let undelivered = |line: &&&Value| line["message"] == "reply not delivered yet";
    assert_eq!(
        exports.iter().filter(undelivered).count(),
        1,
        "{exports:#?}"
    );
    let ended = exports.iter().find(|line| line["delivery"] == "deferred");
    assert!(ended.is_some(), "{exports:#?}");
}

#[tokio::test]
async fn the_readme_shows_a_line_as_it_is() {
    let readme = include_str!("../../README.md");
    let shown = readme
        .lines()
        .find(|line| line.starts_with("{\"timestamp\":"));
    let shown = shown.unwrap();
    let platform = sample().await;
    let lines = session(&platform).await;
    let line = of_command(&lines, "list")[0];
    let names = |line: &Value| -> BTreeSet<String> {
        let fields = line.as_object().unwrap();
        fields.keys().cloned().collect()
    };
    let example: Value = serde_json::from_str(shown).unwrap();
    assert_eq!(names(&example), names(line));
    for same in [
        "level",
        "message",
        "target",
        "outcome",
        "delivery",
        "invites.total",
    ] {
        assert_eq!(example[same], line[same]);
    }
}

#[tokio::test]
async fn what_is_refused_is_one_line_with_an_id_and_the_reason() {
    let platform = sample().await;
    let lines = session(&platform).await;
    let refused: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "request refused")
        .collect();
    let [refused] = refused[..] else {
        panic!("{lines:#?}")
    };
    assert_eq!(refused["level"], "WARN");
    assert_eq!(refused["reason"], "signature_wrong");
    assert_eq!(refused["platform"], "discord");
    assert_eq!(refused["request.id"].as_str().unwrap().len(), 16);
}
