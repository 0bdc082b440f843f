//! Texts on a chart: what of them can be drawn, and drawing it.
//!
//! The letters are bitmaps of ten by twenty points that come with the drawing library (X.Org's, in the
//! public domain), in thirteen sets that together hold the Latin, Greek and Cyrillic alphabets. They
//! are enlarged three times on the sheet, with steps smoothed, and so one and a half times in the
//! picture.

use std::convert::Infallible;

use embedded_graphics::{
    Pixel,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size},
    mono_font::{
        MonoFont, MonoTextStyle, iso_8859_1, iso_8859_2, iso_8859_3, iso_8859_4, iso_8859_5,
        iso_8859_7, iso_8859_9, iso_8859_10, iso_8859_13, iso_8859_14, iso_8859_15, iso_8859_16,
        jis_x0201,
    },
    pixelcolor::BinaryColor,
    text::{Baseline, renderer::TextRenderer},
};

use super::sheet::{FINENESS, Ink, Sheet, drawn};

/// How wide a letter's bitmap is.
const POINTS_WIDE: usize = 10;
/// How high a letter's bitmap is.
const POINTS_HIGH: usize = 20;
/// How many of the sheet's pixels a bitmap's point is wide and high.
const ENLARGED: u32 = 3;
/// A letter's width in the picture.
pub(super) const LETTER_WIDTH: u32 = 15;
/// A letter's height in the picture, with what hangs below the line and stands above it.
pub(super) const LETTER_HEIGHT: u32 = 30;

/// What is left of a text after a cut.
const ELLIPSIS: char = '…';

/// Where letters are looked for, in this order.
const FONTS: [&MonoFont<'_>; 13] = [
    &iso_8859_1::FONT_10X20,
    &iso_8859_15::FONT_10X20,
    &iso_8859_2::FONT_10X20,
    &iso_8859_3::FONT_10X20,
    &iso_8859_4::FONT_10X20,
    &iso_8859_5::FONT_10X20,
    &iso_8859_7::FONT_10X20,
    &iso_8859_9::FONT_10X20,
    &iso_8859_10::FONT_10X20,
    &iso_8859_13::FONT_10X20,
    &iso_8859_14::FONT_10X20,
    &iso_8859_16::FONT_10X20,
    &jis_x0201::FONT_10X20,
];

/// How strongly a text is drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Weight {
    /// As the letters are.
    Regular,
    /// Half a point stronger.
    Bold,
}

/// What can be drawn of a text, on one line.
///
/// What no font has is left out, and so are control characters. Blanks and line ends become single
/// spaces, typographic signs their plain forms.
pub(super) fn drawable(text: &str) -> String {
    let mut drawable = String::new();
    let mut space = false;
    for character in text.chars() {
        if character.is_whitespace() {
            space = true;
            continue;
        }
        let character = plain(character);
        if character != ELLIPSIS && font(character).is_none() {
            continue;
        }
        if space && !drawable.is_empty() {
            drawable.push(' ');
        }
        space = false;
        drawable.push(character);
    }
    drawable
}

/// What can be drawn of a name, if that is enough to tell it by: at least half of its letters and
/// digits, or all of it if it has none.
pub(super) fn name(name: &str) -> Option<String> {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let drawable = drawable(name);
    let enough = match letters(name) {
        0 => drawable.split_whitespace().eq(name.split_whitespace()),
        of => letters(&drawable) * 2 >= of,
    };
    (enough && !drawable.is_empty()).then_some(drawable)
}

/// A text in no more than that many letters; one that is cut ends in an ellipsis.
pub(super) fn cut(text: &str, letters_max: usize) -> String {
    if text.chars().count() <= letters_max {
        return text.to_owned();
    }
    let Some(kept) = letters_max.checked_sub(1) else {
        return String::new();
    };
    let mut cut: String = text.chars().take(kept).collect();
    cut.truncate(cut.trim_end().len());
    cut.push(ELLIPSIS);
    cut
}

