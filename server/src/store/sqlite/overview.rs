//! The Overview's figures, in SQLite.

use super::{Database, intake::rows::corrupt, projector, scope};
use crate::{
    domain::{
        access::Scope,
        histogram::Histogram,
        measure::{Metric, week_of},
        time::Instant,
    },
    store::{
        StoreError,
        overview::{FigureQuery, FigureStore, Figures},
        packed::{self, Cell},
    },
};
use async_trait::async_trait;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeMap;

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

/// Folded weeks, and the measures after the watermark.
async fn measured(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let counted = |day: i32| query.from_day.is_none_or(|from| day >= from) && query.to_day.is_none_or(|to| day < to);
    let mut days: BTreeMap<i32, i64> = BTreeMap::new();
    let mut against_promise = Counts::default();
    let mut recorded: BTreeMap<i32, Counts> = BTreeMap::new();
    for (monday, cells) in weeks(connection, query, Metric::DeliveredAgainstPromise).await? {
        for cell in packed::cells(monday, &cells) {
            let Cell { day, bin, n } = cell.map_err(|cause| corrupt("measure_weeks", &monday.to_string(), cause))?;
            *days.entry(day).or_default() += n;
            if counted(day) {
                against_promise.add(bin, n);
            }
        }
    }
    for (monday, cells) in weeks(connection, query, Metric::DeliveredToRecorded).await? {
        let week = recorded.entry(monday).or_default();
        for cell in packed::cells(monday, &cells) {
            let Cell { day, bin, n } = cell.map_err(|cause| corrupt("measure_weeks", &monday.to_string(), cause))?;
            if counted(day) {
                week.add(bin, n);
            }
        }
    }
    for (metric, Cell { day, bin, n }) in tail(connection, query).await? {
        match metric {
            Metric::DeliveredAgainstPromise => {
                *days.entry(day).or_default() += n;
                if counted(day) {
                    against_promise.add(bin, n);
                }
            }
            Metric::DeliveredToRecorded if counted(day) => recorded.entry(week_of(day)).or_default().add(bin, n),
            _ => {}
        }
    }
    // What the tail takes back may stand in a week, so only both together tell.
    days.retain(|_, n| *n != 0);
    figures.days = days.first_key_value().zip(days.last_key_value()).map(|((first, _), (last, _))| (*first, *last));
    figures.against_promise = against_promise.histogram();
    figures.recorded = recorded.into_iter().map(|(monday, counts)| (monday, counts.histogram())).collect();
    figures.recorded.retain(|_, week| *week != Histogram::default());
    Ok(())
}

/// Counts as they are read: the days of a bin mostly follow each other.
#[derive(Default)]
struct Counts(Vec<(i32, i64)>);

impl Counts {
    fn add(&mut self, bin: i32, n: i64) {
        match self.0.last_mut() {
            Some((last, sum)) if *last == bin => *sum += n,
            _ => self.0.push((bin, n)),
        }
    }

    fn histogram(self) -> Histogram {
        self.0.into_iter().collect()
    }
}

/// The folded weeks of a metric: all of them for what also tells the first and last day, else those that the period touches.
async fn weeks(
    connection: &mut SqliteConnection,
    query: &FigureQuery,
    metric: Metric,
) -> Result<Vec<(i32, Vec<u8>)>, StoreError> {
    let whole = query.sight.scope == Scope::ALL && query.region.is_none() && query.business_unit.is_none();
    let mut sql = QueryBuilder::new("SELECT monday, cells FROM measure_weeks WHERE metric = ");
    sql.push_bind(metric.code()).push(" AND ");
    narrowed(&mut sql, query);
    sql.push(if whole { " AND grain = 'whole' AND region_id = '' AND business_unit_id = ''" } else { " AND grain = 'unit'" });
    if metric != Metric::DeliveredAgainstPromise {
        if let Some(from) = query.from_day {
            sql.push(" AND monday >= ").push_bind(week_of(from));
        }
        if let Some(to) = query.to_day {
            sql.push(" AND monday < ").push_bind(to);
        }
    }
    Ok(sql.build_query_as().fetch_all(connection).await?)
}

/// The measures that are not folded yet.
async fn tail(connection: &mut SqliteConnection, query: &FigureQuery) -> Result<Vec<(Metric, Cell)>, StoreError> {
    let mut sql = QueryBuilder::new(
        "SELECT metric, day, bin, sum(sign) FROM measures
         WHERE seq > coalesce((SELECT seq FROM projections WHERE name = ",
    );
    sql.push_bind(projector::NAME).push("), 0) AND ");
    narrowed(&mut sql, query);
    sql.push(" GROUP BY 1, 2, 3");
    let rows: Vec<(String, i32, i32, i64)> = sql.build_query_as().fetch_all(connection).await?;
    let known = |(code, day, bin, n): (String, i32, i32, i64)| Some((Metric::from_code(&code)?, Cell { day, bin, n }));
    Ok(rows.into_iter().filter_map(known).collect())
}
