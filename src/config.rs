//! What the operator sets: environment variables, each also a flag of `gatehouse serve`.
//!
//! Everything is read once at start. What is wrong ends the start with one sentence that names the
//! variable and says what it should look like, never what it holds.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsString,
    net::SocketAddr,
};

use clap::Args;
use ed25519_dalek::VerifyingKey;
use gatehouse_commands::{ChannelId, GuildRef, PlatformName, RoleId, split_platform};
use secrecy::SecretString;
use tracing_subscriber::filter::Targets;

/// Where the webhook listens unless told otherwise; `fly.toml` and the Dockerfile name this port.
pub const DEFAULT_LISTEN: &str = "0.0.0.0:8080";

/// Discord's own API, without the `/api/v10` that the client adds.
pub const DEFAULT_DISCORD_API: &str = "https://discord.com";

/// The official Fluxer instance.
pub const DEFAULT_FLUXER_API: &str = "https://api.fluxer.app/v1";

/// The variables as given, before they are understood.
#[derive(Args, Clone, Default)]
pub struct Variables {
    /// Where the webhook listens: address and port
    #[arg(
        long,
        env = "GATEHOUSE_LISTEN",
        value_name = "ADDRESS:PORT",
        hide_env_values = true
    )]
    gatehouse_listen: Option<OsString>,
    /// Where Prometheus finds metrics at /metrics: address and port, apart from the webhook's
    #[arg(
        long,
        env = "GATEHOUSE_METRICS_LISTEN",
        value_name = "ADDRESS:PORT",
        hide_env_values = true
    )]
    gatehouse_metrics_listen: Option<OsString>,
    /// Guilds that show another one's invites: discord:ID=fluxer:ID, comma-separated
    #[arg(
        long,
        env = "GATEHOUSE_LINKS",
        value_name = "LINKS",
        hide_env_values = true
    )]
    gatehouse_links: Option<OsString>,
    /// Roles that may act without Manage Server: discord:ID or fluxer:ID, comma-separated
    #[arg(
        long,
        env = "GATEHOUSE_MODERATOR_ROLES",
        value_name = "ROLES",
        hide_env_values = true
    )]
    gatehouse_moderator_roles: Option<OsString>,
    /// What is logged: error, warn, info, debug, trace, or a filter like gatehouse=debug
    #[arg(
        long,
        env = "GATEHOUSE_LOG",
        value_name = "FILTER",
        hide_env_values = true
    )]
    gatehouse_log: Option<OsString>,
    /// How it is logged: text or json
    #[arg(
        long,
        env = "GATEHOUSE_LOG_FORMAT",
        value_name = "FORMAT",
        hide_env_values = true
    )]
    gatehouse_log_format: Option<OsString>,
    /// The Discord application's public key, 64 hex digits; several, comma-separated
    #[arg(
        long,
        env = "DISCORD_PUBLIC_KEY",
        value_name = "KEYS",
        hide_env_values = true
    )]
    discord_public_key: Option<OsString>,
    /// The Discord bot's token
    #[arg(
        long,
        env = "DISCORD_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    discord_token: Option<OsString>,
    /// Origin of Discord's API, for a proxy
    #[arg(long, env = "DISCORD_API", value_name = "URL", hide_env_values = true)]
    discord_api: Option<OsString>,
    /// The Fluxer bot's token
    #[arg(
        long,
        env = "FLUXER_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    fluxer_token: Option<OsString>,
    /// Base URL of Fluxer's API, or the domain of an instance
    #[arg(long, env = "FLUXER_API", value_name = "URL", hide_env_values = true)]
    fluxer_api: Option<OsString>,
    /// Public key of a platform that delivers signed interactions in Fluxer's name
    #[arg(
        long,
        env = "FLUXER_PUBLIC_KEY",
        value_name = "KEYS",
        hide_env_values = true
    )]
    fluxer_public_key: Option<OsString>,
    /// Whether messages on Fluxer are read for commands: on or off
    #[arg(
        long,
        env = "FLUXER_GATEWAY",
        value_name = "SWITCH",
        hide_env_values = true
    )]
    fluxer_gateway: Option<OsString>,
    /// Channels on Fluxer where answers are posted whole, comma-separated
    #[arg(
        long,
        env = "FLUXER_MOD_CHANNELS",
        value_name = "CHANNELS",
        hide_env_values = true
    )]
    fluxer_mod_channels: Option<OsString>,
}

