//! Messages with a picture like those of the service, right and each wrong in one way.

use serde_json::{Value, json};

use super::sent_bodies::{PRESS, answer, message, only_problem, with};
use super::{Sent, assert_callback, assert_edit, assert_files, file_problems};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The edit that brings a picture.
fn pictured() -> Value {
    let body = with(message(), "/flags", json!(null));
    let image = json!({ "url": "attachment://uses.png" });
    let body = with(body, "/embeds/0/image", image);
    let attachment = json!({ "id": "0", "filename": "uses.png", "description": "Bar chart" });
    with(body, "/attachments", json!([attachment]))
}

#[test]
fn a_described_picture_passes() {
    assert_edit(&pictured());
    assert_files(&pictured(), &[("uses.png", PNG)]);
}

#[test]
fn a_picture_is_attached_and_described() {
    for (pointer, value, rule) in [
        (
            "/attachments/0/filename",
            json!("other.png"),
            "is not attached",
        ),
        ("/attachments/0/description", json!(null), "no description"),
        ("/attachments/0/description", json!(" "), "no description"),
    ] {
        let problem = only_problem(Sent::Edit, &with(pictured(), pointer, value));
        assert!(problem.contains(rule), "{problem}");
    }
}

#[test]
fn a_description_has_1024_characters_and_not_one_more() {
    let described = |length| {
        with(
            pictured(),
            "/attachments/0/description",
            json!("ä".repeat(length)),
        )
    };
    assert_edit(&described(1024));
    let found = super::problems(Sent::Edit, &described(1025));
    assert!(!found.is_empty());
    assert!(
        found.iter().all(|problem| problem.contains("1024")),
        "{found:#?}"
    );
}

#[test]
fn attachments_are_told_apart() {
    let twin = json!({ "id": "0", "filename": "invites.csv" });
    let mut body = pictured();
    body["attachments"]
        .as_array_mut()
        .expect("a list")
        .push(twin);
    let problem = only_problem(Sent::Edit, &body);
    assert!(problem.contains("the same id"), "{problem}");
    let body = with(
        body,
        "/attachments/1",
        json!({ "id": "1", "filename": "uses.png" }),
    );
    let problem = only_problem(Sent::Edit, &body);
    assert!(problem.contains("the same name"), "{problem}");
}

#[test]
fn what_replaces_a_message_says_which_files_remain() {
    let rule = "which files remain";
    let edit = with(pictured(), "/embeds/0/image", json!(null));
    let problem = only_problem(Sent::Edit, &with(edit, "/attachments", json!(null)));
    assert!(problem.contains(rule), "{problem}");
    let update = answer(7, &with(message(), "/attachments", json!(null)));
    let problem = only_problem(Sent::Callback(PRESS), &update);
    assert!(problem.contains(rule), "{problem}");
    let answer_of_its_own = answer(4, &with(message(), "/attachments", json!(null)));
    assert_callback(PRESS, &answer_of_its_own);
}

#[test]
fn no_file_goes_beside_a_direct_answer() {
    let problem = only_problem(Sent::Callback(PRESS), &answer(7, &pictured()));
    assert!(problem.contains("beside a direct answer"), "{problem}");
}

#[test]
fn the_files_are_those_that_the_body_names() {
    for (files, rule) in [
        (&[][..], "1 attachments, but 0 files"),
        (&[("uses.gif", PNG)][..], "is not what the body calls"),
        (&[("uses.png", b"GIF89a".as_slice())][..], "is no PNG"),
    ] {
        let found = file_problems(&pictured(), files);
        assert!(found.len() == 1 && found[0].contains(rule), "{found:#?}");
    }
    let found = file_problems(&message(), &[("uses.png", PNG)]);
    assert_eq!(found.len(), 2, "{found:#?}");
}
