//! Gatehouse from the outside: the real server on a free port, real signatures, and a platform that
//! can be told to misbehave.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's own set-up has to end the test"
)]

/// What the fuzz targets check.
#[path = "../../fuzz/src"]
#[expect(unreachable_pub, reason = "the fuzz targets are crates of their own")]
mod fuzz {
    pub(crate) mod checks;
}

mod discord_rules;
mod support;

mod cleans;
mod conversations;
mod deadline;
mod debug;
mod faults;
mod fixtures;
mod fuzzed;
mod metrics;
mod names;
mod overload;
mod panics;
mod protocol;
mod scaling;
mod shutdown;
