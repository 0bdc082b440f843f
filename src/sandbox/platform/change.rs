//! What calls change, in the same way on both platforms, and the entries that it leaves in the audit log.

use jiff::Timestamp;

use super::{
    audit::AuditEntry,
    community::{Community, Pause},
    invite::{SampleChannel, SampleInvite, SampleInviter},
    member::SampleUser,
    snowflake,
    world::World,
};

/// Who changes something, and why.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) bot: SampleUser,
    /// As the asked platform keeps it.
    pub(super) reason: Option<String>,
}

/// An invite that is to be made.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) channel: SampleChannel,
    pub(super) max_age: u32,
    pub(super) max_uses: u32,
    pub(super) temporary: bool,
    /// Whether one that is already there will not do.
    pub(super) unique: bool,
    pub(super) roles: Vec<(u64, String)>,
    /// Length of a new code.
    pub(super) code_len: usize,
}

impl Wish {
    /// Whether this invite is what its maker wants.
    fn is_met_by(&self, invite: &SampleInvite, maker: u64) -> bool {
        !self.unique
            && invite.inviter_id() == Some(maker)
            && invite.channel.id == self.channel.id
            && invite.max_age == self.max_age
            && invite.max_uses == self.max_uses
            && invite.temporary == self.temporary
            && invite.roles == self.roles
            && invite.event.is_none()
    }
}

/// Makes an invite, or finds the one that will do; `None` when the guild has as many as it can have.
pub(super) fn create(
    world: &World,
    community: &mut Community,
    wish: Wish,
    actor: Actor,
) -> Option<SampleInvite> {
    let maker = actor.bot.id;
    let mut known = community.invites.iter();
    if let Some(known) = known.find(|one| wish.is_met_by(one, maker)) {
        return Some(known.clone());
    }
    if community.invites.len() >= community.max_invites {
        return None;
    }
    let code = loop {
        let code = world.next_code(wish.code_len);
        if community.invite(&code).is_none() {
            break code;
        }
    };
    let now = world.now();
    // Answers hold milliseconds, so its end must follow from no more than these.
    let made = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
    let invite = SampleInvite {
        channel: wish.channel,
        inviter: SampleInviter::Known(actor.bot.clone()),
        max_age: wish.max_age,
        max_uses: wish.max_uses,
        temporary: wish.temporary,
        roles: wish.roles,
        ..SampleInvite::new(&code, made)
    };
    community.invites.push(invite.clone());
    let entry = AuditEntry {
        invite: Some(invite.clone()),
        ..entry(world, AuditEntry::INVITE_CREATE, code, actor)
    };
    world.audit().add(community.id, entry);
    Some(invite)
}

/// Ends an invite.
pub(super) fn revoke(
    world: &World,
    community: &mut Community,
    code: &str,
    actor: Actor,
) -> Option<SampleInvite> {
    let at = community.invites.iter().position(|one| one.code == code)?;
    let invite = community.invites.remove(at);
    let entry = AuditEntry {
        invite: Some(invite.clone()),
        ..entry(world, AuditEntry::INVITE_DELETE, code.to_owned(), actor)
    };
    world.audit().add(community.id, entry);
    Some(invite)
}

/// Pauses joining or lets people in again. What was so before leaves no entry.
pub(super) fn pause(world: &World, community: &mut Community, pause: Pause, actor: Actor) {
    let before = std::mem::replace(&mut community.pause, pause);
    if before == pause {
        return;
    }
    let entry = AuditEntry {
        paused: Some(pause != Pause::default()),
        ..entry(
            world,
            AuditEntry::GUILD_UPDATE,
            community.id.to_string(),
            actor,
        )
    };
    world.audit().add(community.id, entry);
}

fn entry(world: &World, action: u32, target: String, actor: Actor) -> AuditEntry {
    let at = world.now();
    AuditEntry {
        id: snowflake::at(at, world.next_id()),
        action,
        target,
        reason: actor.reason,
        user_id: actor.bot.id,
        at,
        invite: None,
        paused: None,
    }
}
