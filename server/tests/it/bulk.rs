//! Work on many exceptions at once, as pages and programs ask for it: seen and counted first, then done, then undone.

use crate::support::app::{Answer, App, Ask};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::{
    domain::{
        access::{Environment, Role, Scope},
        time::Instant,
    },
    store::{
        bulk::{BulkStore, Stepped},
        timers::TimerStore,
    },
};

/// So many deliveries without a proof; answers with the cookie of who works on them.
async fn without_proof(app: &App, shipments: usize) -> String {
    let secret = app.key("tms", &["tms"]).await;
    let event = |n: usize| {
        json!({ "specversion": "1.0", "source": "tms", "id": format!("e{n}"), "type": "com.waybill.shipment.delivered.v1",
                "subject": format!("S-{n}"), "time": "2026-05-27T12:00:00Z", "data": { "customer": "ACME", "region": "EU" } })
    };
    let events: Vec<Value> = (0..shipments).map(event).collect();
    let answer = app.send(Ask::post("/api/v1/events").key(&secret).json(events.into())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    app.clock.advance(2 * Instant::DAY);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    app.signed_in(Role::Dispatcher).await
}

async fn finish(app: &App) {
    while app.database.step_bulk(3).await.expect("a step") != Stepped::Idle {}
}

async fn call(app: &App, cookie: &str, path: &str, body: Value) -> Answer {
    app.send(Ask::post(path).own().cookie(cookie).json(body)).await
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap_or_else(|| panic!("a job: {}", answer.text)).to_owned()
}

#[tokio::test]
async fn many_are_given_to_somebody_and_taken_back() {
    let app = App::start().await;
    let cookie = without_proof(&app, 7).await;
    app.person_in("ben", Role::Finance, Scope::ALL, Environment::Live).await;
    let filter = json!({ "kind": "pod_missing" });
    let prepared =
        call(&app, &cookie, "/api/v1/exceptions/bulk", json!({ "action": "assign", "assignee": "ben", "filter": filter })).await;
    assert_eq!(prepared.status, StatusCode::CREATED, "{}", prepared.text);
    let job = prepared.json();
    assert_eq!((&job["state"], &job["items"], &job["shipments"]), (&json!("prepared"), &json!(7), &json!(7)));
    assert_eq!(job["may"], json!(["start", "cancel"]));
    let path = format!("/api/v1/exceptions/bulk/{}", id(&prepared));
    let begun = call(&app, &cookie, &format!("{path}:start"), json!(null)).await;
    assert_eq!((begun.status, &begun.json()["state"]), (StatusCode::OK, &json!("running")));
    finish(&app).await;
    let done = app.send(Ask::get(&path).cookie(&cookie)).await.json();
    assert_eq!((&done["state"], &done["done"], &done["may"]), (&json!("finished"), &json!(7), &json!(["undo"])));
    let items = app.send(Ask::get(&format!("{path}/items")).cookie(&cookie)).await.json();
    assert!(items["items"].as_array().expect("items").iter().all(|item| item["result"] == "done"));
    let late = call(&app, &cookie, &format!("{path}:pause"), json!(null)).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "conflict".to_owned()));
    let undo = call(&app, &cookie, &format!("{path}:undo"), json!(null)).await;
    assert_eq!((&undo.json()["action"], &undo.json()["items"]), (&json!("undo"), &json!(7)));
    let undo = id(&undo);
    call(&app, &cookie, &format!("/api/v1/exceptions/bulk/{undo}:start"), json!(null)).await;
    finish(&app).await;
    let nobodys = app.send(Ask::get("/api/v1/exceptions?kind=pod_missing&assignee=nobody&view=list").cookie(&cookie)).await;
    assert_eq!(nobodys.json()["total"], 7);
    let listed = app.send(Ask::get("/api/v1/exceptions/bulk").cookie(&cookie)).await.json();
    assert_eq!(listed["items"][0]["id"], undo);
    // What was done stands in the history of each.
    let one = nobodys.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    let history = app.send(Ask::get(&format!("/api/v1/exceptions/{one}")).cookie(&cookie)).await.json()["history"].clone();
    let said: Vec<&str> = history.as_array().expect("lines").iter().filter_map(|line| line["what"].as_str()).collect();
    assert_eq!(said, ["found it", "gave it to ben", "put it back as it was"]);
}

