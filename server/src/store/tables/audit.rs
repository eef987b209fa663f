//! The audit trail.

use super::Database;
use crate::{
    domain::time::Instant,
    store::{
        StoreError,
        audit::{AuditStore, Entry, Note, Selection},
        sql::{self, Session, params, query_as},
    },
};
use async_trait::async_trait;

const INSERT: &str =
    "INSERT INTO audit (at, environment, actor, action, subject, reason, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

/// Writes a line within the transaction of the change, and returns its place in the trail.
pub(super) fn write(connection: &Session, note: &Note) -> Result<i64, StoreError> {
    let Note { at, environment, actor, action, subject, reason, detail } = note;
    sql::insert(connection, INSERT, params![at.0, environment.code(), actor, action, subject, reason, detail], "seq")
}

/// Writes a line whose place nobody asks for.
pub(super) fn note(connection: &Session, note: &Note) -> Result<(), StoreError> {
    let Note { at, environment, actor, action, subject, reason, detail } = note;
    sql::later(connection, INSERT, params![at.0, environment.code(), actor, action, subject, reason, detail])
}

type Row = (i64, i64, String, String, String, String, String);

#[async_trait]
impl AuditStore for Database {
    async fn entries(&self, selection: Selection) -> Result<Vec<Entry>, StoreError> {
        // audit_by_subject serves the first form, the primary key the second: two statements, so that each has its plan.
        let rows: Vec<Row> = match &selection.subject {
            Some(subject) => {
                query_as(
                    "SELECT seq, at, actor, action, subject, reason, detail
                     FROM audit
                     WHERE subject = $1 AND subject <> '' AND environment = $2 AND seq < $3
                     ORDER BY seq DESC
                     LIMIT $4",
                )
                .bind(subject)
                .bind(selection.environment.code())
                .bind(selection.before.unwrap_or(i64::MAX))
                .bind(selection.limit)
                .fetch_all(&self.read)
                .await?
            }
            None => {
                query_as(
                    "SELECT seq, at, actor, action, subject, reason, detail
                     FROM audit
                     WHERE environment = $1 AND seq < $2
                     ORDER BY seq DESC
                     LIMIT $3",
                )
                .bind(selection.environment.code())
                .bind(selection.before.unwrap_or(i64::MAX))
                .bind(selection.limit)
                .fetch_all(&self.read)
                .await?
            }
        };
        let entry = |(seq, at, actor, action, subject, reason, detail)| Entry {
            seq,
            at: Instant(at),
            actor,
            action,
            subject,
            reason,
            detail,
        };
        Ok(rows.into_iter().map(entry).collect())
    }
}
