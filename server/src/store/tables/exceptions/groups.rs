//! Groups by cause, and what all of them come to.

use super::{select, severity, unreadable};
use crate::{
    domain::{
        exception::{ExceptionKind, Queue, UNKNOWN_TYPE, each_by_cause},
        money::{Currency, Money},
        time::Instant,
    },
    store::{
        StoreError,
        exceptions::{CauseGroup, ExceptionQuery, Groups, Totals},
        sql::{Connection, FromRow, QueryBuilder, Row},
        tables::scope,
    },
};
use std::collections::BTreeMap;

/// Of those that are over, the latest so many are grouped.
const LATEST: u32 = 5_000;

/// Exceptions of one cause and currency.
struct Part {
    cause: String,
    currency: String,
    queue: String,
    severity: u8,
    exceptions: i64,
    minor: i64,
    oldest: i64,
    overdue: i64,
    score: f64,
    /// Those that stand for their shipment, and their money.
    first: i64,
    first_minor: i64,
}

impl FromRow for Part {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            cause: row.try_get("cause")?,
            currency: row.try_get("currency")?,
            queue: row.try_get("queue")?,
            severity: row.try_get("severity")?,
            exceptions: row.try_get("exceptions")?,
            minor: row.try_get("minor")?,
            oldest: row.try_get("oldest")?,
            overdue: row.try_get("overdue")?,
            score: row.try_get("score")?,
            first: row.try_get("first")?,
            first_minor: row.try_get("first_minor")?,
        })
    }
}

/// Groups with the totals.
pub(super) async fn read(connection: &mut Connection, query: &ExceptionQuery, limit: u32) -> Result<Groups, StoreError> {
    let once = Once::of(query);
    let parts = parts(connection, query, once, Told::Groups).await?;
    let totals = of_parts(connection, query, &parts, once).await?;
    let mut groups: Vec<(f64, CauseGroup)> = Vec::new();
    for part in parts {
        let score = part.score;
        // Parts of one cause follow each other.
        match groups.last_mut() {
            Some((sum, group)) if group.cause == part.cause => {
                *sum += score;
                part.join(group)?;
            }
            _ => groups.push((score, part.group()?)),
        }
    }
    groups.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| a.cause.cmp(&b.cause)));
    groups.truncate(limit as usize);
    Ok(Groups { groups: groups.into_iter().map(|(_, group)| group).collect(), totals })
}

/// The totals alone.
pub(super) async fn totals(connection: &mut Connection, query: &ExceptionQuery) -> Result<Totals, StoreError> {
    if select::over(query).is_none() {
        let once = Once::of(query);
        let parts = parts(connection, query, once, Told::Totals).await?;
        return of_parts(connection, query, &parts, once).await;
    }
    // What is over holds nothing any more.
    let mut sql = QueryBuilder::new("SELECT count(*) FROM exceptions INDEXED BY exceptions_closed WHERE ");
    select::rows(&mut sql, query);
    let (exceptions,): (i64,) = sql.build_query_as().fetch_one(&mut *connection).await?;
    let queues = queues(connection, query).await?;
    Ok(Totals { exceptions: exceptions.unsigned_abs(), queues, ..Totals::default() })
}

/// How each shipment is counted once.
#[derive(Clone, Copy)]
enum Once {
    /// A shipment has at most one exception of a kind, or of a cause.
    Kind,
    /// By looking at all of them: a shipment can have several.
    Sorted,
    /// By those that stand for their shipment: the condition.
    First(&'static str),
}

impl Once {
    fn of(query: &ExceptionQuery) -> Self {
        if query.cause.is_some() || select::over(query).is_some() {
            return Self::Kind;
        }
        if let Some(kind) = query.kind {
            return if each_by_cause(kind) { Self::Sorted } else { Self::Kind };
        }
        Self::First(if query.queue.is_some() { "first & 1 = 1" } else { "first >= 2" })
    }
}

/// Of so many that match, each shipment is found by looking at all of them: quicker than to look for what is behind others.
/// Scenarios have few of everything, and both ways must come to the same.
const FEW: u64 = if cfg!(test) { 1 } else { 4_000 };

/// Shipments whose first exception does not match while another one does: (currency, money) of each.
async fn behind(
    connection: &mut Connection,
    query: &ExceptionQuery,
    first: &'static str,
) -> Result<Vec<(String, i64)>, StoreError> {
    if query.snoozed && query.assignee.is_none() && query.state.is_none() {
        return Ok(Vec::new());
    }
    // What is snoozed is found quickly; else all first ones are looked at, in the index that holds what it takes.
    let index = if query.assignee.is_none() && query.state.is_none() { "exceptions_snoozed" } else { "exceptions_open" };
    let mut sql = QueryBuilder::new("SELECT currency, coalesce(money_minor, 0) FROM exceptions AS s INDEXED BY ");
    sql.push(index).push(" WHERE ");
    select::place(&mut sql, query);
    sql.push(" AND state IN ('open', 'claimed') AND ").push(first);
    scope::push_equal(&mut sql, "queue", query.queue.map(|queue| queue.code()));
    if index == "exceptions_snoozed" {
        sql.push(" AND snoozed_until > ").push_bind(query.now.0);
    } else {
        sql.push(" AND NOT (true");
        select::hands(&mut sql, "s.", query);
        sql.push(")");
    }
    sql.push(
        " AND EXISTS (SELECT 1 FROM exceptions AS o INDEXED BY exceptions_by_shipment WHERE o.environment = s.environment
          AND o.shipment_id = s.shipment_id AND o.state IN ('open', 'claimed')",
    );
    scope::push_equal(&mut sql, "o.queue", query.queue.map(|queue| queue.code()));
    select::hands(&mut sql, "o.", query);
    sql.push(")");
    Ok(sql.build_query_as().fetch_all(connection).await?)
}

/// What parts are asked for. Over fifty thousand rows most of the time goes into what is worked out of each.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// All that a group tells.
    Groups,
    /// What totals need.
    Totals,
}