/// How wide that many letters are in the picture.
pub(super) fn width(letters: usize) -> u32 {
    u32::try_from(letters)
        .unwrap_or(u32::MAX)
        .saturating_mul(LETTER_WIDTH)
}

/// Draws a text to the right of a point in the picture, which is its upper left corner.
pub(super) fn draw(
    sheet: &mut Sheet,
    text: &str,
    (left, top): (u32, u32),
    ink: Ink,
    weight: Weight,
) {
    let mut left = left;
    for character in text.chars() {
        let letter = Letter::of(character);
        draw_letter(sheet, &letter, (left * FINENESS, top * FINENESS), ink);
        if weight == Weight::Bold {
            draw_letter(sheet, &letter, (left * FINENESS + 1, top * FINENESS), ink);
        }
        left += LETTER_WIDTH;
    }
}

/// The plain form of a typographic sign, and a full-width letter's usual one.
fn plain(character: char) -> char {
    match character {
        '‘' | '’' | '‚' | '‛' | '′' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        '•' | '∙' | '⋅' => '·',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xff01 + 0x21).unwrap_or(character)
        }
        other => other,
    }
}

/// The first font that has that character.
fn font(character: char) -> Option<&'static MonoFont<'static>> {
    const SOFT_HYPHEN: char = '\u{ad}';
    if character.is_control() || character == SOFT_HYPHEN {
        return None;
    }
    FONTS.into_iter().find(|font| {
        let index = |character| font.glyph_mapping.index(character);
        // A font answers with its question mark where it has nothing.
        character == '?' || index(character) != index(char::MAX)
    })
}

/// A letter's bitmap.
#[derive(Debug)]
struct Letter {
    points: [[bool; POINTS_WIDE]; POINTS_HIGH],
}

impl Letter {
    fn of(character: char) -> Self {
        let mut letter = Self {
            points: [[false; POINTS_WIDE]; POINTS_HIGH],
        };
        if character == ELLIPSIS {
            // No font has one: three dots on the line.
            for row in 14..16 {
                for dot in [0, 1, 4, 5, 8, 9] {
                    letter.points[row][dot] = true;
                }
            }
        } else if let Some(font) = font(character) {
            let style = MonoTextStyle::new(font, BinaryColor::On);
            let mut bytes = [0; 4];
            let text = character.encode_utf8(&mut bytes);
            drawn(style.draw_string(text, Point::zero(), Baseline::Top, &mut letter));
        }
        letter
    }

    /// Whether a point is set; none is beside the bitmap.
    fn is_set(&self, column: usize, row: usize) -> bool {
        self.points
            .get(row)
            .and_then(|row| row.get(column))
            .is_some_and(|set| *set)
    }

    /// A point, three times as wide and high: its upper, middle and lower third, each from the left.
    ///
    /// The rule is that of Scale3x. It fills and rounds the corners of steps, and leaves straight lines
    /// and true corners as they are.
    fn enlarged(&self, column: usize, row: usize) -> [[bool; 3]; 3] {
        // Left of the first column lies none, as it does to the right of the last.
        let (left, above) = (column.wrapping_sub(1), row.wrapping_sub(1));
        let (right, below) = (column + 1, row + 1);
        let here = self.is_set(column, row);
        let (north, south) = (self.is_set(column, above), self.is_set(column, below));
        let (west, east) = (self.is_set(left, row), self.is_set(right, row));
        // Where two neighbours are alike and the other two differ from them, a step goes around the
        // corner between the two.
        let north_west = west == north && west != south && north != east;
        let north_east = north == east && north != west && east != south;
        let south_west = west == south && west != north && south != east;
        let south_east = south == east && west != south && north != east;
        // Along a side it reaches as far as the middle if the corner that it comes from is not already of
        // the same kind as the point.
        let differs = |column, row| self.is_set(column, row) != here;
        let (to_north_west, to_north_east) = (differs(left, above), differs(right, above));
        let (to_south_west, to_south_east) = (differs(left, below), differs(right, below));
        let pick = |step: bool, neighbour: bool| if step { neighbour } else { here };
        [
            [
                pick(north_west, west),
                pick(
                    north_west && to_north_east || north_east && to_north_west,
                    north,
                ),
                pick(north_east, east),
            ],
            [
                pick(
                    north_west && to_south_west || south_west && to_north_west,
                    west,
                ),
                here,
                pick(
                    north_east && to_south_east || south_east && to_north_east,
                    east,
                ),
            ],
            [
                pick(south_west, west),
                pick(
                    south_west && to_south_east || south_east && to_south_west,
                    south,
                ),
                pick(south_east, east),
            ],
        ]
    }
}

