//! `/invites list`: the invites, page by page.
//!
//! ```text
//! /invites list [search] [by] [channel] [state] [sort] [page] [share]
//! ```

use jiff::Timestamp;

use crate::{
    failure::Failure,
    invite::Invite,
    paging::{self, Page, Turn},
    phrase::Phrase,
    place::PlatformName,
    plan::{Answer, Problem, Work},
    platform::{Freshness, Listing, Platform},
    query::{Filter, Sort, State, View},
    reply::{Button, Content, Control, Entry, ListPage, MenuOption},
    stage::Stage,
    text,
    token::{self, Key, Token},
    tree::{self, Choices},
    wish::Wish,
};

pub(crate) const SPEC: tree::Command = tree::Command {
    name: "list",
    description: "The invites, page by page",
    options: &[
        tree::SEARCH,
        tree::BY,
        tree::CHANNEL,
        tree::STATE,
        tree::SORT,
        tree::PAGE,
        tree::SHARE,
    ],
    example: "list unused oldest",
};

/// The menu value that drops the state filter.
const ANY_STATE: &str = "any";

/// Longest second line of a menu's entry.
const MENU_DESCRIPTION_MAX_CHARS: usize = 100;

/// Shows a page of the list.
pub(crate) async fn run<P: Platform, S: Stage>(
    work: &Work<'_, P, S>,
    wish: &Wish,
    freshness: Freshness,
    is_outdated: bool,
) -> Result<Answer, Problem> {
    let listing = work.list(freshness).await?;
    let mut view = wish.resolve(&listing)?;
    if work.masked
        && let Some(search) = view.filter.search.take()
    {
        if search.tells_a_code(&listing.invites) {
            return Err(Failure::SearchTellsCode.into());
        }
        view.filter.search = Some(search.without_codes());
    }
    let platform = work.place.target.platform;
    let (mut content, controls) = page(&listing, &view, platform, work.masked, work.stage.now());
    if let (true, Content::List(page)) = (is_outdated, &mut content) {
        page.notes.insert(0, text::outdated());
    }
    Ok(Answer {
        controls,
        total: Some(listing.invites.len()),
        ..Answer::new(content)
    })
}

/// A page of the list and what can be pressed below it. `masked` where others see it.
fn page(
    listing: &Listing,
    view: &View,
    platform: PlatformName,
    masked: bool,
    now: Timestamp,
) -> (Content, Vec<Control>) {
    let page = view.page(&listing.invites, now);
    let view = view.at(page.number);
    let controls = controls(listing, &view, &page, masked);
    let mut notes = text::notes(listing, platform);
    if page.entries.is_empty() {
        notes.push(nothing(&view.filter));
    }
    let content = ListPage {
        title: text::heading(listing),
        notes,
        summary: text::summary(listing, &view.filter, view.sort, page.matched),
        entries: page
            .entries
            .iter()
            .map(|invite| entry(invite, masked))
            .collect(),
        page: page.number,
        pages: page.pages,
        matched: page.matched,
        total: listing.invites.len(),
        footer: paging::footer(
            page.number,
            page.pages,
            text::footer(listing, platform, now),
        ),
        read_at: listing.read_at,
        link_base: listing.link_base.clone(),
    };
    (Content::List(Box::new(content)), controls)
}

/// An invite in the list.
pub(crate) fn entry(invite: &Invite, is_masked: bool) -> Entry {
    Entry {
        invite: invite.clone(),
        is_masked,
    }
}

fn nothing(filter: &Filter) -> Phrase {
    if filter.is_empty() {
        "Nobody has made an invite yet, or all have ended.".into()
    } else {
        "No invite matches. Choose another filter, or show all of them.".into()
    }
}

fn controls(listing: &Listing, view: &View, page: &Page<&Invite>, masked: bool) -> Vec<Control> {
    let open = menu_of(view, page.entries.iter().copied(), masked);
    let to = |button, number| Token::List(turn(button), view.at(number));
    let paging = paging::row(page.number, page.pages, to);
    let rows = [
        open,
        paging,
        Some(filter_menu(view)),
        Some(sort_menu(view)),
        Some(actions(listing, view)),
    ];
    rows.into_iter().flatten().collect()
}

