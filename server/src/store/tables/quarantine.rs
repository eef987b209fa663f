//! Quarantined items, in SQLite.

use super::{
    Database,
    acts::{self, Touched},
    intake::{self, rows},
    outbox, scope,
};
use crate::{
    domain::{
        event::CanonicalEvent,
        outward::NoticeKind,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        time::Instant,
    },
    store::{
        StoreError,
        acts::Touch,
        feed::Topic,
        intake::Batch,
        quarantine::{QuarantineQuery, QuarantineRecord, QuarantineStore, QuarantineWhole, Refused, Replayed, Step},
        shipments::{Cursor, Sight},
        sql::{self, FromRow, QueryBuilder, Row, Session, params, query, query_as},
    },
};
use async_trait::async_trait;
use serde_json::json;

const COLUMNS: &str = "id, state, code, reason, place, source, event_type, subject, received_at, history, version";

impl FromRow for QuarantineRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            state: row.try_get("state")?,
            code: row.try_get("code")?,
            reason: row.try_get("reason")?,
            place: row.try_get("place")?,
            source: row.try_get("source")?,
            event_type: row.try_get("event_type")?,
            subject: row.try_get("subject")?,
            received_at: Instant(row.try_get("received_at")?),
            history: row.try_get("history")?,
            version: row.try_get("version")?,
        })
    }
}

/// Items have neither region nor business unit, so a scoped actor sees none.
fn in_sight(sight: &Sight) -> bool {
    sight.scope.holds(None, None)
}

fn matching(select: &str, query: &QuarantineQuery) -> QueryBuilder {
    let mut sql = QueryBuilder::new(select);
    sql.push(" FROM quarantine WHERE environment = ").push_bind(query.sight.environment.code());
    sql.push(" AND state = ").push_bind(query.state);
    scope::push_equal(&mut sql, "source", query.source.as_deref());
    scope::push_equal(&mut sql, "code", query.code.as_deref());
    sql
}

