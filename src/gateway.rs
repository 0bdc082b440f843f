//! The face for platforms that deliver no slash commands: a connection over which every message
//! comes, of which those that begin with `/invites` are answered.

mod event;
mod talk;

use self::talk::Talk;
use crate::{config::Config, service::Service, shutdown::Shutdown};

/// The face, set up and not connected yet.
#[derive(Debug)]
pub(crate) struct Gateway {
    talk: Talk,
    shutdown: Shutdown,
}

impl Gateway {
    /// The face as the operator set it; `None` = it is off.
    pub(crate) fn new(config: &Config, service: &Service, shutdown: &Shutdown) -> Option<Self> {
        config.fluxer_gateway.as_ref()?;
        Some(Self {
            talk: Talk::new(config, service, shutdown),
            shutdown: shutdown.clone(),
        })
    }

    /// Stays connected until the process is to end, or until something that no new attempt can
    /// change.
    pub(crate) async fn run(self) {
        self.shutdown.begun().await;
    }
}
