//! What people type and what addresses ask for: what means nothing is refused in words, and never an empty list.

use crate::{
    acts::{attach, call, delivered, seen},
    support::app::{App, Ask},
};
use axum::http::StatusCode;
use serde_json::json;
use waybill_server::domain::access::Role;

#[tokio::test]
async fn a_closed_filter_answers_with_the_words_that_it_knows() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    delivered(&app, "S-1").await;
    let mut event = json!({ "specversion": "1.0", "id": "m1", "source": "planning", "subject": "S-2",
        "type": "com.waybill.shipment.dispatched.v1", "time": "2026-05-28T06:00:00Z", "data": { "mode": "road" } });
    let secret = app.key("planning", &["*"]).await;
    for (id, mode) in [("m1", "road"), ("m2", "ocean")] {
        (event["id"], event["subject"], event["data"]["mode"]) = (json!(id), json!(id), json!(mode));
        let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
        app.send(ask.body(&event.to_string())).await;
    }
    for (path, words) in [
        ("/api/v1/work/unbilled?mode=garbage", "mode: Choose one of: ocean, road."),
        ("/api/v1/work/unbilled?hold=garbage", "hold: Choose one of: "),
        ("/api/v1/work/pod?age=garbage", "age: Choose one of: 0-4h, "),
        ("/api/v1/work/pod?sort=garbage", "sort: Choose age or value."),
        ("/api/v1/exceptions?queue=garbage", "queue: Choose one of: logistics, finance, integration, service."),
        ("/api/v1/exceptions?kind=garbage", "pod_missing"),
        ("/api/v1/exceptions?cause=garbage", "A cause is a kind, a colon, and words."),
        ("/api/v1/exceptions?state=garbage", "state: Choose one of: open, claimed, verified, waived."),
        ("/api/v1/exceptions?snoozed=garbage", "Choose yes or no."),
        ("/api/v1/exceptions?view=garbage", "Choose groups or list."),
        ("/api/v1/exceptions/bulk/nothing/items?result=garbage", "Choose all or refused."),
        ("/api/v1/events?mode=garbage", "`mode` is `live` or `history`"),
    ] {
        let ask = if path.starts_with("/api/v1/events?") { Ask::post(path).json(json!([])) } else { Ask::get(path) };
        let answer = app.send(ask.own().cookie(&cookie)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", answer.text);
        assert!(answer.text.contains(words), "{path}: {}", answer.text);
    }
    for (path, words) in [
        ("/shipments?mode=garbage", "Choose one of: ocean, road."),
        ("/shipments?stage=garbage", "Choose one of: planned, "),
        ("/shipments?awaiting_pod=garbage", "Choose one of: 0-4h, "),
        ("/work/unbilled?mode=garbage", "Choose one of: ocean, road."),
        ("/exceptions?cause=garbage", "A cause is a kind"),
    ] {
        let page = app.send(Ask::get(path).page().cookie(&cookie)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.text.contains(words), "{path}");
    }
    assert_eq!(app.send(Ask::get("/shipments?mode=road").page().cookie(&cookie)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn characters_that_nobody_sees_are_refused_wherever_somebody_types() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let id = delivered(&app, "S-1").await;
    let pdf = ("file", "pod.pdf", "application/pdf", "%PDF-1.7 x");
    let refused = attach(&app, &cookie, &id, &[pdf, ("note", "", "", "a\0b")]).await;
    assert!(seen(&app, &cookie, &refused).await.text.contains("is no text (U+0000)"));
    attach(&app, &cookie, &id, &[pdf]).await;
    let acts = format!("/api/v1/shipments/{id}/acts");
    for (path, body) in [
        (acts.as_str(), json!({ "action": "validate_pod", "note": "a\0b" })),
        (acts.as_str(), json!({ "action": "validate_pod", "signed_by": "A\u{1b}[31m Ortiz" })),
        (acts.as_str(), json!({ "action": "reject_pod", "reason": "ill\u{7}egible" })),
        (acts.as_str(), json!({ "action": "correct", "field": "customer", "value": "C-1\0", "note": "x" })),
        ("/api/v1/exceptions:act", json!({ "action": "comment", "on": [["x", 1]], "note": "a\0b" })),
        ("/api/v1/exceptions:undo", json!({ "on": [["x", 1]], "note": "a\0b" })),
        ("/api/v1/exceptions/bulk", json!({ "action": "comment", "filter": {}, "note": "a\u{8}b" })),
    ] {
        let answer = call(&app, &cookie, path, body.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {}", answer.text);
        assert!(answer.text.contains("is no text"), "{path} {body}: {}", answer.text);
    }
    let lines = json!({ "action": "validate_pod", "note": "two\nlines" });
    assert_eq!(call(&app, &cookie, &acts, lines).await.status, StatusCode::OK);
}

#[tokio::test]
async fn two_documents_in_one_form_are_refused_and_none_is_kept() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Dispatcher).await;
    let id = delivered(&app, "S-1").await;
    let pdf = |name: &'static str| ("file", name, "application/pdf", "%PDF-1.7 x");
    let answer = attach(&app, &cookie, &id, &[pdf("one.pdf"), pdf("two.pdf")]).await;
    assert!(seen(&app, &cookie, &answer).await.text.contains("one document at a time"));
    let ask = Ask::post(&format!("/api/v1/shipments/{id}/documents")).own().cookie(&cookie);
    assert_eq!(app.send(ask.upload(&[pdf("one.pdf"), pdf("two.pdf")])).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (kept,): (i64,) = waybill_server::store::sql::query_as("SELECT count(*) FROM documents")
        .fetch_one(&app.database.read)
        .await
        .expect("a count");
    assert_eq!(kept, 0);
}

/// It is told by what it is now: nothing is written, no version made.
#[tokio::test]
async fn what_is_open_is_not_opened_again() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let secret = app.key("broken", &["*"]).await;
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    app.send(ask.body("{\"specversion\":\"1.0\",")).await;
    let list = app.send(Ask::get("/api/v1/exceptions?view=list").own().cookie(&cookie)).await.json();
    let (id, version) = (list["items"][0]["id"].clone(), list["items"][0]["version"].clone());
    let reopen = json!({ "action": "reopen", "on": [[id, version]], "note": "x" });
    let answer = call(&app, &cookie, "/api/v1/exceptions:act", reopen).await.json();
    assert_eq!(answer["results"][0]["version"], json!(null));
    assert_eq!(answer["results"][0]["problem"], json!("Not possible: it is now “Open”."));
}
