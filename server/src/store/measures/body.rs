//! Signed measures in a row: a byte for metric, sign and form, the day as the difference to the one before, then what the metric's
//! shape needs. The bin of a duration follows from its sum, unless it is of whole days or says why there is none.

use super::{
    Unreadable,
    varint::{read, read_signed, write, write_signed},
};
use crate::domain::measure::{Measure, Metric, Shape, millis_bin};

/// A measure, given or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What.
    pub measure: Measure,
    /// It is taken back.
    pub back: bool,
}

impl Entry {
    /// One, or less one.
    pub fn sign(&self) -> i64 {
        if self.back { -1 } else { 1 }
    }
}

const BACK: u8 = 0x80;
const PLAIN: u8 = 0x40;
const NUMBER: u8 = 0x3f;

/// Appends an entry; `day` is that of the entry before.
pub fn push(bytes: &mut Vec<u8>, day: &mut i32, Entry { measure, back }: Entry) {
    let Measure { metric, bin, sum, .. } = measure;
    let plain = metric.shape() == Shape::Duration && millis_bin(sum) == bin;
    bytes.push(metric as u8 | if back { BACK } else { 0 } | if plain { PLAIN } else { 0 });
    write_signed(bytes, i64::from(measure.day) - i64::from(*day));
    *day = measure.day;
    match metric.shape() {
        Shape::Duration if plain => write(bytes, sum.unsigned_abs()),
        Shape::Class => write_signed(bytes, bin.into()),
        Shape::Sum => write_signed(bytes, sum),
        Shape::Duration | Shape::Money => {
            write_signed(bytes, bin.into());
            write_signed(bytes, sum);
        }
    }
}

/// Entries, packed.
pub fn pack(entries: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    let (mut bytes, mut day) = (Vec::with_capacity(160), 0);
    entries.into_iter().for_each(|entry| push(&mut bytes, &mut day, entry));
    bytes
}

/// The entries of a packed value.
pub fn entries(bytes: &[u8]) -> impl Iterator<Item = Result<Entry, Unreadable>> + '_ {
    select(bytes, |_| true)
}

/// The entries of those metrics that are wanted. The others are passed over, which is much less work.
pub fn select(mut bytes: &[u8], wants: impl Fn(Metric) -> bool) -> impl Iterator<Item = Result<Entry, Unreadable>> {
    let mut day = 0_i32;
    std::iter::from_fn(move || {
        loop {
            let (first, rest) = bytes.split_first()?;
            bytes = rest;
            let mut next = || {
                let metric = Metric::from_number(first & NUMBER)?;
                day = day.checked_add(i32::try_from(read_signed(&mut bytes)?).ok()?)?;
                let (bin, sum) = match metric.shape() {
                    Shape::Duration if first & PLAIN != 0 => {
                        let sum = i64::try_from(read(&mut bytes)?).ok().filter(|sum| *sum <= i64::MAX / 1_000)?;
                        (if wants(metric) { millis_bin(sum) } else { 0 }, sum)
                    }
                    Shape::Class => (i32::try_from(read_signed(&mut bytes)?).ok()?, 0),
                    Shape::Sum => (0, read_signed(&mut bytes)?),
                    Shape::Duration | Shape::Money => (i32::try_from(read_signed(&mut bytes)?).ok()?, read_signed(&mut bytes)?),
                };
                Some(Entry { measure: Measure { metric, day, bin, sum }, back: first & BACK != 0 })
            };
            match next() {
                Some(entry) if wants(entry.measure.metric) => return Some(Ok(entry)),
                Some(_) => {}
                None => {
                    bytes = &[];
                    return Some(Err(Unreadable));
                }
            }
        }
    })
}

/// What takes `old` back and gives `new`, both sorted, without what stands in both.
pub fn difference(old: &[Measure], new: &[Measure]) -> Vec<Entry> {
    let (mut held, mut given) = (old.iter().peekable(), new.iter().peekable());
    let mut entries = Vec::new();
    loop {
        let back = match (held.peek(), given.peek()) {
            (Some(a), Some(b)) if a == b => {
                held.next();
                given.next();
                continue;
            }
            (Some(a), Some(b)) => a < b,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return entries,
        };
        let measure = if back { held.next() } else { given.next() };
        entries.extend(measure.map(|measure| Entry { measure: *measure, back }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::measure::span_bin;
    use crate::domain::time::{Instant, Precision};
    use proptest::prelude::*;

    fn measure() -> impl Strategy<Value = Measure> {
        let precisions = prop_oneof![Just(Precision::Instant), Just(Precision::Day)];
        (0..Metric::ALL.len(), 20_000..21_000_i32, -5_000_000_000..5_000_000_000_000_i64, precisions).prop_map(
            |(metric, day, micros, precision)| {
                let metric = Metric::ALL[metric];
                let (bin, sum) = match metric.shape() {
                    Shape::Duration => span_bin((Instant(777), precision), (Instant(777 + micros), Precision::Instant)),
                    Shape::Class => ((micros % 9) as i32, 0),
                    Shape::Sum => (0, micros),
                    Shape::Money => ((micros % 17_576).abs() as i32, micros),
                };
                Measure { metric, day, bin, sum }
            },
        )
    }

    proptest! {
        #[test]
        fn entries_survive(all in proptest::collection::vec((measure(), any::<bool>()), 0..40)) {
            let all: Vec<Entry> = all.into_iter().map(|(measure, back)| Entry { measure, back }).collect();
            let read: Vec<Entry> = entries(&pack(all.iter().copied())).collect::<Result<_, _>>().expect("just packed");
            prop_assert_eq!(read, all);
        }

        #[test]
        fn a_difference_makes_one_out_of_the_other(old in proptest::collection::vec(measure(), 0..20), new in proptest::collection::vec(measure(), 0..20)) {
            let (mut old, mut new) = (old, new);
            new.extend(old.iter().step_by(2));
            old.sort_unstable();
            new.sort_unstable();
            let mut made = old.clone();
            for entry in difference(&old, &new) {
                if entry.back {
                    let at = made.iter().position(|measure| *measure == entry.measure).expect("it was held");
                    made.remove(at);
                } else {
                    made.push(entry.measure);
                }
            }
            made.sort_unstable();
            prop_assert_eq!(made, new);
        }

        #[test]
        fn nothing_that_is_stored_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            prop_assert!(entries(&bytes).count() <= bytes.len());
        }
    }

    #[test]
    fn a_usual_duration_takes_few_bytes() {
        let (bin, sum) = span_bin((Instant(0), Precision::Instant), (Instant(3 * Instant::DAY), Precision::Instant));
        let measure = Measure { metric: Metric::DispatchToInvoice, day: 20_514, bin, sum };
        assert!(pack([Entry { measure, back: false }]).len() <= 8);
    }
}
