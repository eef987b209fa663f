//! Trends: the same figures week by week, and against another period or carrier.

use super::{KpiFilter, KpiMeaning, KpiPoint, KpiValue, Moment, Omission, Period};
use serde::{Deserialize, Serialize};

/// What Trends are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendFilter {
    /// Over what; its target is a line across the first figure.
    #[serde(flatten)]
    pub of: KpiFilter,
    /// Against the same from this day on.
    pub vs_from: Option<String>,
    /// And until before this day.
    pub vs_to: Option<String>,
    /// Against the same of this carrier.
    pub vs_carrier: Option<String>,
}

impl TrendFilter {
    /// What it is held against, if anything.
    pub fn other(&self) -> Option<KpiFilter> {
        let days = self.vs_from.is_some() || self.vs_to.is_some();
        let told = days || self.vs_carrier.is_some();
        let (from, to) =
            if days { (self.vs_from.clone(), self.vs_to.clone()) } else { (self.of.from.clone(), self.of.to.clone()) };
        let carrier = self.vs_carrier.clone().or_else(|| self.of.carrier.clone());
        told.then(|| KpiFilter { from, to, carrier, ..self.of.clone() })
    }
}

/// A figure by week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// What it means.
    pub meaning: KpiMeaning,
    /// What it is over the whole period.
    pub value: KpiValue,
    /// Of how many cases.
    pub n: u64,
    /// How many are still open now, where the figure is of what is completed.
    pub open: Option<u64>,
    /// How many were left out, and why.
    pub left_out: Vec<Omission>,
    /// Oldest first; weeks without a case are left out.
    pub weeks: Vec<KpiPoint>,
    /// Drawn: a complete SVG, already escaped.
    pub drawing: String,
}

/// A stage of the way from dispatch to invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendStage {
    /// As in the query of its rows.
    pub code: String,
    /// In words.
    pub label: String,
    /// Mean hours; none without a case.
    pub mean_hours: Option<f64>,
    /// The same in words.
    pub words: String,
    /// Of the whole, in words.
    pub share: Option<String>,
}

/// One side: a period of a carrier, of a region, of everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendSide {
    /// Over what.
    pub filter: KpiFilter,
    /// The days of the weeks that have cases, within its period.
    pub covers: Option<Period>,
    /// Figures, the one from dispatch to invoice first.
    pub figures: Vec<Trend>,
    /// Its stages; their means add up to its mean.
    pub stages: Vec<TrendStage>,
    /// The mean of the whole, in words.
    pub mean: Option<String>,
    /// The stages drawn: a complete SVG, already escaped.
    pub waterfall: String,
    /// The latest commit that is in it.
    pub known_at: Option<Moment>,
    /// Shipments are being measured anew: how far that is, and what is told meanwhile.
    pub under_way: Option<String>,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trends {
    /// When it was read.
    pub as_of: Moment,
    /// What was asked for, and what it is held against if anything.
    pub sides: Vec<TrendSide>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_held_against_another_period_or_carrier_and_else_the_same() {
        let text = |text: &str| Some(text.to_owned());
        let of = KpiFilter { from: text("2026-02-01"), to: text("2026-03-01"), carrier: text("DHL"), ..KpiFilter::default() };
        let plain = TrendFilter { of: of.clone(), ..TrendFilter::default() };
        assert_eq!(plain.other(), None);
        let carrier = TrendFilter { vs_carrier: text("PRRE"), ..plain.clone() };
        assert_eq!(carrier.other(), Some(KpiFilter { carrier: text("PRRE"), ..of.clone() }));
        let before = TrendFilter { vs_from: text("2026-01-01"), vs_to: text("2026-02-01"), ..plain };
        assert_eq!(before.other(), Some(KpiFilter { from: text("2026-01-01"), to: text("2026-02-01"), ..of }));
    }
}
