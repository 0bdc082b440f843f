//! Invites, in lists and one alone.
//!
//! Texts are borrowed from the body where JSON allows it; creators and channels are made once each,
//! since few of them stand behind many invites.

use std::{collections::HashMap, fmt, marker::PhantomData, sync::Arc};

use gatehouse_commands::{
    Channel, ChannelId, Code, Extras, Invite, Inviter, InviterKind, NewInvite, Overview, Target,
    Usage, UserId, newest_first,
};
use jiff::SignedDuration;
use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor},
};
use serde_json::{Value, json, value::RawValue};

use super::{
    Moment, Text, WireChannelId, WireUserId, discriminator, filled, guild::read_partial_overview,
};

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

/// A list of invites, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Newest first.
    pub invites: Vec<Invite>,
    /// How many entries beside them are none.
    pub unreadable: usize,
    /// The guild, as the first entry that holds one tells of it; `None` when none does.
    pub overview: Option<Overview>,
}

/// Reads a list of invites.
///
/// A list of `null`, and entries of `null`, hold nothing: Discord's schema allows both.
///
/// # Errors
///
/// The body is not a list, it has more than [`INVITES_MAX`] entries, or none of them is an invite.
pub fn read_invites(body: &[u8]) -> Result<Listed, serde_json::Error> {
    // Looked at once, and not again with each text in it.
    let text = str::from_utf8(body).map_err(de::Error::custom)?;
    let mut listed = match serde_json::from_str::<List<Strict<'_>>>(text) {
        Ok(List { listed, .. }) => listed,
        Err(error) => read_what_can_be_read(text).ok_or(error)?,
    };
    newest_first(&mut listed.invites);
    Ok(listed)
}

/// One odd entry must not hide all others.
fn read_what_can_be_read(text: &str) -> Option<Listed> {
    let List { listed, .. } = serde_json::from_str::<List<Lenient<'_>>>(text).ok()?;
    (!listed.invites.is_empty()).then_some(listed)
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

/// A list, read entry by entry, so that no more is kept of them than is made of each: as they stand in
/// the body they are several times as large.
struct List<E> {
    listed: Listed,
    entry: PhantomData<E>,
}

/// An invite or nothing, else the whole list is refused.
type Strict<'a> = Option<WireInvite<'a>>;

/// Anything: what is no invite is counted.
type Lenient<'a> = &'a RawValue;

trait Entry<'de>: Deserialize<'de> {
    fn add_to(self, reading: &mut Reading);
}

impl<'de> Entry<'de> for Strict<'de> {
    fn add_to(self, reading: &mut Reading) {
        if let Some(wire) = self {
            reading.add(wire);
        }
    }
}

impl<'de> Entry<'de> for Lenient<'de> {
    fn add_to(self, reading: &mut Reading) {
        match serde_json::from_str::<Strict<'de>>(self.get()) {
            Ok(entry) => entry.add_to(reading),
            Err(_) => reading.listed.unreadable += 1,
        }
    }
}

impl<'de, E: Entry<'de>> Deserialize<'de> for List<E> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<E>(PhantomData<E>);

impl<'de, E: Entry<'de>> Visitor<'de> for ListVisitor<E> {
    type Value = List<E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of invites")
    }

    fn visit_unit<Er: de::Error>(self) -> Result<Self::Value, Er> {
        let Self(entry) = self;
        let listed = Listed::default();
        Ok(List { listed, entry })
    }

    /// Stops at one more entry than there may be.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut reading = Reading::default();
        let mut entries = 0;
        while let Some(read) = list.next_element::<E>()? {
            entries += 1;
            if entries > INVITES_MAX {
                let told = format_args!("more than {INVITES_MAX} entries");
                return Err(de::Error::custom(told));
            }
            read.add_to(&mut reading);
        }
        let (Self(entry), Reading { listed, .. }) = (self, reading);
        Ok(List { listed, entry })
    }
}

/// What has been read of a list, and what more of it is made with.
#[derive(Default)]
struct Reading {
    listed: Listed,
    people: People,
}

impl Reading {
    fn add(&mut self, wire: WireInvite<'_>) {
        let Listed {
            invites, overview, ..
        } = &mut self.listed;
        // The guild is the same in every entry.
        if let (None, Some(guild)) = (&overview, wire.guild) {
            *overview = read_partial_overview(guild);
        }
        invites.push(self.people.invite(wire));
    }
}

#[derive(Deserialize)]
struct WireInvite<'a> {
    #[serde(deserialize_with = "code")]
    code: Code,
    #[serde(borrow)]
    guild: Option<&'a RawValue>,
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
    use gatehouse_commands::{Pause, Vanity};

    use super::{super::captured, *};

    /// Invites, and what is none.
    fn counts(listed: &Listed) -> (usize, usize) {
        (listed.invites.len(), listed.unreadable)
    }

    fn read_one(invite: &Value) -> Invite {
        let body = json!([invite]).to_string();
        let mut listed = read_invites(body.as_bytes()).unwrap();
        assert_eq!(counts(&listed), (1, 0));
        listed.invites.remove(0)
    }

    #[test]
    fn a_captured_list_is_read_whole() {
        let listed = read_invites(&captured("guild_invites_list_200")).unwrap();
        let body: Value = serde_json::from_slice(&captured("guild_invites_list_200")).unwrap();
        assert_eq!(counts(&listed), (body.as_array().unwrap().len(), 0));
        let overview = listed.overview.unwrap();
        assert_eq!(overview.name, "Lantern Harbour");
        assert_eq!((overview.pause, overview.vanity), (None, Vanity::NotTold));
        let all = listed.invites;
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
    fn the_first_guild_that_tells_its_name_and_features_is_taken() {
        let read = |guilds: &[Value]| {
            let entry = |guild| json!({"code": "abc", "guild": guild});
            let body = json!(guilds.iter().map(entry).collect::<Vec<_>>());
            read_invites(body.to_string().as_bytes()).unwrap().overview
        };
        let whole = json!({"name": "Harbour", "features": ["BANNER", "INVITES_DISABLED"]});
        let lacking = [
            json!(null),
            json!({"name": "Harbour"}),
            json!({"features": []}),
            json!({"name": "Harbour", "features": null}),
            json!({"name": 7, "features": []}),
            json!([]),
        ];
        assert_eq!(read(&lacking), None);
        let overview = read(&[lacking.as_slice(), &[whole]].concat()).unwrap();
        assert_eq!(overview.name, "Harbour");
        assert_eq!(overview.pause, Some(Pause { until: None }));
    }

    #[test]
    fn an_odd_entry_hides_no_other() {
        let body = json!([{"code": "abc"}, {"code": "a b"}, 7, null, {"code": "def", "uses": "x"}]);
        let listed = read_invites(body.to_string().as_bytes()).unwrap();
        assert_eq!(counts(&listed), (1, 3));
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
            let listed = read_invites(list(first, entry, INVITES_MAX).as_bytes()).unwrap();
            assert_eq!(counts(&listed), read, "{first}, {entry}");
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
        assert_eq!(read_invites(b"null").unwrap(), Listed::default());
        assert_eq!(read_invites(b"[]").unwrap(), Listed::default());
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
