//! The store's statements, written once for SQLite and PostgreSQL: they run through [`crate::store::sql`] on whichever is open.
//! One writer, many readers.

use self::writer::Writer;
pub use crate::store::open::OpenMode;
use crate::{
    clock::Clock,
    domain::{access::Environment, measure::Generation, receipt::Receipt},
    store::{
        StoreError,
        feed::{Feed, Topic},
        intake::{Batch, IntakeStore},
        leases::LeaseStore,
        open::OpenError,
        postgres,
        sql::{Reader, query_as},
        sqlite::{self, alone::Alone},
    },
};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

mod acts;
mod archives;
mod audit;
mod bodies;
mod bulk;
mod config;
mod counts;
mod exceptions;
mod figures;
mod flashes;
mod health;
mod imports;
mod intake;
mod keys;
mod leases;
mod names;
mod orders;
mod outbox;
mod people;
mod quarantine;
mod rates;
mod scope;
mod sessions;
mod shipments;
mod standing;
#[cfg(test)]
mod tests;
mod timers;
mod tries;
mod worklists;
pub mod writer;

/// An open database.
#[derive(Clone)]
pub struct Database {
    /// Connections that only read.
    pub read: Reader,
    /// The one connection that writes.
    pub writer: Writer,
    /// A bulk job may have been started.
    bulk_started: Arc<Notify>,
    /// What waits.
    book: figures::Book,
    /// What was added up shipment by shipment.
    scans: figures::Scans,
}

impl Database {
    /// Opens the database at an address, checks its schema and starts the writer.
    pub async fn open(url: &str, mode: OpenMode, clock: Clock) -> Result<Self, OpenError> {
        let opened = if postgres::is_address(url) { postgres::open(url, mode).await? } else { sqlite::open(url, mode).await? };
        let writer = Writer::start(opened.session, opened.beside, clock)?;
        let database =
            Self { read: opened.read, writer, bulk_started: Arc::default(), book: Default::default(), scans: Default::default() };
        // What is written from here on has the database's time.
        database.set_clock().await.map_err(OpenError::Session)?;
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

/// Refuses if another process serves the embedded database at an address. Any number may serve one on a server.
pub fn serve_alone(url: &str) -> Result<Option<Alone>, OpenError> {
    if postgres::is_address(url) { Ok(None) } else { sqlite::alone::keep(url).map(Some) }
}

/// Connects only to tell what schema the database has: `(found, known)`.
pub async fn schema_versions(url: &str) -> Result<(i64, i64), OpenError> {
    if postgres::is_address(url) { postgres::schema_versions(url).await } else { sqlite::schema_versions(url).await }
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
