//! Draws a bar chart as a PNG, without a font or a display on the host.
//!
//! ```text
//! ╭──────────────────────────────────────────────╮
//! │ Title                                        │
//! │                                              │
//! │ 1. Label                         1234   note │
//! │ ████████████████████████████████████████████ │
//! │ 2. A label that was too lo…        60   note │
//! │ ██                                           │
//! ╰──────────────────────────────────────────────╯
//! ```
//!
//! A label stands above its bar, not beside it: both have the whole width, so letters can be large
//! enough for a telephone and never run into a bar. The picture is a dark card of its own, as it is
//! shown in light and in dark surroundings.

mod letters;
mod sheet;

use embedded_graphics::{
    geometry::Size,
    primitives::{CornerRadii, CornerRadiiBuilder},
};

use self::{
    letters::{LETTER_HEIGHT, Weight},
    sheet::{Ink, Sheet},
};

/// How many bars a chart shows; more are left out.
pub const BARS_MAX: usize = 10;
/// A chart's width in pixels.
pub const WIDTH: u32 = 720;

/// What is said where there are no bars.
const NOTHING: &str = "Nothing to show";

/// From the card's sides to what is on it.
const MARGIN: u32 = 30;
/// From the card's upper edge to the title. Letters bring some room of their own.
const MARGIN_ABOVE: u32 = 22;
/// From the last row to the card's lower edge.
const MARGIN_BELOW: u32 = 16;
const CARD_RADIUS: u32 = 20;
/// Where the first row begins.
const ROWS_TOP: u32 = MARGIN_ABOVE + LETTER_HEIGHT + 20;
/// From the top of a label to its bar's.
const BAR_TOP: u32 = LETTER_HEIGHT + 4;
const BAR_HEIGHT: u32 = 14;
const BAR_RADIUS: u32 = 5;
/// How long the longest bar is.
const BAR_LENGTH: u32 = WIDTH - 2 * MARGIN;
/// How long a bar is at least, if its value is not zero.
const BAR_LENGTH_MIN: u32 = 2;
/// From one row to the next.
const ROW_HEIGHT: u32 = BAR_TOP + BAR_HEIGHT + ROW_GAP;
/// Below a row.
const ROW_GAP: u32 = 12;

/// How many letters a line has room for.
const LINE_LETTERS: usize = 44;
/// What a label has room for, whatever stands behind it.
const LABEL_LETTERS_MIN: usize = 10;
/// What a note may take of a line.
const NOTE_LETTERS_MAX: usize = 16;

/// Between a label and its value.
const VALUE_GAP: usize = 1;
/// Between a value and its note. Twice as wide, as a note may begin with a number.
const NOTE_GAP: usize = 2;

/// What a bar chart shows.
#[derive(Clone, Copy, Debug)]
pub struct Chart<'a> {
    /// What the values are of.
    pub title: &'a str,
    /// Biggest first; what is beyond [`BARS_MAX`] is left out.
    pub bars: &'a [Bar<'a>],
}

/// One bar of a [`Chart`].
#[derive(Clone, Copy, Debug)]
pub struct Bar<'a> {
    /// Whose value it is, in any script; what cannot be drawn of it is left out, and if too little is
    /// left, the bar has only its rank.
    pub label: &'a str,
    /// How long the bar is, compared with the others.
    pub value: u64,
    /// A short text behind the value; may be empty.
    pub note: &'a str,
}

/// Draws a chart, [`WIDTH`] pixels wide and as high as its bars need.
///
/// The same chart gives the same bytes.
pub fn png(chart: &Chart<'_>) -> Vec<u8> {
    let bars = &chart.bars[..chart.bars.len().min(BARS_MAX)];
    let mut sheet = card(bars);
    let title = letters::cut(&letters::drawable(chart.title), LINE_LETTERS);
    let at = (MARGIN, MARGIN_ABOVE);
    letters::draw(&mut sheet, &title, at, Ink::Text, Weight::Bold);
    if bars.is_empty() {
        let at = (MARGIN, ROWS_TOP);
        letters::draw(&mut sheet, NOTHING, at, Ink::Faint, Weight::Regular);
    }
    let line = Line::fitting(bars);
    let largest = bars.iter().map(|bar| bar.value).max().unwrap_or_default();
    let mut top = ROWS_TOP;
    for (rank, bar) in (1..).zip(bars) {
        line.draw(&mut sheet, rank, bar, top);
        draw_bar(&mut sheet, BAR_LENGTH, top + BAR_TOP, Ink::Track);
        let length = length(bar.value, largest);
        draw_bar(&mut sheet, length, top + BAR_TOP, Ink::Bar);
        top += ROW_HEIGHT;
    }
    sheet.into_png()
}

