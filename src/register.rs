//! `gatehouse register`: tells Discord which commands there are.
//!
//! What is registered is read and compared first, and only what differs is sent: Discord counts
//! new commands by the day, and a command that is sent again is fetched again by every client.
//!
//! ```text
//! Application 1206155162419204097, global commands
//! ~ /invites                             changed
//!     list.page.description: "Which page" → "Which page of the list"
//! + “Whose invite is this?” on a message  new
//! - /old-name                             removed
//! ```

mod api;
mod definition;
mod diff;
#[cfg(test)]
mod tests;

use std::{
    error::Error,
    fmt,
    io::{self, Write},
};

use gatehouse_commands::{GuildId, PlatformErrorKind};
use secrecy::SecretString;
use serde_json::Value;
use twilight_model::application::command::CommandType;

use self::{
    api::Registry,
    definition::commands,
    diff::{Change, diff},
};
use crate::platform::PLATFORM_TIMEOUT;

/// The commands as a chat client learns of them: what is registered everywhere.
pub(crate) fn registered() -> Value {
    serde_json::to_value(commands(Scope::Global)).expect("names, texts and numbers can be written")
}

/// What was changed, or would be: commands as they are printed, `/invites` or
/// `“Whose invite is this?” on a message`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Changes {
    /// Commands that were not registered before.
    pub added: Vec<String>,
    /// Commands that were registered in another form.
    pub changed: Vec<String>,
    /// Commands that were registered and are ours no longer.
    pub removed: Vec<String>,
}

impl Changes {
    /// Whether everything was up to date.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many commands there are to which something was, or would be, done.
    pub fn len(&self) -> usize {
        let Self {
            added,
            changed,
            removed,
        } = self;
        added.len() + changed.len() + removed.len()
    }
}

/// Why the commands could not be registered, in words for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The token is not, or no longer, a bot's.
    #[error(
        "Discord refused the token: set DISCORD_TOKEN to the one from the application's Bot page \
         in the Discord developer portal."
    )]
    TokenRefused,
    /// No such guild, or the application was not added to it with the scope for commands.
    #[error(
        "The application has no access to guild {0}: check the id, and add the application to it \
         with the scope applications.commands."
    )]
    NoAccess(GuildId),
    /// Discord's limit of 200 new commands a day.
    #[error("Discord takes no more new commands today: run this again tomorrow.")]
    DailyCreates,
    /// Too many requests, and still so at the second attempt.
    #[error("Discord asks for fewer requests: run this again in a few minutes.")]
    RateLimited,
    /// No answer in time, or Discord asked to wait for longer.
    #[error(
        "Discord did not answer within {} seconds, or asked to wait for longer: run this again \
         later.",
        PLATFORM_TIMEOUT.as_secs()
    )]
    TimedOut,
    /// No connection, or it broke.
    #[error("Discord cannot be reached: check the network, and DISCORD_API if it is set.")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// Discord, or a proxy in front of it, has a problem of its own.
    #[error(
        "Discord, or a proxy in front of it, has a problem of its own: run this again later, and \
         check DISCORD_API if it is set."
    )]
    Broken,
    /// An answer that is not what was asked for.
    #[error("The answer is not one of Discord's API: check DISCORD_API if it is set.")]
    Unreadable(#[source] serde_json::Error),
    /// A reason of Discord's own.
    #[error("Discord refused the request and says why: {message:?} (code {code}).")]
    Refused {
        /// Discord's number for it.
        code: u64,
        /// Discord's words for it.
        message: String,
    },
    /// The changes could not be shown.
    #[error("The changes could not be written out.")]
    Output(#[from] io::Error),
}

impl RegisterError {
    /// What happened, for whoever is not the operator.
    pub(crate) fn kind(&self) -> PlatformErrorKind {
        match self {
            Self::TokenRefused => PlatformErrorKind::TokenRefused,
            Self::NoAccess(_) => PlatformErrorKind::MissingPermission,
            Self::RateLimited => PlatformErrorKind::RateLimited { retry_after: None },
            Self::TimedOut => PlatformErrorKind::TimedOut,
            Self::Unreachable(_) => PlatformErrorKind::Unreachable,
            Self::Broken => PlatformErrorKind::Broken,
            Self::Unreadable(_) => PlatformErrorKind::Unreadable,
            Self::DailyCreates | Self::Refused { .. } | Self::Output(_) => {
                PlatformErrorKind::Refused
            }
        }
    }
}

/// Where commands are registered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scope {
    /// In every guild that added the application.
    Global,
    /// In one guild.
    Guild(GuildId),
}

impl From<Option<GuildId>> for Scope {
    fn from(guild: Option<GuildId>) -> Self {
        guild.map_or(Self::Global, Self::Guild)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str("global commands"),
            Self::Guild(guild) => write!(f, "commands of guild {guild}"),
        }
    }
}

/// Registers our commands, in all guilds or in one, and writes to `out` what that changes.
///
/// Other commands that the application has there are removed. In a dry run nothing is sent.
///
/// # Errors
///
/// When Discord cannot be asked or refuses; what was written to `out` by then is done. When `out`
/// cannot be written to.
pub async fn register(
    api: &str,
    token: &SecretString,
    guild: Option<GuildId>,
    is_dry_run: bool,
    out: &mut impl Write,
) -> Result<Changes, RegisterError> {
    let scope = Scope::from(guild);
    let registry = Registry::open(api, token, scope).await?;
    writeln!(out, "Application {}, {scope}", registry.application())?;
    let wanted = commands(scope);
    let registered = registry.commands().await?;
    let mut changes = Changes::default();
    for change in diff(&wanted, &registered) {
        if !is_dry_run {
            send(&registry, &change).await?;
        }
        write!(out, "{change}")?;
        changes.add(&change);
    }
    if changes.is_empty() {
        writeln!(out, "Nothing changed.")?;
    } else if is_dry_run {
        writeln!(out, "This was a dry run: nothing was sent.")?;
    }
    Ok(changes)
}

async fn send(registry: &Registry, change: &Change<'_>) -> Result<(), RegisterError> {
    match change {
        Change::New(command) | Change::Changed(command, _) => registry.put(command).await,
        Change::Removed(command) => registry.remove(command.id).await,
    }
}

impl Changes {
    fn add(&mut self, change: &Change<'_>) {
        let names = match change {
            Change::New(_) => &mut self.added,
            Change::Changed(..) => &mut self.changed,
            Change::Removed(_) => &mut self.removed,
        };
        names.push(change.name());
    }
}

impl Change<'_> {
    /// The command as people call it, escaped: it goes to a terminal.
    fn name(&self) -> String {
        let (kind, name) = match self {
            Self::New(command) | Self::Changed(command, _) => (command.kind, command.name),
            Self::Removed(command) => (command.kind, command.name.as_str()),
        };
        let name = name.escape_debug();
        match kind {
            CommandType::ChatInput => format!("/{name}"),
            CommandType::Message => format!("“{name}” on a message"),
            CommandType::User => format!("“{name}” on a person"),
            _ => format!("“{name}”"),
        }
    }
}

impl fmt::Display for Change<'_> {
    /// One line, and below it an indented one for each difference; all end with a line break.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, word, lines) = match self {
            Self::New(_) => ('+', "new", [].as_slice()),
            Self::Changed(_, lines) => ('~', "changed", lines.as_slice()),
            Self::Removed(_) => ('-', "removed", [].as_slice()),
        };
        writeln!(f, "{sign} {:<37} {word}", self.name())?;
        lines.iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}
