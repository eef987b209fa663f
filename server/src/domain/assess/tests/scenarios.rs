//! Scenarios of the trade, told by the examples of the contracts.

use super::tale::{Answer, Tale, found, hours, instant, rfc3339, usd};
use crate::domain::{
    event::EventType as T,
    exception::{ExceptionKind as Kind, taxonomy},
    fact::FactKey,
};
use app::model::Queue;
use serde_json::json;

const NOTHING: [&str; 0] = [];

/// Released, planned, accepted, dispatched.
fn dispatched(terms: &str) -> Tale {
    Tale::of_examples(terms)
        .example(T::OrderReleased, -60)
        .example_but(T::ShipmentPlanned, 0, |event| event["data"]["promised_at"] = json!(rfc3339(hours(72))))
        .example(T::TenderSent, 30)
        .example(T::TenderAccepted, 90)
        .example(T::VehicleAssigned, hours(8))
        .example(T::ShipmentDispatched, hours(10))
}

/// SC2: a POD is incomplete. It goes to a queue, with everything that led to it.
#[test]
fn an_incomplete_pod_is_an_exception_with_its_trace() {
    let rejected = dispatched("pod = \"signed\"")
        .example(T::ShipmentDelivered, hours(40))
        .example(T::ChargesRated, hours(41))
        .example(T::AccrualCreated, hours(41))
        .example(T::PodReceived, hours(42))
        .example(T::PodRejected, hours(44));

    let seen = rejected.look(hours(45));
    let [finding] = seen.findings.as_slice() else { panic!("{:?}", seen.findings) };
    assert_eq!((finding.kind, finding.detail.as_str(), finding.since), (Kind::PodIncomplete, "incomplete", instant(hours(44))));
    assert_eq!(taxonomy(finding.kind).queue, Queue::Logistics);

    // Nothing is invoiced meanwhile, and the checklist says why.
    assert_eq!(rejected.holds(hours(45)), ["pod_missing", "pod_unsigned"]);
    let evidence = rejected.conditions(hours(45)).remove(0).evidence;
    assert_eq!(evidence, "The POD was rejected; a good one would release it. Reason: incomplete.");

    // Every fact names the event that told it.
    let state = rejected.state();
    for (key, source) in [(FactKey::PodReceived, "/pod-app"), (FactKey::PodRejected, "/capture"), (FactKey::PodLacks, "/capture")]
    {
        assert_eq!(state.facts.get(key).map(|fact| fact.standing.source.as_str()), Some(source), "{key:?}");
    }

    // Saying so does not close it; a good POD does.
    assert_eq!(rejected.kinds(hours(46)), ["pod_incomplete"]);
    let solved = rejected.example(T::PodReceived, hours(50)).example(T::PodValidated, hours(51));
    assert_eq!((solved.kinds(hours(52)), solved.holds(hours(52))), (vec![], vec![]));
}

/// SC7: the stop is completed, and the POD arrives 20 minutes later. Nobody is alarmed, and nothing may be posted before.
#[test]
fn a_pod_that_comes_twenty_minutes_later_releases_and_alarms_nobody() {
    let stop = hours(40);
    let delivered = dispatched("pod = \"signed\"")
        .example(T::StopCompleted, stop)
        .example(T::ShipmentDelivered, stop)
        .example(T::ChargesRated, stop + 2)
        .example(T::AccrualCreated, stop + 2);
    for minute in stop + 2..stop + 20 {
        assert_eq!(delivered.kinds(minute), NOTHING, "minute {minute}");
        assert_eq!(delivered.holds(minute), ["pod_missing", "pod_unsigned"], "minute {minute}");
    }
    let proven = delivered.clone().example(T::PodReceived, stop + 20);
    assert_eq!((proven.kinds(stop + 20), proven.holds(stop + 20)), (vec![], vec![]));

    // A posting within these 20 minutes was too early, and the POD does not heal that.
    let early = delivered.example(T::ErpPostingSucceeded, stop + 10);
    assert_eq!(early.kinds(stop + 11), ["premature_invoice"]);
    let later = early.example(T::PodReceived, stop + 20);
    assert_eq!(later.sign(Kind::PrematureInvoice, hours(90)), found(stop + 10, "without POD"));
    // After the POD it is right.
    let right = proven.example(T::InvoiceReleased, stop + 30).example(T::ErpPostingSucceeded, stop + 31);
    assert_eq!(right.kinds(stop + 32), NOTHING);
}

