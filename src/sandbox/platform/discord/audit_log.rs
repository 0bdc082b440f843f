//! The audit log on Discord.

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
    bot, may, no_snowflake,
    people::user,
    success,
};

/// The newest entries first, but the oldest first of those after one.
pub(super) fn list(world: &World, guild: &str, asked: &Recorded) -> Answer {
    may(world, guild, permission::VIEW_AUDIT_LOG, |community| {
        let filter = match Filter::read(asked) {
            Ok(filter) => filter,
            Err(name) => return no_snowflake(name, asked.parameter(name).unwrap_or_default()),
        };
        let log = world.audit();
        let entries = match filter.after {
            Some(_) => filter.pick(log.of(community.id)),
            None => filter.pick(log.of(community.id).rev()),
        };
        // Only the bot changes anything here.
        let users: Vec<_> = entries.iter().take(1).map(|_| user(&bot())).collect();
        let entries: Vec<_> = entries.into_iter().map(entry).collect();
        success(&json!({
            "application_commands": [],
            "audit_log_entries": entries,
            "auto_moderation_rules": [],
            "guild_scheduled_events": [],
            "integrations": [],
            "threads": [],
            "users": users,
            "webhooks": [],
        }))
    })
}

fn entry(entry: &AuditEntry) -> Value {
    let is_invite = entry.invite.is_some();
    let mut object = json!({
        "id": entry.id.to_string(),
        "action_type": entry.action,
        "user_id": entry.user_id.to_string(),
        // An invite has no id; its code is among the changes.
        "target_id": if is_invite { Value::Null } else { json!(entry.target) },
    });
    if let Some(reason) = &entry.reason {
        object["reason"] = json!(reason);
    }
    if let Some(invite) = &entry.invite {
        let value = if entry.action == AuditEntry::INVITE_DELETE {
            "old_value"
        } else {
            "new_value"
        };
        let changes = fields(invite).into_iter();
        object["changes"] = changes
            .map(|(key, field)| json!({ "key": key, value: field }))
            .collect();
    }
    object
}

fn fields(invite: &SampleInvite) -> [(&'static str, Value); 7] {
    [
        ("code", json!(invite.code)),
        ("channel_id", json!(invite.channel.id.to_string())),
        (
            "inviter_id",
            json!(invite.inviter_id().map(|id| id.to_string())),
        ),
        ("uses", json!(invite.uses)),
        ("max_uses", json!(invite.max_uses)),
        ("max_age", json!(invite.max_age)),
        ("temporary", json!(invite.temporary)),
    ]
}
