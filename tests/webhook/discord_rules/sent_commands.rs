//! Commands like those of the service, right and each wrong in one way.

use serde_json::{Value, json};

use super::sent_bodies::{only_problem, with};
use super::{Sent, assert_command};

fn command() -> Value {
    json!({
        "name": "invites",
        "type": 1,
        "description": "Which invites lead here",
        "contexts": [0],
        "integration_types": [0],
        "default_member_permissions": "32",
        "options": [{
            "type": 1,
            "name": "list",
            "name_localizations": { "de": "liste" },
            "description": "List them",
            "options": [
                { "type": 3, "name": "sort", "description": "By what", "required": true,
                  "choices": [{ "name": "Uses", "value": "uses" }, { "name": "Age", "value": "age" }] },
                { "type": 4, "name": "page", "description": "Which page", "min_value": 1, "max_value": 99 },
            ],
        }],
    })
}

#[track_caller]
fn assert_command_refused(pointer: &str, value: Value, rule: &str) {
    let problem = only_problem(Sent::Command, &with(command(), pointer, value));
    assert!(problem.contains(rule), "{problem}");
}

#[test]
fn a_right_command_passes() {
    assert_command(&command());
}

#[test]
fn a_key_of_a_command_that_the_platform_does_not_know_is_refused() {
    assert_command_refused("/version", json!("1"), "was unexpected");
    let pointer = "/options/0/options/0/choice";
    assert_command_refused(pointer, json!([]), "was unexpected");
}

#[test]
fn names_of_commands_are_lower_case_letters_in_any_script() {
    for name in ["liste", "список", "सूची", "รายการ", "一覧", "l-i_s't9"]
    {
        assert_command(&with(command(), "/options/0/name", json!(name)));
    }
    for name in ["in vites", "invites!", "a/b"] {
        assert_command_refused("/name", json!(name), "letters, digits");
    }
    assert_command_refused("/name", json!("Invites"), "in lower case");
    assert_command_refused(
        "/options/0/name_localizations/de",
        json!("Liste"),
        "in lower case",
    );
    assert_command_refused(
        "/options/0/name_localizations/tlh",
        json!("x"),
        "not a documented locale",
    );
}

#[test]
fn commands_are_refused_for_what_the_schema_does_not_say() {
    assert_command_refused("/description", json!(null), "a description is needed");
    assert_command_refused("/default_member_permissions", json!(32), "not of types");
}

#[test]
fn options_of_commands_are_refused_for_what_the_schema_does_not_say() {
    let options = "/options/0/options";
    assert_command_refused(&format!("{options}/1/name"), json!("sort"), "the same name");
    assert_command_refused(
        &format!("{options}/1/max_value"),
        json!(0),
        "min_value is not above",
    );
    assert_command_refused(
        &format!("{options}/0/autocomplete"),
        json!(true),
        "autocomplete excludes choices",
    );
    assert_command_refused(
        &format!("{options}/0/choices/1/name"),
        json!("Uses"),
        "the same name",
    );
    assert_command_refused(
        &format!("{options}/0/choices/1/value"),
        json!("x".repeat(101)),
        "at most 100 characters",
    );
}

#[test]
fn required_options_stand_first() {
    let mut body = with(command(), "/options/0/options/1/required", json!(true));
    assert_command(&body);
    body = with(body, "/options/0/options/0/required", json!(false));
    let problem = only_problem(Sent::Command, &body);
    assert!(
        problem.contains("required options stand first"),
        "{problem}"
    );
}

#[test]
fn subcommands_and_other_options_do_not_stand_side_by_side() {
    let mut body = command();
    let option = json!({ "type": 5, "name": "all", "description": "All of them" });
    let options = body["options"].as_array_mut().expect("a list");
    options.push(option);
    let problem = only_problem(Sent::Command, &body);
    assert!(problem.contains("side by side"), "{problem}");
}

#[test]
fn a_command_of_a_context_menu_has_a_free_name_and_nothing_else() {
    let body = json!({ "type": 2, "name": "Invited by" });
    assert_command(&body);
    let body = with(body, "/description", json!("Who"));
    let problem = only_problem(Sent::Command, &body);
    assert!(
        problem.contains("neither description nor options"),
        "{problem}"
    );
}

#[test]
fn a_whole_command_has_8000_characters_of_which_the_longest_translation_counts() {
    let choices: Vec<_> = (0..25)
        .map(|index| json!({ "name": format!("{index:0>100}"), "value": "x".repeat(100) }))
        .collect();
    let option = |name: &str, choices: &[Value]| json!({ "type": 3, "name": name, "description": "d", "choices": choices });
    let options = json!([option("a", &choices), option("b", &choices[..14])]);
    let nearly = with(command(), "/options/0/options", options);
    // 39 choices of 200 each, two options of 2 each and what `command` itself has.
    let rest = 8000 - 39 * 200 - 2 * 2 - "invites".len() - "liste".len() - "List them".len();
    let german = |length| json!({ "de": "ä".repeat(length), "fr": "x" });
    let described = |first, second| {
        let body = with(nearly.clone(), "/description_localizations", german(first));
        let option = "/options/0/options/0/description_localizations";
        with(body, option, german(second))
    };
    assert_command(&described(100, rest - 100 + 1));
    let problem = only_problem(Sent::Command, &described(100, rest - 100 + 2));
    assert!(
        problem.contains("at most 8000 characters, not 8001"),
        "{problem}"
    );
}
