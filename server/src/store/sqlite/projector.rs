//! Folding measures into weeks, in SQLite.

use super::{
    Database,
    intake::rows::{self, corrupt},
    sql,
};
use crate::{
    domain::{measure::week_of, receipt::Lane},
    store::{StoreError, packed::Week, projector::ProjectorStore},
};
use async_trait::async_trait;
use rusqlite::params;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

pub(super) const NAME: &str = "measures";

#[async_trait]
impl ProjectorStore for Database {
    async fn fold(&self, limit: u32) -> Result<u64, StoreError> {
        // All but the writing happens beside the writer: what is read here changes only together with the watermark.
        let mut transaction = self.read.begin().await?;
        let (from, last): (i64, i64) = sqlx::query_as(
            "SELECT coalesce((SELECT seq FROM projections WHERE name = $1), 0), (SELECT coalesce(max(seq), 0) FROM measures)",
        )
        .bind(NAME)
        .fetch_one(&mut *transaction)
        .await?;
        if from >= last {
            return Ok(0);
        }
        let to = last.min(from + i64::from(limit));
        let weeks = folded(&mut transaction, (from, to)).await?;
        drop(transaction);
        let work = self.writer.run_aside(Lane::Bulk, move |connection| {
            // The watermark moves only from where this fold began: a second projector changes nothing.
            let moved = sql::execute(
                connection,
                "INSERT INTO projections (name, seq) SELECT ?1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM projections WHERE name = ?1)
                 ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE seq = ?2",
                params![NAME, from, to],
            )?;
            if moved == 0 {
                return Ok(0);
            }
            for ((environment, metric, grain, region, business_unit, monday), cells) in &weeks {
                sql::execute(
                    connection,
                    "INSERT INTO measure_weeks (environment, metric, grain, region_id, business_unit_id, monday, cells)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT (environment, metric, grain, region_id, business_unit_id, monday) DO UPDATE SET cells = excluded.cells",
                    params![environment, metric, grain, region, business_unit, monday, cells],
                )?;
            }
            Ok(u64::try_from(to - from).unwrap_or(0))
        });
        work.await
    }
}

/// Environment, metric, grain, region, business unit, Monday.
type Key = (String, String, String, String, String, i32);

/// The weeks into which these measures fall, packed as they will stand.
async fn folded(connection: &mut SqliteConnection, (from, to): (i64, i64)) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
    type Row = (String, String, String, String, i32, i32, i64);
    let measures: Vec<Row> = sqlx::query_as(
        "SELECT environment, metric, region_id, business_unit_id, day, bin, sum(sign) FROM measures
         WHERE seq > $1 AND seq <= $2 GROUP BY 1, 2, 3, 4, 5, 6",
    )
    .bind(from)
    .bind(to)
    .fetch_all(&mut *connection)
    .await?;
    let mut weeks: BTreeMap<Key, Week> = BTreeMap::new();
    for (environment, metric, region, business_unit, day, bin, n) in measures {
        let monday = week_of(day);
        // Twice: by region and business unit, and over all of them for readers without a scope.
        let whole = (environment.clone(), metric.clone(), "whole".to_owned(), String::new(), String::new(), monday);
        weeks.entry(whole).or_default().add(day, bin, n);
        weeks.entry((environment, metric, "unit".to_owned(), region, business_unit, monday)).or_default().add(day, bin, n);
    }
    let mut weeks: Vec<(Key, Week)> = weeks.into_iter().collect();
    let keys: Vec<&Key> = weeks.iter().map(|(key, _)| key).collect();
    let held: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT k.key, w.cells FROM json_each($1) AS k CROSS JOIN measure_weeks AS w
         ON w.environment = k.value ->> 0 AND w.metric = k.value ->> 1 AND w.grain = k.value ->> 2
            AND w.region_id = k.value ->> 3 AND w.business_unit_id = k.value ->> 4 AND w.monday = k.value ->> 5",
    )
    .bind(rows::json(&keys))
    .fetch_all(connection)
    .await?;
    for (at, cells) in held {
        let (key, week) = usize::try_from(at).ok().and_then(|at| weeks.get_mut(at)).expect("the query names places of the list");
        week.merge(key.5, &cells).map_err(|cause| corrupt("measure_weeks", &format!("{key:?}"), cause))?;
    }
    Ok(weeks.into_iter().map(|(key, week)| (key, week.pack())).collect())
}
