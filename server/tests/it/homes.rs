//! Pages over what was really sent: an order with its legs, the words for a caller, each role's first page.

mod lists;

use crate::support::app::{App, Ask};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::domain::{
    access::{Environment, Role, Scope},
    account::ROLES,
};

fn event(kind: &str, subject: &str, data: Value) -> Value {
    json!({ "specversion": "1.0", "id": format!("{kind}-{subject}"), "source": "tms/eu", "subject": subject,
        "type": format!("com.waybill.{kind}.v1"), "time": "2026-03-02T08:15:00Z", "data": data })
}

async fn send(app: &App, events: &[Value]) {
    let secret = app.key("tms", &["tms/*"]).await;
    let answer = app.send(Ask::post("/api/v1/events").key(&secret).json(events.into())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

#[tokio::test]
async fn an_order_shows_each_leg_with_its_own_carrier_and_a_caller_is_told_in_words() {
    let app = App::start().await;
    let orders = |carrier: &str| json!({ "carrier": carrier, "orders": ["SO-7"], "region": "EU" });
    send(
        &app,
        &[
            event("order.released", "SO-7", json!({ "customer": "ACME" })),
            event("order.credit_blocked", "SO-9", json!({})),
            event("shipment.planned", "S-1", orders("PRRE")),
            event("shipment.planned", "S-2", orders("DHLX")),
            event("shipment.delivered", "S-2", json!({})),
        ],
    )
    .await;
    let cookie = app.signed_in(Role::Service).await;
    let order = app.send(Ask::get("/orders/SO-7").page().cookie(&cookie)).await;
    assert_eq!(order.status, StatusCode::OK);
    for told in ["<title>SO-7 · Waybill</title>", "S-1", "PRRE", "S-2", "DHLX", "2 shipments"] {
        assert!(order.text.contains(told), "{told} is not in {}", order.text);
    }
    let blocked = app.send(Ask::get("/orders/SO-9").page().cookie(&cookie)).await;
    assert!(blocked.text.contains("Blocked for credit") && blocked.text.contains("No shipment yet"));
    // Sales name no region: who sees a leg sees its order, and who sees none sees neither.
    for (name, region, status) in [("eve", "EU", StatusCode::OK), ("ann", "APAC", StatusCode::NOT_FOUND)] {
        app.person_in(name, Role::Service, Scope { regions: Some(vec![region.into()]), business_units: None }, Environment::Live)
            .await;
        let page = app.send(Ask::get("/orders/SO-7").page().cookie(&app.session(name).await)).await;
        assert_eq!(page.status, status, "{name}");
        assert!(!page.text.contains("Not released"), "{name}");
    }
    // An order is found by its reference, also one that no shipment carries; by nobody who sees neither.
    let found = app.send(Ask::get("/search?q=SO-9").page().cookie(&cookie)).await;
    assert!(found.text.contains("href=\"/orders/SO-9\""), "{}", found.text);
    let hidden = app.send(Ask::get("/search?q=SO-7").page().cookie(&app.session("ann").await)).await;
    assert!(hidden.text.contains("Nothing found") && !hidden.text.contains("href=\"/orders/SO-7\""));
    // From the search to the words for the caller.
    let found = app.send(Ask::get("/search?q=S-2").page().cookie(&cookie)).await;
    let shipment = found.text.split("href=\"/shipments/").nth(1).and_then(|rest| rest.split('"').next()).expect("a hit");
    let page = app.send(Ask::get(&format!("/shipments/{shipment}/readiness")).page().cookie(&cookie)).await;
    assert!(page.text.contains("It was delivered on 2 Mar 2026"), "{}", page.text);
}

#[tokio::test]
async fn each_role_has_a_first_page_and_signing_in_leads_there() {
    let app = App::start().await;
    send(&app, &[event("shipment.delivered", "S-1", json!({ "carrier": "PRRE" }))]).await;
    for (name, role) in ROLES {
        let cookie = app.signed_in(role).await;
        let home = app.send(Ask::get("/home").page().cookie(&cookie)).await;
        assert_eq!(home.status, StatusCode::OK, "{name}");
        let has = |words: &str| home.text.contains(words);
        assert_eq!(has("What do I tell the caller?"), role == Role::Service, "{name}");
        assert_eq!(has("/work/unbilled?hold=none"), matches!(role, Role::Finance | Role::FinanceLead | Role::Admin), "{name}");
        assert_eq!(has("/work/stale"), matches!(role, Role::Dispatcher | Role::Admin), "{name}");
        assert_eq!(has("kind=source_silent"), matches!(role, Role::Integration | Role::Admin), "{name}");
        assert_eq!(has("First causes"), role != Role::Viewer, "{name}");
    }
}
