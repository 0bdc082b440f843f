//! Components and modals, right and each wrong in one way.

use serde_json::{Value, json};

use super::sent_bodies::{COMMAND, answer, assert_message_refused, message, only_problem, with};
use super::{Sent, assert_callback, assert_edit, assert_follow_up};

fn modal() -> Value {
    json!({
        "custom_id": "filter",
        "title": "Filter",
        "components": [
            { "type": 10, "content": "Which invites?" },
            { "type": 18, "label": "Code", "component":
                { "type": 4, "custom_id": "code", "style": 1, "min_length": 1, "max_length": 20 } },
            { "type": 18, "label": "By", "component":
                { "type": 5, "custom_id": "by", "min_values": 0, "max_values": 1 } },
        ],
    })
}

#[track_caller]
fn assert_modal_refused(pointer: &str, value: Value, rule: &str) {
    let body = answer(9, &with(modal(), pointer, value));
    let problem = only_problem(Sent::Callback(COMMAND), &body);
    assert!(problem.contains(rule), "{problem}");
}

#[test]
fn a_right_modal_passes() {
    assert_callback(COMMAND, &answer(9, &modal()));
}

#[test]
fn modals_are_refused_for_what_the_schema_does_not_say() {
    assert_modal_refused("/title", json!(" "), "title is blank");
    assert_modal_refused(
        "/components/1/component/min_length",
        json!(21),
        "min_length is not above",
    );
    assert_modal_refused(
        "/components/2/component/disabled",
        json!(true),
        "nothing in a modal is disabled",
    );
    assert_modal_refused(
        "/components/2/component/custom_id",
        json!("code"),
        "the same custom_id",
    );
    let input = json!({ "type": 4, "custom_id": "old", "style": 1 });
    let row = json!({ "type": 1, "components": [input] });
    assert_modal_refused("/components/1", row, "one text input with a label");
}

#[test]
fn texts_of_a_modal_stand_beside_its_lines_and_not_alone() {
    assert_modal_refused("/components/0/content", json!(" "), "a text is blank");
    let line = "/components/1/component";
    assert_modal_refused(
        &format!("{line}/value"),
        json!("x".repeat(21)),
        "beforehand",
    );
    let alone = json!([{ "type": 10, "content": "Sure?" }]);
    assert_modal_refused("/components", alone, "asks for nothing");
}

#[test]
fn a_modal_keeps_its_limits_and_not_one_more() {
    let parts = |count: usize| {
        let line = |at| {
            json!({ "type": 18, "label": "Code", "component":
            { "type": 4, "custom_id": format!("line{at}"), "style": 1 } })
        };
        Value::from((0..count).map(line).collect::<Vec<_>>())
    };
    assert_callback(COMMAND, &answer(9, &with(modal(), "/components", parts(5))));
    assert_modal_refused("/components", parts(6), "at most 5 components, not 6");
    for (pointer, most) in [
        ("/title", 45),
        ("/components/1/label", 45),
        ("/components/1/component/custom_id", 100),
        ("/components/1/component/placeholder", 100),
        ("/custom_id", 100),
    ] {
        let at_most = with(modal(), pointer, json!("ä".repeat(most)));
        assert_callback(COMMAND, &answer(9, &at_most));
        assert_modal_refused(pointer, json!("ä".repeat(most + 1)), "longer than");
    }
}

#[test]
fn a_button_to_something_final_needs_an_id_like_any_other() {
    let button = "/components/1/components/0";
    let danger = json!({ "type": 2, "style": 4, "label": "Revoke…", "custom_id": "revoke" });
    let body = with(message(), button, danger);
    assert_follow_up(&body);
    let nameless = with(body, &format!("{button}/custom_id"), json!(null));
    let problem = only_problem(Sent::FollowUp, &nameless);
    assert!(problem.contains("needs `custom_id`"), "{problem}");
}

#[test]
fn components_are_refused_for_what_the_schema_does_not_say() {
    let select = "/components/0/components/0";
    let button = "/components/1/components/0";
    assert_message_refused(
        &format!("{select}/options/1/value"),
        json!("uses"),
        "the same value",
    );
    assert_message_refused(
        &format!("{select}/options/1/default"),
        json!(true),
        "chosen beforehand",
    );
    let user_select = json!({ "type": 5, "custom_id": "by", "min_values": 2, "max_values": 1 });
    assert_message_refused(select, user_select, "not above max_values");
    assert_message_refused(
        &format!("{select}/min_values"),
        json!(3),
        "above the number of options",
    );
    assert_message_refused(
        &format!("{select}/custom_id"),
        json!("next"),
        "the same custom_id",
    );
    assert_message_refused(&format!("{button}/label"), json!(" "), "shows nothing");
    assert_message_refused(
        &format!("{button}/url"),
        json!("https://example.com"),
        "has no `url`",
    );
    assert_message_refused(
        "/components/1/components/1/url",
        json!("discord://x"),
        "a link is http",
    );
    assert_message_refused(
        "/components/1/components/1/custom_id",
        json!("x"),
        "has no `custom_id`",
    );
}

#[test]
fn a_message_of_components_only_has_no_other_parts() {
    let text = json!([{ "type": 17, "components": [{ "type": 10, "content": "x" }] }]);
    let plain = with(message(), "/components", text);
    let mixed = with(plain.clone(), "/flags", json!(32768));
    let pure = with(mixed.clone(), "/embeds", json!(null));
    let problem = only_problem(Sent::FollowUp, &plain);
    assert!(
        problem.contains("only rows stand in a message"),
        "{problem}"
    );
    let problem = only_problem(Sent::FollowUp, &mixed);
    assert!(problem.contains("excludes `embeds`"), "{problem}");
    assert_follow_up(&pure);
    assert_edit(&pure);
}

#[test]
fn text_of_a_message_of_components_is_limited_in_bytes_too() {
    let text = |count| json!([{ "type": 10, "content": "あ".repeat(count) }]);
    let pure = with(
        with(message(), "/flags", json!(32768)),
        "/embeds",
        json!(null),
    );
    assert_follow_up(&with(pure.clone(), "/components", text(3386)));
    let problem = only_problem(Sent::FollowUp, &with(pure, "/components", text(3387)));
    assert!(problem.contains("at most 10158 bytes"), "{problem}");
}

#[test]
fn components_of_a_free_layout_are_refused_for_what_the_schema_does_not_say() {
    let body = with(message(), "/flags", json!(32768));
    let body = with(body, "/embeds", json!(null));
    let section = json!([{ "type": 9, "id": 7, "components": [{ "type": 10, "content": "x" }],
        "accessory": { "type": 11, "media": { "url": "https://example.com/x.png" } } }]);
    let body = with(body, "/components", section);
    assert_follow_up(&body);
    for (pointer, value, rule) in [
        (
            "/components/0/accessory/media/url",
            json!("ftp://x"),
            "other media are",
        ),
        ("/components/0/components/0/id", json!(7), "the same id"),
        ("/components/0/id", json!(1_u64 << 31), "32 bits"),
        (
            "/components/0/accessory",
            json!({ "type": 2, "style": 6, "sku_id": "1", "label": "x" }),
            "has no `label`",
        ),
    ] {
        let problem = only_problem(Sent::FollowUp, &with(body.clone(), pointer, value));
        assert!(problem.contains(rule), "{problem}");
    }
    let file = json!([{ "type": 13, "file": { "url": "https://example.com/x.csv" } }]);
    let problem = only_problem(Sent::FollowUp, &with(body, "/components", file));
    assert!(problem.contains("a file is attached"), "{problem}");
}
