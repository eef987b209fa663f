//! Signed measures of one family and week, by shipment: what any combination of filters scans. A record is the number of its
//! dimensions, its shipment as the difference to the one before, its length, and its entries.

use super::{
    Unreadable,
    body::{self, Entry},
    varint::{read, read_signed, write, write_signed},
};
use crate::domain::measure::{Measure, Metric};
use std::collections::BTreeMap;

/// One shipment's entries under one set of dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'b> {
    /// Number of its dimensions.
    pub dims: i64,
    /// The shipment's row, or an exception's.
    pub shipment: i64,
    /// Packed entries.
    pub body: &'b [u8],
}

/// What is collected for a chunk: what cancels out is gone.
#[derive(Debug, Default)]
pub struct Chunk(BTreeMap<(i64, i64), BTreeMap<Measure, i64>>);

impl Chunk {
    /// Adds one entry.
    pub fn add(&mut self, (shipment, dims): (i64, i64), entry: Entry) {
        *self.0.entry((shipment, dims)).or_default().entry(entry.measure).or_default() += entry.sign();
    }

    /// Adds all of a packed chunk.
    pub fn merge(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        for record in records(bytes) {
            let Record { dims, shipment, body } = record?;
            for entry in body::entries(body) {
                self.add((shipment, dims), entry?);
            }
        }
        Ok(())
    }

    /// As stored.
    pub fn pack(&self) -> Vec<u8> {
        let (mut bytes, mut before, mut body) = (Vec::new(), 0, Vec::new());
        for ((shipment, dims), measures) in &self.0 {
            body.clear();
            let mut day = 0;
            for (measure, n) in measures {
                let entry = Entry { measure: *measure, back: *n < 0 };
                (0..n.unsigned_abs()).for_each(|_| body::push(&mut body, &mut day, entry));
            }
            if !body.is_empty() {
                write(&mut bytes, dims.unsigned_abs());
                write_signed(&mut bytes, shipment - before);
                write(&mut bytes, body.len() as u64);
                bytes.extend_from_slice(&body);
                before = *shipment;
            }
        }
        bytes
    }
}

/// A packed chunk without this metric.
pub fn without(bytes: &[u8], metric: Metric) -> Result<Vec<u8>, Unreadable> {
    let mut kept = Chunk::default();
    for record in records(bytes) {
        let Record { dims, shipment, body } = record?;
        for entry in body::select(body, |one| one != metric) {
            kept.add((shipment, dims), entry?);
        }
    }
    Ok(kept.pack())
}

/// The records of a packed chunk.
pub fn records(mut bytes: &[u8]) -> impl Iterator<Item = Result<Record<'_>, Unreadable>> {
    let mut before = 0_i64;
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let mut next = || {
            let dims = i64::try_from(read(&mut bytes)?).ok()?;
            let shipment = before.checked_add(read_signed(&mut bytes)?)?;
            let length = usize::try_from(read(&mut bytes)?).ok()?;
            let (body, rest) = bytes.split_at_checked(length)?;
            (bytes, before) = (rest, shipment);
            Some(Record { dims, shipment, body })
        };
        let record = next().ok_or(Unreadable);
        if record.is_err() {
            bytes = &[];
        }
        Some(record)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(day: i32, sum: i64, back: bool) -> Entry {
        Entry { measure: Measure { metric: Metric::StageTransit, day, bin: 0, sum }, back }
    }

    #[test]
    fn what_was_taken_back_is_gone_when_chunks_meet() {
        let mut first = Chunk::default();
        first.add((7, 3), entry(20_514, 5, false));
        first.add((9, 3), entry(20_515, 6, false));
        let mut second = Chunk::default();
        second.add((7, 3), entry(20_514, 5, true));
        second.add((7, 4), entry(20_514, 5, false));
        let mut both = Chunk::default();
        both.merge(&first.pack()).expect("just packed");
        both.merge(&second.pack()).expect("just packed");
        let packed = both.pack();
        let read: Vec<_> = records(&packed).map(|record| record.map(|record| (record.shipment, record.dims))).collect();
        assert_eq!(read, [Ok((7, 4)), Ok((9, 3))]);
    }

    proptest! {
        #[test]
        fn nothing_that_is_stored_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(records(&bytes).count() <= bytes.len());
        }
    }
}
