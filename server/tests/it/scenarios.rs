//! Scenarios of the trade through the doors that systems and people use: events over HTTP, and what the API then answers.
//! Straight through, and what comes to people instead.

use crate::support::{
    app::Ask,
    world::{World, eur, none},
};
use axum::http::StatusCode;
use serde_json::json;
use waybill_server::domain::access::Role;

/// SC1: dispatched, delivered and signed, rated, ready, invoiced, posted, and every system told of it; nobody has to do anything.
#[tokio::test]
async fn from_dispatch_to_posting_without_a_hand() {
    let world = World::new().await;
    world.dispatched("S-1").await;
    assert_eq!((world.stage("S-1").await.as_str(), world.verdict("S-1").await.as_str()), ("dispatched", "Not due yet"));
    world.delivered("S-1").await;
    assert_eq!(world.verdict("S-1").await, "Held by 3 conditions");
    world.proven("S-1").await;
    assert_eq!(world.verdict("S-1").await, "Held by one condition");
    world.rated("S-1", &[("freight", "1000.00"), ("fuel", "180.00")]).await;
    assert_eq!(world.verdict("S-1").await, "Ready to invoice");
    world.say("billing", "i1", "S-1", "invoice.generated", json!({ "number": "INV-1", "amount": eur("1180.00") })).await;
    world.pass(5).await;
    world.say("billing", "i2", "S-1", "invoice.released", json!({ "number": "INV-1", "amount": eur("1180.00") })).await;
    world.pass(5).await;
    assert_eq!((world.stage("S-1").await.as_str(), world.verdict("S-1").await.as_str()), ("invoiced", "Invoiced"));
    let posting = json!({ "document": "5100000481", "invoice": "INV-1", "ledger": "receivable", "amount": eur("1180.00") });
    world.say("erp", "p1", "S-1", "erp_posting.succeeded", posting).await;
    world.say("erp", "p2", "S-1", "synchronisation.completed", json!({})).await;
    world.pass(48 * 60).await;
    assert_eq!((world.stage("S-1").await.as_str(), world.verdict("S-1").await.as_str()), ("posted", "Posted"));
    assert_eq!(world.open("").await, none(), "two days later nothing was missed");
    // Found by what the ERP calls it, and no hand was on it.
    assert_eq!(world.id("5100000481").await, world.id("S-1").await);
    let (touches,): (i64,) = waybill_server::store::sql::query_as("SELECT count(*) FROM touches")
        .fetch_one(&world.app.database.read)
        .await
        .expect("a count");
    assert_eq!(touches, 0);
}

