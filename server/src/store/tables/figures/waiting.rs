//! What waits now, from the rows of shipments and exceptions: there is little open work, whatever the history is.

use super::{
    answer::wanted,
    stock::{Item, add_up},
};
use crate::{
    domain::{
        exception::ExceptionKind,
        money::{Currency, Money},
        readiness::{HoldKind, Holds},
        time::Instant,
    },
    store::{
        StoreError,
        figures::{Adding, By, MeasureQuery, Place, Wait, WaitingRow, Waits, Why},
        measures::standing,
        sql::{Connection, FromRow, QueryBuilder, Reader, Row, query_as},
        tables::{intake::rows::corrupt, scope},
    },
};
use futures::TryStreamExt;

/// A row: what it was measured at, and what it tells.
pub(super) struct WaitingTold {
    pub(super) measured: Option<Vec<u8>>,
    holds: u32,
    kind: String,
    id: String,
    reference: String,
    since: i64,
    minor: Option<i64>,
    currency: Option<String>,
    cause: String,
    place: Place,
}

impl FromRow for WaitingTold {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get(0)?,
            reference: row.try_get(1)?,
            since: row.try_get(2)?,
            minor: row.try_get(3)?,
            currency: row.try_get(4)?,
            holds: row.try_get(5)?,
            kind: row.try_get(6)?,
            cause: row.try_get(7)?,
            measured: row.try_get(8)?,
            place: Place {
                region: row.try_get(9)?,
                business_unit: row.try_get(10)?,
                carrier: row.try_get(11)?,
                mode: row.try_get(12)?,
                customer: row.try_get(13)?,
            },
        })
    }
}

/// Adds the conditions on dimensions for a table of shipments, `s`; lanes are no columns of it.
pub(super) fn of_shipments(sql: &mut QueryBuilder, query: &MeasureQuery) {
    scope::push(sql, "s.", &query.sight);
    for (column, value) in [
        ("s.region_id", &query.region),
        ("s.business_unit_id", &query.business_unit),
        ("s.carrier_id", &query.carrier),
        ("s.mode", &query.mode),
        ("s.customer_id", &query.customer),
    ] {
        scope::push_equal(sql, column, value.as_deref());
    }
}

/// The same for exceptions, `e`, and their shipments, `s`.
pub(super) fn of_exceptions(sql: &mut QueryBuilder, query: &MeasureQuery) {
    scope::push(sql, "e.", &query.sight);
    for (column, value) in [
        ("e.region_id", &query.region),
        ("e.business_unit_id", &query.business_unit),
        ("e.carrier_id", &query.carrier),
        ("e.customer_id", &query.customer),
        ("coalesce(s.mode, '')", &query.mode),
    ] {
        scope::push_equal(sql, column, value.as_deref());
    }
}

