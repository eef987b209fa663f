//! Folding the log into chunks by family and week, shipment by shipment. A chunk that is not much larger than what comes is taken
//! into the new one, so that there are few of them and each measure is written again only a few times.

use super::{
    fold::{self, Span},
    log::{Logged, Part},
    unreadable,
};
use crate::{
    domain::measure::week_of,
    store::{
        StoreError,
        measures::{
            Family,
            chunk::{self, Chunk},
        },
        sql::{self, Connection, Session, params, query_as},
        tables::Database,
    },
};
use std::collections::{BTreeMap, HashMap};

/// The projection.
pub(super) const PROJECTION: &str = "measure_chunks";

/// A chunk as it will stand, and those that are in it.
struct Written {
    environment: String,
    family: u8,
    monday: i32,
    records: Vec<u8>,
    replaced: Vec<i64>,
}

/// Folds the next part; answers how much of the log that was.
pub(super) async fn fold(database: &Database, limit: u32, part: &mut Part) -> Result<u64, StoreError> {
    let mut transaction = database.read.begin().await?;
    let Some(span) = fold::next(&mut transaction, PROJECTION, (limit, part.span)).await? else { return Ok(0) };
    part.read(&mut transaction, span).await?;
    let written = folded(&mut transaction, span, part).await?;
    drop(transaction);
    let write = move |connection: &Session| {
        for Written { environment, family, monday, records, replaced } in &written {
            for seq in replaced {
                sql::later(
                    connection,
                    "DELETE FROM measure_chunks WHERE environment = ?1 AND family = ?2 AND monday = ?3 AND seq = ?4",
                    params![environment, family, monday, seq],
                )?;
            }
            if !records.is_empty() {
                sql::later(
                    connection,
                    "INSERT INTO measure_chunks (environment, family, monday, seq, records) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![environment, family, monday, span.to, records],
                )?;
            }
        }
        Ok(())
    };
    fold::put(database, PROJECTION, span, write).await
}

async fn folded(connection: &mut Connection, span: Span, part: &Part) -> Result<Vec<Written>, StoreError> {
    let environments: HashMap<i64, &str> = part.dims.iter().map(|(id, dims)| (*id, &*dims.environment)).collect();
    let mut chunks: BTreeMap<(&str, u8, i32), Chunk> = BTreeMap::new();
    for Logged { subject, dims, entries } in &part.logged {
        let environment = *environments.get(dims).ok_or_else(|| unreadable("measure_log", dims, "its dimensions are unknown"))?;
        for entry in entries {
            let (family, monday) = (Family::of(entry.measure.metric) as u8, week_of(entry.measure.day));
            chunks.entry((environment, family, monday)).or_default().add((*subject, *dims), *entry);
        }
    }
    let mut written = Vec::with_capacity(chunks.len());
    for ((environment, family, monday), chunk) in chunks {
        let (records, replaced) = taken_in(connection, (environment, family, monday), (span, chunk.pack())).await?;
        written.push(Written { environment: environment.to_owned(), family, monday, records, replaced });
    }
    Ok(written)
}

/// Takes the latest chunks of the week in, as long as they are not much larger than what is taken in already.
async fn taken_in(
    connection: &mut Connection,
    (environment, family, monday): (&str, u8, i32),
    (span, mut all): (Span, Vec<u8>),
) -> Result<(Vec<u8>, Vec<i64>), StoreError> {
    let held: Vec<(i64, i64)> = query_as(
        "SELECT seq, length(records) FROM measure_chunks WHERE environment = $1 AND family = $2 AND monday = $3 ORDER BY seq DESC",
    )
    .bind(environment)
    .bind(family)
    .bind(monday)
    .fetch_all(&mut *connection)
    .await?;
    let mut replaced = Vec::new();
    for (seq, length) in held {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > all.len().saturating_mul(2) {
            break;
        }
        let (records,): (Vec<u8>,) =
            query_as("SELECT records FROM measure_chunks WHERE environment = $1 AND family = $2 AND monday = $3 AND seq = $4")
                .bind(environment)
                .bind(family)
                .bind(monday)
                .bind(seq)
                .fetch_one(&mut *connection)
                .await?;
        let broken = |cause| unreadable("measure_chunks", (environment, family, monday, seq), cause);
        // Whoever takes a metric away may be past this week.
        let records = match span.going.is_empty() {
            true => records,
            false => chunk::without(&records, |metric| span.going.contains(metric)).map_err(broken)?,
        };
        all = chunk::merged(&records, &all).map_err(broken)?;
        replaced.push(seq);
    }
    Ok((all, replaced))
}
