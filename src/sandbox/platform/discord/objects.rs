//! The JSON objects of Discord's answers.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    super::{
        community::Community,
        invite::{SampleChannel, SampleInvite, SampleInviter},
        permission,
    },
    people::{partial_role, roles, user},
};

/// The feature that stands for a pause without an end.
pub(super) const INVITES_DISABLED: &str = "INVITES_DISABLED";

/// ISO 8601 with microseconds and a written-out offset.
pub(super) fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

pub(super) fn invites(community: &Community) -> Value {
    let invites = community.newest_first().into_iter();
    let shows_metadata = !community.hides_metadata && community.bot_may(permission::MANAGE_GUILD);
    invites
        .map(|one| {
            if shows_metadata {
                invite(one, community)
            } else {
                bare_invite(one, community)
            }
        })
        .collect()
}

/// An invite with its metadata: uses, limits and dates.
pub(super) fn invite(invite: &SampleInvite, community: &Community) -> Value {
    let mut object = bare_invite(invite, community);
    object["uses"] = json!(invite.uses);
    object["max_uses"] = json!(invite.max_uses);
    object["max_age"] = json!(invite.max_age);
    object["temporary"] = json!(invite.temporary);
    object["created_at"] = json!(instant(invite.created_at));
    object
}

/// An invite as everybody sees it.
pub(super) fn bare_invite(invite: &SampleInvite, community: &Community) -> Value {
    let mut object = json!({
        "type": 0,
        "code": invite.code,
        "expires_at": invite.expires_at().map(instant),
        "guild": {
            "id": community.id.to_string(),
            "name": community.name,
            "splash": null,
            "banner": null,
            "description": null,
            "icon": null,
            "features": features(community),
            "verification_level": 1,
            "vanity_url_code": community.vanity_code,
            "nsfw_level": 0,
            "nsfw": false,
            "premium_subscription_count": 0,
        },
        "guild_id": community.id.to_string(),
        "channel": {
            "id": invite.channel.id.to_string(),
            "type": invite.channel.kind,
            "name": invite.channel.name,
        },
    });
    if let SampleInviter::Known(inviter) = &invite.inviter {
        object["inviter"] = user(inviter);
    }
    if !invite.roles.is_empty() {
        let roles = (1_u32..).zip(&invite.roles);
        object["roles"] = roles
            .map(|(position, (id, name))| partial_role(*id, name, position))
            .collect();
    }
    if let Some(name) = &invite.event {
        object["guild_scheduled_event"] = event(name, invite, community);
    }
    object
}

/// An event that begins a day after the invite to it was made.
fn event(name: &str, invite: &SampleInvite, community: &Community) -> Value {
    let start = invite.created_at + SignedDuration::from_hours(24);
    json!({
        // Nothing reads the id, so all events of a guild share one.
        "id": community.id.wrapping_add(7).to_string(),
        "guild_id": community.id.to_string(),
        "name": name,
        "description": null,
        "channel_id": invite.channel.id.to_string(),
        "creator_id": null,
        "image": null,
        "scheduled_start_time": instant(start),
        "scheduled_end_time": null,
        "status": 1,
        "entity_type": 2,
        "entity_id": null,
        "entity_metadata": null,
        "recurrence_rule": null,
        "privacy_level": 2,
        "sku_ids": [],
        "guild_scheduled_event_exceptions": [],
    })
}

/// The feature stands for a pause without an end; one with an end is in the incidents data.
fn features(community: &Community) -> Vec<&'static str> {
    let mut features = vec!["COMMUNITY", "NEWS"];
    if community.pause.open {
        features.push(INVITES_DISABLED);
    }
    features
}

/// What the guild did against an incident.
pub(super) fn incidents(invites_disabled_until: Option<Timestamp>) -> Value {
    json!({
        "invites_disabled_until": invites_disabled_until.map(instant),
        "dms_disabled_until": null,
        "dm_spam_detected_at": null,
        "raid_detected_at": null,
    })
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
    let mut object = json!({
        "id": channel.id.to_string(),
        "type": channel.kind,
        "flags": 0,
        "guild_id": guild.to_string(),
        "name": channel.name,
        "parent_id": null,
        "position": position,
        "permission_overwrites": [],
    });
    let is_category = channel.kind == 4;
    if !is_category {
        object["last_message_id"] = Value::Null;
        object["rate_limit_per_user"] = json!(0);
        object["nsfw"] = json!(false);
    }
    match channel.kind {
        2 => {
            object["bitrate"] = json!(64_000);
            object["user_limit"] = json!(0);
            object["rtc_region"] = Value::Null;
        }
        4 => {}
        _ => object["topic"] = Value::Null,
    }
    object
}

pub(super) fn guild(community: &Community) -> Value {
    let incidents = match community.pause.until {
        Some(end) => incidents(Some(end)),
        None => Value::Null,
    };
    let channel = community.channels.first().map(|first| first.id.to_string());
    json!({
        "id": community.id.to_string(),
        "name": community.name,
        "icon": null,
        "description": null,
        "home_header": null,
        "splash": null,
        "discovery_splash": null,
        "features": features(community),
        "banner": null,
        "owner_id": community.owner_id.to_string(),
        "application_id": null,
        "region": "deprecated",
        "afk_channel_id": null,
        "afk_timeout": 300,
        "system_channel_id": channel,
        "system_channel_flags": 0,
        "widget_enabled": false,
        "widget_channel_id": null,
        "verification_level": 1,
        "roles": roles(community),
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 2,
        "max_presences": null,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": community.vanity_code,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": channel,
        "safety_alerts_channel_id": null,
        "public_updates_channel_id": channel,
        "premium_progress_bar_enabled": false,
        "nsfw": false,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": incidents,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_790_000_000, 123_456_000);

    #[test]
    fn an_invite_carries_metadata_only_for_who_manages_the_server() {
        let community = Community::of(7, "one").with_invites(vec![SampleInvite {
            max_age: 60,
            ..SampleInvite::new("abcdEF12", NOW)
        }]);
        let open = invites(&community);
        assert_eq!(open[0]["created_at"], "2026-09-21T14:13:20.123456+00:00");
        assert_eq!(open[0]["expires_at"], "2026-09-21T14:14:20.123456+00:00");
        assert_eq!(open[0]["uses"], 0);
        let hidden = invites(&community.hiding_metadata());
        let metadata = ["uses", "max_uses", "max_age", "temporary", "created_at"];
        for key in metadata {
            assert_eq!(hidden[0].get(key), None, "{key}");
        }
        assert_eq!(hidden[0]["expires_at"], "2026-09-21T14:14:20.123456+00:00");
    }

    #[test]
    fn counts_are_never_there_and_a_creator_is_never_null() {
        for invite in invites(&Community::sample(NOW)).as_array().expect("a list") {
            assert_eq!(invite.get("approximate_member_count"), None);
            assert_ne!(invite.get("inviter"), Some(&Value::Null));
        }
    }

    #[test]
    fn a_pause_is_a_feature_or_has_an_end() {
        let open = guild(&Community::of(7, "one").paused());
        assert_eq!(open["incidents_data"], Value::Null);
        assert_eq!(open["features"][2], "INVITES_DISABLED");
        let ending = guild(&Community::of(7, "one").paused_until(NOW));
        let end = &ending["incidents_data"]["invites_disabled_until"];
        assert_eq!(end, "2026-09-21T14:13:20.123456+00:00");
        assert_eq!(ending["features"], json!(["COMMUNITY", "NEWS"]));
    }
}
