//! Forgetting jobs that were prepared and never started: nobody waits for them, and what they froze is long outdated.

use super::tell;
use crate::{
    domain::{access::Environment, time::Instant},
    store::{
        StoreError,
        audit::Note,
        bulk::NEVER_STARTED,
        sql::{self, Session, params, query_as},
        tables::{Database, audit},
    },
};

/// Items in one transaction.
const CHUNK: u32 = 4_000;

/// Forgets the jobs whose time is over.
pub(super) async fn abandoned(database: &Database, now: Instant) -> Result<(), StoreError> {
    loop {
        let found: Option<(i64,)> = query_as(
            "SELECT number FROM bulk_jobs INDEXED BY bulk_jobs_prepared WHERE state = 'prepared' AND prepared_at < $1 LIMIT 1",
        )
        .bind(now.0 - NEVER_STARTED)
        .fetch_optional(&database.read)
        .await?;
        let Some((number,)) = found else { return Ok(()) };
        database.writer.run_step(move |connection, _| one(connection, number, now)).await?;
    }
}

/// Forgets a part of its items; when none is left, the job. Somebody may have started it meanwhile.
fn one(connection: &Session, number: i64, now: Instant) -> Result<(), StoreError> {
    type Job = (String, String, i64);
    let sql = "SELECT id, environment, items FROM bulk_jobs WHERE number = ?1 AND state = 'prepared'";
    let Some((id, environment, items)) = sql::optional::<Job>(connection, sql, [number])? else { return Ok(()) };
    let forgotten = sql::execute(
        connection,
        "DELETE FROM bulk_items WHERE job = ?1 AND place IN (SELECT place FROM bulk_items WHERE job = ?1 ORDER BY place LIMIT ?2)",
        params![number, CHUNK],
    )?;
    if forgotten == CHUNK as usize {
        return Ok(());
    }
    sql::execute(connection, "DELETE FROM bulk_jobs WHERE number = ?1", [number])?;
    let note = Note {
        at: now,
        environment: Environment::from_code(&environment).ok_or_else(|| super::corrupt("bulk_jobs", &id, "environment"))?,
        actor: "system:bulk".into(),
        action: "bulk.forget",
        subject: format!("bulk:{id}"),
        reason: String::new(),
        detail: serde_json::json!({ "items": items }).to_string(),
    };
    audit::write(connection, &note)?;
    tell(connection, &environment)
}
