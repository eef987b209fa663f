//! API keys: made once, bound to sources and an environment, taken back.

use crate::support::app::{App, Ask};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use waybill_server::domain::{access::Role, time::Instant};

async fn made(app: &App, cookie: &str, body: Value) -> Value {
    let answer = app.send(Ask::post("/api/v1/api-keys").own().cookie(cookie).json(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

/// A key is known if it is told that it may not, and unknown if it is told to sign in.
async fn known(app: &App, secret: &str) -> bool {
    app.send(Ask::get("/api/v1/users").key(secret)).await.status == StatusCode::FORBIDDEN
}

#[tokio::test]
async fn a_secret_is_shown_once_and_kept_as_a_hash() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let key = made(&app, &cookie, json!({ "name": "tms-eu", "sources": ["tms/eu", "edi/*"] })).await;
    let secret = key["secret"].as_str().expect("shown once");
    assert!(secret.starts_with("wb_") && secret.len() == 46);
    assert!(known(&app, secret).await);
    let list = app.send(Ask::get("/api/v1/api-keys").cookie(&cookie)).await;
    assert!(!list.text.contains(secret) && list.text.contains(&secret[..11]));
    assert_eq!(list.json()["items"][0]["environment"], "live");
    let (file, trail) = (kept(&app).await, app.signed_in(Role::Admin).await);
    assert!(!file.contains(secret));
    let trail = app.send(Ask::get("/api/v1/audit").cookie(&trail)).await;
    assert!(trail.text.contains("api_key.add") && !trail.text.contains(secret));
}

async fn kept(app: &App) -> String {
    let rows: Vec<(String, String, Vec<u8>)> =
        waybill_server::store::sql::query_as("SELECT name, prefix, secret_hash FROM api_keys")
            .fetch_all(&app.database.read)
            .await
            .expect("readable");
    format!("{rows:?}")
}

#[tokio::test]
async fn a_revoked_and_an_expired_key_open_nothing() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let key = made(&app, &cookie, json!({ "name": "a1", "sources": ["*"] })).await;
    let (id, secret) = (key["id"].as_str().expect("id"), key["secret"].as_str().expect("secret"));
    assert!(known(&app, secret).await);
    let revoke = || Ask::new(Method::DELETE, &format!("/api/v1/api-keys/{id}")).own().cookie(&cookie);
    assert_eq!(app.send(revoke()).await.status, StatusCode::OK);
    assert!(!known(&app, secret).await, "at once, where it was taken back");
    assert_eq!(app.send(revoke()).await.status, StatusCode::NOT_FOUND);
    let again = made(&app, &cookie, json!({ "name": "a1", "sources": ["*"], "expires_at": "2026-05-28T21:00:00Z" })).await;
    let secret = again["secret"].as_str().expect("secret");
    assert!(known(&app, secret).await);
    app.clock.advance(Instant::DAY);
    assert!(!known(&app, secret).await);
}

#[tokio::test]
async fn what_is_no_key_is_told_so() {
    let app = App::start().await;
    let secret = app.key("tms", &["tms/*"]).await;
    for bad in ["Bearer wb_nothing", "Bearer ", "Basic YTpi", &secret, &format!("bearer{secret}")] {
        let answer = app.send(Ask::get("/api/v1/users").with("authorization", bad)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "unauthorized"), "{bad}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"));
    }
}

#[tokio::test]
async fn a_name_in_force_is_taken_and_bad_fields_are_named() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    made(&app, &cookie, json!({ "name": "tms", "sources": ["tms/*"] })).await;
    let cases = [
        (json!({ "name": "TMS", "sources": ["x"] }), StatusCode::CONFLICT, "conflict", "exists already"),
        (json!({ "name": "b1", "sources": [] }), StatusCode::UNPROCESSABLE_ENTITY, "invalid", "sources"),
        (json!({ "name": "b1", "sources": ["a*b"] }), StatusCode::UNPROCESSABLE_ENTITY, "invalid", "sources"),
        (json!({ "name": "", "sources": ["a"] }), StatusCode::UNPROCESSABLE_ENTITY, "invalid", "name"),
        (
            json!({ "name": "b1", "sources": ["a"], "expires_at": "soon" }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "expires_at",
        ),
        (json!({ "name": "b1", "sources": ["a"], "colour": "red" }), StatusCode::UNPROCESSABLE_ENTITY, "invalid", "colour"),
    ];
    for (body, status, code, word) in cases {
        let answer = app.send(Ask::post("/api/v1/api-keys").own().cookie(&cookie).json(body)).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
        assert!(answer.text.contains(word), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits() {
    let app = App::with(&["api_requests_per_second=3"]).await;
    let (busy, calm) = (app.key("busy", &["*"]).await, app.key("calm", &["*"]).await);
    for _ in 0..3 {
        assert!(known(&app, &busy).await);
    }
    let answer = app.send(Ask::get("/api/v1/users").key(&busy)).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert!(known(&app, &calm).await, "another key is not concerned");
}

#[tokio::test]
async fn what_a_key_may_not_tell_is_kept_but_takes_no_effect() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let body = json!({ "name": "tms-eu", "sources": ["tms/*"], "regions": ["EU"] });
    let secret = made(&app, &cookie, body).await["secret"].as_str().expect("secret").to_owned();
    let event = |id: &str, source: &str, data: Value| {
        json!({
            "specversion": "1.0", "id": id, "source": source, "type": "com.waybill.shipment.dispatched.v1", "subject": id,
            "time": "2026-05-01T08:00:00Z", "data": data
        })
    };
    let sent = json!([
        event("S-1", "tms/eu", json!({ "carrier": "PRRE", "region": "EU" })),
        event("S-2", "tms/eu", json!({ "carrier": "PRRE" })),
        event("S-3", "tms/eu", json!({ "carrier": "PRRE", "region": "US" })),
        event("S-4", "wms/eu", json!({ "carrier": "PRRE", "region": "EU" })),
    ]);
    let answer = app.send(Ask::post("/api/v1/events").key(&secret).json(sent)).await;
    let results = answer.json();
    let outcome = |n: usize| (results["results"][n]["outcome"].clone(), results["results"][n]["code"].clone());
    assert_eq!(outcome(0), (json!("accepted"), json!(null)), "{results}");
    assert_eq!(outcome(1), (json!("accepted"), json!(null)));
    assert_eq!(outcome(2), (json!("quarantined"), json!("scope_not_allowed")));
    assert_eq!(outcome(3), (json!("quarantined"), json!("source_not_allowed")));
    let list = app.send(Ask::get("/shipments").page().cookie(&cookie)).await;
    assert!(list.text.contains("S-1") && list.text.contains("S-2") && !list.text.contains("S-3") && !list.text.contains("S-4"));
}
