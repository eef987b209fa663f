//! How far imports have come, in SQLite.

use super::Database;
use crate::{
    domain::{ids::ImportId, receipt::Lane, time::Instant},
    store::{
        StoreError,
        imports::{ImportProgress, ImportRun, ImportState, ImportStore, NewImport},
    },
};
use async_trait::async_trait;
use sqlx::{FromRow, Row, sqlite::SqliteRow};

impl ImportState {
    fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
        }
    }
}

impl FromRow<'_, SqliteRow> for ImportRun {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let count = |name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
        Ok(Self {
            id: ImportId(row.try_get("id")?),
            version: row.try_get("version")?,
            progress: ImportProgress {
                items: count("items")?,
                accepted: count("accepted")?,
                duplicate: count("duplicate")?,
                amended: count("amended")?,
                conflict: count("conflict")?,
                quarantined: count("quarantined")?,
            },
        })
    }
}

#[async_trait]
impl ImportStore for Database {
    async fn begin(&self, new: NewImport) -> Result<ImportRun, StoreError> {
        self.writer
            .run(Lane::Single, move |connection| {
                Box::pin(async move {
                    // A finished import begins again: its counts go back to nothing, an interrupted one keeps them.
                    let run: ImportRun = sqlx::query_as(
                        "INSERT INTO imports (id, environment, file_hash, mapping_hash, mapping, file_name, actor, state,
                                              items, accepted, duplicate, amended, conflict, quarantined,
                                              started_at, updated_at, version)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', 0, 0, 0, 0, 0, 0, $8, $8, 1)
                         ON CONFLICT (environment, file_hash, mapping_hash) DO UPDATE SET
                             items       = iif(state = 'finished', 0, items),
                             accepted    = iif(state = 'finished', 0, accepted),
                             duplicate   = iif(state = 'finished', 0, duplicate),
                             amended     = iif(state = 'finished', 0, amended),
                             conflict    = iif(state = 'finished', 0, conflict),
                             quarantined = iif(state = 'finished', 0, quarantined),
                             started_at  = iif(state = 'finished', excluded.started_at, started_at),
                             state = 'running', actor = excluded.actor, file_name = excluded.file_name,
                             updated_at = excluded.updated_at, version = version + 1
                         RETURNING *",
                    )
                    .bind(new.id.as_str())
                    .bind(new.key.environment.code())
                    .bind(new.key.file_hash.as_slice())
                    .bind(new.key.mapping_hash.as_slice())
                    .bind(&new.mapping)
                    .bind(&new.file_name)
                    .bind(&new.actor)
                    .bind(new.at.0)
                    .fetch_one(&mut *connection)
                    .await?;
                    let detail = serde_json::json!({
                        "mapping": new.mapping, "file": new.file_name, "goes_on_after": run.progress.items,
                    });
                    sqlx::query(
                        "INSERT INTO audit (at, environment, actor, action, subject, detail)
                         VALUES ($1, $2, $3, 'import.begin', 'import:' || $4, $5)",
                    )
                    .bind(new.at.0)
                    .bind(new.key.environment.code())
                    .bind(&new.actor)
                    .bind(run.id.as_str())
                    .bind(detail.to_string())
                    .execute(connection)
                    .await?;
                    Ok(run)
                })
            })
            .await
    }

    async fn advance(
        &self,
        run: &ImportRun,
        progress: ImportProgress,
        state: ImportState,
        at: Instant,
    ) -> Result<i64, StoreError> {
        let (id, version) = (run.id.clone(), run.version);
        self.writer
            .run(Lane::Single, move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(
                        "UPDATE imports SET items = $3, accepted = $4, duplicate = $5, amended = $6, conflict = $7,
                                            quarantined = $8, state = $9, updated_at = $10, version = version + 1
                         WHERE id = $1 AND version = $2",
                    )
                    .bind(id.as_str())
                    .bind(version)
                    .bind(progress.items.cast_signed())
                    .bind(progress.accepted.cast_signed())
                    .bind(progress.duplicate.cast_signed())
                    .bind(progress.amended.cast_signed())
                    .bind(progress.conflict.cast_signed())
                    .bind(progress.quarantined.cast_signed())
                    .bind(state.code())
                    .bind(at.0)
                    .execute(connection)
                    .await?;
                    match changed.rows_affected() {
                        1 => Ok(version + 1),
                        _ => Err(StoreError::Conflict("the same import runs elsewhere at this moment".into())),
                    }
                })
            })
            .await
    }
}
