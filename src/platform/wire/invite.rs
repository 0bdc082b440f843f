//! Invites, in lists and one alone.
//!
//! Texts are borrowed from the body where JSON allows it; creators and channels are made once each,
//! since few of them stand behind many invites.

use std::{collections::HashMap, fmt, sync::Arc};

use gatehouse_commands::{
    Channel, ChannelId, Code, Extras, Invite, Inviter, InviterKind, NewInvite, Target, Usage,
    UserId, newest_first,
};
use jiff::SignedDuration;
use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};
use serde_json::{Value, json, value::RawValue};

use super::{Moment, Text, WireChannelId, WireUserId, discriminator, filled};

/// The invite lets guests into a voice channel only: bit 0 of its flags, on Discord.
const FLAG_GUEST: u64 = 1;

/// The account that Fluxer shows in place of a deleted one.
const FLUXER_DELETED_USERNAME: &str = "DeletedUser";

/// What Discord names deleted accounts, followed by hex digits.
const DISCORD_DELETED_PREFIX: &str = "deleted_user_";

/// The most entries that a list may have. A guild has 1,000 invites; the largest answer that is read holds
/// so many of the usual size. Small ones would fit into it by the million, and be ten times as large in
/// memory as they stand there.
pub const INVITES_MAX: usize = 100_000;

/// Reads a list of invites, newest first, and how many of its entries could not be read.
///
/// A list of `null`, and entries of `null`, hold nothing: Discord's schema allows both.
///
/// # Errors
///
/// The body is not a list, it has more than [`INVITES_MAX`] entries, or none of them is an invite.
pub fn read_invites(body: &[u8]) -> Result<(Vec<Invite>, usize), serde_json::Error> {
    // Looked at once, and not again with each text in it.
    let text = str::from_utf8(body).map_err(de::Error::custom)?;
    let (mut invites, unreadable) = match serde_json::from_str::<Option<List>>(text) {
        Ok(list) => (list.unwrap_or_default().0, 0),
        Err(error) => read_what_can_be_read(text).ok_or(error)?,
    };
    newest_first(&mut invites);
    Ok((invites, unreadable))
}

/// One odd entry must not hide all others.
fn read_what_can_be_read(text: &str) -> Option<(Vec<Invite>, usize)> {
    let Readable {
        invites,
        unreadable,
    } = serde_json::from_str(text).ok()?;
    (!invites.is_empty()).then_some((invites, unreadable))
}

/// The body of a request for a new invite. Zero stands for no limit.
pub(in crate::platform) fn new_invite(new: &NewInvite) -> Value {
    let NewInvite {
        channel: _,
        max_age,
        max_uses,
        temporary,
    } = *new;
    json!({
        "max_age": max_age.map_or(0, |age| age.as_secs().max(1)),
        "max_uses": max_uses.map_or(0, |uses| uses.max(1)),
        "temporary": temporary,
        // Else the platforms may give back one that is there already.
        "unique": true,
    })
}

/// Reads one invite, as the answer to making it.
///
/// # Errors
///
/// The body is not an invite.
pub(in crate::platform) fn read_invite(body: &[u8]) -> Result<Invite, serde_json::Error> {
    let wire: WireInvite<'_> = serde_json::from_slice(body)?;
    Ok(People::default().invite(wire))
}

/// Hands on the entries of a list one by one, so that no more is kept of them than is made of each: as
/// they stand in the body they are several times as large. Stops at one more than there may be.
fn each_entry<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(
    mut list: A,
    mut take: impl FnMut(T),
) -> Result<(), A::Error> {
    let mut entries = 0;
    while let Some(entry) = list.next_element()? {
        entries += 1;
        if entries > INVITES_MAX {
            let told = format_args!("more than {INVITES_MAX} entries");
            return Err(de::Error::custom(told));
        }
        take(entry);
    }
    Ok(())
}

/// Invites, all of them readable.
#[derive(Default)]
struct List(Vec<Invite>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ListVisitor;

        impl<'de> Visitor<'de> for ListVisitor {
            type Value = List;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of invites")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<List, A::Error> {
                let mut people = People::default();
                let mut invites = Vec::new();
                each_entry(list, |wire: Option<WireInvite<'de>>| {
                    invites.extend(wire.map(|wire| people.invite(wire)));
                })?;
                Ok(List(invites))
            }
        }

        from.deserialize_seq(ListVisitor)
    }
}

