//! The bins that durations fall into, the days that they are counted on, and what is left out instead of clamped.

use crate::domain::time::{Instant, Precision};
use std::sync::LazyLock;

/// Days since 1970, UTC.
pub fn day_of(at: Instant) -> i32 {
    i32::try_from(at.0.div_euclid(Instant::DAY)).unwrap_or(i32::MAX)
}

/// The Monday on or before a day. 1970-01-01 was a Thursday.
pub fn week_of(day: i32) -> i32 {
    day - (day.rem_euclid(7) + 3) % 7
}

/// Stopped before it started: left out and counted, never clamped.
pub const NEGATIVE: i32 = -1;
/// Old data without a record time of its producer: our receipt would measure the import.
pub const NO_RECORD_TIME: i32 = -2;
/// Nobody told when the clock started.
pub const NO_START: i32 = -3;
/// A release condition was never met.
pub const NEVER_READY: i32 = -4;
/// Taken in as old data: nobody watched it.
pub const OLD_DATA: i32 = -5;
/// The invoice asks for nothing.
pub const ZERO_CHARGE: i32 = -6;
/// The invoice waits for a run that covers other shipments too.
pub const CONSOLIDATED: i32 = -7;

/// First bin of durations that are whole days because the source knew only the day.
const DAY_BINS: i32 = 100_000;
/// Each bin is 2 % wider than the one before, so that its middle is within 1 % of every duration in it.
const GROWTH: f64 = 1.02;

/// The bin of a duration in microseconds. With day precision the start stands for the end of its day: less than a day before
/// is the same day.
pub fn lag_bin(micros: i64, precision: Precision) -> i32 {
    match precision {
        Precision::Day if micros <= -Instant::DAY => NEGATIVE,
        // Rounded up to whole days, with an hour's grace: a day on which clocks are set back has 25 hours.
        Precision::Day => {
            let days = ((micros - Instant::HOUR).max(0) + Instant::DAY - 1) / Instant::DAY;
            DAY_BINS + i32::try_from(days).unwrap_or(i32::MAX - DAY_BINS)
        }
        Precision::Instant if micros < 0 => NEGATIVE,
        Precision::Instant if micros < Instant::SECOND => 0,
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a bin number is small")]
        Precision::Instant => 1 + ((micros as f64 / Instant::SECOND as f64).ln() / GROWTH.ln()).floor() as i32,
    }
}

/// The bin and the milliseconds of the time between two events, each known to the instant or to the day. A day stands for its
/// end: what started on a day stopped that day if it stopped before the day was over, and so did what stopped on the day it started.
pub fn span_bin(start: (Instant, Precision), stop: (Instant, Precision)) -> (i32, i64) {
    let micros = stop.0.since(start.0);
    let bin = match (start.1, stop.1) {
        (Precision::Instant, Precision::Instant) if micros >= 0 => {
            // From milliseconds each, so that the stages of a span add up to it; the bin follows from the sum.
            let millis = stop.0.0.div_euclid(MILLI) - start.0.0.div_euclid(MILLI);
            return (millis_bin(millis), millis);
        }
        (Precision::Instant, Precision::Day) if micros < 0 => NEGATIVE,
        (Precision::Instant, Precision::Day) => DAY_BINS + i32::try_from(micros / Instant::DAY).unwrap_or(i32::MAX - DAY_BINS),
        (precision, _) => lag_bin(micros, precision),
    };
    (bin, if bin < 0 { 0 } else { i64::from(bin - DAY_BINS) * (Instant::DAY / MILLI) })
}

/// The bin of a duration that is known to the instant.
pub fn millis_bin(millis: i64) -> i32 {
    lag_bin(millis * MILLI, Precision::Instant)
}

/// Microseconds in a millisecond.
const MILLI: i64 = Instant::SECOND / 1_000;

/// Whether such a bin is of days, since a source knew only the day.
pub fn is_whole_days(bin: i32) -> bool {
    bin >= DAY_BINS
}

/// The duration, in hours, that a bin stands for; none for an exclusion.
pub fn bin_hours(bin: i32) -> Option<f64> {
    match bin {
        ..0 => None,
        0 => Some(0.0),
        DAY_BINS.. => Some(f64::from(bin - DAY_BINS) * 24.0),
        _ => Some(usize::try_from(bin).ok().and_then(|bin| MIDDLES.get(bin).copied()).unwrap_or_else(|| middle(bin))),
    }
}

/// The middle of a bin of instants, in hours.
fn middle(bin: i32) -> f64 {
    GROWTH.powf(f64::from(bin - 1) + 0.5) / 3600.0
}

