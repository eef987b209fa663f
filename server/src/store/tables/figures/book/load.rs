//! Reading open work out of the database: all of it, or what changed.

use super::State;
use crate::store::{
    StoreError,
    sql::{Connection, FromRow, QueryBuilder, Row, query_as},
    tables::intake::rows::json,
};
use futures::TryStreamExt;
use std::collections::BTreeSet;

/// Rows that changed.
#[derive(Default)]
pub(super) struct Changed {
    pub shipments: BTreeSet<i64>,
    pub exceptions: BTreeSet<i64>,
}

/// What is read.
pub(super) enum What {
    All,
    These(Changed),
}

/// A shipment as it is told.
pub(super) struct ShipmentTold {
    row: i64,
    /// Environment, region, business unit, carrier, mode, customer.
    pub place: [String; 6],
    pub sort_at: i64,
    pub delivered: bool,
    pub dispatched_at: Option<i64>,
    pub invoiced_at: Option<i64>,
    pub ready_at: Option<i64>,
    pub validated_at: Option<i64>,
    pub unproven: bool,
    pub minor: Option<i64>,
    pub currency: Option<String>,
    pub holds: u32,
    pub unbilled: bool,
    pub no_proof: bool,
    pub under_way: bool,
    pub refused: bool,
}

/// An exception as it is told.
pub(super) struct ExceptionTold {
    row: i64,
    pub place: [String; 6],
    pub shipment: i64,
    pub detected_at: i64,
    pub minor: Option<i64>,
    pub currency: String,
    pub kind: String,
    pub cause: String,
    pub waived: bool,
    pub came_back: bool,
    pub nobodys: bool,
}

/// An exception, open or over, as it is told.
pub(super) struct EpisodeTold {
    pub row: i64,
    pub place: [String; 6],
    pub kind: String,
    pub over: bool,
    pub waived: bool,
    pub detected_at: i64,
    pub closed_at: Option<i64>,
    pub gone_at: Option<i64>,
}

impl FromRow for EpisodeTold {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            row: row.try_get(0)?,
            place: place(row)?,
            kind: row.try_get(7)?,
            over: row.try_get(8)?,
            waived: row.try_get(9)?,
            detected_at: row.try_get(10)?,
            closed_at: row.try_get(11)?,
            gone_at: row.try_get(12)?,
        })
    }
}

fn place(row: &Row<'_>) -> Result<[String; 6], sqlx::Error> {
    Ok([row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?, row.try_get(6)?])
}

impl FromRow for ShipmentTold {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            row: row.try_get(0)?,
            place: place(row)?,
            sort_at: row.try_get(7)?,
            invoiced_at: row.try_get(8)?,
            minor: row.try_get(9)?,
            currency: row.try_get(10)?,
            holds: row.try_get(11)?,
            unbilled: row.try_get(12)?,
            no_proof: row.try_get(13)?,
            under_way: row.try_get(14)?,
            refused: row.try_get(15)?,
            delivered: row.try_get(16)?,
            dispatched_at: row.try_get(17)?,
            ready_at: row.try_get(18)?,
            validated_at: row.try_get(19)?,
            unproven: row.try_get(20)?,
        })
    }
}

impl FromRow for ExceptionTold {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            row: row.try_get(0)?,
            place: place(row)?,
            shipment: row.try_get(7)?,
            detected_at: row.try_get(8)?,
            minor: row.try_get(9)?,
            currency: row.try_get(10)?,
            kind: row.try_get(11)?,
            cause: row.try_get(12)?,
            waived: row.try_get(13)?,
            came_back: row.try_get(14)?,
            nobodys: row.try_get(15)?,
        })
    }
}

/// The state that the transaction sees.
pub(super) async fn state(connection: &mut Connection) -> Result<State, StoreError> {
    // SQLite numbers its rows anew when the file is written anew; PostgreSQL's numbers are a column.
    let schema = if connection.is_postgres() { "0" } else { "(SELECT schema_version FROM pragma_schema_version)" };
    let sql = format!("SELECT (SELECT coalesce(max(seq), 0) FROM open_changes), {schema}");
    let (seq, schema) = query_as(sql).fetch_one(connection).await?;
    Ok(State { seq, schema })
}

/// What changed after this; none: that is no longer told.
pub(super) async fn changed(connection: &mut Connection, after: i64) -> Result<Option<Changed>, StoreError> {
    let rows: Vec<(i64, i64, i64)> =
        query_as("SELECT seq, what, row FROM open_changes WHERE seq > $1 ORDER BY seq").bind(after).fetch_all(connection).await?;
    if rows.first().is_none_or(|(seq, ..)| *seq != after + 1) {
        return Ok(None);
    }
    let mut changed = Changed::default();
    for (_, what, row) in rows {
        if what == 0 { &mut changed.shipments } else { &mut changed.exceptions }.insert(row);
    }
    Ok(Some(changed))
}

