//! Lists of work, as pages and programs read them.

use crate::support::app::{App, Ask};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::{
    domain::{
        access::{Actor, Environment, Role},
        time::Instant,
    },
    service::policy::read_toml,
    store::timers::TimerStore,
};

const TERMS: &str =
    "[[contracts]]\ncustomer = \"ACME\"\npod = \"none\"\n[[contracts]]\ncustomer = \"BETA\"\npod = \"received\"\n";

/// Whoever waits for a POD because a contract asks for one is told from those of whom nobody asks it.
#[tokio::test]
async fn a_pod_that_no_contract_asks_for_is_told_apart() {
    let app = App::start().await;
    let system = Actor::system("test", Environment::Live);
    app.edge.policies.put(&system, 0, read_toml(TERMS).expect("a policy"), "terms").await.expect("in force");
    let secret = app.key("tms", &["tms"]).await;
    let delivered = |customer: &str| {
        json!({ "specversion": "1.0", "source": "tms", "id": customer, "type": "com.waybill.shipment.delivered.v1",
            "subject": format!("S-{customer}"), "time": "2026-05-27T12:00:00Z", "data": { "customer": customer } })
    };
    let events: Vec<Value> = ["ACME", "BETA", "GAMMA"].map(delivered).into();
    assert_eq!(app.send(Ask::post("/api/v1/events").key(&secret).json(events.into())).await.status, StatusCode::OK);
    app.clock.advance(2 * Instant::DAY);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    let cookie = app.signed_in(Role::Finance).await;
    let list = async |path: &str| app.send(Ask::get(path).cookie(&cookie)).await.json();
    let all = list("/api/v1/work/pod").await;
    assert_eq!((&all["total"], &all["asked"]), (&json!(3), &json!(1)), "{all}");
    let asked = list("/api/v1/work/pod?hold=pod_missing").await;
    assert_eq!((&asked["total"], &asked["items"][0]["reference"]), (&json!(1), &json!("S-BETA")));
    // The exception that tells of it, and, where anything may hold it, the one that stands for the shipment.
    let exceptions = list("/api/v1/exceptions?view=list&kind=pod_missing").await;
    let of = |rows: &Value, shipment: &str| {
        let rows = rows["items"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["shipment"][1] == shipment || row["reference"] == shipment).expect("it is there")
    };
    assert_eq!(of(&asked, "S-BETA")["exception"], of(&exceptions, "S-BETA")["id"]);
    let unbilled = list("/api/v1/work/unbilled").await;
    assert!(of(&unbilled, "S-ACME")["exception"].is_string(), "{unbilled}");
    let page = app.send(Ask::get("/work/pod?hold=pod_missing").page().cookie(&cookie)).await;
    assert!(page.text.contains("Billing waits for it: 1") && page.text.contains("Held by: POD missing"));
    let other = app.send(Ask::get("/work/unbilled").page().cookie(&cookie)).await;
    assert!(!other.text.contains("Billing waits for it"));
}

/// What the figure of those that wait for a POD calls its money is what a POD alone would release.
#[tokio::test]
async fn the_money_of_awaiting_pod_is_what_nothing_else_holds() {
    let app = App::start().await;
    let system = Actor::system("test", Environment::Live);
    let terms = "[[contracts]]\ncustomer = \"BETA\"\npod = \"received\"\n";
    app.edge.policies.put(&system, 0, read_toml(terms).expect("a policy"), "terms").await.expect("in force");
    let secret = app.key("tms", &["tms"]).await;
    let event = |kind: &str, customer: &str, data: Value| {
        json!({ "specversion": "1.0", "source": "tms", "id": format!("{kind}-{customer}"), "type": format!("com.waybill.{kind}.v1"),
            "subject": format!("S-{customer}"), "time": "2026-05-27T12:00:00Z", "data": data })
    };
    let mut events = Vec::new();
    // Nobody knows a contract of GAMMA: that holds it too.
    for (customer, amount, currency) in [("BETA", "100.00", "EUR"), ("GAMMA", "250.00", "USD")] {
        events.push(event("shipment.delivered", customer, json!({ "customer": customer })));
        let total = json!({ "amount": amount, "currency": currency });
        events.push(event("charges.rated", customer, json!({ "total": total })));
    }
    assert_eq!(app.send(Ask::post("/api/v1/events").key(&secret).json(events.into())).await.status, StatusCode::OK);
    let cookie = app.signed_in(Role::Finance).await;
    let kpi = app.send(Ask::get("/api/v1/kpis/K6").cookie(&cookie)).await.json();
    let alone = json!([{ "amount": "100.00", "currency": "EUR" }]);
    assert_eq!((&kpi["value"]["part"], &kpi["value"]["money"]), (&json!(2), &alone), "{kpi}");
    let page = app.send(Ask::get("/").page().cookie(&cookie)).await.text;
    assert!(page.contains("data-money=\"100.00 EUR; 250.00 USD\""), "all that wait: {page}");
    assert!(page.contains("a POD alone would release them, "), "{page}");
    let line = page.split("a POD alone would release them, ").nth(1).and_then(|rest| rest.split("</p>").next()).expect("a line");
    assert!(line.contains("100.00 EUR") && !line.contains("USD"), "{line}");
}