impl std::fmt::Debug for Variables {
    /// Shows no value: tokens are among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Variables").finish_non_exhaustive()
    }
}

/// What the operator wants, understood.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the webhook listens.
    pub listen: SocketAddr,
    /// Where metrics are served; `None` = nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Which guild's invites a guild shows instead of its own.
    pub links: HashMap<GuildRef, GuildRef>,
    /// Roles that may act without Manage Server.
    pub moderator_roles: Vec<(PlatformName, RoleId)>,
    /// Discord.
    pub discord: PlatformConfig,
    /// Fluxer.
    pub fluxer: PlatformConfig,
    /// Commands in messages on Fluxer; `None` = they are not read.
    pub fluxer_gateway: Option<GatewayConfig>,
}

/// How commands in messages are answered.
#[derive(Clone, Debug, Default)]
pub struct GatewayConfig {
    /// Channels that only moderators see: whole answers are posted there.
    pub mod_channels: HashSet<ChannelId>,
}

/// How a platform is reached, and how it reaches us.
#[derive(Clone, Debug)]
pub struct PlatformConfig {
    /// Where its API is.
    pub api: String,
    /// The bot's token, without `Bot `; `None` = its invites are not read.
    pub token: Option<SecretString>,
    /// Whose signatures are good; empty = its interactions are not taken.
    pub public_keys: Vec<VerifyingKey>,
}

/// How logs are written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogConfig {
    /// A filter after `tracing_subscriber::filter::Targets`.
    pub filter: String,
    /// Whether each line is a JSON object.
    pub is_json: bool,
}

/// A variable that cannot be taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// Its value is not what it should be.
    #[error("{variable} must be {expected}.")]
    Wrong {
        /// Its name.
        variable: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// No platform can send commands.
    #[error(
        "Nothing can send commands yet: set DISCORD_PUBLIC_KEY (from the application's page in the \
         Discord developer portal), FLUXER_GATEWAY to on, or FLUXER_PUBLIC_KEY."
    )]
    NoFace,
    /// No platform's invites can be read.
    #[error(
        "No invites can be read yet: set DISCORD_TOKEN or FLUXER_TOKEN to the token of a bot that \
         has Manage Server there."
    )]
    NoPlatform,
    /// No bot's token to read messages with.
    #[error("FLUXER_GATEWAY is on, and messages are read by a bot: set FLUXER_TOKEN to its token.")]
    NoGatewayToken,
    /// No bot's token to register commands with.
    #[error("Commands are registered with a bot's token: set DISCORD_TOKEN.")]
    NoDiscordToken,
}

impl Variables {
    /// Understands the variables, for a service that takes commands.
    ///
    /// # Errors
    ///
    /// A wrong value; no face or no platform.
    pub fn service(self) -> Result<Config, ConfigError> {
        let config = self.config()?;
        let has_gateway = config.fluxer_gateway.is_some();
        if has_gateway && config.fluxer.token.is_none() {
            return Err(ConfigError::NoGatewayToken);
        }
        let has_key = [&config.discord, &config.fluxer]
            .iter()
            .any(|platform| !platform.public_keys.is_empty());
        if !has_key && !has_gateway {
            return Err(ConfigError::NoFace);
        }
        config.with_platform()
    }

    /// Understands the variables, for a terminal that sends one command.
    ///
    /// # Errors
    ///
    /// A wrong value; no platform.
    pub fn terminal(self) -> Result<Config, ConfigError> {
        self.config()?.with_platform()
    }

