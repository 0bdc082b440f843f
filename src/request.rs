//! What a request is called in the log, whichever face it comes to.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// What a request is called in every line of the log that is about it. Our own: what is sent
/// from outside could be anything, or somebody else's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RequestId(u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Gives every request another id.
#[derive(Debug)]
pub(crate) struct RequestIds {
    next: AtomicU64,
}

impl Default for RequestIds {
    /// Begins anywhere, so that two processes give different ones.
    fn default() -> Self {
        let mut bytes = [0; size_of::<u64>()];
        // Without randomness ids are only told apart within this process.
        let _ = getrandom::fill(&mut bytes);
        Self {
            next: AtomicU64::new(u64::from_ne_bytes(bytes)),
        }
    }
}

impl RequestIds {
    pub(crate) fn next(&self) -> RequestId {
        RequestId(mixed(self.next.fetch_add(1, Ordering::Relaxed)))
    }
}

/// Another number for every number, that looks like any other: the last step of `SplitMix64`.
const fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice_and_all_are_as_long() {
        let ids = RequestIds::default();
        let seen: HashSet<_> = (0..10_000).map(|_| ids.next().to_string()).collect();
        assert_eq!(seen.len(), 10_000);
        let is_id = |id: &String| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(seen.iter().all(is_id));
        assert_eq!(RequestId(7).to_string(), "0000000000000007");
    }
}
