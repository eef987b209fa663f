//! What opening a database gives.

use super::{Reader, Session};
use sqlx::{PgPool, SqliteConnection, postgres::PgConnectOptions};

/// The connections of an open database.
pub(in crate::store) struct Opened {
    /// Connections that only read.
    pub read: Reader,
    /// The connection that writes.
    pub session: Session,
    /// What runs beside the writer.
    pub beside: Beside,
}

/// What runs beside the writer.
pub(in crate::store) enum Beside {
    /// Folds SQLite's log back into the file.
    Checkpointer(SqliteConnection),
    /// Hears of the commits of other processes; looks, as a reader, after what the server knows of its tables.
    Server(Box<PgConnectOptions>, PgPool),
}
