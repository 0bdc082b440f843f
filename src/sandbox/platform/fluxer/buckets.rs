//! The buckets that Fluxer counts calls in.

use super::super::{limits::Capacity, route::Call};

/// Bucket of a kind of call, as its headers tell it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    pub(super) capacity: Capacity,
    /// What the headers name it; the id in the path is no part of it.
    pub(super) hash: &'static str,
}

pub(super) const INVITES: Bucket = Bucket::new(40, 10, "a48c2a86428136c1");
const GUILD: Bucket = Bucket::new(100, 10, "9c7ba270b2ac4e71");
const CHANNELS: Bucket = Bucket::new(60, 10, "668bcb75babe0f52");
const ROLES: Bucket = Bucket::new(60, 10, "7fe75598ae43de5a");
/// Of one member, and of the search for members.
const MEMBERS: Bucket = Bucket::new(40, 10, "a7be5d8ff3134cf8");
const AUDIT_LOG: Bucket = Bucket::new(20, 10, "33dbf0e6fb3c2ef0");
const INVITES_DISABLED: Bucket = Bucket::new(20, 10, "b556587ebec49234");
const CHANNEL: Bucket = Bucket::new(100, 10, "ec7fc0615740eefc");
const CREATE: Bucket = Bucket::new(20, 60, "d6633d3569ca5347");
/// For each code, so in effect without a limit.
const REVOKE: Bucket = Bucket::new(20, 10, "1cff6183a55ed7ba");
const GATEWAY_BOT: Bucket = Bucket::new(60, 60, "f4196f01e6edbe58");
const SEND: Bucket = Bucket::new(20, 10, "147bdb3b2a76145f");
const MESSAGE: Bucket = Bucket::new(100, 10, "99dbecbefb1e51a5");
const EDIT: Bucket = Bucket::new(20, 10, "d9d87c42d81dffde");
/// All calls about reactions together.
const REACTIONS: Bucket = Bucket::new(30, 10, "a62688f612cd33b5");
const DIRECT: Bucket = Bucket::new(40, 10, "6346e4c58e578583");
const ME: Bucket = Bucket::new(40, 10, "92ae2a2fd62c331c");

impl Bucket {
    const fn new(limit: u32, seconds: u32, hash: &'static str) -> Self {
        Self {
            capacity: Capacity { limit, seconds },
            hash,
        }
    }

    /// The bucket of a call, and the key under which this one is counted; `None` for an unknown call.
    pub(super) fn of(call: &Call) -> Option<(Self, String)> {
        let (bucket, id) = match call {
            Call::Invites(guild) => (INVITES, guild.as_str()),
            Call::Guild(guild) => (GUILD, guild.as_str()),
            Call::Channels(guild) => (CHANNELS, guild.as_str()),
            Call::Roles(guild) => (ROLES, guild.as_str()),
            Call::Member { guild, .. } | Call::MembersSearch(guild) => (MEMBERS, guild.as_str()),
            Call::AuditLog(guild) => (AUDIT_LOG, guild.as_str()),
            Call::InvitesDisabled(guild) => (INVITES_DISABLED, guild.as_str()),
            Call::Channel(channel) => (CHANNEL, channel.as_str()),
            Call::Create { channel } => (CREATE, channel.as_str()),
            Call::Revoke { code } => (REVOKE, code.as_str()),
            Call::Send { channel } => (SEND, channel.as_str()),
            Call::Message { channel, .. } => (MESSAGE, channel.as_str()),
            Call::EditMessage { channel, .. } => (EDIT, channel.as_str()),
            Call::React { channel, .. } | Call::Unreact { channel, .. } => {
                (REACTIONS, channel.as_str())
            }
            Call::Direct => (DIRECT, ""),
            Call::Me => (ME, ""),
            Call::GatewayBot => (GATEWAY_BOT, ""),
            _ => return None,
        };
        Some((bucket, format!("{}:{id}", bucket.hash)))
    }
}
