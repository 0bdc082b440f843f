//! What a checkup finds out of Discord.

use std::io;

use gatehouse_commands::{
    GuildId, GuildRef, KeyState, Known, PlatformErrorKind as Kind, PlatformName,
};

use super::{Answered, Ask, Discord, Failed, refused_with};
use crate::{
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
        let ask = Ask::get("gateway".to_owned());
        self.send_once(&ask, false).await
    }

    async fn look(&self, path: String) -> Result<Answered, Failed> {
        self.send_once(&Ask::get(path), true).await
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
        let Ok(answered) = self.look("applications/@me".to_owned()).await else {
            return KeyState::Unknown;
        };
        let Ok(theirs) = wire::read_verify_key(&answered.body) else {
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
        match register(&self.origin, token, guild, true, &mut io::sink()).await {
            Ok(changes) => Ok(changes.len()),
            Err(error) => Err(error.kind()),
        }
    }
}
