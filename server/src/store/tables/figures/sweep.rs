//! Measuring the shipments that are here by what they were not measured by: a few at a time, while everything else goes on. Then what
//! was told in the meantime is taken away, a few rows at a time too.

use super::unreadable;
use crate::{
    domain::{access::Environment, measure::Metric},
    store::{
        StoreError,
        measures::{Family, cells::home, chunk},
        sql::{self, Session, params, query_as},
        tables::{
            Database,
            intake::{self, rows::corrupt},
        },
    },
};

/// Rows of cells that are taken away in a step.
const CELLS: i64 = 200;

/// Begins with the first shipment, if there is something to measure; if there is nothing, it is through.
pub(super) fn begin(connection: &Session, anything: bool) -> Result<(), StoreError> {
    let (total,): (i64,) = sql::one(connection, "SELECT count(*) FROM shipments", ())?;
    let (under_way,): (i64,) = sql::one(connection, "SELECT count(*) FROM measure_sweep", ())?;
    match (anything && total > 0, under_way) {
        // What is told in the meantime knows of no later commit than when the first one began.
        (true, _) => sql::execute(
            connection,
            "INSERT INTO measure_sweep (id, after, done, total, since)
             VALUES (1, '', 0, ?1, (SELECT known_at FROM measure_log ORDER BY seq DESC LIMIT 1))
             ON CONFLICT (id) DO UPDATE SET after = excluded.after, done = excluded.done, total = excluded.total",
            [total],
        )
        .map(drop),
        (false, 0) => through(connection),
        (false, _) => Ok(()),
    }
}

/// All shipments have all that is measured: from this commit on it is told.
fn through(connection: &Session) -> Result<(), StoreError> {
    sql::execute(connection, "UPDATE measure_versions SET state = 'whole' WHERE state = 'coming'", ())?;
    sql::execute(connection, "UPDATE measure_versions SET state = 'gone' WHERE state = 'going'", ())?;
    sql::execute(connection, "DELETE FROM measure_sweep", ()).map(drop)
}

