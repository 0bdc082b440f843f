//! The JSON objects of accounts, members and roles in Discord's answers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        APPLICATION_ID,
        answer::Answer,
        community::Community,
        member::{SampleMember, SampleUser},
        permission,
    },
    bot, no_snowflake,
    objects::instant,
    refused, success,
};

/// When the bot joined every guild here.
const BOT_JOINED_AT: Timestamp = Timestamp::constant(1_780_300_000, 0);

pub(super) fn user(user: &SampleUser) -> Value {
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

/// A role as an invite shows it.
pub(super) fn partial_role(id: u64, name: &str, position: u32) -> Value {
    json!({
        "id": id.to_string(),
        "name": name,
        "position": position,
        "color": 0,
        "colors": {
            "primary_color": 0,
            "secondary_color": null,
            "tertiary_color": null,
        },
        "icon": null,
        "unicode_emoji": null,
    })
}

/// All roles: everyone's, those that invites give, and at the top the bot's.
///
/// The first and the last together are what the bot may do.
pub(super) fn roles(community: &Community) -> Value {
    let (everyone, own) = permission::shared_out(community.permissions.unwrap_or_default());
    let mut all = vec![(community.id, "@everyone".to_owned(), everyone)];
    let given = community.given_roles().into_iter();
    all.extend(given.map(|(id, name)| (id, name, 0)));
    all.push((community.bot_role(), "Gatehouse".to_owned(), own));
    let roles = (0_u32..).zip(all);
    roles
        .map(|(position, (id, name, permissions))| {
            let is_bots = id == community.bot_role();
            let mut object = partial_role(id, &name, position);
            object["description"] = Value::Null;
            object["permissions"] = json!(permissions.to_string());
            object["hoist"] = json!(false);
            object["managed"] = json!(is_bots);
            object["mentionable"] = json!(false);
            object["flags"] = json!(0);
            if is_bots {
                object["tags"] = json!({ "bot_id": APPLICATION_ID.to_string() });
            }
            object
        })
        .collect()
}

/// One member of a guild, the bot included.
pub(super) fn member_of(community: &Community, id: &str) -> Answer {
    let Ok(user_id) = id.parse::<u64>() else {
        return no_snowflake("user_id", id);
    };
    if user_id == APPLICATION_ID {
        let own = SampleMember {
            roles: vec![community.bot_role()],
            ..SampleMember::new(bot(), BOT_JOINED_AT)
        };
        return success(&member(&own));
    }
    let mut members = community.members.iter();
    match members.find(|one| one.user.id == user_id) {
        Some(found) => success(&member(found)),
        None => refused(404, 10_007, "Unknown Member"),
    }
}

fn member(member: &SampleMember) -> Value {
    let roles = member.roles.iter().map(ToString::to_string);
    json!({
        "avatar": null,
        "banner": null,
        "communication_disabled_until": null,
        "flags": 0,
        "joined_at": instant(member.joined_at),
        "nick": member.nickname,
        "pending": false,
        "premium_since": null,
        "roles": roles.collect::<Vec<_>>(),
        "unusual_dm_activity_until": null,
        "user": user(&member.user),
        "mute": false,
        "deaf": false,
    })
}

pub(super) fn me() -> Value {
    let mut object = user(&bot());
    object["mfa_enabled"] = json!(true);
    object["locale"] = json!("en-US");
    object["premium_type"] = json!(0);
    object["email"] = Value::Null;
    object["verified"] = json!(true);
    object["bio"] = json!("");
    object
}

pub(super) fn application(verify_key: &str) -> Value {
    json!({
        "id": APPLICATION_ID.to_string(),
        "name": "Gatehouse",
        "icon": null,
        "description": "",
        "type": null,
        "verify_key": verify_key,
        "flags": 0,
        "flags_new": "0",
        "bot": user(&bot()),
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
