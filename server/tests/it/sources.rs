//! Sources on the Overview: what of each lies in Quarantine, for whom that is.

use crate::support::{
    app::{App, Ask},
    csv,
};
use axum::http::StatusCode;
use serde_json::json;
use std::collections::BTreeMap;
use waybill_server::{
    domain::{
        access::{Environment, Role, Scope},
        policy::{Policy, SourceTerms},
    },
    store::config::{ConfigStore, NewPolicy},
};

/// A delivery, and so many of them that cannot be read.
async fn told(app: &App, source: &str, broken: usize) {
    let secret = app.key(&format!("key-{}", source.replace('/', "-")), &["*"]).await;
    for n in 0..=broken {
        let time = if n == 0 { "2026-05-28T19:00:00Z" } else { "some day" };
        let event = json!({ "specversion": "1.0", "id": format!("{source}-{n}"), "source": source, "subject": format!("S-{source}"),
            "type": "com.waybill.shipment.delivered.v1", "time": time, "data": { "region": "EMEA" } });
        let answer = app
            .send(
                Ask::post("/api/v1/events")
                    .key(&secret)
                    .with("content-type", "application/cloudevents+json")
                    .body(&event.to_string()),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }
}

#[tokio::test]
async fn what_lies_in_quarantine_is_told_of_each_source_or_not_at_all() {
    let app = App::start().await;
    let terms = SourceTerms { matches: "wms/*".into(), name: "Warehouses".into(), owner: None, cadence_hours: 0, manual: false };
    let policy = Policy { sources: vec![terms], ..Policy::default() };
    let new = NewPolicy { environment: Environment::Live, replaces: 0, policy, actor: "user:test".into(), reason: "test".into() };
    app.database.put_policy(new).await.expect("in force");
    for (source, broken) in [("tms/eu", 2), ("erp/one", 0), ("wms/eu", 1), ("wms/us", 3)] {
        told(&app, source, broken).await;
    }
    let all = app.signed_in(Role::Admin).await;
    let file = app.send(Ask::get("/overview/sources/csv").cookie(&all)).await.text;
    let lines = csv::lines(&file);
    let told: BTreeMap<&str, &str> = lines.iter().map(|line| (&*line["source"], &*line["in_quarantine"])).collect();
    assert_eq!(told, BTreeMap::from([("Warehouses", "4"), ("erp/one", "0"), ("tms/eu", "2")]));
    let page = app.send(Ask::get("/").page().cookie(&all)).await.text;
    for (source, n) in [("wms%2Feu", 1), ("wms%2Fus", 3), ("tms%2Feu", 2)] {
        assert!(page.contains(&format!("href=\"/quarantine?source={source}\" data-n=\"{n}\"")), "{source}: {page}");
    }
    let behind = app.send(Ask::get("/api/v1/kpis/K8/rows").cookie(&all)).await.json();
    let rows = behind["items"].as_array().expect("rows");
    assert_eq!(rows.len(), 6, "{behind}");
    for row in rows {
        let reference = row["reference"].as_str().expect("told");
        assert!(reference.starts_with("Unreadable data: ") && reference.contains(" from "), "words, not an id: {row}");
    }
    let scope = Scope { regions: Some(vec!["EMEA".into()]), business_units: None };
    let scoped = app.person_in("pia", Role::Admin, scope, Environment::Live).await;
    let unread = app.person(Role::Service).await;
    for name in [scoped, unread] {
        let cookie = app.session(&name).await;
        let file = app.send(Ask::get("/overview/sources/csv").cookie(&cookie)).await;
        assert_eq!(file.status, StatusCode::OK, "{name}: {}", file.text);
        assert!(file.text.contains("Warehouses") && !file.text.contains("in_quarantine"), "{name}: {}", file.text);
        let page = app.send(Ask::get("/").page().cookie(&cookie)).await.text;
        assert!(page.contains("Warehouses") && !page.contains("In Quarantine"), "{name}: {page}");
    }
}
