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

/// Rows per statement, largest first: few sizes, so that every statement is prepared once and then found in the cache.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// Cuts a list into pieces of the [`SIZES`].
pub(crate) fn pieces<T>(mut list: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= list.len())?;
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
        assert_eq!(sizes, [64, 16, 4, 1, 1, 1]);
        assert_eq!(pieces(&list).flatten().copied().collect::<Vec<_>>(), list);
    }
}
