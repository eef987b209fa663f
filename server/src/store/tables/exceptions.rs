//! Exceptions, in SQLite.

use super::{
    Database,
    bodies::{self, body},
    config,
    intake::rows::corrupt,
    scope,
};
use crate::{
    domain::{
        access::Environment,
        exception::{ExceptionKind, Queue, Severity, waives},
        fact::FactKey,
        money::{Currency, Money},
        readiness::Holds,
        shipment::ShipmentState,
        time::Instant,
    },
    store::{
        StoreError,
        exceptions::{
            Act, Acted, ExceptionLine, ExceptionPage, ExceptionQuery, ExceptionRecord, ExceptionState, ExceptionStore,
            ExceptionWhole, Groups, RankCursor, ShipmentWork, Waiver,
        },
        shipments::Sight,
        sql::{Connection, FromRow, QueryBuilder, Row, query_as},
        work::Work,
    },
};
use async_trait::async_trait;

pub(super) mod act;
mod groups;
mod list;
pub(super) mod select;

/// Who finds exceptions and sees their causes go.
const ASSESSMENT: &str = "system:assessment";

pub(super) fn unreadable(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.into(), source: "not a known value".into() }
}

/// As stored: the worst is the greatest.
fn severity(stored: u8) -> Option<Severity> {
    [Severity::Low, Severity::Medium, Severity::High, Severity::Critical].get(usize::from(stored)).copied()
}

pub(super) fn money(minor: Option<i64>, currency: &str) -> Result<Option<Money>, sqlx::Error> {
    let Some(minor) = minor else { return Ok(None) };
    let currency = Currency::try_from(currency).map_err(|_| unreadable("currency"))?;
    Ok(Some(Money { minor, currency }))
}

impl FromRow for ExceptionRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let time = |column| Ok::<_, sqlx::Error>(Instant(row.try_get(column)?));
        let perhaps = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>>(column)?.map(Instant));
        Ok(Self {
            id: row.try_get("id")?,
            kind: ExceptionKind::from_code(row.text("kind")?).ok_or_else(|| unreadable("kind"))?,
            cause: row.try_get("cause")?,
            detail: row.try_get("detail")?,
            state: ExceptionState::from_code(row.text("state")?).ok_or_else(|| unreadable("state"))?,
            severity: severity(row.try_get("severity")?).ok_or_else(|| unreadable("severity"))?,
            queue: Queue::from_code(row.text("queue")?).ok_or_else(|| unreadable("queue"))?,
            shipment_id: row.try_get("shipment_id")?,
            subject: row.try_get("subject")?,
            customer: row.try_get("customer_id")?,
            carrier: row.try_get("carrier_id")?,
            region: row.try_get("region_id")?,
            business_unit: row.try_get("business_unit_id")?,
            money: money(row.try_get("money_minor")?, row.text("currency")?)?,
            detected_at: time("detected_at")?,
            since: time("since")?,
            due_at: time("due_at")?,
            snoozed_until: perhaps("snoozed_until")?,
            closed_at: perhaps("closed_at")?,
            assignee: row.try_get("assignee")?,
            reopens: row.try_get("reopens")?,
            rank: row.try_get("rank")?,
            version: row.try_get("version")?,
        })
    }
}

#[async_trait]
impl ExceptionStore for Database {
    async fn exception_groups(&self, query: &ExceptionQuery, limit: u32) -> Result<Groups, StoreError> {
        let mut transaction = self.read.begin().await?;
        groups::read(&mut transaction, query, limit).await
    }

    async fn exceptions(
        &self,
        query: &ExceptionQuery,
        after: Option<&RankCursor>,
        limit: u32,
    ) -> Result<ExceptionPage, StoreError> {
        let mut transaction = self.read.begin().await?;
        let (rows, next) = list::read(&mut transaction, query, after, limit).await?;
        let totals = groups::totals(&mut transaction, query).await?;
        Ok(ExceptionPage { rows, next, totals })
    }

    async fn exception(&self, sight: &Sight, id: &str) -> Result<ExceptionWhole, StoreError> {
        let mut transaction = self.read.begin().await?;
        let mut sql = QueryBuilder::new("SELECT * FROM exceptions WHERE id = ");
        sql.push_bind(id.to_owned()).push(" AND ");
        scope::push(&mut sql, "", sight);
        let record: ExceptionRecord = sql.build_query_as().fetch_optional(&mut transaction).await?.ok_or(StoreError::NotFound)?;
        let history = history(&mut transaction, &record).await?;
        let mut sql = QueryBuilder::new("SELECT count(*) FROM exceptions INDEXED BY exceptions_open WHERE ");
        scope::push(&mut sql, "", sight);
        sql.push(" AND state IN ('open', 'claimed') AND cause = ").push_bind(record.cause.clone());
        let (same,): (i64,) = sql.build_query_as().fetch_one(&mut transaction).await?;
        let itself = u64::from(matches!(record.state, ExceptionState::Open | ExceptionState::Claimed));
        Ok(ExceptionWhole { same_cause: same.unsigned_abs().saturating_sub(itself), history, record })
    }

    async fn exceptions_of_shipment(&self, sight: &Sight, shipment_id: &str) -> Result<Vec<ExceptionRecord>, StoreError> {
        let mut sql = QueryBuilder::new("SELECT * FROM exceptions INDEXED BY exceptions_by_shipment WHERE ");
        scope::push(&mut sql, "", sight);
        sql.push(" AND state IN ('open', 'claimed') AND shipment_id = ").push_bind(shipment_id.to_owned());
        sql.push(" ORDER BY severity DESC, rank DESC, id");
        Ok(sql.build_query_as().fetch_all(&self.read).await?)
    }

