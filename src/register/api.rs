//! The calls to Discord, each with a limit in time and in attempts.

use std::fmt::Display;

use gatehouse_commands::{PlatformErrorKind as Kind, PlatformName};
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::timeout;
use twilight_model::id::{
    Id,
    marker::{ApplicationMarker, CommandMarker},
};

use super::{RegisterError, Scope, definition::Definition, diff::Registered};
use crate::{
    clock::Clock,
    config::PlatformConfig,
    metrics::Metrics,
    platform::{Ask, Failed, Gate, PLATFORM_TIMEOUT, Route, Said, discord::Discord},
};

/// Discord's own words.
/// See [Discord Docs/Opcodes and Status Codes].
///
/// [Discord Docs/Opcodes and Status Codes]: https://discord.com/developers/docs/topics/opcodes-and-status-codes
mod code {
    pub(super) const UNKNOWN_GUILD: u64 = 10_004;
    pub(super) const UNKNOWN_COMMAND: u64 = 10_063;
    pub(super) const DAILY_CREATES: u64 = 30_034;
    pub(super) const MISSING_ACCESS: u64 = 50_001;
}

/// The commands of one application in one scope.
#[derive(Debug)]
pub(super) struct Registry {
    discord: Discord,
    application: Id<ApplicationMarker>,
    scope: Scope,
}

#[derive(Debug, Deserialize)]
struct Application {
    id: Id<ApplicationMarker>,
}

/// The body of an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: u64,
    message: String,
}

impl Registry {
    /// Asks whose token it is.
    pub(super) async fn open(
        api: &str,
        token: &SecretString,
        scope: Scope,
    ) -> Result<Self, RegisterError> {
        let config = PlatformConfig {
            api: api.to_owned(),
            token: Some(token.clone()),
            public_keys: Vec::new(),
        };
        // One command of an operator's: nobody asks for its numbers.
        let calls = Metrics::new().calls(PlatformName::Discord);
        let discord = Discord::new(&config, Clock::system(), Gate::default(), calls);
        let ask = Ask::to(Route::Application, &[]);
        let Application { id } = read(&answer(&discord, &ask, scope).await?)?;
        Ok(Self {
            discord,
            application: id,
            scope,
        })
    }

    /// The application that the token belongs to.
    pub(super) fn application(&self) -> Id<ApplicationMarker> {
        self.application
    }

    /// All its commands in this scope, of every type.
    pub(super) async fn commands(&self) -> Result<Vec<Registered>, RegisterError> {
        let ask = self.ask(Route::Commands, Route::GuildCommands, &[]);
        read(&self.answer(&ask.asking("with_localizations=true")).await?)
    }

    /// Adds the command, or puts it in the place of the one with its type and name.
    pub(super) async fn put(&self, command: &Definition) -> Result<(), RegisterError> {
        let command = serde_json::to_value(command);
        let command = command.expect("a command holds only texts, numbers and lists");
        let ask = self.ask(Route::PutCommand, Route::PutGuildCommand, &[]);
        self.answer(&ask.with(command)).await.map(drop)
    }

    /// Takes the command away.
    pub(super) async fn remove(&self, command: Id<CommandMarker>) -> Result<(), RegisterError> {
        let ask = self.ask(Route::RemoveCommand, Route::RemoveGuildCommand, &[&command]);
        match self.answer(&ask).await {
            // Somebody was faster.
            Err(RegisterError::Refused {
                code: code::UNKNOWN_COMMAND,
                ..
            }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Asks in the scope, by one of these two routes.
    fn ask(&self, everywhere: Route, in_guild: Route, rest: &[&(dyn Display + Sync)]) -> Ask {
        let application = &self.application;
        match &self.scope {
            Scope::Global => Ask::to(everywhere, &[&[application as _], rest].concat()),
            Scope::Guild(guild) => {
                Ask::to(in_guild, &[&[application as _, guild as _], rest].concat())
            }
        }
    }

    async fn answer(&self, ask: &Ask) -> Result<Said, RegisterError> {
        answer(&self.discord, ask, self.scope).await
    }
}

fn read<T: DeserializeOwned>(said: &Said) -> Result<T, RegisterError> {
    serde_json::from_slice(said.bytes()).map_err(RegisterError::Unreadable)
}

/// What the answer says, whole. A request may be sent twice: the second has nothing left to do.
///
/// What a refusal means is not the platform's own reading: that keeps nothing of the body, which
/// may name invites there and here is what an operator needs to know.
async fn answer(discord: &Discord, ask: &Ask, scope: Scope) -> Result<Said, RegisterError> {
    let answered = timeout(PLATFORM_TIMEOUT, discord.send_patiently(ask)).await;
    let answered = answered.map_err(|_| RegisterError::TimedOut)?;
    let answered = answered.map_err(failed)?;
    if answered.status.is_success() {
        Ok(answered.said)
    } else {
        let status = answered.status.as_u16();
        Err(refused(status, answered.said.bytes(), scope))
    }
}

/// No answer, or a broken one.
fn failed(failed: Failed) -> RegisterError {
    match failed.error.kind {
        Kind::TimedOut => RegisterError::TimedOut,
        // An answer without measure.
        Kind::Unreadable => RegisterError::Broken,
        _ => RegisterError::Unreachable(failed.error.into()),
    }
}

fn refused(status: u16, body: &[u8], scope: Scope) -> RegisterError {
    let Refusal { code, message } = serde_json::from_slice(body).unwrap_or_default();
    match (status, code, scope) {
        (401, ..) => RegisterError::TokenRefused,
        (429, ..) => RegisterError::RateLimited,
        (_, code::MISSING_ACCESS | code::UNKNOWN_GUILD, Scope::Guild(guild)) => {
            RegisterError::NoAccess(guild)
        }
        (_, code::DAILY_CREATES, _) => RegisterError::DailyCreates,
        (500.., ..) => RegisterError::Broken,
        _ => RegisterError::Refused { code, message },
    }
}
