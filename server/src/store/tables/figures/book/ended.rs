//! What became of exceptions, counted as it is told: for all, by region and business unit, by carrier, by mode. So nobody who looks counts them
//! one by one. A bin of a day takes some ten bytes.

use super::names::Name;
use crate::{
    domain::{
        exception::ExceptionKind,
        histogram::Histogram,
        measure::{Metric, day_of, millis_bin, week_of},
    },
    store::{
        figures::{AT_ONCE, Episode, Episodes, MeasureQuery},
        measures::cells::sum_bin,
    },
};
use std::collections::BTreeMap;

/// Bins below this one are told apart: twenty years.
const BINS: u32 = 1 << 10;
/// Weeks are counted from so many before 1970.
const WEEKS: i32 = 1 << 17;

/// By what they are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Grain {
    /// All of an environment.
    Whole(Name),
    /// Environment, region, business unit.
    Unit(Name, Name, Name),
    /// Environment, carrier.
    Carrier(Name, Name),
    /// Environment, mode.
    Mode(Name, Name),
}

/// A bin of a day: week, waived, bin, day of the week, so that bins of a week follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bin(u32);

impl Bin {
    fn new(day: i32, waived: bool, millis: i64) -> Self {
        let monday = week_of(day);
        let bin = millis_bin(millis).clamp(0, BINS.cast_signed() - 1).cast_unsigned();
        Self(Self::first(monday).0 | u32::from(waived) << 13 | bin << 3 | (day - monday).cast_unsigned())
    }

    /// The first of a week.
    fn first(monday: i32) -> Self {
        // 1970 began on a Thursday.
        Self((((monday + 3) / 7).clamp(-WEEKS, WEEKS - 1) + WEEKS).cast_unsigned() << 14)
    }

    fn day(self) -> i32 {
        ((self.0 >> 14).cast_signed() - WEEKS) * 7 - 3 + (self.0 & 7).cast_signed()
    }

    fn waived(self) -> bool {
        self.0 >> 13 & 1 == 1
    }

    fn bin(self) -> i32 {
        (self.0 >> 3 & (BINS - 1)).cast_signed()
    }
}

/// Counts, each above zero.
type Counts<K> = BTreeMap<K, u32>;

/// What became of those of a grain.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// How many were found, by the Monday of the week.
    found: Counts<(i32, ExceptionKind)>,
    over: Counts<(i32, ExceptionKind)>,
    /// Of how many the cause was gone, waived or not.
    gone: Counts<(i32, ExceptionKind)>,
    took: Counts<Bin>,
    /// Milliseconds by day and waived or not.
    millis: BTreeMap<(i32, bool), i64>,
    at_once: Counts<i32>,
}

fn add<K: Ord>(counts: &mut Counts<K>, key: K, back: bool) {
    let n = counts.entry(key).or_default();
    *n = if back { n.saturating_sub(1) } else { *n + 1 };
}

impl Ended {
    /// Counts one, or takes it back.
    pub(super) fn count(&mut self, kind: ExceptionKind, Episode { detected_at, over, gone_at }: Episode, back: bool) {
        add(&mut self.found, (week_of(day_of(detected_at)), kind), back);
        if let Some(gone_at) = gone_at {
            add(&mut self.gone, (week_of(day_of(gone_at)), kind), back);
        }
        let Some((closed_at, waived)) = over else { return };
        let (day, took) = (day_of(closed_at), closed_at.since(detected_at).max(0));
        add(&mut self.over, (week_of(day), kind), back);
        if !waived && took < AT_ONCE {
            return add(&mut self.at_once, day, back);
        }
        let millis = took / 1_000;
        add(&mut self.took, Bin::new(day, waived, millis), back);
        *self.millis.entry((day, waived)).or_default() += if back { -millis } else { millis };
    }
}

