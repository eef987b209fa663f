//! What goes wrong between the plan and the handover.

use super::{Sign, expected, found};
use crate::domain::{assess::Case, fact::FactKey as K};
use std::borrow::Cow;

/// X1: under way, and no word for longer than the cadence of its mode.
pub(super) fn status_stale<'a>(case: &Case<'a>) -> Sign<'a> {
    // Who was refused or sent back stands in another queue.
    let quiet = case.arrived() || case.has(K::Cancelled) || case.has(K::Returned) || refused(case) || case.is_billed();
    if quiet || !case.has_left() {
        return Sign::Clear;
    }
    let Some(last) = case.inputs.state.last_at else { return Sign::Clear };
    let expectations = &case.inputs.policy.expectations;
    let own = case.text(K::Mode).and_then(|mode| expectations.cadence_by_mode.get(mode));
    expected(case, last, own.copied().unwrap_or(expectations.cadence), carrier(case))
}

/// X13: a carrier said no, and nobody else said yes.
pub(super) fn tender_rejected<'a>(case: &Case<'a>) -> Sign<'a> {
    const YES: [K; 4] = [K::TenderAccepted, K::Booked, K::Assigned, K::Loaded];
    if case.has_left() || case.arrived() || case.has(K::Cancelled) || case.is_billed() {
        return Sign::Clear;
    }
    let Some(since) = case.open(K::TenderRejected, &YES) else { return Sign::Clear };
    // Another carrier said yes earlier, and stands by it: only the asked one's no came late.
    let other_accepted = case.has(K::TenderAccepted)
        && matches!((case.text(K::RejectedBy), case.text(K::Carrier)), (Some(no), Some(yes)) if no != yes);
    if other_accepted { Sign::Clear } else { found(since, case.text(K::RejectedBy).unwrap_or_default()) }
}

/// X15: something happened on the way, and nothing that ended it.
pub(super) fn execution_trouble<'a>(case: &Case<'a>) -> Sign<'a> {
    const MOVES_ON: [K; 7] =
        [K::Assigned, K::Reassigned, K::PickedUp, K::Departed, K::InTransit, K::PartiallyDelivered, K::Delivered];
    let coded = |what: &'static str, code: Option<&str>| -> Cow<'a, str> {
        code.map_or(Cow::Borrowed(what), |code| format!("{what}: {code}").into())
    };
    if case.has(K::Returned) || case.has(K::Cancelled) {
        return Sign::Clear;
    }
    if let Some(since) = case.open(K::Refused, &[K::Delivered]) {
        let reason = case.text(K::ReasonCode).filter(|_| case.together(K::Refused, K::ReasonCode));
        return found(since, coded("refused", reason));
    }
    if let Some(since) = case.open(K::DeliveryExceptionRaised, &[K::DeliveryExceptionCleared]) {
        return found(since, coded("delivery exception", case.text(K::DeliveryException)));
    }
    if let Some(since) = case.open(K::PartiallyDelivered, &[K::Delivered]) {
        return found(since, "delivered in part");
    }
    if let Some(since) = case.open(K::TemperatureBroken, &[K::TemperatureKept]).filter(|_| !case.is_billed()) {
        return found(since, "temperature not kept");
    }
    let moved_on: &[K] = &MOVES_ON;
    for (trouble, words) in [(K::BrokeDown, "breakdown"), (K::StopMissed, "stop missed"), (K::CheckInMissed, "check-in missed")] {
        if let Some(since) = case.open(trouble, moved_on).filter(|_| !case.arrived()) {
            return found(since, words);
        }
    }
    Sign::Clear
}

/// X16: the promise has passed.
pub(super) fn late_past_promise<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(promised) = case.at(K::PromisedAt) else { return Sign::Clear };
    if case.arrived() || case.has(K::Cancelled) || case.has(K::Returned) || refused(case) || case.is_billed() {
        Sign::Clear
    } else if case.inputs.now > promised {
        found(promised, carrier(case))
    } else {
        Sign::Due(promised.plus(1))
    }
}

/// X21: planned, and nobody to move it.
pub(super) fn unassigned<'a>(case: &Case<'a>) -> Sign<'a> {
    const SOMEBODY: [K; 5] = [K::Booked, K::TenderAccepted, K::Assigned, K::Loaded, K::Carrier];
    let Some(planned) = case.at(K::Planned) else { return Sign::Clear };
    let done = case.has_left() || case.arrived() || case.has(K::Cancelled) || case.is_billed();
    // A rejected tender is told as that.
    if done || SOMEBODY.into_iter().any(|key| case.has(key)) || case.has(K::TenderRejected) {
        return Sign::Clear;
    }
    expected(case, planned, case.inputs.policy.expectations.assign_within, case.text(K::Mode).unwrap_or_default())
}

fn refused(case: &Case<'_>) -> bool {
    case.open(K::Refused, &[K::Delivered]).is_some()
}

pub(super) fn carrier<'a>(case: &Case<'a>) -> &'a str {
    case.text(K::Carrier).unwrap_or_default()
}
