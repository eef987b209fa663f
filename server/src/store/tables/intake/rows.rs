//! Small helpers for set-based statements.

use crate::store::StoreError;
use serde::Serialize;

/// A list as JSON, for `json_each`.
pub(crate) fn json<T: Serialize + ?Sized>(list: &T) -> String {
    serde_json::to_string(list).expect("plain lists of numbers and text serialise")
}

/// A stored row that cannot be read.
pub(crate) fn corrupt(table: &'static str, id: &str, cause: impl ToString) -> StoreError {
    StoreError::Corrupt { table, id: id.to_owned(), cause: cause.to_string() }
}

/// Sorted, each value once, the empty one (nobody told it) left out.
pub(crate) fn distinct(mut values: Vec<String>) -> Vec<String> {
    values.retain(|value| !value.is_empty());
    values.sort_unstable();
    values.dedup();
    values
}
