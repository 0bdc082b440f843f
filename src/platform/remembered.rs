//! Lists that were read not long ago.
//!
//! Two memories of them: *recent* ones, good for a reply, which concurrent requests share, also
//! while they are being read; and *known* ones of any age, good for suggestions, which cannot
//! wait.
//!
//! A change makes the recent list old at once, also one that is being read right then, since
//! nobody can tell whether it was read before or after. The known one is changed along.

use std::{
    collections::{HashMap, HashSet},
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use gatehouse_commands::{Code, GuildRef, Invite, Listing, Pause, PlatformError, newest_first};
use moka::{future::Cache, ops::compute::Op};

use super::{KNOWN_LIFETIME, KNOWN_MAX_BYTES, LISTING_LIFETIME, LISTINGS_MAX_BYTES};
use crate::metrics::{ListFrom, Metrics};

/// Guilds in which something was changed that are told apart; one more, and the lists of all are
/// old.
const CHANGED_MAX: usize = 10_000;

/// Lists for suggestions that are read again at one time. The others stay as old as they are until
/// the next letter is typed.
const REFRESHES_MAX: usize = 32;

/// Lists that were read not long ago.
pub(super) struct Remembered {
    recent: Cache<(GuildRef, Epoch), Arc<Listing>>,
    known: Cache<GuildRef, Arc<Listing>>,
    epochs: Mutex<Epochs>,
    refreshed: Arc<Mutex<HashSet<GuildRef>>>,
    metrics: Metrics,
}

impl fmt::Debug for Remembered {
    /// Without the lists: they name people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").finish_non_exhaustive()
    }
}

/// A list for suggestions is being read again, until this is dropped.
#[derive(Debug)]
pub(super) struct Refreshing {
    guild: GuildRef,
    refreshed: Arc<Mutex<HashSet<GuildRef>>>,
}

impl Drop for Refreshing {
    fn drop(&mut self) {
        let mut refreshed = lock(&self.refreshed);
        refreshed.remove(&self.guild);
    }
}

/// The time in a guild between two changes, as far as they were made here.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Epoch(u64);

#[derive(Debug, Default)]
struct Epochs {
    latest: Epoch,
    /// That of every guild in which nothing was changed.
    unchanged: Epoch,
    changed: HashMap<GuildRef, Epoch>,
}

impl Epochs {
    fn of(&self, guild: GuildRef) -> Epoch {
        self.changed.get(&guild).copied().unwrap_or(self.unchanged)
    }

    /// Begins one that no guild has had yet.
    fn begin(&mut self, guild: GuildRef) {
        self.latest.0 += 1;
        if self.changed.len() >= CHANGED_MAX && !self.changed.contains_key(&guild) {
            self.changed.clear();
            self.unchanged = self.latest;
        } else {
            self.changed.insert(guild, self.latest);
        }
    }
}

/// A change that is under way. However it ends, and even if nobody waits for its end: what was
/// read until then is old.
#[derive(Debug)]
pub(super) struct Changing<'a> {
    remembered: &'a Remembered,
    guild: GuildRef,
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.remembered.epochs().begin(self.guild);
    }
}

impl Remembered {
    pub(super) fn new(metrics: Metrics) -> Self {
        let weigher = |listing: &Arc<Listing>| weight(listing);
        Self {
            recent: Cache::builder()
                .max_capacity(LISTINGS_MAX_BYTES)
                .weigher(move |_, listing| weigher(listing))
                .time_to_live(LISTING_LIFETIME)
                .build(),
            known: Cache::builder()
                .max_capacity(KNOWN_MAX_BYTES)
                .weigher(move |_, listing| weigher(listing))
                .time_to_idle(KNOWN_LIFETIME)
                .build(),
            epochs: Mutex::default(),
            refreshed: Arc::default(),
            metrics,
        }
    }

    /// The recent list, or the one that `read` gives. Whoever asks while it is being read waits
    /// for that one.
    pub(super) async fn recent(
        &self,
        guild: GuildRef,
        read: impl Future<Output = Result<Arc<Listing>, PlatformError>>,
    ) -> Result<Arc<Listing>, PlatformError> {
        let epoch = self.epoch(guild);
        let key = (guild, epoch);
        if let Some(listing) = self.recent.get(&key).await {
            self.metrics.listed(ListFrom::Hit);
            return Ok(listing);
        }
        let is_asked = AtomicBool::new(false);
        let read = async {
            is_asked.store(true, Ordering::Relaxed);
            let listing = read.await?;
            if self.epoch(guild) == epoch {
                self.known.insert(guild, Arc::clone(&listing)).await;
            }
            Ok(listing)
        };
        let listing = self.recent.try_get_with(key, read).await;
        self.metrics.listed(if is_asked.into_inner() {
            ListFrom::Miss
        } else {
            ListFrom::Shared
        });
        listing.map_err(|error| PlatformError::clone(&error))
    }

