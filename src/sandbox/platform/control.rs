//! How a test, or the sandbox, shapes and watches a running platform.

use std::time::Duration;

use jiff::SignedDuration;

use super::{
    AuditEntry, Community, Delivered, Fault, FaultCount, Recorded, SamplePlatform, Target,
};

impl SamplePlatform {
    /// Adds a guild, or puts it in the place of the one with the same id.
    pub fn add_guild(&self, community: Community) {
        self.world.guilds().insert(community.id, community);
    }

    /// The guild with this id as it is now.
    pub fn community(&self, guild_id: u64) -> Option<Community> {
        self.world.guilds().get(&guild_id).cloned()
    }

    /// Lets people in by an invite so many times.
    ///
    /// One that is used up vanishes, as on both platforms. Returns how often it was used by now, or `None` when
    /// there is no such invite.
    pub fn use_invite(&self, guild_id: u64, code: &str, times: u32) -> Option<u32> {
        let mut guilds = self.world.guilds();
        let invites = &mut guilds.get_mut(&guild_id)?.invites;
        let at = invites.iter().position(|invite| invite.code == code)?;
        let invite = &mut invites[at];
        invite.uses = invite.uses.saturating_add(times);
        let uses = invite.uses;
        if invite.max_uses > 0 && uses >= invite.max_uses {
            invites.remove(at);
        }
        Some(uses)
    }

    /// Everything that was changed in a guild through the calls of the platform, in the order it was done.
    pub fn audit_log(&self, guild_id: u64) -> Vec<AuditEntry> {
        self.world.audit().of(guild_id).cloned().collect()
    }

    /// The codes that were revoked in a guild, in the order it was done; one that was revoked twice stands twice.
    pub fn revoked(&self, guild_id: u64) -> Vec<String> {
        let log = self.world.audit();
        let revoked = log.of(guild_id);
        revoked
            .filter(|entry| entry.action == AuditEntry::INVITE_DELETE)
            .map(|entry| entry.target.clone())
            .collect()
    }

    /// Sets the token that the Fluxer calls want.
    pub fn set_fluxer_token(&self, token: &str) {
        token.clone_into(&mut self.world.accounts().fluxer_token);
    }

    /// Sets the token that the Discord calls want.
    pub fn set_discord_token(&self, token: &str) {
        token.clone_into(&mut self.world.accounts().discord_token);
    }

    /// Sets the public key that the Discord application tells.
    pub fn set_verify_key(&self, key: &str) {
        key.clone_into(&mut self.world.accounts().verify_key);
    }

    /// Sets the platform's clock so far ahead of the real one, or behind it.
    ///
    /// That is the `Date` of every answer, and the time at which things are made and pauses end.
    pub fn set_clock_offset(&self, ahead: SignedDuration) {
        self.world.set_clock_offset(ahead);
    }

    /// From now on requests are really counted, and what is too much is refused.
    ///
    /// Fluxer's limits are its own. Discord publishes none; here each kind of call fits five times in a second.
    /// On both, everything together fits 50 times in a second.
    pub fn enforce_limits(&self) {
        self.world.limits().enforce();
    }

    /// How many requests were too many so far.
    pub fn refused_by_limits(&self) -> usize {
        self.world.limits().refused()
    }

    /// From now on requests of `target` meet this fault, until the faults are cleared.
    ///
    /// Of several lasting faults of a request the latest counts.
    pub fn fault(&self, target: impl Into<Target>, fault: Fault) -> FaultCount {
        self.world.faults().set(target.into(), 0, None, fault)
    }

    /// The next `times` requests of `target` meet this fault.
    ///
    /// Counted faults come before lasting ones, and one after the other.
    pub fn fault_times(&self, target: impl Into<Target>, times: usize, fault: Fault) -> FaultCount {
        self.fault_after(target, 0, Some(times), fault)
    }

    /// The first `skip` requests of `target` go through; then `times` of them meet this fault, or with `None` all.
    pub fn fault_after(
        &self,
        target: impl Into<Target>,
        skip: usize,
        times: Option<usize>,
        fault: Fault,
    ) -> FaultCount {
        let target = target.into();
        self.world.faults().set(target, skip, times, fault)
    }

    /// Ends all faults for the requests to come; an answer that hangs goes on hanging.
    pub fn clear_faults(&self) {
        self.world.faults().clear();
    }

    /// Everything asked so far, in the order it came, requests that met a fault included.
    pub fn requests(&self) -> Vec<Recorded> {
        self.world.requests().clone()
    }

    /// How often `target` was asked so far.
    pub fn count(&self, target: impl Into<Target>) -> usize {
        let target = target.into();
        let requests = self.world.requests();
        requests.iter().filter(|request| request.is(target)).count()
    }

    /// Waits for the next message of this interaction token: an edit of the first answer, or a follow-up.
    ///
    /// Each message is handed out once, in the order they came; `None` when there is none `within` this time.
    pub async fn edit(&self, token: &str, within: Duration) -> Option<Delivered> {
        self.world.deliveries.next(token, within).await
    }

    /// All messages of this interaction token so far, handed out or not.
    pub fn delivered(&self, token: &str) -> Vec<Delivered> {
        self.world.deliveries.of(token)
    }
}