/// Invites, and how many entries beside them are none.
struct Readable {
    invites: Vec<Invite>,
    unreadable: usize,
}

impl<'de> Deserialize<'de> for Readable {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct ReadableVisitor;

        impl<'de> Visitor<'de> for ReadableVisitor {
            type Value = Readable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Readable, A::Error> {
                let mut people = People::default();
                let (mut invites, mut unreadable) = (Vec::new(), 0);
                each_entry(list, |entry: &'de RawValue| {
                    match serde_json::from_str::<Option<WireInvite<'de>>>(entry.get()) {
                        Ok(wire) => invites.extend(wire.map(|wire| people.invite(wire))),
                        Err(_) => unreadable += 1,
                    }
                })?;
                Ok(Readable {
                    invites,
                    unreadable,
                })
            }
        }

        from.deserialize_seq(ReadableVisitor)
    }
}

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
                discriminator: discriminator(wire.discriminator),
                display_name: filled(wire.global_name),
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
    use super::{super::captured, *};

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
    fn a_limit_is_never_sent_as_none() {
        let mut new = NewInvite {
            channel: ChannelId::new(1).unwrap(),
            max_age: None,
            max_uses: None,
            temporary: false,
        };
        let limits = |new: &NewInvite| {
            let body = new_invite(new);
            (body["max_age"].as_i64(), body["max_uses"].as_i64())
        };
        assert_eq!(limits(&new), (Some(0), Some(0)));
        (new.max_age, new.max_uses) = (Some(SignedDuration::ZERO), Some(0));
        assert_eq!(limits(&new), (Some(1), Some(1)));
        (new.max_age, new.max_uses) = (Some(SignedDuration::from_mins(30)), Some(7));
        assert_eq!(limits(&new), (Some(1_800), Some(7)));
    }

    #[test]
    fn a_captured_new_invite_is_read() {
        let invite = read_invite(&captured("invite_create_200")).unwrap();
        assert_eq!(invite.code.as_str(), "uMrGHexp");
        let usage = invite.usage.unwrap();
        assert_eq!((usage.uses, usage.max_uses), (0, Some(5)));
        assert_eq!(usage.max_age, Some(SignedDuration::from_hours(24)));
        assert!(read_invite(b"{}").is_err());
    }

    #[test]
    fn an_odd_entry_hides_no_other() {
        let body = json!([{"code": "abc"}, {"code": "a b"}, 7, null, {"code": "def", "uses": "x"}]);
        let (invites, unreadable) = read_invites(body.to_string().as_bytes()).unwrap();
        assert_eq!((invites.len(), unreadable), (1, 3));
    }

    #[test]
    fn a_list_is_read_up_to_its_largest_number_of_entries() {
        let list = |first: &str, entry: &str, count: usize| {
            let more = vec![entry; count - 1].join(",");
            format!("[{first},{more}]")
        };
        let invite = r#"{"code":"a1"}"#;
        // Whatever they are, all are counted.
        for (first, entry, read) in [
            (invite, invite, (INVITES_MAX, 0)),
            (invite, "null", (1, 0)),
            (invite, "0", (1, INVITES_MAX - 1)),
            ("0", invite, (INVITES_MAX - 1, 1)),
        ] {
            let (invites, unreadable) =
                read_invites(list(first, entry, INVITES_MAX).as_bytes()).unwrap();
            assert_eq!((invites.len(), unreadable), read, "{first}, {entry}");
            let too_many = list(first, entry, INVITES_MAX + 1);
            assert!(
                read_invites(too_many.as_bytes()).is_err(),
                "{first}, {entry}"
            );
        }
    }

    #[test]
    fn reading_stops_at_one_entry_too_many() {
        // What follows is not looked at, else it would be this that is complained of.
        let broken = format!("[{}<", "null,".repeat(INVITES_MAX + 1));
        let error = read_invites(broken.as_bytes()).unwrap_err();
        assert!(error.is_data(), "{error}");
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
