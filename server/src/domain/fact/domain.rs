//! Whose matter a fact is: the domains for which systems of record are configured.

use super::FactKey;
use serde::{Deserialize, Serialize};

/// A group of facts that one system owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Customer, region and business unit, incoterm, value of the goods: usually the ERP's.
    Commercial,
    /// What is meant to happen: booking, mode, places, promise, cancellation.
    Planning,
    /// What happens to the goods: carrier, loading, dispatch, delivery.
    Execution,
    /// Charges and the customer's invoice.
    Billing,
    /// The ERP's posting, the accrual, the carrier's invoice.
    Settlement,
}

impl Domain {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Commercial, Self::Planning, Self::Execution, Self::Billing, Self::Settlement];

    /// As in the configuration.
    pub fn code(self) -> &'static str {
        match self {
            Self::Commercial => "commercial",
            Self::Planning => "planning",
            Self::Execution => "execution",
            Self::Billing => "billing",
            Self::Settlement => "settlement",
        }
    }
}

impl FactKey {
    /// The domain that it belongs to. None of what may happen again, nor of what is said with that: two proofs of delivery are
    /// two happenings and not two words about one, so the latest counts whoever tells it, and trouble is everybody's to report.
    pub fn domain(self) -> Option<Domain> {
        Some(match self {
            Self::Region | Self::BusinessUnit | Self::Customer | Self::CustomerName | Self::GoodsValue | Self::Incoterm => {
                Domain::Commercial
            }
            Self::Booked | Self::Cancelled | Self::Mode | Self::Origin | Self::Destination | Self::PromisedAt | Self::Weight => {
                Domain::Planning
            }
            Self::Loaded
            | Self::Dispatched
            | Self::PickedUp
            | Self::Departed
            | Self::PartiallyDelivered
            | Self::Delivered
            | Self::Returned
            | Self::Carrier
            | Self::CarrierName
            | Self::EstimatedAt => Domain::Execution,
            Self::ChargesRated
            | Self::ChargeApproved
            | Self::ChargeCodes
            | Self::ChargesTotal
            | Self::Accessorials
            | Self::FreightCost
            | Self::InvoiceReady
            | Self::InvoiceReleased
            | Self::InvoiceAmount
            | Self::InvoiceNumber => Domain::Billing,
            Self::ErpPosted
            | Self::PayablePosted
            | Self::ErpDocument
            | Self::AccrualCreated
            | Self::AccrualReversed
            | Self::AccrualAmount
            | Self::CarrierInvoiceReceived
            | Self::CarrierInvoiceAmount => Domain::Settlement,
            Self::Planned
            | Self::Tendered
            | Self::TenderAccepted
            | Self::TenderRejected
            | Self::Assigned
            | Self::InTransit
            | Self::Refused
            | Self::PodReceived
            | Self::PodValidated
            | Self::PodRejected
            | Self::InvoiceGenerated
            | Self::InvoiceBlocked
            | Self::ErpPostingFailed
            | Self::Reassigned
            | Self::EtaChanged
            | Self::Delayed
            | Self::StopMissed
            | Self::CheckInMissed
            | Self::BrokeDown
            | Self::MaintenanceAlerted
            | Self::DeliveryExceptionRaised
            | Self::DeliveryExceptionCleared
            | Self::TemperatureKept
            | Self::TemperatureBroken
            | Self::PodSigned
            | Self::CaseCreated
            | Self::CaseResolved
            | Self::DisputeOpened
            | Self::DisputeResolved
            | Self::OrderReleased
            | Self::OrderChanged
            | Self::OrderCancelled
            | Self::OrderCreditBlocked
            | Self::OrderPartiallyReleased
            | Self::ReasonCode
            | Self::SignedBy
            | Self::RejectedBy
            | Self::DeliveryException
            | Self::PodLacks
            | Self::PodRejectedFor
            | Self::PodConfidence
            | Self::BlockedBy
            | Self::PostingError
            | Self::DisputeReason => return None,
        })
    }

    /// What two systems that say different things about it disagree on, in words; none where they only spell it differently, or
    /// where another fact tells the same.
    pub(crate) fn disagreement(self) -> Option<&'static str> {
        Some(match self {
            Self::Region => "region",
            Self::BusinessUnit => "business unit",
            Self::Customer => "customer",
            Self::GoodsValue => "value of the goods",
            Self::Incoterm => "incoterm",
            Self::Booked => "booking",
            Self::Cancelled => "cancellation",
            Self::Mode => "mode",
            Self::PromisedAt => "promise",
            Self::Loaded => "loading",
            Self::Dispatched => "dispatch",
            Self::PickedUp => "pick-up",
            Self::Departed => "departure",
            Self::PartiallyDelivered => "partial delivery",
            Self::Delivered => "delivery",
            Self::Returned => "return",
            Self::Carrier => "carrier",
            Self::ChargesTotal => "charges",
            Self::FreightCost => "freight cost",
            Self::InvoiceReleased => "invoice",
            Self::InvoiceAmount => "invoice amount",
            Self::InvoiceNumber => "invoice number",
            Self::ErpPosted => "posting",
            Self::ErpDocument => "ERP document",
            Self::AccrualAmount => "accrual",
            Self::CarrierInvoiceAmount => "carrier invoice",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key: serde names all of them when it is given another.
    fn keys() -> Vec<FactKey> {
        let names = serde_json::from_value::<FactKey>("?".into()).expect_err("is no key").to_string();
        let keys = names.split('`').skip(3).step_by(2).map(|name| serde_json::from_value(name.into()).expect("is a key"));
        keys.collect()
    }

    #[test]
    fn a_domain_has_its_code_and_its_place() {
        for (place, domain) in Domain::ALL.into_iter().enumerate() {
            assert_eq!(domain as usize, place);
            assert_eq!(serde_json::to_value(domain).expect("JSON"), domain.code());
        }
    }

    #[test]
    fn what_may_happen_again_belongs_to_nobody_and_who_disagrees_does_so_about_what_is_owned() {
        let keys = keys();
        assert_eq!(keys.len(), FactKey::COUNT);
        for key in &keys {
            assert!(!key.recurs() || key.domain().is_none(), "{key:?}");
            assert!(key.disagreement().is_none() || key.domain().is_some(), "{key:?}");
        }
        let owned = |domain| keys.iter().filter(|key| key.domain() == Some(domain)).count();
        assert!(Domain::ALL.into_iter().all(|domain| owned(domain) >= 6));
    }
}
