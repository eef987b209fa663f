//! Keeping what cannot be taken in.

use super::{Arrival, Origin, ledger::Ledger};
use crate::{
    domain::{
        ids::QuarantineId,
        receipt::{Receipt, Refusal},
    },
    ids,
    store::{StoreError, feed::Topic},
};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

/// Keeps a refused item. The same bytes a second time are the same item.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger<'_>,
    refusal: &Refusal,
    origin: Origin,
) -> Result<Receipt, StoreError> {
    let id = insert(connection, ledger, refusal, origin).await?;
    Ok(Receipt::Quarantined {
        quarantine_id: id,
        code: refusal.code.into(),
        reason: refusal.reason.clone(),
        place: refusal.place.clone(),
    })
}

/// Keeps the body that contradicts an earlier one under the same key, as evidence.
pub(super) async fn keep_conflict(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger<'_>,
    arrival: &Arrival<'_>,
) -> Result<Receipt, StoreError> {
    let event = arrival.event;
    let refusal = Refusal {
        raw: event.json.clone().into_bytes(),
        code: "conflict",
        reason: "another body came in under this source and id before; an amendment must carry a later recordedtime".into(),
        place: Some("/id".into()),
        source: Some(event.source.clone()),
        event_id: Some(event.id.clone()),
        event_type: Some(event.event_type.name().into()),
        subject: Some(event.subject.clone()),
    };
    let quarantine_id = insert(connection, ledger, &refusal, arrival.origin).await?;
    Ok(Receipt::Conflict { quarantine_id })
}

async fn insert(
    connection: &mut SqliteConnection,
    ledger: &mut Ledger<'_>,
    refusal: &Refusal,
    Origin { environment, history, audit }: Origin,
) -> Result<QuarantineId, StoreError> {
    ledger.audit[audit].quarantined += 1;
    ledger.touch(environment, Topic::Quarantine);
    // The update changes nothing; without it RETURNING would answer no row for bytes that are here already.
    let (id,): (String,) = sqlx::query_as(
        "INSERT INTO quarantine (id, environment, state, code, reason, place, source, event_id, event_type, subject, raw, raw_hash,
                                 history, received_at, version)
         VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)
         ON CONFLICT (environment, raw_hash) DO UPDATE SET id = id RETURNING id",
    )
    .bind(ids::fresh())
    .bind(environment.code())
    .bind(refusal.code)
    .bind(&refusal.reason)
    .bind(&refusal.place)
    .bind(&refusal.source)
    .bind(&refusal.event_id)
    .bind(&refusal.event_type)
    .bind(&refusal.subject)
    .bind(&refusal.raw)
    .bind(&Sha256::digest(&refusal.raw)[..])
    .bind(history)
    .bind(ledger.now.0)
    .fetch_one(connection)
    .await?;
    Ok(QuarantineId(id))
}
