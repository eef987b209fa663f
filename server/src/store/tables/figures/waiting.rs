//! What waits now, from the rows of shipments and exceptions: there is little open work, whatever the history is.

use super::{
    push_dims, standing,
    stock::{Item, add_up},
};
use crate::{
    domain::{
        exception::ExceptionKind,
        money::{Currency, Money},
        readiness::{HoldKind, Holds},
        time::Instant,
    },
    store::{
        StoreError,
        figures::{Adding, By, Marks, MeasureQuery, Place, Wait, WaitingRow, Waits, Why},
        sql::{Connection, FromRow, QueryBuilder, Reader, Row, query_as},
        tables::{intake::rows::corrupt, scope},
    },
};
use futures::TryStreamExt;

/// Where a row belongs, told from this column on.
pub(super) fn place(row: &Row<'_>, first: usize) -> Result<Place, sqlx::Error> {
    Ok(Place {
        region: row.try_get(first)?,
        business_unit: row.try_get(first + 1)?,
        carrier: row.try_get(first + 2)?,
        mode: row.try_get(first + 3)?,
        customer: row.try_get(first + 4)?,
    })
}

/// A row, and what it tells.
struct WaitingTold {
    holds: u32,
    kind: String,
    id: String,
    reference: String,
    since: i64,
    minor: Option<i64>,
    currency: Option<String>,
    cause: String,
    marks: Marks,
    place: Place,
}

impl FromRow for WaitingTold {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get(0)?,
            reference: row.try_get(1)?,
            since: row.try_get(2)?,
            minor: row.try_get(3)?,
            currency: row.try_get(4)?,
            holds: row.try_get(5)?,
            kind: row.try_get(6)?,
            cause: row.try_get(7)?,
            marks: Marks([row.try_get(8)?, row.try_get(9)?]),
            place: place(row, 10)?,
        })
    }
}

/// Adds the conditions on dimensions for a table of shipments, `s`; lanes are no columns of it.
fn of_shipments(sql: &mut QueryBuilder, query: &MeasureQuery) {
    scope::push(sql, "s.", &query.sight);
    for (column, value) in [
        ("s.region_id", &query.region),
        ("s.business_unit_id", &query.business_unit),
        ("s.carrier_id", &query.carrier),
        ("s.mode", &query.mode),
        ("s.customer_id", &query.customer),
    ] {
        scope::push_equal(sql, column, value.as_deref());
    }
}

/// The same for exceptions, `e`, and their shipments, `s`.
pub(super) fn of_exceptions(sql: &mut QueryBuilder, query: &MeasureQuery) {
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

/// Where the shipments are found that wait for something, since when each of them does, and why.
struct Found {
    since: &'static str,
    why: &'static str,
    /// Runs on the index of what is open; the planner would prefer a region's whole history.
    from: &'static [&'static str],
}

impl Found {
    /// None: what waits is no shipment.
    fn of(wait: Wait) -> Option<Self> {
        const UNBILLED: &str = "INDEXED BY shipments_unbilled WHERE s.unbilled = 1";
        const NO_PROOF: &str = "iif(s.awaiting_pod = 1, 'no_proof', '')";
        const AT: &str = "iif(s.unbilled = 1, '', s.stage)";
        const SAID: &str = "iif(s.posting_refused = 1, 'refused', 'no_word')";
        let (since, why, from): (_, _, &[&str]) = match wait {
            Wait::Unbilled | Wait::AwaitingProof => ("s.sort_at", NO_PROOF, &[UNBILLED]),
            Wait::Dispatched => (
                "s.dispatched_at",
                AT,
                &[
                    "INDEXED BY shipments_unbilled WHERE s.unbilled = 1 AND s.dispatched_at IS NOT NULL",
                    "INDEXED BY shipments_by_stage WHERE s.stage IN ('dispatched', 'in_transit') AND s.history = 0 AND s.dispatched_at IS NOT NULL",
                ],
            ),
            Wait::Ready => ("s.ready_at", AT, &["INDEXED BY shipments_running WHERE s.ready_at IS NOT NULL"]),
            Wait::Unproven => ("s.sort_at", AT, &["INDEXED BY shipments_running WHERE s.unproven = 1"]),
            Wait::Validated => ("s.pod_validated_at", NO_PROOF, &["INDEXED BY shipments_unbilled WHERE s.pod_validated = 1"]),
            Wait::ErpBacklog => (
                "s.invoiced_at",
                SAID,
                &["INDEXED BY shipments_by_stage WHERE s.stage = 'invoiced' AND s.history = 0 AND s.invoiced_at IS NOT NULL"],
            ),
            Wait::Unposted => (
                "s.delivered_at",
                SAID,
                &[
                    "INDEXED BY shipments_by_stage WHERE s.stage = 'invoiced' AND s.history = 0 AND s.invoiced_at IS NOT NULL AND s.delivered_at IS NOT NULL",
                ],
            ),
            Wait::Exceptions(_) | Wait::Standing(_) => return None,
        };
        Some(Self { since, why, from })
    }
}

