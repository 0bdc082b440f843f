//! Pages of anything, and the row of buttons that turns them.

use crate::{
    phrase::Phrase,
    reply::{Button, Control, Form, LINE, Line, Role},
    token::Token,
    tree,
};

/// A page of a longer list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What stands on it.
    pub entries: Vec<T>,
    /// From 1 to `pages`.
    pub number: u32,
    /// At least 1, also when there is nothing.
    pub pages: u32,
    /// How many there are on all pages.
    pub matched: usize,
}

/// A button that turns pages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Turn {
    First,
    Back,
    Jump,
    Next,
    Last,
}

impl<T: Clone> Page<T> {
    /// One page of `all`; one past the end is the last.
    pub(crate) fn of(all: &[T], number: u32, size: usize) -> Self {
        let pages = pages(all.len(), size);
        let number = number.clamp(1, pages);
        let entries = all.chunks(size).nth(number as usize - 1);
        Self {
            entries: entries.unwrap_or_default().to_vec(),
            number,
            pages,
            matched: all.len(),
        }
    }
}

impl<'a, T> Page<&'a T> {
    /// One page of `all` without a copy of it; one past the end is the last.
    pub(crate) fn of_each(all: &'a [T], number: u32, size: usize) -> Self {
        let pages = pages(all.len(), size);
        let number = number.clamp(1, pages);
        let entries = all.chunks(size).nth(number as usize - 1);
        Self {
            entries: entries.unwrap_or_default().iter().collect(),
            number,
            pages,
            matched: all.len(),
        }
    }
}

/// How many pages of this size there are; at least one.
pub(crate) fn pages(matched: usize, size: usize) -> u32 {
    u32::try_from(matched.div_ceil(size).max(1)).unwrap_or(u32::MAX)
}

/// The row that turns the pages; none where there is but one. `to` gives the button that leads to
/// a page.
pub(crate) fn row(number: u32, pages: u32, to: impl Fn(Turn, u32) -> Token) -> Option<Control> {
    if pages <= 1 {
        return None;
    }
    let (not_first, not_last) = (number > 1, number < pages);
    let button = |turn, label: &str, page: u32, is_enabled| Button {
        role: if turn == Turn::Next {
            Role::Main
        } else {
            Role::Plain
        },
        is_enabled,
        ..Button::new(to(turn, page), label)
    };
    let back = number.saturating_sub(1).max(1);
    let next = number.saturating_add(1).min(pages);
    Some(Control::Buttons(vec![
        button(Turn::First, "First", 1, not_first),
        button(Turn::Back, "Back", back, not_first),
        button(Turn::Jump, &format!("{number}/{pages}"), number, true),
        button(Turn::Next, "Next", next, not_last),
        button(Turn::Last, "Last", pages, not_last),
    ]))
}

/// `Page 2 of 14 · ` before the rest, where there are several.
pub(crate) fn footer(number: u32, pages: u32, rest: Phrase) -> Phrase {
    if pages == 1 {
        return rest;
    }
    Phrase::from(format!("Page {number} of {pages} · ")).then(rest)
}

/// The digits of the greatest page number.
const PAGE_MAX_DIGITS: u16 = 7;

/// The form behind the middle button of the row.
pub(crate) fn ask_page(token: Token) -> Form {
    Form {
        token,
        title: "Go to a page".to_owned(),
        about: Vec::new(),
        lines: vec![Line {
            id: LINE,
            label: "Page number".to_owned(),
            placeholder: format!("for example {}", tree::PAGE.example),
            value: None,
            max_chars: PAGE_MAX_DIGITS,
            is_required: true,
            expects: None,
        }],
        opener: "Go to a page…",
        is_final: false,
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
    fn a_full_page_is_one_page_and_one_more_entry_makes_two() {
        let all: Vec<u32> = (0..11).collect();
        assert_eq!(Page::of(&all[..10], 1, 10).pages, 1);
        assert_eq!(Page::of_each(&all[..10], 1, 10).pages, 1);
        let last = Page::of_each(&all, 99, 10);
        assert_eq!((last.number, last.pages, last.entries), (2, 2, vec![&10]));
        let last = Page::of(&all, 99, 10);
        assert_eq!((last.number, last.pages, last.entries), (2, 2, vec![10]));
        let empty = Page::of(&all[..0], 99, 10);
        assert_eq!((empty.number, empty.pages, empty.matched), (1, 1, 0));
    }

    #[test]
    fn one_page_needs_no_row_and_the_ends_turn_no_further() {
        let to = |_, _| Token::Help;
        assert_eq!(row(1, 1, to), None);
        let enabled = |number| {
            let Some(Control::Buttons(buttons)) = row(number, 3, to) else {
                panic!("no row");
            };
            buttons
                .iter()
                .map(|button| button.is_enabled)
                .collect::<Vec<_>>()
        };
        assert_eq!(enabled(1), [false, false, true, true, true]);
        assert_eq!(enabled(2), [true; 5]);
        assert_eq!(enabled(3), [true, true, true, false, false]);
    }
}