#[tokio::test]
async fn a_form_leads_to_the_job_and_an_incomplete_one_back() {
    let app = App::start().await;
    let cookie = without_proof(&app, 2).await;
    let post = |path: &'static str, pairs: Vec<(&'static str, String)>| {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let ask = Ask::post(path).page().own().cookie(&cookie).form(&pairs);
        app.send(ask)
    };
    let list = "kind=pod_missing&view=list".to_owned();
    let fields = vec![("action", "claim".to_owned()), ("list", list.clone()), ("note", String::new())];
    let answer = post("/exceptions/bulk/prepare", fields).await;
    assert_eq!(answer.header("location"), "/exceptions?kind=pod_missing&view=list&refused=note");
    let fields = vec![("action", "claim".to_owned()), ("list", list), ("note", "called them".into())];
    let answer = post("/exceptions/bulk/prepare", fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let job = answer.header("location").to_owned();
    let id = job.strip_prefix("/exceptions/bulk/").expect("a job's page").to_owned();
    let answer = post("/exceptions/bulk/turn", vec![("id", id.clone()), ("turn", "start".into())]).await;
    assert_eq!(answer.header("location"), job);
    finish(&app).await;
    let answer = post("/exceptions/bulk/turn", vec![("id", id.clone()), ("turn", "cancel".into())]).await;
    assert_eq!(answer.header("location"), format!("{job}?late=1"));
    let claimed = app.send(Ask::get("/api/v1/exceptions?state=claimed&view=list").cookie(&cookie)).await;
    assert_eq!(claimed.json()["total"], 2);
}

