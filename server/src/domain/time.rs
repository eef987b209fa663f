//! Instants, and how exactly they are known.

use serde::{Deserialize, Serialize};

/// UTC microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// Microseconds in a second, a minute, an hour, a day.
    pub const SECOND: i64 = 1_000_000;
    /// Microseconds in a minute.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// Microseconds in an hour.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// Microseconds in a day of 24 hours.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// Microseconds from `earlier` to `self`; negative if `self` is the earlier one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first instant that such a time can mean: of a day its beginning, as far as its offset is known.
    pub fn earliest(self, precision: Precision) -> Self {
        match precision {
            Precision::Instant => self,
            Precision::Day => self.plus(1 - Self::DAY),
        }
    }

    /// The instant so many microseconds later.
    pub fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

/// How exactly a source knew when something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// A point in time.
    #[default]
    Instant,
    /// A calendar day without a time; the instant is the end of that local day. Stays out of hour-grained figures.
    Day,
}
