//! What is waived with an exception.

use crate::domain::readiness::HoldKind as H;
use app::model::ExceptionKind as Kind;

/// The conditions for billing that nobody waits for any more once an exception of this kind and cause is waived. Nothing is
/// billed without a contract, charges and a delivery, whoever accepts that they are missing.
pub fn waives(kind: Kind, detail: &str) -> &'static [H] {
    match kind {
        Kind::PodMissing | Kind::PodIncomplete => &[H::PodMissing, H::PodUnsigned, H::PodUnchecked],
        Kind::DocumentUnreadable => &[H::PodUnchecked],
        Kind::OrderChanged if detail == "cancelled" => &[H::OrderCancelled],
        Kind::OrderChanged if detail == "blocked for credit" => &[H::OrderBlocked],
        Kind::ExecutionTrouble if detail == "temperature not kept" => &[H::TemperatureUnproven],
        Kind::ExecutionTrouble => &[H::DeliveryExceptionOpen],
        Kind::ChargesIncomplete if ["contract", "customer", "charges"].iter().all(|basis| !detail.contains(basis)) => {
            &[H::NotDispatched, H::NotLoaded, H::TemperatureUnproven]
        }
        Kind::ApprovalDelayed if detail == "approval" => &[H::ApprovalMissing],
        Kind::ApprovalDelayed if detail == "POD" => &[H::PodUnchecked],
        Kind::ApprovalDelayed => &[H::InvoiceBlocked],
        Kind::Disputed => &[H::Disputed],
        _ => &[],
    }
}

/// Whether an exception of this kind and cause tells of the condition and cannot be waived, since it tells also of something that
/// nothing is billed without.
pub fn is_told_with_more(kind: Kind, detail: &str, hold: H) -> bool {
    let told = match hold {
        H::NotDispatched => "dispatch",
        H::NotLoaded => "loading",
        H::TemperatureUnproven => "temperature",
        _ => return false,
    };
    kind == Kind::ChargesIncomplete && detail.contains(told) && waives(kind, detail).is_empty()
}

/// Whether there is an exception with which this condition can be waived.
pub fn waivable(hold: H) -> bool {
    !matches!(hold, H::ContractMissing | H::NotDelivered | H::ChargesMissing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_waived_is_waived_with_some_exception_and_the_rest_with_none() {
        // The causes that decide what is waived; any other word is any other cause.
        let causes = ["cancelled", "blocked for credit", "temperature not kept", "approval", "POD", "temperature", "other"];
        for hold in H::ALL {
            let with = Kind::ALL.iter().any(|kind| causes.iter().any(|cause| waives(*kind, cause).contains(hold)));
            assert_eq!(with, waivable(*hold), "{hold:?}");
        }
    }

    #[test]
    fn what_is_told_beside_charges_waits_for_them() {
        let with_charges = "charges, loading confirmation";
        assert!(is_told_with_more(Kind::ChargesIncomplete, with_charges, H::NotLoaded));
        assert!(!is_told_with_more(Kind::ChargesIncomplete, with_charges, H::NotDispatched), "it does not tell of that");
        assert!(!is_told_with_more(Kind::ChargesIncomplete, "loading confirmation", H::NotLoaded), "that can be waived");
    }
}
