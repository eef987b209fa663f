//! The writer's session with PostgreSQL.
//!
//! Writers take turns: whoever holds the turn (an advisory lock, for the time of a transaction) is alone, as on SQLite. So commits
//! follow one another in the order of their sequences, whichever replica made them, and nothing that is decided in memory is ever of
//! a past that somebody else has changed (docs/adr/0018-writers-take-turns.md).

use super::{
    bind::{Kind, Params, Value},
    dialect,
    link::{Changed, Link, Writing},
    many::{self, Rows},
    row::{FromRow, Inner, Row},
    session::Turns,
};
use crate::store::StoreError;
use sqlx::{
    AssertSqlSafe, Executor as _, Postgres, Row as _,
    postgres::{PgArguments, PgConnectOptions, PgDatabaseError, PgRow},
    query::Query,
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};

/// A session with PostgreSQL.
pub struct PostgresSession {
    link: Link,
    /// Statements in PostgreSQL's words.
    texts: RefCell<HashMap<String, Arc<str>>>,
    /// Who this is among those who take turns.
    name: String,
    /// How often somebody else had the turn in between.
    others: Cell<i64>,
    /// How many turns there were up to then in which it was not told what was changed.
    untold: Cell<i64>,
    /// Rows that are still to be written, by statement, in the order in which these were first told.
    put_off: RefCell<Vec<PutOff>>,
}

/// Rows of one statement that are written together.
struct PutOff {
    sql: String,
    rows: Rows,
    /// Each of them must be there.
    each: bool,
}

/// Rows that are put off at most. They wait in memory, and the server may as well begin.
const MOST: usize = 1_500;

impl PostgresSession {
    /// The lock that is the writers' turn.
    pub const TURN: i64 = 0x5761_7962_696c_6c01;

    /// Opens it. Not inside of a runtime.
    pub fn open(options: PgConnectOptions, name: String) -> Result<Self, StoreError> {
        Ok(Self {
            link: Link::open(options)?,
            texts: RefCell::default(),
            name,
            others: Cell::new(0),
            untold: Cell::new(0),
            put_off: RefCell::default(),
        })
    }

