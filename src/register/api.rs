//! The calls to Discord, each with a limit in time and in attempts.

use gatehouse_commands::GuildId;
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::timeout;
use twilight_http::{
    Client, Error,
    error::ErrorType,
    request::RequestBuilder,
    response::{ResponseFuture, marker::EmptyBody},
    routing::Route,
};
use twilight_model::id::{
    Id,
    marker::{ApplicationMarker, CommandMarker, GuildMarker},
};

use super::{RegisterError, Scope, definition::Definition, diff::Registered};
use crate::platform::{PLATFORM_TIMEOUT, discord};

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
    client: Client,
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
        let client = discord::client(api, Some(token));
        let request = client.current_user_application().into_future();
        let Application { id } = read(&answer(request, scope).await?)?;
        Ok(Self {
            client,
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
        let interaction = self.client.interaction(self.application);
        let body = match self.scope {
            Scope::Global => {
                let list = interaction.global_commands().with_localizations(true);
                self.answer(list.into_future()).await?
            }
            Scope::Guild(guild) => {
                let list = interaction.guild_commands(marked(guild));
                self.answer(list.with_localizations(true).into_future())
                    .await?
            }
        };
        read(&body)
    }

    /// Adds the command, or puts it in the place of the one with its type and name.
    pub(super) async fn put(&self, command: &Definition) -> Result<(), RegisterError> {
        let application_id = self.application.get();
        let route = match self.scope {
            Scope::Global => Route::CreateGlobalCommand { application_id },
            Scope::Guild(guild) => Route::CreateGuildCommand {
                application_id,
                guild_id: guild.number(),
            },
        };
        // Not by the client's own builder: it refuses commands half as long as Discord takes.
        let request = RequestBuilder::new(&route).json(command).build();
        let request = request.expect("a command holds only texts, numbers and lists");
        self.answer(self.client.request::<EmptyBody>(request))
            .await?;
        Ok(())
    }

    /// Takes the command away.
    pub(super) async fn remove(&self, command: Id<CommandMarker>) -> Result<(), RegisterError> {
        let interaction = self.client.interaction(self.application);
        let request = match self.scope {
            Scope::Global => interaction.delete_global_command(command).into_future(),
            Scope::Guild(guild) => interaction
                .delete_guild_command(marked(guild), command)
                .into_future(),
        };
        match self.answer(request).await {
            // Somebody was faster.
            Err(RegisterError::Refused {
                code: code::UNKNOWN_COMMAND,
                ..
            }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    async fn answer<T: Unpin>(&self, request: ResponseFuture<T>) -> Result<Vec<u8>, RegisterError> {
        answer(request, self.scope).await
    }
}

fn marked(guild: GuildId) -> Id<GuildMarker> {
    Id::new(guild.number())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, RegisterError> {
    serde_json::from_slice(body).map_err(RegisterError::Unreadable)
}

/// The body of the answer, whole.
///
/// Not the platform's own way to ask: its errors keep nothing of the body, which may name invites
/// there and here is what an operator needs to know.
async fn answer<T: Unpin>(
    request: ResponseFuture<T>,
    scope: Scope,
) -> Result<Vec<u8>, RegisterError> {
    let whole = async {
        let response = discord::limited(request)
            .await
            .map_err(|error| failed(error, scope))?;
        let body = response.bytes().await;
        body.map_err(|error| RegisterError::Unreachable(error.into()))
    };
    let answered = timeout(PLATFORM_TIMEOUT, whole).await;
    answered.unwrap_or(Err(RegisterError::TimedOut))
}

fn failed(error: Error, scope: Scope) -> RegisterError {
    match error.kind() {
        ErrorType::Response { body, status, .. } => refused(status.get(), body, scope),
        ErrorType::Unauthorized => RegisterError::TokenRefused,
        // The guard against endless repetition: the limit was still there.
        ErrorType::RequestCanceled => RegisterError::RateLimited,
        ErrorType::RequestTimedOut => RegisterError::TimedOut,
        // No success, and not Discord's way to say so: a proxy in front of it.
        ErrorType::Parsing { .. } => RegisterError::Broken,
        _ => RegisterError::Unreachable(error.into()),
    }
}

fn refused(status: u16, body: &[u8], scope: Scope) -> RegisterError {
    let Refusal { code, message } = serde_json::from_slice(body).unwrap_or_default();
    match (status, code, scope) {
        (401, ..) => RegisterError::TokenRefused,
        (_, code::MISSING_ACCESS | code::UNKNOWN_GUILD, Scope::Guild(guild)) => {
            RegisterError::NoAccess(guild)
        }
        (_, code::DAILY_CREATES, _) => RegisterError::DailyCreates,
        (500.., ..) => RegisterError::Broken,
        _ => RegisterError::Refused { code, message },
    }
}
