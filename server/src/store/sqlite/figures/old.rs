//! Measuring the shipments that were here before measures were kept: a few at a time, while everything else goes on.

use crate::{
    domain::access::Environment,
    store::{
        StoreError,
        sql::{self, Session, params, query_as},
        sqlite::{
            Database,
            intake::{self, rows::corrupt},
        },
    },
};

/// Measures the next few; answers at how many it looked.
pub(super) async fn step(database: &Database, limit: u32) -> Result<u64, StoreError> {
    let now = database.writer.now();
    let mut transaction = database.read.begin().await?;
    let under_way: Option<(String, i64, i64)> =
        query_as("SELECT environment, after, until FROM measurings LIMIT 1").fetch_optional(&mut transaction).await?;
    let Some((environment, after, until)) = under_way else { return Ok(0) };
    // Those that were measured meanwhile, because something came, need no other look.
    let rows: Vec<(i64, String, bool)> = query_as(
        "SELECT rowid, reference, measured IS NULL FROM shipments NOT INDEXED
         WHERE rowid > $1 AND rowid <= $2 AND environment = $3 ORDER BY rowid LIMIT $4",
    )
    .bind(after)
    .bind(until)
    .bind(&environment)
    .bind(limit)
    .fetch_all(&mut transaction)
    .await?;
    drop(transaction);
    let whose = Environment::from_code(&environment).ok_or_else(|| corrupt("measurings", &environment, "environment"))?;
    let looked = rows.len() as u64;
    let to = rows.last().map(|(row, ..)| *row).filter(|_| rows.len() == limit as usize);
    let shipments: Vec<_> = rows.into_iter().filter(|(.., unmeasured)| *unmeasured).map(|(_, name, _)| (whose, name)).collect();
    let work = move |connection: &Session, memory: &mut intake::Memory| {
        intake::look_again(connection, memory, now, &shipments)?;
        match to {
            Some(to) => sql::execute(
                connection,
                "UPDATE measurings SET after = ?3 WHERE environment = ?1 AND after = ?2",
                params![environment, after, to],
            )?,
            None => sql::execute(
                connection,
                "DELETE FROM measurings WHERE environment = ?1 AND after = ?2",
                params![environment, after],
            )?,
        };
        Ok(looked.max(1))
    };
    database.writer.run_step(work).await.map(|(looked, _)| looked)
}
