//! What the platform knows: guilds, accounts, commands, faults, and what was asked.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::watch;

use super::{
    APPLICATION_ID, DISCORD_TOKEN, FLUXER_TOKEN, VERIFY_KEY, community::Community,
    deliver::Deliveries, discord::commands::Commands, fault::Faults, record::Recorded,
};

/// State behind all connections.
#[derive(Debug)]
pub(super) struct World {
    address: SocketAddr,
    guilds: Mutex<BTreeMap<u64, Community>>,
    accounts: Mutex<Accounts>,
    commands: Mutex<Commands>,
    faults: Mutex<Faults>,
    requests: Mutex<Vec<Recorded>>,
    pub(super) deliveries: Deliveries,
    running: watch::Receiver<()>,
    ids: AtomicU64,
}

/// The bots that the platform knows.
#[derive(Clone, Debug)]
pub(super) struct Accounts {
    pub(super) fluxer_token: String,
    pub(super) discord_token: String,
    pub(super) application_id: u64,
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
    pub(super) fn new(address: SocketAddr, running: watch::Receiver<()>) -> Self {
        Self {
            address,
            guilds: Mutex::default(),
            accounts: Mutex::new(Accounts {
                fluxer_token: FLUXER_TOKEN.to_owned(),
                discord_token: DISCORD_TOKEN.to_owned(),
                application_id: APPLICATION_ID,
                verify_key: VERIFY_KEY.to_owned(),
            }),
            commands: Mutex::default(),
            faults: Mutex::default(),
            requests: Mutex::default(),
            deliveries: Deliveries::default(),
            running,
            ids: AtomicU64::new(1),
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
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

    pub(super) fn commands(&self) -> MutexGuard<'_, Commands> {
        hold(&self.commands)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        hold(&self.faults)
    }

    pub(super) fn requests(&self) -> MutexGuard<'_, Vec<Recorded>> {
        hold(&self.requests)
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
