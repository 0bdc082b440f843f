//! One request: when it came, and what it is called in the log.

use tokio::time::Instant;

use crate::{metrics::InFlight, request::RequestId};

/// A request that has arrived, until it is answered.
#[derive(Debug)]
pub(super) struct Arrival {
    /// When its headers were there.
    pub(super) at: Instant,
    /// What it is called.
    pub(super) id: RequestId,
    /// It is under way for as long as this is kept.
    pub(super) _in_flight: InFlight,
}
