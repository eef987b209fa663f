//! What a table is, as the database itself says.

use super::cell::Cell;

/// Of what kind a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
}

impl Kind {
    /// By the type's name in either database; another one is not known yet.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "integer" | "bigint" | "smallint" => Some(Self::Int),
            "text" => Some(Self::Text),
            "blob" | "bytea" => Some(Self::Blob),
            _ => None,
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    /// By name: databases that were brought up by another way have them in another order.
    pub columns: Vec<(String, Kind)>,
    /// Columns of the primary key.
    pub key: Vec<String>,
}

/// What others lead to comes first.
const FIRST: [&str; 2] = ["users", "shipments"];
/// What is written by writing others comes last, and replaces it.
const LAST: [&str; 1] = ["open_changes"];

/// Tables whose rows are known by a number that SQLite gives by itself, and that others name.
pub(super) const WITH_ROWID: [&str; 3] = ["exceptions", "orders", "shipments"];

/// Tables of one database only: the records of its schema, whose turn it is to write, who works on it (whoever worked on the other one
/// will not give that up here), what is written to see whether it can be, and the copy itself.
pub(super) const OWN: [&str; 8] =
    ["_sqlx_migrations", "schema_serves", "turns", "turn_changes", "turns_told", "leases", "probes", "copying"];

impl Table {
    pub(super) fn new(name: String, mut columns: Vec<(String, Kind)>, key: Vec<String>) -> Self {
        columns.sort();
        Self { name, columns, key }
    }

    /// In the order in which they are copied.
    pub(super) fn sort(tables: &mut [Self]) {
        tables.sort_by_key(|table| {
            let name = table.name.as_str();
            (LAST.contains(&name), FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len()), name.to_owned())
        });
    }

    /// The key of a row.
    pub(super) fn key_of(&self, row: &[Cell]) -> Vec<Cell> {
        let at = |name: &String| self.columns.iter().position(|(column, _)| column == name).expect("a key is of columns");
        self.key.iter().map(|name| row[at(name)].clone()).collect()
    }

    /// Names of its columns, apart by commas.
    pub(super) fn column_list(&self) -> String {
        self.columns.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ")
    }

    /// The rows after a place, in the order of the key. `select` tells how a column is asked for, `place` how a value is.
    pub(super) fn page(&self, after: bool, select: impl Fn(&str, Kind) -> String, place: impl Fn(usize) -> String) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, kind)| select(&quoted(name), *kind)).collect();
        let key = self.key.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let places = (1..=self.key.len()).map(place).collect::<Vec<_>>().join(", ");
        let after = if after { format!("WHERE ({key}) > ({places})") } else { String::new() };
        format!("SELECT {} FROM {} {after} ORDER BY {key} LIMIT ", columns.join(", "), quoted(&self.name))
    }
}

/// A name that may be a word of SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// What nobody but events and people write: where any of it is, a database is not empty.
pub(super) fn is_truth(table: &str) -> bool {
    ["api_keys", "audit", "event_keys", "events", "quarantine", "shipments", "touches", "config", "users"].contains(&table)
}

/// Why nothing is copied into a database that holds something.
pub(super) fn not_empty(table: &str) -> crate::store::open::Refusal {
    let advice = "copy into a new database: nothing is ever overwritten";
    crate::store::open::Refusal::new(format!("the target is not empty: there are rows in {table}"), advice)
}
