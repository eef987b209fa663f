//! Opening a database: in what mode, and why it could not be.

use super::StoreError;
use tokio::sync::watch;

/// What to do with a schema that is older than this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Create what is missing and bring the schema up.
    Migrate,
    /// Only open a database whose schema is this build's.
    Exact,
}

/// Why a database could not be opened; each reads as one line.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is of no database that is known.
    #[error("{url:?} is not an address such as sqlite://waybill.db or postgres://waybill@db.example/waybill: {cause}")]
    Address {
        /// As given, if it can hold no password.
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
    /// The database is there, or its address is, and it cannot be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A migration failed; the schema is as it was.
    #[error("the schema could not be brought up, and is as it was: {0}")]
    Migration(String),
    /// The session that writes could not be opened.
    #[error("the database could not be opened for writing")]
    Session(#[from] StoreError),
    /// What the shipments are measured by is not what this build measures.
    #[error("what is measured could not be agreed on")]
    Measures(#[source] StoreError),
    /// The thread that writes could not be started.
    #[error("the writer could not be started")]
    Thread(#[from] std::io::Error),
}

/// Why a database cannot be used: what is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: {advice}")]
pub struct Refusal {
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: &'static str,
}

impl Refusal {
    /// What is wrong, told in one line, and what to do.
    pub fn new(problem: impl Into<String>, advice: &'static str) -> Self {
        let problem: String = problem.into();
        Self { problem: problem.lines().collect::<Vec<_>>().join(" "), advice }
    }

    /// A part of what belongs there is there.
    pub(super) fn begun() -> Self {
        Self::new("a copy into this database was begun and has not ended", "run the same `waybill copy` again, it goes on")
    }
}

/// The schema of a database.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema {
    /// Its version; 0: none yet.
    pub version: i64,
    /// Builds that know this version or a later one can serve it, newer as it may be.
    pub serves_since: i64,
}

/// Whether the schema is to be brought up to what this build knows.
pub(super) fn is_behind(Schema { version: found, serves_since }: Schema, known: i64, mode: OpenMode) -> Result<bool, OpenError> {
    match found.cmp(&known) {
        std::cmp::Ordering::Greater if serves_since <= known => {
            tracing::warn!(
                schema.found = found,
                schema.known = known,
                "a newer Waybill brought the schema up; this one still serves it"
            );
            Ok(false)
        }
        std::cmp::Ordering::Greater => Err(OpenError::Newer { found, known }),
        std::cmp::Ordering::Less if mode == OpenMode::Exact => Err(OpenError::Older { found, known }),
        order => Ok(order.is_lt()),
    }
}

/// Ends when the store is told to close.
pub(super) async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the last handle is gone, which is the same.
    let _ = closing.wait_for(|closing| *closing).await;
}
