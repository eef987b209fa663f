//! Rows by rank.

use super::select;
use crate::{
    domain::time::Instant,
    store::{
        StoreError,
        exceptions::{ExceptionQuery, ExceptionRecord, RankCursor},
        sql::{Connection, FromRow, QueryBuilder, Whole},
    },
};

/// One page, and where the next begins. Age in minutes weighs from one on, so that money ranks what is new. Those that are over
/// come by the time at which they were closed.
pub(super) async fn read(
    connection: &mut Connection,
    query: &ExceptionQuery,
    after: Option<&RankCursor>,
    limit: u32,
) -> Result<(Vec<ExceptionRecord>, Option<RankCursor>), StoreError> {
    let as_of = after.map_or(query.now, |after| after.as_of);
    let mut sql = QueryBuilder::new("SELECT e.*, score, place FROM (SELECT score, place FROM (SELECT ");
    if select::over(query).is_some() {
        sql.push("closed_at AS score, rowid AS place FROM exceptions INDEXED BY exceptions_closed WHERE ");
    } else {
        // All open ones are looked at, in an index that holds what it takes: the order changes with the time.
        sql.push("rank * (max(").push_bind(as_of.0).push(" - detected_at, 0) / ").push(Instant::MINUTE.to_string());
        sql.push(" + 1) AS score, rowid AS place FROM exceptions INDEXED BY exceptions_open WHERE ");
    }
    select::rows(&mut sql, query);
    if select::over(query).is_some() {
        // The index has them by that time, but not by their place among those of one time: only down to the last shown are they
        // sorted. Many end at once; a month of them is never looked through.
        sql.push(" AND closed_at >= coalesce((SELECT closed_at FROM exceptions INDEXED BY exceptions_closed WHERE ");
        select::rows(&mut sql, query);
        if let Some(RankCursor { score, row, .. }) = after {
            sql.push(" AND closed_at <= ").push_bind(score).push(" AND (closed_at, rowid) < (").push_bind(score).push(", ");
            sql.push_bind(row).push(")");
        }
        sql.push(" ORDER BY closed_at DESC LIMIT 1 OFFSET ").push_bind(i64::from(limit)).push("), 0)");
    }
    if let Some(RankCursor { score, .. }) = after.filter(|_| select::over(query).is_some()) {
        sql.push(" AND closed_at <= ").push_bind(score);
    }
    sql.push(") AS each");
    if let Some(RankCursor { score, row, .. }) = after {
        sql.push(" WHERE (score, place) < (").push_bind(score).push(", ").push_bind(row).push(")");
    }
    sql.push(" ORDER BY score DESC, place DESC LIMIT ").push_bind(i64::from(limit) + 1);
    sql.push(") AS ranked CROSS JOIN exceptions AS e ON e.rowid = place ORDER BY score DESC, place DESC");
    let mut rows: Vec<Whole> = sql.build().fetch_all(connection).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last().filter(|_| more) {
        Some(last) => Some(RankCursor { as_of, score: last.try_get("score")?, row: last.try_get("place")? }),
        None => None,
    };
    let rows = rows.iter().map(|row| ExceptionRecord::from_row(&row.row())).collect::<Result<_, _>>()?;
    Ok((rows, next))
}