async fn parts(connection: &mut Connection, query: &ExceptionQuery, once: Once, told: Told) -> Result<Vec<Part>, StoreError> {
    let now = query.now.0;
    // A kind has one queue, so that any of them tells it.
    let mut sql = QueryBuilder::new(
        "SELECT cause, currency, min(queue) AS queue, count(*) AS exceptions, CAST(total(money_minor) AS BIGINT) AS minor, ",
    );
    if told == Told::Groups {
        sql.push("max(severity) AS severity, min(detected_at) AS oldest, count(*) FILTER (WHERE due_at < ").push_bind(now);
        // A fraction would be a decimal number to PostgreSQL, which takes as long as all the rest.
        sql.push(") AS overdue, total(CAST(rank AS DOUBLE PRECISION) * (max(").push_bind(now).push(" - detected_at, 0) / ");
        sql.push(Instant::MINUTE.to_string()).push(" + 1)) AS score, ");
    } else {
        sql.push("0 AS severity, 0 AS oldest, 0 AS overdue, 0.0 AS score, ");
    }
    match once {
        Once::First(first) => {
            sql.push("count(*) FILTER (WHERE ").push(first).push(") AS first, CAST(total(CASE WHEN ").push(first);
            sql.push(" THEN money_minor END) AS BIGINT) AS first_minor FROM ");
        }
        _ => drop(sql.push("0 AS first, 0 AS first_minor FROM ")),
    }
    if select::over(query).is_some() {
        sql.push("(SELECT * FROM exceptions INDEXED BY exceptions_closed WHERE ");
        select::rows(&mut sql, query);
        sql.push(" ORDER BY closed_at DESC LIMIT ").push_bind(LATEST).push(") AS latest");
    } else {
        sql.push("exceptions INDEXED BY exceptions_open WHERE ");
        select::rows(&mut sql, query);
    }
    sql.push(" GROUP BY cause, currency ORDER BY cause, currency");
    Ok(sql.build_query_as().fetch_all(connection).await?)
}

async fn of_parts(connection: &mut Connection, query: &ExceptionQuery, parts: &[Part], once: Once) -> Result<Totals, StoreError> {
    let exceptions = parts.iter().map(|part| part.exceptions.unsigned_abs()).sum();
    let narrowed = query.queue.is_some()
        || query.kind.is_some()
        || query.state.is_some()
        || query.cause.is_some()
        || query.assignee.is_some()
        || query.snoozed;
    let queues = if narrowed {
        queues(connection, query).await?
    } else {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        parts.iter().for_each(|part| *sums.entry(&part.queue).or_default() += part.exceptions.unsigned_abs());
        Queue::ALL.into_iter().map(|queue| (queue, sums.get(queue.code()).copied().unwrap_or(0))).collect()
    };
    let (shipments, money) = match once {
        Once::Kind => once_by_kind(parts)?,
        Once::Sorted => once_by_sorting(connection, query).await?,
        Once::First(_) if exceptions <= FEW && (query.assignee.is_some() || query.state.is_some()) => {
            once_by_sorting(connection, query).await?
        }
        Once::First(first) => {
            let behind = behind(connection, query, first).await?;
            let shipments = parts.iter().map(|part| part.first.unsigned_abs()).sum::<u64>() + behind.len() as u64;
            let parts = parts.iter().map(|part| (part.currency.as_str(), part.first_minor));
            (shipments, sums(parts.chain(behind.iter().map(|(code, minor)| (code.as_str(), *minor)))))
        }
    };
    Ok(Totals { exceptions, shipments, money, queues })
}

