//! The one place that makes ids and secrets.
#![expect(clippy::disallowed_methods, reason = "the door to chance")]

use crate::{clock, domain::time::Instant};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng, RngCore};

/// A new id: UUIDv7 text of now.
pub fn fresh() -> String {
    fresh_at(clock::now())
}

/// A new id of that instant. Ids of one process sort by the microsecond they were made in: the twelve bits after the
/// milliseconds hold the fraction (RFC 9562, section 6.2, method 3).
pub fn fresh_at(at: Instant) -> String {
    let micros = at.0.max(0).unsigned_abs();
    let fraction = (micros % 1000) * 4096 / 1000;
    let mut tail = [0; 10];
    rand::rng().fill_bytes(&mut tail);
    tail[..2].copy_from_slice(&u16::try_from(fraction).expect("below 4096").to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(micros / 1000, &tail).into_uuid().to_string()
}

/// A secret of 256 bits as URL-safe text.
pub fn secret() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Sixteen random bytes.
pub fn salt() -> [u8; 16] {
    rand::rng().random()
}

/// A password that can be read out and typed: five groups of four, about 98 bits.
pub fn password() -> String {
    // Without letters and digits that are taken for one another.
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut group = || (0..4).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect::<String>();
    [group(), group(), group(), group(), group()].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let ids: Vec<String> = (0..2000).map(|n| fresh_at(Instant(1_700_000_000_000_000 + n))).collect();
        assert!(ids.is_sorted());
        assert_eq!(uuid::Uuid::parse_str(&ids[0]).unwrap().get_version_num(), 7);
    }

    #[test]
    fn passwords_have_their_shape() {
        let password = password();
        assert_eq!(password.len(), 24);
        assert_ne!(password, super::password());
    }
}
