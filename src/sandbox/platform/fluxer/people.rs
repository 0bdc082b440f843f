//! The JSON objects of accounts, members and roles in Fluxer's answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        community::Community,
        member::{SampleMember, SampleUser},
        permission,
    },
    bot,
    objects::{instant, merged},
};

/// When the bot joined every guild here.
const BOT_JOINED_AT: Timestamp = Timestamp::constant(1_780_300_000, 0);

pub(super) fn user(user: &SampleUser) -> Value {
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

/// The role of everyone comes last. Both roles together are what the bot may do.
pub(super) fn roles(community: &Community) -> Value {
    let (everyone, own) = permission::shared_out(community.permissions.unwrap_or_default());
    let role = |id: u64, name: &str, position: u8, permissions: u64| {
        json!({
            "id": id.to_string(),
            "name": name,
            "color": 0,
            "position": position,
            "hoist_position": null,
            "permissions": permissions.to_string(),
            "hoist": false,
            "mentionable": false,
        })
    };
    let of_people = community.roles.iter();
    of_people
        .map(|one| role(one.id, &one.name, 2, one.permissions))
        .chain([
            role(community.bot_role(), "Gatehouse", 1, own),
            role(community.id, "@everyone", 0, everyone),
        ])
        .collect()
}

pub(super) fn bot_as_member(community: &Community) -> Value {
    member(&SampleMember {
        roles: vec![community.bot_role()],
        ..SampleMember::new(bot(), BOT_JOINED_AT)
    })
}

pub(super) fn member(member: &SampleMember) -> Value {
    let roles = member.roles.iter().map(ToString::to_string);
    json!({
        "user": user(&member.user),
        "nick": member.nickname,
        "avatar": null,
        "banner": null,
        "accent_color": null,
        "roles": roles.collect::<Vec<_>>(),
        "joined_at": instant(member.joined_at),
        "mute": false,
        "deaf": false,
        "communication_disabled_until": member.silenced_until.map(instant),
    })
}

/// A member as the search finds it.
pub(super) fn found(member: &SampleMember, community: &Community) -> Value {
    let SampleMember {
        user,
        nickname,
        joined_at,
        source_invite_code,
        inviter_id,
        roles,
        silenced_until: _,
    } = member;
    // 0 made the guild, 1 came by an invite, 2 by the code of the guild's own choice, 3 was added as a bot.
    let join_source_type = match source_invite_code {
        Some(_) if *source_invite_code == community.vanity_code => Some(2),
        Some(_) => Some(1),
        None if user.bot => Some(3),
        None if user.id == community.owner_id => Some(0),
        None => None,
    };
    let roles = roles.iter().map(ToString::to_string);
    json!({
        "id": format!("{}:{}", community.id, user.id),
        "guild_id": community.id.to_string(),
        "user_id": user.id.to_string(),
        "username": user.username,
        "discriminator": user.discriminator,
        "global_name": user.global_name,
        "nickname": nickname,
        "role_ids": roles.collect::<Vec<_>>(),
        "joined_at": joined_at.as_second(),
        "supplemental": {
            "join_source_type": join_source_type,
            "source_invite_code": source_invite_code,
            "inviter_id": inviter_id.map(|id| id.to_string()),
        },
        "is_bot": user.bot,
    })
}

pub(super) fn me() -> Value {
    let account = json!({
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
    merged(user(&bot()), merged(account, premium))
}
