//! Statements of the readers.

use super::{
    bind::{Bind, Owned, Value},
    dialect, postgres,
    reader::{Connection, Reader},
    row::{FromRow, Inner, Row, Whole},
};
use futures::{StreamExt, stream::BoxStream};
use sqlx::{AssertSqlSafe, Either, Postgres, Sqlite, postgres::PgArguments, query::Query as Prepared, sqlite::SqliteArguments};
use std::{fmt::Display, fmt::Write, marker::PhantomData};

/// A statement that is put together.
#[derive(Debug, Clone)]
pub struct QueryBuilder {
    sql: String,
    values: Vec<Owned>,
}

impl QueryBuilder {
    /// Begins with this.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    /// Adds text. Never anything that somebody sent: that is a value.
    pub fn push(&mut self, text: impl Display) -> &mut Self {
        write!(self.sql, "{text}").expect("writing into memory");
        self
    }

    /// Adds a value.
    pub fn push_bind(&mut self, value: impl Bind) -> &mut Self {
        self.values.push(value.value().into());
        write!(self.sql, "?{}", self.values.len()).expect("writing into memory");
        self
    }

    /// Adds values, with text between them.
    pub fn separated(&mut self, separator: &'static str) -> Separated<'_> {
        Separated { builder: self, separator, first: true }
    }

    /// The statement, whose rows become `T`.
    pub fn build_query_as<T: FromRow>(&mut self) -> Query<T> {
        Query { sql: std::mem::take(&mut self.sql), values: std::mem::take(&mut self.values), rows: PhantomData }
    }

    /// The statement, whose rows are read by hand.
    pub fn build(&mut self) -> Rows {
        Rows(self.build_query_as())
    }
}

/// See [`QueryBuilder::separated`].
pub struct Separated<'b> {
    builder: &'b mut QueryBuilder,
    separator: &'static str,
    first: bool,
}

impl Separated<'_> {
    /// Adds a value.
    pub fn push_bind(&mut self, value: impl Bind) -> &mut Self {
        self.between().push_bind(value);
        self
    }

    fn between(&mut self) -> &mut QueryBuilder {
        if !std::mem::take(&mut self.first) {
            self.builder.push(self.separator);
        }
        self.builder
    }
}

/// A statement whose rows become `T`; places are `$1`, `$2` …
pub fn query_as<T: FromRow>(sql: impl Into<String>) -> Query<T> {
    Query { sql: sql.into(), values: Vec::new(), rows: PhantomData }
}

/// A statement whose rows are read by hand; places are `$1`, `$2` …
pub fn query(sql: impl Into<String>) -> Rows {
    Rows(query_as(sql))
}

/// A statement with its values.
pub struct Query<T> {
    sql: String,
    values: Vec<Owned>,
    rows: PhantomData<fn() -> T>,
}

