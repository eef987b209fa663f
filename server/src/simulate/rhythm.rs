//! When people and systems work: days of the week, hours of the day, docks that open and close.

use super::draw::Draw;
use crate::domain::time::Instant;

/// How busy each day is, Monday first.
const DAYS: [f64; 7] = [1.15, 1.12, 1.06, 1.04, 0.95, 0.26, 0.12];
/// How busy each hour of the day is.
const HOURS: [f64; 24] = [
    0.10, 0.08, 0.07, 0.08, 0.12, 0.25, 0.55, 1.00, 1.50, 1.80, 1.90, 1.75, 1.35, 1.45, 1.65, 1.70, 1.55, 1.20, 0.80, 0.55, 0.40,
    0.30, 0.22, 0.15,
];
/// Docks open at seven and close at five.
const DOCK_OPENS: i64 = 7;
const DOCK_CLOSES: i64 = 17;

/// Day of the week of a local instant, Monday 0.
fn weekday(local: i64) -> usize {
    // 1 January 1970 was a Thursday.
    (local.div_euclid(Instant::DAY) + 3).rem_euclid(7) as usize
}

/// How busy a region is at this moment.
pub(crate) fn busy(at: Instant, utc_offset: i64) -> f64 {
    let local = at.0 + utc_offset * Instant::HOUR;
    DAYS[weekday(local)] * HOURS[(local.rem_euclid(Instant::DAY) / Instant::HOUR) as usize]
}

/// The first moment, `at` or later, at which a dock there is open. Parcels are taken on Saturdays too.
pub(crate) fn dock_open(at: Instant, utc_offset: i64, saturdays: bool, draw: &mut Draw) -> Instant {
    let shift = utc_offset * Instant::HOUR;
    let mut local = at.0 + shift;
    let last_day = if saturdays { 5 } else { 4 };
    loop {
        let midnight = local.div_euclid(Instant::DAY) * Instant::DAY;
        let opens = midnight + DOCK_OPENS * Instant::HOUR;
        let closes = midnight + DOCK_CLOSES * Instant::HOUR;
        if weekday(local) <= last_day && local < closes {
            if local >= opens {
                return Instant(local - shift);
            }
            // Those who came at night are served in the morning, one after the other.
            return Instant(opens + seconds(draw.between(0.0, 3.5) * 3600.0) - shift);
        }
        local = midnight + Instant::DAY;
    }
}

/// Closing time of the dock on the first working day that ends at `at` or later: what a promise names.
pub(crate) fn dock_closes(at: Instant, utc_offset: i64) -> Instant {
    let shift = utc_offset * Instant::HOUR;
    let mut midnight = (at.0 + shift).div_euclid(Instant::DAY) * Instant::DAY;
    while weekday(midnight) > 4 || midnight + DOCK_CLOSES * Instant::HOUR < at.0 + shift {
        midnight += Instant::DAY;
    }
    Instant(midnight + DOCK_CLOSES * Instant::HOUR - shift)
}

/// The next run of a job that starts every `every` microseconds.
pub(crate) fn next_run(at: Instant, every: i64) -> Instant {
    Instant((at.0.div_euclid(every) + 1) * every)
}

/// Whole seconds as microseconds.
pub(crate) fn seconds(seconds: f64) -> i64 {
    seconds as i64 * Instant::SECOND
}

/// Spreads things over a span as busily as the world is then: the share that has come when a moment comes.
#[derive(Debug)]
pub(crate) struct Rhythm {
    from: Instant,
    /// Sum of the weights up to the end of each hour.
    sums: Vec<f64>,
}

impl Rhythm {
    /// Over `[from, until)`, by the hour; `weight` says how busy an hour is.
    pub(crate) fn new(from: Instant, until: Instant, weight: impl Fn(Instant) -> f64) -> Self {
        let hours = (until.since(from).max(1) + Instant::HOUR - 1) / Instant::HOUR;
        let mut sum = 0.0;
        let sums = (0..hours)
            .map(|hour| {
                sum += weight(from.plus(hour * Instant::HOUR)).max(1e-6);
                sum
            })
            .collect();
        Self { from, sums }
    }

    /// The moment by which the share `position` of `[0, 1)` has come.
    pub(crate) fn at(&self, position: f64) -> Instant {
        let total = self.sums.last().copied().unwrap_or(1.0);
        let target = position * total;
        let hour = self.sums.partition_point(|sum| *sum <= target).min(self.sums.len().saturating_sub(1));
        let before = if hour == 0 { 0.0 } else { self.sums[hour - 1] };
        let weight = self.sums.get(hour).map_or(1.0, |sum| sum - before);
        self.from.plus(hour as i64 * Instant::HOUR + seconds((target - before) / weight * 3600.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 2 March 2026, 00:00 UTC.
    const MONDAY: Instant = Instant(1_772_409_600 * Instant::SECOND);

    #[test]
    fn days_have_their_names() {
        assert_eq!(weekday(MONDAY.0), 0);
        assert_eq!(weekday(MONDAY.0 - 1), 6);
    }

    #[test]
    fn docks_are_closed_at_night_and_on_sundays() {
        let mut draw = Draw::new(1, 1);
        let saturday_evening = MONDAY.plus(5 * Instant::DAY + 20 * Instant::HOUR);
        let open = dock_open(saturday_evening, 0, true, &mut draw);
        assert_eq!(weekday(open.0), 0);
        assert!((7..11).contains(&(open.0.rem_euclid(Instant::DAY) / Instant::HOUR)));
        let noon = MONDAY.plus(12 * Instant::HOUR);
        assert_eq!(dock_open(noon, 1, false, &mut draw), noon);
        assert_eq!(dock_closes(saturday_evening, 0), MONDAY.plus(7 * Instant::DAY + 17 * Instant::HOUR));
    }

    #[test]
    fn weekends_are_quiet() {
        let rhythm = Rhythm::new(MONDAY, MONDAY.plus(7 * Instant::DAY), |at| busy(at, 0));
        let on_weekdays = (0..1000).filter(|n| weekday(rhythm.at(f64::from(*n) / 1000.0).0) < 5).count();
        assert!((900..960).contains(&on_weekdays), "{on_weekdays}");
        assert!(rhythm.at(0.999_999) < MONDAY.plus(7 * Instant::DAY));
        assert!(rhythm.at(0.0) >= MONDAY);
    }
}
