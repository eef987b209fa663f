//! Does what people started on many exceptions at once, step by step.

use super::pace::Pace;
use crate::store::{
    StoreError,
    bulk::{BulkStore, Stepped},
};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The pause between two looks when nothing is running; whoever starts a job says so.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause when the writer's queue is full.
const BUSY: Duration = Duration::from_millis(20);

/// Works until told to stop.
pub async fn run(store: Arc<dyn BulkStore>, stop: CancellationToken) {
    let mut pace = Pace::default();
    loop {
        let pause = match store.step_bulk(pace.items()).await {
            Ok(Stepped::Idle) => PAUSE,
            Ok(Stepped::Tried(tried, took)) => {
                pace.learn(tried, took);
                // The writer says when the next step may run.
                Duration::ZERO
            }
            Err(StoreError::Busy) => BUSY,
            Err(StoreError::Closed | StoreError::Superseded) => return,
            Err(error) => {
                tracing::error!(error.message = %error, error.cause = ?error, "a bulk job could not go on; what was done stands");
                PAUSE * 10
            }
        };
        if pause.is_zero() && !stop.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            () = store.bulk_started() => {}
        }
    }
}
