//! What goes wrong between a shipment and its orders, or between a case and its shipment.

use super::{Sign, expected, found};
use crate::domain::{assess::Case, fact::FactKey as K, time::Instant};

/// X12: an order was changed, cancelled or blocked after the shipment was planned. One that was cancelled or blocked before
/// should not have left.
pub(super) fn changed<'a>(case: &Case<'a>) -> Sign<'a> {
    const PLANS: [K; 6] = [K::Booked, K::Tendered, K::TenderAccepted, K::Assigned, K::Loaded, K::Dispatched];
    let orders = case.inputs.orders;
    if orders.changed_at.is_none() && orders.cancelled_at.is_none() && orders.blocked_at.is_none() {
        return Sign::Clear;
    }
    if case.is_billed() || case.has(K::Cancelled) || case.has(K::Returned) {
        return Sign::Clear;
    }
    // A plan that nobody told was made before it was carried out.
    let planned = case.at(K::Planned).or_else(|| PLANS.into_iter().filter_map(|key| case.at(key)).min());
    let after = |at: &Instant| planned.is_some_and(|planned| *at > planned);
    let gone = case.has_left() || case.arrived();
    if let Some(since) = orders.cancelled_at.filter(|at| gone || after(at)) {
        found(since, "cancelled")
    } else if let Some(since) = orders.blocked_at.filter(|at| gone || after(at)) {
        found(since, "blocked for credit")
    } else if let Some(since) = orders.changed_at.filter(|at| !case.arrived() && after(at)) {
        found(since, "changed")
    } else {
        Sign::Clear
    }
}

/// X14: it names an order that nobody released.
pub(super) fn unknown<'a>(case: &Case<'a>) -> Sign<'a> {
    match case.inputs.state.first_at {
        Some(first) if !case.inputs.orders.unknown.is_empty() && !case.is_billed() => {
            expected(case, first, case.inputs.policy.expectations.order_grace, "")
        }
        _ => Sign::Clear,
    }
}

/// X19: somebody complains about a shipment of which nothing is known.
pub(super) fn case_without_context<'a>(case: &Case<'a>) -> Sign<'a> {
    if !case.is_unheard_of() {
        return Sign::Clear;
    }
    let opened = case.open(K::CaseCreated, &[K::CaseResolved]).or_else(|| case.open(K::DisputeOpened, &[K::DisputeResolved]));
    match opened {
        Some(since) => expected(case, since, case.inputs.policy.expectations.order_grace, ""),
        None => Sign::Clear,
    }
}
