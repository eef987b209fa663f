//! What can go wrong in a store, in words that services act on.

use super::sql::{is_collision, is_lost};

/// Why a call to the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The queue of the writer is full, or others did not let it have its turn: try again later. Nothing was written.
    #[error("the writer is busy")]
    Busy,
    /// No row of that name in that environment and scope.
    #[error("no such row")]
    NotFound,
    /// Somebody changed the row first, or it is in another state than the caller thought.
    #[error("changed by somebody else: {0}")]
    Conflict(String),
    /// A stored row cannot be read: a fault of ours, never of the caller.
    #[error("{table} {id} cannot be read: {cause}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Which row.
        id: String,
        /// What is wrong.
        cause: String,
    },
    /// An archive of bodies is missing or damaged, or could not be written.
    #[error("the archive {file} cannot be used: {cause}")]
    Archive {
        /// Which.
        file: String,
        /// Why.
        cause: String,
    },
    /// The transaction failed; nothing of it was written. The cause is in the log.
    #[error("the store could not commit")]
    Unavailable,
    /// Another process has this work now; nothing was written.
    #[error("another process does this now")]
    Superseded,
    /// Another transaction changed the same rows first, or of two that waited for each other this one had to give way. Nothing was written:
    /// trying again helps.
    #[error("another transaction was in the way")]
    Collision,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// There is no connection to the database, or it was lost on the way: trying again helps.
    #[error("the database cannot be reached")]
    Away(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            collided if is_collision(&collided) => {
                tracing::warn!(error.message = %collided, "a transaction gave way to another one");
                Self::Collision
            }
            lost if is_lost(&lost) => Self::Away(Box::new(lost)),
            other => Self::Database(Box::new(other)),
        }
    }
}
