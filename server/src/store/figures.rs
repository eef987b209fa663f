//! Reading key figures: folded histograms for what is asked most, shipment by shipment for the rest.

mod episodes;
mod stand;

use super::{StoreError, shipments::Sight};
use crate::domain::{
    exception::ExceptionKind,
    histogram::Histogram,
    measure::{Measure, Metric, Stock},
    money::{Currency, Money},
    readiness::Holds,
    time::Instant,
};
use async_trait::async_trait;
pub use episodes::{AT_ONCE, Counted, Episode, Episodes};
pub use stand::{Ages, Mark, Marked, Marks};
use std::collections::BTreeMap;

/// Which measures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureQuery {
    /// Rows that the actor may see.
    pub sight: Sight,
    /// Region.
    pub region: Option<String>,
    /// Business unit.
    pub business_unit: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Where the goods come from.
    pub origin: Option<String>,
    /// Where they go.
    pub destination: Option<String>,
    /// First UTC day (since 1970) that counts; none for the first there is.
    pub from_day: Option<i32>,
    /// First UTC day that counts no more.
    pub to_day: Option<i32>,
}

impl MeasureQuery {
    /// All that somebody may see, of all time.
    pub fn all_of(sight: Sight) -> Self {
        Self {
            sight,
            region: None,
            business_unit: None,
            carrier: None,
            mode: None,
            customer: None,
            origin: None,
            destination: None,
            from_day: None,
            to_day: None,
        }
    }

    /// Whether a day is in the period.
    pub fn counts(&self, day: i32) -> bool {
        self.from_day.is_none_or(|from| day >= from) && self.to_day.is_none_or(|to| day < to)
    }
}

/// Measures by the Monday of their week: how many there are in each bin, and sums in bins of their own
/// ([`sum_bin`](super::measures::cells::sum_bin)).
pub type Weeks = BTreeMap<i32, Histogram>;

/// Measures of several metrics, all of one consistent state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measured {
    /// By metric.
    pub metrics: BTreeMap<Metric, Weeks>,
    /// The latest commit that is in it.
    pub as_known: Option<Instant>,
    /// How far shipments have been measured by it, if that is still under way.
    pub under_way: Option<UnderWay>,
}

/// How far shipments have been measured by something that they were not measured by before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWay {
    /// So many shipments.
    pub done: u64,
    /// Of so many.
    pub all: u64,
    /// What was measured before is told meanwhile, as it stood after this commit; none: what is there already is told.
    pub since: Option<Instant>,
}

/// A shipment behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredRow {
    /// Id.
    pub shipment_id: String,
    /// Reference.
    pub reference: String,
    /// Region.
    pub region: String,
    /// Business unit.
    pub business_unit: String,
    /// Carrier.
    pub carrier: String,
    /// Mode.
    pub mode: String,
    /// Customer.
    pub customer: String,
    /// What it was measured at.
    pub measure: Measure,
    /// Its number: with the day its place in the list.
    pub number: i64,
}

/// A place in a list of rows: the day and the number of the last one.
pub type RowPlace = (i32, i64);

/// A shipment or an exception that waits now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Id.
    pub id: String,
    /// The shipment's reference, or what the exception is about.
    pub reference: String,
    /// Since when.
    pub since: Instant,
    /// The money that waits.
    pub money: Option<Money>,
    /// What holds it.
    pub holds: Holds,
    /// Of an exception its kind, of an invoice what the ERP said last.
    pub kind: String,
    /// Of an exception its cause, else nothing.
    pub cause: String,
    /// Of an exception how it stands, else nothing.
    pub marks: Marks,
    /// Where it belongs.
    pub place: Place,
}

/// Where a shipment or an exception belongs; empty what nobody told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Region.
    pub region: String,
    /// Business unit.
    pub business_unit: String,
    /// Carrier.
    pub carrier: String,
    /// Mode.
    pub mode: String,
    /// Customer.
    pub customer: String,
}

/// What waits now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Delivered, not invoiced. Since the delivery.
    Unbilled,
    /// Of these, those without a proof that is asked for.
    AwaitingProof,
    /// Dispatched and not invoiced: on its way, or delivered. Since the dispatch.
    Dispatched,
    /// Nothing holds it from being invoiced, but perhaps a block of the invoice itself. Since then.
    Ready,
    /// Delivered, a POD asked for, and none has ever come, billed ones too. Since the delivery.
    Unproven,
    /// A POD was checked and found good, and nothing is invoiced. Since then.
    Validated,
    /// Invoiced, not confirmed by the ERP. Since the invoice.
    ErpBacklog,
    /// Of these, those whose delivery was told. Since the delivery.
    Unposted,
    /// Open exceptions: all of them; or of one kind, and then those too that were waived while what was waived is there.
    Exceptions(Option<ExceptionKind>),
    /// What is in a stock by what each shipment is measured at, as the figure counts it. Since the day on which it began.
    Standing(Stock),
}

/// How what waits is added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adding {
    /// Ages run until now.
    pub now: Instant,
    /// Lower edges of the buckets of age in microseconds, youngest (0) first. None: one bucket.
    pub edges: Vec<i64>,
    /// By what else.
    pub by: By,
    /// Whether percentiles of the ages are told, for which all of them are needed.
    pub ages: bool,
}

impl Adding {
    /// All of it, whatever its age.
    pub fn up(now: Instant) -> Self {
        Self { now, edges: Vec::new(), by: By::Nothing, ages: false }
    }

    /// The bucket of what waits since then.
    pub fn bucket(&self, since: Instant) -> usize {
        let age = self.now.since(since);
        self.edges.iter().rposition(|edge| *edge <= age).unwrap_or(0)
    }
}

