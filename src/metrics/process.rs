//! What every Prometheus client tells of its process, under the names that all of them use.

use std::fs;

use jiff::Timestamp;
use prometheus_client::{
    metrics::gauge::{ConstGauge, Gauge},
    registry::Registry,
};

/// Registers what is told; gives the gauge for [`resident_bytes`].
pub(super) fn register(registry: &mut Registry) -> Gauge {
    registry.register(
        "process_start_time_seconds",
        "When the process began, in seconds since 1970",
        ConstGauge::new(Timestamp::now().as_second()),
    );
    let memory = Gauge::default();
    registry.register(
        "process_resident_memory_bytes",
        "Memory that the process holds",
        memory.clone(),
    );
    memory
}

/// How much memory the process holds; `None` where the system does not tell.
pub(super) fn resident_bytes() -> Option<i64> {
    let told = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = told.split(' ').nth(1)?.parse().ok()?;
    i64::try_from(pages * rustix::param::page_size()).ok()
}
