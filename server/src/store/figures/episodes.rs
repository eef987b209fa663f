//! What became of exceptions.

use super::{MeasureQuery, Weeks};
use crate::{
    domain::{
        measure::{Metric, day_of, millis_bin, week_of},
        time::Instant,
    },
    store::measures::cells::sum_bin,
};
use std::collections::{BTreeMap, HashMap};

/// What was over sooner was told afterwards, all of it at once: nobody could have done anything about it.
pub const AT_ONCE: i64 = Instant::MINUTE;

/// One exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Episode {
    /// First detected.
    pub detected_at: Instant,
    /// When it was over, and whether somebody waived it.
    pub over: Option<(Instant, bool)>,
    /// When its cause was gone: of a waived one perhaps later, or not yet.
    pub gone_at: Option<Instant>,
}

/// Exceptions, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Episodes {
    /// How many were found, by the Monday of the week, of all time.
    pub found: BTreeMap<i32, u64>,
    /// How many were over, likewise.
    pub over: BTreeMap<i32, u64>,
    /// Of how many the cause was gone, likewise: that of a waived one may be there still.
    pub gone: BTreeMap<i32, u64>,
    /// How long those took whose effect was seen in the period: as the weeks of a duration are kept.
    pub verified: Weeks,
    /// How long those had taken that were waived in the period.
    pub waived: Weeks,
    /// Seen in the period, and over as soon as they were found.
    pub at_once: u64,
}

impl Episodes {
    /// How many were open at the end of the week of that Monday.
    pub fn open_after(&self, monday: i32) -> u64 {
        self.less(&self.over, monday)
    }

    /// How many were there at the end of the week of that Monday, waived or not.
    pub fn there_after(&self, monday: i32) -> u64 {
        self.less(&self.gone, monday)
    }

    fn less(&self, over: &BTreeMap<i32, u64>, monday: i32) -> u64 {
        let until = |weeks: &BTreeMap<i32, u64>| weeks.range(..=monday).map(|(_, n)| n).sum::<u64>();
        until(&self.found).saturating_sub(until(over))
    }
}

/// Counts one after the other.
#[derive(Debug, Default)]
pub struct Counted {
    episodes: Episodes,
    /// By waived or not, Monday and bin.
    bins: HashMap<(bool, i32, i32), i64>,
}

impl Counted {
    /// Counts one.
    pub fn count(&mut self, query: &MeasureQuery, Episode { detected_at, over, gone_at }: Episode) {
        *self.episodes.found.entry(week_of(day_of(detected_at))).or_default() += 1;
        if let Some(gone_at) = gone_at {
            *self.episodes.gone.entry(week_of(day_of(gone_at))).or_default() += 1;
        }
        let Some((closed_at, waived)) = over else { return };
        let (day, took) = (day_of(closed_at), closed_at.since(detected_at).max(0));
        let monday = week_of(day);
        *self.episodes.over.entry(monday).or_default() += 1;
        if !query.counts(day) {
            return;
        }
        if !waived && took < AT_ONCE {
            self.episodes.at_once += 1;
            return;
        }
        let millis = took / 1_000;
        *self.bins.entry((waived, monday, millis_bin(millis))).or_default() += 1;
        *self.bins.entry((waived, monday, sum_bin(Metric::DispatchToInvoice, 0))).or_default() += millis;
    }

    /// What was counted.
    pub fn episodes(self) -> Episodes {
        let Self { mut episodes, bins } = self;
        let mut weeks: BTreeMap<(bool, i32), Vec<(i32, i64)>> = BTreeMap::new();
        bins.into_iter().for_each(|((waived, monday, bin), n)| weeks.entry((waived, monday)).or_default().push((bin, n)));
        for ((waived, monday), bins) in weeks {
            let of = if waived { &mut episodes.waived } else { &mut episodes.verified };
            of.insert(monday, bins.into_iter().collect());
        }
        episodes
    }
}
