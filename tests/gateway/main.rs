//! Gatehouse and a gateway: the real server, connected to a gateway that can be told to misbehave.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's own set-up has to end the test"
)]

mod support;

mod addresses;
mod closing;
mod conversations;
mod frames;
mod heartbeats;
mod sessions;
mod shutdown;
