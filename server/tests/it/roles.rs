//! What a process does not do, it says so, and it does the rest.

use crate::support::app::{App, Ask};
use axum::http::StatusCode;
use serde_json::json;

const EVENT: &str = r#"{"specversion":"1.0","source":"tms","id":"e1","type":"com.waybill.shipment.dispatched.v1","subject":"SH-1","time":"2026-03-01T08:00:00Z","data":{}}"#;

async fn send(app: &App, key: &str) -> (StatusCode, String) {
    let ask = Ask::post("/api/v1/events").key(key).with("content-type", "application/cloudevents+json").body(EVENT);
    let answer = app.send(ask).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn who_takes_events_in_serves_no_pages() {
    let app = App::with(&["roles=intake"]).await;
    let key = app.key("tms", &["tms"]).await;
    let (status, text) = send(&app, &key).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    for path in ["/overview", "/", "/sign-in", "/live", "/api/v1/shipments", "/api/v1/users"] {
        let answer = app.send(Ask::get(path)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "served_elsewhere"), "{path}");
        assert!(answer.text.contains("the roles of this one: intake"), "{}", answer.text);
    }
    let page = app.send(Ask::get("/overview").page()).await;
    assert!(page.text.contains("<h1>Another process of this Waybill answers that</h1>"), "{}", page.text);
    let ready = app.send(Ask::get("/readyz")).await;
    assert_eq!((ready.status, &ready.json()["roles"]), (StatusCode::OK, &json!(["intake"])));
}

#[tokio::test]
async fn who_serves_pages_or_works_takes_no_events_in() {
    for roles in ["http", "worker", "http,worker"] {
        let app = App::with(&[&format!("roles={roles}")]).await;
        let key = app.key("tms", &["tms"]).await;
        let (status, text) = send(&app, &key).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("served_elsewhere") && text.contains(&format!("the roles of this one: {roles}")), "{text}");
        let page = app.send(Ask::get("/sign-in").page()).await;
        let expected = if roles.contains("http") { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        assert_eq!(page.status, expected, "{roles}");
        for path in ["/healthz", "/readyz"] {
            assert_eq!(app.send(Ask::get(path)).await.status, StatusCode::OK, "{roles}: {path}");
        }
    }
}
