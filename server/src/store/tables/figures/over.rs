//! Exceptions that are over, from their rows: which they are, and how they count where the book does not tell.

use super::{
    answer::wanted,
    waiting::{measured, of_a_lane, of_exceptions, on_lane},
};
use crate::{
    domain::{exception::ExceptionKind, time::Instant},
    store::{
        StoreError,
        figures::{AT_ONCE, Counted, Episode, Episodes, ExceptionTold, MeasureQuery, Place, Solved},
        sql::{Connection, QueryBuilder, query_as},
        tables::intake::rows::json,
    },
};
use futures::TryStreamExt;

/// Id, detected, closed, waived, what tells the lane of its shipment.
type Row = (String, i64, Option<i64>, bool, Option<Vec<u8>>);

/// Tells rows of exceptions, one after the other: there may be many, and few on a lane. Shipments are looked up only if they decide
/// anything.
async fn rows(
    connection: &mut Connection,
    query: &MeasureQuery,
    (id, from, only): (&'static str, &'static str, impl FnOnce(&mut QueryBuilder)),
    mut tell: impl FnMut(Row),
) -> Result<(), StoreError> {
    let wanted = if of_a_lane(query) { Some(wanted(connection, query).await?) } else { None };
    let measured = measured(query);
    let mut sql = QueryBuilder::new(format!(
        "SELECT {id}, e.detected_at, e.closed_at, e.state = 'waived', {measured} FROM exceptions AS e "
    ));
    sql.push(from);
    if wanted.is_some() || query.mode.is_some() {
        sql.push(" LEFT JOIN shipments AS s ON s.id = e.shipment_id");
    }
    sql.push(" WHERE ");
    of_exceptions(&mut sql, query);
    only(&mut sql);
    let mut rows = sql.build_query_as::<Row>().fetch(connection);
    while let Some(row) = rows.try_next().await? {
        if wanted.as_ref().is_none_or(|wanted| on_lane(wanted, row.4.as_deref())) {
            tell(row);
        }
    }
    Ok(())
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
    rows(connection, query, ("''", "", only), |(_, detected_at, closed_at, waived, _)| {
        let over = closed_at.map(|closed_at| (Instant(closed_at), waived));
        counted.count(query, Episode { detected_at: Instant(detected_at), over });
    })
    .await?;
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
    let mut solved = Vec::new();
    rows(connection, query, ("e.id", "INDEXED BY exceptions_solved", only), |(id, detected_at, closed_at, waived, _)| {
        let closed_at = closed_at.unwrap_or(detected_at);
        let at_once = !waived && closed_at - detected_at < AT_ONCE;
        solved.push(Solved { id, waived, at_once, detected_at: Instant(detected_at), closed_at: Instant(closed_at) });
    })
    .await?;
    Ok(solved)
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
