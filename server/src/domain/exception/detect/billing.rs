//! What goes wrong between the handover and the books.

use super::{Sign, expected, found};
use crate::domain::{
    assess::Case,
    fact::FactKey as K,
    policy::{BillOn, PodRule},
    readiness::{HoldKind, check, holds},
    time::Instant,
};

/// Clocks of two systems may differ by this much: what came that little later is no reason to call an invoice early.
const CLOCKS: i64 = 5 * Instant::MINUTE;

/// X6: billed before the contract's conditions were met. What was early stays early.
pub(super) fn premature<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(billed) = case.billed_at() else { return Sign::Clear };
    match lacking(case, billed.plus(CLOCKS)) {
        Some(what) => {
            let began = [K::InvoiceReleased, K::ErpPosted].into_iter().filter_map(|key| case.began(key)).min();
            found(began.unwrap_or(billed), what)
        }
        None => Sign::Clear,
    }
}

/// What had not happened by then.
fn lacking(case: &Case<'_>, by: Instant) -> Option<&'static str> {
    let in_time = |key| case.told(key).is_some_and(|(at, precision)| at.earliest(precision) <= by);
    let first = case.inputs.state.proven_at.is_some_and(|first| first <= by);
    // Where nobody told the delivery itself, a proof of it tells.
    let delivered = in_time(K::Delivered) || first && !case.has(K::Delivered) && !case.has(K::PartiallyDelivered);
    let Some(contract) = case.contract else { return (!delivered).then_some("not delivered") };
    if contract.bill_on == BillOn::Delivery && !delivered {
        return Some("not delivered");
    }
    if contract.bill_on == BillOn::Dispatch && !in_time(K::Dispatched) && !delivered {
        return Some("not dispatched");
    }
    if contract.pod > PodRule::None {
        // The one that came was rejected before, and a better one only came afterwards, or never.
        let rejected = in_time(K::PodRejected) && case.proven().is_none_or(|good| good > by);
        if !first || rejected {
            return Some("without POD");
        }
        if contract.pod == PodRule::Validated && !in_time(K::PodValidated) {
            return Some("POD not validated");
        }
    }
    (contract.temperature && !in_time(K::TemperatureKept)).then_some("temperature not proven")
}

/// X7: the ERP refused.
pub(super) fn posting_failed<'a>(case: &Case<'a>) -> Sign<'a> {
    match case.open(K::ErpPostingFailed, &[K::ErpPosted]) {
        Some(since) => found(since, case.text(K::PostingError).unwrap_or_default()),
        None => Sign::Clear,
    }
}

/// X7: the ERP says nothing.
pub(super) fn posting_missing<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(released) = case.at(K::InvoiceReleased) else { return Sign::Clear };
    // A refusal is told as that.
    if case.has(K::ErpPosted) || case.has(K::ErpPostingFailed) {
        return Sign::Clear;
    }
    expected(case, released, case.inputs.policy.expectations.posting_within, "")
}

/// X8: billed twice.
pub(super) fn duplicate<'a>(case: &Case<'a>) -> Sign<'a> {
    let state = case.inputs.state;
    if state.invoices.len() > 1 {
        case.began(K::InvoiceReleased).map_or(Sign::Clear, |since| found(since, "two invoices"))
    } else if state.documents.len() > 1 {
        case.began(K::ErpPosted).map_or(Sign::Clear, |since| found(since, "two documents"))
    } else {
        Sign::Clear
    }
}

/// X20: every condition is met, and nobody bills.
pub(super) fn not_invoiced<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(contract) = case.contract else { return Sign::Clear };
    if case.is_billed() || !holds(case).is_empty() {
        return Sign::Clear;
    }
    // Since the last condition was met. When a person waived one is not known here; the others tell.
    let met = |kind: &HoldKind| check(*kind, case).filter(|check| check.met).and_then(|check| check.since);
    let Some(ready) = HoldKind::ALL.iter().filter_map(met).chain(case.at(K::InvoiceReady)).max() else { return Sign::Clear };
    let hours = contract.invoice_within.unwrap_or(case.inputs.policy.expectations.invoice_within);
    expected(case, ready, hours, if case.has(K::InvoiceGenerated) { "drafted" } else { "" })
}

/// X22: blocked, or waiting for an approval.
pub(super) fn approval_delayed<'a>(case: &Case<'a>) -> Sign<'a> {
    if let Some(since) = case.blocked() {
        return found(since, case.text(K::BlockedBy).unwrap_or_default());
    }
    let waits = |kind| !case.is_billed() && check(kind, case).is_some_and(|check| !check.met);
    let hours = case.inputs.policy.expectations.approve_within;
    // Without charges, or without a proof, there is nothing to approve: that is told as that.
    let unrated = || case.delivered().filter(|_| case.contract.is_some_and(|contract| !contract.charges));
    let charges = case.at(K::ChargesRated).or_else(unrated).filter(|_| waits(HoldKind::ApprovalMissing));
    let proof = case.proven().filter(|_| waits(HoldKind::PodUnchecked));
    match (charges, proof) {
        (Some(rated), None) => expected(case, rated, hours, "approval"),
        (None, Some(proof)) => expected(case, proof, hours, "POD"),
        (Some(rated), Some(proof)) if rated <= proof => expected(case, rated, hours, "approval"),
        (Some(_), Some(proof)) => expected(case, proof, hours, "POD"),
        (None, None) => Sign::Clear,
    }
}

/// X24: the customer disputes.
pub(super) fn disputed<'a>(case: &Case<'a>) -> Sign<'a> {
    match case.open(K::DisputeOpened, &[K::DisputeResolved]) {
        Some(since) => found(since, case.text(K::DisputeReason).unwrap_or_default()),
        None => Sign::Clear,
    }
}
