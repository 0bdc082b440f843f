//! The JSON objects of Fluxer's answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        community::{Community, Pause},
        invite::{SampleChannel, SampleInvite, SampleInviter},
    },
    people::{roles, user},
};

/// Features of every sample guild; a pause adds one more.
const FEATURES: [&str; 4] = [
    "ANIMATED_BANNER",
    "ANIMATED_ICON",
    "BANNER",
    "INVITE_SPLASH",
];

/// ISO 8601 in UTC with milliseconds.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

pub(super) fn invites(community: &Community) -> Value {
    let guild = partial_guild(community);
    let invites = community.newest_first().into_iter();
    invites.map(|one| listed(one, community, &guild)).collect()
}

/// One invite as it stands in a list, and as the answer to its making.
pub(super) fn invite(invite: &SampleInvite, community: &Community) -> Value {
    listed(invite, community, &partial_guild(community))
}

fn listed(invite: &SampleInvite, community: &Community, guild: &Value) -> Value {
    let mut object = json!({
        "code": invite.code,
        "type": 0,
        "guild": guild,
        "channel": {
            "id": invite.channel.id.to_string(),
            "name": invite.channel.name,
            "type": invite.channel.kind,
        },
        "member_count": community.member_count,
        "presence_count": community.presence_count,
        "expires_at": invite.expires_at().map(instant),
        "temporary": invite.temporary,
        "created_at": instant(invite.created_at),
        "uses": invite.uses,
        "max_uses": invite.max_uses,
        "max_age": invite.max_age,
    });
    match &invite.inviter {
        SampleInviter::Known(inviter) => object["inviter"] = user(inviter),
        SampleInviter::Null => object["inviter"] = Value::Null,
        SampleInviter::Absent => {}
    }
    object
}

fn features(community: &Community) -> Vec<&'static str> {
    let mut features = FEATURES.to_vec();
    if community.pause != Pause::default() {
        features.push("INVITES_DISABLED");
    }
    features
}

fn partial_guild(community: &Community) -> Value {
    json!({
        "id": community.id.to_string(),
        "name": community.name,
        "icon": null,
        "banner": null,
        "banner_width": null,
        "banner_height": null,
        "splash": null,
        "splash_width": null,
        "splash_height": null,
        "splash_card_alignment": 0,
        "embed_splash": null,
        "embed_splash_width": null,
        "embed_splash_height": null,
        "features": features(community),
    })
}

/// The guild without what is in it, as a change of it answers.
pub(super) fn guild_settings(community: &Community) -> Value {
    let system_channel = community.channels.first().map(|first| first.id.to_string());
    let more = json!({
        "vanity_url_code": community.vanity_code,
        "owner_id": community.owner_id.to_string(),
        "system_channel_id": system_channel,
        "system_channel_flags": 0,
        "rules_channel_id": null,
        "afk_channel_id": null,
        "afk_timeout": 300,
        "verification_level": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "nsfw": false,
        "content_warning_level": 0,
        "content_warning_text": null,
        "explicit_content_filter": 0,
        "default_message_notifications": 0,
        "disabled_operations": 0,
        "message_history_cutoff": null,
    });
    merged(partial_guild(community), more)
}

pub(super) fn guild(community: &Community) -> Value {
    let more = json!({
        "roles": roles(community),
        "emojis": [],
        "stickers": [],
        "channels": channels(community),
        "member_count": community.member_count,
        "online_count": community.presence_count,
    });
    merged(guild_settings(community), more)
}

pub(super) fn channels(community: &Community) -> Value {
    let channels = (0_u32..).zip(&community.channels);
    channels
        .map(|(position, one)| channel(one, community.id, position))
        .collect()
}

/// One channel as it stands in the list.
pub(super) fn channel_alone(community: &Community, alone: &SampleChannel) -> Value {
    let mut channels = (0_u32..).zip(&community.channels);
    let position = channels.find(|(_, one)| *one == alone);
    channel(alone, community.id, position.map_or(0, |(at, _)| at))
}

fn channel(channel: &SampleChannel, guild: u64, position: u32) -> Value {
    let object = json!({
        "id": channel.id.to_string(),
        "guild_id": guild.to_string(),
        "name": channel.name,
        "type": channel.kind,
        "position": position,
        "permission_overwrites": [],
        "nsfw": false,
        "nsfw_override": false,
        "content_warning_level": 0,
        "content_warning_text": null,
    });
    if channel.kind == 4 {
        return object;
    }
    let object = merged(
        object,
        json!({
            "topic": null,
            "parent_id": null,
            "last_message_id": null,
            "last_pin_timestamp": null,
            "rate_limit_per_user": 0,
        }),
    );
    if channel.kind == 0 {
        return object;
    }
    merged(
        object,
        json!({
            "bitrate": 64_000,
            "user_limit": 0,
            "voice_connection_limit": 5,
            "rtc_region": null,
        }),
    )
}

/// Two objects as one.
pub(super) fn merged(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}
