//! Starting, pausing and cancelling a job.

use super::{note, tell, write_scope};
use crate::{
    domain::time::Instant,
    store::{
        StoreError,
        bulk::{BulkState, Move},
        sql::{self, Session, params},
        tables::audit,
    },
};
use serde_json::json;

/// Moves a job on.
pub(super) fn on(connection: &Session, number: i64, step: &Move) -> Result<(), StoreError> {
    let (state,): (String,) = sql::one(connection, "SELECT state FROM bulk_jobs WHERE number = ?1", [number])?;
    let is = BulkState::from_code(&state).ok_or(StoreError::NotFound)?;
    if is == step.to {
        return Ok(());
    }
    let Move { sight, actor, id, to, may_waive, now } = step;
    let action = match (is, to) {
        (BulkState::Prepared | BulkState::Paused, BulkState::Running) => {
            sql::execute(
                connection,
                "UPDATE bulk_jobs SET state = 'running', starter = ?2, scope = ?3, started_at = coalesce(started_at, ?4),
                     until = coalesce(until, ?4 + hours * ?5), problem = '', stepped_at = ?4 WHERE number = ?1",
                params![number, actor, write_scope(&sight.scope, *may_waive), now.0, Instant::HOUR],
            )?;
            if is == BulkState::Paused { "bulk.continue" } else { "bulk.start" }
        }
        (BulkState::Running, BulkState::Paused) => {
            sql::execute(connection, "UPDATE bulk_jobs SET state = 'paused' WHERE number = ?1", [number])?;
            "bulk.pause"
        }
        (BulkState::Prepared | BulkState::Running | BulkState::Paused, BulkState::Cancelled) => {
            sql::execute(
                connection,
                "UPDATE bulk_jobs SET state = 'cancelled', ended_at = ?2, problem = '' WHERE number = ?1",
                params![number, now.0],
            )?;
            "bulk.cancel"
        }
        _ => return Err(StoreError::Conflict(format!("this is “{}” by now", is.label()))),
    };
    audit::write(connection, &note(sight, actor, *now, action, (id, "", "{}".into())))?;
    tell(connection, sight.environment.code())
}

/// Pauses a job that cannot go on by itself.
pub(super) fn halt(connection: &Session, number: i64, problem: &str) -> Result<(), StoreError> {
    let halted: Option<(String,)> = sql::optional(
        connection,
        "UPDATE bulk_jobs SET state = 'paused', problem = ?2 WHERE number = ?1 AND state = 'running' RETURNING environment",
        params![number, problem],
    )?;
    halted.map_or(Ok(()), |(environment,)| tell(connection, &environment))
}

/// Ends a job of which all were tried.
pub(super) fn finish(connection: &Session, number: i64, step: &Move, (done, refused): (i64, i64)) -> Result<(), StoreError> {
    let Move { sight, actor, id, now, .. } = step;
    sql::execute(connection, "UPDATE bulk_jobs SET state = 'finished', ended_at = ?2 WHERE number = ?1", params![number, now.0])?;
    let detail = json!({ "done": done, "refused": refused }).to_string();
    audit::write(connection, &note(sight, actor, *now, "bulk.finish", (id, "", detail))).map(drop)
}