    async fn shipment_work(&self, sight: &Sight, shipment_id: &str) -> Result<ShipmentWork, StoreError> {
        let mut transaction = self.read.begin().await?;
        let mut sql = QueryBuilder::new("SELECT state, work, holds, next_at FROM shipments WHERE id = ");
        sql.push_bind(shipment_id.to_owned()).push(" AND ");
        scope::push(&mut sql, "", sight);
        let found: Option<(String, String, u32, Option<i64>)> = sql.build_query_as().fetch_optional(&mut transaction).await?;
        let (state, work, holds, next_at) = found.ok_or(StoreError::NotFound)?;
        let state: ShipmentState = serde_json::from_str(&state).map_err(|cause| corrupt("shipments", shipment_id, cause))?;
        let rating = rating(&mut transaction, sight.environment, &state).await?;
        let work: Work = serde_json::from_str(&work).map_err(|cause| corrupt("shipments", shipment_id, cause))?;
        let waivers = waivers(&mut transaction, &work).await?;
        let policy = config::latest(&mut transaction, sight.environment).await?;
        let (holds, next_at) = (Holds::from_bits(holds), next_at.map(Instant));
        Ok(ShipmentWork { state, orders: work.orders, waivers, holds, next_at, policy, rating })
    }

    async fn act_on_exceptions(&self, act: Act) -> Result<Vec<(String, Acted)>, StoreError> {
        act::on(&self.writer, act).await
    }
}

fn subject(id: &str) -> String {
    format!("exception:{id}")
}

/// From the first detection to the end, the oldest first.
async fn history(connection: &mut Connection, record: &ExceptionRecord) -> Result<Vec<ExceptionLine>, StoreError> {
    let line = |at, action: &str| ExceptionLine {
        at,
        actor: ASSESSMENT.into(),
        action: action.into(),
        note: String::new(),
        detail: "{}".into(),
    };
    let mut lines = vec![line(record.detected_at, "exception.open")];
    let audited: Vec<(i64, String, String, String, String)> =
        query_as("SELECT at, actor, action, reason, detail FROM audit WHERE subject = $1 AND subject <> '' ORDER BY seq")
            .bind(subject(&record.id))
            .fetch_all(connection)
            .await?;
    for (at, actor, action, note, detail) in audited {
        // That its cause went away is written down when it comes back.
        #[derive(serde::Deserialize)]
        struct Back {
            verified_at: Instant,
        }
        if action == "exception.return" {
            let back: Back = serde_json::from_str(&detail).map_err(|cause| corrupt("audit", &record.id, cause))?;
            let later = lines.iter().position(|line| line.at > back.verified_at).unwrap_or(lines.len());
            lines.insert(later, line(back.verified_at, "exception.verify"));
        }
        lines.push(ExceptionLine { at: Instant(at), actor, action, note, detail });
    }
    if let Some(at) = record.closed_at.filter(|_| record.state == ExceptionState::Verified) {
        let later = lines.iter().position(|line| line.at > at).unwrap_or(lines.len());
        lines.insert(later, line(at, "exception.verify"));
    }
    Ok(lines)
}

/// Who waived what, and why.
async fn waivers(connection: &mut Connection, work: &Work) -> Result<Vec<Waiver>, StoreError> {
    let mut waivers = Vec::new();
    for episode in work.episodes.iter().filter(|episode| episode.waived) {
        let found: Option<(String, String, i64)> = query_as(
            "SELECT actor, reason, at FROM audit WHERE subject = $1 AND subject <> '' AND action = 'exception.waive'
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(subject(&episode.id))
        .fetch_optional(&mut *connection)
        .await?;
        let (actor, reason, at) = found.ok_or_else(|| corrupt("exceptions", &episode.id, "nobody waived it"))?;
        waivers.extend(waives(episode.kind, &episode.detail).iter().map(|hold| Waiver {
            hold: *hold,
            exception_id: episode.id.clone(),
            actor: actor.clone(),
            reason: reason.clone(),
            at: Instant(at),
        }));
    }
    Ok(waivers)
}

/// The event behind the rated charges.
async fn rating(
    connection: &mut Connection,
    environment: Environment,
    state: &ShipmentState,
) -> Result<Option<Result<String, String>>, StoreError> {
    let Some(fact) = state.facts.get(FactKey::ChargesTotal) else { return Ok(None) };
    let found: Option<(Option<String>, String, i64, i64)> = query_as(concat!(
        "SELECT ",
        body!("e"),
        ", e.subject_id, e.body_month, e.seq FROM sources AS s
             CROSS JOIN event_keys AS k ON k.source_id = s.id AND k.event_id = $3
             CROSS JOIN events AS e ON e.seq = k.event_seq
             WHERE s.environment = $1 AND s.name = $2"
    ))
    .bind(environment.code())
    .bind(&fact.standing.source)
    .bind(&fact.standing.event_id)
    .fetch_optional(&mut *connection)
    .await?;
    match found {
        None => Ok(None),
        Some((Some(body), ..)) => Ok(Some(Ok(body))),
        Some((None, shipment, month, seq)) => match bodies::fetch_one(connection, &shipment, (month, seq)).await {
            Ok(body) => Ok(Some(Ok(body))),
            Err(StoreError::Archive { file, .. }) => Ok(Some(Err(bodies::name_of(&file)))),
            Err(error) => Err(error),
        },
    }
}
