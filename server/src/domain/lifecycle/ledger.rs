//! What the books say: the customer's posting, the accrual, the carrier's invoice.

use super::lifecycle;
use crate::domain::{assess::Case, fact::FactKey as K};

lifecycle! {
    /// The customer's receivable in the ERP.
    Posting: "ST8", "posting", "ERP posting",
        "The customer's receivable, as the ERP tells it. Done is only what the ERP confirmed. Waybill does not send postings itself yet: retries, dead letters and compensations are told by whoever does.";
    states {
        /// Nothing to post.
        None = "none", "Nothing to post";
        /// Invoiced; the ERP has neither confirmed nor refused.
        Queued = "queued", "Queued";
        /// The ERP refused.
        Failed = "failed", "Failed";
        /// The ERP confirmed.
        Posted = "posted", "Posted";
    }
    transitions {
        None [InvoiceReleased] Queued;
        None [ErpPostingFailed] Failed;
        None [ErpPostingSucceeded] Posted;
        Queued [ErpPostingFailed] Failed;
        Queued [ErpPostingSucceeded] Posted;
        Failed [ErpPostingSucceeded] Posted;
    }
}

impl Posting {
    pub(super) fn of(case: &Case<'_>) -> Self {
        if case.has(K::ErpPosted) {
            Self::Posted
        } else if case.has(K::ErpPostingFailed) {
            Self::Failed
        } else if case.has(K::InvoiceReleased) {
            Self::Queued
        } else {
            Self::None
        }
    }
}

lifecycle! {
    /// Freight cost that is expected.
    Accrual: "ST10", "accrual", "Accrual",
        "Freight cost, accrued at the dispatch or at the delivery as the business unit wants it, until the carrier's invoice takes its place.";
    states {
        /// Not accrued.
        None = "none", "None";
        /// Accrued.
        Created = "created", "Created";
        /// Taken back.
        Reversed = "reversed", "Reversed";
    }
    transitions {
        None [AccrualCreated] Created;
        None [AccrualReversed] Reversed;
        Created [AccrualReversed] Reversed;
        Reversed [AccrualCreated] Created;
    }
}

impl Accrual {
    pub(super) fn of(case: &Case<'_>) -> Self {
        match (case.at(K::AccrualCreated), case.at(K::AccrualReversed)) {
            (created, Some(reversed)) if created.is_none_or(|created| created <= reversed) => Self::Reversed,
            (Some(_), _) => Self::Created,
            (None, _) => Self::None,
        }
    }
}

lifecycle! {
    /// What the carrier asks for.
    FreightInvoice: "ST9", "freight_invoice", "Freight invoice",
        "The carrier's invoice against the cost that is expected: approved, else accrued, else planned. What may differ is configured.";
    states {
        /// None came.
        None = "none", "None";
        /// It came, and no cost is known to match it with.
        Received = "received", "Received";
        /// Within the tolerance.
        Matched = "matched", "Matched";
        /// Beyond it.
        OutsideTolerance = "outside_tolerance", "Outside tolerance";
        /// A person or a system approved the charge.
        Approved = "approved", "Approved";
        /// The ERP posted the payable.
        Posted = "posted", "Posted";
    }
    transitions {
        None [CarrierInvoiceReceived] Received;
        None [CarrierInvoiceReceived] Matched;
        None [CarrierInvoiceReceived] OutsideTolerance;
        None [ErpPostingSucceeded] Posted;
        Received [ShipmentPlanned AccrualCreated] OutsideTolerance;
        Received [FreightChargeApproved] Approved;
        Received [ErpPostingSucceeded] Posted;
        Matched [ShipmentPlanned CarrierInvoiceReceived] OutsideTolerance;
        Matched [FreightChargeApproved] Approved;
        Matched [ErpPostingSucceeded] Posted;
        OutsideTolerance [CarrierInvoiceReceived] Matched;
        OutsideTolerance [FreightChargeApproved] Approved;
        OutsideTolerance [ErpPostingSucceeded] Posted;
        Approved [CarrierInvoiceReceived] Matched;
        Approved [CarrierInvoiceReceived] OutsideTolerance;
        Approved [ErpPostingSucceeded] Posted;
    }
}

impl FreightInvoice {
    pub(super) fn of(case: &Case<'_>) -> Self {
        let tolerance = &case.inputs.policy.tolerances.carrier_invoice;
        if case.has(K::PayablePosted) {
            return Self::Posted;
        }
        let Some(received) = case.at(K::CarrierInvoiceReceived) else { return Self::None };
        if case.at(K::ChargeApproved).is_some_and(|approved| approved >= received) {
            return Self::Approved;
        }
        match (case.money(K::CarrierInvoiceAmount), case.expected_cost()) {
            (Some(asked), Some(cost)) if tolerance.exceeded(cost, asked).is_some() => Self::OutsideTolerance,
            (Some(asked), Some(cost)) if asked.currency == cost.currency => Self::Matched,
            _ => Self::Received,
        }
    }
}
