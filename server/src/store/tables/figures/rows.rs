//! The rows behind a figure: shipment by shipment, in the order of day and number.

use super::{log, scans, unreadable, versions};
use crate::{
    domain::measure::{Measure, Metric},
    store::{
        StoreError,
        figures::{MeasureQuery, MeasuredRow, RowPlace},
        measures::{
            Family,
            body::{self, Entry},
            chunk,
        },
        sql::{Connection, query_as},
        tables::intake::rows::json,
    },
};
use std::collections::BTreeMap;

/// What of a metric.
pub(super) struct Asked<'a> {
    pub metric: Metric,
    /// First and last bins, any of them; none: all.
    pub bins: &'a [(i32, i32)],
    /// After this place.
    pub after: Option<RowPlace>,
    pub limit: usize,
}

impl Asked<'_> {
    fn wants(&self, query: &MeasureQuery, number: i64, measure: &Measure) -> bool {
        measure.metric == self.metric
            && query.counts(measure.day)
            && (self.bins.is_empty() || self.bins.iter().any(|(first, last)| (*first..=*last).contains(&measure.bin)))
            && self.after.is_none_or(|after| (measure.day, number) > after)
    }
}

/// One page.
pub(super) async fn page(
    connection: &mut Connection,
    query: &MeasureQuery,
    asked: Asked<'_>,
) -> Result<Vec<MeasuredRow>, StoreError> {
    let Some(metric) = versions::told(connection, &[asked.metric]).await?.by(asked.metric) else { return Ok(Vec::new()) };
    let asked = Asked { metric, ..asked };
    // What was taken back cancels out, whether folded or not.
    let mut found: BTreeMap<(i32, i64, i64, Measure), i64> = BTreeMap::new();
    let mut take = |number: i64, dims: i64, entry: &Entry| {
        if asked.wants(query, number, &entry.measure) {
            *found.entry((entry.measure.day, number, dims, entry.measure)).or_default() += entry.sign();
        }
    };
    let wanted = scans::wanted(connection, query).await?;
    let family = Family::of(asked.metric);
    scans::each_chunk(connection, query, (family, None), |monday, _, records| {
        let broken = |cause| unreadable("measure_chunks", (family, monday), cause);
        for record in chunk::records(records) {
            let record = record.map_err(broken)?;
            if usize::try_from(record.dims).ok().and_then(|dims| wanted.get(dims)).is_some_and(|wanted| *wanted) {
                for entry in body::select(record.body, |metric| metric == asked.metric) {
                    take(record.shipment, record.dims, &entry.map_err(broken)?);
                }
            }
        }
        Ok(())
    })
    .await?;
    let stand = log::stand(connection, super::chunks::PROJECTION).await?;
    for logged in log::tail(connection, query, stand).await? {
        logged.entries.iter().for_each(|entry| take(logged.subject, logged.dims, entry));
    }
    let found: Vec<_> = found.into_iter().filter(|(_, n)| *n > 0).map(|(key, _)| key).take(asked.limit).collect();
    let dims = log::dims(connection, found.iter().map(|(_, _, dims, _)| *dims)).await?;
    let numbers: Vec<i64> = found.iter().map(|(_, number, ..)| *number).collect();
    let names: BTreeMap<i64, (String, String)> = query_as::<(i64, String, String)>(
        "SELECT n.number, s.id, s.reference FROM json_each($1) AS k CROSS JOIN measure_subjects AS n ON n.number = CAST(k.value AS BIGINT)
         CROSS JOIN shipments AS s ON s.id = n.shipment_id",
    )
    .bind(json(&numbers))
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|(number, id, reference)| (number, (id, reference)))
    .collect();
    let row = |(_, number, of, measure): (i32, i64, i64, Measure)| {
        let (shipment_id, reference) = names.get(&number)?.clone();
        let dims = dims.get(&of)?.clone();
        let log::Dims { region, business_unit, carrier, mode, customer, .. } = dims;
        Some(MeasuredRow { shipment_id, reference, region, business_unit, carrier, mode, customer, measure, number })
    };
    Ok(found.into_iter().filter_map(row).collect())
}
