//! One of the two databases of a copy.

use super::{CopyError, Place, cell::Cell, postgres::Postgres, sqlite::Sqlite, table::Table};
use crate::store::{
    open::{OpenError, OpenMode, Refusal},
    postgres, sqlite,
};

/// The note that a copy was begun and has not ended; the row without a name tells of which source.
pub(super) const NOTE: &str = "CREATE TABLE copying (name TEXT NOT NULL PRIMARY KEY, after TEXT NOT NULL, n BIGINT NOT NULL, wide BIGINT NOT NULL, whole BIGINT NOT NULL)";

/// Writes how far a table is. Values: name, key, rows, width, whether it is whole.
pub(super) const NOTED: &str = "INSERT INTO copying (name, after, n, wide, whole) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO UPDATE SET after = excluded.after, n = excluded.n, wide = excluded.wide, whole = excluded.whole";

/// How far a table is.
pub(super) const PLACE: &str = "SELECT after, n, wide, whole FROM copying WHERE name = $1";

/// A database of a copy.
pub(super) enum Side {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Runs a call on whichever it is.
macro_rules! either {
    ($side:expr, $database:ident => $call:expr, $server:ident => $other:expr) => {
        match $side {
            Side::Sqlite($database) => $call,
            Side::Postgres($server) => $other,
        }
    };
}

impl Side {
    /// The one that is read: nobody writes to it meanwhile.
    pub(super) async fn source(url: &str) -> Result<Self, CopyError> {
        let opened = async {
            Ok(if postgres::is_address(url) {
                Self::Postgres(Postgres::open(postgres::bring_up(url, OpenMode::Exact).await?))
            } else {
                Self::Sqlite(Sqlite::open(&sqlite::bring_up(url, OpenMode::Exact).await?)?)
            })
        };
        let mut side = opened.await.map_err(|cause| failed(url, cause))?;
        either!(&mut side, database => database.lock()?, server => server.lock(true).await?);
        match side.begun().await? {
            // What is there of it would pass for all there is.
            Some(_) => Err(Refusal::begun().into()),
            None => Ok(side),
        }
    }

    /// The one that is written, which is not the source by another name, and which nobody serves. It has this build's schema then.
    pub(super) async fn target(url: &str, source: &Self) -> Result<Self, CopyError> {
        if let Self::Sqlite(source) = source
            && !postgres::is_address(url)
            && source.is_at(&sqlite::path(url).map_err(|cause| failed(url, cause))?)
        {
            return Err(super::itself().into());
        }
        let opened = async {
            Ok(if postgres::is_address(url) {
                Self::Postgres(Postgres::open(postgres::bring_up(url, OpenMode::Migrate).await?))
            } else {
                Self::Sqlite(Sqlite::open(&sqlite::bring_up(url, OpenMode::Migrate).await?)?)
            })
        };
        let mut side = opened.await.map_err(|cause| failed(url, cause))?;
        match &mut side {
            Self::Sqlite(database) => database.check_is_alone()?,
            Self::Postgres(server) => {
                if let Self::Postgres(source) = source
                    && server.is_that_of(source).await?
                {
                    return Err(super::itself().into());
                }
                // Before, to say what it is that writes there; after, as nobody begins to write then.
                server.check_is_alone().await?;
                server.lock(false).await?;
                server.check_is_alone().await?;
            }
        }
        Ok(side)
    }

    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        let mut tables = either!(self, database => database.tables()?, server => server.tables().await?);
        Table::sort(&mut tables);
        Ok(tables)
    }

    /// The first and the last row of a table that is only added to.
    pub(super) async fn ends(&mut self, table: &str, number: &str) -> Result<Vec<Vec<Cell>>, CopyError> {
        let tables = self.tables().await?;
        let Some(table) = tables.iter().find(|known| known.name == table) else { return Ok(vec![]) };
        let mut ends = self.page(table, None, 1).await?;
        let last = either!(self, database => database.last(table, number)?, server => server.last(table, number).await?);
        if let Some(before) = last.map(|last| vec![Cell::Int(last - 1)]) {
            ends.extend(self.page(table, Some(&before), 1).await?);
        }
        Ok(ends)
    }

