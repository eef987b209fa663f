//! Statements of the writer: prepared once a connection, run without leaving the thread.

use super::{
    bind::{Params, Value},
    postgres::PostgresSession,
    row::{FromRow, Inner, Row},
};
use crate::store::StoreError;
use rusqlite::{Connection, Statement, TransactionBehavior};

/// The connection that writes.
pub enum Session {
    /// With the embedded database.
    Sqlite(Connection),
    /// With a server.
    Postgres(Box<PostgresSession>),
}

impl Session {
    /// Runs `work` in one transaction: committed if it answers `Ok`, rolled back otherwise.
    pub fn transaction<T>(&self, work: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                // IMMEDIATE: a transaction that reads first and writes later could otherwise fail half-way without waiting.
                let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
                let value = work(self)?;
                transaction.commit()?;
                Ok(value)
            }
            Self::Postgres(session) => {
                session.begin()?;
                let done = work(self).and_then(|value| session.commit().map(|()| value));
                if done.is_err() {
                    session.roll_back();
                }
                done
            }
        }
    }

    /// Changes when anybody else has written since this session did: what is remembered may then be of the past. Told in a
    /// transaction.
    pub fn others(&self) -> Result<i64, StoreError> {
        match self {
            Self::Sqlite(_) => one(self, "PRAGMA data_version", ()).map(|(version,)| version),
            Self::Postgres(session) => Ok(session.others()),
        }
    }

    /// The turns of those who write on one server; none where nobody else does.
    pub fn turns(&self) -> Option<Turns<'_>> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(session) => Some(session.turns()),
        }
    }

    /// Has others believe nothing that they remember: this transaction may change anything, and does not tell what.
    pub fn change_untold(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(_) => execute(self, "UPDATE turns SET n = n + 1", ()).map(drop),
        }
    }

    /// How often the connection was made anew: what is remembered of another one may be of a server that knew more.
    pub fn connections(&self) -> u64 {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(session) => session.connections(),
        }
    }

    /// Whether rows are written together that name the same columns. Then one that names all costs less than many that differ; its
    /// indexes are written only where a value is another.
    pub fn takes_together(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether each statement is a message to a server.
    pub fn is_far(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether rows are kept apart by month, so that a month's can be dropped at once.
    pub fn has_parts(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Has all processes hear, with the commit, that somebody's rights are other than they were.
    pub fn tell_rights(&self) -> Result<(), StoreError> {
        match self {
            // What one process has to itself it tells itself.
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.notify("rights"),
        }
    }

    /// Fails if nothing can be written.
    pub fn try_writing(&self) -> Result<(), StoreError> {
        match self {
            // Rewrites the header's page: a file that became read-only, or a full disk, shows here.
            Self::Sqlite(connection) => Ok(connection.pragma_update(None, "user_version", 0)?),
            Self::Postgres(_) => execute(self, "UPDATE turns SET probed = probed + 1", ()).map(drop),
        }
    }

    /// Folds SQLite's log back into the file between two commits, nearly all of which is there already; it is then started over.
    /// PASSIVE waits for nobody.
    pub fn start_log_over(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => Ok(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(()))?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Ends it in an orderly way.
    pub fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => connection.close().map_err(|(_, error)| error.into()),
            Self::Postgres(session) => Ok(session.close()?),
        }
    }

    /// The rules of a scenario: statements that are SQLite's or PostgreSQL's alone.
    #[cfg(test)]
    pub fn run_script(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(session) => session.script(sql),
        }
    }
}

/// Who take turns to write.
pub struct Turns<'s> {
    /// What this session is called among them.
    pub holder: &'s str,
    /// Changes when anybody had the turn who does not tell what was changed: an earlier build, or a transaction that may change anything.
    pub untold: i64,
}

