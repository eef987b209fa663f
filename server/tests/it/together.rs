//! Two people who decide on the same at once: one wins, the other changes nothing and is told who did what.

use crate::{
    acts::{attach, call, delivered, form, seen},
    support::app::{Answer, App, Ask},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::domain::{access::Role, time::Instant};

const PDF: &[(&str, &str, &str, &str)] = &[("file", "pod.pdf", "application/pdf", "%PDF-1.7 signed")];

/// What a person has before them.
async fn looks(app: &App, cookie: &str, id: &str) -> Value {
    app.send(Ask::get(&format!("/api/v1/shipments/{id}/acts")).own().cookie(cookie)).await.json()["seen"].clone()
}

/// Both are sent before either is answered.
async fn at_once(app: &App, path: &str, acts: [(&str, Value); 2]) -> [Answer; 2] {
    app.clock.advance(Instant::MINUTE);
    let [one, other] = acts.map(|(cookie, act)| app.send(Ask::post(path).own().cookie(cookie).json(act)));
    let (one, other) = tokio::join!(one, other);
    [one, other]
}

/// Answers who won, by their place.
fn one_wins(answers: &[Answer; 2], told: [&str; 2]) -> usize {
    let statuses = answers.each_ref().map(|answer| answer.status);
    let winner = usize::from(statuses[0] != StatusCode::OK);
    assert_eq!((statuses[winner], statuses[1 - winner]), (StatusCode::OK, StatusCode::CONFLICT), "{}", answers[1].text);
    let text = &answers[1 - winner].text;
    assert!(text.contains(told[winner]), "{text}");
    winner
}

#[tokio::test]
async fn of_two_who_decide_on_one_proof_one_is_too_late() {
    let app = App::start().await;
    let (finance, dispatcher) = (app.signed_in(Role::Finance).await, app.signed_in(Role::Dispatcher).await);
    for round in 0..8 {
        let id = delivered(&app, &format!("S-{round}")).await;
        attach(&app, &finance, &id, PDF).await;
        // Without what was seen, whoever comes when the other is done would decide on what stands then.
        let mark = looks(&app, &finance, &id).await["proof"].clone();
        let good = json!({ "action": "validate_pod", "seen": mark });
        let bad = json!({ "action": "reject_pod", "reason": "illegible", "seen": mark });
        let path = format!("/api/v1/shipments/{id}/acts");
        let acts = if round < 4 { [(&*finance, good), (&*dispatcher, bad)] } else { [(&*dispatcher, bad), (&*finance, good)] };
        let mut told =
            ["finance validated the proof of delivery. Look at it again.", "dispatcher rejected the proof of delivery."];
        if round >= 4 {
            told.reverse();
        }
        let answers = at_once(&app, &path, acts).await;
        one_wins(&answers, told);
        let said: (i64,) = waybill_server::store::sql::query_as(
            "SELECT count(*) FROM audit WHERE subject = 'shipment:' || $1 AND action IN ('shipment.validate_pod', 'shipment.reject_pod')",
        )
        .bind(&id)
        .fetch_one(&app.database.read)
        .await
        .expect("a count");
        assert_eq!(said.0, 1, "nothing is left of the other");
    }
}

#[tokio::test]
async fn of_two_who_approve_one_charge_one_is_too_late() {
    let app = App::start().await;
    let (lead, admin) = (app.signed_in(Role::FinanceLead).await, app.signed_in(Role::Admin).await);
    let id = delivered(&app, "S-1").await;
    let mark = looks(&app, &lead, &id).await["charges"].clone();
    let approve = |amount: &str| json!({ "action": "approve_charges", "amount": amount, "currency": "EUR", "seen": mark });
    let path = format!("/api/v1/shipments/{id}/acts");
    let answers = at_once(&app, &path, [(&*lead, approve("100.00")), (&*admin, approve("900.00"))]).await;
    let told = ["finance_lead approved the freight charge.", "admin approved the freight charge."];
    let winner = one_wins(&answers, told);
    let (cost,): (i64,) = waybill_server::store::sql::query_as("SELECT freight_minor FROM shipments WHERE id = $1")
        .bind(&id)
        .fetch_one(&app.database.read)
        .await
        .expect("a shipment");
    assert_eq!(cost, [10_000, 90_000][winner]);
}

/// A page that was opened before something else was told decides on nothing that its reader never saw.
#[tokio::test]
async fn a_page_that_was_opened_before_is_told_what_came_since() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Finance).await;
    let id = delivered(&app, "S-1").await;
    attach(&app, &cookie, &id, PDF).await;
    let path = format!("/shipments/{id}/acts");
    let page = app.send(Ask::get(&format!("/shipments/{id}")).page().cookie(&cookie)).await;
    let before = looks(&app, &cookie, &id).await["proof"].as_str().expect("a mark").to_owned();
    assert!(page.text.contains(&format!("name=\"seen\" value=\"{before}\"")), "the forms carry it");

    // A second copy comes from the carrier.
    let secret = app.key("carrier", &["carrier"]).await;
    let copy = json!({ "specversion": "1.0", "id": "p2", "source": "carrier", "subject": "S-1", "data": {},
        "type": "com.waybill.pod.received.v1", "time": "2026-05-28T20:28:10Z" });
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    app.clock.advance(Instant::MINUTE);
    assert_eq!(app.send(ask.body(&copy.to_string())).await.json()["results"][0]["outcome"], "accepted");
    let pairs = [("action", "validate_pod"), ("seen", before.as_str())];
    let page = seen(&app, &cookie, &form(&app, &cookie, &path, &pairs).await).await;
    assert!(page.text.contains("carrier sent a proof of delivery. Look at it again."));

    // The validation of somebody else, taken back, is told as well to who saw it.
    let now = looks(&app, &cookie, &id).await["proof"].clone();
    let api = format!("/api/v1/shipments/{id}/acts");
    let act = call(&app, &cookie, &api, json!({ "action": "validate_pod", "seen": now })).await;
    assert_eq!(act.status, StatusCode::OK, "{}", act.text);
    let validated = looks(&app, &cookie, &id).await["proof"].clone();
    let undo = format!("{api}/{}/undo", act.json()["id"].as_str().expect("an id"));
    assert_eq!(call(&app, &cookie, &undo, json!({})).await.status, StatusCode::OK);
    let late = json!({ "action": "reject_pod", "reason": "illegible", "seen": validated });
    let other = app.signed_in(Role::Dispatcher).await;
    let answer = call(&app, &other, &api, late).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("finance took a word about it back. Look at it again."), "{}", answer.text);
}

