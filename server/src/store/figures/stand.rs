//! How those stand that wait: how old they are, and of exceptions whether they came back and who has them.

use crate::domain::{money::Currency, time::Instant};
use std::collections::BTreeMap;

/// How an open exception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It was over, and came back.
    CameBack,
    /// It is given to nobody.
    Nobodys,
}

impl Mark {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CameBack, Self::Nobodys];
}

/// Which of [`Mark::ALL`] are on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(pub [bool; 2]);

impl Marks {
    /// Whether it is on it.
    pub fn has(self, mark: Mark) -> bool {
        self.0[mark as usize]
    }
}

/// Open exceptions that stand alike.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marked {
    /// How many.
    pub n: u64,
    /// The money of each shipment once.
    pub once: BTreeMap<Currency, i64>,
    /// Since when the oldest waits.
    pub oldest: Option<Instant>,
    /// How many have waited as long as it.
    pub oldest_n: u64,
}

impl Marked {
    /// Adds one that waits since then.
    pub fn add(&mut self, since: Instant) {
        self.n += 1;
        let with_oldest = if self.oldest == Some(since) { self.oldest_n } else { 0 };
        if self.oldest.is_none_or(|oldest| since <= oldest) {
            (self.oldest, self.oldest_n) = (Some(since), with_oldest + 1);
        }
    }
}

/// How old they are that wait, by nearest rank: each is the age of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// Since when those wait whose ages are the percentiles of [`Ages::SHARES`].
    pub at: [Instant; 4],
    /// How many have waited as long as the p90, or longer.
    pub from_p90: u64,
    /// How many have waited longest: one, or several since the same instant.
    pub oldest: u64,
}

impl Ages {
    /// Of a hundred.
    pub const SHARES: [usize; 4] = [50, 75, 90, 95];

    /// Of those that wait since then, in any order.
    pub fn of(mut since: Vec<Instant>) -> Option<Self> {
        let first = *since.iter().min()?;
        let at = Self::SHARES.map(|share| {
            let rank = (since.len() * share).div_ceil(100) - 1;
            *since.select_nth_unstable_by(rank, |a, b| b.cmp(a)).1
        });
        let until = |until: Instant| since.iter().filter(|since| **since <= until).count() as u64;
        Some(Self { at, from_p90: until(at[2]), oldest: until(first) })
    }
}