/// Runs a statement; how many rows it changed.
pub fn execute(session: &Session, sql: &str, parameters: impl Params) -> Result<usize, StoreError> {
    match session {
        Session::Sqlite(connection) => {
            let mut statement = connection.prepare_cached(sql)?;
            run(&mut statement, &parameters)
        }
        Session::Postgres(session) => session.execute(sql, &parameters),
    }
}

/// The first row, if there is one.
pub fn optional<T: FromRow>(session: &Session, sql: &str, parameters: impl Params) -> Result<Option<T>, StoreError> {
    match session {
        Session::Sqlite(connection) => {
            let mut statement = connection.prepare_cached(sql)?;
            bind(&mut statement, &parameters)?;
            let mut rows = statement.raw_query();
            Ok(rows.next()?.map(|row| T::from_row(&Row(Inner::Written(row)))).transpose()?)
        }
        Session::Postgres(session) => session.optional(sql, &parameters),
    }
}

/// The row of a statement that always has one.
pub fn one<T: FromRow>(session: &Session, sql: &str, parameters: impl Params) -> Result<T, StoreError> {
    Ok(optional(session, sql, parameters)?.ok_or(sqlx::Error::RowNotFound)?)
}

/// All rows.
pub fn all<T: FromRow>(session: &Session, sql: &str, parameters: impl Params) -> Result<Vec<T>, StoreError> {
    match session {
        Session::Sqlite(connection) => {
            let mut statement = connection.prepare_cached(sql)?;
            bind(&mut statement, &parameters)?;
            let mut rows = statement.raw_query();
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(T::from_row(&Row(Inner::Written(row)))?);
            }
            Ok(all)
        }
        Session::Postgres(session) => session.all(sql, &parameters),
    }
}

/// Inserts a row into a table that numbers its rows; answers the number in `column`.
pub fn insert(session: &Session, sql: &str, parameters: impl Params, column: &'static str) -> Result<i64, StoreError> {
    Ok(insert_new(session, sql, parameters, column)?.ok_or(sqlx::Error::RowNotFound)?)
}

/// The same for a row that may be there already (`ON CONFLICT DO NOTHING`): then it answers none.
pub fn insert_new(
    session: &Session,
    sql: &str,
    parameters: impl Params,
    column: &'static str,
) -> Result<Option<i64>, StoreError> {
    match session {
        // RETURNING would make SQLite set a table up for its one row.
        Session::Sqlite(connection) => {
            let inserted = execute(session, sql, parameters)? == 1;
            Ok(inserted.then(|| connection.last_insert_rowid()))
        }
        Session::Postgres(session) => session
            .optional(&format!("{sql} RETURNING {column}"), &parameters)
            .map(|row: Option<(i64,)>| row.map(|(number,)| number)),
    }
}

pub(super) fn run(statement: &mut Statement<'_>, parameters: &impl Params) -> Result<usize, StoreError> {
    bind(statement, parameters)?;
    Ok(statement.raw_execute()?)
}

pub(super) fn bind(statement: &mut Statement<'_>, parameters: &impl Params) -> Result<(), rusqlite::Error> {
    let (mut at, mut done) = (0, Ok(()));
    parameters.each(&mut |value: Value<'_>| {
        at += 1;
        if done.is_ok() {
            done = statement.raw_bind_parameter(at, value);
        }
    });
    done?;
    match statement.parameter_count() {
        expected if expected == at => Ok(()),
        expected => Err(rusqlite::Error::InvalidParameterCount(at, expected)),
    }
}

/// Whether a statement failed because its row's name is taken.
pub fn is_taken(error: &StoreError) -> bool {
    let StoreError::Database(cause) = error else { return false };
    if let Some(sqlx::Error::Database(error)) = cause.downcast_ref::<sqlx::Error>() {
        return error.is_unique_violation();
    }
    cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error).is_some_and(|error| {
        [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY].contains(&error.extended_code)
    })
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(error))
    }
}

/// Values of a statement: `params![a, b]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::store::sql::Bind),*] as &[&dyn $crate::store::sql::Bind]
    };
}
pub(crate) use params;
