//! Which call a request is.
//!
//! ```text
//! Fluxer   /v1/…  /api/v1/…     PATCH guilds/{id}/invites-disabled, POST guilds/{id}/members-search
//!                               GET gateway/bot
//!          /  /v1/  /api/  …    GET .well-known/fluxer
//! Discord  /api/v10/…           PATCH guilds/{id}, PUT guilds/{id}/incident-actions, GET applications/@me
//!                               applications/{app}[/guilds/{id}]/commands[/{command}]
//! both                          GET guilds/{id} and its invites, channels, roles, members/{user}, audit-logs
//!                               DELETE invites/{code}, POST channels/{id}/invites, GET channels/{id}
//!                               GET users/@me
//!                               (Fluxer alone, as far as a bot needs it) POST channels/{id}/messages; GET and
//!                               PATCH of …/messages/{message}; PUT and DELETE of …/reactions/{emoji}/{whose};
//!                               POST users/@me/channels
//!                               webhooks/{app}/{token}: POST; GET and PATCH of …/messages/@original
//! ```

use axum::http::Method;

use super::percent;

/// Calls that a fault or a count can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Every request, unknown ones included.
    Any,
    /// `GET guilds/{id}/invites`
    Invites,
    /// `GET guilds/{id}`
    Guild,
    /// `GET guilds/{id}/channels`
    Channels,
    /// `GET guilds/{id}/roles`
    Roles,
    /// `GET guilds/{id}/members/{user}`
    Member,
    /// `POST guilds/{id}/members-search`
    MembersSearch,
    /// `GET guilds/{id}/audit-logs`
    AuditLog,
    /// What pauses joining: `PATCH guilds/{id}/invites-disabled`, `PUT guilds/{id}/incident-actions`,
    /// `PATCH guilds/{id}`
    Pause,
    /// `GET channels/{id}`
    Channel,
    /// `POST channels/{id}/invites`
    Create,
    /// `DELETE invites/{code}`
    Revoke,
    /// `POST channels/{id}/messages`
    Send,
    /// `GET channels/{id}/messages/{message}`
    Message,
    /// `PATCH channels/{id}/messages/{message}`
    EditMessage,
    /// `PUT channels/{id}/messages/{message}/reactions/{emoji}/@me`
    React,
    /// `DELETE channels/{id}/messages/{message}/reactions/{emoji}/{whose}`
    Unreact,
    /// `POST users/@me/channels`
    Direct,
    /// `GET .well-known/fluxer`
    WellKnown,
    /// `GET gateway/bot`
    GatewayBot,
    /// `GET users/@me`
    Me,
    /// `GET applications/@me`
    Application,
    /// All calls about application commands.
    Commands,
    /// `GET webhooks/{app}/{token}/messages/@original`
    Original,
    /// `PATCH webhooks/{app}/{token}/messages/@original`
    Edit,
    /// `POST webhooks/{app}/{token}`
    FollowUp,
}

impl Route {
    /// Only the calls of this route that are about one guild, be it by the channel or the code in their path.
    pub fn in_guild(self, guild: u64) -> Target {
        Target {
            route: self,
            guild: Some(guild),
        }
    }
}

/// A route, in one guild or in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    route: Route,
    guild: Option<u64>,
}

impl From<Route> for Target {
    fn from(route: Route) -> Self {
        Self { route, guild: None }
    }
}

impl Target {
    pub(super) fn meets(self, route: Option<Route>, guild: Option<u64>) -> bool {
        (self.route == Route::Any || route == Some(self.route))
            && (self.guild.is_none() || guild == self.guild)
    }
}

/// Platform whose shapes an answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    Fluxer,
    Discord,
}

/// One request, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) shape: Shape,
    pub(super) call: Call,
}

/// The call with what stands in its path; ids are as sent, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Invites(String),
    Guild(String),
    Channels(String),
    Roles(String),
    Member {
        guild: String,
        user: String,
    },
    MembersSearch(String),
    AuditLog(String),
    /// Fluxer's pause.
    InvitesDisabled(String),
    /// Discord's pause with an end.
    IncidentActions(String),
    /// A change of the guild itself, as Discord's pause without an end.
    Modify(String),
    Channel(String),
    Create {
        channel: String,
    },
    Revoke {
        code: String,
    },
    Send {
        channel: String,
    },
    Message {
        channel: String,
        message: String,
    },
    EditMessage {
        channel: String,
        message: String,
    },
    React {
        channel: String,
        message: String,
        emoji: String,
    },
    Unreact {
        channel: String,
        message: String,
        emoji: String,
        whose: String,
    },
    /// A direct channel is opened.
    Direct,
    WellKnown,
    GatewayBot,
    Me,
    Application,
    Commands {
        application: String,
        guild: Option<String>,
        command: Option<String>,
    },
    Original {
        token: String,
    },
    Edit {
        token: String,
    },
    FollowUp {
        token: String,
    },
    Unknown,
}

