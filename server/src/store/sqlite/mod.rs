//! SQLite: how the file is opened, its schema, and folding its log back.

pub(super) mod checkpoint;
pub mod migrations;

use super::{
    open::{OpenError, OpenMode, is_behind},
    sql::{Beside, Opened, Reader, Session},
};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, time::Duration};

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
    let address = |cause: sqlx::Error| OpenError::Address { url: url.into(), cause: cause.to_string() };
    let options = settings(SqliteConnectOptions::from_str(url).map_err(address)?);
    let mut connection = options.clone().create_if_missing(mode == OpenMode::Migrate).connect().await?;
    bring_up(&mut connection, mode).await?;
    let writing = writing(&options)?;
    connection.close().await?;
    let read = SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(options.clone().read_only(true).row_buffer_size(ROWS_AHEAD).pragma("cache_size", READER_CACHE))
        .await?;
    let beside = Beside::Checkpointer(options.connect().await?);
    Ok(Opened { read: Reader::Sqlite(read), session: Session::Sqlite(writing), beside })
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
fn writing(options: &SqliteConnectOptions) -> Result<rusqlite::Connection, OpenError> {
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

async fn bring_up(connection: &mut SqliteConnection, mode: OpenMode) -> Result<(), OpenError> {
    let known = migrations::known().map(|(version, _)| version).max().unwrap_or(0);
    let found = migrations::applied(connection).await?.into_iter().max().unwrap_or(0);
    if is_behind(found, known, mode)? {
        migrations::run(connection).await?;
    }
    Ok(())
}

/// Opens a connection only to tell what schema the file has: `(found, known)`.
pub(super) async fn schema_versions(url: &str) -> Result<(i64, i64), OpenError> {
    let address = |cause: sqlx::Error| OpenError::Address { url: url.into(), cause: cause.to_string() };
    let mut connection = SqliteConnectOptions::from_str(url).map_err(address)?.connect().await?;
    let found = migrations::applied(&mut connection).await?.into_iter().max().unwrap_or(0);
    connection.close().await?;
    Ok((found, migrations::known().map(|(version, _)| version).max().unwrap_or(0)))
}