    /// Begins a transaction and waits for the turn.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        if self.link.is_lost() {
            self.connect_anew()?;
        }
        let mut taken = self.take_turn();
        if let Err(error) = &taken
            && is_lost(error)
        {
            tracing::warn!(error.message = %error, "the writer's connection to PostgreSQL was lost; it is made anew");
            self.connect_anew()?;
            taken = self.take_turn();
        }
        taken.map_err(|error| {
            self.roll_back();
            // Somebody else has the turn and does not give it up.
            if code(&error) == Some("55P03") { StoreError::Busy } else { error.into() }
        })
    }

    fn take_turn(&self) -> Result<(), sqlx::Error> {
        let taken = self.link.ask(async |connection| {
            // One message, two statements.
            let begin = AssertSqlSafe(format!("BEGIN; SELECT pg_advisory_xact_lock({})", Self::TURN));
            sqlx::raw_sql(begin).execute(&mut *connection).await?;
            // In a statement of its own, after the lock: it sees what the one before committed.
            let sql = "WITH turn AS (UPDATE turns SET holder = $1, n = n + 1 WHERE holder <> $1 RETURNING n)
                       UPDATE turns_told AS told SET n = told.n + 1 FROM turn RETURNING turn.n - told.n";
            sqlx::query_scalar(sql).bind(&self.name).fetch_optional(connection).await
        })?;
        if let Some(untold) = taken {
            self.others.set(self.others.get() + 1);
            self.untold.set(untold);
        }
        Ok(())
    }

    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.settle()?;
        self.link.back()?;
        if self.link.has_collided() {
            return Err(StoreError::Collision);
        }
        // Whoever listens hears of it when it is committed.
        Ok(self.link.ask(async |connection| sqlx::raw_sql("NOTIFY waybill; COMMIT").execute(connection).await).map(drop)?)
    }

    /// Gives up what was begun. If that fails, the connection is lost, and PostgreSQL gives it up.
    pub(super) fn roll_back(&self) {
        self.put_off.borrow_mut().clear();
        // The turn may have been noted in what is given up.
        self.others.set(self.others.get() + 1);
        // What was sent is given up too, whether it could be written or not.
        let _ = self.link.back();
        self.link.forget();
        if self.link.is_lost() {
            return;
        }
        if let Err(error) = self.link.ask(async |connection| connection.execute("ROLLBACK").await) {
            self.link.give_up();
            tracing::warn!(error.message = %error, "a transaction could not be rolled back");
        }
    }

    /// Tells who listens, with the commit.
    pub(super) fn notify(&self, what: &str) -> Result<(), StoreError> {
        let query = sqlx::query("SELECT pg_notify('waybill', $1)").bind(what.to_owned());
        Ok(self.link.ask(async |connection| query.execute(connection).await).map(drop)?)
    }

    fn connect_anew(&self) -> Result<(), StoreError> {
        self.link.connect_anew()?;
        self.others.set(self.others.get() + 1);
        Ok(())
    }

    pub(super) fn connections(&self) -> u64 {
        self.link.made()
    }

    pub(super) fn others(&self) -> i64 {
        self.others.get()
    }

    pub(super) fn turns(&self) -> Turns<'_> {
        Turns { holder: &self.name, untold: self.untold.get() }
    }

    pub(super) fn execute(&self, sql: &str, parameters: &impl Params) -> Result<usize, StoreError> {
        self.settle_for(sql)?;
        let query = self.query(sql, parameters)?;
        let done = self.link.ask(async |connection| query.execute(connection).await)?;
        Ok(usize::try_from(done.rows_affected()).expect("rows fit into memory's numbers"))
    }

    pub(super) fn optional<T: FromRow>(&self, sql: &str, parameters: &impl Params) -> Result<Option<T>, StoreError> {
        self.settle_for(sql)?;
        let query = self.query(sql, parameters)?;
        let row: Option<PgRow> = self.link.ask(async |connection| query.fetch_optional(connection).await)?;
        Ok(row.map(|row| T::from_row(&Row(Inner::Postgres(&row)))).transpose()?)
    }

    pub(super) fn all<T: FromRow>(&self, sql: &str, parameters: &impl Params) -> Result<Vec<T>, StoreError> {
        self.settle_for(sql)?;
        let query = self.query(sql, parameters)?;
        let rows: Vec<PgRow> = self.link.ask(async |connection| query.fetch_all(connection).await)?;
        Ok(rows.iter().map(|row| T::from_row(&Row(Inner::Postgres(row)))).collect::<Result<_, _>>()?)
    }

    #[cfg(test)]
    pub(super) fn script(&self, sql: &str) -> Result<(), StoreError> {
        self.settle()?;
        let script = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        Ok(self.link.ask(async |connection| script.execute(connection).await).map(drop)?)
    }

    /// Puts a row off, to be written with others of the same statement; if `each`, none of them may be missing.
    pub(super) fn later(&self, sql: &str, parameters: &impl Params, each: bool) -> Result<(), StoreError> {
        let mut put_off = self.put_off.borrow_mut();
        let at = put_off.iter().position(|of| of.sql == sql).unwrap_or_else(|| {
            put_off.push(PutOff { sql: sql.to_owned(), rows: Rows::default(), each });
            put_off.len() - 1
        });
        put_off[at].rows.push(parameters).map_err(sqlx::Error::Encode)?;
        let waiting: usize = put_off.iter().map(|of| of.rows.count).sum();
        drop(put_off);
        if waiting < MOST { Ok(()) } else { self.send() }
    }

    /// Begins to write what was put off, and does not wait for it.
    fn send(&self) -> Result<(), StoreError> {
        let writings = self.writings(self.put_off.take())?;
        if writings.is_empty() { Ok(()) } else { Ok(self.link.send(writings)?) }
    }

    /// The same, after what is left of what is written meanwhile.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        self.link.send_rest()?;
        self.send()
    }

    /// Has the rows of these tables that were put off written whenever nothing is asked.
    pub(super) fn settle_meanwhile(&self, tables: &[&str]) -> Result<(), StoreError> {
        let concerned = |of: &mut PutOff| tables.contains(&many::written(&of.sql));
        let concerned: Vec<PutOff> = self.put_off.borrow_mut().extract_if(.., concerned).collect();
        if concerned.is_empty() { Ok(()) } else { Ok(self.link.send_meanwhile(self.writings(concerned)?)?) }
    }

    fn writings(&self, put_off: Vec<PutOff>) -> Result<Vec<Writing>, StoreError> {
        let turn = |PutOff { sql, rows, each }| {
            let (sql, count) = (self.text_of_many(&sql, &rows, Rows::writing), rows.count);
            Ok(Writing { sql, arguments: rows.arguments().map_err(sqlx::Error::Encode)?, rows: count, each })
        };
        put_off.into_iter().map(turn).collect()
    }

    /// Writes what was put off if a statement names any of its tables.
    fn settle_for(&self, sql: &str) -> Result<(), StoreError> {
        let concerned = self.put_off.borrow().iter().any(|of| sql.contains(many::written(&of.sql)));
        if concerned { self.send() } else { Ok(()) }
    }

    /// Writes rows and answers a column of text and one of numbers of those that were written.
    pub(super) fn write_numbered(
        &self,
        sql: &str,
        rows: Rows,
        (name, number): (&str, &str),
    ) -> Result<HashMap<String, i64>, StoreError> {
        self.settle_for(sql)?;
        let query = self.query_many(&format!("{sql} RETURNING {name}, {number}"), rows, Rows::writing)?;
        let written = self.link.ask(async |connection| query.fetch_all(connection).await)?;
        Ok(written.iter().map(|row| <(String, i64)>::from_row(&Row(Inner::Postgres(row)))).collect::<Result<_, _>>()?)
    }

    /// Asks for each of many rows; tells the answers with their row's number.
    pub(super) fn ask_each<T: FromRow>(&self, sql: &str, rows: Rows) -> Result<Vec<(usize, T)>, StoreError> {
        self.settle_for(sql)?;
        let query = self.query_many(sql, rows, Rows::asking)?;
        let found: Vec<PgRow> = self.link.ask(async |connection| query.fetch_all(connection).await)?;
        let read = |row: &PgRow| {
            let numbered: i64 = row.try_get(row.len() - 1)?;
            let at = usize::try_from(numbered - 1).expect("rows are counted from one");
            Ok((at, T::from_row(&Row(Inner::Postgres(row)))?))
        };
        let mut rows: Vec<(usize, T)> = found.iter().map(read).collect::<Result<_, sqlx::Error>>()?;
        // The rows of one stay in the order in which it asked for them, which a sort of the server's would not promise.
        rows.sort_by_key(|(at, _)| *at);
        Ok(rows)
    }

    fn query_many(
        &self,
        sql: &str,
        rows: Rows,
        turn: fn(&Rows, &str) -> String,
    ) -> Result<Query<'static, Postgres, PgArguments>, StoreError> {
        let text = self.text_of_many(sql, &rows, turn);
        Ok(sqlx::query_with(AssertSqlSafe(text), rows.arguments().map_err(sqlx::Error::Encode)?))
    }

    fn text_of_many(&self, sql: &str, rows: &Rows, turn: fn(&Rows, &str) -> String) -> Arc<str> {
        // A marker keeps it apart from the same statement of one row.
        self.text(&format!("{sql} *"), |_| turn(rows, &dialect::postgres(sql)))
    }

    fn query(&self, sql: &str, parameters: &impl Params) -> Result<Query<'static, Postgres, PgArguments>, StoreError> {
        let text = self.text(sql, dialect::postgres);
        let (mut arguments, mut done) = (PgArguments::default(), Ok(()));
        parameters.each(&mut |value| {
            if done.is_ok() {
                done = add(&mut arguments, value);
            }
        });
        done.map_err(sqlx::Error::Encode)?;
        Ok(sqlx::query_with(AssertSqlSafe(text), arguments))
    }

    /// A statement in PostgreSQL's words: turned once.
    fn text(&self, sql: &str, turn: impl FnOnce(&str) -> String) -> Arc<str> {
        if let Some(text) = self.texts.borrow().get(sql) {
            return Arc::clone(text);
        }
        let text: Arc<str> = turn(sql).into();
        self.texts.borrow_mut().insert(sql.to_owned(), Arc::clone(&text));
        text
    }

    /// Ends it in an orderly way.
    pub fn close(self) -> Result<(), sqlx::Error> {
        self.link.close()
    }
}