/// SC8: the vehicle fails and the load is reassigned. One shipment, one delivery, one accrual.
#[test]
fn a_reassigned_load_stays_one_shipment() {
    let on_its_way = dispatched("")
        .policy("expectations = { accrual_on = \"dispatch\" }")
        .example(T::AccrualCreated, hours(11))
        .example(T::ShipmentDeparted, hours(12));
    let broken = on_its_way.example(T::VehicleBrokeDown, hours(20));
    assert_eq!(broken.sign(Kind::ExecutionTrouble, hours(21)), found(hours(20), "breakdown"));

    let reassigned = broken.example(T::LoadReassigned, hours(23));
    assert_eq!(reassigned.kinds(hours(24)), NOTHING, "the new vehicle ends the trouble");

    // The new vehicle is dispatched as the first one was; both drivers tell the delivery.
    let delivered = reassigned
        .example_but(T::ShipmentDispatched, hours(24), |event| event["data"]["vehicle"] = json!("TRK-204"))
        .example(T::ShipmentDelivered, hours(50))
        .example_but(T::ShipmentDelivered, hours(50) + 3, |event| event["source"] = json!("/dispatch"))
        .example(T::ChargesRated, hours(51));
    let state = delivered.state();
    assert_eq!(state.facts.money(FactKey::AccrualAmount).map(|money| money.decimal()), Some("1180.00".into()));
    assert_eq!(delivered.kinds(hours(52)), NOTHING);
    let billed = delivered.example(T::InvoiceReleased, hours(53)).example(T::ErpPostingSucceeded, hours(54));
    assert_eq!(billed.sign(Kind::Duplicate, hours(90)), Answer::Clear);
    assert_eq!(billed.kinds(hours(90)), NOTHING, "no second accrual is missed, no delivery counted twice");
}

/// SC12: one order in two legs, with carriers and dates of their own.
#[test]
fn legs_of_one_order_are_judged_each_for_itself() {
    let leg = |tale: Tale, reference: &'static str, carrier: &'static str, promised: i64| {
        let named = move |event: &mut serde_json::Value| event["subject"] = json!(reference);
        tale.example_but(T::ShipmentPlanned, 0, |event| {
            named(event);
            event["data"]["promised_at"] = json!(rfc3339(promised));
        })
        .example_but(T::TenderAccepted, 60, |event| {
            named(event);
            event["data"]["carrier"] = json!(carrier);
        })
        .example_but(T::ShipmentDispatched, hours(10), |event| {
            named(event);
            event["data"]["carrier"] = json!(carrier);
        })
    };
    let both =
        leg(leg(Tale::of_examples("").example(T::OrderReleased, -60), "LEG-1", "SEAL", hours(24)), "LEG-2", "ROAD", hours(72));
    let both = both.example_but(T::ShipmentDelivered, hours(23), |event| event["subject"] = json!("LEG-1"));

    let (first, second) = (both.shipment("LEG-1"), both.shipment("LEG-2"));
    for leg in [&first, &second] {
        assert_eq!(leg.state().orders.iter().collect::<Vec<_>>(), ["SO-77120"], "each knows its order");
    }
    assert_eq!(first.state().facts.text(FactKey::Carrier), Some("SEAL"));
    assert_eq!(second.state().facts.text(FactKey::Carrier), Some("ROAD"));
    assert_eq!(first.holds(hours(30)), ["charges_missing"]);
    assert_eq!(second.holds(hours(30)), ["not_delivered", "charges_missing"], "the other leg's delivery is not its own");
    assert_eq!(second.sign(Kind::LatePastPromise, hours(80)), found(hours(72), "ROAD"));
    assert_eq!(first.sign(Kind::LatePastPromise, hours(80)), Answer::Clear);

    // What happens to the order, happens to all that carry it and are not done.
    let cancelled = both.example(T::OrderCancelled, hours(31));
    for leg in ["LEG-1", "LEG-2"] {
        assert_eq!(cancelled.shipment(leg).sign(Kind::OrderChanged, hours(32)), found(hours(31), "cancelled"), "{leg}");
        assert!(cancelled.shipment(leg).holds(hours(32)).contains(&"order_cancelled"), "{leg}");
    }
}

