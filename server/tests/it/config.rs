//! The configuration, section by section.

use crate::support::app::{App, Ask};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use waybill_server::domain::access::Role;

#[tokio::test]
async fn one_section_changes_and_the_others_stay() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let put = async |kind: &str, replaces: i64, value: Value| {
        let body = json!({ "replaces": replaces, "value": value, "reason": "agreed" });
        let ask = Ask::new(Method::PUT, &format!("/api/v1/config/{kind}")).own().cookie(&cookie).json(body);
        app.send(ask).await
    };
    let owners = json!({ "execution": ["dispatch/*"] });
    let answer = put("ownership", 0, owners.clone()).await;
    assert_eq!((answer.status, &answer.json()["version"]), (StatusCode::OK, &json!(1)), "{}", answer.text);
    assert_eq!(answer.json()["changes"][0]["path"], "ownership.execution");
    assert_eq!(put("charge_codes", 1, json!(["base"])).await.status, StatusCode::OK);
    let read = app.send(Ask::get("/api/v1/config/ownership").cookie(&cookie)).await;
    assert_eq!(read.json(), json!({ "kind": "ownership", "version": 2, "value": owners }));
    for (kind, replaces, value, status) in [
        ("carriers", 1, json!([]), StatusCode::CONFLICT),
        ("carriers", 2, json!([{ "code": "" }]), StatusCode::UNPROCESSABLE_ENTITY),
        ("carriers", 2, json!("DHL"), StatusCode::UNPROCESSABLE_ENTITY),
        ("carrier", 2, json!([]), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(put(kind, replaces, value).await.status, status, "{kind} {replaces}");
    }
    assert_eq!(app.send(Ask::get("/api/v1/config/carrier").cookie(&cookie)).await.status, StatusCode::NOT_FOUND);
}
