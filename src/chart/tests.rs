use std::io::Cursor;

use png::{Decoder, Transformations};
use proptest::prelude::*;

use super::{letters::LETTER_WIDTH, *};

/// A picture as a viewer decodes it.
struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<[u8; 4]>,
}

impl Picture {
    fn of(bytes: &[u8]) -> Self {
        let mut decoder = Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(Transformations::EXPAND | Transformations::ALPHA);
        let mut reader = decoder.read_info().unwrap();
        let mut buffer = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut buffer).unwrap();
        let (rgba, rest) = buffer[..frame.buffer_size()].as_chunks();
        assert!(rest.is_empty());
        Self {
            width: frame.width,
            height: frame.height,
            rgba: rgba.to_vec(),
        }
    }

    fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        self.rgba[usize::try_from(y * self.width + x).unwrap()]
    }

    /// How long the bar of a row is, along its middle.
    fn length(&self, row: u32) -> usize {
        let y = ROWS_TOP + row * ROW_HEIGHT + BAR_TOP + BAR_HEIGHT / 2;
        let bar = opaque(Ink::Bar);
        (0..self.width).filter(|x| self.pixel(*x, y) == bar).count()
    }

    /// The columns from one letter's place on that hold something of a row's line.
    fn drawn_beyond(&self, row: u32, letters: u32) -> usize {
        let top = ROWS_TOP + row * ROW_HEIGHT;
        (MARGIN + letters * LETTER_WIDTH..self.width)
            .filter(|x| (top..top + LETTER_HEIGHT).any(|y| self.pixel(*x, y) != opaque(Ink::Card)))
            .count()
    }
}

fn opaque(ink: Ink) -> [u8; 4] {
    let [red, green, blue] = ink.rgb();
    [red, green, blue, u8::MAX]
}

fn bar(label: &str, value: u64) -> Bar<'_> {
    Bar {
        label,
        value,
        note: "",
    }
}

fn picture(bars: &[Bar<'_>]) -> Picture {
    Picture::of(&png(&Chart {
        title: "Invites by uses",
        bars,
    }))
}

#[test]
fn the_picture_is_as_high_as_its_bars_need() {
    for bars in 0..=BARS_MAX + 1 {
        let picture = picture(&vec![bar("name", 1); bars]);
        assert_eq!(picture.width, WIDTH);
        let rows = match u32::try_from(bars.min(BARS_MAX)).unwrap() {
            0 => LETTER_HEIGHT + ROW_GAP,
            rows => rows * ROW_HEIGHT,
        };
        assert_eq!(picture.height, ROWS_TOP + rows + MARGIN_BELOW);
    }
}

#[test]
fn only_the_corners_are_not_opaque() {
    let picture = picture(&[bar("name", 1)]);
    let transparent = picture
        .rgba
        .iter()
        .filter(|[.., alpha]| *alpha < 255)
        .count();
    assert!((100..1000).contains(&transparent), "{transparent}");
    assert_eq!(picture.pixel(0, 0)[3], 0);
    assert_eq!(picture.pixel(WIDTH / 2, 0), opaque(Ink::Card));
}

#[test]
fn bars_are_as_long_as_their_values_are_large() {
    let picture = picture(&[
        bar("a", 1000),
        bar("b", 500),
        bar("c", 250),
        bar("d", 1),
        bar("e", 0),
    ]);
    let lengths: Vec<_> = (0..5).map(|row| picture.length(row)).collect();
    assert_eq!(lengths, [660, 330, 165, 2, 0]);
}

#[test]
fn equal_and_extreme_values_have_their_bars() {
    for value in [1, u64::MAX] {
        let picture = picture(&[bar("a", value); BARS_MAX]);
        assert!((0..10).all(|row| picture.length(row) == 660));
    }
    assert_eq!(picture(&[bar("a", 0); BARS_MAX]).length(0), 0);
    let halved = picture(&[bar("a", u64::MAX), bar("b", u64::MAX / 2)]);
    assert_eq!((halved.length(0), halved.length(1)), (660, 330));
}

#[test]
fn no_bars_are_said_to_be_nothing() {
    assert_ne!(picture(&[]).drawn_beyond(0, 0), 0);
}

#[test]
fn a_label_without_drawable_letters_leaves_the_rank() {
    let named = |label| {
        png(&Chart {
            title: "",
            bars: &[bar(label, 7)],
        })
    };
    for label in [
        "日本語",
        "🎉🎉",
        "\u{1b}\u{7}\u{9c}",
        "\u{202e}\u{200d}",
        "\0\n",
    ] {
        assert_eq!(named(label), named(""), "{label:?}");
    }
    assert_eq!(named("\u{1b}[31m"), named("[31m"));
    assert_ne!(picture(&[bar("", 7)]).drawn_beyond(0, 0), 0);
}

#[test]
fn a_long_label_leaves_room_for_the_widest_value_and_its_note() {
    let name = "W".repeat(200);
    let noted = [Bar {
        label: &name,
        value: u64::MAX,
        note: &name,
    }];
    let line = Line::fitting(&noted);
    assert_eq!(line.value, 20);
    assert!(line.label >= LABEL_LETTERS_MIN);
    assert_eq!(
        line.rank + line.label + VALUE_GAP + line.value + NOTE_GAP + line.note,
        LINE_LETTERS
    );
    let beyond = u32::try_from(LINE_LETTERS).unwrap();
    assert_eq!(picture(&noted).drawn_beyond(0, beyond), 0);
    // A blank is left between the label and the value.
    let unnamed = [Bar {
        label: "",
        ..noted[0]
    }];
    let end = u32::try_from(line.rank + line.label).unwrap();
    assert_eq!(
        picture(&noted).drawn_beyond(0, end),
        picture(&unnamed).drawn_beyond(0, end)
    );
}

#[test]
fn a_full_chart_is_small_and_always_the_same() {
    let names: Vec<String> = (0..10).map(|n| format!("{n}kQxW@&%ß").repeat(5)).collect();
    let bars: Vec<_> = names
        .iter()
        .zip(1..)
        .map(|(name, n)| Bar {
            label: name,
            value: u64::MAX / n,
            note: name,
        })
        .collect();
    let chart = Chart {
        title: &names[0],
        bars: &bars,
    };
    let bytes = png(&chart);
    assert!(bytes.len() < 30_000, "{}", bytes.len());
    assert_eq!(bytes, png(&chart));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_and_value_can_be_drawn(
        title in any::<String>(),
        bars in prop::collection::vec((any::<String>(), any::<u64>(), any::<String>()), 0..12),
    ) {
        let bars: Vec<_> = bars
            .iter()
            .map(|(label, value, note)| Bar { label, value: *value, note })
            .collect();
        let picture = Picture::of(&png(&Chart { title: &title, bars: &bars }));
        prop_assert_eq!(picture.width, WIDTH);
        // Nothing is drawn on the margin.
        let beyond = u32::try_from(LINE_LETTERS).unwrap();
        prop_assert_eq!(picture.drawn_beyond(0, beyond), 0);
    }
}
