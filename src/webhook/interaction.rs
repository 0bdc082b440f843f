//! A platform's interaction becomes an [`Invocation`].
//!
//! Read into shapes of our own, since a library's model refuses what the platform may send at any
//! time: permissions above 64 bits, a new type of option, a key left out. What is not needed is
//! not looked at; what is missing is taken for not said.

use std::{borrow::Cow, collections::HashMap};

use gatehouse_commands::{
    Actor, Audience, Bot, GuildRef, IdError, Invocation, MESSAGE_COMMAND, Member, Permissions,
    Place, PlatformName, Request, RoleId, UserId, Value, Words, commands::ROOT,
};
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, Visitor},
};

use super::{draw, envelope};
use crate::service::{Ids, Service};

/// The message is seen by one person alone: bit 6 of its flags.
/// See [Discord Docs/Message Resource].
///
/// [Discord Docs/Message Resource]: https://discord.com/developers/docs/resources/message
const FLAG_EPHEMERAL: u64 = 1 << 6;

const OPTION_SUBCOMMAND: u64 = 1;
const OPTION_GROUP: u64 = 2;
const COMMAND_CHAT_INPUT: u64 = 1;
const COMMAND_MESSAGE: u64 = 3;

/// An interaction, understood.
#[derive(Debug)]
pub(super) struct Received {
    /// What is asked for.
    pub invocation: Invocation,
    /// What a later message about it needs; `None` when it was not sent.
    pub credential: Option<Credential>,
    /// What its log line may hold.
    pub ids: Ids,
}

/// Lets the reply be edited for 15 minutes. `Debug` does not show it.
#[derive(Clone)]
pub(super) struct Credential {
    /// The application that the interaction was for.
    pub application_id: u64,
    /// A secret of this one interaction.
    pub token: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").finish_non_exhaustive()
    }
}

/// Understands a verified interaction, as far as it can be.
pub(super) fn read(
    body: &[u8],
    kind: Option<u64>,
    platform: PlatformName,
    service: &Service,
) -> Received {
    let read = serde_json::from_slice::<Interaction<'_>>(body).ok();
    let Some(interaction) = read else {
        return Received {
            invocation: unreadable(),
            credential: None,
            ids: Ids::default(),
        };
    };
    let credential = interaction.credential();
    let ids = Ids {
        user: interaction.user_id(),
        interaction: interaction.id.as_deref().and_then(|id| id.parse().ok()),
    };
    let invocation = interaction
        .invocation(kind, platform, service)
        // A reply that takes its time could not be delivered.
        .filter(|_| credential.is_some() || kind == Some(envelope::AUTOCOMPLETE));
    Received {
        invocation: invocation.unwrap_or_else(unreadable),
        credential,
        ids,
    }
}

/// An interaction of which nothing is known.
pub(super) fn unreadable() -> Invocation {
    Invocation {
        place: None,
        member: Member::default(),
        actor: Actor::default(),
        request: Request::Unreadable,
    }
}

#[derive(Deserialize)]
struct Interaction<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    application_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    guild_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    app_permissions: Option<Cow<'a, str>>,
    authorizing_integration_owners: Option<Owners>,
    #[serde(borrow)]
    member: Option<WireMember<'a>>,
    #[serde(borrow)]
    user: Option<WireUser<'a>>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    data: Option<Data>,
}

/// Who added the application: only whether a guild did matters.
#[derive(Deserialize)]
struct Owners {
    #[serde(rename = "0")]
    guild: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct WireMember<'a> {
    #[serde(borrow)]
    user: Option<WireUser<'a>>,
    #[serde(borrow)]
    permissions: Option<Cow<'a, str>>,
    roles: Option<Vec<String>>,
    communication_disabled_until: Option<String>,
}

#[derive(Deserialize)]
struct WireUser<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    username: Option<Cow<'a, str>>,
    #[serde(borrow)]
    discriminator: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    flags: Option<u64>,
    #[serde(borrow)]
    interaction_metadata: Option<Metadata<'a>>,
    #[serde(default)]
    embeds: Vec<Embed>,
}

#[derive(Deserialize)]
struct Embed {
    footer: Option<Footer>,
}

#[derive(Deserialize)]
struct Footer {
    text: Option<String>,
}

/// What a command is used on.
#[derive(Deserialize)]
struct Resolved {
    #[serde(default)]
    messages: HashMap<String, TargetMessage>,
}

/// A message that a command is used on: wherever a link can stand.
#[derive(Deserialize)]
struct TargetMessage {
    content: Option<String>,
    #[serde(default)]
    embeds: Vec<TargetEmbed>,
}

