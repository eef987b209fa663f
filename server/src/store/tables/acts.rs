//! Words from the desk and documents, in SQLite.

use super::{
    Database, audit,
    bodies::{self, body},
    intake::{self, rows::corrupt},
    scope,
};
use crate::{
    domain::{
        access::Environment,
        desk::{DESK, Seen},
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
        time::Instant,
    },
    store::{
        StoreError,
        acts::{ActStore, Beside, DocumentRecord, Telling, Touch, WordRecord},
        audit::Note,
        intake::Batch,
        shipments::Sight,
        sql::{self, FromRow, QueryBuilder, Row, Session, params, query_as},
    },
};
use async_trait::async_trait;
use serde_json::json;

/// A hand on a case, written in the transaction of what it did.
pub(super) struct Touched<'t> {
    pub environment: Environment,
    pub shipment_id: Option<&'t str>,
    pub touch: Touch,
    pub action: &'static str,
    pub actor: &'t str,
    pub at: Instant,
}

/// Adds to the ledger of touches.
pub(super) fn touch(connection: &Session, touched: &Touched<'_>) -> Result<(), StoreError> {
    let Touched { environment, shipment_id, touch, action, actor, at } = touched;
    sql::execute(
        connection,
        "INSERT INTO touches (environment, shipment_id, kind, action, actor, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![environment.code(), shipment_id, touch.code(), action, actor, at.0],
    )?;
    Ok(())
}

impl FromRow for DocumentRecord {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            file_name: row.try_get("file_name")?,
            media_type: row.try_get("media_type")?,
            size: row.try_get::<i64>("size")?.unsigned_abs(),
            sha256: row.try_get("sha256")?,
            actor: row.try_get("actor")?,
            at: Instant(row.try_get("at")?),
            withdrawn_at: row.try_get::<Option<i64>>("withdrawn_at")?.map(Instant),
        })
    }
}

const COLUMNS: &str = "d.id, d.file_name, d.media_type, d.size, d.sha256, d.actor, d.at, d.withdrawn_at";

#[async_trait]
impl ActStore for Database {
    async fn tell(&self, telling: Telling) -> Result<(), StoreError> {
        let now = self.writer.now();
        let work = self.writer.run_remembering(Lane::Single, move |connection, memory| {
            let Telling { sight, actor, shipment_id, event, action, touch, reason, beside, seen } = telling;
            in_sight(connection, &sight, &shipment_id)?;
            if let Some(seen) = &seen {
                is_still(connection, &shipment_id, seen)?;
            }
            if let Beside::TakesBack(id) = &beside {
                is_said(connection, sight.environment, &shipment_id, id)?;
            }
            let id = event.id.clone();
            let terms = IntakeTerms { environment: sight.environment, history: false, lane: Lane::Single };
            let batch = Batch { actor: actor.clone(), terms, items: vec![Inbound::Event(Box::new(event))] };
            match intake::record(connection, memory, now, &[batch])?.first() {
                Some(Receipt::Accepted { .. }) => {}
                // Its id is fresh: whoever met it did the same a moment ago.
                _ => return Err(StoreError::Conflict("it was done already".into())),
            }
            let touched = Touched {
                environment: sight.environment,
                shipment_id: Some(&shipment_id),
                touch,
                action,
                actor: &actor,
                at: now,
            };
            self::touch(connection, &touched)?;
            let detail = match &beside {
                Beside::Nothing => json!({ "event": id }),
                Beside::Document { file_name, .. } => json!({ "event": id, "document": id, "file_name": file_name }),
                Beside::TakesBack(act) => json!({ "event": id, "takes_back": act }),
            };
            put_beside(connection, &touched, &id, beside)?;
            let note = Note {
                at: now,
                environment: sight.environment,
                actor,
                action,
                subject: format!("shipment:{shipment_id}"),
                reason,
                detail: detail.to_string(),
            };
            audit::write(connection, &note).map(drop)
        });
        work.await
    }

    async fn documents(&self, sight: &Sight, shipment_id: &str) -> Result<Vec<DocumentRecord>, StoreError> {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(" FROM documents AS d CROSS JOIN shipments AS s ON s.id = d.shipment_id WHERE d.shipment_id = ");
        sql.push_bind(shipment_id.to_owned()).push(" AND ");
        scope::push(&mut sql, "s.", sight);
        sql.push(" ORDER BY d.at DESC, d.id DESC");
        Ok(sql.build_query_as().fetch_all(&self.read).await?)
    }

    async fn document(&self, sight: &Sight, shipment_id: &str, id: &str) -> Result<(DocumentRecord, Vec<u8>), StoreError> {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(COLUMNS).push(", d.bytes FROM documents AS d CROSS JOIN shipments AS s ON s.id = d.shipment_id WHERE d.id = ");
        sql.push_bind(id.to_owned()).push(" AND d.withdrawn_at IS NULL AND d.shipment_id = ").push_bind(shipment_id.to_owned());
        sql.push(" AND ");
        scope::push(&mut sql, "s.", sight);
        let row = sql.build().fetch_optional(&self.read).await?.ok_or(StoreError::NotFound)?;
        Ok((DocumentRecord::from_row(&row.row())?, row.try_get("bytes")?))
    }

