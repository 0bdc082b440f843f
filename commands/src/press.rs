//! What a button, a menu or a form asks for.

use crate::{
    clean::{self, CleanWish, Preview, Rule},
    export::Format,
    failure::Failure,
    help::Topic,
    invocation::Audience,
    joins, list,
    paging::{ask_page, read_page},
    plan::Task,
    platform::Freshness,
    query::View,
    reason::tidy,
    reply::{Form, LINE, Placement, REASON_LINE},
    revoke, rotate,
    token::{Act, Control, Key, Step, Token},
    tree::Choices,
};

type Asked = (Task, Placement);

/// What a press on the button or menu of this id asks for. `reason` is the one that the message
/// shows.
///
/// An id or a value of another version is answered with a fresh list.
pub(crate) fn pressed(
    id: &str,
    values: &[String],
    audience: Audience,
    reason: Option<&str>,
) -> Asked {
    let chosen = values.first().map_or("", String::as_str);
    let replace = |task| Some((task, Placement::Replace));
    let asked = match id.parse() {
        Ok(Token::List(control, view)) => on_list(control, view, chosen, audience),
        Ok(Token::Card(key, back)) => replace(Task::Show {
            key,
            back,
            freshness: Freshness::Now,
        }),
        Ok(Token::Invite(act, key, back)) => Some(on_invite(act, key, back, audience, reason)),
        Ok(Token::Clean(step, rule, preview, page)) => {
            Some(on_clean(step, rule, preview, page, reason))
        }
        Ok(Token::Cancel(run)) => replace(Task::Cancel(run)),
        Ok(Token::Stats(by)) => replace(Task::Stats(by)),
        Ok(Token::Review) => replace(Task::Review {
            freshness: Freshness::Now,
        }),
        Ok(Token::Check) => replace(Task::Check),
        Ok(Token::Help) => Topic::read(chosen).and_then(|topic| replace(Task::Help(Some(topic)))),
        Err(_) => None,
    };
    asked.unwrap_or_else(fresh_list)
}

/// What a form of this id asks for, with these lines filled in. `shown_reason` is the one that the
/// message shows from which the form was opened.
///
/// # Errors
///
/// What was written is not what the form asked for.
pub(crate) fn submitted(
    id: &str,
    lines: &[(String, String)],
    audience: Option<Audience>,
    shown_reason: Option<&str>,
) -> Result<Asked, Failure> {
    let line = |wanted: &str| {
        let found = lines.iter().find(|(id, _)| id == wanted);
        found.map_or("", |(_, text)| text.as_str())
    };
    let page = || read_page(line(LINE)).ok_or(Failure::NotAPage);
    let reason = tidy(line(REASON_LINE));
    let replace = match audience {
        Some(_) => Placement::Replace,
        None => Placement::Private,
    };
    // What was done with an invite is for the moderator who did it, not for the channel.
    let discreet = match audience {
        Some(Audience::Private) => Placement::Replace,
        Some(Audience::Shared) | None => Placement::Private,
    };
    Ok(match id.parse() {
        Ok(Token::List(Control::Jump, view)) => (Task::list(view.at(page()?).into()), replace),
        Ok(Token::List(Control::Pause, back)) => {
            let duration = None;
            let task = Task::Pause {
                duration,
                back,
                reason,
            };
            (task, discreet)
        }
        Ok(Token::List(Control::Resume, back)) => (Task::Resume { back, reason }, discreet),
        Ok(Token::Invite(Act::Revoke { seen }, key, back)) => {
            let task = Task::Revoke {
                key,
                seen,
                back,
                reason,
            };
            (task, discreet)
        }
        Ok(Token::Invite(Act::Rotate, key, back)) => (Task::Rotate { key, back, reason }, discreet),
        Ok(Token::Clean(Step::Jump, rule, preview, _)) => {
            let task = Task::PreviewClean {
                wish: CleanWish::of(rule),
                page: page()?,
                seen: Some(preview),
                freshness: Freshness::Recent,
                reason: shown_reason.map(str::to_owned),
            };
            (task, discreet)
        }
        Ok(Token::Clean(step @ (Step::Confirm | Step::Continue), rule, preview, page)) => {
            let task = Task::Clean {
                rule,
                preview,
                page,
                typed: line(LINE).to_owned(),
                reason,
            };
            let placement = if step == Step::Continue {
                Placement::Private
            } else {
                discreet
            };
            (task, placement)
        }
        _ => fresh_list(),
    })
}

fn ask(form: Form) -> Asked {
    (Task::Ask(Box::new(form)), Placement::Private)
}

fn on_list(control: Control, view: View, chosen: &str, audience: Audience) -> Option<Asked> {
    let list = |view: View| (Task::list(view.into()), Placement::Replace);
    match control {
        Control::First
        | Control::Back
        | Control::Next
        | Control::Last
        | Control::BackToList
        | Control::TryAgain => Some(list(view)),
        Control::Beside => Some((Task::list(view.into()), Placement::Private)),
        Control::Jump => Some(ask(ask_page(Token::List(Control::Jump, view)))),
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
            Some((task, discreet(audience)))
        }
        Control::Clean => {
            let task = Task::PreviewClean {
                wish: CleanWish::listed(view),
                page: 1,
                seen: None,
                freshness: Freshness::Recent,
                reason: None,
            };
            Some((task, discreet(audience)))
        }
        Control::Pause => Some(ask(joins::ask_pause(view))),
        Control::Resume => Some(ask(joins::ask_resume(view))),
        Control::Filter => list::filtered(view, chosen).map(list),
        Control::Sort => list::sorted(view, chosen).map(list),
        Control::ShowAll => Some(list(View {
            sort: view.sort,
            ..View::default()
        })),
    }
}

fn on_invite(act: Act, key: Key, back: View, audience: Audience, reason: Option<&str>) -> Asked {
    match act {
        Act::Revoke { seen } => ask(revoke::ask(key, seen, back, reason)),
        Act::Rotate => ask(rotate::ask(key, back, reason)),
        Act::Members { page } => (Task::Who { key, page, back }, discreet(audience)),
    }
}

fn on_clean(step: Step, rule: Rule, preview: Preview, page: u32, reason: Option<&str>) -> Asked {
    let (page, seen, freshness) = match step {
        Step::Confirm | Step::Continue => {
            return ask(clean::ask(step, rule, preview, page, reason));
        }
        Step::Jump => return ask(ask_page(Token::Clean(step, rule, preview, page))),
        // Another list may have something new on every page.
        Step::Refresh => (1, None, Freshness::Now),
        Step::First | Step::Back | Step::Next | Step::Last => {
            (page, Some(preview), Freshness::Recent)
        }
    };
    let task = Task::PreviewClean {
        wish: CleanWish::of(rule),
        page,
        seen,
        freshness,
        reason: reason.map(str::to_owned),
    };
    (task, Placement::Replace)
}

/// What holds a whole invite is for the moderator who asked, not for the channel.
const fn discreet(audience: Audience) -> Placement {
    match audience {
        Audience::Private => Placement::Replace,
        Audience::Shared => Placement::Private,
    }
}

fn fresh_list() -> Asked {
    let task = Task::List {
        wish: View::default().into(),
        freshness: Freshness::Recent,
        is_outdated: true,
    };
    (task, Placement::Private)
}
