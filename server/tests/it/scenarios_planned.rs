//! Scenarios of plans that change: another vehicle, several legs, another order; through the doors that systems and people use.

use crate::support::world::{World, eur, none};
use serde_json::{Value, json};
use waybill_server::domain::time::Instant;

fn open(kinds: &[(&str, &str)]) -> Vec<(String, String)> {
    kinds.iter().map(|(kind, shipment)| ((*kind).to_owned(), (*shipment).to_owned())).collect()
}

/// SC8: the vehicle fails and another takes the load. One shipment, one delivery, one accrual, whoever tells them.
#[tokio::test]
async fn a_load_that_changes_vehicles_is_delivered_and_accrued_once() {
    let world = World::new().await;
    world.dispatched("S-1").await;
    world.say("telematics", "down", "S-1", "vehicle.broke_down", json!({ "vehicle": "TRK-1" })).await;
    world.pass(1).await;
    assert_eq!(world.open("logistics").await, open(&[("execution_trouble", "S-1")]));
    world.pass(60).await;
    world.say("dispatch", "again", "S-1", "load.reassigned", json!({ "vehicle": "TRK-204" })).await;
    world.pass(1).await;
    assert_eq!(world.open("").await, none(), "the other vehicle ends it");
    // It is dispatched once more, and both drivers tell the delivery.
    world.say("tms", "second", "S-1", "shipment.dispatched", json!({ "vehicle": "TRK-204" })).await;
    world.pass(120).await;
    world.delivered("S-1").await;
    world.say("dispatch", "delivered", "S-1", "shipment.delivered", json!({ "signed_by": "M. Okafor" })).await;
    world.proven("S-1").await;
    world.rated("S-1", &[("freight", "1000.00")]).await;
    let again = json!({ "amount": eur("900.00") });
    assert_eq!(world.say("rating", "S-1-accrued-again", "S-1", "accrual.created", again).await, "accepted");
    world.pass(5).await;
    let figures: Vec<(String, i64)> = waybill_server::store::sql::query_as(
        "SELECT 'shipments', count(*) FROM shipments UNION ALL SELECT 'delivered', sum(n) FROM shipment_counts WHERE what = 'told:delivered'",
    )
    .fetch_all(&world.app.database.read)
    .await
    .expect("figures");
    assert_eq!(figures, [("shipments".to_owned(), 1), ("delivered".to_owned(), 1)]);
    let detail = world.get(&format!("/api/ui/shipment?id={}", world.id("S-1").await)).await.to_string();
    assert!(detail.contains("900.00") && !detail.contains("1800.00"), "one accrual: {detail}");
    world.say("billing", "i1", "S-1", "invoice.released", json!({ "number": "INV-1", "amount": eur("1000.00") })).await;
    world.pass(1).await;
    world.say("erp", "p1", "S-1", "erp_posting.succeeded", json!({ "document": "5100000481", "amount": eur("1000.00") })).await;
    world.pass(72 * 60).await;
    assert_eq!((world.open("").await, world.verdict("S-1").await.as_str()), (none(), "Posted"));
}

