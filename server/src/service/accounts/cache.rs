use crate::domain::time::Instant;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{PoisonError, RwLock},
};

/// How long an answer of the store holds. What any process takes back ends at once, as soon as the others hear of it; where nobody
/// tells (the command line beside an embedded database, a lost connection) it ends within this time.
pub(super) const HOLDS: i64 = 3 * Instant::SECOND;

/// Beyond this the cache begins anew rather than grow.
const MOST: usize = 10_000;

/// Answers of the store for a few seconds, so that a busy key is not looked up for each of its events.
pub(super) struct Cache<K, V> {
    held: RwLock<HashMap<K, (V, Instant, u64)>>,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self { held: RwLock::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// What is held, if nothing was taken back since `rights`.
    pub(super) fn get(&self, key: &K, now: Instant, rights: u64) -> Option<V> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(key).filter(|(_, until, of)| now < *until && *of == rights).map(|(value, ..)| value.clone())
    }

    /// Holds what was read after `rights` was asked for.
    pub(super) fn put(&self, key: K, value: V, now: Instant, rights: u64) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.clear();
        }
        held.insert(key, (value, now.plus(HOLDS), rights));
    }

    /// Forgets everything: rights have changed, and that is rare.
    pub(super) fn clear(&self) {
        self.held.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