/// What waits now, oldest first.
pub(super) async fn waiting(
    connection: &mut Connection,
    query: &MeasureQuery,
    wait: Wait,
) -> Result<Vec<WaitingRow>, StoreError> {
    if let Wait::Standing(stock) = wait {
        return standing::rows(connection, query, stock).await;
    }
    let lane = of_a_lane(query);
    let mut statements = Vec::with_capacity(2);
    if let Some(Found { since, why, from }) = Found::of(wait) {
        for from in from {
            let mut sql = QueryBuilder::new(format!(
                "SELECT s.id, s.reference, {since}, s.waiting_minor, s.waiting_currency, s.holds, {why}, '', 1 = 0, 1 = 0,
                        s.region_id, s.business_unit_id, s.carrier_id, s.mode, s.customer_id FROM ",
            ));
            push_shipments(&mut sql, query, from);
            statements.push(sql);
        }
    }
    if let Wait::Exceptions(kind) = wait {
        const OPEN: (&str, &str) = ("exceptions AS e INDEXED BY exceptions_open", "e.state IN ('open', 'claimed')");
        const ACCEPTED: (&str, &str) = (
            "exceptions AS e INDEXED BY exceptions_accepted",
            "e.state = 'waived' AND e.gone_at IS NULL AND e.shipment_id IS NOT NULL",
        );
        let which: &[_] = if kind.is_some() { &[OPEN, ACCEPTED] } else { &[OPEN] };
        for (from, is) in which {
            let mut sql = QueryBuilder::new(format!(
                "SELECT e.id, e.subject, e.detected_at, e.money_minor, e.currency, 0, e.kind, e.cause, e.reopens > 0, e.assignee = '',
                        e.region_id, e.business_unit_id, e.carrier_id, coalesce(s.mode, ''), e.customer_id
                 FROM {} LEFT JOIN shipments AS s ON s.id = e.shipment_id WHERE {is} AND ",
                if lane { LANE } else { from },
            ));
            if lane {
                push_lane(&mut sql, query);
            }
            of_exceptions(&mut sql, query);
            if let Some(kind) = kind {
                sql.push(" AND e.kind = ").push_bind(kind.code());
                sql.push(" AND e.cause BETWEEN ").push_bind(format!("{}:", kind.code())).push(" AND ");
                sql.push_bind(format!("{};", kind.code()));
            }
            statements.push(sql);
        }
    }
    let mut waiting = Vec::new();
    for mut sql in statements {
        let mut rows = sql.build_query_as::<WaitingTold>().fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let waits = wait != Wait::AwaitingProof || lacks_proof(Holds::from_bits(row.holds), row.kind == "no_proof");
            if waits {
                waiting.push(read(row)?);
            }
        }
    }
    waiting.sort_unstable_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
    Ok(waiting)
}

/// Exceptions of a lane: by its dimensions to its shipments, and by these to theirs.
pub(super) const LANE: &str = "measure_subjects AS n INDEXED BY measure_subjects_by_dims CROSS JOIN exceptions AS e INDEXED BY exceptions_by_shipment ON e.shipment_id = n.shipment_id";

/// Adds the dimensions of a lane: it is no column of what is looked for.
pub(super) fn push_lane(sql: &mut QueryBuilder, query: &MeasureQuery) {
    sql.push("n.dims IN (SELECT d.id FROM measure_dims AS d WHERE ");
    push_dims(sql, query);
    sql.push(") AND ");
}

/// Whether a lane is asked for: whether a shipment is on it only its dimensions tell.
pub(super) fn of_a_lane(query: &MeasureQuery) -> bool {
    query.origin.is_some() || query.destination.is_some()
}

