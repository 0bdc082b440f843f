//! A guild, its channels, and what its roles allow.

use gatehouse_commands::{Channel, Code, Overview, Pause, Permissions, RoleId, UserId, Vanity};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::{Moment, Text, WireChannelId, WireRoleId, WireUserId, discriminator};

/// Set in a guild's features while joining by invite is switched off, on both platforms.
const INVITES_DISABLED: &str = "INVITES_DISABLED";

/// Reads a guild.
///
/// # Errors
///
/// The body is not a guild.
pub(in crate::platform) fn read_overview(
    body: &[u8],
    now: Timestamp,
) -> Result<Overview, serde_json::Error> {
    let wire: WireGuild<'_> = serde_json::from_slice(body)?;
    let pause_with_an_end = || {
        let until = wire.incidents_data?.invites_disabled_until?.0;
        (until > now).then_some(Pause { until: Some(until) })
    };
    let vanity = wire
        .vanity_url_code
        .and_then(|code| Code::new(&code.0).ok());
    Ok(Overview {
        name: wire.name.0.into_owned(),
        pause: pause_without_end(&wire.features.unwrap_or_default()).or_else(pause_with_an_end),
        vanity: vanity.map_or(Vanity::None, Vanity::Code),
    })
}

/// Reads what stands of a guild in its invites; `None` where that is not enough.
pub(super) fn read_partial_overview(guild: &RawValue) -> Option<Overview> {
    #[derive(Deserialize)]
    struct WirePartialGuild<'a> {
        #[serde(borrow)]
        name: Text<'a>,
        #[serde(borrow)]
        features: Vec<Text<'a>>,
    }
    let wire: WirePartialGuild<'_> = serde_json::from_str(guild.get()).ok()?;
    Some(Overview {
        name: wire.name.0.into_owned(),
        pause: pause_without_end(&wire.features),
        vanity: Vanity::NotTold,
    })
}

fn pause_without_end(features: &[Text<'_>]) -> Option<Pause> {
    let is_disabled = |feature: &Text<'_>| feature.0 == INVITES_DISABLED;
    features
        .iter()
        .any(is_disabled)
        .then_some(Pause { until: None })
}

#[derive(Deserialize)]
struct WireGuild<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    features: Option<Vec<Text<'a>>>,
    incidents_data: Option<WireIncidents>,
    #[serde(borrow)]
    vanity_url_code: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct WireIncidents {
    invites_disabled_until: Option<Moment>,
}

/// The features of a guild without the one that switches joining off; `None` when it is not
/// among them.
///
/// # Errors
///
/// The body is not a guild.
pub(in crate::platform) fn features_without_pause(
    body: &[u8],
) -> Result<Option<Vec<String>>, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireFeatures {
        features: Vec<String>,
    }
    let WireFeatures { mut features } = serde_json::from_slice(body)?;
    let all = features.len();
    features.retain(|feature| feature != INVITES_DISABLED);
    Ok((features.len() < all).then_some(features))
}

/// Reads a guild's channels of these kinds, in the order of their positions, and as they are
/// listed where there is none. What cannot be read is left out.
///
/// # Errors
///
/// The body is not a list.
pub(in crate::platform) fn read_channels(
    body: &[u8],
    kinds: &[u64],
) -> Result<Vec<Channel>, serde_json::Error> {
    let list: Vec<&RawValue> = serde_json::from_slice(body)?;
    let mut channels: Vec<WireChannel<'_>> = list
        .iter()
        .filter_map(|entry| serde_json::from_str(entry.get()).ok())
        .filter(|channel: &WireChannel<'_>| kinds.contains(&channel.kind))
        .collect();
    channels.sort_by_key(|channel| channel.position.unwrap_or(i64::MAX));
    let read = |channel: WireChannel<'_>| Channel {
        id: channel.id.0,
        name: channel.name.map(|name| name.0.into_owned()),
    };
    Ok(channels.into_iter().map(read).collect())
}

#[derive(Deserialize)]
struct WireChannel<'a> {
    id: WireChannelId,
    #[serde(rename = "type")]
    kind: u64,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    position: Option<i64>,
}

