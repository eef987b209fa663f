//! Both databases have one schema: the same tables, columns, defaults, keys, indexes and checks. Compared after all migrations.

use super::{SqliteFixture, postgres::fresh_database};
use crate::{
    clock::Clock,
    store::{
        contract::{NOW, Open},
        sql::{Connection, query_as},
        tables::{Database, OpenMode},
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// What PostgreSQL has besides: the number that SQLite's rows have by themselves, whose turn it is to write, and what it changes.
const ONLY_POSTGRES: [&str; 4] = ["rowid", "turns", "turn_changes", "turns_told"];

/// Name → type, may be missing, default.
type Columns = BTreeMap<String, (String, bool, String)>;

#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Columns,
    key: Vec<String>,
    /// Columns that are unique together.
    unique: BTreeSet<Vec<String>>,
    /// Name → columns, whether it is unique, whether it is of some rows only.
    indexes: BTreeMap<String, (Vec<String>, bool, bool)>,
    /// Each check's words.
    checks: BTreeSet<BTreeSet<String>>,
    /// Columns and the table that they lead to.
    leads_to: BTreeSet<(String, String)>,
}

type Schema = BTreeMap<String, Table>;

#[tokio::test]
async fn both_databases_have_one_schema() {
    let embedded = SqliteFixture::open(Clock::standing(NOW)).await;
    let sqlite = of_sqlite(&mut embedded.database.read.acquire().await.expect("a connection")).await;
    let server = Database::open(&fresh_database().await, OpenMode::Migrate, Clock::standing(NOW)).await.expect("opens");
    let postgres = of_postgres(&mut server.read.acquire().await.expect("a connection")).await;
    assert!(sqlite.len() > 25, "{}", sqlite.len());
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, table) in &sqlite {
        assert_eq!(table, &postgres[name], "{name}");
    }
}

#[test]
fn migrations_are_paired() {
    use crate::store::{postgres, sqlite::migrations};
    let (first, _) = postgres::migrations::known().next().expect("there is one");
    let sqlite: Vec<_> = migrations::known().filter(|(version, _)| *version > first).collect();
    let after: Vec<_> = postgres::migrations::known().skip(1).collect();
    assert_eq!(sqlite, after, "a file for each database, of one number and name");
}

