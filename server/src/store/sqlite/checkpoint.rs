//! Folding the log back into the file.

use crate::store::open::closed;
use sqlx::{Connection as _, SqliteConnection};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;

/// How often the log is folded back into the file.
const EVERY: Duration = Duration::from_millis(500);
/// Pages (of 4 KiB) after which the log is started over.
const LONG_LOG: i64 = 8192;

/// Folds the log back into the file while commits go on, and tells the writer when the log has grown long.
pub(in crate::store) async fn run(mut connection: SqliteConnection, mut closing: watch::Receiver<bool>, long: Arc<AtomicBool>) {
    loop {
        let last = tokio::time::timeout(EVERY, closed(&mut closing)).await.is_ok();
        // PASSIVE never waits for readers or the writer. Answers (busy, pages in the log, pages folded).
        match sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut connection).await {
            Ok((_, pages, _)) => long.store(pages > LONG_LOG, Ordering::Relaxed),
            Err(error) => tracing::warn!(error.message = %error, "a checkpoint failed; the log grows until the next one"),
        }
        if last {
            break;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(error.message = %error, "the checkpointer's connection did not close cleanly");
    }
}
