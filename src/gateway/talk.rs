//! What is said over the gateway, and what is answered.

use super::event::Event;
use crate::{config::Config, service::Service, shutdown::Shutdown};

/// Takes events. Clones share their state.
#[derive(Clone, Debug)]
pub(crate) struct Talk {}

impl Talk {
    /// Nothing heard yet.
    pub(crate) fn new(_config: &Config, _service: &Service, _shutdown: &Shutdown) -> Self {
        Self {}
    }

    /// Comes back at once: what an event leads to goes on in tasks of [`Shutdown`].
    #[expect(
        clippy::needless_pass_by_value,
        clippy::unused_self,
        reason = "what is said is not understood yet"
    )]
    pub(crate) fn take(&self, event: Event) {
        tracing::trace!(?event, "taken");
    }
}