    pub(super) async fn count(&mut self, table: &Table) -> Result<u64, CopyError> {
        either!(self, database => database.count(table), server => server.count(table).await)
    }

    pub(super) async fn page(
        &mut self,
        table: &Table,
        after: Option<&[Cell]>,
        limit: usize,
    ) -> Result<Vec<Vec<Cell>>, CopyError> {
        either!(self, database => database.page(table, after, limit), server => server.page(table, after, limit).await)
    }

    /// Of which source a copy was begun here, if one was.
    pub(super) async fn begun(&mut self) -> Result<Option<String>, CopyError> {
        either!(self, database => database.begun(), server => server.begun().await)
    }

    /// Rows that a copy has brought.
    pub(super) async fn copied(&mut self) -> Result<u64, CopyError> {
        either!(self, database => database.copied(), server => server.copied().await)
    }

    /// Begins a copy; refused where anything is.
    pub(super) async fn begin(&mut self, tables: &[Table], mark: &str) -> Result<(), CopyError> {
        either!(self, database => database.begin(tables, mark), server => server.begin(tables, mark).await)
    }

    pub(super) async fn place(&mut self, table: &Table) -> Result<Place, CopyError> {
        let row = either!(self, database => database.place(table)?, server => server.place(table).await?);
        Ok(row.map_or_else(Place::default, |(after, rows, wide, whole)| Place {
            after: serde_json::from_str(&after).ok().flatten(),
            rows: rows.unsigned_abs(),
            wide: usize::try_from(wide).unwrap_or_default(),
            whole: whole == 1,
        }))
    }

    /// Writes rows, and how far it is now, in one transaction. What was there before the first batch is replaced.
    pub(super) async fn put(&mut self, table: &Table, rows: &[Vec<Cell>], before: &Place, next: &Place) -> Result<(), CopyError> {
        let replace = before.after.is_none();
        either!(self, database => database.put(table, rows, replace, next), server => server.put(table, rows, replace, next).await)
    }

    /// The last number that a table has given to a row, which may be gone; none: it has given none, or goes by the rows that are there.
    pub(super) async fn last_number(&mut self, table: &Table) -> Result<Option<i64>, CopyError> {
        either!(self, database => database.last_number(table), server => server.last_number(table).await)
    }

    /// New rows are numbered after those that came, and after those that the source had: what others were told goes on.
    pub(super) async fn number_on(&mut self, tables: &[Table], numbers: &[(String, i64)]) -> Result<(), CopyError> {
        either!(self, database => database.number_on(numbers), server => server.number_on(tables, numbers).await)
    }

    /// The copy is done.
    pub(super) async fn end(&mut self) -> Result<(), CopyError> {
        either!(self, database => database.end(), server => server.end().await)
    }

    pub(super) async fn close(self) -> Result<(), CopyError> {
        either!(self, database => database.close(), server => server.close().await)
    }
}

/// What is noted of a place: key, rows, width, whether it is whole.
pub(super) type Noted = (String, i64, i64, i64);

/// As [`NOTED`] wants it.
pub(super) fn noted(place: &Place) -> Noted {
    let after = serde_json::to_string(&place.after).expect("values are written as JSON");
    (after, place.rows.cast_signed(), i64::try_from(place.wide).unwrap_or(i64::MAX), place.whole.into())
}

fn failed(url: &str, cause: OpenError) -> CopyError {
    // Of an address of a server everything after the person's name may hold a password: only the place is told.
    let url = match url.rsplit_once('@') {
        Some((_, place)) if postgres::is_address(url) => format!("postgres://…@{}", place.split('?').next().unwrap_or_default()),
        _ => url.split('?').next().unwrap_or_default().to_owned(),
    };
    CopyError::Open { url, cause }
}