/// SC13: a delay after the promised date. It gets its exception, the invoice waits for the delivery, a case has its shipment.
#[test]
fn a_delay_past_the_promise_pauses_the_invoice() {
    let delayed =
        dispatched("pod = \"received\"").example(T::ShipmentInTransit, hours(60)).example(T::ShipmentDelayed, hours(74));
    assert_eq!(delayed.sign(Kind::LatePastPromise, hours(75)), found(hours(72), "CSCD"));
    assert_eq!(delayed.holds(hours(75)), ["not_delivered", "pod_missing", "charges_missing"]);

    let with_case = delayed.example(T::CaseCreated, hours(76));
    assert_eq!(with_case.kinds(hours(200)), ["status_stale", "late_past_promise"], "the case has its context");
    // A draft is no invoice; one that goes out now is too early.
    let drafted = with_case.example(T::InvoiceGenerated, hours(77));
    assert!(!drafted.kinds(hours(78)).contains(&"premature_invoice"));
    let sent = drafted.clone().example(T::InvoiceReleased, hours(78));
    assert_eq!(sent.sign(Kind::PrematureInvoice, hours(79)), found(hours(78), "not delivered"));

    let delivered =
        drafted.example(T::ShipmentDelivered, hours(90)).example(T::PodReceived, hours(91)).example(T::ChargesRated, hours(91));
    assert_eq!((delivered.kinds(hours(92)), delivered.holds(hours(92))), (vec![], vec![]));
}

/// SC16: the order is changed after planning, the tender rejected, and a carrier's invoice names nothing that is expected.
#[test]
fn a_changed_order_a_rejected_tender_and_an_invoice_without_a_match() {
    let planned = Tale::of_examples("").example(T::OrderReleased, -60).example(T::ShipmentPlanned, 0).example(T::TenderSent, 30);

    let rejected = planned.clone().example(T::TenderRejected, 60);
    assert_eq!(rejected.sign(Kind::TenderRejected, 61), found(60, "NWHL"));
    let accepted = rejected.example(T::TenderSent, 70).example(T::TenderAccepted, 90);
    assert_eq!(accepted.kinds(91), NOTHING);

    let changed = accepted.example(T::OrderChanged, hours(4));
    assert_eq!(changed.sign(Kind::OrderChanged, hours(5)), found(hours(4), "changed"));
    let anew = changed.example(T::ShipmentPlanned, hours(6));
    assert_eq!(anew.kinds(hours(7)), NOTHING, "the new plan ends it");

    // The reference matches no shipment with a cost.
    let stray =
        Tale::of_examples("").example_but(T::CarrierInvoiceReceived, 0, |event| event["subject"] = json!("SH-UNHEARD-OF"));
    assert_eq!(stray.sign(Kind::CarrierInvoiceMismatch, hours(1)), Answer::Due(hours(24)));
    assert_eq!(stray.sign(Kind::CarrierInvoiceMismatch, hours(24)), found(hours(24), "no expected cost"));
    // Ours was accrued without its fuel: too high, until somebody approves it.
    let invoiced = anew.example(T::AccrualCreated, hours(60)).example(T::CarrierInvoiceReceived, hours(90));
    assert_eq!(invoiced.sign(Kind::CarrierInvoiceMismatch, hours(91)), found(hours(90), "too high"));
    assert_eq!(
        invoiced.example(T::FreightChargeApproved, hours(95)).sign(Kind::CarrierInvoiceMismatch, hours(96)),
        Answer::Clear
    );
}

/// All of them are within the trade's amounts.
#[test]
fn examples_speak_of_the_same_money() {
    let tale = dispatched("").example(T::ChargesRated, hours(41)).example(T::InvoiceReleased, hours(50));
    let money = super::money(&tale.state());
    assert_eq!(money.map(|money| json!({ "amount": money.decimal(), "currency": money.currency.code() })), Some(usd("1342.50")));
}
