//! What goes wrong in the business beyond the everyday: now and then a story gets one trouble more. It has a stream of chance of
//! its own, so that the rest of the story stays as it is.

use super::{
    BILLING, ERP,
    draw::Draw,
    freight::hours,
    shipper::{Customer, Release},
    story::{Act, Step, Story},
};
use crate::domain::time::Instant;

/// One more trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The order's release is never told.
    OrderUnknown,
    /// The order is changed after planning; most are planned anew.
    OrderChanged,
    /// The order is blocked for credit; most are released again.
    OrderBlocked,
    /// The order is cancelled, the shipment is not.
    OrderCancelled,
    /// Nobody ever takes it.
    Unassigned,
    /// A stop is missed.
    StopMissed,
    /// The driver does not check in.
    CheckInMissed,
    /// Something is wrong with the delivery; most is cleared.
    DeliveryException,
    /// Invoiced otherwise than rated.
    Misinvoiced,
    /// A charge that no contract knows.
    UnknownCharge,
    /// An accessorial as large as the freight.
    LargeAccessorial,
    /// Never rated.
    Unrated,
    /// Invoiced before the proof was there.
    Premature,
    /// Invoiced twice.
    InvoicedTwice,
    /// The carrier asks for more than was agreed.
    Overasked,
    /// The proof's document can hardly be read.
    Unreadable,
    /// A case under a reference that nobody knows.
    StrayCase,
    /// The accrual is forgotten.
    NotAccrued,
}

/// How often each is tried, by shipment. Not every shipment can have every trouble.
const RATES: [(Trouble, f64); 18] = [
    (Trouble::OrderUnknown, 0.005),
    (Trouble::OrderChanged, 0.010),
    (Trouble::OrderBlocked, 0.006),
    (Trouble::OrderCancelled, 0.003),
    (Trouble::Unassigned, 0.005),
    (Trouble::StopMissed, 0.008),
    (Trouble::CheckInMissed, 0.008),
    (Trouble::DeliveryException, 0.010),
    (Trouble::Misinvoiced, 0.010),
    (Trouble::UnknownCharge, 0.006),
    (Trouble::LargeAccessorial, 0.004),
    (Trouble::Unrated, 0.006),
    (Trouble::Premature, 0.006),
    (Trouble::InvoicedTwice, 0.005),
    (Trouble::Overasked, 0.020),
    (Trouble::Unreadable, 0.008),
    (Trouble::StrayCase, 0.004),
    (Trouble::NotAccrued, 0.012),
];

/// Another seed than the story's own.
const STREAM: u64 = 0x7472_6f75_626c_6573;

/// Gives the story its trouble, if it is to have one, and disputes an end, if they come to one.
pub(crate) fn stir(story: &mut Story, seed: u64, customer: &Customer) {
    let mut draw = Draw::new(seed ^ STREAM, story.number);
    let spared = 1.0 - RATES.iter().map(|(_, rate)| rate).sum::<f64>();
    let weights = RATES.iter().map(|(_, rate)| *rate).chain([spared]);
    if let Some((trouble, _)) = RATES.get(draw.weighted(weights)) {
        give(story, *trouble, customer, &mut draw);
    }
    if let Some(opened) = find(story, |act| matches!(act, Act::DisputeOpened(_))).filter(|_| draw.chance(0.5)) {
        story.step(Act::DisputeResolved, BILLING, opened.plus(hours(24.0 * draw.log_normal(5.0, 0.6))), &mut draw);
    }
}

/// When such a thing happens in the story.
fn find(story: &Story, is: impl Fn(&Act) -> bool) -> Option<Instant> {
    story.steps.iter().find(|step| is(&step.act)).map(|step| step.occurred)
}

