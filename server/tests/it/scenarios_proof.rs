//! Scenarios of proofs, promises and the invoice that waits for them, through the doors that systems and people use.

use crate::support::world::{World, eur, none};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::{
    domain::access::{Actor, Environment, Role},
    service::policy::read_toml,
};

fn open(kind: &str, shipment: &str) -> Vec<(String, String)> {
    vec![(kind.to_owned(), shipment.to_owned())]
}

/// SC2: the POD is incomplete. It goes to a queue with everything that led to it, and ends when a complete one comes.
#[tokio::test]
async fn an_incomplete_proof_goes_to_a_queue_with_its_whole_trace() {
    let world = World::new().await;
    world.app.person(Role::Dispatcher).await;
    world.dispatched("S-1").await;
    world.delivered("S-1").await;
    world.rated("S-1", &[("freight", "1000.00")]).await;
    let lacking = json!({ "missing": ["signature"] });
    world.say("pod-app", "pod-1", "S-1", "pod.received", lacking).await;
    world.pass(1).await;
    assert_eq!(world.open("logistics").await, open("pod_incomplete", "S-1"), "at once, and not when a grace is over");
    assert_eq!((world.open("finance").await, world.unmet("S-1").await), (none(), vec!["pod_unsigned".to_owned()]));

    // Whose it is, by when, how much waits, what is wrong, what ends it, and what holds the invoice: on one page.
    let detail = world.exception("pod_incomplete", "S-1").await;
    let row = &detail["row"];
    assert_eq!((&row["detail"], &row["queue"], &row["severity"]), (&json!("signature"), &json!("logistics"), &json!("high")));
    assert_eq!((&row["money"]["amount"], &row["customer"]), (&json!("1000.00"), &json!("C-1")));
    assert!(row["due"]["micros"].is_i64() && detail["playbook"].as_array().is_some_and(|steps| !steps.is_empty()));
    assert_eq!(detail["readiness"]["verdict"], json!("Held by one condition"));
    // The trace leads from each step to the event as its system sent it.
    let shipment = world.get(&format!("/api/ui/shipment?id={}", world.id("S-1").await)).await;
    let timeline = shipment["timeline"].as_array().expect("a timeline");
    let told: Vec<_> = timeline.iter().map(|entry| (entry["title"].as_str(), entry["source"].as_str())).collect();
    for step in [("Dispatched", "tms"), ("Delivered", "carrier"), ("POD received", "pod-app"), ("Charges rated", "rating")] {
        assert!(told.contains(&(Some(step.0), Some(step.1))), "{step:?} is not in {told:?}");
    }

    // Saying that it is solved does not end it; the effect does, and the history tells all of it.
    let on = json!([[row["id"], row["version"]]]);
    let claim = json!({ "action": "claim", "on": on, "note": "the driver brings it" });
    assert_eq!(world.post(Role::Dispatcher, "/api/v1/exceptions:act", claim).await.status, StatusCode::OK);
    world.pass(30).await;
    assert_eq!(world.open("logistics").await, open("pod_incomplete", "S-1"));
    world.proven("S-1").await;
    assert_eq!((world.open("").await, world.verdict("S-1").await.as_str()), (none(), "Ready to invoice"));
    let detail = world.exception("pod_incomplete", "S-1").await;
    let history = detail["history"].as_array().expect("a history");
    let steps: Vec<_> = history.iter().map(|step| (step["actor"].as_str(), step["what"].as_str())).collect();
    let expected = [
        (Some("Waybill"), Some("found it")),
        (Some("dispatcher"), Some("said that it is solved")),
        (Some("Waybill"), Some("saw that its cause went away")),
    ];
    assert_eq!(steps, expected);
}

