//! Some charges are approved before they are billed. It has a stream of chance of its own and comes last, so that the rest of the story
//! stays as it is, faults too.

use super::{
    BILLING,
    draw::Draw,
    freight::hours,
    story::{Act, Story},
};
use crate::domain::time::Instant;

/// Another seed than the story's own.
const STREAM: u64 = 0x6170_7072_6f76_616c;
/// How often charges are approved.
const APPROVED: f64 = 0.35;
/// How often the desk tells of it a day later.
const LATE: f64 = 0.06;
/// What nobody asks about.
const PLAIN: [&str; 2] = ["base_freight", "fuel_surcharge"];

/// Approves the charges, if they are to be approved: of freight and fuel alone, and before the carrier asks for its money, so that nobody's
/// question is settled by it.
pub(crate) fn stir(story: &mut Story, seed: u64) {
    let mut draw = Draw::new(seed ^ STREAM, story.number);
    let at = |wanted: Act| story.steps.iter().find(|step| step.act == wanted).map(|step| step.occurred);
    let plain = story.bill.charges.iter().all(|(code, _)| PLAIN.contains(code));
    let Some(rated) = at(Act::ChargesRated).filter(|_| plain && draw.chance(APPROVED)) else { return };
    let approved = rated.plus(hours(draw.log_normal(2.5, 0.8)));
    if at(Act::CarrierInvoiceReceived).is_some_and(|asked| asked <= approved) {
        return;
    }
    story.step(Act::ChargesApproved, BILLING, approved, &mut draw);
    if draw.chance(LATE)
        && let Some(step) = story.steps.last_mut()
    {
        step.sent = step.sent.plus(Instant::DAY);
    }
}
