//! The embedded store: one SQLite file, one writer, many readers.

use self::writer::{Beside, Writer};
use crate::{
    clock::Clock,
    domain::{access::Environment, measure::Generation, receipt::Receipt},
    store::{
        StoreError,
        feed::{Feed, Topic},
        intake::{Batch, IntakeStore},
        postgres,
        sql::{Reader, Session, query_as},
    },
};
use async_trait::async_trait;
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, sync::Arc, time::Duration};
use tokio::sync::{Notify, watch};

mod acts;
mod audit;
mod bulk;
mod config;
mod counts;
mod exceptions;
mod figures;
mod health;
mod imports;
mod intake;
mod keys;
pub mod migrations;
mod names;
mod orders;
mod people;
mod quarantine;
mod scope;
mod sessions;
mod shipments;

mod standing;
#[cfg(test)]
mod tests;
mod timers;
mod worklists;
pub mod writer;

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

/// An open database.
#[derive(Clone)]
pub struct Database {
    /// Read-only connections.
    pub read: Reader,
    /// The one connection that writes.
    pub writer: Writer,
    /// A bulk job may have been started.
    bulk_started: Arc<Notify>,
    /// What waits.
    book: figures::Book,
}

/// What to do with a schema that is older than this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Create the file if it is missing and bring the schema up.
    Migrate,
    /// Only open a file whose schema is this build's.
    Exact,
}

/// Why a database could not be opened; each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is not one of SQLite.
    #[error("{url:?} is not an address such as sqlite://waybill.db: {cause}")]
    Address {
        /// As given.
        url: String,
        /// Why.
        cause: String,
    },
    /// A newer Waybill wrote this database.
    #[error(
        "the database has schema version {found}, this build knows up to {known}: start the newer Waybill, or restore a backup"
    )]
    Newer {
        /// In the database.
        found: i64,
        /// In this build.
        known: i64,
    },
    /// The schema is older and may not be changed now.
    #[error("the database has schema version {found}, this build needs {known}: run `waybill migrate`")]
    Older {
        /// In the database.
        found: i64,
        /// In this build.
        known: i64,
    },
    /// A migration failed; the schema is as it was.
    #[error("the schema could not be brought up: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file could not be opened or read.
    #[error("the database could not be opened: {0}")]
    Database(#[from] sqlx::Error),
    /// The file could not be opened for writing.
    #[error("the database could not be opened for writing: {0}")]
    Writing(#[from] rusqlite::Error),
    /// The server of the database does not answer.
    #[error("the database server cannot be reached: {0}")]
    Unreachable(std::io::Error),
    /// The session that writes could not be opened.
    #[error("the database could not be opened for writing: {0}")]
    Session(#[from] StoreError),
    /// What the shipments are measured by is not what this build measures.
    #[error("what is measured could not be agreed on: {0}")]
    Measures(#[source] StoreError),
    /// The thread that writes could not be started.
    #[error("the writer could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl Database {
    /// Opens the database at an address, checks its schema and starts the writer.
    pub async fn open(url: &str, mode: OpenMode, clock: Clock) -> Result<Self, OpenError> {
        if postgres::is_address(url) {
            let postgres::Opened { read, session, listener } = postgres::open(url, mode).await?;
            return Self::over(read, Writer::start(session, Beside::Listener(listener), clock)?).await;
        }
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
        let checkpointer = options.connect().await?;
        let writer = Writer::start(Session::Sqlite(writing), Beside::Checkpointer(checkpointer), clock)?;
        Self::over(Reader::Sqlite(read), writer).await
    }

    async fn over(read: Reader, writer: Writer) -> Result<Self, OpenError> {
        let database = Self { read, writer, bulk_started: Arc::default(), book: figures::Book::default() };
        database.measure_by(&Generation::CURRENT).await.map_err(OpenError::Measures)?;
        Ok(database)
    }

    /// Finishes the queued writes and closes every connection.
    pub async fn close(&self) {
        // The writer's connections go last: SQLite then folds the log into the file, which a read-only connection cannot.
        self.read.close().await;
        self.writer.close().await;
    }
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
    if check_version(found, known, mode)? {
        migrations::run(connection).await?;
    }
    Ok(())
}

/// Whether the schema is to be brought up.
pub(in crate::store) fn check_version(found: i64, known: i64, mode: OpenMode) -> Result<bool, OpenError> {
    match found.cmp(&known) {
        std::cmp::Ordering::Greater => Err(OpenError::Newer { found, known }),
        std::cmp::Ordering::Less if mode == OpenMode::Exact => Err(OpenError::Older { found, known }),
        order => Ok(order.is_lt()),
    }
}

/// Opens a connection only to tell what schema the file has: `(found, known)`.
pub async fn schema_versions(url: &str) -> Result<(i64, i64), OpenError> {
    if postgres::is_address(url) {
        return postgres::schema_versions(url).await;
    }
    let address = |cause: sqlx::Error| OpenError::Address { url: url.into(), cause: cause.to_string() };
    let mut connection = SqliteConnectOptions::from_str(url).map_err(address)?.connect().await?;
    let found = migrations::applied(&mut connection).await?.into_iter().max().unwrap_or(0);
    connection.close().await?;
    Ok((found, migrations::known().map(|(version, _)| version).max().unwrap_or(0)))
}

#[async_trait]
impl IntakeStore for Database {
    async fn record(&self, batch: Batch) -> Result<Vec<Receipt>, StoreError> {
        self.writer.record(batch).await
    }
}

#[async_trait]
impl Feed for Database {
    async fn latest(&self, environment: Environment) -> Result<Vec<(Topic, i64)>, StoreError> {
        let rows: Vec<(String, i64)> =
            query_as("SELECT topic, seq FROM feed WHERE environment = $1").bind(environment.code()).fetch_all(&self.read).await?;
        Ok(rows.into_iter().filter_map(|(code, seq)| Some((Topic::ALL.into_iter().find(|t| t.code() == code)?, seq))).collect())
    }

    fn hint(&self) -> watch::Receiver<u64> {
        self.writer.hint()
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Unavailable,
            sqlx::Error::PoolClosed => Self::Closed,
            other => Self::Database(Box::new(other)),
        }
    }
}
