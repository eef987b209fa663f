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
