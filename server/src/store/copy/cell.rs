//! A value as both databases have it, and what rows come to, whatever database they are in.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    /// Bytes that it takes, about.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Int(_) => 8,
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
        }
    }

    /// The one way to write it: its kind, its length where it has one, and itself.
    fn canonical(&self, hash: &mut Sha256) {
        match self {
            Self::Null => hash.update(b"n"),
            Self::Int(n) => {
                hash.update(b"i");
                hash.update(n.to_be_bytes());
            }
            Self::Text(text) => sized(hash, b"t", text.as_bytes()),
            Self::Blob(bytes) => sized(hash, b"b", bytes),
        }
    }

    /// As the text format of COPY has it.
    pub(super) fn copied(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"\\N"),
            Self::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
            Self::Text(text) => {
                for byte in text.bytes() {
                    match byte {
                        b'\\' => out.extend_from_slice(b"\\\\"),
                        b'\n' => out.extend_from_slice(b"\\n"),
                        b'\r' => out.extend_from_slice(b"\\r"),
                        b'\t' => out.extend_from_slice(b"\\t"),
                        other => out.push(other),
                    }
                }
            }
            Self::Blob(bytes) => {
                out.extend_from_slice(b"\\\\x");
                out.extend_from_slice(hex(bytes).as_bytes());
            }
        }
    }
}

fn sized(hash: &mut Sha256, kind: &[u8], bytes: &[u8]) {
    hash.update(kind);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

fn digest(row: &[Cell]) -> [u8; 32] {
    let mut hash = Sha256::new();
    row.iter().for_each(|cell| cell.canonical(&mut hash));
    hash.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing into memory");
        text
    })
}

/// What some rows come to, in any order: how many, and the sum of their hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub rows: u64,
    hashes: u128,
}

impl Sum {
    pub(super) fn add(&mut self, row: &[Cell]) {
        let digest = digest(row);
        let half: [u8; 16] = *digest.first_chunk().expect("a hash has 32 bytes");
        self.rows += 1;
        self.hashes = self.hashes.wrapping_add(u128::from_be_bytes(half));
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} rows, checksum {:032x}", self.rows, self.hashes)
    }
}

/// What a source is known by: rows that nobody changes.
pub(super) fn mark(rows: &[Vec<Cell>]) -> String {
    hex(&digest(&rows.concat()))
}
