//! Keeps what figures are read from close behind what is measured: within a second of each commit. Measures old shipments too.

use crate::store::{StoreError, figures::FoldStore};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Commits folded in one transaction each: the more there is to fold, the more falls into the same weeks.
const STEPS: [u32; 2] = [2_000, 6_000];
/// Old shipments measured in one transaction.
const OLD: u32 = 100;
/// The pause between two looks; the readers add what is not folded yet, so this is no delay of any figure.
const PAUSE: Duration = Duration::from_millis(250);

/// Folds until told to stop.
pub async fn run(store: Arc<dyn FoldStore>, stop: CancellationToken) {
    let [usual, behind] = STEPS;
    let mut step = usual;
    loop {
        let pause = match turn(&*store, step).await {
            // More is waiting: only let others in between.
            Ok((folded, _)) if folded == u64::from(step) => {
                step = behind;
                Duration::ZERO
            }
            Ok((_, measured)) => {
                step = usual;
                if measured > 0 { Duration::ZERO } else { PAUSE }
            }
            Err(StoreError::Busy) => PAUSE,
            Err(StoreError::Closed | StoreError::Superseded) => return,
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

/// How much was folded, and at how many old shipments was looked.
async fn turn(store: &dyn FoldStore, step: u32) -> Result<(u64, u64), StoreError> {
    let folded = store.fold_measures(step).await?;
    Ok((folded, store.measure_old(OLD).await?))
}
