//! The Overview: what waits, for how much money, and what holds it. Every number leads to as many rows.

use super::{KpiMeaning, Moment, Omission, Period, Stage, Sums};
use serde::{Deserialize, Serialize};

/// A number that leads to its rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// What it counts.
    pub label: String,
    /// How many rows there are behind it.
    pub n: u64,
    /// Their money by currency.
    pub money: Sums,
    /// Of the whole, per mille.
    pub share: Option<u16>,
    /// In which currency that is, where the parts beside it have theirs in others.
    pub share_of: Option<String>,
    /// Where its rows are.
    pub href: String,
}

/// A whole and its parts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// The whole.
    pub whole: Tally,
    /// Parts, the largest first, or the youngest.
    pub parts: Vec<Tally>,
    /// Of what shares are, in words: a currency's sum, each its own currency's, a count.
    pub shares_of: String,
    /// Parts that are not shown.
    pub further: usize,
    /// For how long the oldest has waited, in words.
    pub oldest: Option<String>,
}

/// A stage of the way from plan to cash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineStep {
    /// Stage.
    pub stage: Stage,
    /// Shipments in it now.
    pub tally: Tally,
    /// How long it took, in hours.
    pub took_hours: Option<f64>,
    /// The same in words: `half within 4 h`; none where nothing tells.
    pub took: Option<String>,
    /// Until what that is: `until the POD`.
    pub until: Option<String>,
    /// Those that it is of.
    pub took_of: Option<Tally>,
    /// How many were left out of that, and why.
    pub left_out: Vec<Omission>,
    /// Where those are.
    pub left_out_href: String,
    /// Most shipment-days wait here.
    pub bottleneck: bool,
}

/// What the ERP has not confirmed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ErpBacklog {
    /// All of it, by state: what the ERP said last.
    pub states: Parts,
    /// Ages, youngest first.
    pub ages: Vec<String>,
    /// By state and age, as many as there are of both.
    pub cells: Vec<Vec<Tally>>,
    /// How long it takes to drain, in words.
    pub drain: String,
    /// From what that follows.
    pub pace: String,
}

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It speaks within its time.
    Speaks,
    /// It is silent for longer than it may be.
    Silent,
    /// Nothing is set about when it must speak.
    Unwatched,
}

/// A source, and the business that waits for its word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceHealth {
    /// As people call it.
    pub name: String,
    /// How it is.
    pub state: SourceState,
    /// When it spoke last.
    pub last: Option<Moment>,
    /// How long ago, in words.
    pub ago: Option<String>,
    /// Items in Quarantine, of each of its sources that has some; none: that is not for the reader.
    pub quarantined: Option<Vec<Tally>>,
    /// What waits for a fact that it is set to own.
    pub blocks: Option<Tally>,
}

impl Overview {
    /// What a figure means.
    pub fn meaning(&self, id: &str) -> Option<&KpiMeaning> {
        self.meanings.iter().find(|meaning| meaning.id == id)
    }
}

/// The Overview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// When this was read.
    pub as_of: Moment,
    /// The latest commit that is in what was measured.
    pub known_at: Option<Moment>,
    /// Shipments are being measured anew: how far that is, and what is told meanwhile.
    pub under_way: Option<String>,
    /// The period of what is measured, as it was asked for.
    pub period: Period,
    /// The days of the weeks that have cases, within that period.
    pub covers: Option<Period>,
    /// What the cards' figures mean.
    pub meanings: Vec<KpiMeaning>,
    /// There is no shipment in sight.
    pub nothing: bool,
    /// Delivered, not invoiced, by all that holds each.
    pub cash: Parts,
    /// Stages.
    pub pipeline: Vec<PipelineStep>,
    /// Where most time goes, in sentences: on the way, and in the papers after it.
    pub bottlenecks: Vec<String>,
    /// Awaiting POD by age.
    pub proof: Parts,
    /// Of these, held by nothing else.
    pub only_proof: Tally,
    /// What the ERP has not confirmed.
    pub erp: ErpBacklog,
    /// Open exceptions by cause; none for whom they are not for.
    pub causes: Option<Parts>,
    /// Sources, those in trouble first; none for whom they are not for.
    pub sources: Option<Vec<SourceHealth>>,
    /// Sources that are not shown.
    pub further_sources: usize,
    /// Sources that are left out: they only ever told old data.
    pub old_sources: usize,
    /// Not delivered and past the promise.
    pub overdue: Tally,
    /// Delivered in the period no later than promised.
    pub on_time: Tally,
    /// Their share, from twenty deliveries on, in words.
    pub on_time_rate: Option<String>,
    /// Delivered in the period after the promise.
    pub late: Tally,
    /// Deliveries that are left out of both.
    pub left_out: Vec<Omission>,
    /// Items in Quarantine; none for whom they are not for.
    pub quarantined: Option<Tally>,
    /// Milestones that no source has told of any shipment in sight.
    pub untold: Vec<String>,
}
