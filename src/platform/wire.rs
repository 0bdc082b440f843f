//! The JSON that both platforms answer with. Their shapes and sentinels end here.
//!
//! One shape serves both: Fluxer leaves out what only Discord has, and either adds keys at any
//! time, which are passed over. Texts are borrowed from the body where JSON allows it; creators
//! and channels are made once each, since few of them stand behind many invites.

use std::{borrow::Cow, collections::HashMap, fmt, sync::Arc};

use gatehouse_commands::{
    Channel, ChannelId, Code, Extras, Invite, Inviter, InviterKind, Overview, Target, Usage,
    UserId, newest_first,
};
use jiff::{SignedDuration, Timestamp};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use serde_json::value::RawValue;

/// Set in a guild's features while joining by invite is switched off, on both platforms.
const INVITES_DISABLED: &str = "INVITES_DISABLED";

/// The invite lets guests into a voice channel only: bit 0 of its flags, on Discord.
const FLAG_GUEST: u64 = 1;

/// The account that Fluxer shows in place of a deleted one.
const FLUXER_DELETED_USERNAME: &str = "DeletedUser";

/// What Discord names deleted accounts, followed by hex digits.
const DISCORD_DELETED_PREFIX: &str = "deleted_user_";

/// Reads a list of invites, newest first, and how many of its entries could not be read.
///
/// A list of `null`, and entries of `null`, hold nothing: Discord's schema allows both.
///
/// # Errors
///
/// The body is not a list, or none of its entries is an invite.
pub(super) fn read_invites(body: &[u8]) -> Result<(Vec<Invite>, usize), serde_json::Error> {
    let (mut invites, unreadable) =
        match serde_json::from_slice::<Option<Vec<Option<WireInvite<'_>>>>>(body) {
            Ok(list) => {
                let mut people = People::default();
                let list = list.unwrap_or_default().into_iter().flatten();
                (list.map(|wire| people.invite(wire)).collect(), 0)
            }
            Err(error) => read_what_can_be_read(body).ok_or(error)?,
        };
    newest_first(&mut invites);
    Ok((invites, unreadable))
}

/// One odd entry must not hide all others.
fn read_what_can_be_read(body: &[u8]) -> Option<(Vec<Invite>, usize)> {
    let list: Vec<&RawValue> = serde_json::from_slice(body).ok()?;
    let mut people = People::default();
    let mut unreadable = 0;
    let mut invites = Vec::with_capacity(list.len());
    for entry in &list {
        match serde_json::from_str::<Option<WireInvite<'_>>>(entry.get()) {
            Ok(wire) => invites.extend(wire.map(|wire| people.invite(wire))),
            Err(_) => unreadable += 1,
        }
    }
    (!invites.is_empty()).then_some((invites, unreadable))
}

/// Reads a guild.
///
/// # Errors
///
/// The body is not a guild.
pub(super) fn read_overview(body: &[u8], now: Timestamp) -> Result<Overview, serde_json::Error> {
    let wire: WireGuild<'_> = serde_json::from_slice(body)?;
    let is_disabled = |feature: &Text<'_>| feature.0 == INVITES_DISABLED;
    let paused_until = wire
        .incidents_data
        .and_then(|incidents| incidents.invites_disabled_until);
    Ok(Overview {
        name: wire.name.0.into_owned(),
        joins_paused: wire.features.unwrap_or_default().iter().any(is_disabled)
            || paused_until.is_some_and(|Moment(until)| until > now),
    })
}

/// The reason that a platform gives with a refusal: `RATE_LIMITED` on Fluxer, `50013` on Discord.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    /// The platform's own word for it; `None` when the body is no refusal of its.
    #[serde(default, deserialize_with = "word")]
    pub code: Option<String>,
    /// Seconds to wait, with fractions, of a rate limit.
    #[serde(default, deserialize_with = "seconds")]
    pub retry_after: Option<f64>,
    /// Whether the rate limit is for everything.
    #[serde(default, deserialize_with = "flag")]
    pub global: bool,
}