impl<T: FromRow + Send + Unpin> Query<T> {
    /// Adds a value.
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.values.push(value.value().into());
        self
    }

    /// All rows.
    pub async fn fetch_all<'e>(self, on: impl Into<Target<'e>>) -> sqlx::Result<Vec<T>> {
        self.rows(on.into()).await?.iter().map(|row| T::from_row(&row.row())).collect()
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<'e>(self, on: impl Into<Target<'e>>) -> sqlx::Result<Option<T>> {
        self.first(on.into()).await?.map(|row| T::from_row(&row.row())).transpose()
    }

    /// The row of a statement that always has one.
    pub async fn fetch_one<'e>(self, on: impl Into<Target<'e>>) -> sqlx::Result<T> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Row by row, so that they need not all be held at once.
    pub fn fetch<'e>(self, on: &'e mut Connection) -> BoxStream<'e, sqlx::Result<T>>
    where
        T: 'e,
    {
        let failed = |error| futures::stream::once(async { Err(error) }).boxed();
        match on.into() {
            Target::Sqlite(Either::Right(connection)) => match self.sqlite() {
                Ok(query) => {
                    query.fetch(connection).map(|row| row.and_then(|row| T::from_row(&Row(Inner::Sqlite(&row))))).boxed()
                }
                Err(error) => failed(error),
            },
            Target::Postgres(Either::Right(connection)) => match self.postgres() {
                Ok(query) => {
                    query.fetch(connection).map(|row| row.and_then(|row| T::from_row(&Row(Inner::Postgres(&row))))).boxed()
                }
                Err(error) => failed(error),
            },
            _ => unreachable!("a connection is no pool"),
        }
    }

    async fn rows(self, on: Target<'_>) -> sqlx::Result<Vec<Whole>> {
        Ok(match on {
            Target::Sqlite(Either::Left(pool)) => wholes(self.sqlite()?.fetch_all(pool).await?, Whole::Sqlite),
            Target::Sqlite(Either::Right(one)) => wholes(self.sqlite()?.fetch_all(one).await?, Whole::Sqlite),
            Target::Postgres(Either::Left(pool)) => wholes(self.postgres()?.fetch_all(pool).await?, Whole::Postgres),
            Target::Postgres(Either::Right(one)) => wholes(self.postgres()?.fetch_all(one).await?, Whole::Postgres),
        })
    }

    async fn first(self, on: Target<'_>) -> sqlx::Result<Option<Whole>> {
        Ok(match on {
            Target::Sqlite(Either::Left(pool)) => self.sqlite()?.fetch_optional(pool).await?.map(Whole::Sqlite),
            Target::Sqlite(Either::Right(one)) => self.sqlite()?.fetch_optional(one).await?.map(Whole::Sqlite),
            Target::Postgres(Either::Left(pool)) => self.postgres()?.fetch_optional(pool).await?.map(Whole::Postgres),
            Target::Postgres(Either::Right(one)) => self.postgres()?.fetch_optional(one).await?.map(Whole::Postgres),
        })
    }

    fn sqlite(self) -> sqlx::Result<Prepared<'static, Sqlite, SqliteArguments>> {
        use sqlx::Arguments as _;
        let mut arguments = SqliteArguments::default();
        for value in self.values {
            match value {
                Owned::Null(_) => arguments.add(None::<i64>),
                Owned::Int(n) => arguments.add(n),
                Owned::Real(x) => arguments.add(x),
                Owned::Text(text) => arguments.add(text),
                Owned::Blob(bytes) => arguments.add(bytes),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(sqlx::query_with(AssertSqlSafe(self.sql), arguments))
    }

    fn postgres(self) -> sqlx::Result<Prepared<'static, Postgres, PgArguments>> {
        let mut arguments = PgArguments::default();
        for value in &self.values {
            let value = match value {
                Owned::Null(kind) => Value::Null(*kind),
                Owned::Int(n) => Value::Int(*n),
                Owned::Real(x) => Value::Real(*x),
                Owned::Text(text) => Value::Text(text),
                Owned::Blob(bytes) => Value::Blob(bytes),
            };
            postgres::add(&mut arguments, value).map_err(sqlx::Error::Encode)?;
        }
        // A prepared statement that answers all columns fails for ever once a newer Waybill has added one.
        let all_columns = self.sql.contains("SELECT *") || self.sql.contains(".*");
        Ok(sqlx::query_with(AssertSqlSafe(dialect::postgres(&self.sql)), arguments).persistent(!all_columns))
    }
}

fn wholes<R>(rows: Vec<R>, whole: impl Fn(R) -> Whole) -> Vec<Whole> {
    rows.into_iter().map(whole).collect()
}

/// A statement whose rows are read by hand.
pub struct Rows(Query<()>);

impl Rows {
    /// Adds a value.
    pub fn bind(self, value: impl Bind) -> Self {
        Self(self.0.bind(value))
    }

    /// All rows.
    pub async fn fetch_all<'e>(self, on: impl Into<Target<'e>>) -> sqlx::Result<Vec<Whole>> {
        self.0.rows(on.into()).await
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<'e>(self, on: impl Into<Target<'e>>) -> sqlx::Result<Option<Whole>> {
        self.0.first(on.into()).await
    }
}

/// What a statement runs on.
pub enum Target<'e> {
    Sqlite(Either<&'e sqlx::SqlitePool, &'e mut sqlx::SqliteConnection>),
    Postgres(Either<&'e sqlx::PgPool, &'e mut sqlx::PgConnection>),
}

impl<'e> From<&'e Reader> for Target<'e> {
    fn from(reader: &'e Reader) -> Self {
        match reader {
            Reader::Sqlite(pool) => Self::Sqlite(Either::Left(pool)),
            Reader::Postgres(pool) => Self::Postgres(Either::Left(pool)),
        }
    }
}

impl<'e> From<&'e mut Connection> for Target<'e> {
    fn from(connection: &'e mut Connection) -> Self {
        match connection {
            Connection::Sqlite(connection) => Self::Sqlite(Either::Right(connection)),
            Connection::SqliteAtOnce(transaction) => Self::Sqlite(Either::Right(transaction)),
            Connection::Postgres(connection) => Self::Postgres(Either::Right(connection)),
            Connection::PostgresAtOnce(transaction) => Self::Postgres(Either::Right(transaction)),
        }
    }
}
