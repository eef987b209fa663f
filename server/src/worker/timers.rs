//! Looks again at shipments whose time has come: a proof that has not come in time is an exception without anybody saying so.

use crate::store::{StoreError, timers::TimerStore};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Shipments that are looked at in one transaction: a few milliseconds of the writer.
const STEP: u32 = 100;
/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks until told to stop.
pub async fn run(store: Arc<dyn TimerStore>, stop: CancellationToken) {
    loop {
        let pause = match store.look_again(STEP).await {
            // More is waiting: only let others in between.
            Ok(looked) if looked >= u64::from(STEP) => Duration::ZERO,
            Ok(_) | Err(StoreError::Busy) => PAUSE,
            Err(StoreError::Closed) => return,
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
