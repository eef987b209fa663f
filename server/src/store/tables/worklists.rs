//! Lists of work, in SQLite: the index of what waits, or the open exceptions of one kind.

use super::{Database, scope};
use crate::{
    domain::{
        exception::{ExceptionKind, Queue},
        money::{Currency, Money},
        readiness::Holds,
        shipment::Stage,
        time::{Instant, Precision},
    },
    store::{
        StoreError,
        sql::{FromRow, QueryBuilder, Row},
        worklists::{HoldFilter, WorkCursor, WorkListStore, WorkOrder, WorkQuery, WorkRecord, WorkShare},
    },
};
use app::model::WorkList;
use async_trait::async_trait;

/// Where the rows of a list come from.
#[derive(Clone, Copy)]
enum From {
    /// Shipments whose flag is set.
    Flag(&'static str),
    /// Open exceptions of a kind.
    Kind(ExceptionKind),
}

impl From {
    fn of(list: WorkList) -> Self {
        match list {
            WorkList::Unbilled => Self::Flag("unbilled"),
            WorkList::AwaitingPod => Self::Flag("awaiting_pod"),
            WorkList::Unassigned => Self::Kind(ExceptionKind::Unassigned),
            WorkList::Stale => Self::Kind(ExceptionKind::StatusStale),
            WorkList::Blocked => Self::Kind(ExceptionKind::OrderChanged),
        }
    }

    /// Where region, carrier and the like stand.
    fn alias(self) -> &'static str {
        match self {
            Self::Flag(_) => "s.",
            Self::Kind(_) => "e.",
        }
    }

    fn since(self) -> &'static str {
        match self {
            Self::Flag(_) => "s.sort_at",
            Self::Kind(_) => "e.since",
        }
    }

    fn place(self) -> &'static str {
        match self {
            Self::Flag(_) => "s.rowid",
            Self::Kind(_) => "e.rowid",
        }
    }

    /// Money and currency. What is invoiced waits for no invoice.
    fn money(self) -> (&'static str, &'static str) {
        match self {
            Self::Flag(_) => {
                ("iif(s.unbilled = 1, s.waiting_minor, NULL)", "iif(s.unbilled = 1, coalesce(s.waiting_currency, ''), '')")
            }
            Self::Kind(_) => ("e.money_minor", "e.currency"),
        }
    }
}

/// `FROM … WHERE …` without what the query says of holds and ages.
fn rows_of(sql: &mut QueryBuilder, query: &WorkQuery, whole: bool) {
    let from = From::of(query.list);
    match from {
        From::Flag(_) => sql.push(" FROM shipments AS s INDEXED BY shipments_unbilled WHERE "),
        From::Kind(_) if whole || query.mode.is_some() => sql
            .push(" FROM exceptions AS e INDEXED BY exceptions_listed CROSS JOIN shipments AS s ON s.id = e.shipment_id WHERE "),
        From::Kind(_) => sql.push(" FROM exceptions AS e INDEXED BY exceptions_listed WHERE "),
    };
    scope::push(sql, from.alias(), &query.sight);
    match from {
        From::Flag(flag) => drop(sql.push(" AND s.").push(flag).push(" = 1")),
        // Literals, so that the partial index is seen to fit.
        From::Kind(kind) => drop(sql.push(" AND e.state IN ('open', 'claimed') AND e.kind = '").push(kind.code()).push("'")),
    }
    let mut equal = |column: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            sql.push(" AND ").push(column).push(" = ").push_bind(value.clone());
        }
    };
    let [region, unit, carrier, customer] = match from {
        From::Flag(_) => ["s.region_id", "s.business_unit_id", "s.carrier_id", "s.customer_id"],
        From::Kind(_) => ["e.region_id", "e.business_unit_id", "e.carrier_id", "e.customer_id"],
    };
    equal(region, &query.region);
    equal(unit, &query.business_unit);
    equal(carrier, &query.carrier);
    equal(customer, &query.customer);
    equal("s.mode", &query.mode);
}

/// What the query says of holds and ages.
fn narrowed(sql: &mut QueryBuilder, query: &WorkQuery) {
    let from = From::of(query.list);
    match query.hold {
        None => {}
        Some(HoldFilter::Free) => drop(sql.push(" AND s.holds = 0")),
        Some(HoldFilter::Held(kind)) => drop(sql.push(" AND s.holds & ").push_bind(1_i64 << kind as u32).push(" != 0")),
    }
    for (bound, is) in [(query.since.0, " >= "), (query.since.1, " < ")] {
        if let Some(at) = bound {
            sql.push(" AND ").push(from.since()).push(is).push_bind(at.0);
        }
    }
}

