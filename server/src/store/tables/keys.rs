//! Keys of sources.

use super::{
    Database, audit,
    people::{names, names_text, taken},
};
use crate::{
    domain::{
        access::{Environment, Scope},
        account::{AccountName, ApiKey, SecretHash},
        ids::ApiKeyId,
        receipt::Lane,
        time::Instant,
    },
    store::{
        StoreError,
        accounts::KeyStore,
        audit::Note,
        sql::{self, Whole, params, query},
    },
};
use async_trait::async_trait;

#[async_trait]
impl KeyStore for Database {
    async fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows = query(
            "SELECT id, name, prefix, sources, regions, business_units, environment, created_at, created_by, expires_at, revoked_at,
                    last_used_at
             FROM api_keys
             ORDER BY name, created_at",
        )
        .fetch_all(&self.read)
        .await?;
        rows.iter().map(key).collect()
    }

    async fn key(&self, secret: SecretHash) -> Result<Option<ApiKey>, StoreError> {
        let row = query(
            "SELECT id, name, prefix, sources, regions, business_units, environment, created_at, created_by, expires_at, revoked_at,
                    last_used_at
             FROM api_keys
             WHERE secret_hash = $1",
        )
        .bind(secret.0.to_vec())
        .fetch_optional(&self.read)
        .await?;
        row.as_ref().map(key).transpose()
    }

    async fn add_key(&self, key: ApiKey, secret: SecretHash, note: Note) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            let added = sql::execute(
                connection,
                "INSERT INTO api_keys (id, name, prefix, secret_hash, sources, regions, business_units, environment, created_at,
                                       created_by, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![
                    key.id.as_str(),
                    key.name.as_str(),
                    key.prefix,
                    secret.0,
                    serde_json::to_string(&key.sources).expect("text is always JSON"),
                    names_text(&key.scope.regions),
                    names_text(&key.scope.business_units),
                    key.environment.code(),
                    key.created_at.0,
                    key.created_by,
                    key.expires_at.map(|at| at.0)
                ],
            );
            added.map_err(|error| taken(error, &key.name))?;
            audit::write(connection, &note).map(drop)
        });
        work.await
    }

    async fn revoke_key(&self, id: ApiKeyId, at: Instant, note: Note) -> Result<(), StoreError> {
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            let sql = "UPDATE api_keys SET revoked_at = ?1 WHERE id = ?2 AND revoked_at IS NULL";
            match sql::execute(connection, sql, params![at.0, id.as_str()])? {
                1 => {
                    connection.tell_rights()?;
                    audit::write(connection, &note).map(drop)
                }
                _ => Err(StoreError::NotFound),
            }
        });
        work.await
    }

    async fn used(&self, id: ApiKeyId, at: Instant) -> Result<(), StoreError> {
        let work = self.writer.run_calmly(move |connection| {
            let sql = "UPDATE api_keys SET last_used_at = ?1 WHERE id = ?2";
            sql::execute(connection, sql, params![at.0, id.as_str()]).map(drop)
        });
        work.await
    }
}

fn key(row: &Whole) -> Result<ApiKey, StoreError> {
    let id: String = row.try_get("id")?;
    let corrupt = |cause: &str| StoreError::Corrupt { table: "api_keys", id: id.clone(), cause: cause.to_owned() };
    let instant = |at: Option<i64>| at.map(Instant);
    Ok(ApiKey {
        name: AccountName::parse(row.text("name")?).map_err(|e| corrupt(&e.to_string()))?,
        prefix: row.try_get("prefix")?,
        sources: names(row.try_get("sources")?).flatten().ok_or_else(|| corrupt("sources"))?,
        scope: Scope {
            regions: names(row.try_get("regions")?).ok_or_else(|| corrupt("regions"))?,
            business_units: names(row.try_get("business_units")?).ok_or_else(|| corrupt("business_units"))?,
        },
        environment: Environment::from_code(row.text("environment")?).ok_or_else(|| corrupt("environment"))?,
        created_at: Instant(row.try_get("created_at")?),
        created_by: row.try_get("created_by")?,
        expires_at: instant(row.try_get("expires_at")?),
        revoked_at: instant(row.try_get("revoked_at")?),
        last_used_at: instant(row.try_get("last_used_at")?),
        id: ApiKeyId(id.clone()),
    })
}