/// The menu that opens one of these invites; none where there is nothing to open.
pub(crate) fn menu_of<'a>(
    view: &View,
    invites: impl Iterator<Item = &'a Invite>,
    masked: bool,
) -> Option<Control> {
    let mut options: Vec<MenuOption> = Vec::new();
    for invite in invites {
        let Some(key) = Key::of(invite, masked) else {
            continue;
        };
        let value = key.to_string();
        // A menu's values must differ; two invites of the same millisecond can't be told apart.
        if options.iter().all(|option| option.value != value) {
            options.push(MenuOption {
                value: value.into(),
                label: text::code_plain(invite, masked).into(),
                description: Some(text::in_short(invite, MENU_DESCRIPTION_MAX_CHARS)),
                is_chosen: false,
            });
        }
    }
    (!options.is_empty()).then(|| Control::Menu {
        token: Token::List(token::Control::Open, view.clone()),
        placeholder: "Open an invite…",
        options,
    })
}

fn turn(turn: Turn) -> token::Control {
    match turn {
        Turn::First => token::Control::First,
        Turn::Back => token::Control::Back,
        Turn::Jump => token::Control::Jump,
        Turn::Next => token::Control::Next,
        Turn::Last => token::Control::Last,
    }
}

fn filter_menu(view: &View) -> Control {
    let any = MenuOption {
        value: ANY_STATE.into(),
        label: "Any state".into(),
        description: None,
        is_chosen: view.filter.state.is_none(),
    };
    let states = State::ALL.into_iter().map(|state| MenuOption {
        value: state.choice().value.into(),
        label: state.choice().label.into(),
        description: None,
        is_chosen: view.filter.state == Some(state),
    });
    Control::Menu {
        token: Token::List(token::Control::Filter, view.at(1)),
        placeholder: "Filter",
        options: std::iter::once(any).chain(states).collect(),
    }
}

fn sort_menu(view: &View) -> Control {
    let orders = Sort::ALL.into_iter().map(|sort| MenuOption {
        value: sort.choice().value.into(),
        label: sort.choice().label.into(),
        description: None,
        is_chosen: view.sort == sort,
    });
    Control::Menu {
        token: Token::List(token::Control::Sort, view.at(1)),
        placeholder: "Sort",
        options: orders.collect(),
    }
}

fn actions(listing: &Listing, view: &View) -> Control {
    let button = |control, label| Button::new(Token::List(control, view.clone()), label);
    let mut buttons = vec![
        button(token::Control::Refresh, "Refresh"),
        button(token::Control::Export, "Export"),
    ];
    if !view.filter.is_empty() {
        buttons.push(button(token::Control::ShowAll, "Show all invites"));
    }
    buttons.push(button(token::Control::Clean, "Clean these…"));
    let is_paused = listing.overview.as_ref().map(|guild| guild.pause.is_some());
    buttons.extend(is_paused.map(|is_paused| {
        if is_paused {
            button(token::Control::Resume, "Resume joining…")
        } else {
            button(token::Control::Pause, "Pause joining…")
        }
    }));
    Control::Buttons(buttons)
}

/// The view after a choice in the filter menu; `None` for a value that is not in it.
pub(crate) fn filtered(view: View, value: &str) -> Option<View> {
    let state = match value {
        ANY_STATE => None,
        value => Some(State::read(value)?),
    };
    let filter = Filter {
        state,
        ..view.filter
    };
    Some(View {
        filter,
        page: 1,
        ..view
    })
}

/// The view after a choice in the sort menu; `None` for a value that is not in it.
pub(crate) fn sorted(view: View, value: &str) -> Option<View> {
    let sort = Sort::read(value)?;
    Some(View {
        sort,
        page: 1,
        ..view
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_in_a_menu_goes_back_to_the_first_page() {
        let view = View::default().at(7);
        let filtered = filtered(view.clone(), "unused").unwrap();
        assert_eq!(
            (filtered.page, filtered.filter.state),
            (1, Some(State::Unused))
        );
        let any = super::filtered(filtered, ANY_STATE).unwrap();
        assert_eq!(any.filter.state, None);
        assert_eq!(
            sorted(view.clone(), "oldest").map(|view| view.page),
            Some(1)
        );
        assert_eq!(sorted(view, "by magic"), None);
    }
}