impl Asked {
    /// Reads method and path.
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let (shape, rest) = match parts.as_slice() {
            ["api", "v10", rest @ ..] => (Shape::Discord, rest),
            ["api", "v1", rest @ ..] | ["v1", rest @ ..] => (Shape::Fluxer, rest),
            [".well-known", ..] => (Shape::Fluxer, parts.as_slice()),
            ["api", ".well-known", ..] => (Shape::Fluxer, &parts[1..]),
            _ => (Shape::Fluxer, [].as_slice()),
        };
        let call = Call::of(method, rest);
        let foreign = match shape {
            Shape::Fluxer => matches!(
                call,
                Call::Application
                    | Call::Commands { .. }
                    | Call::IncidentActions(_)
                    | Call::Modify(_)
            ),
            Shape::Discord => matches!(
                call,
                Call::WellKnown
                    | Call::GatewayBot
                    | Call::InvitesDisabled(_)
                    | Call::MembersSearch(_)
                    | Call::Send { .. }
                    | Call::Message { .. }
                    | Call::EditMessage { .. }
                    | Call::React { .. }
                    | Call::Unreact { .. }
                    | Call::Direct
            ),
        };
        Self {
            shape,
            call: if foreign { Call::Unknown } else { call },
        }
    }
}

impl Call {
    fn of(method: &Method, parts: &[&str]) -> Self {
        let own = |part: &&str| (*part).to_owned();
        let commands = |application, guild: Option<&&str>, rest: &[&str]| Self::Commands {
            application: own(application),
            guild: guild.map(own),
            command: rest.first().map(own),
        };
        match (method.as_str(), parts) {
            ("GET", ["guilds", guild, "invites"]) => Self::Invites(own(guild)),
            ("GET", ["guilds", guild]) => Self::Guild(own(guild)),
            ("PATCH", ["guilds", guild]) => Self::Modify(own(guild)),
            ("GET", ["guilds", guild, "channels"]) => Self::Channels(own(guild)),
            ("GET", ["guilds", guild, "roles"]) => Self::Roles(own(guild)),
            ("GET", ["guilds", guild, "members", user]) => Self::Member {
                guild: own(guild),
                user: own(user),
            },
            ("POST", ["guilds", guild, "members-search"]) => Self::MembersSearch(own(guild)),
            ("GET", ["guilds", guild, "audit-logs"]) => Self::AuditLog(own(guild)),
            ("PATCH", ["guilds", guild, "invites-disabled"]) => Self::InvitesDisabled(own(guild)),
            ("PUT", ["guilds", guild, "incident-actions"]) => Self::IncidentActions(own(guild)),
            ("GET", ["channels", channel]) => Self::Channel(own(channel)),
            ("POST", ["channels", channel, "invites"]) => Self::Create {
                channel: own(channel),
            },
            ("DELETE", ["invites", code]) => Self::Revoke {
                code: percent::decoded(code.as_bytes()),
            },
            ("POST", ["channels", channel, "messages"]) => Self::Send {
                channel: own(channel),
            },
            ("GET", ["channels", channel, "messages", message]) => Self::Message {
                channel: own(channel),
                message: own(message),
            },
            ("PATCH", ["channels", channel, "messages", message]) => Self::EditMessage {
                channel: own(channel),
                message: own(message),
            },
            (
                "PUT",
                [
                    "channels",
                    channel,
                    "messages",
                    message,
                    "reactions",
                    emoji,
                    "@me",
                ],
            ) => Self::React {
                channel: own(channel),
                message: own(message),
                emoji: own(emoji),
            },
            (
                "DELETE",
                [
                    "channels",
                    channel,
                    "messages",
                    message,
                    "reactions",
                    emoji,
                    whose,
                ],
            ) => Self::Unreact {
                channel: own(channel),
                message: own(message),
                emoji: own(emoji),
                whose: own(whose),
            },
            ("POST", ["users", "@me", "channels"]) => Self::Direct,
            ("GET", [".well-known", "fluxer"]) => Self::WellKnown,
            ("GET", ["gateway", "bot"]) => Self::GatewayBot,
            ("GET", ["users", "@me"]) => Self::Me,
            ("GET", ["applications", "@me"]) => Self::Application,
            (_, ["applications", application, "commands", rest @ ..]) if rest.len() < 2 => {
                commands(application, None, rest)
            }
            (
                _,
                [
                    "applications",
                    application,
                    "guilds",
                    guild,
                    "commands",
                    rest @ ..,
                ],
            ) if rest.len() < 2 => commands(application, Some(guild), rest),
            ("GET", ["webhooks", _, token, "messages", "@original"]) => {
                Self::Original { token: own(token) }
            }
            ("PATCH", ["webhooks", _, token, "messages", "@original"]) => {
                Self::Edit { token: own(token) }
            }
            ("POST", ["webhooks", _, token]) => Self::FollowUp { token: own(token) },
            _ => Self::Unknown,
        }
    }

