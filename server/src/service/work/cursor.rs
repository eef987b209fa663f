//! Places in lists of work: opaque to whoever carries them.

use crate::{domain::time::Instant, service::period::invalid, store::worklists::WorkCursor};
use app::error::AppError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The place after the last row.
pub(super) fn write(cursor: &WorkCursor) -> String {
    URL_SAFE_NO_PAD.encode(match cursor {
        WorkCursor::Longest { since, id } => format!("l.{}.{id}", since.0),
        WorkCursor::Value { as_of, score, row } => format!("v.{}.{row}.{:016x}", as_of.0, score.to_bits()),
    })
}

/// Reads a cursor; an empty one is none.
pub(super) fn read(text: Option<&str>) -> Result<Option<WorkCursor>, AppError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let cursor = || {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (kind, rest) = plain.split_once('.')?;
        let (at, rest) = rest.split_once('.')?;
        let at = Instant(at.parse().ok()?);
        match kind {
            "l" => Some(WorkCursor::Longest { since: at, id: rest.to_owned() }),
            "v" => {
                let (row, score) = rest.split_once('.')?;
                let score = f64::from_bits(u64::from_str_radix(score, 16).ok()?);
                score.is_finite().then_some(WorkCursor::Value { as_of: at, score, row: row.parse().ok()? })
            }
            _ => None,
        }
    };
    cursor().map(Some).ok_or_else(|| invalid("after", "This page's address is damaged; begin at the first page."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_and_damaged_ones_are_told() {
        for cursor in [
            WorkCursor::Longest { since: Instant(-5), id: "0190-a.b".into() },
            WorkCursor::Value { as_of: Instant(7), score: 1234.5e9, row: 90 },
        ] {
            assert_eq!(read(Some(&write(&cursor))).expect("whole"), Some(cursor));
        }
        assert_eq!(read(Some("")).expect("empty"), None);
        for damaged in ["!", "YQ", "bC54LmE", "di4xLjIubmFu"] {
            assert!(read(Some(damaged)).is_err(), "{damaged}");
        }
    }
}