impl Refusal {
    /// Reads the body of a refusal; one that is not JSON says nothing.
    pub(super) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }
}

fn word<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value
        .as_str()
        .map(str::to_owned)
        .or_else(|| value.as_u64().map(|number| number.to_string())))
}

fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    Ok(serde_json::Value::deserialize(from)?.as_f64())
}

fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(serde_json::Value::deserialize(from)?.as_bool() == Some(true))
}

/// Text that is borrowed from the body unless it holds an escape.
#[derive(Debug)]
pub(super) struct Text<'a>(pub Cow<'a, str>);

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

#[derive(Deserialize)]
struct WireInvite<'a> {
    #[serde(deserialize_with = "code")]
    code: Code,
    #[serde(borrow)]
    channel: Option<WireChannel<'a>>,
    #[serde(borrow)]
    inviter: Option<WireUser<'a>>,
    expires_at: Option<Moment>,
    created_at: Option<Moment>,
    temporary: Option<bool>,
    uses: Option<u64>,
    max_uses: Option<u64>,
    max_age: Option<u64>,
    flags: Option<u64>,
    #[serde(borrow)]
    roles: Option<Vec<Named<'a>>>,
    #[serde(borrow)]
    guild_scheduled_event: Option<Named<'a>>,
    target_type: Option<u64>,
}

fn code<'de, D: Deserializer<'de>>(from: D) -> Result<Code, D::Error> {
    Code::new(&Text::deserialize(from)?.0).map_err(de::Error::custom)
}

#[derive(Deserialize)]
struct WireChannel<'a> {
    id: WireChannelId,
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct WireUser<'a> {
    id: WireUserId,
    #[serde(borrow)]
    username: Text<'a>,
    #[serde(borrow)]
    discriminator: Option<Text<'a>>,
    #[serde(borrow)]
    global_name: Option<Text<'a>>,
    bot: Option<bool>,
    system: Option<bool>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct WireGuild<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    features: Option<Vec<Text<'a>>>,
    incidents_data: Option<WireIncidents>,
}

#[derive(Deserialize)]
struct WireIncidents {
    invites_disabled_until: Option<Moment>,
}

/// Creators and channels that have been made already.
#[derive(Default)]
struct People {
    inviters: HashMap<UserId, Arc<Inviter>>,
    channels: HashMap<ChannelId, Arc<Channel>>,
}

impl People {
    fn invite(&mut self, wire: WireInvite<'_>) -> Invite {
        let created_at = wire.created_at.map(|Moment(at)| at);
        let max_age = wire
            .max_age
            .and_then(|seconds| i64::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0)
            .map(SignedDuration::from_secs);
        let whole = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let usage = wire.uses.map(|uses| Usage {
            uses: whole(uses),
            max_uses: wire.max_uses.filter(|max| *max > 0).map(whole),
            max_age,
            temporary: wire.temporary == Some(true),
            created_at,
        });
        Invite {
            code: wire.code,
            channel: wire.channel.map(|channel| self.channel(channel)),
            inviter: wire.inviter.map(|user| self.inviter(user)),
            // Discord leaves the key out where Fluxer writes it: then it follows from the rest.
            expires_at: wire
                .expires_at
                .map(|Moment(at)| at)
                .or_else(|| created_at?.checked_add(max_age?).ok()),
            usage,
            extras: extras(
                wire.flags,
                wire.roles,
                wire.guild_scheduled_event,
                wire.target_type,
            ),
        }
    }

    fn channel(&mut self, wire: WireChannel<'_>) -> Arc<Channel> {
        let WireChannelId(id) = wire.id;
        let known = self.channels.entry(id).or_insert_with(|| {
            let name = wire.name.map(|name| name.0.into_owned());
            Arc::new(Channel { id, name })
        });
        Arc::clone(known)
    }

