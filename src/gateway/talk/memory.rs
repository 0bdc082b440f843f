//! What is remembered for a while, and never more of it than there is room for.
//!
//! Two generations: what is new goes into the younger one; when that is full, or has lasted for a
//! lifetime, the older one is forgotten whole. So at least the later half of what there is room for
//! is remembered, and forgetting takes no look at each.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Values by their keys. Clones share them.
pub(super) struct Memory<K, V> {
    most: usize,
    lifetime: Duration,
    generations: Arc<Mutex<Generations<K, V>>>,
}

struct Generations<K, V> {
    young: HashMap<K, Kept<V>>,
    old: HashMap<K, Kept<V>>,
    begun: Instant,
}

#[derive(Clone)]
struct Kept<V> {
    value: V,
    until: Instant,
}

impl<K, V> Clone for Memory<K, V> {
    fn clone(&self) -> Self {
        Self {
            most: self.most,
            lifetime: self.lifetime,
            generations: Arc::clone(&self.generations),
        }
    }
}

impl<K, V> fmt::Debug for Memory<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("most", &self.most)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    /// Room for `most` values, each for this long.
    pub(super) fn new(most: usize, lifetime: Duration) -> Self {
        Self {
            most,
            lifetime,
            generations: Arc::new(Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
                begun: Instant::now(),
            })),
        }
    }

    /// The value, if it is remembered.
    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.lock().get(key)
    }

    /// Whether there is a value.
    pub(super) fn knows(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Remembers a value, in place of an earlier one.
    pub(super) fn insert(&self, key: K, value: V) {
        self.keep(&mut self.lock(), key, value);
    }

    /// Remembers a value, and says whether there was none.
    pub(super) fn is_new(&self, key: K, value: V) -> bool {
        let mut generations = self.lock();
        let is_new = generations.get(&key).is_none();
        if is_new {
            self.keep(&mut generations, key, value);
        }
        is_new
    }

    /// The value, or the one that is made now, which is remembered.
    pub(super) fn get_or(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut generations = self.lock();
        generations.get(&key).unwrap_or_else(|| {
            let value = make();
            self.keep(&mut generations, key, value.clone());
            value
        })
    }

    /// The value, or the one that is made now; remembered from now on for another lifetime.
    pub(super) fn renewed(&self, key: K, make: impl FnOnce() -> V) -> V {
        let mut generations = self.lock();
        let value = generations.get(&key).unwrap_or_else(make);
        self.keep(&mut generations, key, value.clone());
        value
    }

    /// Remembers it no longer.
    pub(super) fn forget(&self, key: &K) {
        let mut generations = self.lock();
        generations.young.remove(key);
        generations.old.remove(key);
    }

    fn keep(&self, generations: &mut Generations<K, V>, key: K, value: V) {
        let now = Instant::now();
        let is_full = generations.young.len() >= self.most / 2;
        if is_full || now.duration_since(generations.begun) >= self.lifetime {
            generations.old = mem::take(&mut generations.young);
            generations.begun = now;
        }
        let until = now + self.lifetime;
        generations.young.insert(key, Kept { value, until });
    }

    fn lock(&self) -> MutexGuard<'_, Generations<K, V>> {
        // No code between lock and unlock can panic half-way through a change.
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V: Clone> Generations<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        let kept = self.young.get(key).or_else(|| self.old.get(key))?;
        (Instant::now() < kept.until).then(|| kept.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_value_is_remembered_for_its_lifetime() {
        let memory = Memory::new(100, LIFETIME);
        memory.insert("one", 1);
        tokio::time::advance(LIFETIME.saturating_sub(Duration::from_millis(1))).await;
        assert_eq!(memory.get(&"one"), Some(1));
        assert!(!memory.is_new("one", 2));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(memory.get(&"one"), None);
        assert!(memory.is_new("one", 2));
        assert_eq!(memory.get_or("one", || 3), 2);
        memory.forget(&"one");
        assert!(!memory.knows(&"one"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_used_is_remembered_for_longer() {
        let memory = Memory::new(100, LIFETIME);
        for _ in 0..5 {
            assert_eq!(memory.renewed("one", || 1), 1);
            tokio::time::advance(LIFETIME / 2).await;
        }
        assert_eq!(memory.renewed("one", || 2), 1);
        tokio::time::advance(LIFETIME).await;
        assert_eq!(memory.renewed("one", || 2), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_room_for_so_many_and_not_one_more() {
        const MOST: usize = 100;
        let memory = Memory::new(MOST, LIFETIME);
        for number in 0..10 * MOST {
            memory.insert(number, ());
            let generations = memory.lock();
            let kept = generations.young.len() + generations.old.len();
            assert!(kept <= MOST, "{kept}");
        }
        let last_half = 10 * MOST - MOST / 2..10 * MOST;
        assert!(last_half.clone().all(|number| memory.knows(&number)));
        assert!(!memory.knows(&0));
    }
}
