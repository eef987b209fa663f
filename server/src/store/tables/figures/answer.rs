//! An answer is what is folded plus what is not folded yet.

use super::{
    cells::Grain,
    chunks, log,
    scans::{self, Scans},
    unreadable, versions,
};
use crate::{
    domain::{
        access::Scope,
        histogram::Histogram,
        measure::{Metric, week_of},
    },
    store::{
        StoreError,
        figures::{MeasureQuery, Measured, Weeks},
        measures::{
            body::Entry,
            cells::{fold_into, home, owns},
        },
        packed::{self, Cell},
        sql::{Connection, QueryBuilder},
        tables::intake::rows::json,
    },
};
use foldhash::HashMap;
use futures::TryStreamExt;
use std::collections::{BTreeMap, BTreeSet};

/// Counts and sums as they are read: cells of a bin mostly follow each other.
#[derive(Default)]
pub(super) struct Counts(HashMap<(Metric, i32), Vec<(i32, i64)>>);

impl Counts {
    fn add(&mut self, metric: Metric, monday: i32, bin: i32, n: i64) {
        let counts = self.0.entry((metric, monday)).or_default();
        match counts.last_mut() {
            Some((last, sum)) if *last == bin => *sum += n,
            _ => counts.push((bin, n)),
        }
    }

    /// Adds bins that follow each other.
    pub(super) fn all(&mut self, metric: Metric, monday: i32, bins: &[(i32, i64)]) {
        self.0.entry((metric, monday)).or_default().extend_from_slice(bins);
    }

    /// Adds a measure, or takes it away.
    pub(super) fn entry(&mut self, entry: &Entry) {
        let monday = week_of(entry.measure.day);
        fold_into(entry, |bin, n| self.add(entry.measure.metric, monday, bin, n));
    }

    /// The bins of each metric in a week, each once.
    pub(super) fn of_week(self, monday: i32) -> Vec<(Metric, Vec<(i32, i64)>)> {
        let mut metrics = Vec::with_capacity(self.0.len());
        for ((metric, _), counts) in self.0.into_iter().filter(|((_, of), _)| *of == monday) {
            let mut bins: BTreeMap<i32, i64> = BTreeMap::new();
            counts.into_iter().for_each(|(bin, n)| *bins.entry(bin).or_default() += n);
            metrics.push((metric, bins.into_iter().filter(|(_, n)| *n != 0).collect()));
        }
        metrics
    }

    fn metrics(self) -> BTreeMap<Metric, Weeks> {
        let mut metrics: BTreeMap<Metric, Weeks> = BTreeMap::new();
        for ((metric, monday), counts) in self.0 {
            let histogram: Histogram = counts.into_iter().collect();
            if histogram != Histogram::default() {
                metrics.entry(metric).or_default().insert(monday, histogram);
            }
        }
        metrics
    }
}

/// The cells that hold what is asked for; none: it has to be looked up shipment by shipment.
pub(super) fn grain(query: &MeasureQuery) -> Option<Grain> {
    if query.customer.is_some() || query.origin.is_some() || query.destination.is_some() {
        return None;
    }
    let placed = query.sight.scope != Scope::ALL || query.region.is_some() || query.business_unit.is_some();
    match (placed, &query.mode, &query.carrier) {
        (false, None, None) => Some(Grain::Whole),
        (true, None, None) => Some(Grain::Unit),
        (false, Some(_), None) => Some(Grain::Mode),
        (false, None, Some(_)) => Some(Grain::Carrier),
        _ => None,
    }
}

/// Answers.
pub(super) async fn measured(
    connection: &mut Connection,
    scans: &Scans,
    query: &MeasureQuery,
    metrics: &[Metric],
) -> Result<Measured, StoreError> {
    let told = versions::told(connection, metrics).await?;
    let read: BTreeSet<Metric> = metrics.iter().filter_map(|metric| told.by(*metric)).collect();
    let read: Vec<Metric> = read.into_iter().collect();
    let mut counts = Counts::default();
    let projection = match grain(query) {
        Some(grain) => {
            cells(connection, query, (grain, &read), &mut counts).await?;
            grain.projection()
        }
        None => {
            scans::scanned(connection, scans, query, &read, &mut counts).await?;
            chunks::PROJECTION
        }
    };
    let stand = log::stand(connection, projection).await?;
    for logged in log::tail(connection, query, stand).await? {
        let asked = |entry: &&Entry| read.contains(&entry.measure.metric) && query.counts(entry.measure.day);
        logged.entries.iter().filter(asked).for_each(|entry| counts.entry(entry));
    }
    let found = counts.metrics();
    let of = |metric: &Metric| Some((*metric, found.get(&told.by(*metric)?)?.clone()));
    Ok(Measured {
        metrics: if told.under_way.is_none() { found } else { metrics.iter().filter_map(of).collect() },
        as_known: stand.map(|stand| stand.as_known),
        under_way: told.under_way,
    })
}