    /// Understands the variables, for registering commands on Discord.
    ///
    /// # Errors
    ///
    /// A wrong value; no token.
    pub fn registration(self) -> Result<(String, SecretString), ConfigError> {
        let discord = self.config()?.discord;
        let token = discord.token.ok_or(ConfigError::NoDiscordToken)?;
        Ok((discord.api, token))
    }

    /// How to log.
    ///
    /// # Errors
    ///
    /// An unknown format, or a filter that cannot be read.
    pub fn log(&self) -> Result<LogConfig, ConfigError> {
        let filter = given("GATEHOUSE_LOG", self.gatehouse_log.clone())?
            .unwrap_or_else(|| "info".to_owned());
        if !is_filter(&filter) {
            return Err(ConfigError::Wrong {
                variable: "GATEHOUSE_LOG",
                expected: "error, warn, info, debug, trace, or a filter like gatehouse=debug",
            });
        }
        let is_json =
            match given("GATEHOUSE_LOG_FORMAT", self.gatehouse_log_format.clone())?.as_deref() {
                None | Some("text") => false,
                Some("json") => true,
                Some(_) => {
                    return Err(ConfigError::Wrong {
                        variable: "GATEHOUSE_LOG_FORMAT",
                        expected: "text or json",
                    });
                }
            };
        Ok(LogConfig { filter, is_json })
    }

    fn config(self) -> Result<Config, ConfigError> {
        let listen = given("GATEHOUSE_LISTEN", self.gatehouse_listen)?
            .unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let metrics_listen = given("GATEHOUSE_METRICS_LISTEN", self.gatehouse_metrics_listen)?;
        let metrics_listen = metrics_listen.map(|text| {
            text.parse().map_err(|_| ConfigError::Wrong {
                variable: "GATEHOUSE_METRICS_LISTEN",
                expected: "an address and a port, for example 127.0.0.1:9464",
            })
        });
        Ok(Config {
            listen: listen.parse().map_err(|_| ConfigError::Wrong {
                variable: "GATEHOUSE_LISTEN",
                expected: "an address and a port, for example 0.0.0.0:8080",
            })?,
            metrics_listen: metrics_listen.transpose()?,
            links: links(given("GATEHOUSE_LINKS", self.gatehouse_links)?)?,
            moderator_roles: moderator_roles(given(
                "GATEHOUSE_MODERATOR_ROLES",
                self.gatehouse_moderator_roles,
            )?)?,
            discord: PlatformConfig {
                api: discord_api(given("DISCORD_API", self.discord_api)?)?,
                token: token("DISCORD_TOKEN", given("DISCORD_TOKEN", self.discord_token)?)?,
                public_keys: public_keys(
                    "DISCORD_PUBLIC_KEY",
                    given("DISCORD_PUBLIC_KEY", self.discord_public_key)?,
                )?,
            },
            fluxer: PlatformConfig {
                api: fluxer_api(given("FLUXER_API", self.fluxer_api)?)?,
                token: token("FLUXER_TOKEN", given("FLUXER_TOKEN", self.fluxer_token)?)?,
                public_keys: public_keys(
                    "FLUXER_PUBLIC_KEY",
                    given("FLUXER_PUBLIC_KEY", self.fluxer_public_key)?,
                )?,
            },
            fluxer_gateway: gateway(
                given("FLUXER_GATEWAY", self.fluxer_gateway)?.as_deref(),
                given("FLUXER_MOD_CHANNELS", self.fluxer_mod_channels)?.as_deref(),
            )?,
        })
    }
}

impl Config {
    fn with_platform(self) -> Result<Self, ConfigError> {
        if self.discord.token.is_none() && self.fluxer.token.is_none() {
            return Err(ConfigError::NoPlatform);
        }
        Ok(self)
    }
}

/// Whether it is a filter of log events. A lone word must be a level: taken for the name of a
/// module, as it could be, a misspelt level would silence the log.
fn is_filter(text: &str) -> bool {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |word: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word));
    entries(text).all(|entry| entry.contains('=') || is_level(entry))
        && text.parse::<Targets>().is_ok()
}

