//! From the proof to the customer's invoice.

use super::lifecycle;
use crate::domain::{
    assess::Case,
    fact::FactKey as K,
    policy::PodRule,
    readiness::{HoldKind, holds},
};

lifecycle! {
    /// Waiting for a late paper.
    Transaction: "ST11", "transaction", "Transaction",
        "Delivered, and the paper that the contract asks for is still on its way: pending until it is correlated, whenever it comes.";
    states {
        /// Nothing is waited for yet.
        Open = "open", "Open";
        /// Delivered, and the proof is missing.
        Pending = "pending", "Pending";
        /// Delivered, and nothing is missing.
        Complete = "complete", "Complete";
    }
    transitions {
        Open [ShipmentDelivered PodReceived] Pending;
        Open [ShipmentDelivered PodReceived PodValidated] Complete;
        Pending [PodRejected] Open;
        Pending [ShipmentPlanned PodReceived PodValidated] Complete;
        Complete [ShipmentPartiallyDelivered PodRejected] Open;
        Complete [ShipmentPlanned PodRejected] Pending;
    }
}

impl Transaction {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let papers = match case.contract.map_or(PodRule::Received, |contract| contract.pod) {
            PodRule::None => true,
            PodRule::Received => case.proven().is_some(),
            PodRule::Signed => case.signed().is_some(),
            PodRule::Validated => case.validated().is_some(),
        };
        match case.delivered() {
            None => Self::Open,
            Some(_) if papers => Self::Complete,
            Some(_) => Self::Pending,
        }
    }
}

lifecycle! {
    /// Whether it may be billed.
    BillingReadiness: "ST6", "billing_readiness", "Billing readiness",
        "Whether every condition of the customer's contract is met. Each unmet one is a hold: see readiness.md.";
    states {
        /// Not delivered, or whatever else the contract bills on.
        NotReady = "not_ready", "Not ready";
        /// An invoice was begun, and the contract wants the delivery first.
        Paused = "paused", "Paused";
        /// Delivered, and something is missing.
        OnHold = "on_hold", "On hold";
        /// The invoice, or an order, is blocked.
        Blocked = "blocked", "Blocked";
        /// Nothing holds it.
        Ready = "ready", "Invoice-ready";
        /// Billed.
        Released = "released", "Released";
    }
    transitions {
        NotReady [ShipmentDispatched ShipmentDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit StopCompleted
            ShipmentPartiallyDelivered InvoiceReady InvoiceGenerated] Paused;
        NotReady [ShipmentDelivered PodReceived PodValidated] OnHold;
        NotReady [ShipmentDispatched WarehouseDeparted ShipmentInTransit ShipmentPartiallyDelivered PodValidated
            InvoiceBlocked] Blocked;
        NotReady [PodReceived PodValidated] Ready;
        NotReady [InvoiceReleased ErpPostingSucceeded] Released;
        Paused [ShipmentCancelled] NotReady;
        Paused [ShipmentDelivered PodReceived PodValidated] OnHold;
        Paused [InvoiceBlocked] Blocked;
        Paused [PodReceived] Ready;
        Paused [InvoiceReleased ErpPostingSucceeded] Released;
        OnHold [ShipmentPartiallyDelivered PodRejected] NotReady;
        OnHold [ShipmentPartiallyDelivered PodRejected] Paused;
        OnHold [InvoiceBlocked] Blocked;
        OnHold [ShipmentPlanned DeliveryExceptionCleared ChargesRated] Ready;
        OnHold [InvoiceReleased ErpPostingSucceeded] Released;
        Blocked [ShipmentCancelled] NotReady;
        Blocked [InvoiceGenerated] Paused;
        Blocked [InvoiceGenerated] OnHold;
        Blocked [InvoiceReleased ErpPostingSucceeded] Released;
        Ready [PodRejected] NotReady;
        Ready [PodRejected] Paused;
        Ready [DeliveryExceptionRaised DisputeOpened] OnHold;
        Ready [InvoiceBlocked] Blocked;
        Ready [InvoiceReleased ErpPostingSucceeded] Released;
    }
}

impl BillingReadiness {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let holds = holds(case);
        let begun = || case.has(K::InvoiceReady) || case.has(K::InvoiceGenerated);
        if case.is_billed() {
            Self::Released
        } else if !case.is_work() {
            Self::NotReady
        } else if holds.is_empty() {
            Self::Ready
        } else if holds.contains(HoldKind::InvoiceBlocked) || holds.contains(HoldKind::OrderBlocked) {
            Self::Blocked
        } else if case.delivered().is_some() {
            Self::OnHold
        } else if begun() {
            Self::Paused
        } else {
            Self::NotReady
        }
    }
}

lifecycle! {
    /// The customer's invoice.
    Invoice: "ST7", "invoice", "Invoice", "The customer's invoice, from its draft to what the customer thinks of it.";
    states {
        /// Nobody made one.
        None = "none", "None";
        /// Drafted.
        Generated = "generated", "Generated";
        /// Something blocks it.
        Blocked = "blocked", "Blocked";
        /// With the customer.
        Released = "released", "Released";
        /// The customer disputes.
        Disputed = "disputed", "Disputed";
        /// No longer.
        DisputeResolved = "dispute_resolved", "Dispute resolved";
    }
    transitions {
        None [InvoiceGenerated] Generated;
        None [InvoiceBlocked] Blocked;
        None [InvoiceReleased] Released;
        None [DisputeOpened] Disputed;
        None [InvoiceReleased] DisputeResolved;
        Generated [InvoiceBlocked] Blocked;
        Generated [InvoiceReleased] Released;
        Generated [DisputeOpened] Disputed;
        Generated [InvoiceReleased] DisputeResolved;
        Blocked [ErpPostingSucceeded] None;
        Blocked [InvoiceGenerated ErpPostingSucceeded] Generated;
        Blocked [InvoiceReleased] Released;
        Blocked [DisputeOpened] Disputed;
        Released [DisputeOpened] Disputed;
        Disputed [DisputeResolved] None;
        Disputed [DisputeResolved] Generated;
        Disputed [DisputeResolved] Blocked;
        Disputed [DisputeResolved] DisputeResolved;
        DisputeResolved [DisputeOpened] Disputed;
    }
}

impl Invoice {
    pub(super) fn of(case: &Case<'_>) -> Self {
        if case.open(K::DisputeOpened, &[K::DisputeResolved]).is_some() {
            Self::Disputed
        } else if case.has(K::InvoiceReleased) && case.has(K::DisputeOpened) {
            Self::DisputeResolved
        } else if case.has(K::InvoiceReleased) {
            Self::Released
        } else if case.blocked().is_some() {
            Self::Blocked
        } else if case.has(K::InvoiceGenerated) {
            Self::Generated
        } else {
            Self::None
        }
    }
}