/// What waits now, oldest first.
pub(super) async fn waiting(
    connection: &mut Connection,
    query: &MeasureQuery,
    wait: Wait,
) -> Result<Vec<WaitingRow>, StoreError> {
    let measured = measured(query);
    let mut sql = match wait {
        Wait::Exceptions(_) => QueryBuilder::new(format!(
            "SELECT e.id, e.subject, e.detected_at, e.money_minor, e.currency, 0, e.kind, e.cause, {measured},
                    e.region_id, e.business_unit_id, e.carrier_id, coalesce(s.mode, ''), e.customer_id
             FROM exceptions AS e INDEXED BY exceptions_open LEFT JOIN shipments AS s ON s.id = e.shipment_id
             WHERE e.state IN ('open', 'claimed') AND ",
        )),
        // Runs on the index of what is open; the planner would prefer a region's whole history.
        Wait::Unbilled | Wait::AwaitingProof | Wait::Validated => {
            let mut sql = QueryBuilder::new(format!(
                "SELECT s.id, s.reference, s.sort_at, s.waiting_minor, s.waiting_currency, s.holds,
                        iif(s.awaiting_pod = 1, 'no_proof', ''), '', {measured}, s.region_id, s.business_unit_id, s.carrier_id, s.mode, s.customer_id
                 FROM shipments AS s INDEXED BY shipments_unbilled WHERE ",
            ));
            sql.push(if wait == Wait::Validated { "s.pod_validated = 1 AND " } else { "s.unbilled = 1 AND " });
            sql
        }
        Wait::ErpBacklog => QueryBuilder::new(format!(
            "SELECT s.id, s.reference, s.invoiced_at, s.waiting_minor, s.waiting_currency, 0,
                    iif(s.posting_refused = 1, 'refused', 'no_word'), '', {measured}, s.region_id, s.business_unit_id, s.carrier_id, s.mode, s.customer_id
             FROM shipments AS s INDEXED BY shipments_by_stage WHERE s.stage = 'invoiced' AND s.history = 0 AND s.invoiced_at IS NOT NULL AND ",
        )),
    };
    if let Wait::Exceptions(kind) = wait {
        of_exceptions(&mut sql, query);
        if let Some(kind) = kind {
            sql.push(" AND e.cause BETWEEN ").push_bind(format!("{}:", kind.code())).push(" AND ");
            sql.push_bind(format!("{};", kind.code()));
        }
    } else {
        of_shipments(&mut sql, query);
    }
    sql.push(" ORDER BY 3, 1");
    let wanted = if of_a_lane(query) { Some(wanted(connection, query).await?) } else { None };
    let (mut rows, mut waiting) = (sql.build_query_as::<WaitingTold>().fetch(connection), Vec::new());
    while let Some(row) = rows.try_next().await? {
        let waits = wait != Wait::AwaitingProof || lacks_proof(Holds::from_bits(row.holds), row.kind == "no_proof");
        if waits && wanted.as_ref().is_none_or(|wanted| on_lane(wanted, row.measured.as_deref())) {
            waiting.push(read(row)?);
        }
    }
    Ok(waiting)
}

/// Whether a lane is asked for: whether a shipment is on it only what it was measured at tells.
pub(super) fn of_a_lane(query: &MeasureQuery) -> bool {
    query.origin.is_some() || query.destination.is_some()
}

/// What of a shipment `s` tells its lane, if one is asked for: the two numbers that what it was measured at begins with.
pub(super) fn measured(query: &MeasureQuery) -> &'static str {
    if of_a_lane(query) { "substr(s.measured, 1, 20)" } else { "NULL" }
}

/// Whether the contract asks for a proof that is not there. Without a contract any would do: that is the custom of the trade.
pub(super) fn lacks_proof(holds: Holds, none: bool) -> bool {
    let asked = [HoldKind::PodMissing, HoldKind::PodUnsigned, HoldKind::PodUnchecked];
    asked.into_iter().any(|kind| holds.contains(kind)) || none && holds.contains(HoldKind::ContractMissing)
}

/// A row as it is told.
pub(super) fn read(row: WaitingTold) -> Result<WaitingRow, StoreError> {
    let WaitingTold { id, reference, since, minor, currency, holds, kind, cause, place, .. } = row;
    let money = match (minor, currency.filter(|currency| !currency.is_empty())) {
        (Some(minor), Some(currency)) => {
            let currency = Currency::try_from(currency).map_err(|cause| corrupt("shipments", &id, cause))?;
            Some(Money { minor, currency })
        }
        _ => None,
    };
    let (since, holds) = (Instant(since), Holds::from_bits(holds));
    Ok(WaitingRow { id, reference, since, money, holds, kind, cause, place })
}