/// The value without surrounding blanks. Empty is not given: hosts often set what is left blank.
fn given(variable: &'static str, value: Option<OsString>) -> Result<Option<String>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let value = value.into_string().map_err(|_| ConfigError::Wrong {
        variable,
        expected: "text in UTF-8",
    })?;
    let value = value.trim();
    Ok((!value.is_empty()).then(|| value.to_owned()))
}

/// Entries between commas; blank ones are passed over.
fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

fn links(value: Option<String>) -> Result<HashMap<GuildRef, GuildRef>, ConfigError> {
    let wrong = ConfigError::Wrong {
        variable: "GATEHOUSE_LINKS",
        expected: "pairs like discord:<guild id>=fluxer:<guild id>, separated by commas, each \
                   guild on the left only once",
    };
    let mut links = HashMap::new();
    for entry in entries(&value.unwrap_or_default()) {
        let (from, to) = entry.split_once('=').ok_or_else(|| wrong.clone())?;
        let from: GuildRef = from.parse().map_err(|_| wrong.clone())?;
        let to = to.parse().map_err(|_| wrong.clone())?;
        if links.insert(from, to).is_some() {
            return Err(wrong);
        }
    }
    Ok(links)
}

fn moderator_roles(value: Option<String>) -> Result<Vec<(PlatformName, RoleId)>, ConfigError> {
    let read = |entry| -> Option<(PlatformName, RoleId)> {
        let (platform, id) = split_platform(entry).ok()?;
        Some((platform, id.parse().ok()?))
    };
    entries(&value.unwrap_or_default())
        .map(|entry| {
            read(entry).ok_or(ConfigError::Wrong {
                variable: "GATEHOUSE_MODERATOR_ROLES",
                expected: "roles like discord:<role id> or fluxer:<role id>, separated by commas",
            })
        })
        .collect()
}

fn token(
    variable: &'static str,
    value: Option<String>,
) -> Result<Option<SecretString>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let token = value.strip_prefix("Bot ").unwrap_or(&value).trim();
    let token = if token == "Bot" { "" } else { token };
    // It becomes a header: anything else could not be sent.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::Wrong {
            variable,
            expected: "a bot's token, on one line and without blanks",
        });
    }
    Ok(Some(SecretString::from(token)))
}

fn public_keys(
    variable: &'static str,
    value: Option<String>,
) -> Result<Vec<VerifyingKey>, ConfigError> {
    entries(&value.unwrap_or_default())
        .map(|entry| {
            public_key(entry).ok_or(ConfigError::Wrong {
                variable,
                expected: "a public key of 64 hex digits, as the application's page shows it; \
                           several are separated by commas",
            })
        })
        .collect()
}