/// The middles of the bins up to some six hundred years: series ask for each many times.
static MIDDLES: LazyLock<Vec<f64>> = LazyLock::new(|| (0..1_200).map(middle).collect());

/// The bins of durations of so many hours or more, as [`bin_hours`] tells them: of instants, and of days.
pub fn bins_from(hours: f64) -> [(i32, i32); 2] {
    let first = |from: i32, to: i32| {
        // They grow, so the first of them is found by halving.
        let (mut low, mut high) = (from, to);
        while low < high {
            let middle = low + (high - low) / 2;
            if bin_hours(middle).is_some_and(|of| of >= hours) { high = middle } else { low = middle + 1 }
        }
        low
    };
    [(first(0, DAY_BINS - 1), DAY_BINS - 1), (first(DAY_BINS, i32::MAX), i32::MAX)]
}

/// Nearest-rank percentile over `(hours, count)` sorted by hours.
pub fn percentile(sorted: &[(f64, u64)], share: f64) -> Option<f64> {
    let total: u64 = sorted.iter().map(|(_, n)| n).sum();
    if total == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are small")]
    let rank = ((share * total as f64).ceil() as u64).max(1);
    let mut seen = 0;
    sorted.iter().find_map(|(hours, n)| {
        seen += n;
        (seen >= rank).then_some(*hours)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_stands_for_its_durations_within_one_percent() {
        for seconds in [1_i64, 59, 3_600, 7_777, 86_400, 1_000_000] {
            let hours = bin_hours(lag_bin(seconds * Instant::SECOND, Precision::Instant)).expect("a duration");
            let exact = seconds as f64 / 3600.0;
            assert!((hours / exact - 1.0).abs() <= 0.0101, "{seconds} s became {hours} h");
        }
    }

    #[test]
    fn durations_from_one_on_are_those_that_are_no_shorter() {
        for hours in [0.0, 0.3, 1.0, 24.0, 71.9, 72.0, 5_000.0] {
            let ranges = bins_from(hours);
            for bin in (0..2_000).chain(DAY_BINS..DAY_BINS + 400) {
                let inside = ranges.iter().any(|(first, last)| (*first..=*last).contains(&bin));
                assert_eq!(inside, bin_hours(bin).is_some_and(|of| of >= hours), "{bin} from {hours} h");
            }
        }
    }

    #[test]
    fn whole_days_stay_whole_days() {
        for days in 0..400 {
            assert_eq!(bin_hours(lag_bin(days * Instant::DAY, Precision::Day)), Some(days as f64 * 24.0));
        }
    }

    #[test]
    fn a_record_before_the_fact_is_excluded_not_clamped() {
        assert_eq!(lag_bin(-1, Precision::Instant), NEGATIVE);
        assert_eq!(lag_bin(-Instant::HOUR, Precision::Day), lag_bin(0, Precision::Day));
        assert_eq!(lag_bin(-Instant::DAY, Precision::Day), NEGATIVE);
        assert_eq!(bin_hours(NEGATIVE), None);
    }

    #[test]
    fn a_day_at_either_end_makes_whole_days() {
        let at = |hours: i64| Instant(hours * Instant::HOUR);
        let (day, instant) = (Precision::Day, Precision::Instant);
        let days = |start, stop| bin_hours(span_bin(start, stop).0).map(|hours| hours / 24.0);
        assert_eq!(days((at(24), day), (at(24), day)), Some(0.0));
        assert_eq!(days((at(24), day), (at(72), day)), Some(2.0));
        assert_eq!(days((at(24), day), (at(10), instant)), Some(0.0), "that day, before it was over");
        assert_eq!(days((at(24), day), (at(34), instant)), Some(1.0));
        assert_eq!(days((at(10), instant), (at(24), day)), Some(0.0));
        assert_eq!(days((at(10), instant), (at(48), day)), Some(1.0));
        assert_eq!(span_bin((at(30), instant), (at(24), day)), (NEGATIVE, 0));
        assert_eq!(span_bin((at(24), day), (at(72), day)).1, 48 * 3_600_000);
        assert_eq!(span_bin((at(1), instant), (at(3), instant)).1, 2 * 3_600_000);
    }

    #[test]
    fn weeks_begin_on_monday() {
        assert_eq!([-11, -10, -4, -3, 0, 3, 4].map(week_of), [-17, -10, -10, -3, -3, -3, 4]);
    }

    #[test]
    fn percentiles_are_nearest_rank() {
        let sorted = [(1.0, 1), (2.0, 1), (3.0, 1), (4.0, 1)];
        assert_eq!(percentile(&sorted, 0.5), Some(2.0));
        assert_eq!(percentile(&sorted, 0.9), Some(4.0));
        assert_eq!(percentile(&[], 0.5), None);
    }
}
