//! What the platform knows: guilds, accounts, commands, faults, and what was asked.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{broadcast, watch};

use super::{
    DISCORD_TOKEN, FLUXER_TOKEN, VERIFY_KEY,
    audit::AuditLog,
    chat::Chats,
    community::Community,
    deliver::Deliveries,
    discord::commands::Commands,
    fault::Faults,
    gateway::Hub,
    happening::{self, Happening},
    limits::Limits,
    record::Recorded,
    route::Call,
    sequence::Sequence,
};

/// State behind all connections.
#[derive(Debug)]
pub(super) struct World {
    address: SocketAddr,
    gateway: SocketAddr,
    guilds: Mutex<BTreeMap<u64, Community>>,
    accounts: Mutex<Accounts>,
    audit: Mutex<AuditLog>,
    chats: Mutex<Chats>,
    commands: Mutex<Commands>,
    faults: Mutex<Faults>,
    limits: Mutex<Limits>,
    requests: Mutex<Vec<Recorded>>,
    codes: Mutex<Sequence>,
    clock_offset: Mutex<SignedDuration>,
    pub(super) deliveries: Deliveries,
    pub(super) hub: Hub,
    pub(super) happenings: broadcast::Sender<Happening>,
    running: watch::Receiver<()>,
    ids: AtomicU64,
}

/// The bots that the platform knows.
#[derive(Clone, Debug)]
pub(super) struct Accounts {
    pub(super) fluxer_token: String,
    pub(super) discord_token: String,
    /// Public key of the Discord application.
    pub(super) verify_key: String,
}

impl Accounts {
    /// Whether this `Authorization` header is the Fluxer bot's.
    pub(super) fn is_fluxer_bot(&self, authorization: &str) -> bool {
        authorization.strip_prefix("Bot ") == Some(&self.fluxer_token)
    }

    /// Whether this `Authorization` header is the Discord bot's.
    pub(super) fn is_discord_bot(&self, authorization: &str) -> bool {
        authorization.strip_prefix("Bot ") == Some(&self.discord_token)
    }
}

impl World {
    /// A world without guilds that runs as long as the sender of `running` lives.
    pub(super) fn new(
        address: SocketAddr,
        gateway: SocketAddr,
        running: watch::Receiver<()>,
    ) -> Self {
        Self {
            address,
            gateway,
            guilds: Mutex::default(),
            accounts: Mutex::new(Accounts {
                fluxer_token: FLUXER_TOKEN.to_owned(),
                discord_token: DISCORD_TOKEN.to_owned(),
                verify_key: VERIFY_KEY.to_owned(),
            }),
            audit: Mutex::default(),
            chats: Mutex::default(),
            commands: Mutex::default(),
            faults: Mutex::default(),
            limits: Mutex::default(),
            requests: Mutex::default(),
            // Other numbers than those of the sample, so that a new code is not one that it has.
            codes: Mutex::new(Sequence(13)),
            clock_offset: Mutex::default(),
            deliveries: Deliveries::default(),
            hub: Hub::default(),
            happenings: broadcast::Sender::new(happening::UNSEEN_MAX),
            running,
            ids: AtomicU64::new(1),
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the gateway listens.
    pub(super) fn gateway_address(&self) -> SocketAddr {
        self.gateway
    }

    /// Scheme and authority of every URL here.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn guilds(&self) -> MutexGuard<'_, BTreeMap<u64, Community>> {
        hold(&self.guilds)
    }

    pub(super) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        hold(&self.accounts)
    }

    pub(super) fn audit(&self) -> MutexGuard<'_, AuditLog> {
        hold(&self.audit)
    }

    pub(super) fn chats(&self) -> MutexGuard<'_, Chats> {
        hold(&self.chats)
    }

    pub(super) fn limits(&self) -> MutexGuard<'_, Limits> {
        hold(&self.limits)
    }

    pub(super) fn commands(&self) -> MutexGuard<'_, Commands> {
        hold(&self.commands)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        hold(&self.faults)
    }

    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<Recorded>> {
        hold(&self.requests)
    }

    /// A code of this length that the sequence did not give before.
    pub(super) fn next_code(&self, len: usize) -> String {
        hold(&self.codes).code(len)
    }

    /// What time the platform takes it to be.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now() + self.clock_offset()
    }

    /// How far the platform's clock is ahead.
    pub(super) fn clock_offset(&self) -> SignedDuration {
        *hold(&self.clock_offset)
    }

    pub(super) fn set_clock_offset(&self, offset: SignedDuration) {
        *hold(&self.clock_offset) = offset;
    }

    /// The guild that a call is about: in its path, or by the channel or the code there.
    pub(super) fn guild_of(&self, call: &Call) -> Option<u64> {
        match call {
            Call::Channel(channel)
            | Call::Create { channel }
            | Call::Send { channel }
            | Call::Message { channel, .. }
            | Call::EditMessage { channel, .. }
            | Call::React { channel, .. }
            | Call::Unreact { channel, .. } => {
                let channel = channel.parse().ok()?;
                self.guild_of_channel(channel)
            }
            // A call that is repeated, since its answer was lost, is still about the same guild.
            Call::Revoke { code } => self
                .guild_of_code(code)
                .or_else(|| self.audit().guild_of_revoked(code)),
            call => call.guild(),
        }
    }

    /// The guild with this channel. Of several with the same, which no real platform has, the lowest id counts.
    pub(super) fn guild_of_channel(&self, channel: u64) -> Option<u64> {
        let guilds = self.guilds();
        let has = |guild: &&Community| guild.channels.iter().any(|one| one.id == channel);
        guilds.values().find(has).map(|guild| guild.id)
    }

    /// The guild with a live invite of this code. Of several with the same, the lowest id counts.
    pub(super) fn guild_of_code(&self, code: &str) -> Option<u64> {
        let guilds = self.guilds();
        let has = |guild: &&Community| guild.invite(code).is_some();
        guilds.values().find(has).map(|guild| guild.id)
    }

    /// A number that was not given out before.
    pub(super) fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until the platform is stopped.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut running = self.running.clone();
        async move {
            // Nothing is ever sent: the channel only ends.
            while running.changed().await.is_ok() {}
        }
    }
}

/// Locks, also after a panic elsewhere: each change here is one step, so nothing is left half done.
pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
