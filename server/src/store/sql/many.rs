//! A statement of one row, turned into one of many: PostgreSQL takes the rows as arrays, one for each column (`unnest`), so that a
//! thousand rows are one message.
//!
//! | written | run |
//! | --- | --- |
//! | `INSERT INTO t (a, b) VALUES ($1, $2) …` | `INSERT INTO t (a, b) SELECT v.c1, v.c2 FROM unnest(…) AS v (c1, c2) …` |
//! | `UPDATE t SET a = $1 WHERE b = $2` | `UPDATE t SET a = v.c1 FROM unnest(…) AS v (c1, c2) WHERE b = v.c2` |
//! | `DELETE FROM t WHERE a = $1` | `DELETE FROM t USING unnest(…) AS v (c1) WHERE a = v.c1` |
//! | `SELECT a FROM t WHERE b = $1` | `SELECT x.*, v.n FROM unnest(…) WITH ORDINALITY AS v (c1, n) CROSS JOIN LATERAL (SELECT a … OFFSET 0) AS x` |

use super::bind::{Kind, Params, Value};
use sqlx::{Arguments as _, error::BoxDynError, postgres::PgArguments};
use std::fmt::Write;

/// Values of many rows, by column.
#[derive(Default)]
pub(super) struct Rows {
    columns: Vec<Column>,
    /// How many they are.
    pub count: usize,
}

enum Column {
    Int(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
    Blob(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn of(value: Value<'_>) -> Self {
        match value {
            Value::Int(_) | Value::Null(Kind::Int) => Self::Int(Vec::new()),
            Value::Real(_) | Value::Null(Kind::Real) => Self::Real(Vec::new()),
            Value::Text(_) | Value::Null(Kind::Text) => Self::Text(Vec::new()),
            Value::Blob(_) | Value::Null(Kind::Blob) => Self::Blob(Vec::new()),
        }
    }

    fn push(&mut self, value: Value<'_>) -> Result<(), BoxDynError> {
        match (self, value) {
            (Self::Int(all), Value::Int(n)) => all.push(Some(n)),
            (Self::Int(all), Value::Null(Kind::Int)) => all.push(None),
            (Self::Real(all), Value::Real(x)) => all.push(Some(x)),
            (Self::Real(all), Value::Null(Kind::Real)) => all.push(None),
            (Self::Text(all), Value::Text(text)) => all.push(Some(text.to_owned())),
            (Self::Text(all), Value::Null(Kind::Text)) => all.push(None),
            (Self::Blob(all), Value::Blob(bytes)) => all.push(Some(bytes.to_owned())),
            (Self::Blob(all), Value::Null(Kind::Blob)) => all.push(None),
            (_, other) => return Err(format!("a column's values are of one kind, not also {other:?}").into()),
        }
        Ok(())
    }

    /// PostgreSQL's name of its kind.
    fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "bigint",
            Self::Real(_) => "double precision",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytea",
        }
    }
}

impl Rows {
    /// One more row.
    pub(super) fn push(&mut self, parameters: &impl Params) -> Result<(), BoxDynError> {
        let (mut at, mut done) = (0, Ok(()));
        parameters.each(&mut |value| {
            if self.count == 0 {
                self.columns.push(Column::of(value));
            }
            if done.is_ok() {
                let column = self.columns.get_mut(at).ok_or_else(|| "rows of a statement are equally long".into());
                done = column.and_then(|column| column.push(value));
            }
            at += 1;
        });
        self.count += 1;
        done
    }

    /// The texts of a column.
    pub(super) fn texts(&self, column: usize) -> Option<&[Option<String>]> {
        match self.columns.get(column)? {
            Column::Text(texts) => Some(texts),
            _ => None,
        }
    }

    /// As a statement's values.
    pub(super) fn arguments(self) -> Result<PgArguments, BoxDynError> {
        let mut arguments = PgArguments::default();
        for column in self.columns {
            match column {
                Column::Int(all) => arguments.add(all)?,
                Column::Real(all) => arguments.add(all)?,
                Column::Text(all) => arguments.add(all)?,
                Column::Blob(all) => arguments.add(all)?,
            }
        }
        Ok(arguments)
    }

    /// The rows as a table.
    fn table(&self, also: &str) -> String {
        let mut table = String::from("unnest(");
        for (n, column) in self.columns.iter().enumerate() {
            write!(table, "{}${}::{}[]", if n == 0 { "" } else { ", " }, n + 1, column.kind()).expect("writing into memory");
        }
        let names: Vec<String> = (1..=self.columns.len()).map(|n| format!("c{n}")).collect();
        match also {
            "" => write!(table, ") AS v ({})", names.join(", ")),
            also => write!(table, ") WITH ORDINALITY AS v ({}, {also})", names.join(", ")),
        }
        .expect("writing into memory");
        table
    }

