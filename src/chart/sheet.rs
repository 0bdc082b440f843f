//! The paper that a chart is drawn on, and how it becomes a picture.
//!
//! A sheet has twice the picture's width and height. A pixel of the picture is the mean of four of the
//! sheet's, so edges come out smooth though everything on the sheet is drawn hard.

use std::convert::Infallible;

use embedded_graphics::{
    Pixel,
    draw_target::DrawTarget,
    geometry::{OriginDimensions, Point, Size},
    pixelcolor::PixelColor,
    primitives::{CornerRadii, PrimitiveStyle, Rectangle, RoundedRectangle, StyledDrawable},
};
use png::{BitDepth, ColorType, Compression, Encoder, Filter};

/// How many of the sheet's pixels lie side by side in one of the picture's.
pub(super) const FINENESS: u32 = 2;

/// What is drawn with.
///
/// Six of them, four to a pixel, in any order: no picture has more than 126 colours, so that a
/// palette always holds them.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Ink {
    /// Nothing: what the picture lies on shows through.
    Outside,
    /// The ground of the chart.
    Card,
    /// The room that a bar has.
    Track,
    /// A bar.
    Bar,
    /// What matters in a text.
    Text,
    /// What is beside the point in a text.
    Faint,
}

impl Ink {
    /// Red, green and blue. Outside has the card's, so that nothing else shimmers along its edge.
    pub(super) const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Outside | Self::Card => [0x1b, 0x1d, 0x23],
            Self::Track => [0x2e, 0x32, 0x3b],
            Self::Bar => [0x56, 0xb4, 0xe9],
            Self::Text => [0xf2, 0xf3, 0xf5],
            Self::Faint => [0xae, 0xb4, 0xbf],
        }
    }

    const fn alpha(self) -> u8 {
        match self {
            Self::Outside => 0,
            _ => u8::MAX,
        }
    }
}

impl PixelColor for Ink {
    /// Never stored but as itself.
    type Raw = ();
}

/// What is drawn on. Whatever falls beside it is not drawn.
#[derive(Debug)]
pub(super) struct Sheet {
    size: Size,
    inks: Vec<Ink>,
}

impl Sheet {
    /// An empty sheet for a picture of that size.
    pub(super) fn new(picture: Size) -> Self {
        let size = picture * FINENESS;
        Self {
            size,
            inks: vec![Ink::Outside; index(size.width) * index(size.height)],
        }
    }

    /// Fills a rectangle; place, size and corners are in the picture's pixels.
    pub(super) fn fill(
        &mut self,
        (left, top): (u32, u32),
        size: Size,
        corners: CornerRadii,
        ink: Ink,
    ) {
        let corners = CornerRadii {
            top_left: corners.top_left * FINENESS,
            top_right: corners.top_right * FINENESS,
            bottom_right: corners.bottom_right * FINENESS,
            bottom_left: corners.bottom_left * FINENESS,
        };
        let place = Point::zero() + Size::new(left, top) * FINENESS;
        let area = RoundedRectangle::new(Rectangle::new(place, size * FINENESS), corners);
        drawn(area.draw_styled(&PrimitiveStyle::with_fill(ink), self));
    }

    /// The picture as a PNG.
    pub(super) fn into_png(self) -> Vec<u8> {
        const INTO_MEMORY: &str = "an indexed picture of this size can be written into memory";
        let (colours, pixels) = self.mixed();
        let mut palette = Vec::with_capacity(colours.len() * 3);
        let mut alphas = Vec::with_capacity(colours.len());
        for colour in colours {
            for channel in 0..3 {
                palette.push(mean(colour.map(|ink| ink.rgb()[channel])));
            }
            alphas.push(mean(colour.map(Ink::alpha)));
        }
        let mut bytes = Vec::new();
        let (width, height) = (self.size.width / FINENESS, self.size.height / FINENESS);
        let mut encoder = Encoder::new(&mut bytes, width, height);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_trns(alphas);
        encoder.set_compression(Compression::High);
        // Differences between numbers of colours mean nothing.
        encoder.set_filter(Filter::NoFilter);
        let mut writer = encoder.write_header().expect(INTO_MEMORY);
        writer.write_image_data(&pixels).expect(INTO_MEMORY);
        writer.finish().expect(INTO_MEMORY);
        bytes
    }

