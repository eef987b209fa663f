//! Moving a watermark together with what was folded up to it.

use crate::{
    domain::measure::Metric,
    store::{
        StoreError,
        sql::{self, Connection, Session, params, query_as},
        tables::{Database, intake::Memory},
    },
};

/// What is folded next: everything after `from`, up to `to`, but what is told no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: i64,
    pub to: i64,
    /// Metrics that are told no more.
    pub dropped: Metrics,
    /// Of these, those that are being taken away.
    pub going: Metrics,
}

/// A set of metrics, a bit each by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Metrics(i64);

impl Metrics {
    /// As the database adds them up.
    pub(super) fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    pub(super) fn contains(self, metric: Metric) -> bool {
        self.0 & 1 << metric as u8 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The bits of the metrics that are told no more, and of those that are being taken away.
const DROPPED: &str = "SELECT CAST(coalesce(sum(CAST(1 AS BIGINT) << CAST(metric AS INTEGER)), 0) AS BIGINT),
    CAST(coalesce(sum(CAST(1 AS BIGINT) << CAST(metric AS INTEGER)) FILTER (WHERE state = 'gone'), 0) AS BIGINT)
    FROM measure_versions WHERE state IN ('gone', 'removed')";

/// The next part of the log for this projection; none: it has all. Where it begins like one that was read already it ends there too: what
/// came in between is for the next time.
pub(super) async fn next(
    connection: &mut Connection,
    name: &str,
    (limit, like): (u32, Option<Span>),
) -> Result<Option<Span>, StoreError> {
    let (from, last): (i64, i64) = query_as(
        "SELECT coalesce((SELECT seq FROM projections WHERE name = $1), 0), (SELECT coalesce(max(seq), 0) FROM measure_log)",
    )
    .bind(name)
    .fetch_one(&mut *connection)
    .await?;
    if from >= last {
        return Ok(None);
    }
    let (dropped, going): (i64, i64) = query_as(DROPPED).fetch_one(connection).await?;
    let to = like.filter(|like| like.from == from).map_or(last.min(from + i64::from(limit)), |like| like.to);
    Ok(Some(Span { from, to, dropped: Metrics(dropped), going: Metrics(going) }))
}

/// Writes what was folded, if nobody else did meanwhile: the watermark moves only from where the fold began. What was folded while a
/// metric was still told is folded again once it is not: else it would bring back what was taken away.
pub(super) async fn put<F>(database: &Database, name: &'static str, span: Span, write: F) -> Result<u64, StoreError>
where
    F: FnOnce(&Session) -> Result<(), StoreError> + Send + 'static,
{
    let work = move |connection: &Session, _: &mut Memory| {
        let (dropped, _): (i64, i64) = sql::one(connection, DROPPED, ())?;
        if span.dropped != Metrics(dropped) {
            return Ok(0);
        }
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