/// Adds up. How long they took is kept of all kinds together, and not told of one.
pub(super) fn told<'e>(all: impl Iterator<Item = &'e Ended>, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Episodes {
    let mut episodes = Episodes::default();
    let mut weeks: BTreeMap<(bool, i32), Vec<(i32, i64)>> = BTreeMap::new();
    for ended in all {
        for (counts, sums) in
            [(&ended.found, &mut episodes.found), (&ended.over, &mut episodes.over), (&ended.gone, &mut episodes.gone)]
        {
            for ((monday, _), n) in counts.iter().filter(|((_, of), n)| **n > 0 && kind.is_none_or(|kind| kind == *of)) {
                *sums.entry(*monday).or_default() += u64::from(*n);
            }
        }
        if kind.is_some() {
            continue;
        }
        let from = query.from_day.map_or(Bin(0), |from| Bin::first(week_of(from)));
        for (bin, n) in ended.took.range(from..).take_while(|(bin, _)| query.to_day.is_none_or(|to| week_of(bin.day()) < to)) {
            let day = bin.day();
            if *n > 0 && query.counts(day) {
                let week = weeks.entry((bin.waived(), week_of(day))).or_default();
                match week.last_mut() {
                    Some((last, sum)) if *last == bin.bin() => *sum += i64::from(*n),
                    _ => week.push((bin.bin(), i64::from(*n))),
                }
            }
        }
        for ((day, waived), millis) in ended.millis.iter().filter(|((day, _), _)| query.counts(*day)) {
            weeks.entry((*waived, week_of(*day))).or_default().push((sum_bin(Metric::DispatchToInvoice, 0), *millis));
        }
        episodes.at_once += ended.at_once.iter().filter(|(day, _)| query.counts(**day)).map(|(_, n)| u64::from(*n)).sum::<u64>();
    }
    for ((waived, monday), counts) in weeks {
        let of = if waived { &mut episodes.waived } else { &mut episodes.verified };
        let week: Histogram = counts.into_iter().collect();
        if week != Histogram::default() {
            of.insert(monday, week);
        }
    }
    episodes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            access::{Environment, Scope},
            time::Instant,
        },
        store::{figures::Counted, shipments::Sight},
    };
    use proptest::prelude::*;

    #[test]
    fn a_bin_tells_what_it_was_made_of() {
        for day in [-4_000, -4, -3, -1, 0, 3, 4, 20_514, 20_515, 60_000] {
            for (waived, millis) in [(false, 0), (true, 61_000), (false, 86_400_000 * 365)] {
                let bin = Bin::new(day, waived, millis);
                assert_eq!((bin.day(), bin.waived(), bin.bin()), (day, waived, millis_bin(millis)));
                assert!(bin >= Bin::first(week_of(day)) && bin < Bin::first(week_of(day) + 7));
            }
        }
    }

    fn episode() -> impl Strategy<Value = (u8, i64, Option<(i64, bool)>)> {
        (0..3_u8, 0..40_000_i64, proptest::option::of((0..30_000_i64, any::<bool>())))
    }

    proptest! {
        #[test]
        fn counting_as_it_is_told_is_counting_at_each_look(
            held in proptest::collection::vec(episode(), 0..40),
            gone in proptest::collection::vec(episode(), 0..20),
            days in proptest::array::uniform2(proptest::option::of(0..30_i32)),
            of in proptest::option::of(0..3_u8),
        ) {
            let minutes = |n: i64| Instant(n * Instant::MINUTE + n % 3);
            let read = |(kind, found, over): &(u8, i64, Option<(i64, bool)>)| {
                let kind = ExceptionKind::ALL[usize::from(*kind)];
                let over = over.map(|(took, waived)| (minutes(found + took), waived));
                // What is waived at an odd minute stays a day, or for good.
                let gone_at = over.and_then(|(at, waived)| match at.0 / Instant::MINUTE % 4 {
                    _ if !waived => Some(at),
                    1 => Some(at.plus(Instant::DAY)),
                    3 => None,
                    _ => Some(at),
                });
                (kind, Episode { detected_at: minutes(*found), over, gone_at })
            };
            let query = MeasureQuery {
                sight: Sight { environment: Environment::Live, scope: Scope::ALL },
                region: None, business_unit: None, carrier: None, mode: None, customer: None, origin: None, destination: None,
                from_day: days[0], to_day: days[1],
            };
            let of = of.map(|kind| ExceptionKind::ALL[usize::from(kind)]);
            let (mut ended, mut counted) = (Ended::default(), Counted::default());
            for (back, all) in [(false, &gone), (false, &held), (true, &gone)] {
                all.iter().map(read).for_each(|(kind, episode)| ended.count(kind, episode, back));
            }
            for (kind, episode) in held.iter().map(read) {
                if of.is_none_or(|of| of == kind) {
                    counted.count(&query, episode);
                }
            }
            let (told, plain) = (told([ended].iter(), &query, of), counted.episodes());
            prop_assert_eq!((&told.found, &told.over, &told.gone), (&plain.found, &plain.over, &plain.gone));
            if of.is_none() {
                prop_assert_eq!(told, plain);
            }
        }
    }
}