/// What somebody decides on is a word of the page; one that was never there is told so, and nobody is blamed for it.
#[tokio::test]
async fn a_mark_that_means_nothing_is_told_without_naming_anybody() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Finance).await;
    let id = delivered(&app, "S-1").await;
    let act = json!({ "action": "validate_pod", "seen": "nonsense" });
    let answer = call(&app, &cookie, &format!("/api/v1/shipments/{id}/acts"), act).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("Nothing is known of its proof of delivery now"), "{}", answer.text);
}

/// Of two who correct one field the second is told; another field is nobody's but theirs.
#[tokio::test]
async fn of_two_who_correct_one_field_one_is_too_late() {
    let app = App::start().await;
    let (finance, dispatcher) = (app.signed_in(Role::Finance).await, app.signed_in(Role::Dispatcher).await);
    let id = delivered(&app, "S-1").await;
    let (api, path) = (format!("/api/v1/shipments/{id}/acts"), format!("/shipments/{id}/acts"));
    let handled = app.send(Ask::get(&api).own().cookie(&finance)).await.json();
    let mark = |code: &str| {
        let field = handled["fields"].as_array().expect("fields").iter().find(|field| field["code"] == code);
        field.and_then(|field| field["seen"].as_str()).unwrap_or_else(|| panic!("{handled}")).to_owned()
    };
    let correct = |field: &str, value: &str| json!({ "action": "correct", "field": field, "value": value, "note": "they told me", "seen": mark(field) });
    let answers = at_once(&app, &api, [(&*finance, correct("carrier", "DSV")), (&*dispatcher, correct("carrier", "UPS"))]).await;
    one_wins(&answers, ["finance told “Carrier” anew. Look at it again.", "dispatcher told “Carrier” anew. Look at it again."]);
    let other = call(&app, &dispatcher, &api, correct("mode", "road")).await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.text);
    // The form of a page that was opened before.
    let (old, now) = (mark("carrier"), app.send(Ask::get(&format!("/shipments/{id}")).page().cookie(&finance)).await.text);
    assert!(now.contains("name=\"seen_carrier\"") && !now.contains(&old), "the page has the mark that counts now");
    let pairs = [
        ("action", "correct"),
        ("field", "carrier"),
        ("value", "ACME"),
        ("note", "they told me"),
        ("seen_carrier", old.as_str()),
    ];
    let page = seen(&app, &finance, &form(&app, &finance, &path, &pairs).await).await;
    assert!(page.text.contains("told “Carrier” anew. Look at it again."), "{}", page.text);
}
