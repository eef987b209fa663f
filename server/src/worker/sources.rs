//! Looks after sources that are expected to speak: a silent one is an exception without anybody saying so.

use crate::store::{StoreError, sources::SourceStore};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The pause between two looks: a cadence is told in hours.
const PAUSE: Duration = Duration::from_secs(15);

/// Looks until told to stop.
pub async fn run(store: Arc<dyn SourceStore>, stop: CancellationToken) {
    loop {
        match store.watch_sources().await {
            Ok(_) | Err(StoreError::Busy) => {}
            Err(StoreError::Closed | StoreError::Superseded) => return,
            Err(error) => {
                tracing::error!(error.message = %error, error.cause = ?error, "silent sources could not be looked for");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
