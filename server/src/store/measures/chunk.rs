//! Signed measures of one family and week, by shipment: what any combination of filters scans. A record is the number of its
//! dimensions, its shipment as the difference to the one before, its length, and its entries.

use super::{
    Unreadable,
    body::{self, Entry},
    varint::{read, read_signed, write, write_signed},
};
use crate::domain::measure::{Measure, Metric};

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

/// A shipment and the number of its dimensions: records stand in this order.
type Of = (i64, i64);

/// What is collected for a chunk, as it comes.
#[derive(Debug, Default)]
pub struct Chunk(Vec<(Of, Measure, i64)>);

impl Chunk {
    /// Adds one entry of a shipment under some dimensions.
    pub fn add(&mut self, of: Of, entry: Entry) {
        self.0.push((of, entry.measure, entry.sign()));
    }

    /// As stored: what cancels out is gone.
    pub fn pack(self) -> Vec<u8> {
        let mut all = self.0;
        all.sort_unstable();
        let mut packing = Packing::default();
        all.chunk_by(|a, b| a.0 == b.0).for_each(|record| packing.entries(record[0].0, record));
        packing.bytes
    }
}

/// Records that are being packed, in their order.
#[derive(Default)]
struct Packing {
    bytes: Vec<u8>,
    before: i64,
    body: Vec<u8>,
}

impl Packing {
    /// Appends a record of entries in the order of their measures.
    fn entries(&mut self, of: Of, entries: &[(Of, Measure, i64)]) {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        let mut day = 0;
        for same in entries.chunk_by(|a, b| a.1 == b.1) {
            let n: i64 = same.iter().map(|(.., n)| n).sum();
            let entry = Entry { measure: same[0].1, back: n < 0 };
            (0..n.unsigned_abs()).for_each(|_| body::push(&mut body, &mut day, entry));
        }
        self.record(of, &body);
        self.body = body;
    }

    /// Appends a record as it was packed.
    fn record(&mut self, (shipment, dims): Of, body: &[u8]) {
        if !body.is_empty() {
            write(&mut self.bytes, dims.unsigned_abs());
            write_signed(&mut self.bytes, shipment - self.before);
            write(&mut self.bytes, body.len() as u64);
            self.bytes.extend_from_slice(body);
            self.before = shipment;
        }
    }
}

/// Two packed chunks as one. What stands in one of them only is not laid open.
pub fn merged(a: &[u8], b: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut packing = Packing { bytes: Vec::with_capacity(a.len() + b.len()), ..Packing::default() };
    let (mut left, mut right) = (records(a), records(b));
    let (mut first, mut second) = (left.next().transpose()?, right.next().transpose()?);
    loop {
        match (first, second) {
            (None, None) => return Ok(packing.bytes),
            (Some(one), Some(other)) if one.of() == other.of() => {
                let of = one.of();
                let both = body::entries(one.body).chain(body::entries(other.body));
                let mut both: Vec<_> =
                    both.map(|entry| entry.map(|entry| (of, entry.measure, entry.sign()))).collect::<Result<_, _>>()?;
                both.sort_unstable();
                packing.entries(of, &both);
                (first, second) = (left.next().transpose()?, right.next().transpose()?);
            }
            (Some(one), other) if other.is_none_or(|other| one.of() < other.of()) => {
                packing.record(one.of(), one.body);
                first = left.next().transpose()?;
            }
            (_, Some(other)) => {
                packing.record(other.of(), other.body);
                second = right.next().transpose()?;
            }
            (Some(_), None) => unreachable!("one that stands alone comes first"),
        }
    }
}

impl Record<'_> {
    fn of(&self) -> Of {
        (self.shipment, self.dims)
    }
}

/// A packed chunk without these metrics.
pub fn without(bytes: &[u8], is_gone: impl Fn(Metric) -> bool) -> Result<Vec<u8>, Unreadable> {
    let mut kept = Chunk::default();
    for record in records(bytes) {
        let Record { dims, shipment, body } = record?;
        for entry in body::select(body, |metric| !is_gone(metric)) {
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
        let packed = merged(&first.pack(), &second.pack()).expect("just packed");
        let read: Vec<_> = records(&packed).map(|record| record.map(|record| (record.shipment, record.dims))).collect();
        assert_eq!(read, [Ok((7, 4)), Ok((9, 3))]);
    }

    proptest! {
        #[test]
        fn what_is_packed_in_two_parts_is_what_is_packed_at_once(
            first in proptest::collection::vec((0..5_i64, 0..3_i64, 0..2_i32, 0..3_i64, any::<bool>()), 0..30),
            second in proptest::collection::vec((0..5_i64, 0..3_i64, 0..2_i32, 0..3_i64, any::<bool>()), 0..30),
        ) {
            let pack = |all: &[(i64, i64, i32, i64, bool)]| {
                let mut chunk = Chunk::default();
                all.iter().for_each(|(shipment, dims, day, sum, back)| chunk.add((*shipment, *dims), entry(*day, *sum, *back)));
                chunk.pack()
            };
            let (a, b) = (pack(&first), pack(&second));
            prop_assert_eq!(merged(&a, &b), Ok(pack(&[first, second].concat())));
            prop_assert_eq!(merged(&a, &[]), Ok(a));
        }

        #[test]
        fn nothing_that_is_stored_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(records(&bytes).count() <= bytes.len());
        }
    }
}