    /// The statement that writes all these rows.
    pub(super) fn writing(&self, sql: &str) -> String {
        let sql = named(sql);
        let table = self.table("");
        if let Some(at) = outside(&sql, "VALUES (") {
            let (head, values) = (&sql[..at], &sql[at + "VALUES ".len()..]);
            let end = closing(values);
            return format!("{head}SELECT {} FROM {table}{}", &values[1..end], &values[end + 1..]);
        }
        let at = outside(&sql, "WHERE ").expect("what is changed is told by a condition");
        let among = if sql.starts_with("DELETE ") { "USING" } else { "FROM" };
        format!("{}{among} {table} {}", &sql[..at], &sql[at..])
    }

    /// The query that is asked for all these rows; its last column tells the row's number, from one. `OFFSET 0` has it asked for each row by
    /// itself: else a planner that thinks a table small begins with that, and goes through all rows for each of its own.
    pub(super) fn asking(&self, sql: &str) -> String {
        format!("SELECT x.*, v.n FROM {} CROSS JOIN LATERAL ({} OFFSET 0) AS x", self.table("n"), named(sql))
    }
}

/// The table that a statement writes.
pub(super) fn written(sql: &str) -> &str {
    let rest = ["INSERT INTO ", "UPDATE ", "DELETE FROM "]
        .iter()
        .find_map(|verb| sql.strip_prefix(verb))
        .expect("a statement that writes rows");
    &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())]
}

/// With the columns' names in place of the parameters.
fn named(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 32);
    let mut quoted = false;
    for c in sql.chars() {
        quoted ^= c == '\'';
        match c {
            '$' if !quoted => out.push_str("v.c"),
            c => out.push(c),
        }
    }
    out
}

/// Where a word stands outside of parentheses and literals, for the last time.
fn outside(sql: &str, word: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut found) = (0, false, None);
    for (at, c) in sql.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 && !quoted && sql[at..].starts_with(word) && sql[..at].ends_with(char::is_whitespace) {
            found = Some(at);
        }
    }
    found
}

/// Where the parenthesis ends with which the text begins.
fn closing(sql: &str) -> usize {
    let (mut depth, mut quoted) = (0, false);
    for (at, c) in sql.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    sql.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::params;

    fn rows() -> Rows {
        let mut rows = Rows::default();
        rows.push(&params![1_i64, "a"]).expect("a row");
        rows.push(&params![2_i64, None::<&str>]).expect("a row");
        rows
    }

    #[test]
    fn one_row_becomes_many() {
        let table = "unnest($1::bigint[], $2::text[]) AS v (c1, c2)";
        for (one, many) in [
            (
                "INSERT INTO t (a, b, c) VALUES ($2, 'now ($1)', coalesce((SELECT x FROM y WHERE z = $1), 0)) ON CONFLICT DO NOTHING",
                format!(
                    "INSERT INTO t (a, b, c) SELECT v.c2, 'now ($1)', coalesce((SELECT x FROM y WHERE z = v.c1), 0) FROM {table} ON CONFLICT DO NOTHING"
                ),
            ),
            (
                "UPDATE t SET a = $2, b = (SELECT x FROM y WHERE z)\n WHERE c = $1",
                format!("UPDATE t SET a = v.c2, b = (SELECT x FROM y WHERE z)\n FROM {table} WHERE c = v.c1"),
            ),
            ("DELETE FROM t WHERE a = $1 AND b = $2", format!("DELETE FROM t USING {table} WHERE a = v.c1 AND b = v.c2")),
        ] {
            assert_eq!(rows().writing(one), many);
            assert_eq!(written(one), "t");
        }
        assert_eq!(
            rows().asking("SELECT a FROM t WHERE b = $1 AND c = $2"),
            "SELECT x.*, v.n FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS v (c1, c2, n) \
             CROSS JOIN LATERAL (SELECT a FROM t WHERE b = v.c1 AND c = v.c2 OFFSET 0) AS x"
        );
    }

    #[test]
    fn a_column_is_of_one_kind_and_rows_are_equally_long() {
        assert!(rows().push(&params!["b", "b"]).is_err());
        assert!(rows().push(&params![1_i64, "b", "c"]).is_err());
    }
}