    fn inviter(&mut self, wire: WireUser<'_>) -> Arc<Inviter> {
        let WireUserId(id) = wire.id;
        let known = self.inviters.entry(id).or_insert_with(|| {
            let kind = inviter_kind(&wire);
            Arc::new(Inviter {
                id,
                kind,
                username: wire.username.0.into_owned(),
                discriminator: wire
                    .discriminator
                    .map(|text| text.0.into_owned())
                    // Discord's accounts without one write a lone zero.
                    .filter(|text| text.as_str() != "0" && !text.is_empty()),
                display_name: wire
                    .global_name
                    .map(|text| text.0.into_owned())
                    .filter(|text| !text.is_empty()),
            })
        });
        Arc::clone(known)
    }
}

fn inviter_kind(wire: &WireUser<'_>) -> InviterKind {
    let username = wire.username.0.as_ref();
    if username == FLUXER_DELETED_USERNAME || username.starts_with(DISCORD_DELETED_PREFIX) {
        InviterKind::Deleted
    } else if wire.system == Some(true) {
        InviterKind::System
    } else if wire.bot == Some(true) {
        InviterKind::Bot
    } else {
        InviterKind::Person
    }
}

fn extras(
    flags: Option<u64>,
    roles: Option<Vec<Named<'_>>>,
    event: Option<Named<'_>>,
    target_type: Option<u64>,
) -> Option<Box<Extras>> {
    let named = |named: Named<'_>| {
        let name = named.name.map(|name| name.0.into_owned());
        name.unwrap_or_else(|| "(no name)".to_owned())
    };
    let extras = Extras {
        guest: flags.is_some_and(|flags| flags & FLAG_GUEST != 0),
        roles: roles.unwrap_or_default().into_iter().map(named).collect(),
        event: event.map(named),
        target: match target_type {
            Some(1) => Some(Target::Stream),
            Some(2) => Some(Target::Activity),
            _ => None,
        },
    };
    (extras != Extras::default()).then(|| Box::new(extras))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn captured(name: &str) -> Vec<u8> {
        let path = format!(
            "{}/tests/fixtures/fluxer/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        serde_json::to_vec(&file["response"]["body"]).unwrap()
    }

    fn read_one(invite: &Value) -> Invite {
        let (mut invites, unreadable) =
            read_invites(json!([invite]).to_string().as_bytes()).unwrap();
        assert_eq!((invites.len(), unreadable), (1, 0));
        invites.remove(0)
    }

    #[test]
    fn a_captured_list_is_read_whole() {
        let (all, unreadable) = read_invites(&captured("guild_invites_list_200")).unwrap();
        let body: Value = serde_json::from_slice(&captured("guild_invites_list_200")).unwrap();
        assert_eq!((all.len(), unreadable), (body.as_array().unwrap().len(), 0));
        let first = &all[0];
        assert_eq!(first.code.as_str(), "OJhj2N5m");
        let inviter = first.inviter.as_ref().unwrap();
        assert_eq!(inviter.tag(), "Harbourmaster#0913");
        assert_eq!(inviter.kind, InviterKind::Bot);
        assert_eq!(
            first.channel.as_ref().unwrap().name.as_deref(),
            Some("welcome")
        );
        for (invite, wire) in all.iter().zip(body.as_array().unwrap()) {
            let usage = invite.usage.as_ref().unwrap();
            assert_eq!(u64::from(usage.uses), wire["uses"].as_u64().unwrap());
            assert_eq!(
                usage.max_uses.map_or(0, u64::from),
                wire["max_uses"].as_u64().unwrap()
            );
            assert_eq!(invite.expires_at.is_none(), wire["expires_at"].is_null());
        }
    }

    #[test]
    fn a_captured_guild_tells_whether_joins_are_paused() {
        let open = read_overview(&captured("guild_get_200"), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(open.name, "Lantern Harbour");
        assert!(!open.joins_paused);
        let paused = captured("guild_get_200_invites_disabled");
        assert!(
            read_overview(&paused, Timestamp::UNIX_EPOCH)
                .unwrap()
                .joins_paused
        );
    }

    #[test]
    fn a_pause_for_a_time_ends_by_itself() {
        let body = json!({"name": "g", "features": [], "incidents_data": {
            "invites_disabled_until": "2026-08-21T12:00:00+00:00"}});
        let at = |text: &str| {
            let body = body.to_string();
            read_overview(body.as_bytes(), text.parse().unwrap())
                .unwrap()
                .joins_paused
        };
        assert!(at("2026-08-21T11:59:59Z"));
        assert!(!at("2026-08-21T12:00:00Z"));
    }

    #[test]
    fn captured_refusals_are_read_as_what_they_are() {
        let refusal = Refusal::read(&captured("guild_invites_list_429"));
        assert_eq!(refusal.code.as_deref(), Some("RATE_LIMITED"));
        assert_eq!(refusal.retry_after, Some(0.141));
        assert!(!refusal.global);
        assert!(Refusal::read(&captured("global_429_no_auth")).global);
        assert_eq!(
            Refusal::read(br#"{"code":50013}"#).code.as_deref(),
            Some("50013")
        );
        assert_eq!(Refusal::read(b"<html>").code, None);
    }

    #[test]
    fn what_discord_hides_is_not_made_up() {
        let invite = read_one(&json!({"code": "abc", "channel": null, "expires_at": null,
            "inviter": {"id": "1", "username": "ann", "discriminator": "0", "global_name": null}}));
        assert_eq!(invite.usage, None);
        assert_eq!(invite.expires_at, None);
        assert_eq!(invite.inviter.unwrap().discriminator, None);
    }

    #[test]
    fn sentinels_become_what_they_mean() {
        let invite = read_one(
            &json!({"code": "abc", "uses": 3, "max_uses": 0, "max_age": 0,
            "temporary": false, "created_at": "2026-08-21T12:00:00.123456+00:00"}),
        );
        let usage = invite.usage.unwrap();
        assert_eq!((usage.max_uses, usage.max_age), (None, None));
        assert_eq!(invite.expires_at, None);
        let ending = read_one(
            &json!({"code": "abc", "uses": 0, "max_uses": 5, "max_age": 60,
            "created_at": "2026-08-21T12:00:00Z"}),
        );
        assert_eq!(ending.expires_at, "2026-08-21T12:01:00Z".parse().ok());
    }

    #[test]
    fn deleted_accounts_are_told_from_others() {
        for username in ["DeletedUser", "deleted_user_0a1b2c3d4e5f"] {
            let invite = read_one(&json!({"code": "abc", "inviter": {"id": "1",
                "username": username, "discriminator": "0000", "global_name": "Deleted User"}}));
            assert!(invite.has_unknown_creator(), "{username}");
        }
    }

    #[test]
    fn what_only_discord_has_is_read() {
        let invite = read_one(&json!({"code": "abc", "flags": 1, "target_type": 2,
            "roles": [{"id": "1", "name": "Crew"}], "guild_scheduled_event": {"name": "Regatta"}}));
        let extras = invite.extras.unwrap();
        assert!(extras.guest);
        assert_eq!(extras.roles, ["Crew"]);
        assert_eq!(extras.event.as_deref(), Some("Regatta"));
        assert_eq!(extras.target, Some(Target::Activity));
    }

    #[test]
    fn an_odd_entry_hides_no_other() {
        let body = json!([{"code": "abc"}, {"code": "a b"}, 7, null, {"code": "def", "uses": "x"}]);
        let (invites, unreadable) = read_invites(body.to_string().as_bytes()).unwrap();
        assert_eq!((invites.len(), unreadable), (1, 3));
    }

    #[test]
    fn other_bodies_are_no_list() {
        assert_eq!(read_invites(b"null").unwrap(), (Vec::new(), 0));
        assert_eq!(read_invites(b"[]").unwrap(), (Vec::new(), 0));
        for wrong in [
            "{}",
            "<html>",
            "[{\"code\":\"a\"}",
            "[7]",
            "",
            "[{\"code\":\"\u{1}\"}]",
        ] {
            assert!(read_invites(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(read_invites(b"[{\"code\":\"\xff\"}]").is_err());
    }
}
