//! The schema's versions, embedded. Append-only: a shipped file is never edited. Paired with SQLite's by number and name; the first
//! is what all of SQLite's up to its number come to.

use crate::store::sql::{PostgresSession, is_collision};
use sqlx::{
    AssertSqlSafe, PgConnection, SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};
use std::time::Duration;
use tokio::time::Instant;

/// Version, name, text.
const FILES: &[(i64, &str, &str)] = &[
    (13, "schema", include_str!("../../../../migrations/postgres/0013_schema.sql")),
    (14, "measure_versions", include_str!("../../../../migrations/postgres/0014_measure_versions.sql")),
    (15, "open_work_told", include_str!("../../../../migrations/postgres/0015_open_work_told.sql")),
    (17, "outbox", include_str!("../../../../migrations/postgres/0017_outbox.sql")),
    (19, "replicas", include_str!("../../../../migrations/postgres/0019_replicas.sql")),
    (20, "clocks", include_str!("../../../../migrations/postgres/0020_clocks.sql")),
    (21, "bodies", include_str!("../../../../migrations/postgres/0021_bodies.sql")),
    (22, "probes", include_str!("../../../../migrations/postgres/0022_probes.sql")),
    (23, "lanes", include_str!("../../../../migrations/postgres/0023_lanes.sql")),
    (24, "accepted", include_str!("../../../../migrations/postgres/0024_accepted.sql")),
    (25, "given", include_str!("../../../../migrations/postgres/0025_given.sql")),
    (26, "by_statement", include_str!("../../../../migrations/postgres/0026_by_statement.sql")),
    (27, "as_they_are", include_str!("../../../../migrations/postgres/0027_as_they_are.sql")),
    (28, "told", include_str!("../../../../migrations/postgres/0028_told.sql")),
];

/// Versions that this build knows.
pub fn known() -> impl Iterator<Item = (i64, &'static str)> {
    FILES.iter().map(|(version, name, _)| (*version, *name))
}

/// Versions that the database has; empty for a new one.
pub async fn applied(connection: &mut PgConnection) -> Result<Vec<i64>, sqlx::Error> {
    let (exists,): (bool,) =
        sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !exists {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

/// Since which version builds can serve the schema.
pub async fn serves_since(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let (exists,): (bool,) =
        sqlx::query_as("SELECT to_regclass('schema_serves') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !exists {
        return Ok(i64::MAX);
    }
    // Its row comes with the others of a copy that is under way.
    let since: Option<(i64,)> = sqlx::query_as("SELECT since FROM schema_serves").fetch_optional(connection).await?;
    Ok(since.map_or(i64::MAX, |(since,)| since))
}

/// The lock of who brings the schema up.
const BRINGS_UP: i64 = 0x5761_7962_696c_6c02;
/// How long it is tried while somebody reads or writes a table that is to be changed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Brings the schema up to this build's. Of several processes that start at once one does it, and the others wait. No writer has its turn
/// meanwhile. Whoever else holds a table, be it a dump of an hour, is waited for in short tries: behind each wait all who want the table.
pub async fn run(connection: &mut PgConnection) -> Result<(), MigrateError> {
    run_within(connection, PATIENCE).await
}

/// The same with a patience of one's own.
pub(in crate::store) async fn run_within(connection: &mut PgConnection, patience: Duration) -> Result<(), MigrateError> {
    let begun = Instant::now();
    loop {
        let done = try_once(connection).await;
        sqlx::raw_sql("SELECT pg_advisory_unlock_all(); RESET lock_timeout").execute(&mut *connection).await?;
        match done {
            Err(error) if is_in_the_way(&error) && begun.elapsed() < patience => {
                tracing::warn!(error.message = %error, "a table is in use that is to be changed; it is tried again");
                tokio::time::sleep(PAUSE).await;
            }
            done => return done,
        }
    }
}

async fn try_once(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let turn = PostgresSession::TURN;
    let locks = format!("SELECT pg_advisory_lock({BRINGS_UP}); SET lock_timeout = '2s'; SELECT pg_advisory_lock({turn})");
    sqlx::raw_sql(AssertSqlSafe(locks)).execute(&mut *connection).await?;
    let migrations = FILES
        .iter()
        .map(|(version, name, sql)| Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false))
        .collect();
    Migrator::with_migrations(migrations).run_direct(None, connection, false).await
}

/// Whether it failed for the sake of somebody who reads or writes.
fn is_in_the_way(error: &MigrateError) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = error else { return false };
    is_collision(cause) || cause.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("55P03")
}
