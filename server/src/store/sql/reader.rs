//! Connections that only read.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction, pool::PoolConnection};

/// The readers' connections.
#[derive(Clone)]
pub enum Reader {
    /// Of the embedded database.
    Sqlite(SqlitePool),
    /// Of a server.
    Postgres(PgPool),
}

/// A connection that reads: for one statement after the other, or for all of them of one state.
pub enum Connection {
    /// Statement by statement.
    Sqlite(PoolConnection<Sqlite>),
    /// All of one state.
    SqliteAtOnce(Transaction<'static, Sqlite>),
    /// Statement by statement.
    Postgres(PoolConnection<Postgres>),
    /// All of one state.
    PostgresAtOnce(Transaction<'static, Postgres>),
}

impl Reader {
    /// A connection whose statements all see one state.
    pub async fn begin(&self) -> sqlx::Result<Connection> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::SqliteAtOnce(pool.begin().await?),
            Self::Postgres(pool) => {
                Connection::PostgresAtOnce(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// A connection.
    pub async fn acquire(&self) -> sqlx::Result<Connection> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }

    /// Ends all of them.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    /// Whether it reads from PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_) | Self::PostgresAtOnce(_))
    }
}
