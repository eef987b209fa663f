//! Reading the log of measures.

use super::{fold::Span, push_dims, unreadable};
use crate::{
    domain::time::Instant,
    store::{
        StoreError,
        figures::MeasureQuery,
        measures::body::{self, Entry},
        sql::{Connection, QueryBuilder, query_as},
    },
};
use futures::TryStreamExt;
use std::collections::HashMap;

/// What a commit measured of one shipment.
pub(super) struct Logged {
    /// The shipment's number.
    pub subject: i64,
    /// The number of its dimensions.
    pub dims: i64,
    pub entries: Vec<Entry>,
}

/// A set of dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dims {
    pub environment: String,
    pub region: String,
    pub business_unit: String,
    pub carrier: String,
    pub mode: String,
    pub customer: String,
}

fn entries(seq: i64, bytes: &[u8]) -> Result<Vec<Entry>, StoreError> {
    body::entries(bytes).collect::<Result<_, _>>().map_err(|cause| unreadable("measure_log", seq, cause))
}

/// A part of the log with its dimensions, as it is folded.
#[derive(Default)]
pub(super) struct Part {
    /// Which; none: nothing was read yet.
    pub span: Option<Span>,
    pub logged: Vec<Logged>,
    pub dims: HashMap<i64, Dims>,
}

impl Part {
    /// Reads it, unless it was read for another fold already: what was logged stays as it is.
    pub(super) async fn read(&mut self, connection: &mut Connection, span: Span) -> Result<(), StoreError> {
        if self.span == Some(span) {
            return Ok(());
        }
        *self = Self::default();
        let mut rows =
            query_as::<(i64, i64, i64, Vec<u8>)>("SELECT seq, subject, dims, body FROM measure_log WHERE seq > $1 AND seq <= $2")
                .bind(span.from)
                .bind(span.to)
                .fetch(&mut *connection);
        while let Some((seq, subject, dims, body)) = rows.try_next().await? {
            let entries = body::select(&body, |metric| !span.dropped.contains(metric)).collect::<Result<_, _>>();
            self.logged.push(Logged { subject, dims, entries: entries.map_err(|cause| unreadable("measure_log", seq, cause))? });
        }
        drop(rows);
        self.dims = dims(connection, self.logged.iter().map(|logged| logged.dims)).await?;
        self.span = Some(span);
        Ok(())
    }
}

/// The sets of dimensions with numbers in this part of the log, or all of these numbers.
pub(super) async fn dims(
    connection: &mut Connection,
    numbers: impl IntoIterator<Item = i64>,
) -> Result<HashMap<i64, Dims>, StoreError> {
    let mut numbers: Vec<i64> = numbers.into_iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    type Row = (i64, String, String, String, String, String, String);
    let rows: Vec<Row> = query_as(
        "SELECT d.id, d.environment, d.region_id, d.business_unit_id, d.carrier_id, d.mode, d.customer_id
         FROM json_each($1) AS n CROSS JOIN measure_dims AS d ON d.id = CAST(n.value AS BIGINT)",
    )
    .bind(crate::store::tables::intake::rows::json(&numbers))
    .fetch_all(connection)
    .await?;
    let dims = |(id, environment, region, business_unit, carrier, mode, customer)| {
        (id, Dims { environment, region, business_unit, carrier, mode, customer })
    };
    Ok(rows.into_iter().map(dims).collect())
}

/// How far the log goes, and a projection of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand {
    /// What the projection has.
    folded: i64,
    /// The last that was logged.
    last: i64,
    /// When that was known.
    pub as_known: Instant,
}

/// How far a projection is; none: nothing was logged.
pub(super) async fn stand(connection: &mut Connection, projection: &'static str) -> Result<Option<Stand>, StoreError> {
    let last: Option<(i64, i64, i64)> = query_as(
        "SELECT coalesce((SELECT seq FROM projections WHERE name = $1), 0), seq, known_at FROM measure_log ORDER BY seq DESC LIMIT 1",
    )
    .bind(projection)
    .fetch_optional(connection)
    .await?;
    Ok(last.map(|(folded, last, known)| Stand { folded, last, as_known: Instant(known) }))
}

/// What is asked for and not folded yet.
pub(super) async fn tail(
    connection: &mut Connection,
    query: &MeasureQuery,
    stand: Option<Stand>,
) -> Result<Vec<Logged>, StoreError> {
    let Some(stand) = stand.filter(|stand| stand.folded < stand.last) else { return Ok(Vec::new()) };
    // Bound, not asked for in it: PostgreSQL has to know how little it is, or it plans for a third of the log.
    let mut sql = QueryBuilder::new(
        "SELECT l.seq, l.subject, l.dims, l.body FROM measure_log AS l CROSS JOIN measure_dims AS d ON d.id = l.dims WHERE l.seq > ",
    );
    sql.push_bind(stand.folded).push(" AND ");
    push_dims(&mut sql, query);
    let rows: Vec<(i64, i64, i64, Vec<u8>)> = sql.build_query_as().fetch_all(connection).await?;
    let logged =
        |(seq, subject, dims, body): (i64, i64, i64, Vec<u8>)| Ok(Logged { subject, dims, entries: entries(seq, &body)? });
    rows.into_iter().map(logged).collect()
}
