//! The audit log on Fluxer.

use serde_json::{Value, json};

use super::{
    super::{
        answer::Answer,
        audit::{AuditEntry, Filter},
        invite::SampleInvite,
        permission,
        record::Recorded,
        world::World,
    },
    bad_fields, bad_snowflake, bot, may,
    objects::instant,
    people::user,
    success,
};

/// The newest entries first, whatever is asked for.
pub(super) fn list(world: &World, guild: &str, asked: &Recorded) -> Answer {
    let filter = match Filter::read(asked) {
        Ok(filter) => filter,
        Err(name @ ("limit" | "action_type")) => return bad_fields([name]),
        Err(name) => return bad_snowflake(name),
    };
    may(world, guild, permission::VIEW_AUDIT_LOG, |community| {
        let log = world.audit();
        let entries = filter.pick(log.of(community.id).rev());
        // Only the bot changes anything here.
        let users: Vec<_> = entries.iter().take(1).map(|_| user(&bot())).collect();
        let entries: Vec<_> = entries
            .into_iter()
            .map(|one| entry(one, community.id))
            .collect();
        success(&json!({ "audit_log_entries": entries, "users": users, "webhooks": [] }))
    })
}

pub(super) fn entry(entry: &AuditEntry, guild: u64) -> Value {
    let mut object = json!({
        "id": entry.id.to_string(),
        "action_type": entry.action,
        "user_id": entry.user_id.to_string(),
        "target_id": entry.target,
    });
    if let Some(reason) = &entry.reason {
        // Absent, not null, when there is none.
        object["reason"] = json!(reason);
    }
    if let Some(invite) = &entry.invite {
        object["options"] = options(invite);
        let value = if entry.action == AuditEntry::INVITE_DELETE {
            "old_value"
        } else {
            "new_value"
        };
        let changes = fields(invite, guild).into_iter();
        object["changes"] = changes
            .map(|(key, field)| json!({ "key": key, value: field }))
            .collect();
    }
    if let Some(paused) = entry.paused {
        let feature = |changed: bool| {
            if changed {
                vec!["INVITES_DISABLED"]
            } else {
                vec![]
            }
        };
        let change = json!({ "added": feature(paused), "removed": feature(!paused) });
        object["changes"] = json!([{ "key": "features", "new_value": change }]);
    }
    object
}

fn options(invite: &SampleInvite) -> Value {
    json!({
        "channel_id": invite.channel.id.to_string(),
        "inviter_id": invite.inviter_id().map(|id| id.to_string()),
        "max_age": invite.max_age,
        "max_uses": invite.max_uses,
        "temporary": invite.temporary,
    })
}

fn fields(invite: &SampleInvite, guild: u64) -> [(&'static str, Value); 9] {
    [
        ("code", json!(invite.code)),
        ("channel_id", json!(invite.channel.id.to_string())),
        ("guild_id", json!(guild.to_string())),
        (
            "inviter_id",
            json!(invite.inviter_id().map(|id| id.to_string())),
        ),
        ("uses", json!(invite.uses)),
        ("max_uses", json!(invite.max_uses)),
        ("max_age", json!(invite.max_age)),
        ("temporary", json!(invite.temporary)),
        ("created_at", json!(instant(invite.created_at))),
    ]
}
