//! Messages like those of the service, right and each wrong in one way.

use serde_json::{Value, json};

use super::{Interaction, Sent, assert_callback, assert_edit, assert_follow_up, problems};

pub(super) const COMMAND: Interaction = Interaction {
    kind: 2,
    from_message: false,
};
pub(super) const PRESS: Interaction = Interaction {
    kind: 3,
    from_message: true,
};
pub(super) const UNKNOWN: Interaction = Interaction {
    kind: 42,
    from_message: false,
};

pub(super) fn message() -> Value {
    json!({
        "flags": 64,
        "allowed_mentions": { "parse": [] },
        "attachments": [],
        "embeds": [{
            "title": "Invites",
            "type": "rich",
            "fields": [{ "name": "abc", "value": "12 uses" }],
        }],
        "components": [
            { "type": 1, "components": [
                { "type": 3, "custom_id": "sort", "options": [
                    { "label": "Uses", "value": "uses", "default": true },
                    { "label": "Age", "value": "age" },
                ] },
            ] },
            { "type": 1, "components": [
                { "type": 2, "style": 2, "label": "Next", "custom_id": "next" },
                { "type": 2, "style": 5, "label": "Help", "url": "https://example.com" },
            ] },
        ],
    })
}

fn edit() -> Value {
    with(message(), "/flags", json!(null))
}

pub(super) fn answer(kind: u8, data: &Value) -> Value {
    json!({ "type": kind, "data": data })
}

/// `body` with `value` at `pointer`, whose parent is there.
pub(super) fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer below the root");
    let parent = body.pointer_mut(parent).expect("the parent is there");
    match key.parse::<usize>() {
        Ok(index) => parent[index] = value,
        Err(_) => parent[key] = value,
    }
    body
}