#[derive(Deserialize)]
struct TargetEmbed {
    url: Option<String>,
    title: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    user: Option<WireUser<'a>>,
}

#[derive(Deserialize)]
struct Data {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<u64>,
    #[serde(default)]
    options: Vec<CommandOption>,
    custom_id: Option<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    components: Vec<Component>,
    target_id: Option<String>,
    resolved: Option<Resolved>,
}

#[derive(Deserialize)]
struct CommandOption {
    name: String,
    #[serde(rename = "type")]
    kind: u64,
    value: Option<Scalar>,
    #[serde(default)]
    options: Vec<Self>,
    #[serde(default)]
    focused: bool,
}

#[derive(Deserialize)]
struct Component {
    custom_id: Option<String>,
    value: Option<Scalar>,
    /// Of a label.
    #[serde(rename = "component")]
    inner: Option<Box<Self>>,
    /// Of an action row.
    #[serde(default)]
    components: Vec<Self>,
}

impl Interaction<'_> {
    fn credential(&self) -> Option<Credential> {
        let token = self.token.as_deref()?;
        // It becomes part of a path.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~=".contains(&byte);
        if token.is_empty() || !token.bytes().all(is_plain) {
            return None;
        }
        Some(Credential {
            application_id: self
                .application_id
                .as_deref()?
                .parse()
                .ok()
                .filter(|id| *id > 0)?,
            token: token.to_owned(),
        })
    }

    fn user(&self) -> Option<&WireUser<'_>> {
        let member = self.member.as_ref().and_then(|member| member.user.as_ref());
        member.or(self.user.as_ref())
    }

    fn user_id(&self) -> Option<u64> {
        self.user()?.id.as_deref()?.parse().ok()
    }

    fn actor(&self) -> Actor {
        let Some(user) = self.user() else {
            return Actor::default();
        };
        let name = user.username.as_deref().unwrap_or_default();
        let tag = user.discriminator.as_deref();
        // Accounts without one write a lone zero.
        let name = match tag.filter(|tag| !tag.is_empty() && *tag != "0") {
            Some(tag) => format!("{name}#{tag}"),
            None => name.to_owned(),
        };
        Actor {
            id: self.user_id().and_then(UserId::new),
            name,
        }
    }

    fn invocation(
        &self,
        kind: Option<u64>,
        platform: PlatformName,
        service: &Service,
    ) -> Option<Invocation> {
        Some(Invocation {
            place: self.place(platform, service).ok()?,
            member: self.member(platform, service),
            actor: self.actor(),
            request: self.request(kind?)?,
        })
    }

    /// Where it was used; `None` outside guilds.
    fn place(&self, platform: PlatformName, service: &Service) -> Result<Option<Place>, IdError> {
        let Some(id) = self.guild_id.as_deref() else {
            return Ok(None);
        };
        let here = GuildRef {
            platform,
            id: id.parse()?,
        };
        let owners = self.authorizing_integration_owners.as_ref();
        Ok(Some(Place {
            here,
            target: service.target(here),
            bot: Bot {
                is_installed: owners.map(|owners| owners.guild.is_some()),
                permissions: self
                    .app_permissions
                    .as_deref()
                    .and_then(Permissions::from_decimal),
            },
        }))
    }

    fn member(&self, platform: PlatformName, service: &Service) -> Member {
        let Some(member) = &self.member else {
            return Member::default();
        };
        let now = service.clock().now();
        let is_timed_out = member
            .communication_disabled_until
            .as_ref()
            .is_some_and(|until| until.parse::<Timestamp>().is_ok_and(|until| until > now));
        let roles = member.roles.iter().flatten();
        let roles = roles.filter_map(|role| role.parse::<RoleId>().ok());
        Member {
            permissions: member
                .permissions
                .as_deref()
                .and_then(Permissions::from_decimal)
                .unwrap_or_default(),
            has_moderator_role: !is_timed_out && service.has_moderator_role(platform, roles),
        }
    }

    fn request(&self, kind: u64) -> Option<Request> {
        let data = self.data.as_ref()?;
        match kind {
            envelope::COMMAND => data.command(),
            envelope::AUTOCOMPLETE => data.completion(),
            envelope::COMPONENT => Some(Request::Press {
                id: data.custom_id.clone()?,
                values: data.values.clone(),
                audience: self.audience().unwrap_or(Audience::Shared),
                reason: self.reason(),
            }),
            envelope::MODAL => Some(Request::Submit {
                id: data.custom_id.clone()?,
                lines: data.components.iter().flat_map(Component::lines).collect(),
                audience: self.audience(),
                reason: self.reason(),
            }),
            _ => None,
        }
    }

    /// The reason that the message shows that was pressed.
    fn reason(&self) -> Option<String> {
        let embeds = &self.message.as_ref()?.embeds;
        let footer = embeds.first()?.footer.as_ref()?.text.as_deref()?;
        draw::reason_in(footer).map(str::to_owned)
    }

    /// Who sees the message that was pressed: its one reader, if that is who presses.
    fn audience(&self) -> Option<Audience> {
        let message = self.message.as_ref()?;
        let is_ephemeral = message
            .flags
            .is_some_and(|flags| flags & FLAG_EPHEMERAL != 0);
        let asker = message
            .interaction_metadata
            .as_ref()
            .and_then(|metadata| metadata.user.as_ref()?.id.as_deref()?.parse::<u64>().ok());
        let is_asker = asker.is_none() || asker == self.user_id();
        Some(if is_ephemeral && is_asker {
            Audience::Private
        } else {
            Audience::Shared
        })
    }
}