/// SC7: the stop is completed, and the POD comes twenty minutes later. Nobody is alarmed meanwhile; a posting in between is told as too
/// early, for ever.
#[tokio::test]
async fn a_proof_comes_twenty_minutes_after_the_stop_and_nothing_is_posted_before() {
    let world = World::new().await;
    for subject in ["S-1", "S-2"] {
        world.dispatched(subject).await;
        world.say("driver-app", &format!("{subject}-stop"), subject, "stop.completed", json!({})).await;
        world.delivered(subject).await;
        world.rated(subject, &[("freight", "1000.00")]).await;
    }
    // The ERP posts the other one before its proof is there.
    world.say("erp", "p-2", "S-2", "erp_posting.succeeded", json!({ "document": "5100000482", "amount": eur("1000.00") })).await;
    world.pass(1).await;
    for minute in 1..=8 {
        assert_eq!(world.unmet("S-1").await, ["pod_missing", "pod_unsigned"], "minute {minute}");
        assert_eq!(world.open("").await, open("premature_invoice", "S-2"), "minute {minute}: nobody is alarmed for the other");
        world.pass(2).await;
    }
    world.proven("S-1").await;
    world.proven("S-2").await;
    assert_eq!(world.verdict("S-1").await, "Ready to invoice");
    world.say("billing", "i-1", "S-1", "invoice.released", json!({ "number": "INV-1", "amount": eur("1000.00") })).await;
    world.pass(1).await;
    world.say("erp", "p-1", "S-1", "erp_posting.succeeded", json!({ "document": "5100000481", "amount": eur("1000.00") })).await;
    world.pass(60).await;
    assert_eq!((world.verdict("S-1").await.as_str(), world.stage("S-1").await.as_str()), ("Posted", "posted"));
    assert_eq!(world.open("").await, open("premature_invoice", "S-2"), "the proof that came later does not heal it");
    assert_eq!(world.exception("premature_invoice", "S-2").await["row"]["severity"], json!("critical"));
}

/// SC13: a delay after the promised day. It has its exception with a code, the invoice waits where the contract asks for it, and the
/// case that customer service opens finds its shipment.
#[tokio::test]
async fn a_delay_past_the_promise_pauses_the_invoice_and_its_case_finds_the_shipment() {
    let world = World::new().await;
    world.app.person(Role::Service).await;
    world.dispatched("S-1").await;
    let promised = chrono::DateTime::from_timestamp_micros(world.app.clock.now().0).expect("a time") + chrono::Duration::hours(2);
    world.say("planning", "plan", "S-1", "shipment.planned", json!({ "promised_at": promised.to_rfc3339() })).await;
    world.pass(60).await;
    assert_eq!(world.open("").await, none());
    world.pass(90).await;
    assert_eq!(world.open("logistics").await, open("late_past_promise", "S-1"), "silence is enough");
    world.say("carrier", "late", "S-1", "shipment.delayed", json!({ "reason": "WEATHER" })).await;
    world.say("carrier", "exc", "S-1", "delivery_exception.raised", json!({ "code": "DAMAGED" })).await;
    world.pass(5).await;
    let mut both = open("execution_trouble", "S-1");
    both.extend(open("late_past_promise", "S-1"));
    assert_eq!(world.open("logistics").await, both);
    assert_eq!(world.exception("execution_trouble", "S-1").await["row"]["detail"], json!("delivery exception: DAMAGED"));

    // The customer calls: the case stands on the shipment, and whoever takes the call has words for it.
    world.say("crm", "case", "S-1", "case.created", json!({ "number": "CASE-9", "reason": "late" })).await;
    world.pass(1).await;
    assert_eq!(world.id("CASE-9").await, world.id("S-1").await);
    let caller = world.app.session("service").await;
    let page = format!("/shipments/{}/readiness", world.id("S-1").await);
    let page = world.app.send(crate::support::app::Ask::get(&page).page().cookie(&caller)).await;
    assert!(page.text.contains("It was promised for"), "{}", page.text);

    // Delivered, proven and rated: the invoice still waits for the exception to be cleared.
    world.delivered("S-1").await;
    world.proven("S-1").await;
    world.rated("S-1", &[("freight", "1000.00")]).await;
    assert_eq!(
        (world.unmet("S-1").await, world.verdict("S-1").await.as_str()),
        (vec!["delivery_exception_open".to_owned()], "Held by one condition")
    );
    world.say("carrier", "clear", "S-1", "delivery_exception.cleared", json!({ "code": "DAMAGED" })).await;
    world.pass(1).await;
    assert_eq!((world.open("").await, world.verdict("S-1").await.as_str()), (none(), "Ready to invoice"));
    let over: Value = world.exception("late_past_promise", "S-1").await;
    assert_eq!(over["row"]["state"], json!("verified"));
}

