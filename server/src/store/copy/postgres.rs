//! A server's database as one side of a copy.

use super::{
    CopyError, Place,
    cell::Cell,
    side::{NOTE, NOTED, Noted, PLACE, noted},
    table::{Kind, OWN, Table, is_truth, not_empty, quoted},
};
use crate::store::{open::Refusal, sql::PostgresSession};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

pub(super) struct Postgres(PgConnection);

impl Postgres {
    pub(super) fn open(connection: PgConnection) -> Self {
        Self(connection)
    }

    /// Takes the turn to write until this is closed: nobody else does. `reads`: everything that is read is of one state.
    pub(super) async fn lock(&mut self, reads: bool) -> Result<(), CopyError> {
        let sql = format!("SELECT pg_try_advisory_lock({})", PostgresSession::TURN);
        let (mine,): (bool,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.0).await?;
        if !mine {
            return Err(Refusal::new(
                "another program writes there",
                "end every `waybill serve` and every other copy on it first",
            )
            .into());
        }
        self.run("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; SET jit = off").await?;
        if reads {
            self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        }
        Ok(())
    }

    async fn run(&mut self, sql: &str) -> Result<(), CopyError> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut self.0).await?;
        Ok(())
    }

    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, CopyError> {
        let sql = "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, NULL),
                          coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint
                   FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                   LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
                   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                   ORDER BY c.relname, 4";
        let told: Vec<(String, String, String, i64)> = sqlx::query_as(sql).fetch_all(&mut self.0).await?;
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
        let (last,): (Option<i64>,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.0).await?;
        Ok(last)
    }

    pub(super) async fn count(&mut self, table: &Table) -> Result<u64, CopyError> {
        let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
        let (n,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut self.0).await?;
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
        let rows = query.fetch_all(&mut self.0).await?;
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
        let there: (bool,) = sqlx::query_as("SELECT to_regclass('public.copying') IS NOT NULL").fetch_one(&mut self.0).await?;
        if !there.0 {
            return Ok(None);
        }
        let (mark,): (String,) = sqlx::query_as("SELECT after FROM copying WHERE name = ''").fetch_one(&mut self.0).await?;
        Ok(Some(mark))
    }

    pub(super) async fn copied(&mut self) -> Result<u64, CopyError> {
        let sql = "SELECT coalesce(sum(n), 0)::bigint FROM copying";
        let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut self.0).await?;
        Ok(n.unsigned_abs())
    }

    pub(super) async fn begin(&mut self, tables: &[Table], mark: &str) -> Result<(), CopyError> {
        for table in tables.iter().filter(|table| is_truth(&table.name)) {
            if self.count(table).await? > 0 {
                return Err(not_empty(&table.name).into());
            }
        }
        let mut transaction = self.0.begin().await?;
        for table in tables.iter().rev() {
            sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {}", quoted(&table.name)))).execute(&mut *transaction).await?;
        }
        sqlx::raw_sql(NOTE).execute(&mut *transaction).await?;
        note(&mut transaction, "", (mark.to_owned(), 0, 0, 0)).await?;
        Ok(transaction.commit().await?)
    }

    pub(super) async fn place(&mut self, table: &Table) -> Result<Option<Noted>, CopyError> {
        Ok(sqlx::query_as(PLACE).bind(&table.name).fetch_optional(&mut self.0).await?)
    }

    pub(super) async fn put(&mut self, table: &Table, rows: &[Vec<Cell>], replace: bool, next: &Place) -> Result<(), CopyError> {
        let mut transaction = self.0.begin().await?;
        if replace {
            sqlx::raw_sql(AssertSqlSafe(format!("DELETE FROM {}", quoted(&table.name)))).execute(&mut *transaction).await?;
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

    pub(super) async fn number_on(&mut self, tables: &[Table]) -> Result<(), CopyError> {
        for table in tables {
            let sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attidentity <> ''";
            let numbered: Vec<(String,)> = sqlx::query_as(sql).bind(quoted(&table.name)).fetch_all(&mut self.0).await?;
            for (column,) in numbered {
                let (name, number) = (quoted(&table.name), quoted(&column));
                self.run(&format!(
                    "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), coalesce(max({number}), 1), max({number}) IS NOT NULL)
                     FROM {name}"
                ))
                .await?;
            }
        }
        Ok(())
    }

    pub(super) async fn end(&mut self) -> Result<(), CopyError> {
        self.run("DROP TABLE copying").await?;
        // The planner knows nothing of rows that came all at once.
        self.run("ANALYZE").await
    }

    pub(super) async fn close(self) -> Result<(), CopyError> {
        Ok(self.0.close().await?)
    }
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
