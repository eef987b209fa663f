//! The Overview's figures, in SQLite.

use super::{Database, figures::daily, scope};
use crate::{
    domain::{
        histogram::Histogram,
        measure::{Metric, week_of},
        time::Instant,
    },
    store::{
        StoreError,
        figures::MeasureQuery,
        overview::{FigureQuery, FigureStore, Figures},
        packed::Cell,
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

/// Folded cells, and the measures after the watermark.
async fn measured(connection: &mut SqliteConnection, query: &FigureQuery, figures: &mut Figures) -> Result<(), StoreError> {
    let period = of_period(query);
    let whole = MeasureQuery { from_day: None, to_day: None, ..period.clone() };
    let mut days: BTreeMap<i32, i64> = BTreeMap::new();
    let mut against_promise = Counts::default();
    let mut recorded: BTreeMap<i32, Counts> = BTreeMap::new();
    let tail = daily::tail(connection, &whole).await?;
    let tail = |of: Metric| tail.iter().filter(move |(metric, _)| *metric == of).map(|(_, cell)| *cell);
    // All of them, since they also tell the first and the last day.
    let promised = daily::folded(connection, &whole, Metric::DeliveredAgainstPromise).await?;
    for Cell { day, bin, n } in promised.into_iter().chain(tail(Metric::DeliveredAgainstPromise)) {
        *days.entry(day).or_default() += n;
        if period.counts(day) {
            against_promise.add(bin, n);
        }
    }
    let lags = daily::folded(connection, &period, Metric::DeliveredToRecorded).await?;
    for Cell { day, bin, n } in lags.into_iter().chain(tail(Metric::DeliveredToRecorded)) {
        if period.counts(day) {
            recorded.entry(week_of(day)).or_default().add(bin, n);
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

fn of_period(query: &FigureQuery) -> MeasureQuery {
    MeasureQuery {
        sight: query.sight.clone(),
        region: query.region.clone(),
        business_unit: query.business_unit.clone(),
        carrier: None,
        mode: None,
        customer: None,
        origin: None,
        destination: None,
        from_day: query.from_day,
        to_day: query.to_day,
    }
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
