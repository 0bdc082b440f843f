//! Gatehouse and a gateway: the real server, connected to a gateway that can be told to misbehave.

#![expect(
    clippy::unwrap_used,
    reason = "what fails in a test's own set-up has to end the test"
)]

#[expect(dead_code, reason = "the other suite asks for more of it")]
#[path = "../webhook/support/secrets.rs"]
mod secrets;
mod support;

mod addresses;
mod closing;
mod conversations;
mod frames;
mod heartbeats;
mod sessions;
mod shutdown;
