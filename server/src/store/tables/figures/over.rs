//! Exceptions that are over, from their rows: which they are, and how they count where the book does not tell.

use super::waiting::{LANE, of_a_lane, of_exceptions, push_lane};
use crate::{
    domain::{exception::ExceptionKind, time::Instant},
    store::{
        StoreError,
        figures::{AT_ONCE, Counted, Episode, Episodes, ExceptionTold, MeasureQuery, Over, Place, Solved, SolvedPlace},
        sql::{Connection, QueryBuilder, query_as},
        tables::intake::rows::json,
    },
};
use futures::TryStreamExt;

/// Id, cause gone, detected, closed, waived.
type Row = (String, Option<i64>, i64, Option<i64>, bool);

/// Tells rows of exceptions, one after the other: there may be many. Those of a lane are found by its shipments, which are looked up
/// only if they decide anything.
async fn rows(
    connection: &mut Connection,
    query: &MeasureQuery,
    (told, from, only): (&'static str, &'static str, impl FnOnce(&mut QueryBuilder)),
    mut tell: impl FnMut(Row),
) -> Result<(), StoreError> {
    let lane = of_a_lane(query);
    let from = if lane { LANE } else { from };
    let mut sql = QueryBuilder::new(format!("SELECT {told}, e.detected_at, e.closed_at, e.state = 'waived' FROM {from}"));
    if query.mode.is_some() {
        sql.push(" LEFT JOIN shipments AS s ON s.id = e.shipment_id");
    }
    sql.push(" WHERE ");
    if lane {
        push_lane(&mut sql, query);
    }
    of_exceptions(&mut sql, query);
    only(&mut sql);
    let mut rows = sql.build_query_as::<Row>().fetch(connection);
    while let Some(row) = rows.try_next().await? {
        tell(row);
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
    let gone = "'', iif(e.state = 'waived', e.gone_at, e.closed_at)";
    rows(connection, query, (gone, "exceptions AS e", only), |(_, gone_at, detected_at, closed_at, waived)| {
        let over = closed_at.map(|closed_at| (Instant(closed_at), waived));
        counted.count(query, Episode { detected_at: Instant(detected_at), over, gone_at: gone_at.map(Instant) });
    })
    .await?;
    Ok(counted.episodes())
}

/// Exceptions that were closed in the period, a page of them, in the order of an index of their own.
pub(super) async fn solved(
    connection: &mut Connection,
    query: &MeasureQuery,
    (over, after, limit): (Over, Option<&SolvedPlace>, usize),
) -> Result<Vec<Solved>, StoreError> {
    let only = |sql: &mut QueryBuilder| {
        // The first condition is the index's own.
        sql.push(" AND e.state IN ('verified', 'waived')").push(match over {
            Over::Waived => " AND e.state = 'waived'",
            Over::Verified => " AND e.state = 'verified' AND e.closed_at - e.detected_at >= ",
            Over::AtOnce => " AND e.state = 'verified' AND e.closed_at - e.detected_at < ",
        });
        if over != Over::Waived {
            sql.push_bind(AT_ONCE);
        }
        for (day, words) in [(query.from_day, " AND e.closed_at >= "), (query.to_day, " AND e.closed_at < ")] {
            if let Some(day) = day {
                sql.push(words).push_bind(i64::from(day) * Instant::DAY);
            }
        }
        if let Some((closed_at, detected_at, id)) = after {
            sql.push(" AND (e.closed_at, e.detected_at, e.id) > (").push_bind(closed_at.0).push(", ").push_bind(detected_at.0);
            sql.push(", ").push_bind(id.clone()).push(")");
        }
        // One state only; but a planner that looks for both reads them in order too.
        sql.push(" ORDER BY e.state, e.closed_at, e.detected_at, e.id LIMIT ")
            .push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    };
    let mut solved = Vec::new();
    let from = "exceptions AS e INDEXED BY exceptions_solved";
    // On the index alone: when the cause went is not in it.
    rows(connection, query, ("e.id, CAST(NULL AS BIGINT)", from, only), |(id, _, detected_at, closed_at, _)| {
        let closed_at = closed_at.unwrap_or(detected_at);
        solved.push(Solved { id, detected_at: Instant(detected_at), closed_at: Instant(closed_at) });
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
