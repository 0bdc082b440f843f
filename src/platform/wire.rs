//! The JSON that both platforms answer with. Their shapes and sentinels end here.
//!
//! One shape serves both: Fluxer leaves out what only Discord has, and either adds keys at any
//! time, which are passed over.

mod guild;
mod invite;
mod message;
mod people;
mod refusal;

use std::{borrow::Cow, fmt};

use gatehouse_commands::{ChannelId, RoleId, UserId};
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

pub use self::invite::{INVITES_MAX, Listed, read_invites};
pub(super) use self::{
    guild::{
        GuildRights, RolePermissions, features_without_pause, read_channels, read_guild_rights,
        read_member, read_overview, read_roles,
    },
    invite::{new_invite, read_invite},
    message::{read_channel_id, read_message_id, read_posted},
    people::{Me, read_me, read_members, read_verify_key},
    refusal::Refusal,
};

pub(crate) use self::message::Posted;

/// Text that is borrowed from the body unless it holds an escape.
#[derive(Debug)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        from.deserialize_str(TextVisitor)
    }
}

/// A value that is written as text in JSON.
macro_rules! parsed_from_text {
    ($name:ident, $type:ty, $expected:literal) => {
        #[derive(Clone, Copy, Debug)]
        struct $name($type);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = Text::deserialize(from)?;
                // The text itself is left out of the error, which may be logged.
                text.0
                    .parse()
                    .map(Self)
                    .map_err(|_| de::Error::custom(concat!("not ", $expected)))
            }
        }
    };
}

parsed_from_text!(Moment, Timestamp, "a timestamp");
parsed_from_text!(WireUserId, UserId, "a user's id");
parsed_from_text!(WireChannelId, ChannelId, "a channel's id");
parsed_from_text!(WireRoleId, RoleId, "a role's id");

/// The text, unless it is empty.
fn filled(text: Option<Text<'_>>) -> Option<String> {
    text.map(|text| text.0.into_owned())
        .filter(|text| !text.is_empty())
}

/// Four digits that tell two accounts of one name apart. Discord's accounts without them write a
/// lone zero.
fn discriminator(text: Option<Text<'_>>) -> Option<String> {
    filled(text).filter(|text| text != "0")
}

/// The body of a captured answer.
#[cfg(test)]
pub(super) fn captured(name: &str) -> Vec<u8> {
    serde_json::to_vec(&captured_file(name)["response"]["body"]).unwrap()
}

/// A captured request with its answer.
#[cfg(test)]
pub(super) fn captured_file(name: &str) -> serde_json::Value {
    let path = format!(
        "{}/tests/fixtures/fluxer/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
