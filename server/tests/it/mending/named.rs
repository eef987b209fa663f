//! A carrier that nobody configured is named where its exception tells of it, by who leads finance too.

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

#[tokio::test]
async fn an_unknown_carrier_is_named_and_its_shipments_are_that_carriers() {
    let app = App::start().await;
    let system = Actor::system("test", Environment::Live);
    let known = read_toml("[[carriers]]\ncode = \"DHLX\"\nname = \"DHL Freight\"\n").expect("a policy");
    app.edge.policies.put(&system, 0, known, "ours").await.expect("in force");
    let secret = app.key("tms", &["tms"]).await;
    let event = |n: u32, carrier: &str| {
        json!({ "specversion": "1.0", "source": "tms", "id": n.to_string(), "type": "com.waybill.shipment.dispatched.v1",
            "subject": format!("S-{n}"), "time": "2026-05-28T19:30:00Z", "data": { "carrier": carrier } })
    };
    let events: Vec<Value> = vec![event(1, " Deutsche Post "), event(2, "XB")];
    assert_eq!(app.send(Ask::post("/api/v1/events").key(&secret).json(events.into())).await.status, StatusCode::OK);
    app.clock.advance(Instant::MINUTE);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    let (lead, finance) = (app.signed_in(Role::FinanceLead).await, app.signed_in(Role::Finance).await);
    let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=unknown_code").own().cookie(&lead)).await.json();
    let of = |shipment: &str| {
        let rows = list["items"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["shipment"][1] == shipment).unwrap_or_else(|| panic!("{list}"));
        row["id"].as_str().expect("an id").to_owned()
    };
    let path = format!("/exceptions/{}", of("S-1"));
    let page = app.send(Ask::get(&path).page().cookie(&lead)).await;
    assert!(page.text.contains("Which carrier “Deutsche Post” is") && page.text.contains("DHL Freight"));
    let looking = app.send(Ask::get(&path).page().cookie(&finance)).await;
    assert!(looking.status == StatusCode::OK && !looking.text.contains(&format!("{path}/map")));

    let map = async |cookie: &str, exception: String, meaning: &str| {
        let body = json!({ "meaning": meaning, "reason": "asked them" });
        let ask = Ask::post(&format!("/api/v1/exceptions/{exception}/map")).own().cookie(cookie).json(body);
        app.send(ask).await
    };
    assert_eq!(map(&finance, of("S-1"), "DHLX").await.status, StatusCode::FORBIDDEN);
    let slip = map(&lead, of("S-1"), "DHLY").await;
    assert_eq!(slip.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(slip.text.contains("DHLY is no carrier"), "{}", slip.text);
    assert_eq!(map(&lead, of("S-1"), "DHLX").await.status, StatusCode::OK);
    let integration = app.signed_in(Role::Integration).await;
    // Who says the same later is answered as done; who says something else is told who was faster, and nothing changes.
    assert_eq!(map(&integration, of("S-1"), "DHLX").await.json()["version"], json!(2));
    let late = map(&integration, of("S-1"), "Deutsche Post").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(
        late.text.contains("finance_lead said on ") && late.text.contains("is “DHLX” (version 2: “asked them”)"),
        "{}",
        late.text
    );
    assert_eq!(map(&integration, of("S-2"), "XB").await.json()["version"], json!(3));
    app.clock.advance(Instant::MINUTE);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    let left: Vec<(String, String)> = waybill_server::store::sql::query_as(
        "SELECT s.carrier_id, e.state FROM exceptions AS e JOIN shipments AS s ON s.id = e.shipment_id
         WHERE e.kind = 'unknown_code' ORDER BY s.reference",
    )
    .fetch_all(&app.database.read)
    .await
    .expect("the table");
    let ended = |carrier: &str| (carrier.to_owned(), "verified".to_owned());
    assert_eq!(left, [ended("DHLX"), ended("XB")]);
}

/// Of two who say what a code means, the first counts, and the second is told of it.
#[tokio::test]
async fn the_second_to_map_a_code_is_told_who_was_first() {
    let app = App::start().await;
    let secret = app.key("tms", &["tms"]).await;
    let event = json!({ "specversion": "1.0", "source": "tms", "id": "1", "type": "com.waybill.shipment.status_reported.v1",
        "subject": "S-1", "time": "2026-05-28T19:30:00Z", "data": { "code": " LDD " } });
    assert_eq!(app.send(Ask::post("/api/v1/events").key(&secret).json(json!([event]))).await.status, StatusCode::OK);
    let (lead, integration) = (app.signed_in(Role::FinanceLead).await, app.signed_in(Role::Integration).await);
    let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=unknown_code").own().cookie(&lead)).await.json();
    let path = format!("/api/v1/exceptions/{}/map", list["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{list}")));
    let map = async |cookie: &str, meaning: &str| {
        let body = json!({ "meaning": meaning, "reason": "their word for it" });
        app.send(Ask::post(&path).own().cookie(cookie).json(body)).await
    };
    assert_eq!(map(&integration, "loaded").await.json()["version"], json!(1));
    assert_eq!(map(&lead, "loaded").await.json()["version"], json!(1), "the same is done");
    let late = map(&lead, "delivered").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
    assert!(late.text.contains("integration said on ") && late.text.contains("“LDD” is “loaded”"), "{}", late.text);
    let now = app.send(Ask::get("/api/v1/config/policy").own().cookie(&lead)).await.json();
    assert_eq!((&now["version"], &now["policy"]["status_maps"][0]["codes"]["LDD"]), (&json!(1), &json!("loaded")), "{now}");
}
