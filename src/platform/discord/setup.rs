//! What a checkup finds out of Discord.

use std::io;

use gatehouse_commands::{
    GuildId, GuildRef, KeyState, Known, PlatformErrorKind as Kind, PlatformName,
};

use super::{Answered, Ask, Discord, Failed, Route, refused_with};
use crate::{
    metrics::Status,
    platform::{checkup::Adapter, wire},
    register::register,
};

impl Adapter for Discord {
    const NAME: PlatformName = PlatformName::Discord;

    fn has_token(&self) -> bool {
        self.token.is_some()
    }

    fn has_key(&self) -> bool {
        !self.public_keys.is_empty()
    }

    async fn greet(&self) -> Result<Answered, Failed> {
        self.send_once(&Ask::to(Route::Gateway, &[]), false).await
    }

    async fn look(&self, ask: Ask) -> Result<Answered, Failed> {
        self.send_once(&ask, true).await
    }

    fn refused(answered: &Answered) -> Failed {
        refused_with(answered)
    }

    /// The operator may have registered them everywhere, or in single guilds: either will do.
    async fn known_commands(&self, here: Option<GuildRef>, refusal: Option<Kind>) -> Known {
        if let Some(kind) = refusal {
            return Known::Unknown(kind);
        }
        let everywhere = match self.outdated(None).await {
            Ok(0) => return Known::Current,
            Ok(count) => count,
            Err(kind) => return Known::Unknown(kind),
        };
        let here = here.filter(|here| here.platform == PlatformName::Discord);
        if let Some(here) = here
            && self.outdated(Some(here.id)).await == Ok(0)
        {
            return Known::Current;
        }
        Known::Outdated(everywhere)
    }

    async fn key(&self) -> KeyState {
        let Ok(answered) = self.look(Ask::to(Route::Application, &[])).await else {
            return KeyState::Unknown;
        };
        let Ok(theirs) = answered.said.read(wire::read_verify_key) else {
            return KeyState::Unknown;
        };
        let is_theirs = |ours: &[u8]| hex::decode(&theirs).is_ok_and(|key| key == ours);
        if self.public_keys.iter().any(|key| is_theirs(key.as_bytes())) {
            KeyState::Matches
        } else {
            KeyState::Differs
        }
    }
}

impl Discord {
    /// How many commands are missing there or differ from ours.
    async fn outdated(&self, guild: Option<GuildId>) -> Result<usize, Kind> {
        let token = self.token.as_ref().ok_or(Kind::NoToken)?;
        // Counted as one, though it asks whose token it is as well.
        let mut call = self.calls.begin(Route::Commands);
        match register(&self.origin, token, guild, true, &mut io::sink()).await {
            Ok(changes) => {
                call.ended(Status::Success);
                Ok(changes.len())
            }
            Err(error) => {
                call.ended(Status::of_kind(error.kind()));
                Err(error.kind())
            }
        }
    }
}
