//! The JSON objects of Discord's answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{
    community::{Community, Pause, SampleInvite, SampleInviter, SampleUser},
    world::Accounts,
};

/// ISO 8601 with microseconds and a written-out offset.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

pub(super) fn invites(community: &Community) -> Value {
    let invites = community.newest_first().into_iter();
    invites.map(|one| invite(one, community)).collect()
}

fn invite(invite: &SampleInvite, community: &Community) -> Value {
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
            "vanity_url_code": null,
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
    if !community.hides_metadata {
        object["uses"] = json!(invite.uses);
        object["max_uses"] = json!(invite.max_uses);
        object["max_age"] = json!(invite.max_age);
        object["temporary"] = json!(invite.temporary);
        object["created_at"] = json!(instant(invite.created_at));
    }
    object
}

fn user(user: &SampleUser) -> Value {
    let mut object = json!({
        "id": user.id.to_string(),
        "username": user.username,
        "avatar": null,
        // Only bots still have the four digits.
        "discriminator": if user.bot { &user.discriminator } else { "0" },
        "public_flags": 0,
        "flags": 0,
        "banner": null,
        "accent_color": null,
        "global_name": user.global_name,
        "avatar_decoration_data": null,
        "collectibles": null,
        "primary_guild": null,
    });
    if user.bot {
        object["bot"] = json!(true);
    }
    object
}

/// The feature stands for a pause without an end; one with an end is in the incidents data.
fn features(community: &Community) -> Vec<&'static str> {
    let mut features = vec!["COMMUNITY", "NEWS"];
    if community.pause == Pause::On {
        features.push("INVITES_DISABLED");
    }
    features
}

pub(super) fn guild(community: &Community) -> Value {
    let incidents = match community.pause {
        Pause::Until(end) => json!({
            "invites_disabled_until": instant(end),
            "dms_disabled_until": null,
            "dm_spam_detected_at": null,
            "raid_detected_at": null,
        }),
        Pause::Off | Pause::On => Value::Null,
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
        "owner_id": "1510000000000000201",
        "application_id": null,
        "region": "deprecated",
        "afk_channel_id": null,
        "afk_timeout": 300,
        "system_channel_id": channel,
        "system_channel_flags": 0,
        "widget_enabled": false,
        "widget_channel_id": null,
        "verification_level": 1,
        "roles": [{
            "id": community.id.to_string(),
            "name": "@everyone",
            "description": null,
            "permissions": "2248473465835073",
            "position": 0,
            "color": 0,
            "colors": {
                "primary_color": 0,
                "secondary_color": null,
                "tertiary_color": null,
            },
            "hoist": false,
            "managed": false,
            "mentionable": false,
            "icon": null,
            "unicode_emoji": null,
            "flags": 0,
        }],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 2,
        "max_presences": null,
        "max_members": 25_000_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": null,
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

fn bot(accounts: &Accounts) -> Value {
    user(&SampleUser::bot(accounts.application_id, "Gatehouse"))
}

pub(super) fn me(accounts: &Accounts) -> Value {
    let mut object = bot(accounts);
    object["mfa_enabled"] = json!(true);
    object["locale"] = json!("en-US");
    object["premium_type"] = json!(0);
    object["email"] = Value::Null;
    object["verified"] = json!(true);
    object["bio"] = json!("");
    object
}

pub(super) fn application(accounts: &Accounts) -> Value {
    json!({
        "id": accounts.application_id.to_string(),
        "name": "Gatehouse",
        "icon": null,
        "description": "",
        "type": null,
        "verify_key": accounts.verify_key,
        "flags": 0,
        "flags_new": "0",
        "bot": bot(accounts),
        "owner": user(&SampleUser::new(1_510_000_000_000_000_201, "marisol_v", None)),
        "team": null,
        "summary": "",
        "hook": true,
        "is_monetized": false,
        "is_verified": false,
        "bot_public": false,
        "bot_require_code_grant": false,
        "integration_types_config": { "0": {} },
        "redirect_uris": [],
        "interactions_endpoint_url": null,
        "role_connections_verification_url": null,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "eligible_oauth2_scopes": [],
        "explicit_content_filter": 0,
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
