//! Values out of histograms.

use crate::{
    domain::{
        histogram::Histogram,
        measure::{LATE, Metric, NO_PROMISE, ON_TIME, Shape, bin_currency, bin_hours, is_whole_days, percentile},
        metric,
        money::{Currency, Money},
    },
    service::{exceptions, words},
    store::{
        figures::Weeks,
        measures::cells::{counts, sum_bin},
    },
};
use app::model::{KpiValue, Omission, Percentiles, group_thousands};
use std::collections::BTreeMap;

/// Fewer cases than this are shown themselves.
pub(super) const ENOUGH: u64 = 20;

/// All weeks together.
pub(super) fn whole(weeks: Option<&Weeks>) -> Histogram {
    weeks.into_iter().flat_map(BTreeMap::values).fold(Histogram::default(), |mut whole, week| {
        whole.merge(week);
        whole
    })
}

/// Cases that count: neither left out nor a sum.
pub(super) fn cases(histogram: &Histogram) -> u64 {
    let n: i64 = histogram.iter().filter(|(bin, _)| *bin >= 0).map(|(_, n)| n).sum();
    n.max(0).unsigned_abs()
}

/// Cases in these classes.
pub(super) fn of(histogram: &Histogram, bins: &[i32]) -> u64 {
    bins.iter().map(|bin| histogram.count(*bin)).sum::<i64>().max(0).unsigned_abs()
}

/// How many are known to the day only.
pub(super) fn day_only(histogram: &Histogram) -> u64 {
    let n: i64 = histogram.iter().filter(|(bin, _)| is_whole_days(*bin)).map(|(_, n)| n).sum();
    n.max(0).unsigned_abs()
}

/// What was left out of a measure, and why.
pub(super) fn left_out(metric: Metric, histogram: &Histogram) -> Vec<Omission> {
    let out = histogram.iter().filter(|(bin, n)| counts(*bin) && *n > 0);
    out.filter_map(|(bin, n)| Some(Omission { reason: why(metric, bin)?.to_owned(), count: n.unsigned_abs() })).collect()
}

/// Why this bin of a measure is left out; none: it is not.
pub(super) fn why(metric: Metric, bin: i32) -> Option<&'static str> {
    let known = metric::left_out(metric).iter().find(|(out, _)| *out == bin).map(|(_, words)| *words);
    known.or_else(|| (bin < 0).then_some("left out"))
}

/// Bins from the first to the last, both counted.
type Bins = [(i32, i32); 1];

/// The bins of a measure that count as cases, and those that are left out.
pub(super) fn in_and_out(metric: Metric) -> (Bins, Bins) {
    // The first class may be of those that nothing can be told of.
    let first = i32::from(why(metric, 0).is_some());
    ([(first, i32::MAX)], [(i32::MIN, first - 1)])
}

/// Mean hours: the sum by so many cases.
pub(super) fn mean(sum: i64, n: u64) -> Option<f64> {
    (n > 0).then(|| sum as f64 / n as f64 / 3_600_000.0)
}

/// A duration. Bins of whole days and of instants interleave.
pub(super) fn duration(metric: Metric, histogram: &Histogram) -> KpiValue {
    let mut sorted: Vec<(f64, u64)> = histogram
        .iter()
        .filter(|(bin, n)| *bin >= 0 && *n > 0)
        .filter_map(|(bin, n)| Some((bin_hours(bin)?, n.unsigned_abs())))
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n: u64 = sorted.iter().map(|(_, n)| n).sum();
    let mean_hours = mean(histogram.count(sum_bin(metric, 0)), n);
    of_hours(&sorted, mean_hours)
}

/// A duration of sorted hours.
pub(super) fn of_hours(sorted: &[(f64, u64)], mean_hours: Option<f64>) -> KpiValue {
    let n: u64 = sorted.iter().map(|(_, n)| n).sum();
    let at = |share| percentile(sorted, share).unwrap_or_default();
    if n == 0 {
        return KpiValue { words: "none".into(), ..KpiValue::default() };
    }
    if n < ENOUGH {
        let cases: Vec<f64> = sorted.iter().flat_map(|(hours, n)| (0..*n).map(|_| *hours)).collect();
        let words = format!("{n} cases, {} to {}", words::hours(cases[0]), words::hours(cases[cases.len() - 1]));
        return KpiValue { mean_hours, cases, words, ..KpiValue::default() };
    }
    let percentiles = Percentiles { p50: at(0.5), p75: at(0.75), p90: at(0.9), p95: at(0.95) };
    KpiValue { percentiles: Some(percentiles), mean_hours, words: words::hours(percentiles.p50), ..KpiValue::default() }
}

/// A share.
pub(super) fn share(part: u64, n: u64) -> KpiValue {
    let enough = n >= ENOUGH;
    let share = (n > 0).then(|| part as f64 / n as f64).filter(|_| enough);
    let words = match words::percent(part, n).filter(|_| enough) {
        Some(words) => words,
        None => format!("{} of {}", number(part), number(n)),
    };
    KpiValue { part: Some(part), share, words, ..KpiValue::default() }
}

/// Which classes count as the share, and of which.
pub(super) fn classes(metric: Metric) -> (&'static [i32], &'static [i32]) {
    match metric {
        Metric::ProofOfDelivery => (&[ON_TIME, LATE], &[ON_TIME, LATE, NO_PROMISE]),
        Metric::DeliveredClean | Metric::BilledOnce | Metric::StagesInOrder => (&[LATE], &[ON_TIME, LATE]),
        _ => (&[ON_TIME], &[ON_TIME, LATE]),
    }
}

/// What of a class counts as the share, and of how many.
pub(super) fn class(metric: Metric, histogram: &Histogram) -> (u64, u64) {
    let (part, all) = classes(metric);
    (of(histogram, part), of(histogram, all))
}

/// The value of a metric's own kind, and of how many cases.
pub(super) fn any(metric: Metric, histogram: &Histogram) -> (KpiValue, u64) {
    match metric.shape() {
        Shape::Class => {
            let (part, n) = class(metric, histogram);
            (share(part, n), n)
        }
        Shape::Money => {
            let n = cases(histogram);
            (count(n, money(metric, histogram)), n)
        }
        Shape::Duration | Shape::Sum => (duration(metric, histogram), cases(histogram)),
    }
}

/// Money by currency, out of its sums.
pub(super) fn money(metric: Metric, histogram: &Histogram) -> BTreeMap<Currency, i64> {
    let of = |(bin, _): (i32, i64)| Some((bin_currency(bin)?, histogram.count(sum_bin(metric, bin))));
    // A currency whose cases cancel out has no bin, and no sum either.
    histogram.iter().filter(|(bin, _)| *bin > 0).filter_map(of).collect()
}

fn number(n: u64) -> String {
    group_thousands(&n.to_string())
}

/// A count with its money.
pub(super) fn count(n: u64, money: BTreeMap<Currency, i64>) -> KpiValue {
    let money: Vec<Money> =
        money.into_iter().filter(|(_, minor)| *minor != 0).map(|(currency, minor)| Money { minor, currency }).collect();
    KpiValue { money: exceptions::sums(&money), words: number(n), ..KpiValue::default() }
}