/// SC12: one order in two legs, each with its carrier and its day. Each is judged for itself, and the order holds both.
#[tokio::test]
async fn legs_of_one_order_are_judged_each_for_itself_and_stay_its_children() {
    let world = World::new().await;
    world.say("erp", "order", "SO-1", "order.released", json!({ "customer": "C-1" })).await;
    world.pass(1).await;
    for (leg, carrier, hours) in [("LEG-1", "SEAL", 24), ("LEG-2", "ROAD", 48)] {
        let promised = chrono::DateTime::from_timestamp_micros(world.app.clock.now().plus(hours * Instant::HOUR).0);
        let plan = json!({ "customer": "C-1", "orders": ["SO-1"], "carrier": carrier, "promised_at": promised.expect("a time").to_rfc3339() });
        world.say("planning", &format!("{leg}-plan"), leg, "shipment.planned", plan).await;
        world.say("tms", &format!("{leg}-left"), leg, "shipment.dispatched", json!({ "carrier": carrier })).await;
    }
    world.pass(23 * 60).await;
    world.delivered("LEG-1").await;
    assert_eq!(world.unmet("LEG-1").await, ["pod_missing", "pod_unsigned", "charges_missing"]);
    assert_eq!(
        (world.verdict("LEG-1").await.as_str(), world.verdict("LEG-2").await.as_str()),
        ("Held by 3 conditions", "Not due yet")
    );
    world.proven("LEG-1").await;
    world.rated("LEG-1", &[("freight", "400.00")]).await;
    assert_eq!(world.verdict("LEG-1").await, "Ready to invoice", "the other leg is no matter of its own");
    world.say("billing", "i1", "LEG-1", "invoice.released", json!({ "number": "INV-1", "amount": eur("400.00") })).await;
    world.say("erp", "p1", "LEG-1", "erp_posting.succeeded", json!({ "document": "51", "amount": eur("400.00") })).await;
    world.say("carrier", "moves", "LEG-2", "shipment.in_transit", json!({})).await;
    world.pass(26 * 60).await;
    assert_eq!(world.open("").await, open(&[("late_past_promise", "LEG-2")]));
    let order = world.page("/orders/SO-1").await;
    for told in ["LEG-1", "SEAL", "LEG-2", "ROAD", "2 shipments"] {
        assert!(order.contains(told), "{told}");
    }
    // What becomes of the order becomes of the leg that is not done.
    world.say("erp", "cancel", "SO-1", "order.cancelled", json!({})).await;
    world.pass(1).await;
    assert_eq!(world.open("").await, open(&[("late_past_promise", "LEG-2"), ("order_changed", "LEG-2")]));
    assert!(world.unmet("LEG-2").await.contains(&"order_cancelled".to_owned()));
}

/// SC16: the order is changed after planning, the tender is rejected, and a carrier's invoice names nothing that anybody knows.
#[tokio::test]
async fn a_changed_order_a_rejected_tender_and_an_invoice_that_matches_nothing_are_each_somebodys() {
    let world = World::new().await;
    let cost = json!({ "amount": eur("900.00") });
    world.say("erp", "order", "SO-1", "order.released", json!({ "customer": "C-1" })).await;
    world.pass(1).await;
    let plan = || json!({ "customer": "C-1", "orders": ["SO-1"], "freight_cost": eur("900.00") });
    world.say("planning", "plan-1", "S-1", "shipment.planned", plan()).await;
    world.pass(1).await;
    world.say("tms", "ask-1", "S-1", "tender.sent", json!({ "carrier": "NWHL" })).await;
    world.pass(1).await;
    world.say("carrier", "no", "S-1", "tender.rejected", json!({ "carrier": "NWHL" })).await;
    world.pass(1).await;
    assert_eq!(world.open("logistics").await, open(&[("tender_rejected", "S-1")]));
    assert_eq!(world.exception("tender_rejected", "S-1").await["row"]["detail"], json!("NWHL"), "by carrier");
    world.say("tms", "ask-2", "S-1", "tender.sent", json!({ "carrier": "PRRE" })).await;
    world.pass(1).await;
    world.say("carrier", "yes", "S-1", "tender.accepted", json!({ "carrier": "PRRE" })).await;
    world.pass(1).await;
    assert_eq!(world.open("").await, none());

    world.say("erp", "change", "SO-1", "order.changed", json!({})).await;
    world.pass(1).await;
    assert_eq!(world.open("").await, open(&[("order_changed", "S-1")]));
    world.say("planning", "plan-2", "S-1", "shipment.planned", plan()).await;
    world.pass(1).await;
    assert_eq!(world.open("").await, none(), "the new plan ends it");

    // Somebody invoices a shipment of which nothing is known; a day later that is finance's, with the money that is asked.
    let invoice = json!({ "number": "F-1", "amount": eur("910.00") });
    assert_eq!(world.say("carrier", "f-1", "S-UNHEARD", "carrier_invoice.received", invoice).await, "accepted");
    world.pass(23 * 60).await;
    assert_eq!(world.open("").await, none(), "its cost may still come");
    world.pass(60).await;
    assert_eq!(world.open("finance").await, open(&[("carrier_invoice_mismatch", "S-UNHEARD")]));
    assert_eq!(world.exception("carrier_invoice_mismatch", "S-UNHEARD").await["row"]["detail"], json!("no expected cost"));
    // The cost comes in after all, and matches.
    world.say("rating", "accrued", "S-UNHEARD", "accrual.created", cost).await;
    world.pass(1).await;
    assert_eq!(world.open("finance").await, none());
    let row: Value = world.exception("carrier_invoice_mismatch", "S-UNHEARD").await;
    assert_eq!(row["row"]["state"], json!("verified"));
}