    pub(super) fn has_recent(&self, guild: GuildRef) -> bool {
        self.recent.contains_key(&(guild, self.epoch(guild)))
    }

    pub(super) async fn forget_recent(&self, guild: GuildRef) {
        let key = (guild, self.epoch(guild));
        self.recent.invalidate(&key).await;
    }

    /// The list of any age.
    pub(super) async fn known(&self, guild: GuildRef) -> Option<Arc<Listing>> {
        self.known.get(&guild).await
    }

    pub(super) async fn forget_known(&self, guild: GuildRef) {
        self.known.invalidate(&guild).await;
    }

    /// To be kept while the list for suggestions is read again; `None` = it is being read already, or
    /// too many are.
    pub(super) fn refreshing(&self, guild: GuildRef) -> Option<Refreshing> {
        let mut refreshed = lock(&self.refreshed);
        if refreshed.len() >= REFRESHES_MAX || !refreshed.insert(guild) {
            return None;
        }
        Some(Refreshing {
            guild,
            refreshed: Arc::clone(&self.refreshed),
        })
    }

    /// Forgets what is over, which else happens when somebody asks for something.
    pub(super) async fn tidy(&self) {
        self.recent.run_pending_tasks().await;
        self.known.run_pending_tasks().await;
    }

    /// To be kept while something is changed in the guild.
    pub(super) fn changing(&self, guild: GuildRef) -> Changing<'_> {
        Changing {
            remembered: self,
            guild,
        }
    }

    /// An invite is no more.
    pub(super) async fn ended(&self, guild: GuildRef, code: &Code) {
        self.change(guild, |listing| {
            listing.invites.retain(|invite| invite.code != *code);
        })
        .await;
    }

    /// There is a new invite.
    pub(super) async fn created(&self, guild: GuildRef, invite: &Invite) {
        self.change(guild, |listing| {
            listing.invites.insert(0, invite.clone());
            newest_first(&mut listing.invites);
        })
        .await;
    }

    /// Joining was paused or goes on.
    pub(super) async fn paused(&self, guild: GuildRef, pause: Option<Pause>) {
        self.change(guild, |listing| {
            if let Some(overview) = &mut listing.overview {
                overview.pause = pause;
            }
        })
        .await;
    }

    /// Changes the known list. One that was read in between holds the change already, or is read
    /// again soon.
    async fn change(&self, guild: GuildRef, change: impl FnOnce(&mut Listing)) {
        let changed = self.known.entry(guild).and_compute_with(async |known| {
            let Some(known) = known else { return Op::Nop };
            let mut listing = Listing::clone(known.value());
            change(&mut listing);
            Op::Put(Arc::new(listing))
        });
        changed.await;
    }

    fn epoch(&self, guild: GuildRef) -> Epoch {
        self.epochs().of(guild)
    }

    fn epochs(&self) -> MutexGuard<'_, Epochs> {
        lock(&self.epochs)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code between lock and unlock can panic half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// About what a list takes in memory, in bytes. What invites share is split between them.
fn weight(listing: &Listing) -> u32 {
    let bytes: usize = listing.invites.iter().map(invite_weight).sum();
    u32::try_from(mem::size_of::<Listing>() + bytes).unwrap_or(u32::MAX)
}

