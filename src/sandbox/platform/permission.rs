//! Permission numbers, the same on both platforms, and who has them here.
//!
//! A bot may do what the role of everyone and its own role allow together, so a client that reads
//! both finds exactly what the calls of this platform allow.

/// Make invites.
pub const CREATE_INVITE: u64 = 1 << 0;

/// Everything.
pub const ADMINISTRATOR: u64 = 1 << 3;

/// See and revoke the invites of channels.
pub const MANAGE_CHANNELS: u64 = 1 << 4;

/// See and revoke all invites, pause joining, search for members.
pub const MANAGE_GUILD: u64 = 1 << 5;

/// Put reactions below messages.
pub const ADD_REACTIONS: u64 = 1 << 6;

/// Read the audit log.
pub const VIEW_AUDIT_LOG: u64 = 1 << 7;

/// See channels.
pub const VIEW_CHANNEL: u64 = 1 << 10;

/// Write messages.
pub const SEND_MESSAGES: u64 = 1 << 11;

/// Take away what others wrote, and their reactions.
pub const MANAGE_MESSAGES: u64 = 1 << 13;

/// Put files beside messages.
pub const ATTACH_FILES: u64 = 1 << 15;

/// Read what was written before.
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;

/// Give roles, which an invite of Discord can do too.
pub const MANAGE_ROLES: u64 = 1 << 28;

/// What a bot has here unless a test says otherwise: the number that a real installation showed, and
/// the right to send files.
pub const OF_THE_BOT: u64 = 0x1_6cf1 | ATTACH_FILES;

/// What the role of everyone allows at most.
const OF_EVERYONE: u64 = VIEW_CHANNEL | SEND_MESSAGES | READ_MESSAGE_HISTORY;

/// Shares a bot's permissions out between the role of everyone and its own role, in this order.
pub(super) fn shared_out(permissions: u64) -> (u64, u64) {
    (permissions & OF_EVERYONE, permissions & !OF_EVERYONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_roles_together_are_what_the_bot_may_do() {
        for permissions in [0, OF_THE_BOT, ADMINISTRATOR, u64::MAX] {
            let (everyone, own) = shared_out(permissions);
            assert_eq!(everyone | own, permissions);
        }
    }

    #[test]
    fn the_bot_can_do_its_work() {
        let needed = CREATE_INVITE | MANAGE_CHANNELS | MANAGE_GUILD | VIEW_AUDIT_LOG;
        assert_eq!(OF_THE_BOT & needed, needed);
        assert_eq!(OF_THE_BOT & (ADMINISTRATOR | MANAGE_ROLES), 0);
    }
}
