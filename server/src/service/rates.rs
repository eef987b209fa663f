//! What a key asks for at all processes together: each takes portions of the key's second, and gives them out.

use crate::{
    domain::ids::ApiKeyId,
    store::{StoreError, accounts::RateStore},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// What was taken and not given out by then is let go. Who finds none left comes again after so long.
const HOLDS: Duration = Duration::from_secs(1);
/// How long the database may take to count.
const PATIENCE: Duration = Duration::from_secs(1);
/// At most this part of a second's requests is taken at once.
const PART: u32 = 20;

/// The portions of this process, by key.
pub struct Shares {
    store: Arc<dyn RateStore>,
    taken: Mutex<HashMap<ApiKeyId, Arc<tokio::sync::Mutex<Taken>>>>,
}

/// What was taken of a key's second.
struct Taken {
    left: u32,
    portion: u32,
    at: Instant,
}

impl Shares {
    /// Over this store.
    pub fn new(store: Arc<dyn RateStore>) -> Self {
        Self { store, taken: Mutex::default() }
    }

    /// Takes one request of so many a second; the error is how long to wait.
    pub async fn take(&self, key: &ApiKeyId, per_second: u32) -> Result<(), Duration> {
        let taken = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let nothing = || Arc::new(tokio::sync::Mutex::new(Taken { left: 0, portion: 0, at: Instant::now() }));
            Arc::clone(taken.entry(key.clone()).or_insert_with(nothing))
        };
        let mut taken = taken.lock().await;
        if taken.left > 0 && taken.at.elapsed() <= HOLDS {
            taken.left -= 1;
            return Ok(());
        }
        let portion = taken.next(per_second);
        let asked = tokio::time::timeout(PATIENCE, self.store.take_requests(key, portion, per_second));
        match asked.await.unwrap_or(Err(StoreError::Unavailable)) {
            Ok(true) => {
                *taken = Taken { left: portion - 1, portion, at: Instant::now() };
                Ok(())
            }
            Ok(false) => {
                // A smaller portion is free sooner.
                taken.portion = portion / 4;
                Err(HOLDS)
            }
            // Who counts is away; for a while this process's own limit holds.
            Err(_) => {
                *taken = Taken { left: per_second, portion, at: Instant::now() };
                Ok(())
            }
        }
    }
}

impl Taken {
    /// The next portion: more as long as all is given out in its time, less if not.
    fn next(&self, per_second: u32) -> u32 {
        let portion = if self.at.elapsed() > HOLDS { self.portion / 2 } else { self.portion.saturating_mul(2) };
        portion.clamp(1, (per_second / PART).max(1))
    }
}
