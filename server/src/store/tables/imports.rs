//! How far imports have come, in SQLite.

use super::Database;
use crate::{
    domain::{ids::ImportId, receipt::Lane, time::Instant},
    store::{
        StoreError,
        imports::{ImportProgress, ImportRun, ImportState, ImportStore, NewImport},
        sql::{self, FromRow, Row, params},
    },
};
use async_trait::async_trait;

impl ImportState {
    fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
        }
    }
}

impl FromRow for ImportRun {
    fn from_row(row: &Row<'_>) -> Result<Self, sqlx::Error> {
        let count = |name: &str| row.try_get::<i64>(name).map(i64::unsigned_abs);
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
        let work = self.writer.run_aside(Lane::Single, move |connection| {
            // A finished import begins again: its counts go back to nothing, an interrupted one keeps them.
            let run: ImportRun = sql::one(
                connection,
                "INSERT INTO imports (id, environment, file_hash, mapping_hash, mapping, file_name, actor, state,
                                      items, accepted, duplicate, amended, conflict, quarantined,
                                      started_at, updated_at, version)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'running', 0, 0, 0, 0, 0, 0, ?8, ?8, 1)
                 ON CONFLICT (environment, file_hash, mapping_hash) DO UPDATE SET
                     items       = iif(imports.state = 'finished', 0, imports.items),
                     accepted    = iif(imports.state = 'finished', 0, imports.accepted),
                     duplicate   = iif(imports.state = 'finished', 0, imports.duplicate),
                     amended     = iif(imports.state = 'finished', 0, imports.amended),
                     conflict    = iif(imports.state = 'finished', 0, imports.conflict),
                     quarantined = iif(imports.state = 'finished', 0, imports.quarantined),
                     started_at  = iif(imports.state = 'finished', excluded.started_at, imports.started_at),
                     state = 'running', actor = excluded.actor, file_name = excluded.file_name,
                     updated_at = excluded.updated_at, version = imports.version + 1
                 RETURNING *",
                params![
                    new.id.as_str(),
                    new.key.environment.code(),
                    new.key.file_hash.as_slice(),
                    new.key.mapping_hash.as_slice(),
                    new.mapping,
                    new.file_name,
                    new.actor,
                    new.at.0
                ],
            )?;
            let detail = serde_json::json!({
                "mapping": new.mapping, "file": new.file_name, "goes_on_after": run.progress.items,
            });
            sql::execute(
                connection,
                "INSERT INTO audit (at, environment, actor, action, subject, detail)
                 VALUES (?1, ?2, ?3, 'import.begin', 'import:' || ?4, ?5)",
                params![new.at.0, new.key.environment.code(), new.actor, run.id.as_str(), detail.to_string()],
            )?;
            Ok(run)
        });
        work.await
    }

    async fn advance(
        &self,
        run: &ImportRun,
        progress: ImportProgress,
        state: ImportState,
        at: Instant,
    ) -> Result<i64, StoreError> {
        let (id, version) = (run.id.clone(), run.version);
        let work = self.writer.run_calmly(move |connection| {
            let changed = sql::execute(
                connection,
                "UPDATE imports SET items = ?3, accepted = ?4, duplicate = ?5, amended = ?6, conflict = ?7,
                                    quarantined = ?8, state = ?9, updated_at = ?10, version = version + 1
                 WHERE id = ?1 AND version = ?2",
                params![
                    id.as_str(),
                    version,
                    progress.items.cast_signed(),
                    progress.accepted.cast_signed(),
                    progress.duplicate.cast_signed(),
                    progress.amended.cast_signed(),
                    progress.conflict.cast_signed(),
                    progress.quarantined.cast_signed(),
                    state.code(),
                    at.0
                ],
            )?;
            match changed {
                1 => Ok(version + 1),
                _ => Err(StoreError::Conflict("the same import runs elsewhere at this moment".into())),
            }
        });
        work.await
    }
}