/// Who may do what in a guild, as far as the guild itself tells.
#[derive(Clone, Debug)]
pub(in crate::platform) struct GuildRights {
    /// Who may do everything.
    pub(in crate::platform) owner: UserId,
    /// What roles allow; `None` when the platform lists them elsewhere.
    pub(in crate::platform) roles: Option<Vec<RolePermissions>>,
}

/// What one role allows.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(in crate::platform) struct RolePermissions {
    #[serde(deserialize_with = "role")]
    pub(in crate::platform) id: RoleId,
    #[serde(deserialize_with = "permissions")]
    pub(in crate::platform) permissions: Permissions,
}

/// Reads who owns a guild, and its roles.
///
/// # Errors
///
/// The body is not a guild, or one of its roles is none.
pub(in crate::platform) fn read_guild_rights(
    body: &[u8],
) -> Result<GuildRights, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireRights {
        owner_id: WireUserId,
        roles: Option<Vec<RolePermissions>>,
    }
    let WireRights { owner_id, roles } = serde_json::from_slice(body)?;
    Ok(GuildRights {
        owner: owner_id.0,
        roles,
    })
}

/// Reads a guild's roles.
///
/// # Errors
///
/// The body is not a list of roles.
pub(in crate::platform) fn read_roles(
    body: &[u8],
) -> Result<Vec<RolePermissions>, serde_json::Error> {
    serde_json::from_slice(body)
}

/// A member, as far as it decides what they may do.
#[derive(Debug)]
pub(in crate::platform) struct Member {
    /// Roles beside the one that everyone has.
    pub(in crate::platform) roles: Vec<RoleId>,
    /// Until when the member is timed out.
    pub(in crate::platform) silenced_until: Option<Timestamp>,
    /// The account's name, with its digits where it has some.
    pub(in crate::platform) tag: String,
}

/// Reads a member.
///
/// # Errors
///
/// The body is not a member.
pub(in crate::platform) fn read_member(body: &[u8]) -> Result<Member, serde_json::Error> {
    #[derive(Deserialize)]
    struct WireMember<'a> {
        roles: Vec<WireRoleId>,
        communication_disabled_until: Option<Moment>,
        #[serde(borrow)]
        user: Option<WireAccount<'a>>,
    }
    #[derive(Deserialize)]
    struct WireAccount<'a> {
        #[serde(borrow)]
        username: Text<'a>,
        #[serde(borrow)]
        discriminator: Option<Text<'a>>,
    }
    let member: WireMember<'_> = serde_json::from_slice(body)?;
    let tag = member.user.map_or_else(String::new, |user| {
        let name = user.username.0.into_owned();
        match discriminator(user.discriminator) {
            Some(digits) => format!("{name}#{digits}"),
            None => name,
        }
    });
    Ok(Member {
        roles: member.roles.into_iter().map(|WireRoleId(id)| id).collect(),
        silenced_until: member
            .communication_disabled_until
            .map(|Moment(until)| until),
        tag,
    })
}

fn role<'de, D: Deserializer<'de>>(from: D) -> Result<RoleId, D::Error> {
    WireRoleId::deserialize(from).map(|WireRoleId(id)| id)
}

