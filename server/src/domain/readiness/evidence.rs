//! What proves a condition, or what would release it, in words.

use super::{Check, HoldKind};
use crate::domain::{assess::Case, fact::FactKey as K};

/// One sentence.
pub(super) fn words(kind: HoldKind, case: &Case<'_>, check: Check) -> String {
    let text = |key| case.text(key).filter(|text| !text.is_empty());
    let with = |words: &str, key| text(key).map_or_else(|| format!("{words}."), |text| format!("{words}: {text}."));
    let told = |done: &str, label: &str, key| match text(key) {
        Some(text) => format!("{done}, {label}: {text}."),
        None => format!("{done}."),
    };
    if check.met {
        return match kind {
            HoldKind::ContractMissing => case.contract.map(|contract| contract.label().to_owned()).unwrap_or_default(),
            HoldKind::NotDispatched => told("Dispatch confirmed", "carrier", K::Carrier),
            HoldKind::NotLoaded => "Loading confirmed.".into(),
            HoldKind::NotDelivered => told("Delivered", "signed by", K::SignedBy),
            HoldKind::PodMissing => "A POD is there and was not rejected.".into(),
            HoldKind::PodUnsigned => {
                text(K::SignedBy).map_or_else(|| "Checked and found good.".into(), |who| format!("Signed by: {who}."))
            }
            HoldKind::PodUnchecked => "Checked and found good.".into(),
            HoldKind::TemperatureUnproven => "Assessed: within the limits.".into(),
            HoldKind::DeliveryExceptionOpen if check.since.is_some() => with("Cleared", K::DeliveryException),
            HoldKind::DeliveryExceptionOpen => "None was raised.".into(),
            HoldKind::ChargesMissing => case.money(K::ChargesTotal).map_or_else(
                || "Charges rated.".into(),
                |total| format!("Rated: {} {}.", total.decimal(), total.currency.code()),
            ),
            HoldKind::ApprovalMissing => "Charges approved.".into(),
            HoldKind::OrderBlocked => "No order is blocked.".into(),
            HoldKind::OrderCancelled => "No order is cancelled.".into(),
            HoldKind::InvoiceBlocked => "Nothing blocks the invoice.".into(),
            HoldKind::Disputed if check.since.is_some() => "The dispute is resolved.".into(),
            HoldKind::Disputed => "Nobody disputes.".into(),
        };
    }
    match kind {
        HoldKind::ContractMissing => match text(K::Customer) {
            Some(customer) => format!("A contract for customer {customer} that covers the dispatch would release it."),
            None => "The customer is not known; a contract is found by customer.".into(),
        },
        HoldKind::NotDispatched => "A dispatch confirmation would release it.".into(),
        HoldKind::NotLoaded => "A loading confirmation would release it.".into(),
        HoldKind::NotDelivered if case.has(K::PartiallyDelivered) => "Delivered in part; the rest would release it.".into(),
        HoldKind::NotDelivered => "The delivery would release it.".into(),
        HoldKind::PodMissing if case.has(K::PodRejected) => {
            with("The POD was rejected; a good one would release it. Reason", K::PodRejectedFor)
        }
        HoldKind::PodMissing => with("A POD would release it. Carrier", K::Carrier),
        HoldKind::PodUnsigned => "A POD that names who signed, or a validated one, would release it.".into(),
        HoldKind::PodUnchecked => "Validating the POD would release it.".into(),
        HoldKind::TemperatureUnproven if case.has(K::TemperatureBroken) => {
            "The limits were broken; only another assessment or a waiver releases it.".into()
        }
        HoldKind::TemperatureUnproven => "A temperature assessment within the limits would release it.".into(),
        HoldKind::DeliveryExceptionOpen => with("Clearing the exception would release it", K::DeliveryException),
        HoldKind::ChargesMissing => "Rated charges would release it.".into(),
        HoldKind::ApprovalMissing => "Approving the charges would release it.".into(),
        HoldKind::OrderBlocked => "Releasing the order from its credit block would release it.".into(),
        HoldKind::OrderCancelled => "The order is cancelled; a new release of it would release the shipment.".into(),
        HoldKind::InvoiceBlocked => with("Removing what blocks it would release it", K::BlockedBy),
        HoldKind::Disputed => with("Resolving the dispute would release it", K::DisputeReason),
    }
}
