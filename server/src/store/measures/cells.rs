//! Where a measure stands in the packed weeks that it is folded into: which metric's week, and in which bins.

use super::body::Entry;
use crate::domain::measure::{Metric, Shape};
use crate::store::packed::Week;

/// Sums stand in bins of their own, below all others; that of a currency as far below as its bin is above.
const SUMS: i32 = -1_000_000;

/// The bin that holds the sum of a metric; of money in the currency of a bin.
pub fn sum_bin(metric: Metric, bin: i32) -> i32 {
    match metric.shape() {
        Shape::Money => SUMS - bin,
        Shape::Sum => SUMS - metric as i32,
        Shape::Duration | Shape::Class => SUMS,
    }
}

/// Whether a bin counts cases.
pub fn counts(bin: i32) -> bool {
    bin > SUMS
}

/// The metric under which a metric's weeks are kept: stages stand with the whole that they are parts of.
pub fn home(metric: Metric) -> Metric {
    if metric.shape() == Shape::Sum { Metric::DispatchToInvoice } else { metric }
}

/// Whether a bin of the weeks under its [`home`] is this metric's.
pub fn owns(metric: Metric, bin: i32) -> bool {
    match metric.shape() {
        Shape::Sum => bin == sum_bin(metric, 0),
        // Money of any currency, however far below.
        Shape::Money => true,
        Shape::Duration | Shape::Class => bin >= SUMS,
    }
}

/// Tells the bins in which an entry counts, and how much.
pub fn fold_into(Entry { measure, back }: &Entry, mut add: impl FnMut(i32, i64)) {
    let sign = if *back { -1 } else { 1 };
    if measure.metric.shape() != Shape::Sum {
        add(measure.bin, sign);
    }
    if measure.sum != 0 {
        add(sum_bin(measure.metric, measure.bin), sign * measure.sum);
    }
}

/// Adds an entry to the week of its metric's [`home`].
pub fn fold(week: &mut Week, entry: Entry) {
    fold_into(&entry, |bin, n| week.add(entry.measure.day, bin, n));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::measure::Generation;

    #[test]
    fn what_follows_has_the_same_shape_and_is_kept_with_what_it_adds_up_with() {
        let now = Generation::CURRENT;
        for (old, new) in now.followed {
            assert_eq!(old.shape(), new.shape(), "{} and {}", old.code(), new.code());
        }
        for metric in Metric::ALL.iter().filter(|metric| now.gives(**metric)) {
            assert!(now.gives(home(*metric)), "{} is kept with what is measured no more", metric.code());
        }
    }
}