/// The only thing wrong with `body`, so that no other rule hides the one under test.
#[track_caller]
pub(super) fn only_problem(sent: Sent, body: &Value) -> String {
    let mut found = problems(sent, body);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[track_caller]
pub(super) fn assert_message_refused(pointer: &str, value: Value, rule: &str) {
    let body = answer(4, &with(message(), pointer, value));
    let problem = only_problem(Sent::Callback(COMMAND), &body);
    assert!(problem.contains(rule), "{problem}");
}

#[test]
fn right_bodies_pass() {
    assert_callback(COMMAND, &answer(4, &message()));
    assert_callback(COMMAND, &answer(5, &json!({ "flags": 64 })));
    assert_callback(PRESS, &json!({ "type": 6 }));
    assert_callback(PRESS, &answer(7, &message()));
    assert_callback(UNKNOWN, &answer(4, &message()));
    assert_edit(&edit());
    assert_follow_up(&message());
}

#[test]
#[should_panic(expected = "/data/embeds/0/title: value is longer than 256 characters")]
fn the_panic_names_place_and_rule() {
    let title = "x".repeat(257);
    assert_callback(
        COMMAND,
        &answer(4, &with(message(), "/embeds/0/title", json!(title))),
    );
}

#[test]
#[should_panic(expected = "\"title\": \"Invites\"")]
fn the_panic_shows_the_body() {
    assert_follow_up(&with(message(), "/flags", json!(1)));
}

#[test]
fn every_message_says_that_nobody_is_pinged() {
    for mentions in [
        json!(null),
        json!({}),
        json!({ "parse": ["users"] }),
        json!({ "parse": [], "users": [] }),
    ] {
        let body = with(message(), "/allowed_mentions", mentions);
        let rule = r#"allowed_mentions is exactly {"parse": []}"#;
        for (sent, body) in [
            (Sent::Callback(COMMAND), answer(4, &body)),
            (Sent::Callback(PRESS), answer(7, &body)),
            (Sent::FollowUp, body.clone()),
            (Sent::Edit, with(body, "/flags", json!(0))),
        ] {
            let problem = only_problem(sent, &body);
            assert!(problem.contains(rule), "{problem}");
        }
    }
}

#[test]
fn an_answer_of_the_wrong_type_is_refused() {
    for (kind, body) in [
        (1, answer(4, &message())),
        (2, json!({ "type": 6 })),
        (3, json!({ "type": 1 })),
    ] {
        let interaction = Interaction {
            kind,
            from_message: kind == 3,
        };
        let problem = only_problem(Sent::Callback(interaction), &body);
        assert!(
            problem.contains("does not answer an interaction"),
            "{problem}"
        );
    }
}

#[test]
fn an_unknown_interaction_is_answered_in_private() {
    let open = answer(4, &with(message(), "/flags", json!(0)));
    let problem = only_problem(Sent::Callback(UNKNOWN), &open);
    assert!(problem.contains("in private"), "{problem}");
}

#[test]
fn a_deferral_with_another_flag_is_refused() {
    let body = answer(5, &json!({ "flags": 64 | 4 }));
    let problem = only_problem(Sent::Callback(COMMAND), &body);
    assert!(problem.contains("the only flag of a deferral"), "{problem}");
}

#[test]
fn a_deferred_update_carries_nothing() {
    let body = answer(6, &json!({ "flags": 64 }));
    let problem = only_problem(Sent::Callback(PRESS), &body);
    assert!(problem.contains("carries nothing"), "{problem}");
}

#[test]
fn suggestions_are_a_list_without_gaps() {
    let typing = Interaction {
        kind: 4,
        from_message: false,
    };
    assert_callback(typing, &answer(8, &json!({ "choices": [] })));
    let missing = json!({});
    let problem = only_problem(Sent::Callback(typing), &answer(8, &missing));
    assert!(problem.contains("a list of choices"), "{problem}");
    let gap = json!({ "choices": [null] });
    let problem = only_problem(Sent::Callback(typing), &answer(8, &gap));
    assert!(problem.contains("a choice is not null"), "{problem}");
}

#[test]
fn an_activity_is_never_launched() {
    let problem = only_problem(Sent::Callback(COMMAND), &json!({ "type": 12 }));
    assert!(problem.contains("no Activity"), "{problem}");
}

#[test]
fn a_key_that_the_platform_does_not_know_is_refused_at_every_depth() {
    for pointer in [
        "/component",
        "/embeds/0/heading",
        "/embeds/0/fields/0/text",
        "/components/1/components/0/text",
    ] {
        assert_message_refused(pointer, json!("x"), "was unexpected");
    }
}

#[test]
fn embeds_are_refused_for_what_the_schema_does_not_say() {
    let long = "x".repeat(2000);
    let four = json!([{ "description": long }, { "description": long }, { "description": long }, { "title": "x" }]);
    assert_message_refused("/embeds", four, "at most 6000 characters, not 6001");
    assert_message_refused("/embeds/0/fields/0/value", json!(" "), "is blank");
    assert_message_refused("/embeds/0/footer", json!({ "text": "" }), "is blank");
    assert_message_refused(
        "/embeds/0/url",
        json!("ftp://example.com"),
        "a link is http",
    );
    assert_message_refused(
        "/embeds/0/image",
        json!({ "url": "attachment://invites.csv" }),
        "a picture is",
    );
    let image = json!({ "url": "https://example.com/x.png", "width": 9 });
    assert_message_refused("/embeds/0/image", image, "the size of a picture");
    let provider = json!({ "name": "x" });
    assert_message_refused("/embeds/0/provider", provider, "`provider` cannot be set");
    let twin = json!({ "title": "x", "url": "https://example.com" });
    assert_message_refused("/embeds", json!([twin, twin]), "collapse into the first");
    assert_message_refused("/embeds/0/type", json!("link"), "an embed is rich");
}

#[test]
fn the_total_of_all_embeds_is_counted_trimmed_and_in_code_points() {
    let text = format!("{} ", "🧭".repeat(1000));
    let field = json!({ "name": "n", "value": text });
    let embed =
        json!({ "description": "🧭".repeat(995), "fields": [field, field, field, field, field] });
    assert_callback(COMMAND, &answer(4, &with(message(), "/embeds/0", embed)));
}

#[test]
fn an_update_may_leave_out_what_stays_but_not_clear_everything() {
    let mentions = json!({ "parse": [] });
    let buttons_gone = json!({ "allowed_mentions": mentions, "components": [], "attachments": [] });
    assert_callback(PRESS, &answer(7, &buttons_gone));
    let nothing = json!({ "allowed_mentions": mentions });
    let files_gone = json!({ "allowed_mentions": mentions, "attachments": [] });
    assert_callback(PRESS, &answer(7, &files_gone));
    let found = problems(Sent::Callback(PRESS), &answer(7, &nothing));
    assert!(found[0].contains("leaves something to see"), "{found:#?}");
    let cleared = json!({ "allowed_mentions": mentions, "content": "", "embeds": [],
        "components": [], "attachments": [] });
    let problem = only_problem(Sent::Callback(PRESS), &answer(7, &cleared));
    assert!(problem.contains("leaves something to see"), "{problem}");
    for data in [files_gone, cleared] {
        let problem = only_problem(Sent::Edit, &data);
        assert!(problem.contains("is empty"), "{problem}");
    }
}

#[test]
fn an_edit_does_not_make_a_message_private() {
    let problem = only_problem(Sent::Edit, &message());
    assert!(
        problem.contains("the flags 64 cannot be set here"),
        "{problem}"
    );
}

#[test]
fn a_follow_up_has_no_name_of_its_own() {
    let problem = only_problem(Sent::FollowUp, &with(message(), "/username", json!("x")));
    assert!(problem.contains("has no `username`"), "{problem}");
}
