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
    store::{StoreError, accounts::KeyStore, audit::Note},
};
use async_trait::async_trait;
use sqlx::{Row, sqlite::SqliteRow};

#[async_trait]
impl KeyStore for Database {
    async fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(
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
        let row = sqlx::query(
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
        let work = self.writer.run(Lane::Single, move |connection| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO api_keys (id, name, prefix, secret_hash, sources, regions, business_units, environment, created_at,
                                           created_by, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                )
                .bind(key.id.as_str())
                .bind(key.name.as_str())
                .bind(&key.prefix)
                .bind(secret.0.to_vec())
                .bind(serde_json::to_string(&key.sources).expect("text is always JSON"))
                .bind(names_text(&key.scope.regions))
                .bind(names_text(&key.scope.business_units))
                .bind(key.environment.code())
                .bind(key.created_at.0)
                .bind(&key.created_by)
                .bind(key.expires_at.map(|at| at.0))
                .execute(&mut *connection)
                .await
                .map_err(|error| taken(error, &key.name))?;
                audit::write(connection, &note).await.map(drop)
            })
        });
        work.await
    }

    async fn revoke_key(&self, id: ApiKeyId, at: Instant, note: Note) -> Result<(), StoreError> {
        let work = self.writer.run(Lane::Single, move |connection| {
            Box::pin(async move {
                let revoked = sqlx::query("UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
                    .bind(at.0)
                    .bind(id.as_str())
                    .execute(&mut *connection)
                    .await?;
                if revoked.rows_affected() != 1 {
                    return Err(StoreError::NotFound);
                }
                audit::write(connection, &note).await.map(drop)
            })
        });
        work.await
    }

    async fn used(&self, id: ApiKeyId, at: Instant) -> Result<(), StoreError> {
        let work = self.writer.run(Lane::Single, move |connection| {
            Box::pin(async move {
                sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
                    .bind(at.0)
                    .bind(id.as_str())
                    .execute(connection)
                    .await?;
                Ok(())
            })
        });
        work.await
    }
}

fn key(row: &SqliteRow) -> Result<ApiKey, StoreError> {
    let id: String = row.try_get("id")?;
    let corrupt = |cause: &str| StoreError::Corrupt { table: "api_keys", id: id.clone(), cause: cause.to_owned() };
    let instant = |at: Option<i64>| at.map(Instant);
    Ok(ApiKey {
        name: AccountName::parse(row.try_get("name")?).map_err(|e| corrupt(&e.to_string()))?,
        prefix: row.try_get("prefix")?,
        sources: names(row.try_get("sources")?).flatten().ok_or_else(|| corrupt("sources"))?,
        scope: Scope {
            regions: names(row.try_get("regions")?).ok_or_else(|| corrupt("regions"))?,
            business_units: names(row.try_get("business_units")?).ok_or_else(|| corrupt("business_units"))?,
        },
        environment: Environment::from_code(row.try_get("environment")?).ok_or_else(|| corrupt("environment"))?,
        created_at: Instant(row.try_get("created_at")?),
        created_by: row.try_get("created_by")?,
        expires_at: instant(row.try_get("expires_at")?),
        revoked_at: instant(row.try_get("revoked_at")?),
        last_used_at: instant(row.try_get("last_used_at")?),
        id: ApiKeyId(id.clone()),
    })
}
