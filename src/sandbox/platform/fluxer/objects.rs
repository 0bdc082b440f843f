//! The JSON objects of Fluxer's answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{
    FLUXER_BOT_ID,
    community::{Community, Pause, SampleChannel, SampleInvite, SampleInviter, SampleUser},
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
    invites.map(|one| invite(one, community, &guild)).collect()
}

fn invite(invite: &SampleInvite, community: &Community, guild: &Value) -> Value {
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

fn user(user: &SampleUser) -> Value {
    let mut object = json!({
        "id": user.id.to_string(),
        "username": user.username,
        "discriminator": user.discriminator,
        "global_name": user.global_name,
        "avatar": null,
        "avatar_color": null,
        "flags": 0,
    });
    if user.bot {
        // Absent, not false, for people.
        object["bot"] = json!(true);
    }
    object
}

fn features(community: &Community) -> Vec<&'static str> {
    let mut features = FEATURES.to_vec();
    if community.pause != Pause::Off {
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

pub(super) fn guild(community: &Community) -> Value {
    let id = community.id.to_string();
    let role = |id: String, name: &str, position: u8| {
        json!({
            "id": id,
            "name": name,
            "color": 0,
            "position": position,
            "hoist_position": null,
            "permissions": "93425",
            "hoist": false,
            "mentionable": false,
        })
    };
    let channels: Vec<_> = (0_u32..)
        .zip(&community.channels)
        .map(|(position, one)| channel(one, &id, position))
        .collect();
    let system_channel = community.channels.first().map(|first| first.id.to_string());
    let more = json!({
        "vanity_url_code": null,
        "owner_id": "1510000000000000201",
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
        "roles": [
            role(community.id.wrapping_add(1).to_string(), "Gatehouse", 1),
            role(id.clone(), "@everyone", 0),
        ],
        "emojis": [],
        "stickers": [],
        "channels": channels,
        "member_count": community.member_count,
        "online_count": community.presence_count,
    });
    merged(partial_guild(community), more)
}

fn channel(channel: &SampleChannel, guild: &str, position: u32) -> Value {
    let object = json!({
        "id": channel.id.to_string(),
        "guild_id": guild,
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

pub(super) fn me() -> Value {
    let account = json!({
        "id": FLUXER_BOT_ID.to_string(),
        "username": "Gatehouse",
        "discriminator": "0913",
        "global_name": null,
        "avatar": null,
        "avatar_color": null,
        "bot": true,
        "flags": 0,
        "is_staff": false,
        "acls": [],
        "traits": ["premium"],
        "email": null,
        "email_bounced": false,
        "phone": null,
        "has_verified_phone": false,
        "bio": null,
        "pronouns": null,
        "accent_color": null,
        "banner": null,
        "banner_color": null,
        "mfa_enabled": false,
        "verified": false,
        "password_last_changed_at": null,
        "last_voice_activity_sharing_change_at": null,
        "required_actions": [],
        "nsfw_allowed": true,
        "has_dismissed_premium_onboarding": false,
        "has_ever_purchased": false,
        "has_unread_gift_inventory": false,
        "unread_gift_inventory_count": 0,
        "pending_bulk_message_deletion": null,
        "terms_agreed_at": null,
        "privacy_agreed_at": null,
    });
    let premium = json!({
        "premium_type": 0,
        "premium_since": null,
        "premium_until": null,
        "premium_will_cancel": false,
        "premium_billing_cycle": null,
        "premium_lifetime_sequence": null,
        "premium_grace_ends_at": null,
        "premium_discriminator": false,
        "premium_badge_hidden": false,
        "premium_badge_masked": false,
        "premium_badge_timestamp_hidden": false,
        "premium_badge_sequence_hidden": false,
        "premium_purchase_disabled": false,
        "premium_enabled_override": false,
        "premium_perks_disabled": false,
    });
    merged(account, premium)
}

/// Two objects as one.
pub(super) fn merged(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}
