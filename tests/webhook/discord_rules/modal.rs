//! Modals.

use super::component::{self, ACTION_ROW, TEXT_INPUT};
use super::node::Node;
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
}
