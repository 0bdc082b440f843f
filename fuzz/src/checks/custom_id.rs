//! Ids of buttons, menus and forms: whatever comes back is read or refused, what is read is written
//! again as the same within the platform's limit, and a press on it is answered.

use std::str;

use gatehouse_commands::{
    Audience, CUSTOM_ID_MAX_CHARS, Content, Control, Reply, Request, Token, commands::Name,
};

use super::given::{Given, command, shown_reason};

/// The view of the whole list, which takes the place of one that leaves no room.
const BACK_TO_ALL: &str = ":1:-n:::";

/// Reads an id, and presses it: in private, among others, and as a form.
///
/// Lines after the first are the values chosen in a menu, or what was written into a form.
pub fn check(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let mut lines = text.split('\n');
    let id = lines.next().unwrap_or_default();
    let values: Vec<String> = lines.map(str::to_owned).collect();
    if let Ok(token) = id.parse::<Token>() {
        assert_round_trip(&token);
    }
    let given = Given::captured();
    for audience in [Audience::Private, Audience::Shared] {
        given.answer(Request::Press {
            id: id.to_owned(),
            values: values.clone(),
            audience,
            reason: shown_reason(values.first().map_or("", String::as_str)),
        });
    }
    let written = values.first().cloned().unwrap_or_default();
    given.answer(Request::Submit {
        id: id.to_owned(),
        lines: ["line", "reason"]
            .map(|line| (line.to_owned(), written.clone()))
            .to_vec(),
        audience: Some(Audience::Private),
        reason: None,
    });
}

fn assert_round_trip(token: &Token) {
    let written = token.to_string();
    let chars = written.chars().count();
    assert!(chars <= CUSTOM_ID_MAX_CHARS, "{chars}: {written}");
    let again = written.parse::<Token>();
    let is_cut_short = written.ends_with(BACK_TO_ALL);
    assert!(
        again.as_ref() == Ok(token) || again.is_ok() && is_cut_short,
        "{token:?} became {again:?} by {written}"
    );
}

/// Every id that the replies of every command hold.
pub fn seeds() -> Vec<Vec<u8>> {
    let given = Given::captured();
    let mut ids: Vec<String> = Name::ALL
        .into_iter()
        .flat_map(|name| {
            let name = name.spec().name;
            let by_state = given.answer(Request::Command(command(name, &[("state", "unused")])));
            let plain = given.answer(Request::Command(given.about_the_first(name, &[])));
            [by_state, plain]
        })
        .flat_map(|reply| ids(&reply))
        .collect();
    ids.sort();
    ids.dedup();
    ids.into_iter().map(String::into_bytes).collect()
}

fn ids(reply: &Reply) -> Vec<String> {
    let mut ids = Vec::new();
    for control in &reply.controls {
        match control {
            Control::Buttons(buttons) => {
                ids.extend(buttons.iter().map(|button| button.token.to_string()));
            }
            Control::Menu { token, options, .. } => {
                ids.push(token.to_string());
                let chosen = options.iter();
                ids.extend(chosen.map(|option| format!("{token}\n{}", option.value)));
            }
        }
    }
    if let Content::Form(form) = &reply.content {
        ids.push(format!("{}\n1", form.token));
    }
    ids
}
