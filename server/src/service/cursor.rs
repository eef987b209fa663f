//! Cursors of keyset pages: opaque to whoever carries them.

use super::period::invalid;
use crate::{domain::time::Instant, store::shipments::Cursor};
use app::error::AppError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The place after this row.
pub fn write(at: Instant, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}.{id}", at.0))
}

/// Reads a cursor; an empty one is none.
pub fn read(text: Option<&str>) -> Result<Option<Cursor>, AppError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let wrong = || invalid("after", "This page's address is damaged; begin at the first page.");
    let plain = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let plain = String::from_utf8(plain).map_err(|_| wrong())?;
    let (at, id) = plain.split_once('.').ok_or_else(wrong)?;
    Ok(Some(Cursor { at: Instant(at.parse().map_err(|_| wrong())?), id: id.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_a_damaged_one_is_told() {
        let cursor = read(Some(&write(Instant(-5), "0190-a.b"))).expect("whole").expect("there");
        assert_eq!((cursor.at, cursor.id.as_str()), (Instant(-5), "0190-a.b"));
        assert_eq!(read(Some("")).expect("empty"), None);
        for damaged in ["!", "YQ", "YS5i"] {
            assert!(read(Some(damaged)).is_err(), "{damaged}");
        }
    }
}