impl Data {
    fn command(&self) -> Option<Request> {
        let name = self.name.as_deref()?;
        if name == MESSAGE_COMMAND && self.kind == Some(COMMAND_MESSAGE) {
            return self.target();
        }
        if name != ROOT || self.kind.is_some_and(|kind| kind != COMMAND_CHAT_INPUT) {
            return Some(Request::UnknownCommand {
                name: name.to_owned(),
            });
        }
        Some(Request::Command(self.words()))
    }

    /// Everything that was written in the message that a command is used on.
    fn target(&self) -> Option<Request> {
        let id = self.target_id.as_deref()?;
        let TargetMessage { content, embeds } = self.resolved.as_ref()?.messages.get(id)?;
        let embeds = embeds.iter().flat_map(|embed| {
            let TargetEmbed {
                url,
                title,
                description,
            } = embed;
            [url, title, description]
        });
        let texts = std::iter::once(content).chain(embeds);
        Some(Request::Message {
            texts: texts.flatten().cloned().collect(),
        })
    }

    fn completion(&self) -> Option<Request> {
        if self.name.as_deref() != Some(ROOT) {
            return None;
        }
        let focused = focused(&self.options)?;
        Some(Request::Complete {
            words: self.words(),
            option: focused.name.clone(),
            typed: focused.value.as_ref().map(Scalar::text).unwrap_or_default(),
        })
    }

    /// Groups become words before the command's: `bulk delete`.
    fn words(&self) -> Words {
        let mut path: Vec<&str> = Vec::new();
        let mut options = &self.options;
        while let Some(below) = options
            .iter()
            .find(|option| matches!(option.kind, OPTION_SUBCOMMAND | OPTION_GROUP))
        {
            path.push(&below.name);
            options = &below.options;
        }
        let value =
            |option: &CommandOption| option.value.as_ref().map_or(Value::Other, Scalar::value);
        Words {
            command: (!path.is_empty()).then(|| path.join(" ")),
            options: options
                .iter()
                .map(|option| (option.name.clone(), value(option)))
                .collect(),
        }
    }
}

fn focused(options: &[CommandOption]) -> Option<&CommandOption> {
    options.iter().find_map(|option| {
        if option.focused {
            Some(option)
        } else {
            focused(&option.options)
        }
    })
}

impl Component {
    /// What was written, by the id of its line.
    fn lines(&self) -> Vec<(String, String)> {
        if let (Some(id), Some(Scalar::Text(text))) = (&self.custom_id, &self.value) {
            return vec![(id.clone(), text.clone())];
        }
        let below = self.inner.iter().map(|inner| &**inner);
        below
            .chain(&self.components)
            .flat_map(Self::lines)
            .collect()
    }
}

/// Any JSON value, of which only some mean something to us.
#[derive(Debug)]
enum Scalar {
    Text(String),
    Whole(i64),
    Flag(bool),
    Other,
}

impl Scalar {
    fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::Whole(number) => Value::Whole(*number),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Other => Value::Other,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Other => String::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;

        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Whole(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(i64::try_from(number).map_or(Scalar::Other, Scalar::Whole))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
                // Numbers arrive as `3.0` from some senders.
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "whole and small, as checked"
                )]
                let whole =
                    (number.fract() == 0.0 && number.abs() <= 9e15).then_some(number as i64);
                Ok(whole.map_or(Scalar::Other, Scalar::Whole))
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Scalar, E> {
                Ok(Scalar::Flag(flag))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
                Ok(Scalar::Other)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
                while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }

        from.deserialize_any(ScalarVisitor)
    }
}