async fn of_sqlite(connection: &mut Connection) -> Schema {
    let tables: Vec<(String, String)> = query_as(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("tables");
    let mut schema = Schema::new();
    for (name, sql) in tables {
        let mut table = Table { checks: checks(&sql), ..Table::default() };
        let columns: Vec<(String, String, bool, Option<String>, i64)> =
            query_as("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info($1) ORDER BY pk")
                .bind(&name)
                .fetch_all(&mut *connection)
                .await
                .expect("columns");
        for (column, kind, not_null, default, key) in columns {
            if key > 0 {
                table.key.push(column.clone());
            }
            table.columns.insert(column, (kind, not_null || key > 0, default.unwrap_or_default()));
        }
        let indexes: Vec<(String, bool, String, bool)> =
            query_as("SELECT name, \"unique\", origin, partial FROM pragma_index_list($1)")
                .bind(&name)
                .fetch_all(&mut *connection)
                .await
                .expect("indexes");
        for (index, unique, origin, partial) in indexes {
            let columns: Vec<(String,)> = query_as("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
                .bind(&index)
                .fetch_all(&mut *connection)
                .await
                .expect("columns of an index");
            let columns = columns.into_iter().map(|(column,)| column).collect();
            match origin.as_str() {
                "u" => drop(table.unique.insert(columns)),
                "c" => drop(table.indexes.insert(index, (columns, unique, partial))),
                _ => {}
            }
        }
        let leads: Vec<(String, String)> = query_as("SELECT \"from\", \"table\" FROM pragma_foreign_key_list($1)")
            .bind(&name)
            .fetch_all(&mut *connection)
            .await
            .expect("references");
        table.leads_to = leads.into_iter().collect();
        schema.insert(name, table);
    }
    schema
}

async fn of_postgres(connection: &mut Connection) -> Schema {
    let mut schema = Schema::new();
    let columns: Vec<(String, String, String, bool, Option<String>)> = query_as(
        "SELECT CAST(table_name AS text), CAST(column_name AS text), CAST(data_type AS text), is_nullable = 'NO', CAST(column_default AS text)
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("columns");
    for (table, column, kind, not_null, default) in columns {
        let kind = match kind.as_str() {
            "text" => "TEXT",
            "bigint" | "smallint" => "INTEGER",
            "bytea" => "BLOB",
            other => other,
        };
        let default = default.unwrap_or_default().replace("::text", "");
        schema.entry(table).or_default().columns.insert(column, (kind.into(), not_null, default));
    }
    let constraints: Vec<(String, String, String, String)> = query_as(
        "SELECT CAST(k.conrelid::regclass AS text), CAST(k.contype AS text), pg_get_constraintdef(k.oid),
                coalesce((SELECT string_agg(a.attname, ',' ORDER BY o.n) FROM unnest(k.conkey) WITH ORDINALITY AS o (attnum, n)
                          JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = o.attnum), '')
         FROM pg_constraint AS k JOIN pg_namespace AS s ON s.oid = k.connamespace WHERE s.nspname = 'public'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("constraints");
    for (table, kind, words, columns) in constraints {
        let Some(table) = schema.get_mut(&table) else { continue };
        let columns: Vec<String> = columns.split(',').map(str::to_owned).collect();
        match kind.as_str() {
            "p" => table.key = columns,
            "u" => drop(table.unique.insert(columns)),
            "c" => table.checks.extend(checks(&words)),
            "f" => {
                let to = words.split("REFERENCES ").nth(1).and_then(|to| to.split('(').next()).unwrap_or_default();
                table.leads_to.insert((columns.join(","), to.to_owned()));
            }
            _ => {}
        }
    }
    let indexes: Vec<(String, String, bool, bool, String)> = query_as(
        "SELECT CAST(i.indrelid::regclass AS text), CAST(i.indexrelid::regclass AS text), i.indisunique, i.indpred IS NOT NULL,
                (SELECT string_agg(a.attname, ',' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = i.indexrelid)
         FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS s ON s.oid = c.relnamespace
         WHERE s.nspname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("indexes");
    for (table, index, unique, partial, columns) in indexes {
        let Some(table) = schema.get_mut(&table) else { continue };
        table.indexes.insert(index, (columns.split(',').map(str::to_owned).collect(), unique, partial));
    }
    schema.retain(|name, _| !ONLY_POSTGRES.contains(&name.as_str()));
    for table in schema.values_mut() {
        table.columns.retain(|column, _| !ONLY_POSTGRES.contains(&column.as_str()));
        table.unique.retain(|columns| columns.as_slice() != ["rowid"]);
    }
    schema
}

/// Each check by its words: columns, values, and how they are compared. How one of several values is asked for differs between the databases, and
/// PostgreSQL names types.
fn checks(sql: &str) -> BTreeSet<BTreeSet<String>> {
    const DIFFER: [&str; 8] = ["=", "in", "any", "array", "text", "bigint", "smallint", "integer"];
    let condition = |check: &str| {
        let mut depth = 0_usize;
        let end = check.char_indices().find(|(_, c)| {
            depth += usize::from(*c == '(');
            depth -= usize::from(*c == ')');
            depth == 0
        });
        let mut words = words(&check[..end.map_or(check.len(), |(at, _)| at)]);
        words.retain(|word| !DIFFER.contains(&word.as_str()));
        if words.remove("between") {
            words.extend([">=", "<="].map(str::to_owned));
        }
        words
    };
    sql.split("CHECK ").skip(1).map(condition).collect()
}

/// Literals, names and numbers, signs of comparison.
fn words(sql: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for (n, part) in sql.split('\'').enumerate() {
        if n % 2 == 1 {
            words.insert(format!("'{part}'"));
            continue;
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_sign = |c: char| "<>=!".contains(c);
        for of in [&is_name as &dyn Fn(char) -> bool, &is_sign] {
            words.extend(part.split(|c| !of(c)).filter(|word| !word.is_empty()).map(str::to_lowercase));
        }
    }
    words
}

#[test]
fn checks_are_told_apart_by_what_they_ask() {
    let of = |sql| checks(sql).into_iter().next().expect("one");
    let one = of("state TEXT CHECK (state IN ('open', 'over'))");
    assert_eq!(one, of("CHECK ((state = ANY (ARRAY['open'::text, 'over'::text])))"));
    for other in ["CHECK (kind IN ('open', 'over'))", "CHECK (state IN ('open'))", "CHECK (state NOT IN ('open', 'over'))"] {
        assert_ne!(one, of(other), "{other}");
    }
    assert_ne!(of("CHECK (n > 0)"), of("CHECK (n >= 0)"));
    assert_ne!(of("CHECK (n > 0)"), of("CHECK (n > 1)"));
}
