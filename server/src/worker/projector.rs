//! Keeps the cells close behind the measures: within a second of each commit.

use crate::store::projector::ProjectorStore;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Measures folded in one transaction: a few milliseconds of the writer.
const STEP: u32 = 2_000;
/// The pause between two looks; the readers add what is not folded yet, so this is no delay of any figure.
const PAUSE: Duration = Duration::from_millis(500);

/// Folds until told to stop.
pub async fn run(store: Arc<dyn ProjectorStore>, stop: CancellationToken) {
    loop {
        let pause = match store.fold(STEP).await {
            // More is waiting: only let others in between.
            Ok(folded) if folded == u64::from(STEP) => Duration::ZERO,
            Ok(_) => PAUSE,
            Err(crate::store::StoreError::Busy) => PAUSE,
            Err(crate::store::StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(error.message = %error, "measures could not be folded; figures are read from the tail meanwhile");
                PAUSE * 10
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
