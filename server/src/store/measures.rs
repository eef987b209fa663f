//! How measures are kept: as signed entries of a commit, as what stands for each shipment, in chunks by week for any
//! combination of filters, and folded into cells for the few that are asked for most. All of it is opaque to SQL.

pub mod body;
pub mod cells;
pub mod chunk;
pub mod standing;
mod varint;

use crate::domain::measure::Metric;

/// A packed value does not follow its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not packed measures")]
pub struct Unreadable;

/// Metrics that are asked for together lie together: one for each event that stops clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Family {
    /// Planning.
    Plan = 1,
    /// Delivery.
    Delivery = 2,
    /// Proof of delivery.
    Proof = 3,
    /// Invoice.
    Invoice = 4,
    /// Posting.
    Posting = 5,
}

impl Family {
    /// The family of a metric.
    pub fn of(metric: Metric) -> Self {
        use Metric as M;
        match metric {
            M::UnassignedBegan | M::UnassignedEnded => Self::Plan,
            M::DeliveredAgainstPromise
            | M::DeliveredToRecorded
            | M::DispatchToDelivery
            | M::ProofOfDelivery
            | M::DeliveredClean
            | M::ProofAwaited
            | M::ProofNeeded
            | M::UnbilledBegan => Self::Delivery,
            M::DeliveryToProof | M::DeliveryToValidProof | M::ProofCame => Self::Proof,
            M::DispatchToInvoice
            | M::StageTransit
            | M::StageProof
            | M::StageCheck
            | M::StageRating
            | M::StageApproval
            | M::StageIssue
            | M::StagesInOrder
            | M::ReadyToInvoice
            | M::DeliveryToInvoice
            | M::ProofToInvoice
            | M::ValidProofToInvoice
            | M::UntouchedFromDispatch
            | M::UntouchedFromDelivery
            | M::BilledOnce
            | M::ProofNoMore
            | M::UnbilledEnded
            | M::PostingAwaited => Self::Invoice,
            M::DeliveryToPosting | M::InvoiceToPosting | M::PostingCame => Self::Posting,
        }
    }
}