fn invite_weight(invite: &Invite) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let inviter = invite.inviter.as_ref().map_or(0, |who| {
        let names = who.username.len() + text(&who.display_name) + text(&who.discriminator);
        (mem::size_of_val(&**who) + names) / Arc::strong_count(who)
    });
    let channel = invite.channel.as_ref().map_or(0, |channel| {
        (mem::size_of_val(&**channel) + text(&channel.name)) / Arc::strong_count(channel)
    });
    let extras = invite.extras.as_ref().map_or(0, |extras| {
        let roles: usize = extras.roles.iter().map(String::len).sum();
        mem::size_of_val(&**extras) + roles + text(&extras.event)
    });
    mem::size_of::<Invite>() + invite.code.as_str().len() + inviter + channel + extras
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use gatehouse_commands::{Overview, Vanity};
    use jiff::Timestamp;
    use tokio::sync::Notify;

    use super::*;

    fn guild(id: u64) -> GuildRef {
        format!("fluxer:{id}").parse().unwrap()
    }

    fn invite(code: &str) -> Invite {
        Invite {
            code: Code::new(code).unwrap(),
            channel: None,
            inviter: None,
            expires_at: None,
            usage: None,
            extras: None,
        }
    }

    fn listing(codes: &[&str]) -> Arc<Listing> {
        Arc::new(Listing {
            invites: codes.iter().map(|code| invite(code)).collect(),
            overview: Some(Overview {
                name: "Guild".to_owned(),
                pause: None,
                vanity: Vanity::None,
            }),
            unreadable: 0,
            link_base: None,
            read_at: Timestamp::UNIX_EPOCH,
        })
    }

    async fn read(remembered: &Remembered, codes: &[&str]) -> usize {
        let given = async { Ok(listing(codes)) };
        let recent = remembered.recent(guild(1), given).await.unwrap();
        recent.invites.len()
    }

    async fn known(remembered: &Remembered) -> Vec<String> {
        let known = remembered.known(guild(1)).await.unwrap();
        let codes = known.invites.iter().map(|invite| invite.code.as_str());
        codes.map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn a_list_is_read_again_after_a_change_and_not_before() {
        let remembered = Remembered::new(Metrics::new());
        assert_eq!(read(&remembered, &["a", "b"]).await, 2);
        assert_eq!(read(&remembered, &["a"]).await, 2);
        drop(remembered.changing(guild(2)));
        assert_eq!(read(&remembered, &["a"]).await, 2);
        drop(remembered.changing(guild(1)));
        assert!(!remembered.has_recent(guild(1)));
        assert_eq!(read(&remembered, &["a"]).await, 1);
    }

    #[tokio::test]
    async fn a_list_that_is_being_read_during_a_change_is_nobody_elses() {
        let remembered = Remembered::new(Metrics::new());
        let (began, go_on) = (Notify::new(), Notify::new());
        let before = remembered.recent(guild(1), async {
            began.notify_one();
            go_on.notified().await;
            Ok(listing(&["a", "b"]))
        });
        let after = async {
            began.notified().await;
            drop(remembered.changing(guild(1)));
            let after = read(&remembered, &["a"]).await;
            go_on.notify_one();
            after
        };
        let (before, after) = tokio::join!(before, after);
        assert_eq!((before.unwrap().invites.len(), after), (2, 1));
        assert_eq!(known(&remembered).await, ["a"]);
        assert_eq!(read(&remembered, &[]).await, 1);
    }

    #[tokio::test]
    async fn concurrent_requests_share_one_call() {
        let remembered = Remembered::new(Metrics::new());
        let calls = AtomicU32::new(0);
        let ask = || {
            remembered.recent(guild(1), async {
                calls.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(listing(&["a"]))
            })
        };
        let (first, second) = tokio::join!(ask(), ask());
        assert_eq!(first.unwrap().invites.len(), second.unwrap().invites.len());
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_is_known_is_changed_along() {
        let remembered = Remembered::new(Metrics::new());
        remembered.ended(guild(1), &Code::new("a").unwrap()).await;
        assert!(remembered.known(guild(1)).await.is_none());
        read(&remembered, &["a", "b"]).await;
        remembered.ended(guild(1), &Code::new("a").unwrap()).await;
        assert_eq!(known(&remembered).await, ["b"]);
        remembered.created(guild(1), &invite("c")).await;
        assert_eq!(known(&remembered).await.len(), 2);
        let pause = Some(Pause { until: None });
        remembered.paused(guild(1), pause).await;
        let known = remembered.known(guild(1)).await.unwrap();
        assert_eq!(known.overview.as_ref().unwrap().pause, pause);
    }

    #[tokio::test]
    async fn a_list_is_read_again_once_at_a_time_and_not_too_many_are() {
        let remembered = Remembered::new(Metrics::new());
        let most = u64::try_from(REFRESHES_MAX).unwrap();
        let mut all: Vec<_> = (1..=most)
            .map(|id| remembered.refreshing(guild(id)).unwrap())
            .collect();
        assert!(remembered.refreshing(guild(most + 1)).is_none());
        all.pop();
        assert!(
            remembered.refreshing(guild(1)).is_none(),
            "it is being read"
        );
        assert!(remembered.refreshing(guild(most + 1)).is_some());
    }

    #[test]
    fn no_epoch_comes_again() {
        let mut epochs = Epochs::default();
        let mut seen = vec![epochs.of(guild(1))];
        for id in 1..=u64::try_from(CHANGED_MAX).unwrap() {
            epochs.begin(guild(id));
        }
        seen.push(epochs.of(guild(1)));
        epochs.begin(guild(u64::MAX));
        seen.push(epochs.of(guild(1)));
        epochs.begin(guild(1));
        seen.push(epochs.of(guild(1)));
        assert!(seen.is_sorted_by(|one, next| one.0 < next.0), "{seen:?}");
    }
}