/// Hundredths of a major unit × minutes of age; unknown money counts as one unit, so that age ranks.
fn score(sql: &mut QueryBuilder, from: From, as_of: Instant) {
    let (money, currency) = from.money();
    sql.push("max(1.0 * coalesce(").push(money).push(", 0) * CASE ").push(currency);
    for (code, digits) in Currency::odd() {
        let factor = 10_f64.powi(2 - i32::try_from(digits).unwrap_or(2));
        sql.push(format!(" WHEN '{code}' THEN {factor:?}"));
    }
    sql.push(" ELSE 1.0 END, 100.0) * (max(").push_bind(as_of.0).push(" - ").push(from.since());
    sql.push(format!(", 0) / {} + 1)", Instant::MINUTE));
}

/// What a row is made of.
fn columns(from: From) -> String {
    let (money, currency) = from.money();
    let open_one = |which| {
        format!(
            "(SELECT o.id FROM exceptions AS o WHERE o.environment = s.environment AND o.shipment_id = s.id
              AND o.state IN ('open', 'claimed') AND {which}) AS exception, '' AS detail, NULL AS queue"
        )
    };
    let (exception, day) = match from {
        From::Flag("awaiting_pod") => (open_one("o.kind = 'pod_missing'"), "s.delivered_day"),
        // The one that stands for its shipment where each counts once.
        From::Flag(_) => (open_one("o.first >= 2"), "s.delivered_day"),
        From::Kind(_) => ("e.id AS exception, e.detail AS detail, e.queue AS queue".to_owned(), "0"),
    };
    format!(
        "s.id, s.reference, s.stage, s.carrier_id, s.customer_id, s.region_id, s.mode, s.holds, {} AS since, {day} AS day,
         {money} AS minor, {currency} AS currency, {exception}",
        from.since(),
    )
}

fn unreadable(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.into(), source: "not a known value".into() }
}

fn amount(row: &Row<'_>) -> Result<Option<Money>, sqlx::Error> {
    let currency: String = row.try_get("currency")?;
    let Some(minor) = row.try_get::<Option<i64>>("minor")?.filter(|_| !currency.is_empty()) else { return Ok(None) };
    Ok(Some(Money { minor, currency: Currency::try_from(currency).map_err(|_| unreadable("currency"))? }))
}

fn holds(row: &Row<'_>) -> Result<Holds, sqlx::Error> {
    Ok(Holds::from_bits(u32::try_from(row.try_get::<i64>("holds")?).map_err(|_| unreadable("holds"))?))
}

impl FromRow for WorkRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let kind = match row.try_get::<Option<String>>("queue")? {
            Some(queue) => {
                let queue = Queue::from_code(&queue).ok_or_else(|| unreadable("queue"))?;
                Some((row.try_get("detail")?, queue))
            }
            None => None,
        };
        let precision = if row.try_get("day")? { Precision::Day } else { Precision::Instant };
        Ok(Self {
            id: row.try_get("id")?,
            reference: row.try_get("reference")?,
            stage: Stage::from_code(row.text("stage")?).ok_or_else(|| unreadable("stage"))?,
            since: (Instant(row.try_get("since")?), precision),
            money: amount(row)?,
            holds: holds(row)?,
            exception: row.try_get("exception")?,
            kind,
            carrier: row.try_get("carrier_id")?,
            customer: row.try_get("customer_id")?,
            region: row.try_get("region_id")?,
            mode: row.try_get("mode")?,
        })
    }
}

/// What waits longest comes first: in the order of the index.
fn longest(query: &WorkQuery, after: Option<(Instant, &str)>, limit: u32) -> QueryBuilder {
    let from = From::of(query.list);
    let mut sql = QueryBuilder::new(format!("SELECT {}, 0.0 AS score, {} AS place", columns(from), from.place()));
    rows_of(&mut sql, query, true);
    narrowed(&mut sql, query);
    let key = match from {
        From::Flag(_) => "s.sort_at, s.id",
        From::Kind(_) => "e.since, e.id",
    };
    if let Some((since, id)) = after {
        sql.push(" AND (").push(key).push(") > (").push_bind(since.0).push(", ").push_bind(id.to_owned()).push(")");
    }
    sql.push(" ORDER BY ").push(key).push(" LIMIT ").push_bind(i64::from(limit) + 1);
    sql
}