/// The same added up, for what the book does not hold.
pub(super) async fn added_up(
    connection: &mut Connection,
    query: &MeasureQuery,
    wait: Wait,
    how: &Adding,
) -> Result<Waits, StoreError> {
    let rows = waiting(connection, query, wait).await?;
    let exceptions = matches!(wait, Wait::Exceptions(_));
    let items: Vec<_> = rows
        .iter()
        .map(|row| {
            let why = match wait {
                Wait::Unbilled | Wait::AwaitingProof | Wait::Validated => Why::Holds(row.holds),
                Wait::ErpBacklog if row.kind == "refused" => Why::Refused,
                Wait::ErpBacklog => Why::NoWord,
                Wait::Exceptions(_) => {
                    let kind = ExceptionKind::from_code(&row.kind);
                    Why::Wrong(kind.ok_or_else(|| corrupt("exceptions", &row.id, &row.kind))?)
                }
            };
            let of = match how.by {
                By::Nothing => "",
                By::Carrier => &*row.place.carrier,
                By::Cause => &*row.cause,
            };
            Ok(Item { why, since: row.since, of, money: row.money, whose: exceptions.then_some(&*row.reference) })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(add_up(items.into_iter(), how, str::to_owned))
}

/// How many shipments are under way on a lane.
pub(super) async fn under_way(connection: &mut Connection, query: &MeasureQuery) -> Result<u64, StoreError> {
    let mut sql = QueryBuilder::new(
        "SELECT substr(s.measured, 1, 20) FROM shipments AS s INDEXED BY shipments_by_stage
         WHERE s.stage IN ('dispatched', 'in_transit') AND s.history = 0 AND ",
    );
    of_shipments(&mut sql, query);
    let rows: Vec<(Option<Vec<u8>>,)> = sql.build_query_as().fetch_all(&mut *connection).await?;
    let wanted = wanted(connection, query).await?;
    Ok(rows.iter().filter(|(measured,)| on_lane(&wanted, measured.as_deref())).count() as u64)
}

/// How many were delivered of which no POD has come: those that are billed all the same are no longer waiting, and still open.
pub(super) async fn without_proof(connection: &mut Connection, query: &MeasureQuery) -> Result<u64, StoreError> {
    let lane = of_a_lane(query);
    let mut sql = QueryBuilder::new(if lane { "SELECT substr(s.measured, 1, 20)" } else { "SELECT count(*)" });
    sql.push(" FROM shipments AS s INDEXED BY shipments_unbilled WHERE s.awaiting_pod = 1 AND ");
    of_shipments(&mut sql, query);
    if !lane {
        let (n,): (i64,) = sql.build_query_as().fetch_one(connection).await?;
        return Ok(n.unsigned_abs());
    }
    let rows: Vec<(Option<Vec<u8>>,)> = sql.build_query_as().fetch_all(&mut *connection).await?;
    let wanted = wanted(connection, query).await?;
    Ok(rows.iter().filter(|(measured,)| on_lane(&wanted, measured.as_deref())).count() as u64)
}

/// Whether a shipment that was measured so is among the dimensions that are wanted.
pub(super) fn on_lane(wanted: &[bool], measured: Option<&[u8]>) -> bool {
    let dims = measured.and_then(standing::dims).and_then(|dims| usize::try_from(dims).ok());
    dims.and_then(|dims| wanted.get(dims)).is_some_and(|wanted| *wanted)
}

/// Events of the period: taken, and taken before. Of all regions: what was taken before has none.
pub(super) async fn answered(pool: &Reader, query: &MeasureQuery) -> Result<(u64, u64), StoreError> {
    let (taken, duplicate): (i64, i64) = query_as(
        "SELECT coalesce(sum(taken), 0), coalesce(sum(duplicate), 0) FROM intake_days WHERE environment = $1 AND day >= $2 AND day < $3",
    )
    .bind(query.sight.environment.code())
    .bind(query.from_day.unwrap_or(i32::MIN))
    .bind(query.to_day.unwrap_or(i32::MAX))
    .fetch_one(pool)
    .await?;
    Ok((taken.unsigned_abs(), duplicate.unsigned_abs()))
}
