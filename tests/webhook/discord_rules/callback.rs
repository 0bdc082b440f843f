//! Which answer fits which interaction, and what each may carry.

use super::Interaction;
use super::message::{self, Occasion};
use super::modal;
use super::node::{Node, characters};
use super::problems::{Problems, page};

const PONG: i64 = 1;
pub(super) const MESSAGE: i64 = 4;
const DEFERRED_MESSAGE: i64 = 5;
const DEFERRED_UPDATE: i64 = 6;
pub(super) const UPDATE: i64 = 7;
const AUTOCOMPLETE: i64 = 8;
const MODAL: i64 = 9;
pub(super) const ACTIVITY: i64 = 12;

const PING: u8 = 1;
const APPLICATION_COMMAND: u8 = 2;
const MESSAGE_COMPONENT: u8 = 3;
const COMMAND_AUTOCOMPLETE: u8 = 4;
const MODAL_SUBMIT: u8 = 5;

/// See [Discord Docs/Application Commands] (Option Choice Structure); the schema allows 6000.
const CHOICE_VALUE_MAX_CHARS: usize = 100;

/// The callback types that may answer `interaction`.
///
/// See [Discord Docs/Receiving and Responding] (Interaction Callback Type). A type that does not
/// exist yet gets a message: all that can be said of it is that the service does not know it.
pub(super) fn fitting(interaction: Interaction) -> &'static [i64] {
    match (interaction.kind, interaction.from_message) {
        (PING, _) => &[PONG],
        (APPLICATION_COMMAND, _) => &[MESSAGE, DEFERRED_MESSAGE, MODAL, ACTIVITY],
        (MESSAGE_COMPONENT, _) => &[
            MESSAGE,
            DEFERRED_MESSAGE,
            DEFERRED_UPDATE,
            UPDATE,
            MODAL,
            ACTIVITY,
        ],
        (COMMAND_AUTOCOMPLETE, _) => &[AUTOCOMPLETE],
        (MODAL_SUBMIT, false) => &[MESSAGE, DEFERRED_MESSAGE, ACTIVITY],
        (MODAL_SUBMIT, true) => &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, ACTIVITY],
        _ => &[MESSAGE],
    }
}

/// Notes what the pages say against `body` as the answer to `interaction`.
pub(super) fn check(interaction: Interaction, body: &Node<'_>, problems: &mut Problems) {
    let Some(kind) = body.integer("type") else {
        return;
    };
    let fitting = fitting(interaction);
    problems.require(
        fitting.contains(&kind),
        body,
        format_args!(
            "type {kind} does not answer an interaction of type {}, only {fitting:?} do",
            interaction.kind,
        ),
        page::RESPONDING,
    );
    let data = body.get("data");
    match (kind, data) {
        (MESSAGE, Some(data)) => message::check(&data, Occasion::Create, problems),
        (UPDATE, Some(data)) => message::check(&data, Occasion::Update, problems),
        (MESSAGE | UPDATE, None) => {
            problems.add(body.pointer(), "a message needs data", page::RESPONDING);
        }
        (DEFERRED_MESSAGE, Some(data)) => check_deferral(&data, problems),
        (DEFERRED_UPDATE, Some(data)) => {
            let rule = "a deferred update carries nothing";
            problems.add(data.pointer(), rule, page::RESPONDING);
        }
        (AUTOCOMPLETE, Some(data)) => check_choices(&data, problems),
        (MODAL, Some(data)) => modal::check(&data, problems),
        _ => {}
    }
}

/// A deferral decides who will see the answer, and nothing else.
///
/// See [Discord Docs/Receiving and Responding] (Interaction Callback Type).
fn check_deferral(data: &Node<'_>, problems: &mut Problems) {
    let keys = data.value().as_object().into_iter().flatten();
    for (key, _) in keys.filter(|(key, value)| *key != "flags" && !value.is_null()) {
        let rule = format_args!("a deferral carries flags only, not `{key}`");
        problems.add(data.pointer(), rule, page::RESPONDING);
    }
    let flags = data.integer("flags").unwrap_or_default();
    problems.require(
        flags & !message::EPHEMERAL == 0,
        data,
        "EPHEMERAL is the only flag of a deferral",
        page::RESPONDING,
    );
}

/// See [Discord Docs/Receiving and Responding] (Autocomplete).
fn check_choices(data: &Node<'_>, problems: &mut Problems) {
    problems.require(
        data.has("choices"),
        data,
        "autocomplete answers with a list of choices, if only an empty one",
        page::RESPONDING,
    );
    for choice in data.list("choices") {
        problems.require(
            !choice.value().is_null(),
            &choice,
            "a choice is not null",
            page::STRICT,
        );
        check_choice_value(&choice, problems);
    }
}

/// The limit of a choice's string value, in a command as in autocomplete.
pub(super) fn check_choice_value(choice: &Node<'_>, problems: &mut Problems) {
    let value = choice.text("value").unwrap_or_default();
    problems.require(
        characters(value) <= CHOICE_VALUE_MAX_CHARS,
        choice,
        format_args!("a choice's value has at most {CHOICE_VALUE_MAX_CHARS} characters"),
        page::APPLICATION_COMMANDS,
    );
}