#[tokio::test]
async fn who_may_not_waive_neither_prepares_nor_starts_it() {
    let app = App::start().await;
    let dispatcher = without_proof(&app, 2).await;
    let lead = app.signed_in(Role::FinanceLead).await;
    let waive = json!({ "action": "waive", "note": "agreed", "filter": { "kind": "pod_missing" } });
    assert_eq!(call(&app, &dispatcher, "/api/v1/exceptions/bulk", waive.clone()).await.status, StatusCode::FORBIDDEN);
    let path = format!("/api/v1/exceptions/bulk/{}", id(&call(&app, &lead, "/api/v1/exceptions/bulk", waive).await));
    let seen = app.send(Ask::get(&path).cookie(&dispatcher)).await.json();
    assert_eq!(seen["may"], json!(["cancel"]));
    assert_eq!(call(&app, &dispatcher, &format!("{path}:start"), json!(null)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call(&app, &lead, &format!("{path}:start"), json!(null)).await.status, StatusCode::OK);
    finish(&app).await;
    assert_eq!(app.send(Ask::get(&path).cookie(&lead)).await.json()["done"], 2);
    for asked in [json!({ "action": "assign" }), json!({ "action": "snooze", "hours": 0, "filter": {} })] {
        assert_eq!(call(&app, &lead, "/api/v1/exceptions/bulk", asked).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_job_that_nobody_starts_is_forgotten_after_a_day_and_an_undo_is_prepared_once() {
    let app = App::start().await;
    let cookie = without_proof(&app, 9).await;
    let claim = json!({ "action": "claim", "note": "called them", "filter": { "kind": "pod_missing" } });
    let [left, done] = [
        call(&app, &cookie, "/api/v1/exceptions/bulk", claim.clone()).await,
        call(&app, &cookie, "/api/v1/exceptions/bulk", claim).await,
    ];
    let [left, done] = [left, done].map(|answer| format!("/api/v1/exceptions/bulk/{}", id(&answer)));
    call(&app, &cookie, &format!("{done}:start"), json!(null)).await;
    finish(&app).await;
    let undo = id(&call(&app, &cookie, &format!("{done}:undo"), json!(null)).await);
    assert_eq!(id(&call(&app, &cookie, &format!("{done}:undo"), json!(null)).await), undo, "the one that is prepared already");
    // Another person prepares their own, and so does who cancelled it.
    let other = app.signed_in(Role::FinanceLead).await;
    assert_ne!(id(&call(&app, &other, &format!("{done}:undo"), json!(null)).await), undo);
    let jobs = async |cookie: &str| {
        let jobs = app.send(Ask::get("/api/v1/exceptions/bulk").own().cookie(cookie)).await.json();
        jobs["items"].as_array().expect("jobs").len()
    };
    app.clock.advance(23 * Instant::HOUR);
    finish(&app).await;
    let cookie = app.session("dispatcher").await;
    assert_eq!((app.send(Ask::get(&left).own().cookie(&cookie)).await.status, jobs(&cookie).await), (StatusCode::OK, 4));
    app.clock.advance(Instant::HOUR + 1);
    finish(&app).await;
    let cookie = app.session("dispatcher").await;
    assert_eq!(app.send(Ask::get(&left).own().cookie(&cookie)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(jobs(&cookie).await, 1, "what was done stays, with what became of each");
    let (items,): (i64,) = waybill_server::store::sql::query_as("SELECT count(*) FROM bulk_items")
        .fetch_one(&app.database.read)
        .await
        .expect("a count");
    assert_eq!(items, 9);
    let told: Vec<(String, String)> =
        waybill_server::store::sql::query_as("SELECT actor, subject FROM audit WHERE action = 'bulk.forget'")
            .fetch_all(&app.database.read)
            .await
            .expect("the trail");
    assert_eq!(told.len(), 3);
    assert!(told.contains(&("system:bulk".to_owned(), left.replace("/api/v1/exceptions/bulk/", "bulk:"))));
}

/// A name that nobody knows never widens what is asked for.
#[tokio::test]
async fn a_body_with_an_unknown_name_is_refused() {
    let app = App::start().await;
    let cookie = without_proof(&app, 1).await;
    let bulk = "/api/v1/exceptions/bulk";
    for (path, body) in [
        (bulk, json!({ "action": "claim", "note": "x", "filter": { "bogus": "x" } })),
        (bulk, json!({ "action": "claim", "note": "x", "filter": [] })),
        (bulk, json!({ "action": "claim", "note": "x", "filter": {}, "bogus": 1 })),
        ("/api/v1/exceptions:act", json!({ "action": "claim", "note": "x", "on": [["x", 1]], "bogus": 1 })),
        ("/api/v1/exceptions:undo", json!({ "on": [["x", 1]], "bogus": 1 })),
    ] {
        let answer = call(&app, &cookie, path, body.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {}", answer.text);
        assert!(answer.text.contains("bogus") || answer.text.contains("filter: an object"), "{}", answer.text);
    }
    let all = call(&app, &cookie, bulk, json!({ "action": "claim", "note": "x", "filter": {} })).await;
    assert_eq!(all.status, StatusCode::CREATED, "{}", all.text);
}

/// A time in place of hours counts from nobody's start: all sleep until then, and who starts too late is told.
#[tokio::test]
async fn many_are_snoozed_until_a_time() {
    let app = App::start().await;
    let cookie = without_proof(&app, 3).await;
    let until = app.clock.now().plus(6 * Instant::HOUR);
    let local = chrono::DateTime::from_timestamp_micros(until.0).expect("a time").format("%Y-%m-%dT%H:%M:%S").to_string();
    let form = [("action", "snooze"), ("hours", "24"), ("until", &*local), ("list", "kind=pod_missing")];
    let mut jobs = Vec::new();
    for _ in 0..2 {
        let answer = app.send(Ask::post("/exceptions/bulk/prepare").own().cookie(&cookie).form(&form)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let id = answer.header("location").rsplit('/').next().expect("an id").to_owned();
        let job = app.send(Ask::get(&format!("/api/v1/exceptions/bulk/{id}")).cookie(&cookie)).await.json();
        assert!(job["what"].as_str().expect("words").starts_with("Snooze until "), "{job}");
        jobs.push(format!("/api/v1/exceptions/bulk/{id}:start"));
    }
    app.clock.advance(Instant::HOUR);
    assert_eq!(call(&app, &cookie, &jobs[0], json!(null)).await.status, StatusCode::OK);
    finish(&app).await;
    let slept: Vec<(i64,)> =
        waybill_server::store::sql::query_as("SELECT DISTINCT snoozed_until FROM exceptions WHERE kind = 'pod_missing'")
            .fetch_all(&app.database.read)
            .await
            .expect("the table");
    assert_eq!(slept, [(until.0 / Instant::SECOND * Instant::SECOND,)]);
    app.clock.advance(6 * Instant::HOUR);
    let cookie = app.session("dispatcher").await;
    let late = call(&app, &cookie, &jobs[1], json!(null)).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("is over"), "{}", late.text);
    let both = json!({ "action": "snooze", "hours": 4, "until": local, "filter": {} });
    assert_eq!(call(&app, &cookie, "/api/v1/exceptions/bulk", both).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