/// Adds where shipments of a query are found: those of a lane by its dimensions, others by the index (`INDEXED BY … WHERE …`).
pub(super) fn push_shipments(sql: &mut QueryBuilder, query: &MeasureQuery, by_index: &'static str) {
    if of_a_lane(query) {
        let (_, condition) = by_index.split_once(" WHERE ").expect("an index and what is found on it");
        // Each by its key: by an index of what is open, all of it would be looked through for each of them.
        sql.push("measure_subjects AS n INDEXED BY measure_subjects_by_dims CROSS JOIN shipments AS s ");
        sql.push("INDEXED BY sqlite_autoindex_shipments_1 ON s.id = n.shipment_id WHERE ");
        push_lane(sql, query);
        sql.push(condition);
    } else {
        sql.push("shipments AS s ").push(by_index);
    }
    sql.push(" AND ");
    of_shipments(sql, query);
}

/// Whether the contract asks for a proof that is not there. Without a contract any would do: that is the custom of the trade.
pub(super) fn lacks_proof(holds: Holds, none: bool) -> bool {
    let asked = [HoldKind::PodMissing, HoldKind::PodUnsigned, HoldKind::PodUnchecked];
    asked.into_iter().any(|kind| holds.contains(kind)) || none && holds.contains(HoldKind::ContractMissing)
}

/// A row as it is told.
fn read(row: WaitingTold) -> Result<WaitingRow, StoreError> {
    let WaitingTold { id, reference, since, minor, currency, holds, kind, cause, marks, place } = row;
    let money = match (minor, currency.filter(|currency| !currency.is_empty())) {
        (Some(minor), Some(currency)) => {
            let currency = Currency::try_from(currency).map_err(|cause| corrupt("shipments", &id, cause))?;
            Some(Money { minor, currency })
        }
        _ => None,
    };
    let (since, holds) = (Instant(since), Holds::from_bits(holds));
    Ok(WaitingRow { id, reference, since, money, holds, kind, cause, marks, place })
}

/// The same added up, for what the book does not hold.
pub(super) async fn added_up(
    connection: &mut Connection,
    query: &MeasureQuery,
    wait: Wait,
    how: &Adding,
) -> Result<Waits, StoreError> {
    let mut rows = waiting(connection, query, wait).await?;
    let exceptions = matches!(wait, Wait::Exceptions(_));
    if exceptions {
        rows.sort_unstable_by(|a, b| a.reference.cmp(&b.reference));
    }
    let items: Vec<_> = rows
        .iter()
        .map(|row| {
            let why = match wait {
                Wait::ErpBacklog | Wait::Unposted if row.kind == "refused" => Why::Refused,
                Wait::ErpBacklog | Wait::Unposted => Why::NoWord,
                Wait::Exceptions(_) => {
                    let kind = ExceptionKind::from_code(&row.kind);
                    Why::Wrong(kind.ok_or_else(|| corrupt("exceptions", &row.id, &row.kind))?)
                }
                _ => Why::Holds(row.holds),
            };
            let of = match how.by {
                By::Nothing => "",
                By::Carrier => &*row.place.carrier,
                By::Cause => &*row.cause,
            };
            Ok(Item {
                why,
                since: row.since,
                of,
                money: row.money,
                whose: exceptions.then_some(&*row.reference),
                marks: row.marks,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(add_up(items.into_iter(), how, str::to_owned))
}

/// How many shipments are under way on a lane.
pub(super) async fn under_way(connection: &mut Connection, query: &MeasureQuery) -> Result<u64, StoreError> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM ");
    let from = "INDEXED BY shipments_by_stage WHERE s.stage IN ('dispatched', 'in_transit') AND s.history = 0";
    push_shipments(&mut sql, query, from);
    let (n,): (i64,) = sql.build_query_as().fetch_one(connection).await?;
    Ok(n.unsigned_abs())
}

/// Events of the period: taken, and taken before. Of all regions: what was taken before has none.
pub(super) async fn answered(pool: &Reader, query: &MeasureQuery) -> Result<(u64, u64), StoreError> {
    let (taken, duplicate): (i64, i64) = query_as(
        "SELECT coalesce(sum(taken), 0), coalesce(sum(duplicate), 0) FROM intake_days WHERE environment = $1 AND day >= $2 AND day < $3",
    )
    .bind(query.sight.environment.code())
    .bind(query.from_day.unwrap_or(i32::MIN))
    .bind(query.to_day.unwrap_or(i32::MAX))
    .fetch_one(pool)
    .await?;
    Ok((taken.unsigned_abs(), duplicate.unsigned_abs()))
}
