//! Moves bodies of old events into archives, once a day: of work that is over, and no sooner than is configured.

use crate::{
    service::archives::Archives,
    store::{
        StoreError,
        archive::{ArchiveStore, Retention, Step},
    },
};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The pause between two passes: months are counted, not seconds.
const PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// The pause after a pass that failed.
const AGAIN: Duration = Duration::from_secs(10 * 60);
/// The pause when the writer's queue is full.
const BUSY: Duration = Duration::from_secs(1);

/// Works until told to stop; tells how it goes.
pub async fn run(store: Arc<dyn ArchiveStore>, terms: Retention, told: Arc<Archives>, stop: CancellationToken) {
    work(store, terms, &told, stop).await;
    told.moves(true);
}

async fn work(store: Arc<dyn ArchiveStore>, terms: Retention, told: &Archives, stop: CancellationToken) {
    let mut after = 0;
    loop {
        let pause = match store.archive(&terms, after).await {
            Ok(Step::More(seq)) => {
                after = seq;
                // The writer says when the next step may run.
                Duration::ZERO
            }
            Ok(Step::Done) => {
                after = 0;
                told.moves(true);
                PAUSE
            }
            Err(StoreError::Busy) => BUSY,
            Err(StoreError::Closed | StoreError::Superseded) => return,
            Err(error) => {
                tracing::error!(error.message = %error, error.cause = ?error, "bodies could not be archived; they stay where they are");
                told.moves(false);
                // It may be that there is less in archives than was thought.
                after = 0;
                AGAIN
            }
        };
        if pause.is_zero() && !stop.is_cancelled() {
            continue;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
