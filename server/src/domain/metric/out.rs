//! What a measure leaves out and counts beside itself: the bin that it falls into, and why, in words.

use crate::domain::measure::{
    CONSOLIDATED, Metric as M, NEGATIVE, NEVER_READY, NO_PROMISE, NO_RECORD_TIME, NO_START, OLD_DATA, ZERO_CHARGE,
};

/// A bin that is left out, and why.
pub type Excluded = (i32, &'static str);

const ZERO: Excluded = (ZERO_CHARGE, "invoice of nothing");
const SHARED: Excluded = (CONSOLIDATED, "invoice covers other shipments too (consolidated billing)");
const OLD: Excluded = (OLD_DATA, "old data");
const NO_DISPATCH: Excluded = (NO_START, "no dispatch told");
const NO_DELIVERY: Excluded = (NO_START, "no delivery told");
const BACKWARDS: Excluded = (NEGATIVE, "stopped before it started");

pub(super) const DISPATCH_TO_INVOICE: &[Excluded] = &[NO_DISPATCH, BACKWARDS, ZERO, SHARED];
pub(super) const READY_TO_INVOICE: &[Excluded] = &[
    (NEVER_READY, "a release condition was never met"),
    (NEGATIVE, "invoiced before the last condition was met"),
    ZERO,
    SHARED,
    OLD,
];
pub(super) const DELIVERY_TO_INVOICE: &[Excluded] = &[NO_DELIVERY, BACKWARDS, ZERO, SHARED];
pub(super) const DELIVERY_TO_POSTING: &[Excluded] = &[NO_DELIVERY, BACKWARDS];
pub(super) const VALID_PROOF_TO_INVOICE: &[Excluded] = &[(NEGATIVE, "invoiced before the POD was validated"), ZERO, SHARED];
pub(super) const DELIVERY_TO_PROOF: &[Excluded] = &[(NEGATIVE, "POD before the delivery")];
pub(super) const DELIVERED_CLEAN: &[Excluded] = &[OLD];
pub(super) const UNTOUCHED: &[Excluded] = &[OLD, NO_DISPATCH, BACKWARDS];
pub(super) const RECORDED: &[Excluded] =
    &[(NEGATIVE, "recorded before the delivery"), (NO_RECORD_TIME, "old data without a record time of the source")];
pub(super) const PROMISED: &[Excluded] = &[(NO_PROMISE, "no promise told")];
/// Of exceptions, which are counted by themselves and have no such bin.
pub(super) const SOLVED: &[Excluded] =
    &[(i32::MIN, "over within a minute of being found: told afterwards, so that nobody could act")];

/// What this measure leaves out.
pub fn left_out(metric: M) -> &'static [Excluded] {
    match metric {
        M::DeliveredAgainstPromise => PROMISED,
        M::DeliveredToRecorded => RECORDED,
        M::DispatchToInvoice => DISPATCH_TO_INVOICE,
        M::ReadyToInvoice => READY_TO_INVOICE,
        M::DeliveryToInvoice => DELIVERY_TO_INVOICE,
        M::DeliveryToPosting => DELIVERY_TO_POSTING,
        M::InvoiceToPosting => &[(NO_START, "no invoice told"), (NEGATIVE, "posted before it was invoiced")],
        M::ProofToInvoice => &[(NEGATIVE, "invoiced before the POD came"), ZERO, SHARED],
        M::ValidProofToInvoice => VALID_PROOF_TO_INVOICE,
        M::DeliveryToProof => DELIVERY_TO_PROOF,
        M::DeliveryToValidProof => &[(NEGATIVE, "POD validated before the delivery")],
        M::ProofOfDelivery => &[OLD],
        M::DeliveredClean => DELIVERED_CLEAN,
        M::UntouchedFromDispatch => UNTOUCHED,
        M::UntouchedFromDelivery => &[OLD, NO_DELIVERY, (NEGATIVE, "invoiced before the delivery")],
        M::DispatchToDelivery => &[NO_DISPATCH, (NEGATIVE, "delivered before it was dispatched")],
        M::StageTransit
        | M::StageProof
        | M::StageCheck
        | M::StageRating
        | M::StageApproval
        | M::StageIssue
        | M::StagesInOrder
        | M::BilledOnce
        | M::ProofAwaited
        | M::ProofCame
        | M::ProofNeeded
        | M::ProofNoMore
        | M::UnbilledBegan
        | M::UnbilledEnded
        | M::PostingAwaited
        | M::PostingCame
        | M::UnassignedBegan
        | M::UnassignedEnded => &[],
    }
}
