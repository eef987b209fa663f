//! Policies, in SQLite.

use super::{
    Database, audit,
    intake::{Rules, rows::corrupt},
};
use crate::{
    domain::{access::Environment, folding::Folding, policy::Policy, receipt::Lane, time::Instant},
    store::{
        StoreError,
        audit::Note,
        config::{ConfigStore, NewPolicy, PolicyVersion},
        sql::{self, Connection, Session, params, query_as},
    },
};
use async_trait::async_trait;
use std::sync::Arc;

/// The policy in force, for the writer.
pub(super) fn in_force(connection: &Session, environment: Environment) -> Result<Rules, StoreError> {
    // In one question: where processes take turns, each turn begins with it.
    let (outlets, version, json, folded_since): (i64, Option<i64>, Option<String>, Option<i64>) = sql::one(
        connection,
        "SELECT outlet.n, latest.version, latest.policy, latest.folded_since
         FROM (SELECT count(*) AS n FROM outlets WHERE environment = ?1) AS outlet
         LEFT JOIN (SELECT version, policy, folded_since FROM config WHERE environment = ?1 ORDER BY version DESC LIMIT 1) AS latest ON 1 = 1",
        [environment.code()],
    )?;
    let (version, folded_since) = (version.unwrap_or(0), folded_since.unwrap_or(0));
    let policy = json.map_or_else(|| Ok(Policy::default()), |json| parse(environment, version, &json))?;
    let folding = Arc::new(Folding::of(&policy));
    Ok(Rules { version, policy: Arc::new(policy), folding, folded_since, told: outlets > 0 })
}

fn parse(environment: Environment, version: i64, json: &str) -> Result<Policy, StoreError> {
    serde_json::from_str(json).map_err(|cause| corrupt("config", &format!("{} {version}", environment.code()), cause))
}

/// The policy in force, for readers.
pub(super) async fn latest(connection: &mut Connection, environment: Environment) -> Result<PolicyVersion, StoreError> {
    let rows = versions(connection, environment, None, 1).await?;
    Ok(rows.into_iter().next().unwrap_or_else(PolicyVersion::built_in))
}

async fn versions(
    connection: &mut Connection,
    environment: Environment,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<PolicyVersion>, StoreError> {
    let rows: Vec<(i64, String, String, String, i64)> = query_as(
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
        latest(&mut self.read.acquire().await?, environment).await
    }

    async fn policies(
        &self,
        environment: Environment,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyVersion>, StoreError> {
        versions(&mut self.read.acquire().await?, environment, before, limit).await
    }

    async fn put_policy(&self, new: NewPolicy) -> Result<i64, StoreError> {
        let at = self.writer.now();
        let json = serde_json::to_string(&new.policy).map_err(|cause| corrupt("config", "new", cause))?;
        let work = self.writer.run_remembering(Lane::Single, move |connection, memory| {
            let environment = new.environment.code();
            let held = in_force(connection, new.environment)?;
            if held.version != new.replaces {
                return Err(StoreError::Conflict(format!("version {} was put in force meanwhile", held.version)));
            }
            let version = held.version + 1;
            let folds_anew = *held.folding != Folding::of(&new.policy);
            let folded_since = if folds_anew { version } else { held.folded_since };
            sql::execute(
                connection,
                "INSERT INTO config (environment, version, policy, actor, reason, at, folded_since)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![environment, version, json, new.actor, new.reason, at.0, folded_since],
            )?;
            // A sweep that is under way begins anew; one that takes old data along still does.
            sql::execute(
                connection,
                "INSERT INTO sweeps (environment, version, after, whole) VALUES (?1, ?2, 0, ?3)
                 ON CONFLICT (environment) DO UPDATE SET version = excluded.version, after = 0, whole = max(sweeps.whole, excluded.whole)",
                params![environment, version, folds_anew],
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
