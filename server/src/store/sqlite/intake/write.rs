//! Writing what a batch decided, in few statements.

use super::{
    derived,
    keys::Keys,
    ledger::{EventRow, Ledger},
    rebuild, retractions, rows, states,
    subjects::{Subject, Subjects},
};
use crate::{
    domain::{identity::KnownKey, time::Precision},
    store::StoreError,
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

pub(super) async fn all(
    connection: &mut SqliteConnection,
    ledger: Ledger<'_>,
    keys: Keys,
    mut subjects: Subjects,
) -> Result<(), StoreError> {
    let audit = audit(connection, &ledger).await?;
    events(connection, &ledger, &audit).await?;
    standings(connection, &ledger).await?;
    event_keys(connection, &keys.changed()).await?;
    retractions::settle(connection, &ledger, &mut subjects).await?;
    subjects.load_holders(connection).await?;
    for subject in subjects.all.iter_mut().filter(|subject| subject.rebuild) {
        rebuild::refold(connection, subject).await?;
    }
    let changed: Vec<&Subject> = subjects.all.iter().filter(|subject| subject.changed).collect();
    states::orders(connection, &changed).await?;
    states::shipments(connection, &changed).await?;
    derived::all(connection, &ledger, &changed).await?;
    feed(connection, &ledger).await
}

/// One entry for each sender that changed anything; answers the entries' sequences in the ledger's order.
async fn audit(connection: &mut SqliteConnection, ledger: &Ledger<'_>) -> Result<Vec<i64>, StoreError> {
    let mut sequences = Vec::with_capacity(ledger.audit.len());
    for entry in &ledger.audit {
        if entry.events + entry.quarantined == 0 {
            // Nothing refers to it.
            sequences.push(0);
            continue;
        }
        let (seq,): (i64,) = sqlx::query_as(
            "INSERT INTO audit (at, environment, actor, action, subject, detail) VALUES ($1, $2, $3, 'events.intake', '', $4)
             RETURNING seq",
        )
        .bind(ledger.now.0)
        .bind(entry.environment.code())
        .bind(&entry.actor)
        .bind(format!(r#"{{"events":{},"quarantined":{}}}"#, entry.events, entry.quarantined))
        .fetch_one(&mut *connection)
        .await?;
        sequences.push(seq);
    }
    Ok(sequences)
}

async fn events(connection: &mut SqliteConnection, ledger: &Ledger<'_>, audit: &[i64]) -> Result<(), StoreError> {
    for piece in rows::pieces(&ledger.events) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO events (seq, source_id, event_id, event_type, subject_id, occurred_at, precision, recorded_at, known_at,
                                 history, standing, audit_seq, body_hash, body) ",
        );
        insert.push_values(piece, |mut row, EventRow { seq, source_id, event, origin, subject_id, standing }| {
            row.push_bind(*seq)
                .push_bind(*source_id)
                .push_bind(event.id.as_str())
                .push_bind(event.event_type.name())
                .push_bind(subject_id.as_str())
                .push_bind(event.occurred_at.0)
                .push_bind(match event.precision {
                    Precision::Instant => "instant",
                    Precision::Day => "day",
                })
                .push_bind(event.recorded_time.unwrap_or(ledger.now).0)
                .push_bind(ledger.now.0)
                .push_bind(origin.history)
                .push_bind(*standing)
                .push_bind(audit[origin.audit])
                .push_bind(&event.body_hash[..])
                .push_bind(event.json.as_str());
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn standings(connection: &mut SqliteConnection, ledger: &Ledger<'_>) -> Result<(), StoreError> {
    // In this order: a record can be taken back and then superseded, but what is superseded is never taken back.
    for (standing, sequences) in [("retracted", &ledger.retracted), ("superseded", &ledger.superseded)] {
        if !sequences.is_empty() {
            sqlx::query("UPDATE events SET standing = $1 WHERE seq IN (SELECT value FROM json_each($2))")
                .bind(standing)
                .bind(rows::json(sequences))
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}

async fn event_keys(connection: &mut SqliteConnection, keys: &[(i64, &str, &KnownKey)]) -> Result<(), StoreError> {
    for piece in rows::pieces(keys) {
        let mut upsert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO event_keys (source_id, event_id, body_hash, recorded_time, event_seq, retracted_by) ",
        );
        upsert.push_values(piece, |mut row, (source_id, event_id, key)| {
            let current = key.current.as_ref();
            row.push_bind(*source_id)
                .push_bind(*event_id)
                .push_bind(current.map(|c| &c.body_hash[..]))
                .push_bind(current.and_then(|c| c.recorded_time).map(|at| at.0))
                .push_bind(current.map(|c| c.seq))
                .push_bind(key.retracted_by);
        });
        upsert.push(
            " ON CONFLICT (source_id, event_id) DO UPDATE SET body_hash = excluded.body_hash, recorded_time = excluded.recorded_time,
              event_seq = excluded.event_seq, retracted_by = excluded.retracted_by",
        );
        upsert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

async fn feed(connection: &mut SqliteConnection, ledger: &Ledger<'_>) -> Result<(), StoreError> {
    for (environment, topic) in &ledger.topics {
        bump(connection, environment, topic).await?;
    }
    Ok(())
}

/// Tells live readers that a topic changed.
pub(in crate::store::sqlite) async fn bump(
    connection: &mut SqliteConnection,
    environment: &str,
    topic: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO feed (environment, topic, seq) VALUES ($1, $2, 1)
         ON CONFLICT (environment, topic) DO UPDATE SET seq = seq + 1",
    )
    .bind(environment)
    .bind(topic)
    .execute(connection)
    .await?;
    Ok(())
}