/// A shipment has at most one exception of these.
fn once_by_kind(parts: &[Part]) -> Result<(u64, Vec<Money>), StoreError> {
    let mut shipments = 0;
    for part in parts {
        let (kind, detail) = kind_of(&part.cause)?;
        if of_shipments(kind, detail) {
            shipments += part.exceptions.unsigned_abs();
        }
    }
    Ok((shipments, sums(parts.iter().map(|part| (part.currency.as_str(), part.minor)))))
}

/// Each shipment once, with its money.
async fn once_by_sorting(connection: &mut Connection, query: &ExceptionQuery) -> Result<(u64, Vec<Money>), StoreError> {
    let mut sql = QueryBuilder::new(
        "SELECT currency, count(*), CAST(total(minor) AS BIGINT) FROM
         (SELECT currency, max(money_minor) AS minor FROM exceptions INDEXED BY exceptions_open WHERE ",
    );
    select::rows(&mut sql, query);
    sql.push(" AND shipment_id IS NOT NULL GROUP BY currency, shipment_id) AS each GROUP BY currency");
    let sums: Vec<(String, i64, i64)> = sql.build_query_as().fetch_all(connection).await?;
    let shipments = sums.iter().map(|(_, shipments, _)| shipments.unsigned_abs()).sum();
    Ok((shipments, self::sums(sums.iter().map(|(code, _, minor)| (code.as_str(), *minor)))))
}

async fn queues(connection: &mut Connection, query: &ExceptionQuery) -> Result<Vec<(Queue, u64)>, StoreError> {
    let mut sql = QueryBuilder::new("SELECT queue, count(*) FROM exceptions INDEXED BY exceptions_open WHERE ");
    select::place(&mut sql, query);
    sql.push(" AND state IN ('open', 'claimed')");
    select::awake(&mut sql, query);
    sql.push(" GROUP BY queue");
    let counts: Vec<(String, i64)> = sql.build_query_as().fetch_all(connection).await?;
    let of = |queue: Queue| counts.iter().find(|(code, _)| code == queue.code()).map_or(0, |(_, n)| n.unsigned_abs());
    Ok(Queue::ALL.into_iter().map(|queue| (queue, of(queue))).collect())
}

/// One amount a currency. A part without any money has no currency; one that waits for nothing is left out.
fn sums<'p>(parts: impl Iterator<Item = (&'p str, i64)>) -> Vec<Money> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for (code, minor) in parts {
        let sum = sums.entry(code).or_default();
        *sum = sum.saturating_add(minor);
    }
    sums.into_iter().filter_map(|(code, minor)| amount(code, minor)).filter(|money| money.minor != 0).collect()
}

fn amount(code: &str, minor: i64) -> Option<Money> {
    Some(Money { minor, currency: Currency::try_from(code).ok()? })
}

/// Kind and words of a cause.
fn kind_of(cause: &str) -> Result<(ExceptionKind, &str), sqlx::Error> {
    let (code, detail) = cause.split_once(':').ok_or_else(|| unreadable("cause"))?;
    Ok((ExceptionKind::from_code(code).ok_or_else(|| unreadable("cause"))?, detail))
}

/// Whether exceptions of this cause are about shipments: the others are about items and sources.
fn of_shipments(kind: ExceptionKind, detail: &str) -> bool {
    match kind {
        ExceptionKind::DataDefect | ExceptionKind::SourceSilent => false,
        ExceptionKind::UnknownCode => !detail.starts_with(UNKNOWN_TYPE),
        _ => true,
    }
}

impl Part {
    fn group(self) -> Result<CauseGroup, StoreError> {
        let (kind, detail) = kind_of(&self.cause)?;
        let exceptions = self.exceptions.unsigned_abs();
        Ok(CauseGroup {
            kind,
            detail: detail.to_owned(),
            queue: Queue::from_code(&self.queue).ok_or_else(|| unreadable("queue"))?,
            severity: severity(self.severity).ok_or_else(|| unreadable("severity"))?,
            exceptions,
            shipments: if of_shipments(kind, detail) { exceptions } else { 0 },
            money: amount(&self.currency, self.minor).into_iter().collect(),
            oldest: Instant(self.oldest),
            overdue: self.overdue.unsigned_abs(),
            cause: self.cause,
        })
    }

    /// Adds the same cause's exceptions in another currency.
    fn join(self, group: &mut CauseGroup) -> Result<(), StoreError> {
        let other = self.group()?;
        group.severity = group.severity.max(other.severity);
        group.exceptions += other.exceptions;
        group.shipments += other.shipments;
        group.money.extend(other.money);
        group.oldest = group.oldest.min(other.oldest);
        group.overdue += other.overdue;
        Ok(())
    }
}
