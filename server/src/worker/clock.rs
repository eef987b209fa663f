//! Keeps this process's clock with the database's: where several processes write, one clock has to count.

use crate::store::{StoreError, leases::LeaseStore};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(10);

/// Looks until told to stop.
pub async fn run(store: Arc<dyn LeaseStore>, stop: CancellationToken) {
    loop {
        match store.set_clock().await {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => tracing::debug!(error.message = %error, "the database's time could not be asked for"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
