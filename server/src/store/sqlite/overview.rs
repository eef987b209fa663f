//! The Overview's figures, in SQLite.

use super::{Database, projector, scope};
use crate::{
    domain::{access::Scope, measure::Metric, time::Instant},
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

/// Runs on the index of what is promised and not delivered; the planner would prefer a region's whole history.
async fn overdue(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let mut sql =
        QueryBuilder::new("SELECT count(*) FROM shipments INDEXED BY shipments_awaiting_arrival WHERE awaiting_arrival = 1 AND ");
    narrowed(&mut sql, query);
    sql.push(" AND sort_at < ").push_bind(query.now.0);
    let (n,): (i64,) = sql.build_query_as().fetch_one(connection).await?;
    figures.overdue = n.unsigned_abs();
    Ok(())
}

/// Runs on the index of what waits for a POD.
async fn awaiting_pod(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    if query.pod_ages.is_empty() {
        return Ok(());
    }
    // A CASE needs an arm; this one takes none.
    let mut sql = QueryBuilder::new("SELECT CASE WHEN 0 THEN 0");
    // Half-open buckets by the age that was reached: delivered later than the next edge ago.
    for (bucket, next) in query.pod_ages.iter().skip(1).enumerate() {
        sql.push(" WHEN sort_at > ").push_bind(query.now.0 - next).push(" THEN ").push(bucket);
    }
    sql.push(" ELSE ").push(query.pod_ages.len().saturating_sub(1));
    sql.push(" END, count(*), min(sort_at) FROM shipments INDEXED BY shipments_awaiting_pod WHERE awaiting_pod = 1 AND ");
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
    let parts = [Part::Cells, Part::Tail { after: watermark }];
    let promise = parts.map(|part| Source { query, part, metric: Metric::DeliveredAgainstPromise });
    let recorded = parts.map(|part| Source { query, part, metric: Metric::DeliveredToRecorded });
    figures.days = days(connection, &promise).await?;
    for (promise, recorded) in promise.iter().zip(&recorded) {
        let mut sql = promise.select("bin, sum(SIGNED)");
        push_days(&mut sql, query);
        sql.push(" GROUP BY bin");
        for (bin, n) in sql.build_query_as::<(i32, i64)>().fetch_all(&mut *connection).await? {
            *figures.against_promise.entry(bin).or_default() += n;
        }
        // 1970-01-01 was a Thursday: day -3 was a Monday.
        let mut sql = recorded.select("(day + 3) / 7 * 7 - 3, bin, sum(SIGNED)");
        push_days(&mut sql, query);
        sql.push(" GROUP BY 1, 2");
        for (week, bin, n) in sql.build_query_as::<(i32, i32, i64)>().fetch_all(&mut *connection).await? {
            *figures.recorded.entry((week, bin)).or_default() += n;
        }
    }
    figures.against_promise.retain(|_, n| *n != 0);
    figures.recorded.retain(|_, n| *n != 0);
    Ok(())
}

/// First and last day with a delivery. What the tail takes back may stand in the cells, so only both together tell.
async fn days(connection: &mut SqliteConnection, [cells, tail]: &[Source<'_>; 2]) -> Result<Option<(i32, i32)>, StoreError> {
    let mut sql = QueryBuilder::new("SELECT min(day), max(day) FROM (SELECT day FROM (");
    cells.push(&mut sql, "day, SIGNED AS n");
    sql.push(" UNION ALL ");
    tail.push(&mut sql, "day, SIGNED");
    sql.push(") GROUP BY day HAVING sum(n) <> 0)");
    let (first, last): (Option<i32>, Option<i32>) = sql.build_query_as().fetch_one(connection).await?;
    Ok(first.zip(last))
}

/// Where measures are read.
#[derive(Clone, Copy)]
enum Part {
    /// Folded.
    Cells,
    /// Not folded yet.
    Tail {
        /// The last one that is folded.
        after: i64,
    },
}

/// Signed measures that a query is over.
struct Source<'q> {
    query: &'q FigureQuery,
    part: Part,
    metric: Metric,
}

impl Source<'_> {
    fn select(&self, columns: &'static str) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::default();
        self.push(&mut sql, columns);
        sql
    }

    /// Adds a selection of these columns, in which `SIGNED` stands for how many.
    fn push(&self, sql: &mut QueryBuilder<Sqlite>, columns: &'static str) {
        let Self { query, part, metric } = self;
        let whole = query.sight.scope == Scope::ALL && query.region.is_none() && query.business_unit.is_none();
        match part {
            Part::Cells => sql.push("SELECT ").push(columns.replace("SIGNED", "n")).push(" FROM measure_cells WHERE n <> 0"),
            Part::Tail { after } => {
                sql.push("SELECT ").push(columns.replace("SIGNED", "sign")).push(" FROM measures WHERE seq > ").push_bind(*after)
            }
        };
        sql.push(" AND metric = ").push_bind(metric.code()).push(" AND ");
        narrowed(sql, query);
        match part {
            Part::Cells if whole => sql.push(" AND grain = 'whole' AND region_id = '' AND business_unit_id = ''"),
            Part::Cells => sql.push(" AND grain = 'unit'"),
            Part::Tail { .. } => sql,
        };
    }
}

fn push_days(sql: &mut QueryBuilder<Sqlite>, query: &FigureQuery) {
    if let Some(from) = query.from_day {
        sql.push(" AND day >= ").push_bind(from);
    }
    if let Some(to) = query.to_day {
        sql.push(" AND day < ").push_bind(to);
    }
}