    async fn words(&self, sight: &Sight, shipment_id: &str, limit: u32) -> Result<Vec<WordRecord>, StoreError> {
        type Found = (String, String, Option<String>, i64, Option<String>, Option<i64>, i64, i64);
        let mut connection = self.read.acquire().await?;
        // On events_by_subject: the shipment's timeline is walked, which is short.
        let rows: Vec<Found> = query_as(concat!(
            "SELECT e.event_id, e.event_type, ",
            body!("e"),
            ", e.known_at, ",
            body!("r"),
            ", r.known_at, e.body_month, e.seq
                 FROM sources AS o
                 CROSS JOIN events AS e ON e.subject_id = $3 AND e.source_id = o.id
                 LEFT JOIN event_keys AS k ON k.source_id = o.id AND k.event_id = e.event_id
                 LEFT JOIN events AS r ON r.seq = k.retracted_by
                 WHERE o.environment = $1 AND o.name = $2
                 ORDER BY e.seq DESC LIMIT $4"
        ))
        .bind(sight.environment.code())
        .bind(DESK)
        .bind(shipment_id)
        .bind(limit)
        .fetch_all(&mut connection)
        .await?;
        let away = rows.iter().filter(|row| row.2.is_none()).map(|(.., month, seq)| (*month, *seq)).collect();
        let mut archived = bodies::fetch_archived(&mut connection, shipment_id, away).await?;
        let word = |(id, event_type, body, at, by, by_at, _, seq): Found| {
            // A retraction belongs to no shipment, and so to no archive.
            let body =
                match body.map_or_else(|| archived.remove(&seq).unwrap_or(Err(StoreError::NotFound)).map(|(body, _)| body), Ok) {
                    Ok(body) => Some(body),
                    Err(StoreError::Archive { .. }) => None,
                    Err(other) => return Err(other),
                };
            Ok(WordRecord { id, event_type, body, at: Instant(at), taken_back: by.zip(by_at).map(|(by, at)| (by, Instant(at))) })
        };
        rows.into_iter().map(word).collect()
    }
}

/// Not found if the shipment is not there, or not for this person.
fn in_sight(connection: &Session, sight: &Sight, shipment_id: &str) -> Result<(), StoreError> {
    let found: Option<(String, String)> = sql::optional(
        connection,
        "SELECT region_id, business_unit_id FROM shipments WHERE id = ?1 AND environment = ?2",
        params![shipment_id, sight.environment.code()],
    )?;
    let told = |value: &'_ str| (!value.is_empty()).then(|| value.to_owned());
    match found {
        Some((region, unit)) if sight.scope.holds(told(&region).as_deref(), told(&unit).as_deref()) => Ok(()),
        _ => Err(StoreError::NotFound),
    }
}

/// Passes if nothing was told since of what the person decided on.
fn is_still(connection: &Session, shipment_id: &str, seen: &Seen) -> Result<(), StoreError> {
    let (json,): (String,) = sql::one(connection, "SELECT state FROM shipments WHERE id = ?1", [shipment_id])?;
    let state = serde_json::from_str(&json).map_err(|cause| corrupt("shipments", shipment_id, cause))?;
    if seen.holds(&state) { Ok(()) } else { Err(StoreError::Conflict("it was told anew meanwhile".into())) }
}

/// Passes if the desk said this of the shipment and nobody took it back.
fn is_said(connection: &Session, environment: Environment, shipment_id: &str, id: &str) -> Result<(), StoreError> {
    let standing: Option<(String,)> = sql::optional(
        connection,
        "SELECT e.standing FROM sources AS o
         JOIN event_keys AS k ON k.source_id = o.id AND k.event_id = ?3
         JOIN events AS e ON e.seq = k.event_seq
         WHERE o.environment = ?1 AND o.name = ?2 AND e.subject_id = ?4",
        params![environment.code(), DESK, id, shipment_id],
    )?;
    match standing.as_ref().map(|(standing,)| standing.as_str()) {
        None => Err(StoreError::NotFound),
        Some("effective") => Ok(()),
        Some(_) => Err(StoreError::Conflict("it was taken back already".into())),
    }
}

fn put_beside(connection: &Session, touched: &Touched<'_>, id: &str, beside: Beside) -> Result<(), StoreError> {
    let (environment, at) = (touched.environment.code(), touched.at.0);
    match beside {
        Beside::Nothing => Ok(()),
        Beside::Document { file_name, media_type, sha256, bytes } => sql::execute(
            connection,
            "INSERT INTO documents (id, environment, shipment_id, kind, file_name, media_type, size, sha256, actor, at, bytes)
             VALUES (?1, ?2, ?3, 'pod', ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                id,
                environment,
                touched.shipment_id,
                file_name,
                media_type.name(),
                i64::try_from(bytes.len()).unwrap_or(i64::MAX),
                sha256,
                touched.actor,
                at,
                bytes
            ],
        )
        .map(drop),
        Beside::TakesBack(act) => {
            sql::execute(connection, "UPDATE documents SET withdrawn_at = ?2 WHERE id = ?1", params![act, at]).map(drop)
        }
    }
}