fn give(story: &mut Story, trouble: Trouble, customer: &Customer, draw: &mut Draw) {
    let at = |story: &Story, wanted: Act| find(story, |act| *act == wanted);
    let later = |from: Instant, median: f64, draw: &mut Draw| from.plus(hours(draw.log_normal(median, 0.6)));
    let Some(planned) = at(story, Act::Planned) else { return };
    let (picked_up, delivered) = (at(story, Act::PickedUp), at(story, Act::Delivered));
    match trouble {
        Trouble::OrderUnknown => story.steps.retain(|step| step.act != Act::OrderReleased(0)),
        Trouble::OrderChanged => {
            let changed = later(planned, 8.0, draw);
            story.step(Act::OrderChanged, ERP, changed, draw);
            if draw.chance(0.6) {
                story.step(Act::Planned, story.region.tms, later(changed, 2.5, draw), draw);
            }
        }
        Trouble::OrderBlocked => {
            let blocked = later(planned, 10.0, draw);
            story.step(Act::OrderBlocked, ERP, blocked, draw);
            if draw.chance(0.6) {
                story.step(Act::OrderReleased(0), ERP, later(blocked, 30.0, draw), draw);
            }
        }
        Trouble::OrderCancelled => story.step(Act::OrderCancelled, ERP, later(planned, 12.0, draw), draw),
        Trouble::Unassigned => {
            story.steps.retain(|step| matches!(step.act, Act::OrderReleased(_) | Act::Planned | Act::TenderSent(_)));
        }
        Trouble::StopMissed | Trouble::CheckInMissed => {
            let Some(left) = picked_up else { return };
            let way = delivered.map_or(24 * Instant::HOUR, |delivered| delivered.since(left));
            let missed = left.plus((way as f64 * draw.between(0.2, 0.9)) as i64);
            let act = if trouble == Trouble::StopMissed { Act::StopMissed } else { Act::CheckInMissed };
            story.step(act, story.region.dispatch, missed, draw);
        }
        Trouble::DeliveryException => {
            let Some(delivered) = delivered else { return };
            let code = draw.pick(&["damaged", "short", "wrong_goods"]);
            let raised = later(delivered, 1.5, draw);
            story.step(Act::DeliveryExceptionRaised(code), story.carrier().source, raised, draw);
            if draw.chance(0.7) {
                story.step(Act::DeliveryExceptionCleared(code), story.carrier().source, later(raised, 26.0, draw), draw);
            }
        }
        Trouble::Misinvoiced => {
            let share = if draw.chance(0.6) { draw.between(1.04, 1.22) } else { draw.between(0.78, 0.96) };
            story.bill.invoiced = (story.bill.invoice as f64 * share) as i64;
        }
        Trouble::UnknownCharge => {
            let amount = 4_000 + draw.below(9_000) as i64;
            story.bill.charges.push(("hand_unload", amount));
            story.bill.add(amount);
        }
        Trouble::LargeAccessorial => {
            let amount = story.bill.invoice;
            story.bill.charges.push(("demurrage", amount));
            story.bill.add(amount);
        }
        Trouble::Unrated => story.steps.retain(|step| !is_rated_or_billed(&step.act)),
        Trouble::Premature => premature(story, customer, draw),
        Trouble::InvoicedTwice => {
            if let Some(released) = at(story, Act::InvoiceReleased) {
                story.step(Act::InvoicedAgain, BILLING, later(released, 12.0, draw), draw);
            }
        }
        Trouble::Overasked => story.bill.asked = (story.bill.asked as f64 * draw.between(1.12, 1.6)) as i64 + 2_600,
        Trouble::Unreadable => story.bill.confidence = Some(draw.pick(&["0.31", "0.44", "0.58"])),
        Trouble::StrayCase => {
            let opened = later(picked_up.unwrap_or(planned), 40.0, draw);
            story.step(Act::CaseMisdirected, "crm", opened, draw);
        }
        Trouble::NotAccrued => story.steps.retain(|step| step.act != Act::AccrualCreated),
    }
}

fn is_rated_or_billed(act: &Act) -> bool {
    *act == Act::ChargesRated || is_billed(act)
}

fn is_billed(act: &Act) -> bool {
    matches!(
        act,
        Act::InvoiceGenerated
            | Act::InvoiceBlocked(_)
            | Act::InvoiceReleased
            | Act::PostingFailed(_)
            | Act::PostingSucceeded
            | Act::DisputeOpened(_)
    )
}

/// The invoice and its posting go out when the goods have been handed over, long before the proof that the contract asks for.
fn premature(story: &mut Story, customer: &Customer, draw: &mut Draw) {
    let early = |step: &Step| step.act == Act::PodReceived;
    let (delivered, proof) = (find(story, |act| *act == Act::Delivered), story.steps.iter().find(|step| early(step)));
    let (Some(delivered), proof) = (delivered, proof.map(|proof| proof.occurred)) else { return };
    let invoiced = delivered.plus(hours(draw.between(0.2, 0.6)));
    if customer.release == Release::Delivered || proof.is_some_and(|proof| proof < delivered.plus(hours(1.5))) {
        return;
    }
    story.steps.retain(|step| !is_billed(&step.act));
    story.step(Act::InvoiceReleased, BILLING, invoiced, draw);
    story.step(Act::PostingSucceeded, ERP, invoiced.plus(hours(draw.between(0.1, 0.6))), draw);
}
