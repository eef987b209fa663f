//! What holds a shipment.

use super::tale::{Tale, hours, instant};
use crate::domain::readiness::{HoldKind, Holds};
use app::model::Queue;
use serde_json::json;

const H: i64 = 60;

/// What a contract asks for, before anything is met.
const EVERYTHING: &str = "dispatched = true\nloaded = true\npod = \"signed\"\ntemperature = true\napproval = true";

#[test]
fn all_that_is_unmet_is_told_at_once() {
    let tale = Tale::new().contract(EVERYTHING).told("shipment.planned", 0);
    let all = [
        "not_dispatched",
        "not_loaded",
        "not_delivered",
        "pod_missing",
        "pod_unsigned",
        "temperature_unproven",
        "charges_missing",
        "approval_missing",
    ];
    assert_eq!(tale.holds(H), all);
    let checked = Tale::new().contract("pod = \"validated\"").told("shipment.delivered", 0).told("pod.received", 1);
    assert_eq!(checked.holds(H), ["pod_unchecked", "charges_missing"]);
}

#[test]
fn each_hold_goes_with_its_effect_and_only_then() {
    let mut tale = Tale::new().contract(EVERYTHING).told("shipment.planned", 0);
    let signed = json!({ "signed_by": "A. Ortiz" });
    for (kind, data, holds, gone) in [
        ("shipment.dispatched", json!({}), 7, "not_dispatched"),
        ("shipment.loaded", json!({}), 6, "not_loaded"),
        ("shipment.delivered", json!({}), 5, "not_delivered"),
        ("pod.received", json!({}), 4, "pod_missing"),
        ("pod.validated", signed, 3, "pod_unsigned"),
        ("temperature.assessed", json!({ "compliant": true }), 2, "temperature_unproven"),
        ("charges.rated", json!({ "total": { "amount": "9.00", "currency": "USD" } }), 1, "charges_missing"),
        ("freight_charge.approved", json!({ "total": { "amount": "9.00", "currency": "USD" } }), 0, "approval_missing"),
    ] {
        assert!(tale.holds(hours(9)).contains(&gone), "{kind}");
        tale = tale.with(kind, 8 - holds as i64, data);
        let left = tale.holds(hours(9));
        assert!(left.len() == holds && !left.contains(&gone), "{kind}: {left:?}");
    }
}

#[test]
fn what_stands_against_billing_holds_whatever_the_contract_says() {
    let tale = || Tale::new().with("shipment.delivered", 0, json!({ "orders": ["SO-1"] })).told("charges.rated", 1);
    let order = |tale: Tale, kind: &str, minute| tale.with_order(kind, "SO-1", minute, json!({}));
    for (name, tale, holds) in [
        ("nothing", order(tale(), "order.released", 0), vec![]),
        ("a delivery exception", tale().told("delivery_exception.raised", 9), vec!["delivery_exception_open"]),
        ("cleared", tale().told("delivery_exception.raised", 9).told("delivery_exception.cleared", 10), vec![]),
        (
            "the contract does not mind",
            tale().contract("exceptions_cleared = false").told("delivery_exception.raised", 9),
            vec![],
        ),
        ("a blocked order", order(tale(), "order.credit_blocked", 5), vec!["order_blocked"]),
        ("a cancelled order", order(tale(), "order.cancelled", 5), vec!["order_cancelled"]),
        ("a blocked invoice", tale().told("invoice.blocked", 9), vec!["invoice_blocked"]),
        ("a dispute", tale().told("dispute.opened", 9), vec!["disputed"]),
        ("resolved", tale().told("dispute.opened", 9).told("dispute.resolved", 10), vec![]),
        (
            "a part is still to come",
            tale().without("shipment.delivered").told("shipment.partially_delivered", 0),
            vec!["not_delivered"],
        ),
        (
            "goods that got warm",
            tale().contract("temperature = true").with("temperature.assessed", 9, json!({ "compliant": false })),
            vec!["temperature_unproven"],
        ),
        (
            "assessed anew",
            tale()
                .contract("temperature = true")
                .with("temperature.assessed", 9, json!({ "compliant": false }))
                .told("temperature.assessed", 12),
            vec![],
        ),
    ] {
        assert_eq!(tale.holds(H), holds, "{name}");
    }
}

