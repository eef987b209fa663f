//! Moving a watermark together with what was folded up to it.

use crate::store::{
    StoreError,
    sql::{self, Connection, Session, params, query_as},
    tables::{Database, intake::Memory},
};

/// What is folded next: everything after `from`, up to `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub from: i64,
    pub to: i64,
}

/// The next part of the log for this projection; none: it has all.
pub(super) async fn next(connection: &mut Connection, name: &str, limit: u32) -> Result<Option<Span>, StoreError> {
    let (from, last): (i64, i64) = query_as(
        "SELECT coalesce((SELECT seq FROM projections WHERE name = $1), 0), (SELECT coalesce(max(seq), 0) FROM measure_log)",
    )
    .bind(name)
    .fetch_one(connection)
    .await?;
    Ok((from < last).then(|| Span { from, to: last.min(from + i64::from(limit)) }))
}

/// Writes what was folded, if nobody else did meanwhile: the watermark moves only from where the fold began.
pub(super) async fn put<F>(database: &Database, name: &'static str, span: Span, write: F) -> Result<u64, StoreError>
where
    F: FnOnce(&Session) -> Result<(), StoreError> + Send + 'static,
{
    let work = move |connection: &Session, _: &mut Memory| {
        let moved = sql::execute(
            connection,
            "INSERT INTO projections (name, seq) SELECT ?1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM projections WHERE name = ?1)
             ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE projections.seq = ?2",
            params![name, span.from, span.to],
        )?;
        if moved == 0 {
            return Ok(0);
        }
        write(connection)?;
        Ok(u64::try_from(span.to - span.from).unwrap_or(0))
    };
    database.writer.run_step(work).await.map(|(folded, _)| folded)
}
