//! Exceptions are given to people who work on them and see them, and to nobody else; whoever tries is told why not.

use crate::{
    acts::{call, delivered, form, seen},
    support::app::{App, Ask},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::{
    domain::{
        access::{Actor, Environment, Role, Scope},
        time::Instant,
    },
    service::accounts::PersonPatch,
    store::{
        bulk::{BulkStore, Stepped},
        timers::TimerStore,
    },
};

/// The exception of a delivery in EMEA without a proof: its id and version.
async fn pod_missing(app: &App, name: &str) -> (String, i64) {
    delivered(app, "S-1").await;
    app.clock.advance(2 * Instant::DAY);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    let cookie = app.session(name).await;
    let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=pod_missing").own().cookie(&cookie)).await.json();
    (list["items"][0]["id"].as_str().expect("found").to_owned(), list["items"][0]["version"].as_i64().expect("a version"))
}

async fn assignee(app: &App, cookie: &str, id: &str) -> Value {
    app.send(Ask::get(&format!("/api/v1/exceptions/{id}")).own().cookie(cookie)).await.json()["row"]["assignee"].clone()
}

#[tokio::test]
async fn an_exception_is_given_to_who_works_on_it_and_to_nobody_else() {
    let app = App::start().await;
    let name = app.person(Role::FinanceLead).await;
    let (id, version) = pod_missing(&app, &name).await;
    let cookie = app.session(&name).await;
    let scope = |region: &str| Scope { regions: Some(vec![region.to_owned()]), business_units: None };
    app.person_in("reader", Role::Viewer, Scope::ALL, Environment::Live).await;
    app.person_in("demo", Role::Finance, Scope::ALL, Environment::Demo).await;
    app.person_in("gone", Role::Finance, Scope::ALL, Environment::Live).await;
    app.person_in("asia", Role::Finance, scope("APAC"), Environment::Live).await;
    app.person_in("europe", Role::Finance, scope("EMEA"), Environment::Live).await;
    let patch = PersonPatch { disabled: Some(true), ..PersonPatch::default() };
    app.edge.accounts.change_person(&Actor::system("test", Environment::Live), "gone", patch).await.expect("it is changed");

    let act = |to: &str, version: i64| json!({ "action": "assign", "assignee": to, "on": [[id, version]] });
    for (to, why) in [
        ("nobody-of-that-name", "Nobody signs in as “nobody-of-that-name”."),
        ("no name at all", "Nobody signs in as"),
        ("reader", "reader does not work on exceptions."),
        ("demo", "Nobody signs in as “demo”."),
        ("gone", "gone does not sign in any more."),
    ] {
        let answer = call(&app, &cookie, "/api/v1/exceptions:act", act(to, version)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}: {}", answer.text);
        assert!(answer.text.contains(why), "{to}: {}", answer.text);
        let on = format!("{id}:{version}");
        let pairs = [("action", "assign"), ("on", on.as_str()), ("assignee", to), ("back", "/exceptions")];
        let page = seen(&app, &cookie, &form(&app, &cookie, "/exceptions/act", &pairs).await).await;
        assert!(page.text.contains(why), "the page says so: {to}");
        let job = json!({ "action": "assign", "assignee": to, "filter": {} });
        assert_eq!(call(&app, &cookie, "/api/v1/exceptions/bulk", job).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = call(&app, &cookie, "/api/v1/exceptions:act", act("asia", version)).await;
    assert!(answer.text.contains("Who it would go to does not see it"), "{}", answer.text);
    assert_eq!(assignee(&app, &cookie, &id).await, json!(null));

    let answer = call(&app, &cookie, "/api/v1/exceptions:act", act("Europe", version)).await;
    assert_eq!(answer.json()["results"][0]["version"], json!(version + 1), "{}", answer.text);
    assert_eq!(assignee(&app, &cookie, &id).await, json!("europe"), "by the name that they sign in with");
    // Who may no longer stays where they are until it is given to somebody else, also back to the queue.
    let patch = PersonPatch { disabled: Some(true), ..PersonPatch::default() };
    app.edge.accounts.change_person(&Actor::system("test", Environment::Live), "europe", patch).await.expect("it is changed");
    assert_eq!(assignee(&app, &cookie, &id).await, json!("europe"));
    let answer = call(&app, &cookie, "/api/v1/exceptions:act", act("", version + 1)).await;
    assert_eq!(answer.json()["results"][0]["version"], json!(version + 2), "{}", answer.text);
}

#[tokio::test]
async fn whoever_acts_on_an_exception_keeps_the_way_back_to_the_rows_of_a_figure() {
    let app = App::start().await;
    let name = app.person(Role::FinanceLead).await;
    let (id, version) = pod_missing(&app, &name).await;
    let cookie = app.session(&name).await;
    let rows = app.send(Ask::get("/kpis/K8/rows?carrier=DHL").page().cookie(&cookie)).await;
    let opened = format!("/exceptions/{id}?back=%2Fkpis%2FK8%2Frows%3Fcarrier%3DDHL");
    assert!(rows.text.contains(&format!("href=\"{opened}\"")), "{}", rows.text);
    let page = app.send(Ask::get(&opened).page().cookie(&cookie)).await;
    let form_of = page.text.split("value=\"waive\"").nth(1).expect("it can be waived");
    let back = form_of.split("name=\"back\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("leads back");
    let on = format!("{id}:{version}");
    let pairs = [("action", "waive"), ("on", on.as_str()), ("note", "agreed"), ("back", back)];
    let acted = seen(&app, &cookie, &form(&app, &cookie, "/exceptions/act", &pairs).await).await;
    assert!(acted.text.contains("Waived"), "{}", acted.text);
    assert!(acted.text.contains("href=\"/kpis/K8/rows?carrier=DHL\""), "{}", acted.text);
}

#[tokio::test]
async fn a_job_leaves_alone_what_its_new_owner_would_not_see() {
    let app = App::start().await;
    let name = app.person(Role::FinanceLead).await;
    pod_missing(&app, &name).await;
    let cookie = app.session(&name).await;
    let asia = Scope { regions: Some(vec!["APAC".into()]), business_units: None };
    app.person_in("asia", Role::Finance, asia, Environment::Live).await;
    let job = json!({ "action": "assign", "assignee": "asia", "filter": { "kind": "pod_missing" } });
    let prepared = call(&app, &cookie, "/api/v1/exceptions/bulk", job).await;
    let path = format!("/api/v1/exceptions/bulk/{}", prepared.json()["id"].as_str().expect("a job"));
    assert_eq!(call(&app, &cookie, &format!("{path}:start"), json!(null)).await.status, StatusCode::OK);
    while app.database.step_bulk(10).await.expect("a step") != Stepped::Idle {}
    let items = app.send(Ask::get(&format!("{path}/items")).own().cookie(&cookie)).await.json();
    assert_eq!((&items["items"][0]["result"], items["items"].as_array().map(Vec::len)), (&json!("refused"), Some(1)));
    let why = "Who it would go to does not see it: it is in another region or business unit.";
    assert_eq!(items["items"][0]["problem"], json!(why));
}
