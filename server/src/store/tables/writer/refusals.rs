//! What could not be written last: a probe has to write as much before the store may say again that it can write. A row more goes on a
//! disk on which an event does not.

use crate::store::StoreError;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// What a transaction of one event writes, with its indexes, generously.
const BYTES: usize = 256 << 10;
/// What each further event adds.
const BYTES_PER_EVENT: usize = 4 << 10;
/// No probe writes more.
const MOST: usize = 4 << 20;

/// Clones share it.
#[derive(Debug, Clone, Default)]
pub(in crate::store::tables) struct Refusals(Arc<AtomicUsize>);

impl Refusals {
    /// The database failed a transaction of so many events.
    pub(super) fn add(&self, error: &StoreError, events: usize) {
        if matches!(error, StoreError::Database(_) | StoreError::Away(_)) {
            self.0.fetch_max(MOST.min(BYTES + events.saturating_mul(BYTES_PER_EVENT)), Ordering::Relaxed);
        }
    }

    /// How much a probe has to write; 0: nothing was refused.
    pub(in crate::store::tables) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// So much was written, and nothing more was refused meanwhile.
    pub(in crate::store::tables) fn are_over(&self, bytes: usize) {
        let _ = self.0.compare_exchange(bytes, 0, Ordering::Relaxed, Ordering::Relaxed);
    }
}
