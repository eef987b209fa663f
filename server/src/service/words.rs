//! Times, durations and shares in words, in the reader's zone.

use crate::domain::{
    access::Actor,
    time::{Instant, Precision},
};
use app::model;
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// Words for one reader at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    zone: Tz,
    /// When the answer is made.
    pub now: Instant,
}

impl Words {
    /// For this reader; an unknown zone reads UTC.
    pub fn new(actor: &Actor, now: Instant) -> Self {
        Self { zone: actor.time_zone.parse().unwrap_or(Tz::UTC), now }
    }

    /// A point in time.
    pub fn instant(&self, at: Instant) -> model::Moment {
        self.moment((at, Precision::Instant))
    }

    /// The moment of the answer itself.
    pub fn as_of(&self) -> model::Moment {
        self.instant(self.now)
    }

    /// A time as exactly as it is known. A day is a day in its own zone and does not move with the reader's: its end in UTC
    /// lies within half a day of noon of that date for every zone, so the date is read there.
    pub fn moment(&self, (at, precision): (Instant, Precision)) -> model::Moment {
        let utc = utc(at);
        let local = match precision {
            Precision::Instant => utc.with_timezone(&self.zone).format("%-d %b %Y, %H:%M").to_string(),
            Precision::Day => day_text(at),
        };
        let precision = match precision {
            Precision::Instant => model::Precision::Instant,
            Precision::Day => model::Precision::Day,
        };
        model::Moment { micros: at.0, precision, local, utc: utc.to_rfc3339_opts(SecondsFormat::Secs, true) }
    }
}

fn utc(at: Instant) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.0).unwrap_or_default()
}

/// The calendar day whose end this is, in whatever zone it ended: twelve hours earlier it is that day everywhere from UTC-11
/// to UTC+12.
fn day_text(end: Instant) -> String {
    utc(end.plus(-12 * Instant::HOUR)).format("%-d %b %Y").to_string()
}

/// A duration in its two largest units: `2 d 4 h`, `3 h 20 min`, `5 min`, `12 s`. Negative ones carry a minus.
pub fn duration(micros: i64) -> String {
    let sign = if micros < 0 { "−" } else { "" };
    let seconds = micros.unsigned_abs() / 1_000_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let words = match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    };
    format!("{sign}{words}")
}

/// Hours as a duration in words.
pub fn hours(hours: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "figures are years at most")]
    let micros = (hours * 3_600e6) as i64;
    duration(micros)
}

/// A share of a whole with one decimal, rounded half up; none of nothing.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    let tenths = (part * 2_000 + whole).checked_div(whole * 2)?;
    Some(format!("{}.{} %", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_their_two_largest_units() {
        let minute = Instant::MINUTE;
        for (micros, words) in [
            (0, "0 s"),
            (12_400_000, "12 s"),
            (5 * minute, "5 min"),
            (60 * minute, "1 h"),
            (200 * minute, "3 h 20 min"),
            (52 * 60 * minute, "2 d 4 h"),
            (-90 * minute, "−1 h 30 min"),
        ] {
            assert_eq!(duration(micros), words);
        }
    }

    #[test]
    fn shares_are_rounded_and_nothing_has_none() {
        assert_eq!(percent(1, 3).as_deref(), Some("33.3 %"));
        assert_eq!(percent(2, 3).as_deref(), Some("66.7 %"));
        assert_eq!(percent(5, 5).as_deref(), Some("100.0 %"));
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn a_day_is_the_same_day_for_every_reader() {
        // End of 2 June 2006 in UTC-5, UTC and UTC+9.
        for offset_hours in [5, 0, -9] {
            let end = Instant(1_149_292_800_000_000 - 1 + offset_hours * Instant::HOUR);
            assert_eq!(day_text(end), "2 Jun 2006");
        }
    }
}
