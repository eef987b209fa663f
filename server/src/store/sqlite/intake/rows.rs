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

/// Most rows of one statement.
const MOST: usize = 64;
/// Up to here every number of rows is a statement of its own, so that a small commit needs one a table.
const FEW: usize = 16;

/// Cuts a list into pieces of few sizes, so that every statement is prepared once and then found in the cache.
pub(crate) fn pieces<T>(mut list: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = match list.len() {
            0 => return None,
            n if n >= MOST => MOST,
            n => n.min(FEW),
        };
        let (piece, rest) = list.split_at(size);
        list = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_of_few_sizes_and_lose_nothing() {
        let list: Vec<usize> = (0..87).collect();
        let sizes: Vec<usize> = pieces(&list).map(<[usize]>::len).collect();
        assert_eq!(sizes, [64, 16, 7]);
        assert_eq!(pieces(&list).flatten().copied().collect::<Vec<_>>(), list);
    }
}