/// Whose a bin is.
fn owner(asked: &[Metric], bin: i32) -> Option<Metric> {
    asked.iter().copied().find(|metric| owns(*metric, bin))
}

/// From packed weeks, of all metrics at once.
async fn cells(
    connection: &mut Connection,
    query: &MeasureQuery,
    (grain, metrics): (Grain, &[Metric]),
    counts: &mut Counts,
) -> Result<(), StoreError> {
    let homes: BTreeSet<u8> = metrics.iter().map(|metric| home(*metric) as u8).collect();
    if homes.is_empty() {
        return Ok(());
    }
    // Written out: the database then knows how few rows they are.
    let homes = homes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut sql = QueryBuilder::new("SELECT metric, monday, cells FROM measure_cells WHERE environment = ");
    sql.push_bind(query.sight.environment.code()).push(" AND metric IN (").push(homes).push(")");
    sql.push(" AND grain = ").push_bind(grain.code());
    places(&mut sql, query, grain);
    if let Some(from) = query.from_day {
        sql.push(" AND monday >= ").push_bind(week_of(from));
    }
    if let Some(to) = query.to_day {
        sql.push(" AND monday < ").push_bind(to);
    }
    let mut rows = sql.build_query_as::<(u8, i32, Vec<u8>)>().fetch(connection);
    let mut found: Vec<(i32, i64)> = Vec::new();
    while let Some((kept, monday, cells)) = rows.try_next().await? {
        found.clear();
        for cell in packed::cells(monday, &cells) {
            let Cell { day, bin, n } = cell.map_err(|cause| unreadable("measure_cells", (kept, monday), cause))?;
            match found.last_mut() {
                _ if !query.counts(day) => {}
                Some((last, sum)) if *last == bin => *sum += n,
                _ => found.push((bin, n)),
            }
        }
        // Bins of one metric follow each other: all but a few are of the first.
        let asked: Vec<Metric> = metrics.iter().copied().filter(|metric| home(*metric) as u8 == kept).collect();
        for metrics in found.chunk_by(|a, b| owner(&asked, a.0) == owner(&asked, b.0)) {
            if let Some(metric) = owner(&asked, metrics[0].0) {
                counts.all(metric, monday, metrics);
            }
        }
    }
    Ok(())
}

/// Adds the places of a grain that are asked for.
fn places(sql: &mut QueryBuilder, query: &MeasureQuery, grain: Grain) {
    let equal = |sql: &mut QueryBuilder, column: &'static str, value: &str| {
        sql.push(" AND ").push(column).push(" = ").push_bind(value.to_owned());
    };
    let one_of = |sql: &mut QueryBuilder, column: &'static str, allowed: &Option<Vec<String>>| {
        if let Some(allowed) = allowed {
            sql.push(" AND ").push(column).push(" IN (SELECT value FROM json_each(");
            sql.push_bind(json(allowed)).push("))");
        }
    };
    match grain {
        Grain::Whole => {
            equal(sql, "place", "");
            equal(sql, "unit", "");
        }
        Grain::Unit => {
            one_of(sql, "place", &query.sight.scope.regions);
            one_of(sql, "unit", &query.sight.scope.business_units);
            query.region.iter().for_each(|region| equal(sql, "place", region));
            query.business_unit.iter().for_each(|unit| equal(sql, "unit", unit));
        }
        Grain::Mode => query.mode.iter().for_each(|mode| equal(sql, "place", mode)),
        Grain::Carrier => query.carrier.iter().for_each(|carrier| equal(sql, "place", carrier)),
    }
}
