use crate::{
    domain::{
        time::Instant,
        tries::{Bounds, Whom},
    },
    store::{StoreError, accounts::TriesStore},
};
use std::{sync::Arc, time::Duration};

/// Makes those who keep failing wait, at whichever process they try.
pub(super) struct Throttle {
    store: Arc<dyn TriesStore>,
    bounds: Bounds,
}

impl Throttle {
    pub(super) fn new(store: Arc<dyn TriesStore>, allowed: u32, longest: i64) -> Self {
        Self { store, bounds: Bounds { allowed, longest } }
    }

    /// Counts a try as failed before it is made; what speaks for them afterwards takes it back. The inner error is how long to wait.
    pub(super) async fn admit(&self, whom: Whom, now: Instant) -> Result<Result<(), Duration>, StoreError> {
        // Who has to wait costs no commit.
        if let Some(wait) = self.store.tries(&whom).await?.and_then(|tries| tries.wait(now)) {
            return Ok(Err(wait));
        }
        self.store.admit_try(whom, self.bounds, now).await
    }

    /// The try was good: nothing is held against them.
    pub(super) async fn succeeded(&self, whom: Whom) -> Result<(), StoreError> {
        self.store.forget_tries(whom).await
    }

    /// The try was good, but only this one is forgiven.
    pub(super) async fn forgive_one(&self, whom: Whom) -> Result<(), StoreError> {
        self.store.forgive_try(whom, self.bounds).await
    }
}
