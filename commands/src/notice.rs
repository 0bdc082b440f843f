//! What replies about a change have in common: a notice, the way back, and the reason.

use crate::{
    phrase::Phrase,
    plan::Answer,
    query::View,
    reason::{REASON_MAX_CHARS, Reason},
    reply::{Button, Content, Control, Line, Notice, REASON_LINE, Tone},
    token::{self, Token},
};

/// A notice with these buttons below it.
pub(crate) fn notice(
    tone: Tone,
    title: Phrase,
    paragraphs: Vec<Phrase>,
    buttons: Vec<Button>,
) -> Answer {
    let content = Content::Notice(Notice {
        tone,
        title,
        paragraphs,
    });
    Answer {
        controls: vec![Control::Buttons(buttons)],
        ..Answer::new(content)
    }
}

/// The button that leads back to a list.
pub(crate) fn back_to(back: &View) -> Button {
    let token = Token::List(token::Control::BackToList, back.clone());
    Button::new(token, "Back to list")
}

/// The line of a form that asks why.
pub(crate) fn reason_line(value: Option<&str>) -> Line {
    Line {
        id: REASON_LINE,
        label: "Reason, for the audit log".to_owned(),
        placeholder: "You can leave this empty".to_owned(),
        value: value.map(str::to_owned),
        max_chars: REASON_MAX_CHARS,
        is_required: false,
        expects: None,
    }
}

/// `Reason in the audit log: …`, where one was given.
pub(crate) fn reason_told(reason: &Reason) -> Option<Phrase> {
    let given = reason.given()?;
    Some(Phrase::from("Reason in the audit log: ").quote(given))
}
