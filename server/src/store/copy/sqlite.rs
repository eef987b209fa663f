//! The embedded database as one side of a copy.

use super::{
    CopyError, Place,
    cell::Cell,
    side::{NOTE, NOTED, Noted, PLACE, noted},
    table::{Kind, OWN, Table, WITH_ROWID, quoted},
};
use crate::store::{
    bodies,
    open::{OpenError, Refusal},
};
use rusqlite::{Connection, OptionalExtension, params_from_iter, types::ValueRef};
use std::{path::Path, time::Duration};

/// How long to wait for somebody who writes.
const WAIT: Duration = Duration::from_secs(5);

pub(super) struct Sqlite(Connection);

impl Sqlite {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(WAIT)?;
            connection.pragma_update(None, "synchronous", "full")?;
            connection.pragma_update(None, "foreign_keys", "on")?;
            Ok(connection)
        };
        open().map(Self).map_err(|error: rusqlite::Error| Refusal::new(error.to_string(), "is it a database of Waybill?").into())
    }

    /// Nobody else writes until this is closed.
    pub(super) fn lock(&self) -> Result<(), CopyError> {
        self.0.execute_batch("BEGIN IMMEDIATE").map_err(|_| {
            Refusal::new("another program writes to the source", "end it (and every `waybill serve` on this file) first").into()
        })
    }

    /// Whether this is the file at a path, by whatever name.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let own = self.0.path().map(Path::new).and_then(|own| own.canonicalize().ok());
        own.is_some_and(|own| path.canonicalize().is_ok_and(|other| own == other))
    }

    /// Refuses a file that anybody else has open: who serves it would never hear of what is written here.
    pub(super) fn check_is_alone(&self) -> Result<(), CopyError> {
        // The log of others can only be left where there are no others.
        let left = self.0.pragma_update(None, "journal_mode", "delete");
        left.map_err(|_| super::served())?;
        Ok(self.0.pragma_update(None, "journal_mode", "wal")?)
    }

    pub(super) fn tables(&self) -> Result<Vec<Table>, CopyError> {
        let mut names = self.0.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
        let names: Vec<String> = names.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?;
        names.into_iter().filter(|name| !OWN.contains(&name.as_str())).map(|name| self.table(name)).collect()
    }

    fn table(&self, name: String) -> Result<Table, CopyError> {
        let mut statement = self.0.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY pk")?;
        let told: Vec<(String, String, i64)> =
            statement.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
        let (mut columns, mut key) = (Vec::new(), Vec::new());
        for (column, kind, place) in told {
            let known = Kind::of(&kind)
                .ok_or_else(|| Refusal::new(format!("{name}.{column} is of the type {kind}"), "copying does not know it"))?;
            if place > 0 {
                key.push(column.clone());
            }
            columns.push((column, known));
        }
        if WITH_ROWID.contains(&name.as_str()) {
            columns.push(("rowid".into(), Kind::Int));
        }
        Ok(Table::new(name, columns, key))
    }

    pub(super) fn last(&self, table: &Table, number: &str) -> Result<Option<i64>, CopyError> {
        Ok(self.0.query_row(&format!("SELECT max({number}) FROM {}", table.name), (), |row| row.get(0))?)
    }

    pub(super) fn count(&self, table: &Table) -> Result<u64, CopyError> {
        let n: i64 = self.0.query_row(&format!("SELECT count(*) FROM {}", quoted(&table.name)), (), |row| row.get(0))?;
        Ok(n.unsigned_abs())
    }

    pub(super) fn page(&self, table: &Table, after: Option<&[Cell]>, limit: usize) -> Result<Vec<Vec<Cell>>, CopyError> {
        let sql = table.page(after.is_some(), |name, _| name.to_owned(), |n| format!("?{n}")) + &limit.to_string();
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(after.unwrap_or_default()))?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            let cells = (0..table.columns.len()).map(|at| {
                Ok(match row.get_ref(at)? {
                    ValueRef::Null => Cell::Null,
                    ValueRef::Integer(n) => Cell::Int(n),
                    ValueRef::Text(_) => Cell::Text(row.get(at)?),
                    ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
                    ValueRef::Real(_) => {
                        return Err(rusqlite::Error::InvalidColumnType(at, table.name.clone(), rusqlite::types::Type::Real));
                    }
                })
            });
            page.push(cells.collect::<Result<_, rusqlite::Error>>()?);
        }
        Ok(page)
    }

    pub(super) fn begun(&self) -> Result<Option<String>, CopyError> {
        let (n,): (i64,) =
            self.0.query_row("SELECT count(*) FROM sqlite_master WHERE name = 'copying'", (), |row| Ok((row.get(0)?,)))?;
        if n == 0 {
            return Ok(None);
        }
        Ok(Some(self.0.query_row("SELECT after FROM copying WHERE name = ''", (), |row| row.get(0))?))
    }

    pub(super) fn copied(&self) -> Result<u64, CopyError> {
        let n: i64 = self.0.query_row("SELECT coalesce(sum(n), 0) FROM copying", (), |row| row.get(0))?;
        Ok(n.unsigned_abs())
    }

    pub(super) fn begin(&mut self, tables: &[Table], mark: &str) -> Result<(), CopyError> {
        let transaction = self.0.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for table in tables.iter().rev() {
            if super::table::is_truth(&table.name) {
                let n: i64 =
                    transaction.query_row(&format!("SELECT count(*) FROM {}", quoted(&table.name)), (), |row| row.get(0))?;
                if n > 0 {
                    return Err(super::table::not_empty(&table.name).into());
                }
            }
            transaction.execute(&format!("DELETE FROM {}", quoted(&table.name)), ())?;
        }
        transaction.execute(NOTE, ())?;
        transaction.execute(NOTED, ("", mark, 0, 0, 0))?;
        Ok(transaction.commit()?)
    }

    pub(super) fn place(&self, table: &Table) -> Result<Option<Noted>, CopyError> {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        Ok(self.0.prepare_cached(PLACE)?.query_row([&table.name], read).optional()?)
    }

    pub(super) fn put(&mut self, table: &Table, rows: &[Vec<Cell>], replace: bool, next: &Place) -> Result<(), CopyError> {
        let transaction = self.0.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        if replace {
            transaction.execute(&format!("DELETE FROM {}", quoted(&table.name)), ())?;
        }
        {
            let places = (1..=table.columns.len()).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
            let sql = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(&table.name), table.column_list());
            let mut insert = transaction.prepare_cached(&sql)?;
            for row in rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        let (after, n, wide, whole) = noted(next);
        transaction.execute(NOTED, (&table.name, after, n, wide, whole))?;
        Ok(transaction.commit()?)
    }

    pub(super) fn last_number(&self, table: &Table) -> Result<Option<i64>, CopyError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        Ok(self.0.query_row(sql, [&table.name], |row| row.get(0)).optional()?)
    }

    /// Others give the number after the greatest that is there.
    pub(super) fn number_on(&self, numbers: &[(String, i64)]) -> Result<(), CopyError> {
        for (table, last) in numbers {
            let numbered = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1 AND sql LIKE '%AUTOINCREMENT%'";
            let numbered: i64 = self.0.query_row(numbered, [table], |row| row.get(0))?;
            let told = "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1";
            if numbered > 0 && self.0.execute(told, (table, last))? == 0 {
                self.0.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", (table, last))?;
            }
        }
        Ok(())
    }

    pub(super) fn end(&self) -> Result<(), CopyError> {
        self.0.execute(bodies::MARK, ())?;
        Ok(self.0.execute_batch("DROP TABLE copying")?)
    }

    pub(super) fn close(self) -> Result<(), CopyError> {
        self.0.close().map_err(|(_, error)| error.into())
    }
}

impl rusqlite::ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
