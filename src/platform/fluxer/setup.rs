//! What a checkup finds out of a Fluxer instance.

use gatehouse_commands::{GuildRef, KeyState, Known, PlatformErrorKind as Kind, PlatformName};

use super::{Answered, Ask, Failed, Fluxer, Route, refused_with};
use crate::platform::checkup::Adapter;

impl Adapter for Fluxer {
    const NAME: PlatformName = PlatformName::Fluxer;

    fn has_token(&self) -> bool {
        self.token.is_some()
    }

    fn has_key(&self) -> bool {
        self.has_key
    }

    async fn greet(&self) -> Result<Answered, Failed> {
        self.send_once(&Ask::to(Route::WellKnown, &[]), false).await
    }

    async fn look(&self, ask: Ask) -> Result<Answered, Failed> {
        self.send_once(&ask, true).await
    }

    fn refused(answered: &Answered) -> Failed {
        refused_with(answered)
    }

    async fn known_commands(&self, _: Option<GuildRef>, _: Option<Kind>) -> Known {
        Known::NotTaken
    }

    async fn key(&self) -> KeyState {
        KeyState::Unknown
    }
}
