//! Ids that tell when something was made. Both platforms use the same layout and epoch.

use jiff::{SignedDuration, Timestamp};

/// 2015-01-01, in milliseconds since 1970.
const EPOCH_MS: i64 = 1_420_070_400_000;

/// Bits below the milliseconds.
const SEQUENCE_BITS: u32 = 22;

/// When the thing with this id was made.
pub(super) fn instant(id: u64) -> Timestamp {
    let ms = i64::try_from(id >> SEQUENCE_BITS).expect("42 bits fit into 63");
    Timestamp::UNIX_EPOCH + SignedDuration::from_millis(EPOCH_MS + ms)
}

/// An id of this moment; `number` tells ids of one moment apart.
///
/// A moment before the epoch gets the id of the epoch.
pub(super) fn at(moment: Timestamp, number: u64) -> u64 {
    let ms = u64::try_from(moment.as_millisecond() - EPOCH_MS).unwrap_or(0);
    (ms << SEQUENCE_BITS) | (number & ((1 << SEQUENCE_BITS) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_moment() {
        let moment = Timestamp::constant(1_790_000_000, 123_000_000);
        assert_eq!(instant(at(moment, 7)), moment);
        assert_ne!(at(moment, 7), at(moment, 8));
        assert_eq!(at(Timestamp::UNIX_EPOCH, 3), 3);
        // The largest id there is, in the year 2154.
        assert!(instant(u64::MAX) > moment);
    }
}
