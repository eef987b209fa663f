//! The detectors: for each kind of exception that a shipment can have, whether it is found, will be, or is not.

mod billing;
mod charges;
mod orders;
mod proof;
mod sources;
mod transitions;
mod way;

#[cfg(test)]
pub(super) use transitions::IMPOSSIBLE;

use crate::domain::{assess::Case, policy::by, time::Instant};
use app::model::ExceptionKind as Kind;
use std::borrow::Cow;

/// What a detector answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sign<'a> {
    /// Nothing is wrong, nor will be by the passing of time.
    Clear,
    /// It will be wrong then if nothing else comes.
    Due(Instant),
    /// It is wrong.
    Found {
        /// Since then.
        since: Instant,
        /// The business cause.
        detail: Cow<'a, str>,
    },
    /// It is wrong for several causes, each a matter of its own: since when, and what. Only of kinds that are
    /// [`each_by_cause`](super::each_by_cause); no cause comes twice.
    Each(Vec<(Instant, String)>),
}

/// A detector.
pub(crate) type Detector = for<'a> fn(&Case<'a>) -> Sign<'a>;

/// All of them. None but [`billing::not_invoiced`] looks at what was waived: an exception that was waived is still found, since its
/// waiver counts as long as it is.
///
/// What is no matter of one shipment's facts (a silent source, unreadable data)
/// is found where it comes in.
pub(crate) const DETECTORS: &[(Kind, Detector)] = &[
    (Kind::StatusStale, way::status_stale),
    (Kind::PodMissing, proof::missing),
    (Kind::PodIncomplete, proof::incomplete),
    (Kind::RateMismatch, charges::rate_mismatch),
    (Kind::AccessorialUnusual, charges::accessorial_unusual),
    (Kind::ChargesIncomplete, charges::incomplete),
    (Kind::PrematureInvoice, billing::premature),
    (Kind::PostingFailed, billing::posting_failed),
    (Kind::PostingMissing, billing::posting_missing),
    (Kind::Duplicate, billing::duplicate),
    (Kind::CarrierInvoiceMismatch, charges::carrier_invoice_mismatch),
    (Kind::UnknownCode, sources::unknown_code),
    (Kind::TransitionIllegal, transitions::illegal),
    (Kind::SourceConflict, sources::conflict),
    (Kind::OrderChanged, orders::changed),
    (Kind::TenderRejected, way::tender_rejected),
    (Kind::OrderUnknown, orders::unknown),
    (Kind::ExecutionTrouble, way::execution_trouble),
    (Kind::LatePastPromise, way::late_past_promise),
    (Kind::DocumentUnreadable, proof::unreadable),
    (Kind::CaseWithoutContext, orders::case_without_context),
    (Kind::NotInvoiced, billing::not_invoiced),
    (Kind::Unassigned, way::unassigned),
    (Kind::ApprovalDelayed, billing::approval_delayed),
    (Kind::ManualEntry, sources::entered_by_hand),
    (Kind::Disputed, billing::disputed),
    (Kind::AccrualMissing, charges::accrual_missing),
];

/// Found, since then.
fn found<'a>(since: Instant, detail: impl Into<Cow<'a, str>>) -> Sign<'a> {
    Sign::Found { since, detail: detail.into() }
}

/// Something is expected within so many hours: due until then, found from then on. Zero hours expect nothing.
fn expected<'a>(case: &Case<'a>, after: Instant, hours: u32, detail: &'a str) -> Sign<'a> {
    match by(after, hours) {
        None => Sign::Clear,
        Some(at) if case.inputs.now < at => Sign::Due(at),
        Some(at) => found(at, detail),
    }
}
