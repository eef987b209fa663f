//! Metric contracts: what each figure means, in one place. Pages, the API, the manual and the tests all draw from here.

#[cfg(test)]
mod counted;
mod cycle;
#[cfg(test)]
mod documented;
mod out;
mod quality;
mod stock;
#[cfg(test)]
mod versions;

use super::measure::{Metric, Stock};
pub use out::{Excluded, left_out};

macro_rules! kpis {
    ($($variant:ident = $code:literal, $contract:expr;)*) => {
        /// A key figure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kpi {
            $(#[doc = $code] $variant,)*
        }

        impl Kpi {
            /// All of them, in the order of the trade.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As in URLs and the API.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The figure with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// What it means.
            pub fn contract(self) -> &'static Contract {
                match self { $(Self::$variant => &$contract,)* }
            }
        }
    };
}

kpis! {
    K1 = "K1", cycle::K1;
    K2a = "K2a", cycle::K2A;
    K2b = "K2b", cycle::K2B;
    K3 = "K3", cycle::K3;
    K4 = "K4", cycle::K4;
    K5 = "K5", cycle::K5;
    K6 = "K6", stock::K6;
    K7 = "K7", stock::K7;
    K8 = "K8", stock::K8;
    K9 = "K9", cycle::K9;
    K10 = "K10", quality::K10;
    K11 = "K11", quality::K11;
    K16 = "K16", stock::K16;
    K20 = "K20", quality::K20;
    K21 = "K21", cycle::K21;
    K25 = "K25", stock::K25;
    K26 = "K26", stock::K26;
    Otd = "OTD", quality::OTD;
}

/// What a figure means. Whoever changes what it says gives it a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// The figure.
    pub kpi: Kpi,
    /// Raised whenever the same events would give another figure.
    pub version: u16,
    /// As people call it.
    pub name: &'static str,
    /// What is counted.
    pub population: &'static str,
    /// What is left out of it, each counted beside the figure.
    pub exclusions: &'static [Excluded],
    /// Which time runs.
    pub clock: &'static str,
    /// When it starts.
    pub start: &'static str,
    /// When it stops; the day of a figure is the day of its stop.
    pub stop: &'static str,
    /// How the figure comes out of the population.
    pub formula: &'static str,
    /// Of what kind it is.
    pub unit: Unit,
    /// Whose figure it is.
    pub owner: &'static str,
    /// What is better.
    pub direction: Direction,
    /// What the figure does not do, printed with it.
    pub omissions: &'static [&'static str],
    /// From which measures it is folded.
    pub source: Source,
}

/// Of what kind a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A duration; percentiles are told.
    Duration,
    /// A share of the population.
    Share,
    /// How many, and how much money.
    Count,
}

impl Unit {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Duration => "duration: p50, p75, p90, p95 by nearest rank",
            Self::Share => "share",
            Self::Count => "count and money by currency",
        }
    }
}

/// What is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Less.
    Down,
    /// More.
    Up,
}

impl Direction {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Down => "lower is better",
            Self::Up => "higher is better",
        }
    }
}

/// From what a figure is folded. The first metric is the figure itself, the others stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Measures of a period.
    Flow(&'static [Metric]),
    /// What is in stock at a time, from openings and closings; a share of another stock, if one is named.
    Stock(Stock, Option<Stock>),
    /// The open exceptions: of one kind, or of all.
    Exceptions(Option<app::model::ExceptionKind>),
    /// The exceptions that were closed in a period.
    Solved,
}

impl Source {
    /// Whether there is one of each period. What waits is as of now: no period comes before it.
    pub fn is_of_a_period(self) -> bool {
        matches!(self, Self::Flow(_) | Self::Solved)
    }
}

/// What every stock says: a period bounds its past, not itself.
const AS_OF_NOW: &str = "as of now; the period does not apply";
/// What every duration leaves undone.
const NO_P99: &str = "p99 is not told";
/// What every duration says of few cases.
const FEW: &str = "below 20 cases they are shown instead, each within 1 % of what it took";
/// By which of its two ends a case belongs to a period.
const BY_STOP: &str = "by the day of the stop alone, not by that of the start";
/// What is billed within one group of companies.
const INTERCOMPANY: &str = "intercompany is not told apart, and counts";
/// What a share of what waits now lists: its cases have no list of their own.
pub const ONLY_THOSE_THAT_WAIT: &str = "only those that wait can be listed, not all of which they are a share";
/// What almost every figure leaves undone.
const PLAIN: &[&str] = &[
    "calendar clock",
    "completed only; what is still open is counted beside it",
    "as true now",
    NO_P99,
    FEW,
    BY_STOP,
    INTERCOMPANY,
];