    /// The route, `None` for an unknown one.
    pub(super) fn route(&self) -> Option<Route> {
        match self {
            Self::Invites(_) => Some(Route::Invites),
            Self::Guild(_) => Some(Route::Guild),
            Self::Channels(_) => Some(Route::Channels),
            Self::Roles(_) => Some(Route::Roles),
            Self::Member { .. } => Some(Route::Member),
            Self::MembersSearch(_) => Some(Route::MembersSearch),
            Self::AuditLog(_) => Some(Route::AuditLog),
            Self::InvitesDisabled(_) | Self::IncidentActions(_) | Self::Modify(_) => {
                Some(Route::Pause)
            }
            Self::Channel(_) => Some(Route::Channel),
            Self::Create { .. } => Some(Route::Create),
            Self::Revoke { .. } => Some(Route::Revoke),
            Self::Send { .. } => Some(Route::Send),
            Self::Message { .. } => Some(Route::Message),
            Self::EditMessage { .. } => Some(Route::EditMessage),
            Self::React { .. } => Some(Route::React),
            Self::Unreact { .. } => Some(Route::Unreact),
            Self::Direct => Some(Route::Direct),
            Self::WellKnown => Some(Route::WellKnown),
            Self::GatewayBot => Some(Route::GatewayBot),
            Self::Me => Some(Route::Me),
            Self::Application => Some(Route::Application),
            Self::Commands { .. } => Some(Route::Commands),
            Self::Original { .. } => Some(Route::Original),
            Self::Edit { .. } => Some(Route::Edit),
            Self::FollowUp { .. } => Some(Route::FollowUp),
            Self::Unknown => None,
        }
    }

    /// The guild, if the path names one that is a snowflake.
    pub(super) fn guild(&self) -> Option<u64> {
        match self {
            Self::Invites(guild)
            | Self::Guild(guild)
            | Self::Channels(guild)
            | Self::Roles(guild)
            | Self::Member { guild, .. }
            | Self::MembersSearch(guild)
            | Self::AuditLog(guild)
            | Self::InvitesDisabled(guild)
            | Self::IncidentActions(guild)
            | Self::Modify(guild)
            | Self::Commands {
                guild: Some(guild), ..
            } => guild.parse().ok(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &Method, path: &str) -> (Shape, Call) {
        let Asked { shape, call } = Asked::of(method, path);
        (shape, call)
    }

    #[test]
    fn both_prefixes_of_fluxer_are_one_route() {
        let invites = (Shape::Fluxer, Call::Invites("12".to_owned()));
        assert_eq!(asked(&Method::GET, "/v1/guilds/12/invites"), invites);
        assert_eq!(asked(&Method::GET, "/api/v1/guilds/12/invites"), invites);
        for path in ["", "/v1", "/api", "/api/v1"] {
            let path = format!("{path}/.well-known/fluxer");
            let known = (Shape::Fluxer, Call::WellKnown);
            assert_eq!(asked(&Method::GET, &path), known, "{path}");
        }
    }

    #[test]
    fn another_method_or_version_is_unknown() {
        let unknown = |shape| (shape, Call::Unknown);
        let delete = asked(&Method::DELETE, "/v1/guilds/12/invites");
        assert_eq!(delete, unknown(Shape::Fluxer));
        let old = asked(&Method::GET, "/api/v9/guilds/12/invites");
        assert_eq!(old, unknown(Shape::Fluxer));
        let foreign = asked(&Method::GET, "/v1/applications/@me");
        assert_eq!(foreign, unknown(Shape::Fluxer));
        let nothing = asked(&Method::GET, "/api/v10/nope");
        assert_eq!(nothing, unknown(Shape::Discord));
    }

    #[test]
    fn what_one_platform_alone_has_is_unknown_to_the_other() {
        let only = [
            (Method::PATCH, "guilds/12/invites-disabled", Shape::Fluxer),
            (Method::POST, "guilds/12/members-search", Shape::Fluxer),
            (Method::PUT, "guilds/12/incident-actions", Shape::Discord),
            (Method::PATCH, "guilds/12", Shape::Discord),
        ];
        for (method, path, shape) in only {
            for prefix in ["/v1", "/api/v10"] {
                let (asked_of, call) = asked(&method, &format!("{prefix}/{path}"));
                assert_eq!(call != Call::Unknown, asked_of == shape, "{prefix}/{path}");
            }
        }
    }

    #[test]
    fn a_code_may_be_escaped() {
        let code = "aB3 x".to_owned();
        let revoke = (Shape::Fluxer, Call::Revoke { code });
        assert_eq!(asked(&Method::DELETE, "/v1/invites/a%423%20x"), revoke);
    }

    #[test]
    fn a_target_in_one_guild_leaves_the_others_alone() {
        let target = Route::Invites.in_guild(12);
        assert!(target.meets(Some(Route::Invites), Some(12)));
        assert!(!target.meets(Some(Route::Invites), Some(13)));
        assert!(!target.meets(Some(Route::Guild), Some(12)));
        assert!(Target::from(Route::Any).meets(None, None));
        assert!(!Target::from(Route::Edit).meets(None, None));
    }
}
