//! Months of the calendar, UTC.

use super::time::Instant;
use chrono::{DateTime, Datelike};
use std::fmt;

/// A month: year * 12 + month, from 0. So they can be counted and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i64);

impl Month {
    /// The month in which an instant lies.
    pub fn of(at: Instant) -> Self {
        let at = DateTime::from_timestamp_micros(at.0).unwrap_or_default();
        Self(i64::from(at.year()) * 12 + i64::from(at.month0()))
    }

    /// As it is stored.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The month that is stored so.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// So many months before.
    pub fn before(self, months: u32) -> Self {
        Self(self.0 - i64::from(months))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_over_the_years() {
        // 2026-03-02 08:15 UTC.
        let march = Month::of(Instant(1_772_439_300 * Instant::SECOND));
        assert_eq!((march.number(), march.to_string()), (2026 * 12 + 2, "2026-03".to_owned()));
        assert_eq!(march.before(3).to_string(), "2025-12");
        assert_eq!(Month::from_number(march.number()), march);
        assert!(march.before(1) < march);
        let last = Instant(1_772_323_200 * Instant::SECOND - 1);
        assert_eq!((Month::of(last), Month::of(last.plus(1))), (march.before(1), march));
    }
}
