//! Exceptions that are over, from their rows: which they are, and how they count where the book does not tell.

use super::{answer::wanted, waiting::on_lane};
use crate::{
    domain::{exception::ExceptionKind, time::Instant},
    store::{
        StoreError,
        figures::{AT_ONCE, Counted, Episode, Episodes, ExceptionTold, MeasureQuery, Place, Solved},
        sql::{Connection, QueryBuilder, query_as},
        tables::{intake::rows::json, scope},
    },
};

/// Adds the conditions on dimensions for exceptions, `e`, and their shipments, `s`.
fn of_exceptions(sql: &mut QueryBuilder, query: &MeasureQuery) {
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

/// Id, detected, closed, waived, what the shipment was measured at.
type Row = (String, i64, Option<i64>, bool, Option<Vec<u8>>);

/// Rows of exceptions. Shipments are looked up only if they decide anything.
async fn rows(
    connection: &mut Connection,
    query: &MeasureQuery,
    (from, only): (&'static str, impl FnOnce(&mut QueryBuilder)),
) -> Result<Vec<Row>, StoreError> {
    let lane = query.origin.is_some() || query.destination.is_some();
    let measured = if lane { "s.measured" } else { "NULL" };
    let mut sql = QueryBuilder::new("SELECT e.id, e.detected_at, e.closed_at, e.state = 'waived', ");
    sql.push(measured).push(" FROM exceptions AS e ").push(from);
    if lane || query.mode.is_some() {
        sql.push(" LEFT JOIN shipments AS s ON s.id = e.shipment_id");
    }
    sql.push(" WHERE ");
    of_exceptions(&mut sql, query);
    only(&mut sql);
    let rows: Vec<Row> = sql.build_query_as().fetch_all(&mut *connection).await?;
    if !lane {
        return Ok(rows);
    }
    let wanted = wanted(connection, query).await?;
    Ok(rows.into_iter().filter(|row| on_lane(&wanted, row.4.as_deref())).collect())
}

/// What became of exceptions.
pub(super) async fn episodes(
    connection: &mut Connection,
    query: &MeasureQuery,
    kind: Option<ExceptionKind>,
) -> Result<Episodes, StoreError> {
    let only = |sql: &mut QueryBuilder| {
        if let Some(kind) = kind {
            sql.push(" AND e.kind = ").push_bind(kind.code());
        }
    };
    let mut counted = Counted::default();
    for (_, detected_at, closed_at, waived, _) in rows(connection, query, ("", only)).await? {
        let over = closed_at.map(|closed_at| (Instant(closed_at), waived));
        counted.count(query, Episode { detected_at: Instant(detected_at), over });
    }
    Ok(counted.episodes())
}

/// The exceptions that were closed in the period, on an index of their own.
pub(super) async fn solved(connection: &mut Connection, query: &MeasureQuery) -> Result<Vec<Solved>, StoreError> {
    let only = |sql: &mut QueryBuilder| {
        sql.push(" AND e.state IN ('verified', 'waived')");
        for (day, words) in [(query.from_day, " AND e.closed_at >= "), (query.to_day, " AND e.closed_at < ")] {
            if let Some(day) = day {
                sql.push(words).push_bind(i64::from(day) * Instant::DAY);
            }
        }
    };
    let rows = rows(connection, query, ("INDEXED BY exceptions_solved", only)).await?;
    let solved = |(id, detected_at, closed_at, waived, _): Row| {
        let closed_at = closed_at.unwrap_or(detected_at);
        let at_once = !waived && closed_at - detected_at < AT_ONCE;
        Solved { id, waived, at_once, detected_at: Instant(detected_at), closed_at: Instant(closed_at) }
    };
    Ok(rows.into_iter().map(solved).collect())
}

/// What these exceptions are about.
pub(super) async fn told(connection: &mut Connection, ids: &[String]) -> Result<Vec<ExceptionTold>, StoreError> {
    type Row = (String, String, String, String, String, String, String, String);
    let rows: Vec<Row> = query_as(
        "SELECT e.id, e.subject, e.kind, e.region_id, e.business_unit_id, e.carrier_id, coalesce(s.mode, ''), e.customer_id
         FROM json_each($1) AS k CROSS JOIN exceptions AS e ON e.id = k.value LEFT JOIN shipments AS s ON s.id = e.shipment_id",
    )
    .bind(json(ids))
    .fetch_all(connection)
    .await?;
    let told = |(id, subject, kind, region, business_unit, carrier, mode, customer): Row| {
        let place = Place { region, business_unit, carrier, mode, customer };
        ExceptionTold { id, subject, kind, place }
    };
    Ok(rows.into_iter().map(told).collect())
}