/// SC4: dispatch, warehouse and carrier speak of one shipment by names of their own; the POD is attached by a person; only what is
/// out of the ordinary comes to finance.
#[tokio::test]
async fn confirmations_meet_on_one_shipment_and_only_the_odd_one_goes_to_finance() {
    let world = World::new().await;
    for subject in ["S-1", "S-2"] {
        world.dispatched(subject).await;
        let bol = json!({ "references": [{ "scheme": "bol", "value": format!("BOL-{subject}") }] });
        world.say("wms", &format!("{subject}-left"), subject, "warehouse.departed", bol).await;
        let pro = json!({ "references": [{ "scheme": "pro", "issuer": "PRRE", "value": format!("PRO-{subject}") }] });
        world.say("carrier", &format!("{subject}-picked"), subject, "shipment.picked_up", pro).await;
        world.pass(60).await;
        world.delivered(subject).await;
    }
    assert_eq!(world.id("BOL-S-1").await, world.id("PRO-S-1").await);
    world.rated("S-1", &[("freight", "1000.00"), ("fuel", "180.00")]).await;
    // More accessorials than anybody expects.
    world.rated("S-2", &[("freight", "1000.00"), ("detention", "950.00")]).await;
    let dispatcher = world.app.signed_in(Role::Dispatcher).await;
    for subject in ["S-1", "S-2"] {
        let path = format!("/api/v1/shipments/{}/documents", world.id(subject).await);
        let fields = [("file", "pod.pdf", "application/pdf", "%PDF-1.7 signed"), ("signed_by", "", "", "M. Okafor")];
        let answer = world.app.send(Ask::post(&path).own().cookie(&dispatcher).upload(&fields)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(world.verdict(subject).await, "Ready to invoice", "{subject}");
    }
    world.pass(60).await;
    assert_eq!(world.open("finance").await, [("accessorial_unusual".to_owned(), "S-2".to_owned())]);
    assert_eq!(world.open("logistics").await, none());
    // Approved by who may, it goes away by its effect; taken back, it is there again.
    let path = format!("/api/v1/shipments/{}/acts", world.id("S-2").await);
    let approval = json!({ "action": "approve_charges", "amount": "1950.00", "currency": "EUR", "note": "agreed by mail" });
    let approved = world.app.send(Ask::post(&path).own().cookie(&world.lead().await).json(approval)).await;
    assert_eq!(approved.status, StatusCode::OK, "{}", approved.text);
    assert_eq!(world.open("finance").await, none());
    let undo = format!("{path}/{}/undo", approved.json()["id"].as_str().expect("an id"));
    assert_eq!(world.app.send(Ask::post(&undo).own().cookie(&world.lead().await).json(json!({}))).await.status, StatusCode::OK);
    assert_eq!(world.open("finance").await, [("accessorial_unusual".to_owned(), "S-2".to_owned())]);
}

/// SC9: a valid delivery may be invoiced within minutes; one that lacks something waits, and becomes somebody's work with all that
/// they need to know.
#[tokio::test]
async fn a_valid_delivery_is_released_in_minutes_and_another_becomes_work_with_its_context() {
    let world = World::new().await;
    for subject in ["S-1", "S-2"] {
        world.dispatched(subject).await;
        world.delivered(subject).await;
        world.rated(subject, &[("freight", "1000.00")]).await;
    }
    world.proven("S-1").await;
    assert_eq!(world.verdict("S-1").await, "Ready to invoice", "minutes after the delivery");
    assert_eq!(world.verdict("S-2").await, "Held by 2 conditions");
    assert_eq!(world.open("").await, none(), "nobody is alarmed before the time that was agreed");
    world.pass(4 * 60).await;
    assert_eq!(world.open("").await, [("pod_missing".to_owned(), "S-2".to_owned())]);
    let list = world.get("/api/v1/exceptions?view=list").await;
    let row = &list["items"][0];
    assert_eq!(
        (&row["queue"], &row["customer"], &row["money"]["amount"]),
        (&json!("logistics"), &json!("C-1"), &json!("1000.00"))
    );
    assert!(row["due"]["micros"].is_i64(), "with a time until which");
    let detail = world.get(&format!("/api/v1/exceptions/{}", row["id"].as_str().expect("an id"))).await;
    assert_eq!(detail["readiness"]["conditions"][0]["met"], json!(false));
    assert!(detail["playbook"].as_array().is_some_and(|steps| !steps.is_empty()), "with what to do");
    // The proof ends both: the hold and the work.
    world.proven("S-2").await;
    assert_eq!((world.verdict("S-2").await.as_str(), world.open("logistics").await), ("Ready to invoice", none()));
}

/// SC10: the same trigger twice is one invoice, and the same case twice is one case; a second invoice is told.
#[tokio::test]
async fn a_repeated_trigger_and_a_repeated_case_change_nothing() {
    let world = World::new().await;
    world.dispatched("S-1").await;
    world.delivered("S-1").await;
    world.proven("S-1").await;
    world.rated("S-1", &[("freight", "1180.00")]).await;
    let invoice = |number: &str| json!({ "number": number, "amount": eur("1180.00") });
    assert_eq!(world.say("billing", "i1", "S-1", "invoice.released", invoice("INV-1")).await, "accepted");
    // The same event again, and the same invoice told by another system.
    assert_eq!(world.say("billing", "i1", "S-1", "invoice.released", invoice("INV-1")).await, "duplicate");
    assert_eq!(world.say("crm", "x7", "S-1", "invoice.released", invoice("INV-1")).await, "accepted");
    world.pass(10).await;
    assert_eq!(world.open("").await, none());
    for (source, id) in [("crm", "c1"), ("mail", "c2")] {
        world.say(source, id, "S-1", "case.created", json!({ "number": "CASE-9", "reason": "late" })).await;
    }
    world.pass(10).await;
    assert_eq!(world.id("CASE-9").await, world.id("S-1").await, "one case, on its shipment");
    assert_eq!(world.open("service").await, none());
    // A second invoice is something else.
    world.say("billing", "i2", "S-1", "invoice.released", invoice("INV-2")).await;
    world.pass(10).await;
    assert_eq!(world.open("").await, [("duplicate".to_owned(), "S-1".to_owned())]);
}
