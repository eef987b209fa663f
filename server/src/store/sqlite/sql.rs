//! Statements of the writer: prepared once a connection, run without leaving the thread.

use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension, Params, Row};

/// A row that becomes a tuple or a type of ours.
pub(super) trait Read: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}
impl<T: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error>> Read for T {}

/// Runs a statement; how many rows it changed.
pub(super) fn execute(connection: &Connection, sql: &str, parameters: impl Params) -> Result<usize, StoreError> {
    Ok(connection.prepare_cached(sql)?.execute(parameters)?)
}

/// The first row, if there is one.
pub(super) fn optional<T: Read>(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Option<T>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(parameters, |row| T::try_from(row)).optional()?)
}

/// The row of a statement that always has one.
pub(super) fn one<T: Read>(connection: &Connection, sql: &str, parameters: impl Params) -> Result<T, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(parameters, |row| T::try_from(row))?)
}

/// All rows.
pub(super) fn all<T: Read>(connection: &Connection, sql: &str, parameters: impl Params) -> Result<Vec<T>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_map(parameters, |row| T::try_from(row))?.collect::<Result<_, _>>()?)
}

/// Whether a statement failed because its row's name is taken.
pub(super) fn is_taken(error: &StoreError) -> bool {
    let StoreError::Database(cause) = error else { return false };
    cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error).is_some_and(|error| {
        [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY].contains(&error.extended_code)
    })
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(error))
    }
}
