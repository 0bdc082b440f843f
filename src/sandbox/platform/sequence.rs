//! Numbers that look random and are the same on every start.

/// A small fixed generator (SplitMix64): the sample must be the same on every start, and so may new codes be.
#[derive(Clone, Debug)]
pub(super) struct Sequence(pub(super) u64);

impl Sequence {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` up to, not including, `high`.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let offset = self.next() % u64::from(high - low);
        low + u32::try_from(offset).expect("an offset below a u32 is a u32")
    }

    /// An index below `len`, more often a small one.
    pub(super) fn early(&mut self, len: usize) -> usize {
        let len = u32::try_from(len).expect("the tables here are short");
        let index = self.between(0, len).min(self.between(0, len));
        usize::try_from(index).expect("a u32 is a usize wherever this runs")
    }

    /// A code as the servers make them: at most ten letters and digits.
    pub(super) fn code(&mut self, len: usize) -> String {
        const ALPHABET: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut rest = self.next();
        (0..len)
            .map(|_| {
                let letter = ALPHABET[usize::try_from(rest % 62).expect("below 62")];
                rest /= 62;
                char::from(letter)
            })
            .collect()
    }
}
