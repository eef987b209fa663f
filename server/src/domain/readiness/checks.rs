//! Whether a condition is asked for, and whether it is met.

use super::HoldKind;
use crate::domain::{
    assess::Case,
    fact::FactKey as K,
    policy::{BillOn, PodRule},
    time::Instant,
};

/// A condition that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Check {
    /// It holds.
    pub(crate) met: bool,
    /// When it was met, or since when it is waited for.
    pub(crate) since: Option<Instant>,
}

/// The condition whose lack holds the shipment like this; none if nobody asks for it.
pub(crate) fn check(kind: HoldKind, case: &Case<'_>) -> Option<Check> {
    let delivered = case.delivered();
    let asked = |asks: bool| case.contract.filter(|_| asks);
    // Met at that time, or waited for since the delivery.
    let by = |met: Option<Instant>| Check { met: met.is_some(), since: met.or(delivered) };
    match kind {
        HoldKind::ContractMissing => Some(Check { met: case.contract.is_some(), since: None }),
        HoldKind::NotDispatched => {
            let contract = case.contract?;
            asked(contract.dispatched || contract.bill_on == BillOn::Dispatch).map(|_| by(case.at(K::Dispatched)))
        }
        HoldKind::NotLoaded => asked(case.contract?.loaded).map(|_| by(case.at(K::Loaded))),
        // Whatever the contract says that nobody knows: goods that did not arrive are not billed.
        HoldKind::NotDelivered => {
            let needed = case.contract.is_none_or(|contract| contract.bill_on == BillOn::Delivery);
            needed.then_some(Check { met: delivered.is_some(), since: delivered.or(case.at(K::Dispatched)) })
        }
        HoldKind::PodMissing => asked(case.contract?.pod >= PodRule::Received).map(|_| by(case.proven())),
        HoldKind::PodUnsigned => asked(case.contract?.pod == PodRule::Signed).map(|_| by(case.signed())),
        HoldKind::PodUnchecked => asked(case.contract?.pod == PodRule::Validated).map(|_| by(case.validated())),
        HoldKind::TemperatureUnproven => asked(case.contract?.temperature).map(|_| {
            let (kept, broken) = (case.at(K::TemperatureKept), case.at(K::TemperatureBroken));
            by(kept.filter(|kept| broken.is_none_or(|broken| broken <= *kept)))
        }),
        HoldKind::DeliveryExceptionOpen => {
            asked(case.contract?.exceptions_cleared)?;
            Some(unless(case.open(K::DeliveryExceptionRaised, &[K::DeliveryExceptionCleared]), || {
                case.at(K::DeliveryExceptionCleared)
            }))
        }
        HoldKind::ChargesMissing => asked(case.contract?.charges).map(|_| by(case.at(K::ChargesRated))),
        HoldKind::ApprovalMissing => asked(case.contract?.approval).map(|_| {
            let approved = case.at(K::ChargeApproved);
            Check { met: approved.is_some(), since: approved.or(case.at(K::ChargesRated)).or(delivered) }
        }),
        HoldKind::OrderBlocked => Some(unless(case.inputs.orders.blocked_at, || None)),
        HoldKind::OrderCancelled => Some(unless(case.inputs.orders.cancelled_at, || None)),
        HoldKind::InvoiceBlocked => Some(unless(case.blocked(), || None)),
        HoldKind::Disputed => Some(unless(case.open(K::DisputeOpened, &[K::DisputeResolved]), || case.at(K::DisputeResolved))),
    }
}

/// Met unless something stands against it since then; else since what ended that.
fn unless(against: Option<Instant>, ended: impl FnOnce() -> Option<Instant>) -> Check {
    Check { met: against.is_none(), since: against.or_else(ended) }
}
