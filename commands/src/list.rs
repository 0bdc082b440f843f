//! `/invites list`: the invites, page by page.
//!
//! ```text
//! /invites list [search] [by] [channel] [state] [sort] [page] [share]
//! ```

use jiff::Timestamp;

use crate::{
    invite::Invite,
    phrase::Phrase,
    place::PlatformName,
    platform::Listing,
    query::{Filter, Page, Sort, State, View},
    reply::{Button, Content, Control, Entry, Form, ListPage, MenuOption},
    text,
    token::{self, Key, Token},
    tree::{self, Choices},
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

/// The digits of the greatest page number.
const PAGE_MAX_DIGITS: u16 = 7;

/// A page of the list and what can be pressed below it. `masked` where others see it.
pub(crate) fn page(
    listing: &Listing,
    view: &View,
    platform: PlatformName,
    masked: bool,
    now: Timestamp,
) -> (Content, Vec<Control>) {
    let page = view.page(&listing.invites, now);
    let view = view.at(page.number);
    let controls = controls(&view, &page, masked);
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
        footer: footer(listing, &page, platform, now),
        read_at: listing.read_at,
        link_base: listing.link_base.clone(),
    };
    (Content::List(Box::new(content)), controls)
}

fn entry(invite: &Invite, masked: bool) -> Entry {
    Entry {
        lines: text::entry(invite, masked),
        invite: invite.clone(),
    }
}

fn nothing(filter: &Filter) -> Phrase {
    if filter.is_empty() {
        "Nobody has made an invite yet, or all have ended.".into()
    } else {
        "No invite matches. Choose another filter, or show all of them.".into()
    }
}

fn footer(listing: &Listing, page: &Page<'_>, platform: PlatformName, now: Timestamp) -> Phrase {
    let footer = text::footer(listing, platform, now);
    if page.pages == 1 {
        return footer;
    }
    Phrase::from(format!("Page {} of {} · ", page.number, page.pages)).then(footer)
}

fn controls(view: &View, page: &Page<'_>, masked: bool) -> Vec<Control> {
    let open = open_menu(view, page, masked);
    let paging = (page.pages > 1).then(|| paging(view, page));
    let rows = [
        open,
        paging,
        Some(filter_menu(view)),
        Some(sort_menu(view)),
        Some(actions(view)),
    ];
    rows.into_iter().flatten().collect()
}

fn open_menu(view: &View, page: &Page<'_>, masked: bool) -> Option<Control> {
    let mut options: Vec<MenuOption> = Vec::new();
    for invite in &page.entries {
        let Some(key) = Key::of(invite, masked) else {
            continue;
        };
        let value = key.to_string();
        // A menu's values must differ; two invites of the same millisecond can't be told apart.
        if options.iter().all(|option| option.value != value) {
            options.push(MenuOption {
                value,
                label: text::code_plain(invite, masked),
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

fn paging(view: &View, page: &Page<'_>) -> Control {
    let to = |control, label: &str, number: u32, is_enabled| Button {
        is_main: control == token::Control::Next,
        is_enabled,
        ..Button::new(Token::List(control, view.at(number)), label)
    };
    let Page { number, pages, .. } = *page;
    let (not_first, not_last) = (number > 1, number < pages);
    Control::Buttons(vec![
        to(token::Control::First, "First", 1, not_first),
        to(
            token::Control::Back,
            "Back",
            number.saturating_sub(1).max(1),
            not_first,
        ),
        to(
            token::Control::Jump,
            &format!("{number}/{pages}"),
            number,
            true,
        ),
        to(
            token::Control::Next,
            "Next",
            number.saturating_add(1).min(pages),
            not_last,
        ),
        to(token::Control::Last, "Last", pages, not_last),
    ])
}

fn filter_menu(view: &View) -> Control {
    let any = MenuOption {
        value: ANY_STATE.to_owned(),
        label: "Any state".to_owned(),
        description: None,
        is_chosen: view.filter.state.is_none(),
    };
    let states = State::ALL.into_iter().map(|state| MenuOption {
        value: state.choice().value.to_owned(),
        label: state.choice().label.to_owned(),
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
        value: sort.choice().value.to_owned(),
        label: sort.choice().label.to_owned(),
        description: None,
        is_chosen: view.sort == sort,
    });
    Control::Menu {
        token: Token::List(token::Control::Sort, view.at(1)),
        placeholder: "Sort",
        options: orders.collect(),
    }
}

fn actions(view: &View) -> Control {
    let button = |control, label| Button::new(Token::List(control, view.clone()), label);
    let mut buttons = vec![
        button(token::Control::Refresh, "Refresh"),
        button(token::Control::Export, "Export"),
    ];
    if !view.filter.is_empty() {
        buttons.push(button(token::Control::ShowAll, "Show all invites"));
    }
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

/// The form behind the middle button of the paging row.
pub(crate) fn ask_page(view: View) -> Form {
    Form {
        token: Token::List(token::Control::Jump, view),
        title: "Go to a page".to_owned(),
        label: "Page number".to_owned(),
        placeholder: format!("for example {}", tree::PAGE.example),
        max_chars: PAGE_MAX_DIGITS,
    }
}

/// The page that was written into the form; one past the end is the last, below the first the
/// first. `None` when it is not a number.
pub(crate) fn read_page(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_from_the_form() {
        assert_eq!(read_page(" 12 "), Some(12));
        assert_eq!(read_page("0"), Some(1));
        assert_eq!(read_page("99999999999"), Some(u32::MAX));
        for wrong in ["", "two", "-1", "1.5", "+1"] {
            assert_eq!(read_page(wrong), None, "{wrong:?}");
        }
    }

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
