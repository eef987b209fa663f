//! Measures: narrow facts about a shipment that figures are folded from, and the bins that durations fall into.

use super::{
    fact::FactKey,
    shipment::{Outcome, ShipmentState},
    time::{Instant, Precision},
};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    /// Delivered against promise; the bin is one of [`ON_TIME`], [`LATE`], [`NO_PROMISE`].
    DeliveredAgainstPromise,
    /// Delivered to recorded (event latency of the delivery); the bin is a duration's or one of the exclusions.
    DeliveredToRecorded,
}

/// Delivered no later than promised.
pub const ON_TIME: i32 = 1;
/// Delivered after the promise.
pub const LATE: i32 = 2;
/// Delivered, no promise known.
pub const NO_PROMISE: i32 = 0;
/// Recorded before it happened: excluded and counted, never clamped.
pub const NEGATIVE: i32 = -1;
/// Old data without a record time of its producer: our receipt would measure the import.
pub const NO_RECORD_TIME: i32 = -2;

impl Metric {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::DeliveredAgainstPromise, Self::DeliveredToRecorded];

    /// The metric of a code in the database.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.code() == code)
    }

    /// As in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::DeliveredAgainstPromise => "delivered_against_promise",
            Self::DeliveredToRecorded => "delivered_to_recorded",
        }
    }
}

/// One measure of one shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// What.
    pub metric: Metric,
    /// Days since 1970 (UTC) of the stop event: the delivery.
    pub day: i32,
    /// Into which bin it falls.
    pub bin: i32,
}

/// The measures that a state stands for. A changed state retracts its old ones and appends its new ones.
pub fn measures(state: &ShipmentState) -> Vec<Measure> {
    let Some(fact) = state.facts.get(FactKey::Delivered) else { return Vec::new() };
    let Some((at, precision)) = state.facts.at(FactKey::Delivered) else { return Vec::new() };
    let day = day_of(at);
    let against_promise = match state.summary().outcome {
        Outcome::OnTime => ON_TIME,
        Outcome::DeliveredLate => LATE,
        Outcome::NoPromise | Outcome::Open => NO_PROMISE,
    };
    let lag = if fact.standing.received_at.is_some() && !state.watched {
        NO_RECORD_TIME
    } else {
        lag_bin(fact.standing.recorded_at().since(at), precision)
    };
    vec![
        Measure { metric: Metric::DeliveredAgainstPromise, day, bin: against_promise },
        Measure { metric: Metric::DeliveredToRecorded, day, bin: lag },
    ]
}

/// Days since 1970, UTC.
pub fn day_of(at: Instant) -> i32 {
    i32::try_from(at.0.div_euclid(Instant::DAY)).unwrap_or(i32::MAX)
}

/// The Monday on or before a day. 1970-01-01 was a Thursday.
pub fn week_of(day: i32) -> i32 {
    day - (day.rem_euclid(7) + 3) % 7
}

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

/// The duration, in hours, that a bin stands for; none for an exclusion.
pub fn bin_hours(bin: i32) -> Option<f64> {
    match bin {
        ..0 => None,
        0 => Some(0.0),
        DAY_BINS.. => Some(f64::from(bin - DAY_BINS) * 24.0),
        _ => Some(GROWTH.powf(f64::from(bin - 1) + 0.5) / 3600.0),
    }
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