fn permissions<'de, D: Deserializer<'de>>(from: D) -> Result<Permissions, D::Error> {
    let text = Text::deserialize(from)?;
    Permissions::from_decimal(&text.0).ok_or_else(|| de::Error::custom("not a set of permissions"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::captured, *};

    const NOON: &str = "2026-08-21T12:00:00Z";

    fn overview(body: &serde_json::Value, now: &str) -> Overview {
        read_overview(body.to_string().as_bytes(), now.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_captured_guild_tells_whether_joins_are_paused() {
        let read = |name| read_overview(&captured(name), Timestamp::UNIX_EPOCH).unwrap();
        let open = read("guild_get_200");
        assert_eq!(open.name, "Lantern Harbour");
        assert_eq!((open.pause, open.vanity), (None, Vanity::None));
        let paused = Some(Pause { until: None });
        assert_eq!(read("guild_get_200_invites_disabled").pause, paused);
        assert_eq!(read("invites_disabled_patch_200").pause, paused);
        assert_eq!(read("invites_disabled_patch_200_resume").pause, None);
    }

    #[test]
    fn a_pause_for_a_time_ends_by_itself() {
        let body = json!({"name": "g", "features": [], "incidents_data": {
            "invites_disabled_until": "2026-08-21T12:00:00+00:00"}});
        let until = NOON.parse().ok();
        let pause = overview(&body, "2026-08-21T11:59:59Z").pause;
        assert_eq!(pause, Some(Pause { until }));
        assert_eq!(overview(&body, NOON).pause, None);
    }

    #[test]
    fn of_two_pauses_the_one_without_an_end_counts() {
        let body = json!({"name": "g", "features": ["INVITES_DISABLED"], "incidents_data": {
            "invites_disabled_until": "2026-08-22T12:00:00+00:00"}});
        assert_eq!(overview(&body, NOON).pause, Some(Pause { until: None }));
    }

    #[test]
    fn a_vanity_code_that_is_none_is_left_out() {
        let vanity = |code: serde_json::Value| {
            let body = json!({"name": "g", "vanity_url_code": code});
            overview(&body, NOON).vanity
        };
        let code = Code::new("lantern-harbour").unwrap();
        assert_eq!(vanity(json!("lantern-harbour")), Vanity::Code(code));
        for none in [json!(null), json!(""), json!("a b")] {
            assert_eq!(vanity(none), Vanity::None);
        }
    }

    #[test]
    fn only_the_feature_that_switches_joining_off_is_taken_away() {
        let features = features_without_pause(&captured("guild_get_200_invites_disabled"));
        let kept = [
            "ANIMATED_BANNER",
            "ANIMATED_ICON",
            "BANNER",
            "INVITE_SPLASH",
        ];
        assert_eq!(features.unwrap().unwrap(), kept);
        let open = features_without_pause(&captured("guild_get_200")).unwrap();
        assert_eq!(open, None);
    }

    #[test]
    fn captured_channels_are_in_the_order_of_their_positions() {
        let body = captured("guild_channels_200");
        let channels = read_channels(&body, &[0, 2]).unwrap();
        let names: Vec<_> = channels.iter().map(|one| one.name.as_deref()).collect();
        assert_eq!(
            &names[..3],
            [Some("general"), Some("General"), Some("welcome")]
        );
        let categories = read_channels(&body, &[4]).unwrap();
        assert_eq!(categories[0].name.as_deref(), Some("Text Channels"));
    }

    #[test]
    fn channels_without_a_position_stay_as_listed_and_odd_ones_are_left_out() {
        let body = json!([
            {"id": "3", "type": 0, "name": "c"},
            {"id": "1", "type": 0, "name": "a"},
            {"id": "x", "type": 0, "name": "odd"}, null, 7,
            {"id": "2", "type": 0, "name": null, "position": 9},
            {"id": "4", "type": 998, "name": "link"},
        ]);
        let channels = read_channels(body.to_string().as_bytes(), &[0]).unwrap();
        let ids: Vec<_> = channels.iter().map(|one| one.id.number()).collect();
        assert_eq!(ids, [2, 3, 1]);
        assert_eq!(channels[0].name, None);
        assert!(read_channels(b"{}", &[0]).is_err());
    }

    #[test]
    fn a_captured_member_tells_name_and_timeout() {
        let member = read_member(&captured("guild_member_get_200_human")).unwrap();
        assert_eq!((&*member.tag, member.silenced_until), ("mika#0525", None));
        let body = json!({"roles": ["9"], "communication_disabled_until": NOON});
        let member = read_member(body.to_string().as_bytes()).unwrap();
        assert_eq!(member.silenced_until, NOON.parse().ok());
        assert_eq!(member.roles, [RoleId::new(9).unwrap()]);
    }

    #[test]
    fn captured_roles_and_members_tell_permissions() {
        let guild = read_guild_rights(&captured("guild_get_200")).unwrap();
        assert_eq!(guild.owner.to_string(), "1574297753108873216");
        let listed = read_roles(&captured("guild_roles_200")).unwrap();
        assert_eq!(guild.roles.unwrap().len(), listed.len());
        let own = read_member(&captured("guild_member_get_200_bot")).unwrap();
        let role = listed.iter().find(|role| role.id == own.roles[0]).unwrap();
        assert!(role.permissions.allows(Permissions::MANAGE_GUILD));
    }
}
