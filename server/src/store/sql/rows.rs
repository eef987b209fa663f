//! Many rows at once. SQLite is in the same process: it takes them one by one as they are told. PostgreSQL is a journey away: it
//! takes them together.

use super::{
    bind::{Bind, Params},
    many::Rows,
    postgres::PostgresSession,
    row::{FromRow, Inner, Row},
    session::{self, Session, params},
};
use crate::store::StoreError;
use rusqlite::CachedStatement;
use std::collections::HashMap;

/// Writes a row, at the latest when a statement names its table, at [`settle`] and at the end of the transaction: PostgreSQL takes it
/// with the others of the same statement, in any order. So no two rows that are put off may change the same row's same columns.
pub fn later(session: &Session, sql: &str, parameters: impl Params) -> Result<(), StoreError> {
    match session {
        Session::Sqlite(_) => session::execute(session, sql, parameters).map(drop),
        Session::Postgres(session) => session.later(sql, &parameters, false),
    }
}

/// The same for the change of a row that has to be there: a statement whose condition names the version that is remembered of it. If it is not,
/// [`StoreError::Collision`], at the latest when the transaction ends.
pub fn change_later(session: &Session, sql: &str, parameters: impl Params) -> Result<(), StoreError> {
    match session {
        Session::Sqlite(_) => match session::execute(session, sql, parameters)? {
            0 => Err(StoreError::Collision),
            _ => Ok(()),
        },
        Session::Postgres(session) => session.later(sql, &parameters, true),
    }
}

/// Begins to write what was put off. Whoever asks next, or ends the transaction, waits until it is written, and is told if it could not be.
pub fn settle(session: &Session) -> Result<(), StoreError> {
    match session {
        Session::Sqlite(_) => Ok(()),
        Session::Postgres(session) => session.settle(),
    }
}

/// The same for rows of these tables: they are written whenever nothing is asked, so that the server has something to do while we think. Unlike
/// others they are not written before a statement that names their table: whoever asks before the next [`settle`] may see some of them, and must
/// not depend on it.
pub fn settle_meanwhile(session: &Session, tables: &[&str]) -> Result<(), StoreError> {
    match session {
        Session::Sqlite(_) => Ok(()),
        Session::Postgres(session) => session.settle_meanwhile(tables),
    }
}

/// Asks the same for each of many sets of values; tells each row found with its set's place.
pub fn ask_each<T: FromRow, P: Params>(
    session: &Session,
    sql: &str,
    sets: impl IntoIterator<Item = P>,
    mut tell: impl FnMut(usize, T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match session {
        Session::Sqlite(connection) => {
            let mut statement = connection.prepare_cached(sql)?;
            for (at, set) in sets.into_iter().enumerate() {
                session::bind(&mut statement, &set)?;
                let mut rows = statement.raw_query();
                while let Some(row) = rows.next()? {
                    tell(at, T::from_row(&Row(Inner::Written(row)))?)?;
                }
            }
            Ok(())
        }
        Session::Postgres(session) => {
            let mut rows = Rows::default();
            for set in sets {
                rows.push(&set).map_err(sqlx::Error::Encode)?;
            }
            if rows.count == 0 {
                return Ok(());
            }
            session.ask_each(sql, rows)?.into_iter().try_for_each(|(at, row)| tell(at, row))
        }
    }
}

/// Numbers for new rows of a table that numbers them. SQLite gives each as the row is inserted.
pub struct Drawn(std::ops::Range<i64>);

/// Draws so many numbers of a table's column, each greater than all before.
pub fn draw(session: &Session, table: &str, column: &str, count: usize) -> Result<Drawn, StoreError> {
    let Session::Postgres(session) = session else { return Ok(Drawn(0..0)) };
    if count == 0 {
        return Ok(Drawn(0..0));
    }
    let count = i64::try_from(count).expect("rows fit into the database's numbers");
    // In one step: nobody else draws while this one has the turn.
    let sql = "SELECT setval(s, nextval(s) + $3 - 1) FROM CAST(pg_get_serial_sequence($1, $2) AS regclass) AS s";
    let last: Option<(i64,)> = session.optional(sql, &params![table, column, count])?;
    let (last,) = last.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Drawn(last - count + 1..last + 1))
}

impl Drawn {
    /// The next number; none: it is given as the row is inserted.
    pub fn next(&self) -> Option<i64> {
        (!self.0.is_empty()).then_some(self.0.start)
    }

    /// Inserts a row by a statement whose last value is its number; answers the number. PostgreSQL takes the row later, with others of the same
    /// statement.
    pub fn insert(&mut self, session: &Session, sql: &str, values: &[&dyn Bind]) -> Result<i64, StoreError> {
        let number = self.0.next();
        later(session, sql, &*[values, params![number]].concat())?;
        match session {
            Session::Sqlite(connection) => Ok(connection.last_insert_rowid()),
            Session::Postgres(_) => Ok(number.expect("as many as there are new rows")),
        }
    }
}

/// Inserts into a table that numbers its rows.
pub struct Numbered<'s>(To<'s>);

enum To<'s> {
    Sqlite(&'s rusqlite::Connection, CachedStatement<'s>, Vec<Option<i64>>),
    Postgres { session: &'s PostgresSession, sql: &'s str, rows: Rows, name: Name, number: &'static str },
}

/// The column of text by which rows are told apart, and its place among the values.
pub type Name = (&'static str, usize);

/// Begins to insert rows; their numbers are in the column `number`.
pub fn numbered<'s>(session: &'s Session, sql: &'s str, name: Name, number: &'static str) -> Result<Numbered<'s>, StoreError> {
    Ok(Numbered(match session {
        Session::Sqlite(connection) => To::Sqlite(connection, connection.prepare_cached(sql)?, Vec::new()),
        Session::Postgres(session) => To::Postgres { session, sql, rows: Rows::default(), name, number },
    }))
}

impl Numbered<'_> {
    /// One more row.
    pub fn row(&mut self, parameters: impl Params) -> Result<(), StoreError> {
        match &mut self.0 {
            To::Sqlite(connection, statement, numbers) => {
                let inserted = session::run(statement, &parameters)? == 1;
                numbers.push(inserted.then(|| connection.last_insert_rowid()));
                Ok(())
            }
            To::Postgres { rows, .. } => Ok(rows.push(&parameters).map_err(sqlx::Error::Encode)?),
        }
    }

    /// The rows' numbers; none for one that was there already (`ON CONFLICT DO NOTHING`).
    pub fn numbers(self) -> Result<Vec<Option<i64>>, StoreError> {
        match self.0 {
            To::Sqlite(_, _, numbers) => Ok(numbers),
            To::Postgres { rows, .. } if rows.count == 0 => Ok(Vec::new()),
            To::Postgres { session, sql, rows, name: (name, place), number } => {
                let names: Vec<_> = rows.texts(place).expect("a column of text").to_vec();
                let mut numbers: HashMap<String, i64> = session.write_numbered(sql, rows, (name, number))?;
                Ok(names.into_iter().map(|name| numbers.remove(&name?)).collect())
            }
        }
    }
}
