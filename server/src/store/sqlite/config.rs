//! Policies, in SQLite.

use super::{
    Database, audit,
    intake::{Rules, rows::corrupt},
    sql,
};
use crate::{
    domain::{access::Environment, policy::Policy, receipt::Lane, time::Instant},
    store::{
        StoreError,
        audit::Note,
        config::{ConfigStore, NewPolicy, PolicyVersion},
    },
};
use async_trait::async_trait;
use rusqlite::{Connection, params};
use sqlx::SqliteConnection;
use std::sync::Arc;

/// The policy in force, for the writer.
pub(super) fn in_force(connection: &Connection, environment: Environment) -> Result<Rules, StoreError> {
    let found: Option<(i64, String)> = sql::optional(
        connection,
        "SELECT version, policy FROM config WHERE environment = ?1 ORDER BY version DESC LIMIT 1",
        [environment.code()],
    )?;
    match found {
        Some((version, json)) => Ok(Rules { version, policy: Arc::new(parse(environment, version, &json)?) }),
        None => Ok(Rules { version: 0, policy: Arc::default() }),
    }
}

fn parse(environment: Environment, version: i64, json: &str) -> Result<Policy, StoreError> {
    serde_json::from_str(json).map_err(|cause| corrupt("config", &format!("{} {version}", environment.code()), cause))
}

/// The policy in force, for readers.
pub(super) async fn latest(connection: &mut SqliteConnection, environment: Environment) -> Result<PolicyVersion, StoreError> {
    let rows = versions(connection, environment, None, 1).await?;
    Ok(rows.into_iter().next().unwrap_or_else(PolicyVersion::built_in))
}

async fn versions(
    connection: &mut SqliteConnection,
    environment: Environment,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<PolicyVersion>, StoreError> {
    let rows: Vec<(i64, String, String, String, i64)> = sqlx::query_as(
        "SELECT version, policy, actor, reason, at FROM config WHERE environment = $1 AND version < $2
         ORDER BY version DESC LIMIT $3",
    )
    .bind(environment.code())
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(version, json, actor, reason, at)| {
            let policy = Arc::new(parse(environment, version, &json)?);
            Ok(PolicyVersion { version, policy, actor, reason, at: Instant(at) })
        })
        .collect()
}

#[async_trait]
impl ConfigStore for Database {
    async fn policy(&self, environment: Environment) -> Result<PolicyVersion, StoreError> {
        latest(&mut *self.read.acquire().await?, environment).await
    }

    async fn policies(
        &self,
        environment: Environment,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyVersion>, StoreError> {
        versions(&mut *self.read.acquire().await?, environment, before, limit).await
    }

    async fn put_policy(&self, new: NewPolicy) -> Result<i64, StoreError> {
        let at = self.writer.now();
        let json = serde_json::to_string(&new.policy).map_err(|cause| corrupt("config", "new", cause))?;
        let work = self.writer.run_remembering(Lane::Single, move |connection, memory| {
            let environment = new.environment.code();
            let (held,): (i64,) =
                sql::one(connection, "SELECT coalesce(max(version), 0) FROM config WHERE environment = ?1", [environment])?;
            if held != new.replaces {
                return Err(StoreError::Conflict(format!("version {held} was put in force meanwhile")));
            }
            let version = held + 1;
            sql::execute(
                connection,
                "INSERT INTO config (environment, version, policy, actor, reason, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![environment, version, json, new.actor, new.reason, at.0],
            )?;
            // A sweep that is under way begins anew.
            sql::execute(
                connection,
                "INSERT INTO sweeps (environment, version, after) VALUES (?1, ?2, 0)
                 ON CONFLICT (environment) DO UPDATE SET version = excluded.version, after = 0",
                params![environment, version],
            )?;
            let note = Note {
                at,
                environment: new.environment,
                actor: new.actor,
                action: "config.put_policy",
                subject: "config:policy".into(),
                reason: new.reason,
                detail: format!(r#"{{"version":{version}}}"#),
            };
            audit::write(connection, &note)?;
            memory.forget_rules();
            Ok(version)
        });
        work.await
    }
}
