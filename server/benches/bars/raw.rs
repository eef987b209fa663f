//! What SQLite itself can do with the same events on the same disk: the measure of bulk intake.

use crate::events::Set;
use serde_json::Value;
use sqlx::{
    ConnectOptions, Connection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::Path, time::Instant};

/// Events in one transaction.
const SLICE: usize = 500;

/// Inserts the events set-based, 500 a transaction, each synced; events each second. Everything but SQLite's own work is done
/// before the clock starts.
pub(crate) async fn insert(folder: &Path, set: &Set) -> anyhow::Result<f64> {
    let file = folder.join("raw.db");
    let mut connection = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await?;
    sqlx::query("CREATE TABLE events (seq INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL)")
        .execute(&mut connection)
        .await?;
    sqlx::query("CREATE UNIQUE INDEX events_by_key ON events (source, id)").execute(&mut connection).await?;

    let slices = set.lines.chunks(SLICE).map(rows).collect::<Result<Vec<_>, _>>()?;
    let begun = Instant::now();
    for rows in slices {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO events (source, id, body)
             SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true
             ON CONFLICT (source, id) DO NOTHING",
        )
        .bind(rows)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
    }
    let rate = set.lines.len() as f64 / begun.elapsed().as_secs_f64();
    connection.close().await?;
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("raw.db{ending}")));
    }
    Ok(rate)
}

/// `[source, id, line]` for each line, as JSON.
fn rows(lines: &[String]) -> serde_json::Result<String> {
    serde_json::to_string(&lines.iter().map(|line| key(line)).collect::<Vec<_>>())
}

/// Source, id and the line itself. A line that is no JSON is its own key.
pub(crate) fn key(line: &str) -> (String, String, String) {
    let event: Value = serde_json::from_str(line).unwrap_or_default();
    let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
    (text("source").unwrap_or_else(|| "?".into()), text("id").unwrap_or_else(|| line.to_owned()), line.to_owned())
}
