//! Rows, and what they become.

use super::column::Column;
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

/// A row of an answer.
#[derive(Clone, Copy)]
pub struct Row<'r>(pub(super) Inner<'r>);

#[derive(Clone, Copy)]
pub(super) enum Inner<'r> {
    Written(&'r rusqlite::Row<'r>),
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

impl<'r> Row<'r> {
    /// The text at a place, as it lies there.
    pub fn text(&self, place: impl Place) -> sqlx::Result<&'r str> {
        let at = place.number(self)?;
        match self.0 {
            Inner::Written(row) => {
                let value = row.get_ref(at).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
                value.as_str().map_err(|error| sqlx::Error::Decode(Box::new(error)))
            }
            Inner::Sqlite(row) => row.try_get(at),
            Inner::Postgres(row) => row.try_get(at),
        }
    }
}

/// A row of its own.
pub enum Whole {
    /// Of the embedded database.
    Sqlite(SqliteRow),
    /// Of a server.
    Postgres(PgRow),
}

impl Whole {
    /// The row.
    pub fn row(&self) -> Row<'_> {
        Row(match self {
            Self::Sqlite(row) => Inner::Sqlite(row),
            Self::Postgres(row) => Inner::Postgres(row),
        })
    }

    /// The value at a place.
    pub fn try_get<T: Column>(&self, place: impl Place) -> sqlx::Result<T> {
        self.row().try_get(place)
    }

    /// The text at a place, as it lies there.
    pub fn text(&self, place: impl Place) -> sqlx::Result<&str> {
        self.row().text(place)
    }
}

/// Where a value stands in a row: by number or by name.
pub trait Place {
    /// Its number.
    fn number(&self, row: &Row<'_>) -> sqlx::Result<usize>;
}

impl Place for usize {
    fn number(&self, _: &Row<'_>) -> sqlx::Result<usize> {
        Ok(*self)
    }
}

impl Place for &str {
    fn number(&self, row: &Row<'_>) -> sqlx::Result<usize> {
        match row.0 {
            Inner::Written(row) => row.as_ref().column_index(self).map_err(|_| sqlx::Error::ColumnNotFound((*self).to_owned())),
            Inner::Sqlite(row) => Ok(sqlx::Column::ordinal(row.try_column(*self)?)),
            Inner::Postgres(row) => Ok(sqlx::Column::ordinal(row.try_column(*self)?)),
        }
    }
}

impl Row<'_> {
    /// The value at a place.
    pub fn try_get<T: Column>(&self, place: impl Place) -> sqlx::Result<T> {
        let at = place.number(self)?;
        match self.0 {
            Inner::Written(row) => T::of_written(row, at).map_err(|error| sqlx::Error::Decode(Box::new(error))),
            Inner::Sqlite(row) => T::of_sqlite(row, at),
            Inner::Postgres(row) => T::of_postgres(row, at),
        }
    }
}

/// What a row becomes.
pub trait FromRow: Sized {
    /// Reads it; an error names the column.
    fn from_row(row: &Row<'_>) -> sqlx::Result<Self>;
}

macro_rules! tuples {
    ($($name:ident)*; $($at:tt)*) => {
        impl<$($name: Column),*> FromRow for ($($name,)*) {
            fn from_row(row: &Row<'_>) -> sqlx::Result<Self> {
                Ok(($(row.try_get::<$name>($at)?,)*))
            }
        }
    };
}
impl FromRow for () {
    fn from_row(_: &Row<'_>) -> sqlx::Result<Self> {
        Ok(())
    }
}

tuples!(A; 0);
tuples!(A B; 0 1);
tuples!(A B C; 0 1 2);
tuples!(A B C D; 0 1 2 3);
tuples!(A B C D E; 0 1 2 3 4);
tuples!(A B C D E F; 0 1 2 3 4 5);
tuples!(A B C D E F G; 0 1 2 3 4 5 6);
tuples!(A B C D E F G H; 0 1 2 3 4 5 6 7);
tuples!(A B C D E F G H I; 0 1 2 3 4 5 6 7 8);
tuples!(A B C D E F G H I J; 0 1 2 3 4 5 6 7 8 9);
tuples!(A B C D E F G H I J K; 0 1 2 3 4 5 6 7 8 9 10);
tuples!(A B C D E F G H I J K L; 0 1 2 3 4 5 6 7 8 9 10 11);
