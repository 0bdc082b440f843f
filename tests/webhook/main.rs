//! Gatehouse from the outside: the real server on a free port, real signatures, and a platform that
//! can be told to misbehave.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's own set-up has to end the test"
)]

mod discord_rules;
mod support;

mod cleans;
mod conversations;
mod deadline;
mod debug;
mod faults;
mod fixtures;
mod metrics;
mod names;
mod overload;
mod panics;
mod protocol;
mod scaling;
mod shutdown;
