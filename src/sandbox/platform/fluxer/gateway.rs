//! The JSON objects of Fluxer's gateway.

use serde_json::{Value, json};

use super::{
    super::{answer::Answer, community::Community, world::World},
    error,
    objects::{channels, guild_settings, merged},
    people::{bot_as_member, me, roles},
    success,
};

/// `GET gateway/bot`, which looks at the shape of a token alone, as the real server does.
pub(super) fn gateway_bot(world: &World, authorization: Option<&str>) -> Answer {
    let has_shape = authorization
        .and_then(|sent| sent.strip_prefix("Bot "))
        .and_then(|token| token.split_once('.'))
        .is_some_and(|(id, secret)| id.parse::<u64>().is_ok() && !secret.is_empty());
    if !has_shape {
        let body = error(
            "MISSING_AUTHORIZATION",
            "Missing or invalid authorization header.",
        );
        return Answer::json(401, &body);
    }
    success(&door(world))
}

/// Where the gateway is, and what it allows.
fn door(world: &World) -> Value {
    let settings = *world.hub.settings();
    let reset_after = u64::try_from(settings.starts_in.as_millis()).unwrap_or(u64::MAX);
    json!({
        "url": world.gateway_url(),
        "shards": settings.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": settings.starts_left,
            "reset_after": reset_after,
            "max_concurrency": settings.at_a_time,
        },
    })
}

/// What a session begins with.
pub(in super::super) fn ready(session: &str) -> Value {
    json!({
        "_timings_gw": { "pod_name": "sample", "total_us": 1, "trace": [], "unit": "microseconds" },
        "version": 1,
        "session_id": session,
        "sessions": [
            { "session_id": session, "status": "online", "mobile": false, "afk": false },
        ],
        "user": me(),
        "guilds": [],
        "country_code": "US",
        "rtc_regions": [{ "id": "automatic", "name": "Automatic", "emoji": "🌐" }],
        "user_settings": null,
        "read_state_proto": "",
        "notes": {},
        "favorite_memes": [],
        "pinned_dms": [],
        "presences": [],
        "private_channels": [],
        "read_states": [],
        "relationships": [],
        "user_guild_settings": [],
        "users": [],
        "webauthn_credentials": [],
    })
}

/// A guild with what is in it, as a session is told of it.
pub(in super::super) fn guild_create(community: &Community) -> Value {
    let id = json!(community.id.to_string());
    let member = merged(bot_as_member(community), json!({ "guild_id": id }));
    json!({
        "id": id,
        "joined_at": member["joined_at"],
        "properties": guild_settings(community),
        "roles": roles(community),
        "channels": channels(community),
        "members": [member],
        "member_count": community.member_count,
        "online_count": community.presence_count,
        "emojis": [],
        "stickers": [],
        "soundboard_sounds": [],
        "presences": [],
        "voice_states": [],
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::captured::{NULLABLE, assert_like, sample},
        *,
    };

    fn captured(file: &str) -> Value {
        let mut frame: Value = serde_json::from_str(file).unwrap();
        let mut data = frame["d"].take();
        // What debugging adds is different every time.
        data.as_object_mut()
            .unwrap()
            .retain(|key, _| !key.starts_with("_timings"));
        data
    }

    #[test]
    fn a_session_begins_like_a_real_one() {
        let real = include_str!("../../../../tests/fixtures/fluxer/gateway_ready_bot.json");
        let mut own = ready("0123");
        own.as_object_mut().unwrap().remove("_timings_gw");
        assert_like(&own, &captured(real), &[]);
    }

    #[test]
    fn a_guild_is_told_like_a_real_one() {
        let real = include_str!("../../../../tests/fixtures/fluxer/gateway_guild_create_bot.json");
        assert_like(&guild_create(&sample()), &captured(real), &NULLABLE);
    }
}
