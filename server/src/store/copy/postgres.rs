//! A server's database as one side of a copy.

use super::{
    CopyError, Place,
    cell::Cell,
    side::{NOTE, NOTED, Noted, PLACE, noted},
    table::{Kind, OWN, Table, is_truth, not_empty, quoted},
};
use crate::{
    domain::month::Month,
    store::{bodies, open::Refusal, sql::PostgresSession},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::collections::BTreeSet;

pub(super) struct Postgres {
    connection: PgConnection,
    /// Under which the server knows it, from the lock on.
    name: String,
}

impl Postgres {
    pub(super) fn open(connection: PgConnection) -> Self {
        Self { connection, name: String::new() }
    }

    /// Takes the turn to write until this is closed: nobody else does. `reads`: everything that is read is of one state.
    pub(super) async fn lock(&mut self, reads: bool) -> Result<(), CopyError> {
        let sql = format!("SELECT pg_try_advisory_lock({})", PostgresSession::TURN);
        let (mine,): (bool,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await?;
        if !mine {
            return Err(Refusal::new(
                "another program writes there",
                "end every `waybill serve` and every other copy on it first",
            )
            .into());
        }
        let (name,): (String,) =
            sqlx::query_as("SELECT 'waybill copy ' || gen_random_uuid()").fetch_one(&mut self.connection).await?;
        self.name = name;
        self.run(&format!("SET application_name = '{}'", self.name)).await?;
        self.run("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; SET jit = off").await?;
        if reads {
            self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        }
        Ok(())
    }

    /// Whether this is the database that the other connection is in.
    pub(super) async fn is_that_of(&mut self, other: &Self) -> Result<bool, CopyError> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";
        let (n,): (i64,) = sqlx::query_as(sql).bind(&other.name).fetch_one(&mut self.connection).await?;
        Ok(n > 0)
    }

    /// Refuses a database that is being served.
    pub(super) async fn check_is_alone(&mut self) -> Result<(), CopyError> {
        // Sessions of other users are nameless, their leases are not.
        let sql = "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'waybill'
                           AND pid <> pg_backend_pid())
                        + (SELECT count(*) FROM leases WHERE holder <> '' AND until > CAST(unixepoch('subsec') * 1000000 AS BIGINT))";
        let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut self.connection).await?;
        if n > 0 { Err(super::served().into()) } else { Ok(()) }
    }

    async fn run(&mut self, sql: &str) -> Result<(), CopyError> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.connection).await?;
        Ok(())
    }

    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        let sql = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL),
                          coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint
                   FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                   LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
                   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                   ORDER BY c.relname, 4";
        let told: Vec<(String, String, String, i64)> = sqlx::query_as(sql).fetch_all(&mut self.connection).await?;
        let mut tables: Vec<Table> = Vec::new();
        for (name, column, kind, place) in told {
            if OWN.contains(&name.as_str()) {
                continue;
            }
            let known = Kind::of(&kind)
                .ok_or_else(|| Refusal::new(format!("{name}.{column} is of the type {kind}"), "copying does not know it"))?;
            if tables.last().is_none_or(|table| table.name != name) {
                tables.push(Table::new(name, vec![], vec![]));
            }
            let table = tables.last_mut().expect("just pushed");
            if place >= 0 {
                table.key.push(column.clone());
            }
            table.columns.push((column, known));
        }
        Ok(tables.into_iter().map(|Table { name, columns, key }| Table::new(name, columns, key)).collect())
    }

    pub(super) async fn last(&mut self, table: &Table, number: &str) -> Result<Option<i64>, CopyError> {
        let sql = format!("SELECT max({number}) FROM {}", quoted(&table.name));
        let (last,): (Option<i64>,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await?;
        Ok(last)
    }

    pub(super) async fn count(&mut self, table: &Table) -> Result<u64, CopyError> {
        let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let (n,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await?;
        Ok(n.unsigned_abs())
    }

    pub(super) async fn page(
        &mut self,
        table: &Table,
        after: Option<&[Cell]>,
        limit: usize,
    ) -> Result<Vec<Vec<Cell>>, CopyError> {
        // Under another name: ORDER BY would take what was turned instead of the column, whose index has the order.
        let select = |name: &str, kind| match kind {
            Kind::Int => format!("{name}::bigint AS {}", quoted(&format!("as_{}", name.trim_matches('"')))),
            Kind::Text | Kind::Blob => name.to_owned(),
        };
        let sql = table.page(after.is_some(), select, |n| format!("${n}")) + &limit.to_string();
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cell in after.unwrap_or_default() {
            query = match cell {
                Cell::Null => query.bind(None::<i64>),
                Cell::Int(n) => query.bind(n),
                Cell::Text(text) => query.bind(text),
                Cell::Blob(bytes) => query.bind(bytes),
            };
        }
        let rows = query.fetch_all(&mut self.connection).await?;
        let cells = |row: &sqlx::postgres::PgRow| {
            let of = |(at, (_, kind)): (usize, &(String, Kind))| {
                Ok(match kind {
                    Kind::Int => row.try_get::<Option<i64>, _>(at)?.map(Cell::Int),
                    Kind::Text => row.try_get::<Option<String>, _>(at)?.map(Cell::Text),
                    Kind::Blob => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Cell::Blob),
                }
                .unwrap_or(Cell::Null))
            };
            table.columns.iter().enumerate().map(of).collect::<Result<Vec<_>, sqlx::Error>>()
        };
        Ok(rows.iter().map(cells).collect::<Result<_, _>>()?)
    }

    pub(super) async fn begun(&mut self) -> Result<Option<String>, CopyError> {
        let there: (bool,) =
            sqlx::query_as("SELECT to_regclass('public.copying') IS NOT NULL").fetch_one(&mut self.connection).await?;
        if !there.0 {
            return Ok(None);
        }
        let (mark,): (String,) =
            sqlx::query_as("SELECT after FROM copying WHERE name = ''").fetch_one(&mut self.connection).await?;
        Ok(Some(mark))
    }

    pub(super) async fn copied(&mut self) -> Result<u64, CopyError> {
        let sql = "SELECT coalesce(sum(n), 0)::bigint FROM copying";
        let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut self.connection).await?;
        Ok(n.unsigned_abs())
    }

    pub(super) async fn begin(&mut self, tables: &[Table], mark: &str) -> Result<(), CopyError> {
        for table in tables.iter().filter(|table| is_truth(&table.name)) {
            if self.count(table).await? > 0 {
                return Err(not_empty(&table.name).into());
            }
        }
        let mut transaction = self.connection.begin().await?;
        for table in tables.iter().rev() {
            sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {}", quoted(&table.name)))).execute(&mut *transaction).await?;
        }
        sqlx::raw_sql(NOTE).execute(&mut *transaction).await?;
        note(&mut transaction, "", (mark.to_owned(), 0, 0, 0)).await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn place(&mut self, table: &Table) -> Result<Option<Noted>, CopyError> {
        Ok(sqlx::query_as(PLACE).bind(&table.name).fetch_optional(&mut self.connection).await?)
    }

    pub(super) async fn put(&mut self, table: &Table, rows: &[Vec<Cell>], replace: bool, next: &Place) -> Result<(), CopyError> {
        let mut transaction = self.connection.begin().await?;
        if replace {
            sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {}", quoted(&table.name)))).execute(&mut *transaction).await?;
        }
        if table.name == bodies::TABLE {
            make_parts(&mut transaction, table, rows).await?;
        }
        if !rows.is_empty() {
            let mut copy =
                transaction.copy_in_raw(&format!("COPY {} ({}) FROM STDIN", quoted(&table.name), table.column_list())).await?;
            copy.send(lines(rows)).await?;
            copy.finish().await?;
        }
        note(&mut transaction, &table.name, noted(next)).await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn last_number(&mut self, table: &Table) -> Result<Option<i64>, CopyError> {
        let Some((_, numbers)) = self.numbers(table).await? else { return Ok(None) };
        let sql = format!("SELECT CASE WHEN is_called THEN last_value END FROM {numbers}");
        let (last,): (Option<i64>,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await?;
        Ok(last)
    }

    pub(super) async fn number_on(&mut self, tables: &[Table], numbers: &[(String, i64)]) -> Result<(), CopyError> {
        for table in tables {
            let Some((column, _)) = self.numbers(table).await? else { continue };
            let (name, number) = (quoted(&table.name), quoted(&column));
            let last = numbers.iter().find(|(numbered, _)| *numbered == table.name).map_or(0, |(_, last)| *last);
            self.run(&format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), greatest(n.last, 1), n.last > 0)
                 FROM (SELECT greatest(coalesce(max({number}), 0), {last}) AS last FROM {name}) AS n"
            ))
            .await?;
        }
        Ok(())
    }

    /// The column that a table numbers its rows by, and what gives the numbers.
    async fn numbers(&mut self, table: &Table) -> Result<Option<(String, String)>, CopyError> {
        let sql = "SELECT attname::text, pg_get_serial_sequence($1, attname::text) FROM pg_attribute
                   WHERE attrelid = $1::regclass AND attidentity <> ''";
        Ok(sqlx::query_as(sql).bind(quoted(&table.name)).fetch_optional(&mut self.connection).await?)
    }

    pub(super) async fn end(&mut self) -> Result<(), CopyError> {
        self.run(bodies::MARK).await?;
        self.run("DROP TABLE copying").await?;
        // The planner knows nothing of rows that came all at once.
        self.run("ANALYZE").await
    }

    pub(super) async fn close(self) -> Result<(), CopyError> {
        Ok(self.connection.close().await?)
    }
}

/// Makes the parts that these rows belong to.
async fn make_parts(connection: &mut PgConnection, table: &Table, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
    let at = table.columns.iter().position(|(name, _)| name == "month").expect("it is kept by month");
    let number = |row: &Vec<Cell>| match row[at] {
        Cell::Int(number) => Some(number),
        _ => None,
    };
    for month in rows.iter().filter_map(number).collect::<BTreeSet<_>>().into_iter().map(Month::from_number) {
        let (there,): (bool,) =
            sqlx::query_as("SELECT to_regclass($1) IS NOT NULL").bind(bodies::part(month)).fetch_one(&mut *connection).await?;
        if !there {
            for sql in bodies::making(month) {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
            }
        }
    }
    Ok(())
}

async fn note(connection: &mut PgConnection, name: &str, (after, n, wide, whole): Noted) -> Result<(), sqlx::Error> {
    let note = sqlx::query(NOTED).bind(name).bind(after).bind(n).bind(wide).bind(whole);
    note.execute(connection).await.map(drop)
}

fn lines(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(b'\t');
            }
            cell.copied(&mut out);
        }
        out.push(b'\n');
    }
    out
}
