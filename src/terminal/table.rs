//! Invites as a table whose columns line up, whatever script the names are in.

use gatehouse_commands::{Invite, NAME_MAX_CHARS, Phrase, describe};
use jiff::Timestamp;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The narrowest that a column of names becomes.
const NAME_MIN_WIDTH: usize = 6;

const GAP: &str = "  ";
const CUT: char = '…';

const HEADERS: [&str; COLUMNS] = ["CODE", "USES", "ENDS", "CHANNEL", "CREATOR", "MADE"];
const COLUMNS: usize = 6;

/// The columns that are shown however narrow the terminal is.
const COLUMNS_MIN: usize = 3;

/// The columns that give way when the table is too wide.
const NAMES: [usize; 2] = [3, 4];

/// The header line and one line an invite, at most `width` columns each: names give way first, then
/// the last columns are left out. The first three are always there.
pub(super) fn draw<'a>(
    invites: impl Iterator<Item = &'a Invite>,
    width: usize,
    now: Timestamp,
) -> Vec<String> {
    let mut rows = vec![HEADERS.map(str::to_owned)];
    rows.extend(invites.map(|invite| cells(invite, now)));
    let widths = fit(widths(&rows), width);
    // What is left out last stands first: the code, its uses, its end.
    let shown = (COLUMNS_MIN..COLUMNS)
        .rev()
        .find(|shown| total(&widths[..=*shown]) <= width)
        .map_or(COLUMNS_MIN, |last| last + 1);
    let line = |row: &[String; COLUMNS]| line(&row[..shown], &widths[..shown]);
    rows.iter().map(line).collect()
}

/// What columns of these widths take, with the gaps between them.
fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

fn cells(invite: &Invite, now: Timestamp) -> [String; COLUMNS] {
    let plain = |phrase: Phrase| phrase.plain(now);
    let usage = invite.usage.as_ref();
    [
        invite.code.as_str().to_owned(),
        usage.map_or_else(|| "hidden".to_owned(), describe::uses),
        plain(describe::ending(invite)),
        plain(describe::channel(invite)),
        plain(describe::creator(invite)),
        invite
            .created_at()
            .map_or_else(|| "hidden".to_owned(), |at| plain(Phrase::new().ago(at))),
    ]
}

fn widths(rows: &[[String; COLUMNS]]) -> [usize; COLUMNS] {
    std::array::from_fn(|column| {
        let widest = rows.iter().map(|row| row[column].width()).max();
        widest.unwrap_or_default()
    })
}

/// Takes columns from the wider column of names until the table fits.
fn fit(mut widths: [usize; COLUMNS], width: usize) -> [usize; COLUMNS] {
    while total(&widths) > width {
        let [a, b] = NAMES;
        let widest = if widths[a] >= widths[b] { a } else { b };
        if widths[widest] <= NAME_MIN_WIDTH {
            break;
        }
        widths[widest] -= 1;
    }
    widths
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, width)| {
        let cell = cut(cell, *width);
        let padding = width.saturating_sub(cell.width());
        format!("{cell}{}", " ".repeat(padding))
    });
    let line = cells.collect::<Vec<_>>().join(GAP);
    line.trim_end().to_owned()
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::with_capacity(NAME_MAX_CHARS);
    let mut used = 1; // for the mark
    for c in text.chars() {
        let columns = c.width().unwrap_or_default();
        if used + columns > width {
            break;
        }
        used += columns;
        short.push(c);
    }
    short.push(CUT);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cut("漢字漢字", 8), "漢字漢字");
        assert_eq!(cut("漢字漢字", 7), "漢字漢…");
        assert_eq!(cut("漢字漢字", 6), "漢字…");
    }

    #[test]
    fn a_narrow_terminal_gets_fewer_columns() {
        let now = Timestamp::UNIX_EPOCH;
        let columns = |width| {
            let header = draw(std::iter::empty(), width, now).remove(0);
            header.split_whitespace().count()
        };
        let whole = total(&HEADERS.map(str::len));
        assert_eq!(columns(whole), COLUMNS);
        assert_eq!(columns(20), COLUMNS_MIN);
        assert_eq!(columns(1), COLUMNS_MIN);
    }

    #[test]
    fn names_give_way_and_nothing_else_does() {
        let widths = fit([8, 10, 12, 30, 20, 10], 80);
        assert_eq!(widths.iter().sum::<usize>() + 10, 80);
        assert_eq!(
            (widths[0], widths[1], widths[2], widths[5]),
            (8, 10, 12, 10)
        );
        let narrow = fit([8, 10, 12, 30, 20, 10], 20);
        assert_eq!((narrow[3], narrow[4]), (NAME_MIN_WIDTH, NAME_MIN_WIDTH));
    }
}
