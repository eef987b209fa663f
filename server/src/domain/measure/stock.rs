//! What waits: every stock is an interval, so that it has a past. Its opening and its closing are measures as well; what is
//! in stock at the end of a day is all that opened by then less all that closed.

use super::{Measure, Metric, Told, money_measure};
use crate::domain::{
    assess::{Case, money},
    fact::FactKey as K,
    money::Money,
    readiness::{HoldKind, Holds, check, holds},
    time::Instant,
};

/// What waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stock {
    /// Delivered, a proof is asked for, not invoiced.
    NeedingProof,
    /// Delivered, a proof is asked for, none that the contract accepts, not invoiced.
    AwaitingProof,
    /// Delivered, not invoiced.
    Unbilled,
    /// Invoiced, not confirmed by the ERP.
    ErpBacklog,
    /// Planned, nobody to move it.
    Unassigned,
}

impl Stock {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NeedingProof, Self::AwaitingProof, Self::Unbilled, Self::ErpBacklog, Self::Unassigned];

    /// What counts its openings, and its closings.
    pub fn metrics(self) -> (Metric, Metric) {
        match self {
            Self::NeedingProof => (Metric::ProofNeeded, Metric::ProofNoMore),
            Self::AwaitingProof => (Metric::ProofAwaited, Metric::ProofCame),
            Self::Unbilled => (Metric::UnbilledBegan, Metric::UnbilledEnded),
            Self::ErpBacklog => (Metric::PostingAwaited, Metric::PostingCame),
            Self::Unassigned => (Metric::UnassignedBegan, Metric::UnassignedEnded),
        }
    }
}

/// From when to when a shipment is in a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Which.
    pub stock: Stock,
    /// Since then.
    pub start: Instant,
    /// Until then; none: it still is.
    pub stop: Option<Instant>,
    /// The money that waits.
    pub money: Option<Money>,
    /// What holds it now; nothing if it is over.
    pub holds: Holds,
}

impl Interval {
    /// Whether it was in stock at that instant.
    pub fn contains(&self, at: Instant) -> bool {
        self.start <= at && self.stop.is_none_or(|stop| at < stop)
    }
}

/// The stocks that a shipment is or was in, each at most once. Old data and what was called off is nobody's work.
pub fn intervals(told: &Told<'_>) -> Vec<Interval> {
    of(&Case::of(told.inputs))
}

/// How many microseconds a proof may take; none if no time is set.
pub(crate) fn pod_grace(case: &Case<'_>) -> Option<i64> {
    let own = case.contract.and_then(|contract| contract.pod_grace);
    let hours = own.unwrap_or(case.inputs.policy.expectations.pod_grace);
    (hours > 0).then(|| i64::from(hours) * Instant::HOUR)
}

fn of(case: &Case<'_>) -> Vec<Interval> {
    if !case.is_work() {
        return Vec::new();
    }
    let stocks: [(Stock, Bounds); 5] = [
        (Stock::NeedingProof, needing_proof),
        (Stock::AwaitingProof, awaiting_proof),
        (Stock::Unbilled, unbilled),
        (Stock::ErpBacklog, erp_backlog),
        (Stock::Unassigned, unassigned),
    ];
    let interval = |(stock, bounds): (Stock, Bounds)| {
        let (start, stop) = bounds(case)?;
        // Over before it began: it never waited.
        if stop.is_some_and(|stop| stop <= start) {
            return None;
        }
        let money = match stock {
            Stock::ErpBacklog => case.money(K::InvoiceAmount).or_else(|| money(case.inputs.state)),
            _ => money(case.inputs.state),
        };
        let holds = if stop.is_none() { holds(case) } else { Holds::NONE };
        Some(Interval { stock, start, stop, money, holds })
    };
    stocks.into_iter().filter_map(interval).collect()
}

/// Openings and closings.
pub(super) fn measured(case: &Case<'_>, flows: &mut Vec<Measure>) {
    for Interval { stock, start, stop, money, .. } in of(case) {
        let (opened, closed) = stock.metrics();
        flows.push(money_measure(opened, start, money));
        flows.extend(stop.map(|stop| money_measure(closed, stop, money)));
    }
}

/// When it began, and when it ended if it has.
type Bounds = for<'c> fn(&Case<'c>) -> Option<(Instant, Option<Instant>)>;

/// When it was billed first: the ERP may be the only one who tells.
fn billed(case: &Case<'_>) -> Option<Instant> {
    let state = case.inputs.state;
    [K::InvoiceReleased, K::ErpPosted].into_iter().filter_map(|key| state.first(key)).map(|(at, _)| at).min()
}

/// What the contract asks of a proof and nobody waived.
fn asked(case: &Case<'_>) -> impl Iterator<Item = HoldKind> {
    let kinds = [HoldKind::PodMissing, HoldKind::PodUnsigned, HoldKind::PodUnchecked, HoldKind::ContractMissing];
    kinds.into_iter().filter(|kind| {
        let asks = match kind {
            // Without a contract any proof is asked for: that is the custom of the trade.
            HoldKind::ContractMissing => case.contract.is_none(),
            kind => check(*kind, case).is_some(),
        };
        asks && !case.inputs.waivers.contains(kind)
    })
}

/// A proof that the contract accepts.
fn accepted(case: &Case<'_>) -> Option<Instant> {
    let met = |kind: HoldKind| match kind {
        HoldKind::PodMissing | HoldKind::ContractMissing => case.first_proof(),
        kind => check(kind, case).filter(|check| check.met).and_then(|check| check.since),
    };
    asked(case).try_fold(Instant(i64::MIN), |latest, kind| Some(latest.max(met(kind)?)))
}

fn needing_proof(case: &Case<'_>) -> Option<(Instant, Option<Instant>)> {
    unbilled(case).filter(|_| asked(case).next().is_some())
}

fn awaiting_proof(case: &Case<'_>) -> Option<(Instant, Option<Instant>)> {
    let delivered = case.at(K::Delivered).filter(|_| asked(case).next().is_some())?;
    Some((delivered, accepted(case).into_iter().chain(billed(case)).min()))
}

fn unbilled(case: &Case<'_>) -> Option<(Instant, Option<Instant>)> {
    Some((case.at(K::Delivered)?, billed(case)))
}

fn erp_backlog(case: &Case<'_>) -> Option<(Instant, Option<Instant>)> {
    let state = case.inputs.state;
    let (invoiced, _) = state.first(K::InvoiceReleased)?;
    Some((invoiced, state.first(K::ErpPosted).map(|(at, _)| at)))
}

fn unassigned(case: &Case<'_>) -> Option<(Instant, Option<Instant>)> {
    const SOMEBODY: [K; 10] = [
        K::Booked,
        K::TenderAccepted,
        K::Assigned,
        K::Loaded,
        K::Dispatched,
        K::PickedUp,
        K::Departed,
        K::InTransit,
        K::PartiallyDelivered,
        K::Delivered,
    ];
    let planned = case.at(K::Planned)?;
    let over = SOMEBODY.into_iter().chain([K::Cancelled]).filter_map(|key| case.at(key)).min();
    let over = over.or_else(|| billed(case)).or_else(|| case.proven());
    // Somebody is named for it; since when, nobody says.
    let named = || case.has(K::Carrier).then_some(planned);
    Some((planned, over.or_else(named)))
}
