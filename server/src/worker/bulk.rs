//! Does what people started on many exceptions at once, step by step.

use crate::store::{
    StoreError,
    bulk::{BulkStore, Stepped},
};
use std::{ops::RangeInclusive, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// How long a step may keep the writer from others.
const STEP: Duration = Duration::from_millis(10);
/// Items of a step.
const ITEMS: RangeInclusive<u32> = 20..=2_000;
/// The pause between two looks when nothing is running; whoever starts a job says so.
const PAUSE: Duration = Duration::from_secs(1);

/// Works until told to stop.
pub async fn run(store: Arc<dyn BulkStore>, stop: CancellationToken) {
    let mut items = 100;
    loop {
        let pause = match store.step_bulk(items).await {
            Ok(Stepped::Idle) => PAUSE,
            Ok(Stepped::Tried(tried, took)) => {
                items = next(items, tried, took);
                // The writer says when the next step may run.
                Duration::ZERO
            }
            Err(StoreError::Busy) => STEP,
            Err(StoreError::Closed) => return,
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

/// As many items as fit into a step at the pace of the last one, half-way there.
fn next(items: u32, tried: u32, took: Duration) -> u32 {
    if tried == 0 {
        return items;
    }
    let fitting = STEP.as_micros() * u128::from(tried) / took.as_micros().max(1);
    let fitting = u32::try_from(fitting).unwrap_or(u32::MAX).min(*ITEMS.end());
    ((items + fitting) / 2).clamp(*ITEMS.start(), *ITEMS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_and_shrink_with_the_pace() {
        let settle = |of_one: Duration| (0..20).fold(100, |items, _| next(items, items, of_one * items));
        assert!((245..=250).contains(&settle(Duration::from_micros(40))), "{}", settle(Duration::from_micros(40)));
        assert_eq!(settle(Duration::from_millis(5)), *ITEMS.start());
        assert!(settle(Duration::from_nanos(10)) >= *ITEMS.end() - 1);
        assert_eq!(next(300, 0, STEP), 300, "nothing was learnt");
    }
}