/// A condition is waived from the checklist, with a reason, by who leads finance; where no exception tells of it, that is said.
#[tokio::test]
async fn a_condition_is_waived_from_the_checklist() {
    let world = World::new().await;
    world.app.person(Role::Finance).await;
    world.dispatched("S-1").await;
    world.delivered("S-1").await;
    let checklist = format!("/api/v1/shipments/{}/readiness", world.id("S-1").await);
    // Whoever waives a missing proof waives its signature.
    let waive = async |role, condition: &str| {
        let body = json!({ "note": "the consignee confirmed it", "also": ["pod_unsigned"] });
        world.post(role, &format!("{checklist}/{condition}/waive"), body).await
    };
    // Delivered a minute ago: nobody misses a proof yet. Charges are never waived, and what is met needs no waiver.
    for (condition, why) in
        [("pod_missing", "none is open"), ("charges_missing", "Nothing is billed without it"), ("not_delivered", "It is met")]
    {
        let answer = waive(Role::FinanceLead, condition).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{condition}: {}", answer.text);
        assert!(answer.text.contains(why), "{condition}: {}", answer.text);
    }
    let page = world.page(&format!("/shipments/{}", world.id("S-1").await)).await;
    assert!(page.contains("Nothing is billed without it, so it cannot be waived."), "the page says so too");
    world.rated("S-1", &[("freight", "1000.00")]).await;
    world.pass(5 * 60).await;
    assert_eq!(waive(Role::Finance, "pod_missing").await.status, StatusCode::FORBIDDEN);
    assert_eq!(waive(Role::FinanceLead, "nothing").await.status, StatusCode::NOT_FOUND);
    let silent = json!({ "note": " ", "also": ["pod_unsigned"] });
    let silent = world.post(Role::FinanceLead, &format!("{checklist}/pod_missing/waive"), silent).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let waived = waive(Role::FinanceLead, "pod_missing").await;
    assert_eq!(waived.status, StatusCode::OK, "{}", waived.text);
    assert_eq!(waived.json()["results"][0]["problem"], Value::Null);
    assert_eq!(world.verdict("S-1").await, "Ready to invoice");
    let again = waive(Role::FinanceLead, "pod_missing").await;
    assert!(again.status == StatusCode::CONFLICT && again.text.contains("waived already"), "{}", again.text);
}

/// One exception can hold several conditions: nobody waives more than they name.
#[tokio::test]
async fn what_goes_with_a_waived_condition_is_named() {
    let world = World::new().await;
    let system = Actor::system("test", Environment::Live);
    let terms = read_toml("[expectations]\ncharges_within = 1\n[[contracts]]\ncustomer = \"*\"\npod = \"validated\"\n");
    world.app.edge.policies.put(&system, 1, terms.expect("a policy"), "validated ones").await.expect("in force");
    world.dispatched("S-1").await;
    world.delivered("S-1").await;
    world.rated("S-1", &[("freight", "1000.00")]).await;
    world.pass(48 * 60).await;
    let readiness = format!("/api/v1/shipments/{}/readiness", world.id("S-1").await);
    let conditions = world.get(&readiness).await;
    let of = |code: &str| {
        let each = conditions["conditions"].as_array().expect("conditions").iter().find(|each| each["code"] == code);
        each.unwrap_or_else(|| panic!("{code} in {conditions}")).clone()
    };
    let others: Vec<String> = serde_json::from_value(of("pod_unchecked")["waives_also"].clone()).expect("others");
    assert!(others.contains(&"pod_missing".to_owned()), "{others:?}");
    let page = world.page(&format!("/shipments/{}", world.id("S-1").await)).await;
    assert!(page.contains("Waives also: ") && page.contains("Waive all of them"), "the form says so too");
    let waive = async |body: Value| world.post(Role::FinanceLead, &format!("{readiness}/pod_unchecked/waive"), body).await;
    let alone = waive(json!({ "note": "seen" })).await;
    assert_eq!(alone.status, StatusCode::CONFLICT, "{}", alone.text);
    assert!(alone.text.contains("pod_missing"), "{}", alone.text);
    assert!(world.unmet("S-1").await.contains(&"pod_missing".to_owned()), "nothing was waived");
    let typo = waive(json!({ "note": "seen", "alos": others })).await;
    assert!(typo.status.is_client_error() && typo.status != StatusCode::CONFLICT, "{}", typo.text);
    let named = waive(json!({ "note": "seen", "also": others })).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.text);
    assert_eq!(world.verdict("S-1").await, "Ready to invoice");
}
