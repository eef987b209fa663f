//! The other half of a story: from the handover to the posting in the books.

use super::{
    BILLING, ERP, POD_APP,
    draw::Draw,
    freight::{Handover, hours},
    rhythm::dock_open,
    shipper::{Customer, Mode, Release},
    story::{Act, Story},
};
use crate::domain::time::Instant;

/// What stops an invoice.
const BLOCKS: &[&str] =
    &["rate_mismatch", "missing_purchase_order", "accessorial_unapproved", "tax_jurisdiction", "credit_check"];
/// What the ERP answers when it does not post.
const POSTING_FAILURES: &[&str] = &["period_closed", "account_unknown", "customer_blocked", "timeout", "tax_code_missing"];

/// Tells what follows a handover.
pub(crate) fn tell(story: &mut Story, draw: &mut Draw, customer: &Customer, handover: Handover) {
    let Handover { at: delivered, dispatched, partial } = handover;
    // The draw stays where it was; who accrues at dispatch is a matter of the business unit.
    let _ = draw.chance(0.15);
    if story.unit.accrues {
        story.step(Act::AccrualCreated, ERP, dispatched.plus(hours(draw.between(0.1, 2.0))), draw);
    }
    if customer.cold_chain {
        story.step(Act::TemperatureAssessed, story.region.dispatch, delivered.plus(hours(draw.between(0.1, 1.5))), draw);
    }
    let rated = delivered.plus(hours(draw.log_normal(2.0, 0.7)));
    let proof = proof(story, draw, customer, delivered, partial);
    story.step(Act::ChargesRated, BILLING, rated, draw);
    if draw.chance(0.2) {
        let source = story.carrier().source;
        story.step(Act::CarrierInvoiceReceived, source, delivered.plus(hours(24.0 * draw.log_normal(7.0, 0.5))), draw);
    }
    let ready = match customer.release {
        Release::Delivered => Some(rated),
        Release::Pod | Release::CheckedPod => proof.map(|proof| proof.max(rated)),
    };
    if let Some(ready) = ready.filter(|_| !draw.chance(0.015)) {
        invoice(story, draw, ready);
    }
}

/// The proof of delivery; returns when the contract is content with it.
fn proof(story: &mut Story, draw: &mut Draw, customer: &Customer, delivered: Instant, partial: bool) -> Option<Instant> {
    let carrier = story.carrier();
    if draw.chance(if partial { 0.2 } else { carrier.pod_missing }) {
        return None;
    }
    // Carriers without an app of their own send the paper; it is captured by hand.
    let mut received = delivered.plus(hours(draw.log_normal(carrier.pod_hours, 1.0)));
    story.step(Act::PodReceived, POD_APP, received, draw);
    if customer.release != Release::CheckedPod {
        return Some(received);
    }
    let desk = |at: Instant, offset, draw: &mut Draw| dock_open(at.plus(hours(draw.log_normal(3.0, 0.7))), offset, false, draw);
    let offset = story.region.utc_offset;
    if draw.chance(0.03) {
        let rejected = desk(received, offset, draw);
        story.step(Act::PodRejected(draw.pick(&["illegible", "signature_missing", "wrong_shipment"])), BILLING, rejected, draw);
        if draw.chance(0.25) {
            return None;
        }
        received = rejected.plus(hours(24.0 * draw.log_normal(1.5, 0.6)));
        story.step(Act::PodReceived, POD_APP, received, draw);
    }
    if draw.chance(0.015) {
        return None; // Nobody looks at it.
    }
    let validated = desk(received, offset, draw);
    story.step(Act::PodValidated, BILLING, validated, draw);
    Some(validated)
}

/// The customer's invoice and its posting.
fn invoice(story: &mut Story, draw: &mut Draw, ready: Instant) {
    let mut at = ready.plus(hours(draw.log_normal(5.0, 0.9)));
    let blocked = draw.chance(0.035);
    // Small systems tell of an invoice only when it goes out.
    if blocked || story.mode != Mode::Parcel && draw.chance(0.4) {
        story.step(Act::InvoiceGenerated, BILLING, at, draw);
        at = at.plus(hours(draw.log_normal(2.5, 0.8)));
    }
    if blocked {
        story.step(Act::InvoiceBlocked(draw.pick(BLOCKS)), BILLING, at, draw);
        if draw.chance(0.2) {
            return;
        }
        at = at.plus(hours(24.0 * draw.log_normal(2.4, 0.6)));
    }
    story.step(Act::InvoiceReleased, BILLING, at, draw);
    if draw.chance(0.008) {
        let disputed = at.plus(hours(24.0 * draw.log_normal(9.0, 0.5)));
        story.step(Act::DisputeOpened(draw.pick(&["rate", "accessorial", "duplicate", "not_received"])), BILLING, disputed, draw);
    }
    let mut posted = at.plus(hours(draw.log_normal(0.5, 0.8)));
    if draw.chance(0.03) {
        story.step(Act::PostingFailed(draw.pick(POSTING_FAILURES)), ERP, posted, draw);
        if draw.chance(0.25) {
            return;
        }
        posted = posted.plus(hours(draw.log_normal(9.0, 0.8)));
    }
    story.step(Act::PostingSucceeded, ERP, posted, draw);
}
