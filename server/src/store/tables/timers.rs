//! Looking again at shipments, in SQLite. What is due is found beside the writer, which then judges by what it knows.

use super::{Database, intake, intake::rows::corrupt};
use crate::{
    domain::{access::Environment, receipt::Lane},
    store::{
        StoreError,
        sources::SourceStore,
        sql::{self, Connection, params, query_as},
        timers::TimerStore,
    },
};
use async_trait::async_trait;
use std::time::Duration;

/// A part of a sweep: the shipments after a place in the table.
struct Sweep {
    environment: String,
    version: i64,
    after: i64,
    /// Where it has come then; none: to the end.
    to: Option<i64>,
}

#[async_trait]
impl TimerStore for Database {
    async fn look_again_timed(&self, limit: u32) -> Result<(u64, Duration), StoreError> {
        let now = self.writer.now();
        let mut transaction = self.read.begin().await?;
        // Commit times do not run backwards, also when the clock was set back.
        let last: Option<(i64,)> =
            query_as("SELECT known_at FROM events ORDER BY seq DESC LIMIT 1").fetch_optional(&mut transaction).await?;
        let mut found: Vec<(String, String)> = query_as(
            "SELECT environment, reference FROM shipments INDEXED BY shipments_due WHERE next_at <= $1 ORDER BY next_at LIMIT $2",
        )
        .bind(last.map_or(now.0, |(known_at,)| known_at.max(now.0)))
        .bind(limit)
        .fetch_all(&mut transaction)
        .await?;
        let free = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(limit));
        let sweep = if free > 0 { sweep(&mut transaction, free, &mut found).await? } else { None };
        drop(transaction);
        if found.is_empty() && sweep.is_none() {
            return Ok((0, Duration::ZERO));
        }
        let shipments = found
            .into_iter()
            .map(|(environment, reference)| {
                let known = Environment::from_code(&environment);
                Ok((known.ok_or_else(|| corrupt("shipments", &reference, environment))?, reference))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let work = self.writer.run_step(move |connection, memory| {
            intake::look_again(connection, memory, now, &shipments)?;
            if let Some(Sweep { environment, version, after, to }) = sweep {
                // Unless another policy was put in force meanwhile.
                match to {
                    Some(to) => sql::execute(
                        connection,
                        "UPDATE sweeps SET after = ?4 WHERE environment = ?1 AND version = ?2 AND after = ?3",
                        params![environment, version, after, to],
                    )?,
                    None => sql::execute(
                        connection,
                        "DELETE FROM sweeps WHERE environment = ?1 AND version = ?2 AND after = ?3",
                        params![environment, version, after],
                    )?,
                };
            }
            Ok(shipments.len() as u64)
        });
        work.await
    }
}

#[async_trait]
impl SourceStore for Database {
    async fn watch_sources(&self) -> Result<u64, StoreError> {
        let now = self.writer.now();
        self.writer.run_remembering(Lane::Bulk, move |connection, memory| intake::watch_sources(connection, memory, now)).await
    }
}

/// Adds what comes next in a sweep, if one is under way.
async fn sweep(connection: &mut Connection, limit: u32, found: &mut Vec<(String, String)>) -> Result<Option<Sweep>, StoreError> {
    let under_way: Option<(String, i64, i64, bool)> =
        query_as("SELECT environment, version, after, whole FROM sweeps LIMIT 1").fetch_optional(&mut *connection).await?;
    let Some((environment, version, after, whole)) = under_way else { return Ok(None) };
    let rows: Vec<(i64, String)> = query_as(
        "SELECT rowid, reference FROM shipments NOT INDEXED WHERE rowid > $1 AND environment = $2 AND (history = 0 OR $4 = 1)
         ORDER BY rowid LIMIT $3",
    )
    .bind(after)
    .bind(&environment)
    .bind(limit)
    .bind(whole)
    .fetch_all(connection)
    .await?;
    let to = rows.last().map(|(row, _)| *row).filter(|_| rows.len() == limit as usize);
    found.extend(rows.into_iter().map(|(_, reference)| (environment.clone(), reference)));
    Ok(Some(Sweep { environment, version, after, to }))
}