/// By what sums are told apart, besides why it waits, age and currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By nothing else.
    Nothing,
    /// Carrier.
    Carrier,
    /// Of exceptions the cause.
    Cause,
}

/// Why something waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// All that holds it; nothing: it could be billed.
    Holds(Holds),
    /// The ERP said nothing.
    NoWord,
    /// The ERP refused it.
    Refused,
    /// Something is wrong.
    Wrong(ExceptionKind),
}

/// A sum of what waits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StockSum {
    /// Why.
    pub why: Why,
    /// Number of its bucket of age.
    pub age: usize,
    /// Carrier or cause, if that was asked for.
    pub of: String,
    /// Of the money; none for what has none.
    pub currency: Option<Currency>,
    /// How many.
    pub n: u64,
    /// How much: of exceptions the money of each shipment once in each age and of each carrier or cause.
    pub minor: i64,
}

/// What waits now, added up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waits {
    /// Sums that are not of nothing, in order.
    pub sums: Vec<StockSum>,
    /// Since when the oldest waits.
    pub oldest: Option<Instant>,
    /// How old they are; none if that was not asked for, or nothing waits.
    pub ages: Option<Ages>,
    /// Of exceptions: the money of each shipment once, however many it has.
    pub once: BTreeMap<Currency, i64>,
    /// Of exceptions: those with each of [`Mark::ALL`].
    pub marked: [Marked; 2],
}

impl Waits {
    /// How many wait.
    pub fn n(&self) -> u64 {
        self.sums.iter().map(|sum| sum.n).sum()
    }
}

/// What a page asks for, all of it of one state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Together {
    /// Measures.
    pub measured: Vec<(MeasureQuery, Vec<Metric>)>,
    /// What waits.
    pub waits: Vec<(MeasureQuery, Wait, Adding)>,
    /// How many shipments are under way.
    pub under_way: Vec<MeasureQuery>,
    /// What became of exceptions, of one kind or of all.
    pub episodes: Vec<(MeasureQuery, Option<ExceptionKind>)>,
}

/// The answers, in the order of what was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldTogether {
    /// Measures.
    pub measured: Vec<Measured>,
    /// What waits.
    pub waits: Vec<Waits>,
    /// How many shipments are under way.
    pub under_way: Vec<u64>,
    /// What became of exceptions.
    pub episodes: Vec<Episodes>,
}

/// Which of the exceptions that were closed in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Verified, and not as soon as they were found.
    Verified,
    /// Verified as soon as they were found.
    AtOnce,
    /// Waived.
    Waived,
}

/// The place of one in the list: when it was closed, when it was detected, its id.
pub type SolvedPlace = (Instant, Instant, String);

/// How long exceptions took that were closed in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solved {
    /// Id.
    pub id: String,
    /// First detected.
    pub detected_at: Instant,
    /// Verified or waived.
    pub closed_at: Instant,
}

/// What an exception is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExceptionTold {
    /// Id.
    pub id: String,
    /// The shipment's reference, or what else it is about.
    pub subject: String,
    /// Kind.
    pub kind: String,
    /// Where it belongs.
    pub place: Place,
}

/// Reads key figures.
#[async_trait]
pub trait FiguresStore: Send + Sync {
    /// Measures of a period.
    async fn measured(&self, query: &MeasureQuery, metrics: &[Metric]) -> Result<Measured, StoreError>;
    /// The shipments behind a metric of a period, by day and number, after a place: those whose bin is in one of `bins` (first and last), or all if there are none.
    async fn measured_rows(
        &self,
        query: &MeasureQuery,
        metric: Metric,
        bins: &[(i32, i32)],
        after: Option<RowPlace>,
        limit: usize,
    ) -> Result<Vec<MeasuredRow>, StoreError>;
    /// What waits now, oldest first.
    async fn waiting(&self, query: &MeasureQuery, wait: Wait) -> Result<Vec<WaitingRow>, StoreError>;
    /// The same, added up.
    async fn stock(&self, query: &MeasureQuery, wait: Wait, how: &Adding) -> Result<Waits, StoreError>;
    /// Measures, what waits, and how many are under way: in one look.
    async fn together(&self, asked: &Together) -> Result<ToldTogether, StoreError>;
    /// How many shipments are under way.
    async fn under_way(&self, query: &MeasureQuery) -> Result<u64, StoreError>;
    /// What became of exceptions: how many were found and were over, and, unless one kind is asked for, how long those of the period took.
    async fn episodes(&self, query: &MeasureQuery, kind: Option<ExceptionKind>) -> Result<Episodes, StoreError>;
    /// Exceptions that were closed in the period, by when that was, after a place.
    async fn solved(
        &self,
        query: &MeasureQuery,
        over: Over,
        after: Option<&SolvedPlace>,
        limit: usize,
    ) -> Result<Vec<Solved>, StoreError>;
    /// What these exceptions are about, in no order.
    async fn exceptions_told(&self, ids: &[String]) -> Result<Vec<ExceptionTold>, StoreError>;
    /// Events of the period: taken, and taken before.
    async fn answered(&self, query: &MeasureQuery) -> Result<(u64, u64), StoreError>;
}

/// Keeps what is folded close behind what is measured.
#[async_trait]
pub trait FoldStore: Send + Sync {
    /// Folds at most `limit` commits' measures into each of what they are folded into; answers how many at most.
    async fn fold_measures(&self, limit: u32) -> Result<u64, StoreError>;
    /// Measures at most `limit` shipments by what they were not measured by, or takes a part of what is told no more away; answers how
    /// much it did.
    async fn measure_old(&self, limit: u32) -> Result<u64, StoreError>;
}
