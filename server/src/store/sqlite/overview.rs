//! The Overview's figures, in SQLite.

use super::{Database, projector, scope};
use crate::{
    domain::{measure::Metric, time::Instant},
    store::{
        StoreError,
        overview::{FigureQuery, FigureStore, Figures},
    },
};
use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

#[async_trait]
impl FigureStore for Database {
    async fn figures(&self, query: &FigureQuery) -> Result<Figures, StoreError> {
        // One read transaction: every figure of the page is of the same state.
        let mut transaction = self.read.begin().await?;
        let connection = &mut *transaction;
        let mut figures = Figures::default();
        counts(connection, query, &mut figures).await?;
        overdue(connection, query, &mut figures).await?;
        awaiting_pod(connection, query, &mut figures).await?;
        measured(connection, query, &mut figures).await?;
        Ok(figures)
    }
}

fn narrowed(sql: &mut QueryBuilder<Sqlite>, query: &FigureQuery) {
    scope::push(sql, "", &query.sight);
    scope::push_equal(sql, "region_id", query.region.as_deref());
    scope::push_equal(sql, "business_unit_id", query.business_unit.as_deref());
}

async fn counts(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::new("SELECT what, sum(n) FROM shipment_counts WHERE ");
    narrowed(&mut sql, query);
    sql.push(" AND (what BETWEEN 'history:' AND 'history;' OR what BETWEEN 'stage:' AND 'stage;' OR what BETWEEN 'told:' AND 'told;') GROUP BY what");
    let rows: Vec<(String, i64)> = sql.build_query_as().fetch_all(connection).await?;
    figures.counts = rows.into_iter().collect();
    Ok(())
}

/// Runs on the partial index of what is promised and not delivered.
async fn overdue(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM shipments WHERE awaiting_arrival = 1 AND ");
    narrowed(&mut sql, query);
    sql.push(" AND sort_at < ").push_bind(query.now.0);
    let (n,): (i64,) = sql.build_query_as().fetch_one(connection).await?;
    figures.overdue = n.unsigned_abs();
    Ok(())
}

/// Runs on the partial index of what waits for a POD.
async fn awaiting_pod(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::new("SELECT CASE");
    // Half-open buckets by the age that was reached: delivered later than the next edge ago.
    for (bucket, next) in query.pod_ages.iter().skip(1).enumerate() {
        sql.push(" WHEN sort_at > ").push_bind(query.now.0 - next).push(" THEN ").push(bucket);
    }
    sql.push(" ELSE ").push(query.pod_ages.len().saturating_sub(1));
    sql.push(" END, count(*), min(sort_at) FROM shipments WHERE awaiting_pod = 1 AND ");
    narrowed(&mut sql, query);
    sql.push(" GROUP BY 1");
    let rows: Vec<(i64, i64, i64)> = sql.build_query_as().fetch_all(connection).await?;
    figures.awaiting_pod = vec![0; query.pod_ages.len()];
    for (bucket, n, oldest) in rows {
        let slot = usize::try_from(bucket).ok().and_then(|bucket| figures.awaiting_pod.get_mut(bucket));
        *slot.expect("the query names only the buckets it was given") = n.unsigned_abs();
        let oldest = Instant(oldest);
        figures.oldest_awaiting = Some(figures.oldest_awaiting.map_or(oldest, |held| held.min(oldest)));
    }
    Ok(())
}

/// Cells up to the watermark, and the measures after it.
async fn measured(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let (watermark,): (i64,) = sqlx::query_as("SELECT coalesce((SELECT seq FROM projections WHERE name = $1), 0)")
        .bind(projector::NAME)
        .fetch_one(&mut *connection)
        .await?;
    let (promise, recorded) = (Metric::DeliveredAgainstPromise, Metric::DeliveredToRecorded);
    let mut days: Option<(i32, i32)> = None;
    for tail in [false, true] {
        let mut sql = source(query, "SELECT min(day), max(day)", tail, watermark, promise);
        let (first, last): (Option<i32>, Option<i32>) = sql.build_query_as().fetch_one(&mut *connection).await?;
        if let (Some(first), Some(last)) = (first, last) {
            days = Some(days.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
        }
        let mut sql = source(query, "SELECT bin, sum(SUMMED)", tail, watermark, promise);
        push_days(&mut sql, query);
        sql.push(" GROUP BY bin");
        for (bin, n) in sql.build_query_as::<(i32, i64)>().fetch_all(&mut *connection).await? {
            *figures.against_promise.entry(bin).or_default() += n;
        }
        // 1970-01-01 was a Thursday: day -3 was a Monday.
        let mut sql = source(query, "SELECT (day + 3) / 7 * 7 - 3, bin, sum(SUMMED)", tail, watermark, recorded);
        push_days(&mut sql, query);
        sql.push(" GROUP BY 1, 2");
        for (week, bin, n) in sql.build_query_as::<(i32, i32, i64)>().fetch_all(&mut *connection).await? {
            *figures.recorded.entry((week, bin)).or_default() += n;
        }
    }
    figures.days = days;
    figures.against_promise.retain(|_, n| *n != 0);
    figures.recorded.retain(|_, n| *n != 0);
    Ok(())
}

/// The beginning of a query over the cells, or over the tail that is not folded yet.
fn source(query: &FigureQuery, select: &str, tail: bool, watermark: i64, metric: Metric) -> QueryBuilder<Sqlite> {
    let scoped = query.sight.scope.regions.is_some()
        || query.sight.scope.business_units.is_some()
        || query.region.is_some()
        || query.business_unit.is_some();
    let mut sql = QueryBuilder::new(select.replace("SUMMED", if tail { "sign" } else { "n" }));
    sql.push(if tail { " FROM measures WHERE seq > " } else { " FROM measure_cells WHERE n <> " });
    sql.push_bind(if tail { watermark } else { 0 });
    sql.push(" AND metric = ").push_bind(metric.code()).push(" AND ");
    if scoped || tail {
        narrowed(&mut sql, query);
        sql.push(if tail { "" } else { " AND grain = 'unit'" });
    } else {
        sql.push("environment = ").push_bind(query.sight.environment.code());
        sql.push(" AND grain = 'whole' AND region_id = '' AND business_unit_id = ''");
    }
    sql
}

fn push_days(sql: &mut QueryBuilder<Sqlite>, query: &FigureQuery) {
    if let Some(from) = query.from_day {
        sql.push(" AND day >= ").push_bind(from);
    }
    if let Some(to) = query.to_day {
        sql.push(" AND day < ").push_bind(to);
    }
}
