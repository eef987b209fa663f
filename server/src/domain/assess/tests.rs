//! Tales of shipments, each told by canonical events, and what they come to.

mod billing;
mod charges;
mod converge;
mod orders;
mod proof;
mod readiness;
mod scenarios;
mod sources;
mod tale;
mod way;

use super::*;
use crate::domain::{
    fact::{Claim, FactValue, Standing},
    time::Precision,
};
use tale::{Tale, hours};

/// A whole healthy life: nothing is ever wrong with it, and once it is posted nothing is due.
#[test]
fn a_healthy_shipment_is_never_found() {
    let life = Tale::healthy();
    for hour in 0..400 {
        let told = life.until(hours(hour));
        assert_eq!(told.look(hours(hour)).findings, [], "after {hour} hours");
    }
    let end = life.look(hours(400));
    assert_eq!((end.next_at, end.holds), (None, Holds::NONE));
}

#[test]
fn history_is_nobodys_work_until_something_comes_live() {
    let told = |tale: Tale| tale.told("shipment.planned", 0).told("shipment.delivered", 60).told("invoice.blocked", 90);
    let old = told(Tale::old().signed_contract());
    assert_eq!(old.look(hours(9_000)), Assessment::default());
    assert!(!told(Tale::new().signed_contract()).look(hours(9_000)).findings.is_empty());
}

#[test]
fn a_shipment_that_was_called_off_before_it_left_is_nobodys_work() {
    let planned = Tale::new().told("shipment.planned", 0).told("tender.rejected", 30);
    assert!(!planned.look(hours(90)).findings.is_empty());
    let cancelled = planned.told("shipment.cancelled", 60);
    assert_eq!(cancelled.look(hours(90)), Assessment::default());
    // Invoiced all the same: that is somebody's work.
    let invoiced = cancelled.told("invoice.released", 90);
    assert_eq!(invoiced.kinds(hours(2)), ["premature_invoice"]);
}

#[test]
fn the_next_look_is_when_the_first_expectation_ends() {
    let tale = Tale::new().signed_contract().told("shipment.delivered", 0).told("accrual.created", 10);
    // Charges, POD: each within a day.
    assert_eq!(tale.look(hours(1)).next_at, Some(tale::instant(hours(24))));
    let quick = tale.policy("[expectations]\ncharges_within = 6\n");
    assert_eq!(quick.look(hours(1)).next_at, Some(tale::instant(hours(6))));
    let late = quick.look(hours(7));
    assert_eq!(late.next_at, Some(tale::instant(hours(24))), "what is found is not looked for again");
}

#[test]
fn money_is_the_invoice_else_the_rating_else_the_freight() {
    let tale = Tale::healthy();
    let money = |tale: &Tale| money(&tale.state()).map(|money| money.decimal());
    assert_eq!(money(&tale.until(hours(0))), Some("900.00".into()));
    assert_eq!(money(&tale.until(hours(55))), Some("1000.00".into()));
    assert_eq!(money(&tale), Some("1005.00".into()));
    let together = tale.with(
        "invoice.released",
        hours(90),
        serde_json::json!({
            "number": "INV-77", "consolidation": "RUN-3", "amount": { "amount": "52000.00", "currency": "USD" }
        }),
    );
    assert_eq!(money(&together), Some("1000.00".into()), "an invoice for many says nothing about one");
}

#[test]
fn facts_of_every_key_have_a_place() {
    let standing = |n: usize| Standing {
        rank: 0,
        told_at: Instant(0),
        sequence: None,
        source: "s".into(),
        event_id: n.to_string(),
        received_at: None,
    };
    let mut state = ShipmentState { watched: true, ..ShipmentState::default() };
    let last = Claim { key: FactKey::CarrierInvoiceAmount, value: FactValue::At(Instant(0), Precision::Instant) };
    state.facts.merge(&[last], standing(1));
    let (orders, policy) = (OrderFlags::default(), Policy::default());
    let inputs = Inputs { state: &state, orders: &orders, waivers: &[], policy: &policy, now: Instant(0) };
    assert_eq!(assess(&inputs).findings, [], "a value of another kind than expected is no reason to panic");
}

#[test]
fn what_happened_last_counts_even_if_it_was_written_down_first() {
    // Two proofs and a rejection between them, out of one file that was written at once and backwards.
    let late = |tale: Tale, kind: &str, minute| tale.with(kind, minute, serde_json::json!({}));
    let delivered = Tale::new().contract("pod = \"received\"").told("shipment.delivered", 0);
    let tale = late(late(late(delivered, "pod.received", 180), "pod.rejected", 120), "pod.received", 60);
    for recorded in [300, 240, 60] {
        let told_at_once = tale.recorded_at(recorded);
        assert_eq!(told_at_once.holds(hours(9)), ["charges_missing"], "{recorded}");
        assert_eq!(told_at_once.kinds(hours(9)), Vec::<&str>::new(), "{recorded}");
    }
}
