//! What happens on the platform, for whoever watches it.

use serde_json::Value;
use tokio::sync::broadcast;

use super::{SamplePlatform, record::Recorded, world::World};

/// So much may happen before a watcher looks; one that is later misses the oldest.
pub(super) const UNSEEN_MAX: usize = 1_024;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Happening {
    /// An event was told over the gateway.
    Told {
        /// What it is called.
        name: &'static str,
        /// What came with it.
        data: Value,
    },
    /// A request came in.
    Asked(Box<Recorded>),
    /// A request was answered, or somebody did what no event tells of: what is written may have
    /// changed.
    Done,
}

impl World {
    /// Tells whoever watches.
    pub(super) fn happen(&self, happening: impl FnOnce() -> Happening) {
        if self.happenings.receiver_count() > 0 {
            // The last watcher may just have gone.
            let _ = self.happenings.send(happening());
        }
    }
}

impl SamplePlatform {
    /// Everything that happens from now on, in its order.
    pub fn watch(&self) -> broadcast::Receiver<Happening> {
        self.world.happenings.subscribe()
    }
}