/// A card that these bars fit on.
fn card(bars: &[Bar<'_>]) -> Sheet {
    let rows = bars.iter().map(|_| ROW_HEIGHT).sum::<u32>();
    let rows = rows.max(LETTER_HEIGHT + ROW_GAP);
    let size = Size::new(WIDTH, ROWS_TOP + rows + MARGIN_BELOW);
    let mut sheet = Sheet::new(size);
    let corners = CornerRadii::new(Size::new_equal(CARD_RADIUS));
    sheet.fill((0, 0), size, corners, Ink::Card);
    sheet
}

/// How a line is divided, in letters; alike for all bars, so that values stand below each other.
#[derive(Debug)]
struct Line {
    rank: usize,
    label: usize,
    value: usize,
    note: usize,
}

impl Line {
    fn fitting(bars: &[Bar<'_>]) -> Self {
        let longest = |letters: fn(&Bar<'_>) -> usize| bars.iter().map(letters).max().unwrap_or(0);
        let rank = bars.len().to_string().len() + ". ".len();
        let value = longest(|bar| bar.value.to_string().len());
        let room = LINE_LETTERS.saturating_sub(rank + LABEL_LETTERS_MIN + VALUE_GAP + value);
        let note = longest(|bar| letters::drawable(bar.note).chars().count())
            .min(NOTE_LETTERS_MAX)
            .min(room.saturating_sub(NOTE_GAP));
        let behind = if note > 0 { NOTE_GAP + note } else { 0 };
        let label = (room + LABEL_LETTERS_MIN).saturating_sub(behind);
        Self {
            rank,
            label,
            value,
            note,
        }
    }

    fn draw(&self, sheet: &mut Sheet, rank: usize, bar: &Bar<'_>, top: u32) {
        let mut left = MARGIN;
        let mut part = |text: &str, letters: usize, ink, weight| {
            letters::draw(sheet, text, (left, top), ink, weight);
            left += letters::width(letters);
        };
        let &Self {
            rank: rank_letters,
            label,
            value,
            note,
        } = self;
        let numbered = format!("{:>rank_letters$}", format!("{rank}. "));
        part(&numbered, rank_letters, Ink::Faint, Weight::Regular);
        let name = letters::name(bar.label).unwrap_or_default();
        let name = letters::cut(&name, label);
        part(&name, label + VALUE_GAP, Ink::Text, Weight::Regular);
        let digits = format!("{:>value$}", bar.value);
        part(&digits, value + NOTE_GAP, Ink::Text, Weight::Bold);
        let noted = letters::cut(&letters::drawable(bar.note), note);
        let noted = format!("{noted:>note$}");
        part(&noted, note, Ink::Faint, Weight::Regular);
    }
}

/// How long a bar is.
fn length(value: u64, largest: u64) -> u32 {
    if value == 0 {
        return 0;
    }
    let (value, largest) = (u128::from(value), u128::from(largest));
    let length = (value * u128::from(BAR_LENGTH) + largest / 2) / largest.max(1);
    u32::try_from(length)
        .unwrap_or(BAR_LENGTH)
        .clamp(BAR_LENGTH_MIN, BAR_LENGTH)
}

/// Draws a bar; it is rounded where it ends, and straight where all begin.
fn draw_bar(sheet: &mut Sheet, length: u32, top: u32, ink: Ink) {
    let radius = Size::new_equal(BAR_RADIUS.min(length));
    let corners = CornerRadiiBuilder::new().right(radius).build();
    sheet.fill((MARGIN, top), Size::new(length, BAR_HEIGHT), corners, ink);
}

#[cfg(test)]
mod tests;