/// Tells the shipments that wait for something.
pub(super) async fn shipments(
    connection: &mut Connection,
    what: &What,
    mut tell: impl FnMut(i64, &ShipmentTold),
) -> Result<(), StoreError> {
    // Found by their indexes: those that wait to be billed, those of some stages, those with a good POD that nobody told the
    // delivery of, and those that are ready or lack a POD though they are none of these.
    let from: [&str; 4] = match what {
        What::All => [
            " FROM shipments AS s INDEXED BY shipments_unbilled WHERE s.unbilled = 1",
            " FROM shipments AS s INDEXED BY shipments_by_stage WHERE s.environment IN ('live', 'demo', 'sandbox')
                  AND s.stage IN ('dispatched', 'in_transit', 'invoiced') AND s.history = 0 AND s.unbilled = 0",
            " FROM shipments AS s INDEXED BY shipments_unbilled WHERE s.pod_validated = 1 AND s.unbilled = 0",
            " FROM shipments AS s INDEXED BY shipments_running WHERE (s.unproven = 1 OR s.ready_at IS NOT NULL) AND s.unbilled = 0",
        ],
        What::These(changed) if changed.shipments.is_empty() => return Ok(()),
        What::These(_) => [
            " CROSS JOIN shipments AS s NOT INDEXED ON s.rowid = CAST(k.value AS BIGINT) WHERE s.unbilled = 1 OR s.pod_validated = 1 OR s.unproven = 1 OR s.ready_at IS NOT NULL OR (s.history = 0 AND s.stage IN ('dispatched', 'in_transit', 'invoiced'))",
            "",
            "",
            "",
        ],
    };
    for from in from.into_iter().filter(|from| !from.is_empty()) {
        let mut sql = QueryBuilder::new(
            "SELECT s.rowid, s.environment, s.region_id, s.business_unit_id, s.carrier_id, s.mode, s.customer_id, s.sort_at,
                    iif(s.stage = 'invoiced' AND s.history = 0, s.invoiced_at, NULL), s.waiting_minor, s.waiting_currency, s.holds,
                    s.unbilled, s.awaiting_pod, s.history = 0 AND s.stage IN ('dispatched', 'in_transit'),
                    s.posting_refused, s.delivered_at IS NOT NULL, s.dispatched_at, s.ready_at,
                    iif(s.pod_validated = 1, s.pod_validated_at, NULL), s.unproven",
        );
        if let What::These(changed) = what {
            sql.push(" FROM json_each(").push_bind(json(&changed.shipments)).push(") AS k");
        }
        sql.push(from);
        let mut told = sql.build_query_as::<ShipmentTold>().fetch(&mut *connection);
        while let Some(told) = told.try_next().await? {
            tell(told.row, &told);
        }
    }
    Ok(())
}

/// Tells the exceptions that are there: the open ones, and those that were waived while what was waived is there.
pub(super) async fn exceptions(
    connection: &mut Connection,
    what: &What,
    mut tell: impl FnMut(i64, &ExceptionTold) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    const OPEN: &str = "e.state IN ('open', 'claimed')";
    const ACCEPTED: &str = "e.state = 'waived' AND e.gone_at IS NULL AND e.shipment_id IS NOT NULL";
    if matches!(what, What::These(changed) if changed.exceptions.is_empty()) {
        return Ok(());
    }
    for (index, which) in [("exceptions_open", OPEN), ("exceptions_accepted", ACCEPTED)] {
        let mut sql = QueryBuilder::new(
            "SELECT e.rowid, e.environment, e.region_id, e.business_unit_id, e.carrier_id, coalesce(s.mode, ''), e.customer_id,
                    coalesce(s.rowid, -e.rowid), e.detected_at, e.money_minor, e.currency, e.kind, e.cause, e.state = 'waived',
                    e.reopens > 0, e.assignee = ''",
        );
        match what {
            What::All => sql.push(format!(" FROM exceptions AS e INDEXED BY {index}")),
            What::These(changed) => {
                sql.push(" FROM json_each(").push_bind(json(&changed.exceptions));
                sql.push(") AS k CROSS JOIN exceptions AS e NOT INDEXED ON e.rowid = CAST(k.value AS BIGINT)")
            }
        };
        sql.push(" LEFT JOIN shipments AS s ON s.id = e.shipment_id WHERE ").push(which);
        let mut told = sql.build_query_as::<ExceptionTold>().fetch(&mut *connection);
        while let Some(told) = told.try_next().await? {
            tell(told.row, &told)?;
        }
    }
    Ok(())
}

/// Tells exceptions, over ones too.
pub(super) async fn episodes(
    connection: &mut Connection,
    what: &What,
    mut tell: impl FnMut(&EpisodeTold) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::new(
        "SELECT e.rowid, e.environment, e.region_id, e.business_unit_id, e.carrier_id, coalesce(s.mode, ''), e.customer_id, e.kind,
                e.state IN ('verified', 'waived'), e.state = 'waived', e.detected_at, e.closed_at, e.gone_at FROM ",
    );
    match what {
        What::All => sql.push("exceptions AS e"),
        What::These(changed) if changed.exceptions.is_empty() => return Ok(()),
        What::These(changed) => {
            sql.push("json_each(").push_bind(json(&changed.exceptions));
            sql.push(") AS k CROSS JOIN exceptions AS e NOT INDEXED ON e.rowid = CAST(k.value AS BIGINT)")
        }
    };
    sql.push(" LEFT JOIN shipments AS s ON s.id = e.shipment_id");
    let mut told = sql.build_query_as::<EpisodeTold>().fetch(connection);
    while let Some(told) = told.try_next().await? {
        tell(&told)?;
    }
    Ok(())
}
