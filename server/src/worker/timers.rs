//! Looks again at shipments whose time has come: a proof that has not come in time is an exception without anybody saying so.

use super::pace::Pace;
use crate::store::{StoreError, timers::TimerStore};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks until told to stop.
pub async fn run(store: Arc<dyn TimerStore>, stop: CancellationToken) {
    let mut pace = Pace::default();
    loop {
        let limit = pace.items();
        let pause = match store.look_again_timed(limit).await {
            // More is waiting; the writer lets others in between.
            Ok((looked, took)) if looked >= u64::from(limit) => {
                pace.learn(limit, took);
                Duration::ZERO
            }
            Ok(_) | Err(StoreError::Busy) => PAUSE,
            Err(StoreError::Closed | StoreError::Superseded) => return,
            Err(error) => {
                tracing::error!(error.message = %error, error.cause = ?error, "shipments could not be looked at again; they stay due");
                PAUSE * 10
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