/// Measures the next few, or takes a few old rows away; answers how much was done.
pub(super) async fn step(database: &Database, limit: u32) -> Result<u64, StoreError> {
    let mut transaction = database.read.begin().await?;
    let under_way: Option<(String, i64)> =
        query_as("SELECT after, done FROM measure_sweep").fetch_optional(&mut transaction).await?;
    let Some((after, done)) = under_way else {
        drop(transaction);
        return take_away(database).await;
    };
    let rows: Vec<(String, String, String)> =
        query_as("SELECT id, environment, reference FROM shipments WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(&after)
            .bind(limit)
            .fetch_all(&mut transaction)
            .await?;
    drop(transaction);
    let looked = rows.len() as u64;
    let last = rows.last().map(|(id, ..)| id.clone()).filter(|_| rows.len() == limit as usize);
    let shipment = |(_, environment, reference): (String, String, String)| {
        let whose = Environment::from_code(&environment).ok_or_else(|| corrupt("shipments", &reference, "its environment"))?;
        Ok((whose, reference))
    };
    let shipments: Vec<_> = rows.into_iter().map(shipment).collect::<Result<_, StoreError>>()?;
    let now = database.writer.now();
    let work = move |connection: &Session, memory: &mut intake::Memory| {
        // Another process may have been quicker, or a newer build may have begun anew.
        let (same,): (i64,) =
            sql::one(connection, "SELECT count(*) FROM measure_sweep WHERE after = ?1 AND done = ?2", params![after, done])?;
        if same == 0 {
            return Ok(1);
        }
        intake::look_again(connection, memory, now, &shipments)?;
        match last {
            Some(last) => {
                let sql = "UPDATE measure_sweep SET after = ?1, done = done + ?2";
                sql::execute(connection, sql, params![last, shipments.len() as i64])?;
            }
            None => through(connection)?,
        }
        Ok(looked.max(1))
    };
    database.writer.run_step(work).await.map(|(looked, _)| looked)
}

/// Takes a part of a metric away that nobody is told any more. Folds leave it out from then on.
async fn take_away(database: &Database) -> Result<u64, StoreError> {
    let gone: Option<(u8, String, i32, i64)> =
        query_as("SELECT metric, environment, monday, seq FROM measure_versions WHERE state = 'gone' ORDER BY metric LIMIT 1")
            .fetch_optional(&database.read)
            .await?;
    let Some((number, environment, monday, seq)) = gone else { return Ok(0) };
    let metric = Metric::from_number(number).ok_or_else(|| unreadable("measure_versions", number, "an unknown metric"))?;
    let environments = crate::store::tables::intake::rows::json(&Environment::ALL.map(Environment::code));
    // The sum of a stage is a bin in the weeks of its whole: it goes with them.
    if home(metric) == metric {
        let work = move |connection: &Session, _: &mut intake::Memory| {
            sql::execute(
                connection,
                "DELETE FROM measure_cells WHERE (environment, metric, grain, place, unit, monday) IN
                 (SELECT c.environment, c.metric, c.grain, c.place, c.unit, c.monday FROM json_each(?1) AS e
                  CROSS JOIN measure_cells AS c ON c.environment = e.value AND c.metric = ?2 LIMIT ?3)",
                params![environments, number, CELLS],
            )
        };
        let (taken, _) = database.writer.run_step(work).await?;
        if taken > 0 {
            return Ok(taken as u64);
        }
    }
    // Chunks only move on: one that was merged meanwhile stands at a later place of its week.
    let next: Option<(String, i32, i64, Vec<u8>)> = query_as(
        "SELECT environment, monday, seq, records FROM measure_chunks
         WHERE family = $1 AND (environment, monday, seq) > ($2, $3, $4) ORDER BY environment, monday, seq LIMIT 1",
    )
    .bind(Family::of(metric) as u8)
    .bind(&environment)
    .bind(monday)
    .bind(seq)
    .fetch_optional(&database.read)
    .await?;
    let before = (environment, monday, seq);
    let stripped = match next {
        Some((environment, monday, seq, records)) => {
            let place = (environment, monday, seq);
            let broken = |cause| unreadable("measure_chunks", &place, cause);
            let without = chunk::without(&records, |one| one == metric).map_err(broken)?;
            Some((place, (without.len() < records.len()).then_some(without)))
        }
        None => None,
    };
    let work = move |connection: &Session, _: &mut intake::Memory| {
        // Whoever was quicker has moved on, and may be at another metric: this one's chunk would be put back with that in it.
        let (same,): (i64,) = sql::one(
            connection,
            "SELECT count(*) FROM measure_versions WHERE metric = ?1 AND state = 'gone' AND environment = ?2 AND monday = ?3 AND seq = ?4",
            params![number, before.0, before.1, before.2],
        )?;
        if same == 0 {
            return Ok(1);
        }
        let Some(((environment, monday, seq), without)) = stripped else {
            return sql::execute(connection, "UPDATE measure_versions SET state = 'removed' WHERE metric = ?1", [number]);
        };
        if let Some(without) = without {
            let of = "environment = ?1 AND family = ?2 AND monday = ?3 AND seq = ?4";
            let family = Family::of(metric) as u8;
            if without.is_empty() {
                let delete = format!("DELETE FROM measure_chunks WHERE {of}");
                sql::execute(connection, &delete, params![environment, family, monday, seq])?;
            } else {
                let update = format!("UPDATE measure_chunks SET records = ?5 WHERE {of}");
                sql::execute(connection, &update, params![environment, family, monday, seq, without])?;
            }
        }
        sql::execute(
            connection,
            "UPDATE measure_versions SET environment = ?2, monday = ?3, seq = ?4 WHERE metric = ?1",
            params![number, environment, monday, seq],
        )
    };
    database.writer.run_step(work).await.map(|(moved, _)| moved.max(1) as u64)
}
