//! Managing people: nobody gives away more than they have.

use crate::support::app::{App, Ask};
use axum::http::{Method, StatusCode};
use serde_json::json;
use waybill_server::domain::access::{Environment, Role, Scope};

#[tokio::test]
async fn a_person_is_added_with_a_password_that_is_told_once() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let new = json!({ "name": "Amira", "role": "finance_lead", "regions": ["EMEA"], "time_zone": "Europe/Berlin" });
    let answer = app.send(Ask::post("/api/v1/users").own().cookie(&cookie).json(new)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let password = answer.json()["password"].as_str().expect("made").to_owned();
    let list = app.send(Ask::get("/api/v1/users").cookie(&cookie)).await;
    assert!(list.text.contains("\"amira\"") && !list.text.contains(&password) && !list.text.contains("argon2"));
    let form = [("name", "amira"), ("password", password.as_str())];
    assert_eq!(app.send(Ask::post("/sign-in").own().form(&form)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_outdated_change_is_a_conflict() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    app.person(Role::Viewer).await;
    let change = |body| Ask::new(Method::PATCH, "/api/v1/users/viewer").own().cookie(&cookie).json(body);
    assert_eq!(app.send(change(json!({ "version": 1, "role": "finance" }))).await.status, StatusCode::OK);
    assert_eq!(app.send(change(json!({ "version": 1, "role": "executive" }))).await.status, StatusCode::CONFLICT);
    let unscoped = app.send(change(json!({ "regions": ["EMEA"] }))).await;
    assert_eq!(unscoped.json()["regions"], json!(["EMEA"]));
    let all = app.send(change(json!({ "regions": null }))).await;
    assert_eq!(all.json()["regions"], json!(null));
}

#[tokio::test]
async fn nobody_gives_away_more_than_they_have() {
    let app = App::start().await;
    let emea = Scope { regions: Some(vec!["EMEA".into()]), business_units: None };
    app.person_in("regional", Role::Admin, emea, Environment::Live).await;
    app.person_in("demo", Role::Admin, Scope::ALL, Environment::Demo).await;
    app.person(Role::Admin).await;
    let (regional, demo) = (app.session("regional").await, app.session("demo").await);
    let add = |cookie: &str, body| app.send(Ask::post("/api/v1/users").own().cookie(cookie).json(body));
    let whole = json!({ "name": "x1", "role": "viewer" });
    assert_eq!(add(&regional, whole.clone()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(add(&regional, json!({ "name": "x2", "role": "viewer", "regions": ["EMEA"] })).await.status, StatusCode::CREATED);
    assert_eq!(add(&demo, json!({ "name": "x3", "role": "admin", "environment": "live" })).await.status, StatusCode::FORBIDDEN);
    let key = json!({ "name": "k1", "sources": ["*"], "environment": "live" });
    let answer = app.send(Ask::post("/api/v1/api-keys").own().cookie(&demo).json(key)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    for cookie in [&regional, &demo] {
        let list = app.send(Ask::get("/api/v1/users").cookie(cookie)).await;
        assert!(!list.text.contains("\"admin\",\"role\""), "{}", list.text);
        let change = Ask::new(Method::PATCH, "/api/v1/users/admin").own().cookie(cookie).json(json!({ "disabled": true }));
        assert_eq!(app.send(change).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_administrator_cannot_lock_themselves_out() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    for body in [json!({ "disabled": true }), json!({ "role": "viewer" })] {
        let change = Ask::new(Method::PATCH, "/api/v1/users/admin").own().cookie(&cookie).json(body);
        assert_eq!(app.send(change).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn every_change_leaves_its_line_in_the_trail() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let add = json!({ "name": "amira", "role": "viewer" });
    app.send(Ask::post("/api/v1/users").own().cookie(&cookie).json(add)).await;
    let change = Ask::new(Method::PATCH, "/api/v1/users/amira").own().cookie(&cookie);
    app.send(change.json(json!({ "role": "finance", "password": "a password of hers" }))).await;
    app.send(Ask::new(Method::DELETE, "/api/v1/users/amira/sessions").own().cookie(&cookie)).await;
    let trail = app.send(Ask::get("/api/v1/audit?subject=user:amira").cookie(&cookie)).await;
    let lines: Vec<(String, String)> = trail.json()["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| (line["actor"].as_str().unwrap_or("").into(), line["action"].as_str().unwrap_or("").into()))
        .collect();
    let by_admin = |action: &str| ("user:admin".to_owned(), action.to_owned());
    assert_eq!(lines, [by_admin("session.end_all"), by_admin("user.change"), by_admin("user.add")]);
    assert!(!trail.text.contains("a password of hers"));
    assert_eq!(trail.json()["items"][1]["detail"]["password_changed"], true);
}

/// What is configured counts everywhere: who sees one region only changes nothing of it, and is told why.
#[tokio::test]
async fn who_sees_one_region_configures_nothing() {
    let app = App::start().await;
    let emea = Scope { regions: Some(vec!["EMEA".into()]), business_units: None };
    app.person_in("regional", Role::FinanceLead, emea, Environment::Live).await;
    let (regional, whole) = (app.session("regional").await, app.signed_in(Role::FinanceLead).await);
    let put = |cookie: &str| {
        let policy = json!({ "replaces": 0, "policy": { "charge_codes": ["base"] }, "reason": "ours" });
        app.send(Ask::new(Method::PUT, "/api/v1/config/policy").own().cookie(cookie).json(policy))
    };
    let map = |cookie: &str| {
        let body = json!({ "meaning": "ignore", "reason": "ours" });
        app.send(Ask::post("/api/v1/exceptions/nothing/map").own().cookie(cookie).json(body))
    };
    for refused in [put(&regional).await, map(&regional).await] {
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text.contains("every region and business unit"), "{}", refused.text);
    }
    let page = app.send(Ask::get("/configuration/expectations").page().cookie(&regional)).await;
    assert!(page.text.contains("who sees all regions and business units") && !page.text.contains("name=\"toml\""));
    assert_eq!(map(&whole).await.status, StatusCode::NOT_FOUND);
    assert!(put(&whole).await.status.is_success());
}
