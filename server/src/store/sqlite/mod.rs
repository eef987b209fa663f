//! SQLite: how the file is opened, its schema, and folding its log back.

pub mod alone;
pub(super) mod checkpoint;
pub mod migrations;
mod refusal;

use super::{
    open::{OpenError, OpenMode, Refusal, Schema, is_behind},
    sql::{Beside, Opened, Reader, Session},
};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::PathBuf, str::FromStr, time::Duration};

/// Pages that the writer's cache may hold (negative: KiB).
const WRITER_CACHE: &str = "-32768";
/// The same for each reader.
const READER_CACHE: &str = "-4096";
/// How long a connection waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements that a connection keeps.
const STATEMENTS: usize = 400;
/// Readers at once; more only wait on two or four cores.
const READERS: u32 = 6;
/// Rows that a reader's thread may be ahead: whole answers of the pages, so that it does not wait for each few of them to be taken.
const ROWS_AHEAD: usize = 512;

/// Opens the file, checks its schema and brings it up if that is wanted.
pub(super) async fn open(url: &str, mode: OpenMode) -> Result<Opened, OpenError> {
    let options = ready(url, mode).await?;
    if refusal::is_begun(&options).await? {
        return Err(Refusal::begun().into());
    }
    let writing = writing(&options).map_err(refusal::of_writing)?;
    if writing.is_readonly(rusqlite::MAIN_DB).map_err(refusal::of_writing)? {
        return Err(refusal::read_only().into());
    }
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options.clone().read_only(true).row_buffer_size(ROWS_AHEAD).pragma("cache_size", READER_CACHE))
        .await
        .map_err(refusal::of)?;
    let beside = Beside::Checkpointer(options.connect().await.map_err(refusal::of)?);
    Ok(Opened { read: Reader::Sqlite(read), session: Session::Sqlite(writing), beside })
}

/// Brings the schema of the file at an address up, if that is wanted; answers where the file is.
pub(super) async fn bring_up(url: &str, mode: OpenMode) -> Result<PathBuf, OpenError> {
    Ok(ready(url, mode).await?.get_filename().to_owned())
}

async fn ready(url: &str, mode: OpenMode) -> Result<SqliteConnectOptions, OpenError> {
    let address = |cause: sqlx::Error| OpenError::Address { url: url.into(), cause: cause.to_string() };
    let options = settings(SqliteConnectOptions::from_str(url).map_err(address)?);
    let missing = mode == OpenMode::Migrate;
    refusal::of_path(options.get_filename(), missing)?;
    if missing {
        // The business and hashes of passwords are in it: for nobody's eyes but the owner's. SQLite's files beside it follow it. One that
        // is there stays as it is; why none can be made is told by the opening.
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(options.get_filename());
    }
    let mut connection = options.clone().create_if_missing(missing).connect().await.map_err(refusal::of)?;
    migrate(&mut connection, mode).await?;
    connection.close().await.map_err(refusal::of)?;
    Ok(options)
}

/// What every connection has in common.
fn settings(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged event survives a power cut: FULL syncs the log at each commit (NORMAL would not).
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(STATEMENTS)
        .pragma("temp_store", "memory")
        .disable_statement_logging()
}

/// The connection that writes, with the same settings.
fn writing(options: &SqliteConnectOptions) -> Result<rusqlite::Connection, rusqlite::Error> {
    let connection = rusqlite::Connection::open(options.get_filename())?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    for (name, value) in [
        ("journal_mode", "wal"),
        ("synchronous", "full"),
        ("foreign_keys", "on"),
        ("temp_store", "memory"),
        ("cache_size", WRITER_CACHE),
        // Checkpoints run on a connection of their own, so that no commit waits for one.
        ("wal_autocheckpoint", "0"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    Ok(connection)
}

async fn migrate(connection: &mut SqliteConnection, mode: OpenMode) -> Result<(), OpenError> {
    let known = migrations::known().map(|(version, _)| version).max().unwrap_or(0);
    let version = migrations::applied(connection).await.map_err(refusal::of)?.into_iter().max().unwrap_or(0);
    let found = Schema { version, serves_since: migrations::serves_since(connection).await.map_err(refusal::of)? };
    if is_behind(found, known, mode)? {
        migrations::run(connection).await.map_err(refusal::of_migrating)?;
    }
    Ok(())
}

/// Where the file of an address is.
pub(super) fn path(url: &str) -> Result<PathBuf, OpenError> {
    let address = |cause: sqlx::Error| OpenError::Address { url: url.into(), cause: cause.to_string() };
    Ok(SqliteConnectOptions::from_str(url).map_err(address)?.get_filename().to_owned())
}

/// Opens a connection only to tell what schema the file has: `(found, known)`.
pub(super) async fn schema_versions(url: &str) -> Result<(i64, i64), OpenError> {
    let address = |cause: sqlx::Error| OpenError::Address { url: url.into(), cause: cause.to_string() };
    let options = SqliteConnectOptions::from_str(url).map_err(address)?;
    refusal::of_path(options.get_filename(), false)?;
    let mut connection = options.connect().await.map_err(refusal::of)?;
    let found = migrations::applied(&mut connection).await.map_err(refusal::of)?.into_iter().max().unwrap_or(0);
    connection.close().await.map_err(refusal::of)?;
    Ok((found, migrations::known().map(|(version, _)| version).max().unwrap_or(0)))
}
