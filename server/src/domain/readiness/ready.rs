//! When a shipment that was invoiced had been ready for it.

use super::{HoldKind, check};
use crate::domain::{
    assess::Case,
    fact::FactKey as K,
    time::{Instant, Precision},
};

/// When the last condition of its contract was met, for an invoice of this time; none if one never was. Whatever came up after the
/// invoice held nothing back. Of a day known without a time its end.
pub(crate) fn ready_at(case: &Case<'_>, invoiced: Instant) -> Option<(Instant, Precision)> {
    let mut ready: Option<Instant> = None;
    for kind in HoldKind::ALL.iter().filter(|kind| !case.inputs.waivers.contains(kind)) {
        let later = |at: Option<Instant>| at.is_some_and(|at| at > invoiced);
        let irrelevant = match kind {
            HoldKind::DeliveryExceptionOpen => later(case.at(K::DeliveryExceptionRaised)),
            HoldKind::Disputed => later(case.at(K::DisputeOpened)),
            HoldKind::OrderBlocked => later(case.inputs.orders.blocked_at),
            HoldKind::OrderCancelled => later(case.inputs.orders.cancelled_at),
            // What ends a block is the invoice itself.
            HoldKind::InvoiceBlocked => true,
            _ => false,
        };
        let Some(check) = check(*kind, case).filter(|_| !irrelevant) else { continue };
        if !check.met {
            return None;
        }
        let since = if *kind == HoldKind::PodMissing { case.first_proof() } else { check.since };
        ready = ready.max(since);
    }
    let told = |key| case.told(key).filter(|(at, _)| Some(*at) == ready).map(|(_, precision)| precision);
    let precision = [K::Delivered, K::Dispatched, K::Loaded, K::ChargesRated, K::ChargeApproved].into_iter().find_map(told);
    ready.map(|at| (at, precision.unwrap_or_default()))
}
