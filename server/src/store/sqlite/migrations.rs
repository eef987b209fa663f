//! The schema's versions, embedded. Append-only: a shipped file is never edited.

use sqlx::{
    SqlSafeStr, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

/// Version, name, text. Paired with `migrations/postgres` by number and name.
const FILES: &[(i64, &str, &str)] = &[
    (1, "core", include_str!("../../../../migrations/sqlite/0001_core.sql")),
    (2, "accounts", include_str!("../../../../migrations/sqlite/0002_accounts.sql")),
    (3, "imports", include_str!("../../../../migrations/sqlite/0003_imports.sql")),
    (4, "work", include_str!("../../../../migrations/sqlite/0004_work.sql")),
    (5, "configuration", include_str!("../../../../migrations/sqlite/0005_configuration.sql")),
    (6, "acts", include_str!("../../../../migrations/sqlite/0006_acts.sql")),
    (7, "bulk", include_str!("../../../../migrations/sqlite/0007_bulk.sql")),
    (8, "work_lists", include_str!("../../../../migrations/sqlite/0008_work_lists.sql")),
    (9, "figures", include_str!("../../../../migrations/sqlite/0009_figures.sql")),
    (10, "measured_once", include_str!("../../../../migrations/sqlite/0010_measured_once.sql")),
    (11, "open_work", include_str!("../../../../migrations/sqlite/0011_open_work.sql")),
    (13, "never_started", include_str!("../../../../migrations/sqlite/0013_never_started.sql")),
    (14, "measure_versions", include_str!("../../../../migrations/sqlite/0014_measure_versions.sql")),
    (15, "open_work_told", include_str!("../../../../migrations/sqlite/0015_open_work_told.sql")),
    (17, "outbox", include_str!("../../../../migrations/sqlite/0017_outbox.sql")),
    (19, "replicas", include_str!("../../../../migrations/sqlite/0019_replicas.sql")),
    (20, "clocks", include_str!("../../../../migrations/sqlite/0020_clocks.sql")),
    (21, "bodies", include_str!("../../../../migrations/sqlite/0021_bodies.sql")),
    (22, "probes", include_str!("../../../../migrations/sqlite/0022_probes.sql")),
    (23, "lanes", include_str!("../../../../migrations/sqlite/0023_lanes.sql")),
    (24, "accepted", include_str!("../../../../migrations/sqlite/0024_accepted.sql")),
    (25, "given", include_str!("../../../../migrations/sqlite/0025_given.sql")),
    (26, "by_statement", include_str!("../../../../migrations/sqlite/0026_by_statement.sql")),
    (27, "as_they_are", include_str!("../../../../migrations/sqlite/0027_as_they_are.sql")),
    (28, "told", include_str!("../../../../migrations/sqlite/0028_told.sql")),
];

/// Versions that this build knows.
pub fn known() -> impl Iterator<Item = (i64, &'static str)> {
    FILES.iter().map(|(version, name, _)| (*version, *name))
}

/// Versions that the database has; empty for a new one.
pub async fn applied(connection: &mut SqliteConnection) -> Result<Vec<i64>, sqlx::Error> {
    let (exists,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'").fetch_one(&mut *connection).await?;
    if exists == 0 {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(version,)| version).collect())
}

/// Since which version builds can serve the schema.
pub async fn serves_since(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let (exists,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM sqlite_master WHERE name = 'schema_serves'").fetch_one(&mut *connection).await?;
    if exists == 0 {
        return Ok(i64::MAX);
    }
    // Its row comes with the others of a copy that is under way.
    let since: Option<(i64,)> = sqlx::query_as("SELECT since FROM schema_serves").fetch_optional(connection).await?;
    Ok(since.map_or(i64::MAX, |(since,)| since))
}

/// Brings the schema up to this build's.
pub async fn run(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
    until(connection, i64::MAX).await
}

/// Brings the schema up to a version: as a build of then left it.
pub(in crate::store) async fn until(connection: &mut SqliteConnection, last: i64) -> Result<(), MigrateError> {
    let migrations = FILES
        .iter()
        .filter(|(version, ..)| *version <= last)
        .map(|(version, name, sql)| Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false))
        .collect();
    Migrator::with_migrations(migrations).run_direct(None, connection, false).await
}
