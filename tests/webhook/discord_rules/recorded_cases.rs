//! The rules against callback bodies with recorded verdicts, and against the recorded interactions.

use serde_json::Value;

use super::problems::Problems;
use super::{Interaction, Sent, callback, platform_problems, schema};

/// Cases that no page decides, with the reason why the rules refuse them all the same.
const REFUSED_WITHOUT_A_PAGE: [(&str, &str); 7] = [
    ("type 13 (not in the docs)", "no page says what it is for"),
    ("field.name empty", "a heading of nothing is a mistake"),
    ("empty embed {}", "an empty box is a mistake"),
    ("select duplicate values", "the answer could not be told"),
    ("select min_values > max_values", "nothing could be chosen"),
    (
        "misspelt key data.embed",
        "the key is lost, the message empty",
    ),
    ("type 6 carrying choices", "the keys are lost"),
];

/// Cases that the schema decides differently here than in the file as published.
const CHANGED_IN_THE_SCHEMA: [(&str, &str); 3] = [
    ("misspelt key data.embed", "objects are closed"),
    ("type 6 carrying choices", "objects are closed"),
    ("attachment id as number", "the page shows a number"),
];

#[derive(Debug)]
struct Case {
    name: String,
    documented: String,
    schema_accepts: bool,
    body: Value,
}

fn cases() -> Vec<Case> {
    let text = include_str!("../../fixtures/discord/callback-cases.json");
    let cases: Vec<Value> = serde_json::from_str(text).expect("the cases are a JSON list");
    let text = |case: &Value, key: &str| case[key].as_str().expect("a case is complete").to_owned();
    cases
        .iter()
        .map(|case| Case {
            name: text(case, "name"),
            documented: text(case, "documented"),
            schema_accepts: case["schema_accepts"]
                .as_bool()
                .expect("a case is complete"),
            body: case["body"].clone(),
        })
        .collect()
}

/// An interaction that the type of `body` may answer, so that only the rest of it is judged.
fn answered_by(body: &Value) -> Sent {
    let (kind, from_message) = match body["type"].as_i64() {
        Some(1) => (1, false),
        Some(6 | 7) => (3, true),
        Some(8) => (4, false),
        _ => (2, false),
    };
    Sent::Callback(Interaction { kind, from_message })
}

fn names(listed: &[(&'static str, &str)]) -> Vec<&'static str> {
    listed.iter().map(|(name, _)| *name).collect()
}

#[test]
fn every_recorded_case_gets_the_verdict_of_the_pages() {
    let mut undecided = Vec::new();
    for case in cases() {
        let found = platform_problems(answered_by(&case.body), &case.body);
        let Case {
            name, documented, ..
        } = &case;
        if documented == "valid" {
            assert!(found.is_empty(), "{name} is {documented}: {found:#?}");
        } else {
            assert!(
                !found.is_empty(),
                "{name} is {documented}, but was accepted"
            );
        }
        if !documented.starts_with("valid") && !documented.starts_with("invalid") {
            undecided.push(case.name);
        }
    }
    assert_eq!(undecided, names(&REFUSED_WITHOUT_A_PAGE));
}

#[test]
fn the_schema_alone_decides_as_the_published_one_where_it_was_not_changed() {
    let changed: Vec<_> = cases()
        .into_iter()
        .filter(|case| {
            let mut problems = Problems::default();
            schema::check(answered_by(&case.body), &case.body, &mut problems);
            problems.into_lines().is_empty() != case.schema_accepts
        })
        .map(|case| case.name)
        .collect();
    assert_eq!(changed, names(&CHANGED_IN_THE_SCHEMA));
}

#[test]
fn the_answers_that_fit_are_those_recorded_for_every_interaction() {
    let text = include_str!("../../fixtures/discord/interactions/manifest.json");
    let manifest: Value = serde_json::from_str(text).expect("the manifest is JSON");
    let fixtures = manifest["fixtures"].as_array().expect("a list of fixtures");
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        let Some(recorded) = fixture["valid_callback_types"].as_array() else {
            continue;
        };
        let kind = fixture["type"]
            .as_u64()
            .and_then(|kind| u8::try_from(kind).ok());
        let kind = kind.expect("an interaction has a small type");
        let file = fixture["file"].as_str().expect("a fixture is a file");
        let from_message = kind == 3 || file == "14_modal_submit_labels.json";
        let interaction = Interaction { kind, from_message };
        let mut fitting = callback::fitting(interaction).to_vec();
        fitting.retain(|kind| *kind != callback::ACTIVITY);
        let recorded: Vec<_> = recorded.iter().filter_map(Value::as_i64).collect();
        assert_eq!(fitting, recorded, "{file}");
    }
}
