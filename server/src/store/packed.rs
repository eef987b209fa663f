//! The measures of one week as one value: opaque to SQL, the same in every database.
//!
//! A list of cells in the order of bin and day. Each is two variable-length integers (seven bits a byte, low ones first): how
//! far its place is from that of the cell before, and its count, zigzag. A place is the bin, counted from the lowest there is,
//! times seven plus the day of the week.

use crate::domain::measure::week_of;

/// Days of a week.
const DAYS: i64 = 7;

/// A packed value does not follow the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the packed measures of a week")]
pub struct Unreadable;

/// What is added to one week: places and signed counts as they come, a place as often as it comes.
#[derive(Debug, Clone, Default)]
pub struct Week(Vec<(i64, i64)>);

impl Week {
    /// Adds to a cell. The day is one of the week's.
    pub fn add(&mut self, day: i32, bin: i32, n: i64) {
        let place = (i64::from(bin) - i64::from(i32::MIN)) * DAYS + i64::from(day - week_of(day));
        self.0.push((place, n));
    }

    /// The counts that are not zero.
    pub fn pack(self) -> Vec<u8> {
        let mut packing = Packing::default();
        self.sums().into_iter().for_each(|(place, n)| packing.push(place, n));
        packing.bytes
    }

    /// The same added to what is packed of the week of this Monday. Nothing is laid open: both are in the order of their places.
    pub fn onto(self, monday: i32, bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let added = self.sums();
        let mut packing = Packing { bytes: Vec::with_capacity(bytes.len() + 3 * added.len()), before: 0 };
        let mut added = added.into_iter().peekable();
        for held in placed(monday, bytes) {
            let (place, cell) = held?;
            while let Some((place, n)) = added.next_if(|(of, _)| *of < place) {
                packing.push(place, n);
            }
            let more = added.next_if(|(of, _)| *of == place).map_or(0, |(_, n)| n);
            packing.push(place, cell.n + more);
        }
        added.for_each(|(place, n)| packing.push(place, n));
        Ok(packing.bytes)
    }

    /// Each place once, in order.
    fn sums(self) -> Vec<(i64, i64)> {
        let mut all = self.0;
        all.sort_unstable_by_key(|(place, _)| *place);
        all.dedup_by(|(next, n), (place, sum)| {
            let same = next == place;
            if same {
                *sum += *n;
            }
            same
        });
        all
    }
}

/// Cells that are being packed, in the order of their places.
#[derive(Default)]
struct Packing {
    bytes: Vec<u8>,
    before: i64,
}

impl Packing {
    fn push(&mut self, place: i64, n: i64) {
        if n != 0 {
            write(&mut self.bytes, (place - self.before).unsigned_abs());
            write(&mut self.bytes, ((n << 1) ^ (n >> 63)).cast_unsigned());
            self.before = place;
        }
    }
}

/// How many of one bin there are on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The day, counted from 1970.
    pub day: i32,
    /// The bin.
    pub bin: i32,
    /// How many.
    pub n: i64,
}

/// The cells of a packed week that begins on this Monday, in the order of their bins.
pub fn cells(monday: i32, bytes: &[u8]) -> impl Iterator<Item = Result<Cell, Unreadable>> + '_ {
    placed(monday, bytes).map(|cell| cell.map(|(_, cell)| cell))
}

/// The same with their places.
fn placed(monday: i32, mut bytes: &[u8]) -> impl Iterator<Item = Result<(i64, Cell), Unreadable>> + '_ {
    let mut place = 0_i64;
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let mut next = || {
            place = place.checked_add(i64::try_from(read(&mut bytes)?).ok()?)?;
            let n = read(&mut bytes)?;
            let n = (n >> 1).cast_signed() ^ -(n & 1).cast_signed();
            let bin = i32::try_from(place / DAYS + i64::from(i32::MIN)).ok()?;
            let day = monday.checked_add(i32::try_from(place % DAYS).ok()?)?;
            Some((place, Cell { day, bin, n }))
        };
        let cell = next().ok_or(Unreadable);
        if cell.is_err() {
            bytes = &[];
        }
        Some(cell)
    })
}

fn write(bytes: &mut Vec<u8>, mut value: u64) {
    while let low @ 0x80.. = value {
        bytes.push(0x80 | (low & 0x7f) as u8);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn read(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// 2 March 2026.
    const MONDAY: i32 = 20_514;

    fn week(counts: &[(i32, i32, i64)]) -> Week {
        let mut week = Week::default();
        counts.iter().for_each(|(day, bin, n)| week.add(MONDAY + day, *bin, *n));
        week
    }

    #[test]
    fn a_usual_cell_takes_two_bytes() {
        let packed = week(&[(0, 500, 3), (6, 500, 1), (2, 501, 4), (0, 504, 9)]).pack();
        assert_eq!(packed.len(), 5 + 1 + 3 * 2);
        let read: Vec<Cell> = cells(MONDAY, &packed).collect::<Result<_, _>>().expect("just packed");
        let cell = |day, bin, n| Cell { day: MONDAY + day, bin, n };
        assert_eq!(read, [cell(0, 500, 3), cell(6, 500, 1), cell(2, 501, 4), cell(0, 504, 9)]);
    }

    #[test]
    fn what_cancels_out_takes_nothing() {
        assert!(week(&[(1, 3, 2), (1, 3, -2)]).pack().is_empty());
        assert_eq!(cells(MONDAY, &[]).next(), None);
    }

    #[test]
    fn what_is_no_week_is_told_once() {
        for bytes in [&[0x80_u8][..], &[1], &[0xff; 30], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1]] {
            assert_eq!(cells(MONDAY, bytes).last(), Some(Err(Unreadable)), "{bytes:?}");
            assert_eq!(Week::default().onto(MONDAY, bytes), Err(Unreadable));
        }
    }

    proptest! {
        #[test]
        fn what_is_added_in_two_parts_is_what_is_added_at_once(
            first in proptest::collection::vec((0..7_i32, -3..40_i32, -2..3_i64), 0..60),
            second in proptest::collection::vec((0..7_i32, prop_oneof![-3..40_i32, any::<i32>()], -2..3_i64), 0..60),
        ) {
            let mut plain: BTreeMap<(i32, i32), i64> = BTreeMap::new();
            first.iter().chain(&second).for_each(|(day, bin, n)| *plain.entry((*bin, MONDAY + day)).or_default() += n);
            plain.retain(|_, n| *n != 0);
            let packed = week(&second).onto(MONDAY, &week(&first).pack()).expect("just packed");
            prop_assert_eq!(&packed, &week(&[first, second].concat()).pack());
            let read: Result<BTreeMap<(i32, i32), i64>, _> =
                cells(MONDAY, &packed).map(|cell| cell.map(|Cell { day, bin, n }| ((bin, day), n))).collect();
            prop_assert_eq!(read, Ok(plain));
        }

        #[test]
        fn nothing_that_is_stored_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), monday in any::<i32>()) {
            assert!(cells(monday, &bytes).count() <= bytes.len());
        }
    }
}
