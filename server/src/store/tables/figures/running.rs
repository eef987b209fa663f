//! Shipments whose clock runs though nothing holds them: on their way, or without a POD after they were billed.

use super::{
    answer::wanted,
    waiting::{WaitingTold, of_shipments, on_lane, read},
};
use crate::store::{
    StoreError,
    figures::{MeasureQuery, Running, WaitingRow},
    sql::{Connection, QueryBuilder},
};

/// The rows behind the counts of [`under_way`](super::waiting::under_way) and [`without_proof`](super::waiting::without_proof).
pub(super) async fn running(
    connection: &mut Connection,
    query: &MeasureQuery,
    running: Running,
) -> Result<Vec<WaitingRow>, StoreError> {
    let mut sql = QueryBuilder::new(
        // Its clock runs from the dispatch; by its place in the lists, a promise that may lie ahead, goes only what was never dispatched.
        "SELECT s.id, s.reference, iif(s.awaiting_pod = 1, s.sort_at, coalesce(s.dispatched_at, s.sort_at)), s.waiting_minor,
                s.waiting_currency, 0, s.stage, '', s.measured,
                s.region_id, s.business_unit_id, s.carrier_id, s.mode, s.customer_id FROM shipments AS s ",
    );
    sql.push(match running {
        Running::UnderWay => "INDEXED BY shipments_by_stage WHERE s.stage IN ('dispatched', 'in_transit') AND s.history = 0 AND ",
        Running::WithoutProof => "INDEXED BY shipments_unbilled WHERE s.awaiting_pod = 1 AND ",
    });
    of_shipments(&mut sql, query);
    sql.push(" ORDER BY 3, 1");
    let rows: Vec<WaitingTold> = sql.build_query_as().fetch_all(&mut *connection).await?;
    let lane = query.origin.is_some() || query.destination.is_some();
    let wanted = if lane { wanted(connection, query).await? } else { Vec::new() };
    rows.into_iter().filter(|row| !lane || on_lane(&wanted, row.measured.as_deref())).map(read).collect()
}
