//! What a button, a menu or a form asks for.

use crate::{
    export::Format,
    failure::Failure,
    help::Topic,
    invocation::Audience,
    list,
    plan::Task,
    platform::Freshness,
    query::View,
    reply::Placement,
    token::{Control, Token},
    tree::Choices,
};

/// What a press on the button or menu of this id asks for.
///
/// An id or a value of another version is answered with a fresh list.
pub(crate) fn pressed(id: &str, values: &[String], audience: Audience) -> (Task, Placement) {
    let chosen = values.first().map_or("", String::as_str);
    let asked = match id.parse() {
        Ok(Token::List(control, view)) => on_list(control, view, chosen, audience),
        Ok(Token::Card(key, back)) => {
            let task = Task::Show {
                key,
                back,
                freshness: Freshness::Now,
            };
            Some((task, Placement::Replace))
        }
        Ok(Token::Help) => {
            Topic::read(chosen).map(|topic| (Task::Help(Some(topic)), Placement::Replace))
        }
        Err(_) => None,
    };
    asked.unwrap_or_else(fresh_list)
}

/// What a form of this id asks for, with `text` in its line.
///
/// # Errors
///
/// The text is not what the form asked for.
pub(crate) fn submitted(
    id: &str,
    text: &str,
    audience: Option<Audience>,
) -> Result<(Task, Placement), Failure> {
    let Ok(Token::List(Control::Jump, view)) = id.parse() else {
        return Ok(fresh_list());
    };
    let page = list::read_page(text).ok_or(Failure::NotAPage)?;
    let placement = match audience {
        Some(_) => Placement::Replace,
        None => Placement::Private,
    };
    Ok((Task::list(view.at(page).into()), placement))
}

fn on_list(
    control: Control,
    view: View,
    chosen: &str,
    audience: Audience,
) -> Option<(Task, Placement)> {
    let list = |view: View| (Task::list(view.into()), Placement::Replace);
    match control {
        Control::First
        | Control::Back
        | Control::Next
        | Control::Last
        | Control::BackToList
        | Control::TryAgain => Some(list(view)),
        Control::Jump => Some((Task::AskPage(view), Placement::Private)),
        Control::Refresh => {
            let task = Task::List {
                wish: view.into(),
                freshness: Freshness::Now,
                is_outdated: false,
            };
            Some((task, Placement::Replace))
        }
        Control::Export => {
            let task = Task::Export {
                wish: view.into(),
                format: Format::default(),
            };
            Some((task, Placement::Private))
        }
        Control::Open => {
            let task = Task::Show {
                key: chosen.parse().ok()?,
                back: view,
                freshness: Freshness::Recent,
            };
            // The whole invite is for the moderator who opened it, not for the channel.
            let placement = match audience {
                Audience::Private => Placement::Replace,
                Audience::Shared => Placement::Private,
            };
            Some((task, placement))
        }
        Control::Filter => list::filtered(view, chosen).map(list),
        Control::Sort => list::sorted(view, chosen).map(list),
        Control::ShowAll => Some(list(View {
            sort: view.sort,
            ..View::default()
        })),
    }
}

fn fresh_list() -> (Task, Placement) {
    let task = Task::List {
        wish: View::default().into(),
        freshness: Freshness::Recent,
        is_outdated: true,
    };
    (task, Placement::Private)
}
