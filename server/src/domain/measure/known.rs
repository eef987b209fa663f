//! What is measured.

/// What a metric's bins and sums mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Bins are durations, sums milliseconds.
    Duration,
    /// Bins are classes; nothing is summed.
    Class,
    /// Bins are currencies, sums minor units.
    Money,
    /// Sums are milliseconds, and nothing is ranked.
    Sum,
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $number:literal, $code:literal, $shape:ident;)*) => {
        /// What is measured.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Metric {
            $($(#[$doc])* $variant = $number,)*
        }

        impl Metric {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As people and the API call it.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The metric of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// The metric of a number in the database.
            pub fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// What its bins and sums mean.
            pub fn shape(self) -> Shape {
                match self { $(Self::$variant => Shape::$shape,)* }
            }
        }
    };
}

// Numbers are in databases: they are never given again.
metrics! {
    /// Delivered against promise: `ON_TIME`, `LATE`, `NO_PROMISE`.
    DeliveredAgainstPromise = 1, "delivered_against_promise", Class;
    /// Delivered to recorded: event latency of the delivery.
    DeliveredToRecorded = 2, "delivered_to_recorded", Duration;
    /// First dispatch to first invoice.
    DispatchToInvoice = 3, "dispatch_to_invoice", Duration;
    /// Of that, until it was delivered.
    StageTransit = 4, "stage_transit", Sum;
    /// Of that, from the delivery until a proof was received.
    StageProof = 5, "stage_proof", Sum;
    /// Of that, until the proof was validated.
    StageCheck = 6, "stage_check", Sum;
    /// Of that, until charges were rated.
    StageRating = 7, "stage_rating", Sum;
    /// Of that, until charges were approved.
    StageApproval = 8, "stage_approval", Sum;
    /// Of that, until the invoice was issued.
    StageIssue = 9, "stage_issue", Sum;
    /// Milestones of an invoiced shipment in their canonical order, or not: `ON_TIME`, `LATE`.
    StagesInOrder = 10, "stages_in_order", Class;
    /// All release conditions met to invoice.
    ReadyToInvoice = 11, "ready_to_invoice", Duration;
    /// Delivered to invoice.
    DeliveryToInvoice = 12, "delivery_to_invoice", Duration;
    /// Delivered to the ERP's confirmation.
    DeliveryToPosting = 13, "delivery_to_posting", Duration;
    /// Invoice to the ERP's confirmation.
    InvoiceToPosting = 14, "invoice_to_posting", Duration;
    /// First proof to invoice.
    ProofToInvoice = 15, "proof_to_invoice", Duration;
    /// Validated proof to invoice.
    ValidProofToInvoice = 16, "valid_proof_to_invoice", Duration;
    /// Delivered to the first proof.
    DeliveryToProof = 17, "delivery_to_proof", Duration;
    /// Delivered to a validated proof.
    DeliveryToValidProof = 18, "delivery_to_valid_proof", Duration;
    /// Deliveries with a proof within its time, after it, without: `ON_TIME`, `LATE`, `NO_PROMISE`.
    ProofOfDelivery = 19, "proof_of_delivery", Class;
    /// Deliveries without or with an exception before the invoice.
    DeliveredClean = 20, "delivered_clean", Class;
    /// Invoices without or with a touch since dispatch.
    UntouchedFromDispatch = 21, "untouched_from_dispatch", Class;
    /// Invoices without or with a touch since delivery.
    UntouchedFromDelivery = 22, "untouched_from_delivery", Class;
    /// Shipments that were billed once or twice.
    BilledOnce = 23, "billed_once", Class;
    /// First dispatch to delivery, of what was delivered.
    DispatchToDelivery = 24, "dispatch_to_delivery", Duration;
    /// Waits for a proof that began.
    ProofAwaited = 30, "proof_awaited", Money;
    /// Waits for a proof that ended.
    ProofCame = 31, "proof_came", Money;
    /// Delivered, a proof asked for, not invoiced: began.
    ProofNeeded = 40, "proof_needed", Money;
    /// Delivered, a proof asked for, not invoiced: ended.
    ProofNoMore = 41, "proof_no_more", Money;
    /// Delivered, not invoiced: began.
    UnbilledBegan = 32, "unbilled_began", Money;
    /// Delivered, not invoiced: ended.
    UnbilledEnded = 33, "unbilled_ended", Money;
    /// Invoiced, not confirmed by the ERP: began.
    PostingAwaited = 34, "posting_awaited", Money;
    /// Invoiced, not confirmed by the ERP: ended.
    PostingCame = 35, "posting_came", Money;
    /// Planned, nobody to move it: began.
    UnassignedBegan = 36, "unassigned_began", Money;
    /// Planned, nobody to move it: ended.
    UnassignedEnded = 37, "unassigned_ended", Money;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_metric_has_a_number_and_a_code_of_its_own() {
        let numbers: BTreeSet<u8> = Metric::ALL.iter().map(|metric| *metric as u8).collect();
        assert_eq!(numbers.len(), Metric::ALL.len());
        for metric in Metric::ALL {
            assert_eq!(Metric::from_code(metric.code()), Some(*metric));
            assert_eq!(Metric::from_number(*metric as u8), Some(*metric));
        }
    }
}
