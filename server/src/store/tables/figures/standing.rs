//! What is in a stock by what each shipment is measured at, as the figure counts it: found by the state that such shipments are in, so that
//! nobody goes through all that ever was in stock.

use super::{
    unreadable, versions,
    waiting::{place, push_shipments},
};
use crate::{
    domain::{
        measure::{Metric, Stock, bin_currency},
        money::Money,
        readiness::Holds,
        time::Instant,
    },
    store::{
        StoreError,
        figures::{Marks, MeasureQuery, Place, WaitingRow},
        measures::standing::unpack,
        sql::{Connection, FromRow, QueryBuilder, Row},
    },
};
use futures::TryStreamExt;

/// A shipment that may be in stock.
struct Told {
    id: String,
    reference: String,
    holds: u32,
    measured: Vec<u8>,
    place: Place,
}

impl FromRow for Told {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get(0)?,
            reference: row.try_get(1)?,
            holds: row.try_get(2)?,
            measured: row.try_get(3)?,
            place: place(row, 4)?,
        })
    }
}

/// Where those are that may be in it.
fn among(stock: Stock) -> &'static str {
    match stock {
        // Whoever refused goods stands among those on their way, and nobody need have been told to move them. Whoever has a carrier has
        // somebody: of these nothing more is looked at.
        Stock::Unassigned => {
            "INDEXED BY shipments_by_stage WHERE s.stage IN ('planned', 'tendered', 'in_transit') AND s.carrier_id = '' AND s.history = 0 AND s.measured IS NOT NULL"
        }
        Stock::ErpBacklog => {
            "INDEXED BY shipments_by_stage WHERE s.stage = 'invoiced' AND s.history = 0 AND s.measured IS NOT NULL"
        }
        Stock::NeedingProof | Stock::AwaitingProof | Stock::Unbilled => {
            "INDEXED BY shipments_unbilled WHERE s.unbilled = 1 AND s.measured IS NOT NULL"
        }
    }
}

/// Those that began and did not end, oldest first.
pub(super) async fn rows(connection: &mut Connection, query: &MeasureQuery, stock: Stock) -> Result<Vec<WaitingRow>, StoreError> {
    let (opened, closed) = stock.metrics();
    let told = versions::told(connection, &[opened, closed]).await?;
    let Some((opened, closed)) = told.by(opened).zip(told.by(closed)) else { return Ok(Vec::new()) };
    let mut sql = QueryBuilder::new(
        "SELECT s.id, s.reference, s.holds, s.measured, s.region_id, s.business_unit_id, s.carrier_id, s.mode, s.customer_id FROM ",
    );
    push_shipments(&mut sql, query, among(stock));
    let mut rows = Vec::new();
    let mut found = sql.build_query_as::<Told>().fetch(connection);
    while let Some(told) = found.try_next().await? {
        rows.extend(standing(told, opened, closed)?);
    }
    rows.sort_unstable_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    Ok(rows)
}

/// A row of one that is in stock.
fn standing(told: Told, opened: Metric, closed: Metric) -> Result<Option<WaitingRow>, StoreError> {
    let Told { id, reference, holds, measured, place } = told;
    let standing = unpack(&measured).map_err(|cause| unreadable("shipments", &id, cause))?;
    let measures = standing.map(|standing| standing.measures).unwrap_or_default();
    let Some(began) = measures.iter().find(|measure| measure.metric == opened) else { return Ok(None) };
    if measures.iter().any(|measure| measure.metric == closed) {
        return Ok(None);
    }
    let since = Instant(i64::from(began.day) * Instant::DAY);
    let money = bin_currency(began.bin).map(|currency| Money { minor: began.sum, currency });
    let (holds, kind, cause, marks) = (Holds::from_bits(holds), String::new(), String::new(), Marks::default());
    Ok(Some(WaitingRow { id, reference, since, money, holds, kind, cause, marks, place }))
}