/// By money × age: all that match are ranked in the index, and only those shown are looked up.
fn by_value(query: &WorkQuery, as_of: Instant, after: Option<(f64, i64)>, limit: u32) -> QueryBuilder {
    let from = From::of(query.list);
    let mut sql = QueryBuilder::new(format!(
        "SELECT {}, ranked.score, ranked.place FROM (SELECT score, place FROM (SELECT ",
        columns(from)
    ));
    score(&mut sql, from, as_of);
    sql.push(" AS score, ").push(from.place()).push(" AS place");
    rows_of(&mut sql, query, query.hold.is_some());
    narrowed(&mut sql, query);
    sql.push(") AS each");
    if let Some((score, row)) = after {
        sql.push(" WHERE (score, place) < (").push_bind(score).push(", ").push_bind(row).push(")");
    }
    sql.push(" ORDER BY score DESC, place DESC LIMIT ").push_bind(i64::from(limit) + 1).push(") AS ranked ");
    match from {
        From::Flag(_) => sql.push("CROSS JOIN shipments AS s ON s.rowid = ranked.place"),
        From::Kind(_) => {
            sql.push("CROSS JOIN exceptions AS e ON e.rowid = ranked.place CROSS JOIN shipments AS s ON s.id = e.shipment_id")
        }
    };
    sql.push(" ORDER BY ranked.score DESC, ranked.place DESC");
    sql
}

#[async_trait]
impl WorkListStore for Database {
    async fn work_rows(
        &self,
        query: &WorkQuery,
        after: Option<&WorkCursor>,
        limit: u32,
    ) -> Result<(Vec<WorkRecord>, Option<WorkCursor>), StoreError> {
        let as_of = match after {
            Some(WorkCursor::Value { as_of, .. }) => *as_of,
            _ => query.now,
        };
        let mut sql = match (query.order, after) {
            (WorkOrder::Longest, Some(WorkCursor::Longest { since, id })) => longest(query, Some((*since, id)), limit),
            (WorkOrder::Longest, _) => longest(query, None, limit),
            (WorkOrder::Value, Some(WorkCursor::Value { score, row, .. })) => by_value(query, as_of, Some((*score, *row)), limit),
            (WorkOrder::Value, _) => by_value(query, as_of, None, limit),
        };
        let mut rows = sql.build().fetch_all(&self.read).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = match rows.last().filter(|_| more) {
            None => None,
            Some(last) => Some(match query.order {
                WorkOrder::Value => WorkCursor::Value { as_of, score: last.try_get("score")?, row: last.try_get("place")? },
                WorkOrder::Longest => WorkCursor::Longest {
                    since: Instant(last.try_get("since")?),
                    id: last.try_get(if matches!(From::of(query.list), From::Kind(_)) { "exception" } else { "id" })?,
                },
            }),
        };
        Ok((rows.iter().map(|row| WorkRecord::from_row(&row.row())).collect::<Result<_, _>>()?, next))
    }

    async fn work_shares(&self, query: &WorkQuery, ages: &[i64]) -> Result<Vec<WorkShare>, StoreError> {
        let from = From::of(query.list);
        let (money, currency) = from.money();
        let held = match from {
            From::Flag(_) => "s.holds",
            From::Kind(_) => "0",
        };
        let mut sql = QueryBuilder::new(format!("SELECT {held} AS holds, {currency} AS currency, CASE WHEN 1 = 0 THEN 0"));
        for (age, edge) in ages.iter().enumerate().skip(1) {
            sql.push(" WHEN ").push(from.since()).push(" > ").push_bind(query.now.0 - edge).push(format!(" THEN {}", age - 1));
        }
        sql.push(format!(" ELSE {} END AS age, count(*) AS n, sum({money}) AS minor", ages.len().saturating_sub(1)));
        rows_of(&mut sql, query, false);
        sql.push(" GROUP BY 1, 2, 3");
        let rows = sql.build().fetch_all(&self.read).await?;
        let share = |row: &Row<'_>| -> Result<WorkShare, sqlx::Error> {
            Ok(WorkShare {
                holds: holds(row)?,
                age: usize::try_from(row.try_get::<i64>("age")?).unwrap_or_default(),
                count: row.try_get::<i64>("n")?.unsigned_abs(),
                money: amount(row)?,
            })
        };
        Ok(rows.iter().map(|row| share(&row.row())).collect::<Result<_, _>>()?)
    }
}
