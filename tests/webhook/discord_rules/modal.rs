//! Modals.

use super::component::{self, ACTION_ROW, TEXT_DISPLAY, TEXT_INPUT};
use super::node::{Node, characters};
use super::problems::{Problems, page};

/// The schema allows 40.
const COMPONENTS_MAX: usize = 5;

/// Notes what the pages say against `modal`.
///
/// See [Discord Docs/Receiving and Responding] (Modal) and [Discord Docs/Component Reference].
pub(super) fn check(modal: &Node<'_>, problems: &mut Problems) {
    let count = modal.list("components").len();
    problems.require(
        count <= COMPONENTS_MAX,
        modal,
        format_args!("a modal has at most {COMPONENTS_MAX} components, not {count}"),
        page::RESPONDING,
    );
    let takes_something = component::with_nested(modal)
        .iter()
        .any(|component| component.has("custom_id"));
    let rule = "a modal of texts alone asks for nothing";
    problems.require(takes_something, modal, rule, page::STRICT);
    let title = modal.text("title").unwrap_or_default();
    let holds = !title.trim().is_empty();
    problems.require(holds, modal, "a modal's title is blank", page::STRICT);

    let all = component::with_nested(modal);
    component::check_each(&all, problems);
    for component in &all {
        problems.require(
            !component.is_true("disabled"),
            component,
            "nothing in a modal is disabled",
            page::COMPONENTS,
        );
        match component.integer("type") {
            Some(ACTION_ROW) => check_row(component, problems),
            Some(TEXT_INPUT) => check_text_input(component, problems),
            Some(TEXT_DISPLAY) => {
                let text = component.text("content").unwrap_or_default();
                let holds = !text.trim().is_empty();
                problems.require(holds, component, "a text is blank", page::STRICT);
            }
            _ => {}
        }
    }
}

/// The older shape: a row around one text input, which then carries the label.
fn check_row(row: &Node<'_>, problems: &mut Problems) {
    let inputs = row.list("components");
    let is_right = matches!(inputs.as_slice(), [input] if input.has("label"));
    let rule = "a row in a modal holds one text input with a label";
    problems.require(is_right, row, rule, page::COMPONENTS);
}

fn check_text_input(input: &Node<'_>, problems: &mut Problems) {
    if let (Some(min), Some(max)) = (input.integer("min_length"), input.integer("max_length")) {
        let rule = "min_length is not above max_length";
        problems.require(min <= max, input, rule, page::STRICT);
    }
    if let (Some(value), Some(max)) = (input.text("value"), input.integer("max_length")) {
        let length = i64::try_from(characters(value)).unwrap_or(i64::MAX);
        let rule = "what stands there beforehand is not longer than max_length";
        problems.require(length <= max, input, rule, page::STRICT);
    }
}