#[test]
fn without_a_contract_nothing_is_billed() {
    let of = |customer: &str| Tale::new().with("shipment.delivered", 0, json!({ "customer": customer }));
    assert_eq!(of("C-1").holds(H), ["charges_missing"]);
    assert_eq!(of("C-9").holds(H), ["contract_missing"]);
    assert_eq!(of("C-1").contract("from = \"2026-06-01\"").holds(H), ["contract_missing"], "not in force yet");
    let not_there = Tale::new().with("shipment.planned", 0, json!({ "customer": "C-9" }));
    assert_eq!(not_there.holds(H), ["contract_missing", "not_delivered"]);
}

#[test]
fn the_contract_of_the_dispatch_counts() {
    let change =
        "until = \"2026-03-02\"\n[[contracts]]\ncustomer = \"C-1\"\nfrom = \"2026-03-03\"\npod = \"received\"\ncharges = false";
    let dispatched =
        |minute| Tale::new().contract(change).told("shipment.dispatched", minute).told("shipment.delivered", hours(50));
    assert_eq!(dispatched(hours(23)).holds(hours(51)), ["charges_missing"]);
    assert_eq!(dispatched(hours(25)).holds(hours(51)), ["pod_missing"]);
}

#[test]
fn what_was_waived_does_not_hold_and_what_is_billed_is_not_held() {
    let tale = Tale::new().signed_contract().told("shipment.delivered", 0);
    assert_eq!(tale.holds(H), ["pod_missing", "pod_unsigned", "charges_missing"]);
    let waived = tale.waived(HoldKind::PodMissing).waived(HoldKind::PodUnsigned);
    assert_eq!(waived.holds(H), ["charges_missing"]);
    assert_eq!(waived.told("invoice.released", 30).holds(H), Vec::<&str>::new());
}

#[test]
fn the_checklist_says_who_since_when_and_what_would_release_it() {
    let tale = Tale::new()
        .contract("name = \"Harbour 2026\"\npod = \"signed\"")
        .with("shipment.delivered", 0, json!({ "signed_by": "M. Okafor", "carrier": "DHL" }))
        .waived(HoldKind::PodUnsigned);
    let list = tale.conditions(H);
    let words: Vec<_> = list.iter().map(|c| (c.kind.code(), c.met, c.waived, c.evidence.as_str())).collect();
    assert_eq!(
        words,
        [
            ("pod_missing", false, false, "A POD would release it. Carrier: DHL."),
            ("charges_missing", false, false, "Rated charges would release it."),
            ("pod_unsigned", false, true, "A POD that names who signed, or a validated one, would release it."),
            ("contract_missing", true, false, "Harbour 2026"),
            ("not_delivered", true, false, "Delivered, signed by: M. Okafor."),
            ("delivery_exception_open", true, false, "None was raised."),
            ("order_blocked", true, false, "No order is blocked."),
            ("order_cancelled", true, false, "No order is cancelled."),
            ("invoice_blocked", true, false, "Nothing blocks the invoice."),
            ("disputed", true, false, "Nobody disputes."),
        ]
    );
    assert_eq!((list[0].owner, list[0].since), (Queue::Logistics, Some(instant(0))));
    assert_eq!((list[1].owner, list[1].since), (Queue::Finance, Some(instant(0))));
}

#[test]
fn the_checklist_and_the_holds_agree() {
    let whole = Tale::healthy();
    for kind in ["shipment.delivered", "pod.received", "charges.rated", "shipment.dispatched"] {
        let tale = whole.without(kind).without("invoice.released").without("erp_posting.succeeded");
        let unmet: Vec<_> = HoldKind::ALL
            .iter()
            .filter(|kind| tale.conditions(hours(80)).iter().any(|condition| condition.kind == **kind && !condition.met))
            .map(|kind| kind.code())
            .collect();
        assert_eq!(tale.holds(hours(80)), unmet, "without {kind}");
    }
}

#[test]
fn a_set_of_holds_is_its_bits() {
    let holds: Holds = [HoldKind::Disputed, HoldKind::PodMissing].into_iter().collect();
    assert_eq!(Holds::from_bits(holds.bits()), holds);
    assert_eq!(holds.iter().collect::<Vec<_>>(), [HoldKind::PodMissing, HoldKind::Disputed]);
    assert!(holds.contains(HoldKind::Disputed) && !holds.contains(HoldKind::OrderBlocked));
    assert_eq!((holds.len(), holds.is_empty(), Holds::NONE.is_empty()), (2, false, true));
    assert_eq!(Holds::from_bits(u32::MAX).len() as usize, HoldKind::ALL.len(), "bits that mean nothing are left out");
    for (bit, kind) in HoldKind::ALL.iter().enumerate() {
        assert_eq!((*kind as usize, HoldKind::from_code(kind.code())), (bit, Some(*kind)));
    }
}