/// Adds a value to a statement's.
pub(super) fn add(arguments: &mut PgArguments, value: Value<'_>) -> Result<(), sqlx::error::BoxDynError> {
    use sqlx::Arguments as _;
    match value {
        Value::Null(Kind::Int) => arguments.add(None::<i64>),
        Value::Null(Kind::Real) => arguments.add(None::<f64>),
        Value::Null(Kind::Text) => arguments.add(None::<&str>),
        Value::Null(Kind::Blob) => arguments.add(None::<&[u8]>),
        Value::Int(n) => arguments.add(n),
        Value::Real(x) => arguments.add(x),
        Value::Text(text) => arguments.add(text),
        Value::Blob(bytes) => arguments.add(bytes),
    }
}

/// Whether the connection is gone, its server is, or what was under way was ended from outside: nothing was wrong with the statement.
pub(in crate::store) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolTimedOut => true,
        // The connection failed; the server is being shut down, was restarted, or cancelled the statement; it ended who held the turn and
        // said nothing.
        _ => code(error).is_some_and(|code| code.starts_with("08") || code.starts_with("57") || code == "25P03"),
    }
}

/// Whether it failed for the sake of another transaction: rows were changed meanwhile, or two waited for each other.
pub(in crate::store) fn is_collision(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::AnyDriverError(cause) if cause.is::<Changed>()) || matches!(code(error), Some("40001" | "40P01"))
}

/// PostgreSQL's code of an error, if it is the server's.
fn code(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.try_downcast_ref().map(PgDatabaseError::code)
}
