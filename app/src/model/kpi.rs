//! Key figures: what each means, what it is, and the rows behind it.

use super::{Moment, Money, Period};
use serde::{Deserialize, Serialize};

/// What key figures are asked for; each field is a query parameter of the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KpiFilter {
    /// First day (UTC) that counts, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// First day that counts no more.
    pub to: Option<String>,
    /// Region code.
    pub region: Option<String>,
    /// Business unit code.
    pub business_unit: Option<String>,
    /// Carrier code.
    pub carrier: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// Customer code.
    pub customer: Option<String>,
    /// Where the goods come from.
    pub origin: Option<String>,
    /// Where they go.
    pub destination: Option<String>,
    /// Hours, per cent or a count that the figure should reach.
    pub target: Option<String>,
    /// Of the rows: the code of the part that they are behind; the figure's own if absent.
    pub part: Option<String>,
    /// Of the rows: the page's cursor.
    pub after: Option<String>,
}

/// What a key figure means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KpiMeaning {
    /// `K1`.
    pub id: String,
    /// Raised when the same events would give another figure.
    pub version: u16,
    /// As people call it.
    pub name: String,
    /// What is counted.
    pub population: String,
    /// What is left out.
    pub exclusions: Vec<String>,
    /// Which time runs.
    pub clock: String,
    /// When it starts.
    pub start: String,
    /// When it stops.
    pub stop: String,
    /// How the figure comes about.
    pub formula: String,
    /// `duration`, `share` or `count`.
    pub unit: String,
    /// Whose it is.
    pub owner: String,
    /// What is better.
    pub direction: String,
    /// What it does not do.
    pub omissions: Vec<String>,
    /// Its parts, and what stands beside it, by their labels.
    pub parts_of: Vec<String>,
}

/// Percentiles by nearest rank, in hours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Percentiles {
    /// Half took no longer.
    pub p50: f64,
    /// Three quarters.
    pub p75: f64,
    /// Nine tenths.
    pub p90: f64,
    /// Nineteen twentieths.
    pub p95: f64,
}

/// A value. Which fields there are depends on the unit, and on whether there are enough cases.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KpiValue {
    /// Of a duration, from twenty cases on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentiles: Option<Percentiles>,
    /// Mean hours: what adds up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_hours: Option<f64>,
    /// Of a duration with fewer cases: the cases, in hours, each within 1 %.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<f64>,
    /// Of a share: how many of the population.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<u64>,
    /// Of a share, from twenty cases on: between 0 and 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Money, by currency.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<Money>,
    /// In words: `2 d 4 h`, `97.4 %`, `1,204`.
    pub words: String,
}

/// Something a figure leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Omission {
    /// Why: `no promise known`.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// Something that stands beside a figure, or a part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KpiPart {
    /// As in the query of the rows; empty: it has none of its own.
    pub code: String,
    /// In words.
    pub label: String,
    /// How many cases.
    pub n: u64,
    /// How many were left out of it, and why; its rows are those of `code:left_out`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<Omission>,
    /// What.
    pub value: KpiValue,
}

/// A week of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KpiPoint {
    /// `2026-W07`.
    pub week: String,
    /// In words.
    pub label: String,
    /// First day.
    pub from: String,
    /// The day after the last.
    pub to: String,
    /// How many cases.
    pub n: u64,
    /// What.
    pub value: KpiValue,
}

/// A key figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Kpi {
    /// What it means.
    #[serde(flatten)]
    pub meaning: KpiMeaning,
    /// What it is.
    pub value: KpiValue,
    /// Whether the reader may look at the rows behind it: those of exceptions are not for everybody who sees their number.
    pub may_list: bool,
    /// Of how many cases.
    pub n: u64,
    /// How many are still open, where the figure is of what is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    /// How many were left out, and why.
    pub left_out: Vec<Omission>,
    /// Of the cases: known to the day only, and counted in whole days.
    pub day_only: u64,
    /// Parts, and what stands beside it.
    pub parts: Vec<KpiPart>,
    /// By week of the stop; of a stock at the end of the week.
    pub series: Vec<KpiPoint>,
    /// The same of the period before, of the same length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<KpiPoint>,
    /// Against the target that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<KpiTarget>,
    /// The period that was asked for; without ends all that there is. Of a stock it bounds the series.
    pub period: Period,
    /// The days of the weeks that have cases, within that period; none of a stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers: Option<Period>,
    /// When it was read.
    pub as_of: Moment,
    /// The latest commit that is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Moment>,
    /// Shipments are being measured anew: how far that is, and what is told meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under_way: Option<String>,
}

impl Kpi {
    /// Whether its cases can be listed: of a share of what waits now only those can that wait.
    pub fn lists_cases(&self) -> bool {
        !matches!(self.meaning.id.as_str(), "K6" | "K16")
    }
}

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KpiTarget {
    /// Hours (of the median), per cent or a count.
    pub value: f64,
    /// Whether it is reached; none without enough cases.
    pub reached: Option<bool>,
    /// Of a duration: how many took no longer.
    pub within: Option<u64>,
}

/// A row behind a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KpiRow {
    /// The shipment, or the exception.
    pub id: String,
    /// Its reference.
    pub reference: String,
    /// Where to look at it.
    pub href: String,
    /// Region, business unit, carrier, mode, customer; empty if nobody told it.
    pub region: String,
    /// Business unit.
    pub business_unit: String,
    /// Carrier.
    pub carrier: String,
    /// Mode.
    pub mode: String,
    /// Customer.
    pub customer: String,
    /// The day on which it counts, or since which it waits.
    pub day: String,
    /// Hours that it took, or has waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
    /// What it took, or what it is, in words.
    pub words: String,
    /// Its money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
}