#[async_trait]
impl QuarantineStore for Database {
    async fn quarantined(
        &self,
        query: &QuarantineQuery,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<QuarantineRecord>, StoreError> {
        if !in_sight(&query.sight) {
            return Ok(Vec::new());
        }
        let mut sql = matching(&format!("SELECT {COLUMNS}"), query);
        if let Some(Cursor { at, id }) = after {
            sql.push(" AND (received_at, id) < (").push_bind(at.0).push(", ").push_bind(id.clone()).push(")");
        }
        sql.push(" ORDER BY received_at DESC, id DESC LIMIT ").push_bind(limit);
        Ok(sql.build_query_as().fetch_all(&self.read).await?)
    }

    async fn count_quarantined(&self, query: &QuarantineQuery, most: u32) -> Result<Option<u64>, StoreError> {
        if !in_sight(&query.sight) {
            return Ok(Some(0));
        }
        let mut sql = matching("SELECT count(*) FROM (SELECT 1", query);
        sql.push(" LIMIT ").push_bind(i64::from(most) + 1).push(") AS found");
        let (n,): (i64,) = sql.build_query_as().fetch_one(&self.read).await?;
        Ok((n <= i64::from(most)).then_some(n.unsigned_abs()))
    }

    async fn quarantined_item(&self, sight: &Sight, id: &str) -> Result<QuarantineWhole, StoreError> {
        if !in_sight(sight) {
            return Err(StoreError::NotFound);
        }
        let mut transaction = self.read.begin().await?;
        let row = query(
            "SELECT q.*, s.reference AS shipment_reference FROM quarantine AS q
             LEFT JOIN shipments AS s ON s.id = q.shipment_id WHERE q.id = $1 AND q.environment = $2",
        )
        .bind(id)
        .bind(sight.environment.code())
        .fetch_optional(&mut transaction)
        .await?
        .ok_or(StoreError::NotFound)?;
        let shipment = match (row.try_get("shipment_id")?, row.try_get("shipment_reference")?) {
            (Some(id), Some(reference)) => Some((id, reference)),
            _ => None,
        };
        let history: Vec<(i64, String, String, String)> =
            query_as("SELECT at, actor, action, reason FROM audit WHERE subject = $1 AND subject <> '' ORDER BY seq")
                .bind(subject(id))
                .fetch_all(&mut transaction)
                .await?;
        let latest: Option<(String,)> = query_as(
            "SELECT detail -> 'refused' FROM audit WHERE subject = $1 AND subject <> '' AND detail -> 'refused' IS NOT NULL
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(subject(id))
        .fetch_optional(&mut transaction)
        .await?;
        let latest = latest.map(|(json,)| serde_json::from_str(&json)).transpose();
        Ok(QuarantineWhole {
            latest: latest.map_err(|cause| rows::corrupt("audit", id, cause))?,
            record: QuarantineRecord::from_row(&row.row())?,
            raw: row.try_get("raw")?,
            fixed: row.try_get("fixed")?,
            shipment,
            history: history.into_iter().map(|(at, actor, action, reason)| (Instant(at), actor, action, reason)).collect(),
        })
    }

    async fn keep_fix(&self, step: Step, fixed: String, refused: Refused) -> Result<(), StoreError> {
        let now = self.writer.now();
        let work = self.writer.run(Lane::Single, move |connection| {
            let change = Change { state: "open", fixed: Some(&fixed), shipment_id: None, refused: Some(&refused) };
            move_on(connection, &step, now, "quarantine.keep_fix", change)
        });
        work.await
    }

    async fn replay(&self, step: Step, event: CanonicalEvent, fixed: Option<String>) -> Result<Replayed, StoreError> {
        let now = self.writer.now();
        let (source, event_id) = (event.source.clone(), event.id.clone());
        let work = self.writer.run_remembering(Lane::Single, move |connection, memory| {
            let history = held_as_history(connection, &step)?;
            let terms = IntakeTerms { environment: step.sight.environment, history, lane: Lane::Single };
            let batch = Batch { actor: step.actor.clone(), terms, items: vec![Inbound::Event(Box::new(event))] };
            let receipts = intake::record(connection, memory, now, &[batch])?;
            let replayed = match receipts.first() {
                Some(Receipt::Accepted { .. } | Receipt::Amended { .. }) => Replayed::Accepted,
                Some(Receipt::Duplicate) => Replayed::Duplicate,
                // Rolled back: the evidence is the item itself.
                _ => return Err(StoreError::Conflict(CONFLICT.into())),
            };
            let holder: Option<(String,)> = sql::optional(
                connection,
                "SELECT s.id FROM sources AS o JOIN event_keys AS k ON k.source_id = o.id AND k.event_id = ?3
                 JOIN events AS e ON e.seq = k.event_seq JOIN shipments AS s ON s.id = e.subject_id
                 WHERE o.environment = ?1 AND o.name = ?2",
                params![step.sight.environment.code(), source, event_id],
            )?;
            let shipment_id = holder.as_ref().map(|(id,)| id.as_str());
            let change = Change { state: "resolved", fixed: fixed.as_deref(), shipment_id, refused: None };
            move_on(connection, &step, now, "quarantine.replay", change)?;
            Ok(replayed)
        });
        match work.await {
            Err(StoreError::Conflict(what)) if what == CONFLICT => Ok(Replayed::Conflict),
            other => other,
        }
    }

    async fn discard(&self, step: Step) -> Result<(), StoreError> {
        let now = self.writer.now();
        let work = self.writer.run(Lane::Single, move |connection| {
            let change = Change { state: "discarded", fixed: None, shipment_id: None, refused: None };
            move_on(connection, &step, now, "quarantine.discard", change)
        });
        work.await
    }
}

/// Marks the roll-back of a replay that met another body under its key.
const CONFLICT: &str = "another body is stored under this source and id";

fn subject(id: &str) -> String {
    format!("quarantine:{id}")
}

struct Change<'c> {
    state: &'static str,
    fixed: Option<&'c str>,
    shipment_id: Option<&'c str>,
    refused: Option<&'c Refused>,
}

/// Whether the item was taken in as old data; not found if the person cannot see it.
fn held_as_history(connection: &Session, step: &Step) -> Result<bool, StoreError> {
    if !in_sight(&step.sight) {
        return Err(StoreError::NotFound);
    }
    let sql = "SELECT history FROM quarantine WHERE id = ?1 AND environment = ?2";
    let held: Option<(bool,)> = sql::optional(connection, sql, params![step.id, step.sight.environment.code()])?;
    held.map(|(history,)| history).ok_or(StoreError::NotFound)
}

/// Moves an open item of the version that the person saw, and writes who did it and why.
fn move_on(connection: &Session, step: &Step, now: Instant, action: &'static str, change: Change<'_>) -> Result<(), StoreError> {
    held_as_history(connection, step)?;
    let environment = step.sight.environment.code();
    let moved = sql::execute(
        connection,
        "UPDATE quarantine SET state = ?1, fixed = coalesce(?2, fixed), shipment_id = ?3, version = version + 1
         WHERE id = ?4 AND environment = ?5 AND version = ?6 AND state = 'open'",
        params![change.state, change.fixed, change.shipment_id, step.id, environment, step.version],
    )?;
    if moved != 1 {
        return Err(StoreError::Conflict("the item was fixed, replayed or discarded meanwhile".into()));
    }
    let detail = change.refused.map_or_else(|| "{}".to_owned(), |refused| rows::json(&json!({ "refused": refused })));
    sql::execute(
        connection,
        "INSERT INTO audit (at, environment, actor, action, subject, reason, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![now.0, environment, step.actor, action, subject(&step.id), step.reason, detail],
    )?;
    let touch = match change.state {
        "discarded" => Touch::Override,
        "resolved" if change.fixed.is_none() => Touch::Retry,
        _ => Touch::Edit,
    };
    let (environment_of, actor) = (step.sight.environment, step.actor.as_str());
    let touched = Touched { environment: environment_of, shipment_id: change.shipment_id, touch, action, actor, at: now };
    acts::touch(connection, &touched)?;
    if change.state != "open" {
        // Whoever waived it may have been right; what is over stays as it was.
        let closing = outbox::closing(connection, environment, &step.id)?;
        sql::execute(
            connection,
            "UPDATE exceptions SET state = 'verified', closed_at = ?3, snoozed_until = NULL, version = version + 1
             WHERE environment = ?1 AND subject = ?2 AND shipment_id IS NULL AND state IN ('open', 'claimed')",
            params![environment, step.id, now.0],
        )?;
        for id in closing {
            outbox::exception(connection, &id, NoticeKind::ExceptionClosed, now)?;
        }
        intake::bump(connection, environment, Topic::Exceptions.code())?;
    }
    intake::bump(connection, environment, Topic::Quarantine.code())
}