/// Channels are understood also while the switch is off: a mistake should not wait for it.
fn gateway(
    switch: Option<&str>,
    channels: Option<&str>,
) -> Result<Option<GatewayConfig>, ConfigError> {
    let is_on = match switch {
        None | Some("off") => false,
        Some("on") => true,
        Some(_) => {
            return Err(ConfigError::Wrong {
                variable: "FLUXER_GATEWAY",
                expected: "on or off",
            });
        }
    };
    let mod_channels = entries(channels.unwrap_or_default())
        .map(|entry| {
            entry.parse().map_err(|_| ConfigError::Wrong {
                variable: "FLUXER_MOD_CHANNELS",
                expected: "ids of channels, separated by commas",
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(is_on.then_some(GatewayConfig { mod_channels }))
}

/// A key under which signatures prove something: weak ones accept forgeries for any message.
fn public_key(text: &str) -> Option<VerifyingKey> {
    let mut bytes = [0; ed25519_dalek::PUBLIC_KEY_LENGTH];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    let key = VerifyingKey::from_bytes(&bytes).ok()?;
    (!key.is_weak()).then_some(key)
}

fn discord_api(value: Option<String>) -> Result<String, ConfigError> {
    let value = value.unwrap_or_else(|| DEFAULT_DISCORD_API.to_owned());
    let is_origin = |url: &String| reqwest::Url::parse(url).is_ok_and(|url| url.path() == "/");
    http_url(&value)
        .filter(is_origin)
        .ok_or(ConfigError::Wrong {
            variable: "DISCORD_API",
            expected: "an origin like https://discord.com, without /api",
        })
}

fn fluxer_api(value: Option<String>) -> Result<String, ConfigError> {
    let value = value.unwrap_or_else(|| DEFAULT_FLUXER_API.to_owned());
    let is_domain = !value.contains("://");
    let url = if is_domain {
        format!("https://{value}")
    } else {
        value.clone()
    };
    let is_bare = |url: &reqwest::Url| url.path() == "/" && url.host_str().is_some();
    let is_right = match reqwest::Url::parse(&url) {
        Ok(parsed) => http_url(&url).is_some() && (!is_domain || is_bare(&parsed)),
        Err(_) => false,
    };
    if is_right {
        Ok(value.trim_end_matches('/').to_owned())
    } else {
        Err(ConfigError::Wrong {
            variable: "FLUXER_API",
            expected: "a base URL like https://api.fluxer.app/v1, or the domain of an instance",
        })
    }
}

/// The URL without a slash at its end, if it is one that requests can be sent below of.
fn http_url(text: &str) -> Option<String> {
    let url = reqwest::Url::parse(text).ok()?;
    let is_right = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_right.then(|| text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664";

    fn complete() -> Variables {
        Variables {
            discord_public_key: Some(KEY.into()),
            fluxer_token: Some("1.secret".into()),
            ..Variables::default()
        }
    }

    fn error(variables: Variables) -> String {
        variables
            .service()
            .expect_err("must be refused")
            .to_string()
    }

    #[test]
    fn a_key_and_a_token_are_enough() {
        let config = complete().service().unwrap();
        assert_eq!(config.listen.to_string(), DEFAULT_LISTEN);
        assert_eq!(config.fluxer.api, DEFAULT_FLUXER_API);
        assert_eq!(config.discord.api, DEFAULT_DISCORD_API);
    }

    #[test]
    fn nothing_set_is_told_what_to_set_first() {
        assert!(error(Variables::default()).contains("DISCORD_PUBLIC_KEY"));
        let no_platform = Variables {
            fluxer_token: Some("  ".into()),
            ..complete()
        };
        assert!(error(no_platform).contains("FLUXER_TOKEN"));
    }

    /// Every variable that can be wrong for a service, and where its value stands.
    fn fields(variables: &mut Variables) -> [(&'static str, &mut Option<OsString>); 12] {
        let v = variables;
        [
            ("GATEHOUSE_LISTEN", &mut v.gatehouse_listen),
            ("GATEHOUSE_METRICS_LISTEN", &mut v.gatehouse_metrics_listen),
            ("GATEHOUSE_LINKS", &mut v.gatehouse_links),
            (
                "GATEHOUSE_MODERATOR_ROLES",
                &mut v.gatehouse_moderator_roles,
            ),
            ("DISCORD_PUBLIC_KEY", &mut v.discord_public_key),
            ("DISCORD_TOKEN", &mut v.discord_token),
            ("DISCORD_API", &mut v.discord_api),
            ("FLUXER_TOKEN", &mut v.fluxer_token),
            ("FLUXER_API", &mut v.fluxer_api),
            ("FLUXER_PUBLIC_KEY", &mut v.fluxer_public_key),
            ("FLUXER_GATEWAY", &mut v.fluxer_gateway),
            ("FLUXER_MOD_CHANNELS", &mut v.fluxer_mod_channels),
        ]
    }

    #[test]
    fn wrong_values_are_named_and_not_shown() {
        const SECRET: &str = "sEcReT value";
        let count = fields(&mut complete()).len();
        for index in 0..count {
            let mut variables = complete();
            let variable = {
                let (variable, value) = &mut fields(&mut variables)[index];
                **value = Some(SECRET.into());
                *variable
            };
            let message = error(variables);
            assert!(message.starts_with(variable), "{message}");
            assert!(!message.contains(SECRET), "{message}");
        }
    }

    #[test]
    fn weak_keys_are_refused() {
        let cases = include_str!("../tests/fixtures/ed25519/speccheck_cases.json");
        let cases: serde_json::Value = serde_json::from_str(cases).unwrap();
        for weak in [0, 1, 10, 11] {
            let key = cases[weak]["pub_key"].as_str().unwrap();
            assert!(public_key(key).is_none(), "case {weak}");
        }
        assert!(public_key(KEY).is_some());
        assert!(public_key(&KEY.to_uppercase()).is_some());
        assert!(public_key(&KEY[1..]).is_none());
    }

    #[test]
    fn several_keys_are_taken_while_one_is_being_changed() {
        let mut variables = complete();
        variables.discord_public_key = Some(format!("{KEY}, {KEY},").into());
        assert_eq!(variables.service().unwrap().discord.public_keys.len(), 2);
    }

    #[test]
    fn a_token_may_come_with_its_prefix() {
        let mut variables = complete();
        variables.discord_token = Some("Bot abc.def".into());
        let token = variables.service().unwrap().discord.token.unwrap();
        assert_eq!(secrecy::ExposeSecret::expose_secret(&token), "abc.def");
    }

    #[test]
    fn links_and_roles_are_read() {
        let mut variables = complete();
        variables.gatehouse_links = Some("discord:1=fluxer:2 , discord:3=fluxer:2".into());
        variables.gatehouse_moderator_roles = Some("discord:5,fluxer:6".into());
        let config = variables.service().unwrap();
        let from: GuildRef = "discord:3".parse().unwrap();
        assert_eq!(config.links[&from].to_string(), "fluxer:2");
        assert_eq!(config.moderator_roles.len(), 2);

        let mut twice = complete();
        twice.gatehouse_links = Some("discord:1=fluxer:2,discord:1=fluxer:3".into());
        assert!(error(twice).starts_with("GATEHOUSE_LINKS"));
    }

    #[test]
    fn fluxer_may_be_a_base_url_or_a_domain() {
        for (given, taken) in [
            (
                "https://chat.example/api/v1/",
                "https://chat.example/api/v1",
            ),
            ("chat.example", "chat.example"),
            ("chat.example:8443/", "chat.example:8443"),
            ("http://127.0.0.1:8088", "http://127.0.0.1:8088"),
        ] {
            assert_eq!(fluxer_api(Some(given.to_owned())).as_deref(), Ok(taken));
        }
        for wrong in [
            "ftp://chat.example",
            "user:pw@chat.example",
            "chat.example?x=1",
            "chat.example/api",
            "http://",
            "https://a:b@c/v1",
        ] {
            assert!(fluxer_api(Some(wrong.to_owned())).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_gateway_with_a_token_is_enough() {
        let gateway = |switch: &str| Variables {
            fluxer_token: Some("1.secret".into()),
            fluxer_gateway: Some(switch.into()),
            fluxer_mod_channels: Some("7, 8,7".into()),
            ..Variables::default()
        };
        let config = gateway("on").service().unwrap();
        let channels = config.fluxer_gateway.unwrap().mod_channels;
        let expected = [7, 8].map(|id| ChannelId::new(id).unwrap());
        assert_eq!(channels, HashSet::from(expected));
        assert_eq!(error(gateway("off")), ConfigError::NoFace.to_string());
        let no_token = Variables {
            fluxer_token: None,
            discord_token: Some("abc".into()),
            ..gateway("on")
        };
        assert_eq!(error(no_token), ConfigError::NoGatewayToken.to_string());
        assert!(complete().service().unwrap().fluxer_gateway.is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        let mut variables = complete();
        variables.discord_token = Some("s3cr3t".into());
        assert!(!format!("{variables:?}").contains("s3cr3t"));
        assert!(!format!("{:?}", variables.service().unwrap()).contains("s3cr3t"));
    }
}