    /// The colours in order of appearance, each as what it is mixed of, and for each pixel the number
    /// of its colour.
    fn mixed(&self) -> (Vec<[Ink; 4]>, Vec<u8>) {
        let width = index(self.size.width);
        let mut colours = Vec::new();
        let mut pixels = Vec::with_capacity(self.inks.len() / 4);
        for rows in self.inks.chunks_exact(2 * width) {
            let (upper, lower) = rows.split_at(width);
            for (upper, lower) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let mut colour = [upper[0], upper[1], lower[0], lower[1]];
                colour.sort_unstable();
                // Flat areas make the first few by far the most frequent.
                let known = colours.iter().position(|known| *known == colour);
                let number = known.unwrap_or_else(|| {
                    colours.push(colour);
                    colours.len() - 1
                });
                pixels.push(u8::try_from(number).unwrap_or(u8::MAX));
            }
        }
        (colours, pixels)
    }
}

impl OriginDimensions for Sheet {
    fn size(&self) -> Size {
        self.size
    }
}

impl DrawTarget for Sheet {
    type Color = Ink;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Ink>>,
    {
        for Pixel(point, ink) in pixels {
            let (Ok(x), Ok(y)) = (u32::try_from(point.x), u32::try_from(point.y)) else {
                continue;
            };
            if x < self.size.width && y < self.size.height {
                self.inks[index(y) * index(self.size.width) + index(x)] = ink;
            }
        }
        Ok(())
    }
}

/// Drawing on a sheet cannot fail.
pub(super) fn drawn<T>(result: Result<T, Infallible>) -> T {
    let Ok(drawn) = result;
    drawn
}

fn index(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn mean(values: [u8; 4]) -> u8 {
    let sum: u16 = values.into_iter().map(u16::from).sum();
    u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// See [WCAG 2.2, relative luminance](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    fn luminance(ink: Ink) -> f64 {
        let [red, green, blue] = ink.rgb().map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 {
                channel / 12.92
            } else {
                ((channel + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: Ink, other: Ink) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn texts_and_bars_stand_out_from_what_is_behind_them() {
        assert!(contrast(Ink::Text, Ink::Card) >= 4.5);
        assert!(contrast(Ink::Faint, Ink::Card) >= 4.5);
        assert!(contrast(Ink::Bar, Ink::Card) >= 3.0);
        assert!(contrast(Ink::Bar, Ink::Track) >= 3.0);
    }

    #[test]
    fn all_mixtures_fit_in_a_palette() {
        const INKS: [Ink; 6] = [
            Ink::Outside,
            Ink::Card,
            Ink::Track,
            Ink::Bar,
            Ink::Text,
            Ink::Faint,
        ];
        // A sheet in which every four of the inks meet once.
        let mut sheet = Sheet::new(Size::new(6 * 6 * 6 * 6, 1));
        let width = index(sheet.size.width);
        for mixture in 0..6 * 6 * 6 * 6 {
            let ink = |place: u32| INKS[mixture / 6_usize.pow(place) % 6];
            sheet.inks[2 * mixture] = ink(0);
            sheet.inks[2 * mixture + 1] = ink(1);
            sheet.inks[width + 2 * mixture] = ink(2);
            sheet.inks[width + 2 * mixture + 1] = ink(3);
        }
        let (colours, pixels) = sheet.mixed();
        assert_eq!(colours.len(), 126);
        assert_eq!(pixels.into_iter().max(), Some(125));
    }
}
