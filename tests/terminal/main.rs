//! The program from the outside: the real binary as a process, as operators and scripts run it.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's own set-up has to end the test"
)]

mod support;

mod acts;
mod check;
mod cleans;
mod complaints;
mod configuration;
mod floods;
mod gateway;
mod invites;
mod lines;
mod logs;
mod metrics;
mod sandbox;
mod serve;
mod table;