impl OriginDimensions for Letter {
    fn size(&self) -> Size {
        Size::new(LETTER_WIDTH, LETTER_HEIGHT) * FINENESS / ENLARGED
    }
}

impl DrawTarget for Letter {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<BinaryColor>>,
    {
        for Pixel(Point { x, y }, colour) in pixels {
            let (Ok(column), Ok(row)) = (usize::try_from(x), usize::try_from(y)) else {
                continue;
            };
            if let Some(point) = self.points.get_mut(row).and_then(|row| row.get_mut(column)) {
                *point = colour.is_on();
            }
        }
        Ok(())
    }
}

/// Draws a letter at a point of the sheet.
fn draw_letter(sheet: &mut Sheet, letter: &Letter, (left, top): (u32, u32), ink: Ink) {
    let mut points = Vec::new();
    for (row, y) in (0..POINTS_HIGH).zip((top..).step_by(3)) {
        for (column, x) in (0..POINTS_WIDE).zip((left..).step_by(3)) {
            for (third, y) in letter.enlarged(column, row).into_iter().zip(y..) {
                for (set, x) in third.into_iter().zip(x..) {
                    if set {
                        points.push(Pixel(point(x, y), ink));
                    }
                }
            }
        }
    }
    drawn(sheet.draw_iter(points));
}

/// A point of the sheet.
fn point(x: u32, y: u32) -> Point {
    Point::zero() + Size::new(x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_counts_as_drawable_shows_something() {
        let drawable: Vec<char> = ('\0'..'\u{3000}')
            .chain('\u{ff00}'..='\u{ffff}')
            .filter(|character| font(*character).is_some() && !character.is_whitespace())
            .collect();
        assert!(drawable.len() > 500, "{}", drawable.len());
        for character in drawable {
            let letter = Letter::of(character);
            assert!(
                letter.points.as_flattened().contains(&true),
                "{character:?}"
            );
        }
    }

    #[test]
    fn european_alphabets_can_be_drawn() {
        for text in [
            "Zoë Ångström ¿qué?",
            "Łukasz Żółć",
            "İstanbul ağaç",
            "Ελληνικά",
            "Українська Ђорђе",
            "5 € #1 @you",
        ] {
            assert_eq!(drawable(text), text);
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert_eq!(drawable("  a\u{0}\t\u{7f}b\r\n\u{202e}c\u{ad}  "), "a b c");
        assert_eq!(drawable("🎉 party 🎉 time 🎉"), "party time");
        assert_eq!(drawable("“it’s” — ａｂｃ…"), "\"it's\" - abc…");
        assert_eq!(drawable("日本"), "");
    }

    #[test]
    fn a_name_is_shown_if_enough_of_it_is_left() {
        assert_eq!(name("J").as_deref(), Some("J"));
        assert_eq!(name("✨ Anna ✨").as_deref(), Some("Anna"));
        assert_eq!(name("-_-").as_deref(), Some("-_-"));
        assert_eq!(name("日本語日本語 x"), None);
        assert_eq!(name("💥!"), None);
        assert_eq!(name("\u{202e}\n"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn a_cut_text_ends_in_an_ellipsis() {
        assert_eq!(cut("invite", 6), "invite");
        assert_eq!(cut("invites", 6), "invit…");
        assert_eq!(cut("in vites", 4), "in…");
        assert_eq!(cut("éé", 1), "…");
        assert_eq!(cut("é", 0), "");
    }
}
