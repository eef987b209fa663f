//! What people do with shipments: attach a POD, validate and reject it, approve, correct, and take each of it back. Through the
//! pages' forms, as a browser without JavaScript sends them, and through the API.

use crate::support::app::{Answer, App, Ask};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::{
    domain::{
        access::{Environment, Role, Scope},
        time::Instant,
    },
    store::timers::TimerStore,
};

const PDF: &str = "%PDF-1.7 a scan of a signed note";

/// A shipment that was delivered an hour ago; its id.
pub(crate) async fn delivered(app: &App, reference: &str) -> String {
    let secret = app.key(&format!("tms-{}", reference.to_lowercase()), &["tms/*"]).await;
    for (verb, hour) in [("dispatched", 6), ("delivered", 19)] {
        let event = json!({
            "specversion": "1.0", "id": format!("{reference}-{verb}"), "source": "tms/eu", "subject": reference,
            "type": format!("com.waybill.shipment.{verb}.v1"), "time": format!("2026-05-28T{hour:02}:00:00Z"),
            "data": { "customer": "C-1", "carrier": "DHL", "region": "EMEA", "business_unit": "Parts" },
        });
        let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
        let answer = app.send(ask.body(&event.to_string())).await;
        assert_eq!(answer.json()["results"][0]["outcome"], "accepted", "{}", answer.text);
    }
    one(app, "SELECT id FROM shipments WHERE reference = $1", reference).await
}

async fn one(app: &App, sql: &'static str, with: &str) -> String {
    let (value,): (String,) =
        waybill_server::store::sql::query_as(sql).bind(with).fetch_one(&app.database.read).await.expect("a row");
    value
}

async fn stage(app: &App, id: &str) -> String {
    one(app, "SELECT stage FROM shipments WHERE id = $1", id).await
}

/// As a browser without JavaScript sends a form of the shipment's page.
pub(crate) async fn form(app: &App, cookie: &str, path: &str, pairs: &[(&str, &str)]) -> Answer {
    app.clock.advance(Instant::MINUTE);
    app.send(Ask::post(path).page().own().cookie(cookie).form(pairs)).await
}

pub(crate) async fn attach(app: &App, cookie: &str, id: &str, fields: &[(&str, &str, &str, &str)]) -> Answer {
    app.clock.advance(Instant::MINUTE);
    app.send(Ask::post(&format!("/shipments/{id}/documents")).page().own().cookie(cookie).upload(fields)).await
}

/// The page that a form's answer leads to.
pub(crate) async fn seen(app: &App, cookie: &str, answer: &Answer) -> Answer {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let location = answer.header("location");
    assert!(location.contains("flash="), "{location}");
    app.send(Ask::get(location).page().cookie(cookie)).await
}

/// What the API tells of the shipment's acts.
async fn acts(app: &App, cookie: &str, id: &str) -> Value {
    let answer = app.send(Ask::get(&format!("/api/v1/shipments/{id}/acts")).own().cookie(cookie)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

pub(crate) async fn call(app: &App, cookie: &str, path: &str, body: Value) -> Answer {
    app.clock.advance(Instant::MINUTE);
    app.send(Ask::post(path).own().cookie(cookie).json(body)).await
}

#[tokio::test]
async fn a_pod_is_attached_counts_at_once_and_is_served_as_an_attachment_only() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Dispatcher).await;
    let id = delivered(&app, "S-1").await;
    assert_eq!(stage(&app, &id).await, "delivered");
    let fields = [
        ("file", "C:\\scans\\pod 1.pdf", "application/pdf", PDF),
        ("signed_by", "", "", "A. Ortiz"),
        ("note", "", "", "by mail"),
    ];
    let answer = attach(&app, &cookie, &id, &fields).await;
    let page = seen(&app, &cookie, &answer).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("“pod 1.pdf” is attached") && page.text.contains(">Undo</button>"), "{}", page.text);
    assert_eq!(stage(&app, &id).await, "pod_received");

    let told = acts(&app, &cookie, &id).await;
    let document = &told["documents"][0];
    assert_eq!((&document["file_name"], &document["media_type"]), (&json!("pod 1.pdf"), &json!("application/pdf")));
    assert_eq!((&document["size"], &document["actor"]), (&json!(PDF.len()), &json!("dispatcher")));
    assert_eq!(told["acts"][0]["id"], document["id"]);

    let path = format!("/shipments/{id}/documents/{}", document["id"].as_str().expect("an id"));
    let viewer = app.signed_in(Role::Viewer).await;
    for path in [path.clone(), format!("/api/v1{path}")] {
        let served = app.send(Ask::get(&path).page().cookie(&viewer)).await;
        assert_eq!((served.status, served.text.as_str()), (StatusCode::OK, PDF));
        assert_eq!(served.header("content-type"), "application/pdf");
        assert!(served.header("content-disposition").starts_with("attachment; filename=\"pod 1.pdf\""));
        assert_eq!(served.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        assert_eq!(served.header("cache-control"), "no-store");
    }
    // Who may only read sees the document and no form.
    let page = app.send(Ask::get(&format!("/shipments/{id}")).page().cookie(&viewer)).await;
    assert!(page.text.contains("pod 1.pdf") && !page.text.contains("multipart/form-data"));
}

#[tokio::test]
async fn a_file_that_is_not_what_it_says_is_refused_in_words_and_leaves_nothing() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Dispatcher).await;
    let id = delivered(&app, "S-1").await;
    let long = "x".repeat(300);
    for (fields, why) in [
        (vec![("file", "pod.pdf", "application/pdf", "<html>")], "this is none of them"),
        (vec![("file", "pod.png", "image/png", PDF)], "not what its type says"),
        (vec![("file", "pod.pdf", "application/pdf", "")], "this one is empty"),
        (vec![("file", "pod.pdf", "application/pdf", PDF), ("signed_by", "", "", long.as_str())], "256 characters"),
    ] {
        let answer = attach(&app, &cookie, &id, &fields).await;
        let page = seen(&app, &cookie, &answer).await;
        assert!(page.text.contains("The document was not attached") && page.text.contains(why), "{why}");
    }
    let told = acts(&app, &cookie, &id).await;
    assert_eq!((&told["documents"], &told["acts"]), (&json!([]), &json!([])));
    assert_eq!(stage(&app, &id).await, "delivered");
    let large = format!("{PDF}{}", "x".repeat(10 * 1024 * 1024 + 128 * 1024));
    let answer = attach(&app, &cookie, &id, &[("file", "pod.pdf", "application/pdf", &large)]).await;
    assert!(seen(&app, &cookie, &answer).await.text.contains("A document may have 10 MiB"));
}

#[tokio::test]
async fn a_pod_is_rejected_validated_and_both_are_taken_back() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Finance).await;
    let id = delivered(&app, "S-1").await;
    let path = format!("/shipments/{id}/acts");
    let page = seen(&app, &cookie, &form(&app, &cookie, &path, &[("action", "validate_pod")]).await).await;
    assert!(page.text.contains("No proof of delivery has come in"));

    attach(&app, &cookie, &id, &[("file", "pod.pdf", "application/pdf", PDF)]).await;
    let pairs = [("action", "reject_pod"), ("reason", "illegible"), ("note", "page 2 is black")];
    let page = seen(&app, &cookie, &form(&app, &cookie, &path, &pairs).await).await;
    assert!(page.text.contains("The proof of delivery is rejected") && page.text.contains("page 2 is black"));
    assert_eq!(stage(&app, &id).await, "delivered", "a rejected POD proves nothing");
    let again = seen(&app, &cookie, &form(&app, &cookie, &path, &pairs).await).await;
    assert!(again.text.contains("rejected already"));

    // Taken back: the POD counts again. Somebody else who comes later is told who it was.
    let rejection = acts(&app, &cookie, &id).await["acts"][0]["id"].as_str().expect("an id").to_owned();
    let undo = format!("{path}/{rejection}/undo");
    let page = seen(&app, &cookie, &form(&app, &cookie, &undo, &[]).await).await;
    assert!(page.text.contains("Taken back: POD rejected"));
    assert_eq!(stage(&app, &id).await, "pod_received");
    let other = app.signed_in(Role::Dispatcher).await;
    let page = seen(&app, &other, &form(&app, &other, &undo, &[]).await).await;
    assert!(page.text.contains("finance took it back already"));
    let told = acts(&app, &cookie, &id).await;
    assert_eq!((&told["acts"][0]["taken_back"][0], &told["acts"][0]["may_undo"]), (&json!("finance"), &json!(false)));

    let page =
        seen(&app, &cookie, &form(&app, &cookie, &path, &[("action", "validate_pod"), ("signed_by", "A. Ortiz")]).await).await;
    assert!(page.text.contains("The proof of delivery is validated"));
    // What was validated stays to be seen: the validation is taken back first, then the document, which is no longer served.
    let document = told["documents"][0]["id"].as_str().expect("an id");
    let withdraw = format!("{path}/{document}/undo");
    let page = seen(&app, &cookie, &form(&app, &cookie, &withdraw, &[]).await).await;
    assert!(page.text.contains("It was validated since: take that back first"));
    let validation = acts(&app, &cookie, &id).await["acts"][0]["id"].as_str().expect("an id").to_owned();
    form(&app, &cookie, &format!("{path}/{validation}/undo"), &[]).await;
    form(&app, &cookie, &withdraw, &[("note", "another shipment's")]).await;
    let served = app.send(Ask::get(&format!("/shipments/{id}/documents/{document}")).cookie(&cookie)).await;
    assert_eq!(served.status, StatusCode::NOT_FOUND);
    assert_eq!(acts(&app, &cookie, &id).await["documents"][0]["taken_back"], json!(true));
    assert_eq!(stage(&app, &id).await, "delivered");
}

#[tokio::test]
async fn a_field_is_corrected_and_charges_approved_and_both_are_taken_back() {
    let app = App::start().await;
    let (finance, lead) = (app.signed_in(Role::Finance).await, app.signed_in(Role::FinanceLead).await);
    let id = delivered(&app, "S-1").await;
    let path = format!("/api/v1/shipments/{id}/acts");
    let customer = || one(&app, "SELECT customer_id FROM shipments WHERE id = $1", &id);
    let correction = json!({ "action": "correct", "field": "customer", "value": "C-2", "note": "booked for the wrong branch" });
    let answer = call(&app, &finance, &path, correction).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(customer().await, "C-2");
    let act = answer.json()["id"].as_str().expect("an id").to_owned();
    let undone = call(&app, &finance, &format!("{path}/{act}/undo"), json!({ "note": "it was right" })).await;
    assert_eq!((undone.status, &undone.json()["undo"]), (StatusCode::OK, &json!(false)));
    assert_eq!(customer().await, "C-1");
    assert_eq!(call(&app, &finance, &format!("{path}/{act}/undo"), json!({})).await.status, StatusCode::CONFLICT);
    assert_eq!(call(&app, &finance, &format!("{path}/S-1-delivered/undo"), json!({})).await.status, StatusCode::NOT_FOUND);

    let tomorrow = json!({ "action": "correct", "field": "delivered_at", "value": "2027-01-01", "note": "x" });
    let answer = call(&app, &finance, &path, tomorrow).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));

    let less = json!({ "action": "approve_charges", "amount": "-1.00", "currency": "EUR" });
    assert_eq!(call(&app, &lead, &path, less).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let approval = json!({ "action": "approve_charges", "amount": "812.50", "currency": "EUR" });
    assert_eq!(call(&app, &finance, &path, approval.clone()).await.status, StatusCode::FORBIDDEN);
    let approved = call(&app, &lead, &path, approval).await;
    let act = approved.json()["id"].as_str().expect("an id").to_owned();
    let cost =
        || one(&app, "SELECT coalesce(freight_minor, '-') || coalesce(freight_currency, '') FROM shipments WHERE id = $1", &id);
    assert_eq!(cost().await, "81250EUR");
    assert_eq!(call(&app, &finance, &format!("{path}/{act}/undo"), json!({})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(call(&app, &lead, &format!("{path}/{act}/undo"), json!({})).await.status, StatusCode::OK);
    assert_eq!(cost().await, "-");
}

#[tokio::test]
async fn who_cannot_see_the_shipment_cannot_touch_it() {
    let app = App::start().await;
    let insider = app.signed_in(Role::Finance).await;
    let id = delivered(&app, "S-1").await;
    attach(&app, &insider, &id, &[("file", "pod.pdf", "application/pdf", PDF)]).await;
    let document = acts(&app, &insider, &id).await["documents"][0]["id"].as_str().expect("an id").to_owned();
    let elsewhere = Scope { regions: Some(vec!["APAC".into()]), business_units: None };
    app.person_in("ann", Role::Dispatcher, elsewhere, Environment::Live).await;
    app.person_in("dan", Role::Dispatcher, Scope::ALL, Environment::Demo).await;
    for name in ["ann", "dan"] {
        let cookie = app.session(name).await;
        let path = format!("/shipments/{id}/acts");
        assert_eq!(form(&app, &cookie, &path, &[("action", "validate_pod")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(form(&app, &cookie, &format!("{path}/{document}/undo"), &[]).await.status, StatusCode::NOT_FOUND);
        let answer = attach(&app, &cookie, &id, &[("file", "pod.pdf", "application/pdf", PDF)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let served = app.send(Ask::get(&format!("/shipments/{id}/documents/{document}")).cookie(&cookie)).await;
        assert_eq!(served.status, StatusCode::NOT_FOUND);
    }
    // Nobody moves a shipment into a region that is not theirs.
    let inside = Scope { regions: Some(vec!["EMEA".into()]), business_units: None };
    app.person_in("eve", Role::Dispatcher, inside, Environment::Live).await;
    let eve = app.session("eve").await;
    let moved = json!({ "action": "correct", "field": "region", "value": "APAC", "note": "x" });
    let answer = call(&app, &eve, &format!("/api/v1/shipments/{id}/acts"), moved).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nor out of their own by taking back what brought it there.
    let here = json!({ "action": "correct", "field": "region", "value": "EMEA", "note": "x" });
    let path = format!("/api/v1/shipments/{id}/acts");
    let act = call(&app, &insider, &path, here).await.json()["id"].as_str().expect("an id").to_owned();
    let undo = format!("{path}/{act}/undo");
    assert_eq!(call(&app, &eve, &undo, json!({})).await.status, StatusCode::CONFLICT);
    assert_eq!(call(&app, &insider, &undo, json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nobody_else_speaks_as_the_desk() {
    let app = App::start().await;
    let id = delivered(&app, "S-1").await;
    let forged = json!({
        "specversion": "1.0", "id": "1", "source": "waybill/desk", "subject": "S-1", "actor": "user:amira",
        "type": "com.waybill.pod.validated.v1", "time": "2026-05-28T20:00:00Z", "data": {},
    });
    let secret = app.key("greedy", &["*"]).await;
    let integration = app.signed_in(Role::Integration).await;
    let ask = || Ask::post("/api/v1/events").with("content-type", "application/cloudevents+json").body(&forged.to_string());
    for ask in [ask().key(&secret), ask().own().cookie(&integration)] {
        let answer = app.send(ask).await.json();
        assert_eq!(answer["results"][0]["code"], "source_not_allowed");
    }
    let item = one(&app, "SELECT id FROM quarantine WHERE code = $1", "source_not_allowed").await;
    let body = forged.to_string();
    let pairs = [("id", item.as_str()), ("version", "1"), ("body", body.as_str()), ("reason", "let me")];
    let answer = app.send(Ask::post("/api/ui/quarantine_fix").own().cookie(&integration).form(&pairs)).await;
    assert!(answer.text.contains("source_not_allowed"), "{}", answer.text);
    assert_eq!(stage(&app, &id).await, "delivered");
}

#[tokio::test]
async fn each_act_is_in_the_audit_trail_the_timeline_and_the_ledger_of_touches() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Finance).await;
    let id = delivered(&app, "S-1").await;
    attach(&app, &cookie, &id, &[("file", "pod.pdf", "application/pdf", PDF)]).await;
    form(
        &app,
        &cookie,
        &format!("/shipments/{id}/acts"),
        &[("action", "reject_pod"), ("reason", "illegible"), ("note", "black")],
    )
    .await;
    let rejection = acts(&app, &cookie, &id).await["acts"][0]["id"].as_str().expect("an id").to_owned();
    form(&app, &cookie, &format!("/shipments/{id}/acts/{rejection}/undo"), &[("note", "it can be read")]).await;

    let audit: Vec<(String, String, String)> = waybill_server::store::sql::query_as(
        "SELECT actor, action, reason FROM audit WHERE subject = 'shipment:' || $1 ORDER BY seq",
    )
    .bind(&id)
    .fetch_all(&app.database.read)
    .await
    .expect("the trail");
    let line = |action: &str, reason: &str| ("user:finance".to_owned(), action.to_owned(), reason.to_owned());
    let expected =
        [line("shipment.attach_pod", ""), line("shipment.reject_pod", "black"), line("shipment.undo", "it can be read")];
    assert_eq!(audit, expected);

    let touches: Vec<(String, String)> =
        waybill_server::store::sql::query_as("SELECT kind, actor FROM touches WHERE shipment_id = $1 ORDER BY seq")
            .bind(&id)
            .fetch_all(&app.database.read)
            .await
            .expect("the ledger");
    let kinds: Vec<_> = touches.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["attach", "override", "undo"]);
    assert!(touches.iter().all(|(_, actor)| actor == "user:finance"));

    let detail = app.send(Ask::get(&format!("/api/ui/shipment?id={id}")).own().cookie(&cookie)).await.json();
    let timeline = detail["timeline"].as_array().expect("a timeline");
    let desk: Vec<_> = timeline.iter().filter(|entry| entry["source"] == "waybill/desk").collect();
    let told: Vec<_> = desk.iter().map(|e| (e["title"].as_str(), e["standing"].as_str())).collect();
    assert_eq!(told, [(Some("POD received"), Some("effective")), (Some("POD rejected"), Some("retracted"))]);
    assert!(desk.iter().all(|entry| entry["details"][0] == json!(["By", "finance"])));
}

/// An exception about an item that cannot be read: its id and version.
async fn unreadable(app: &App, cookie: &str) -> (String, i64) {
    let secret = app.key("broken", &["*"]).await;
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    app.send(ask.body("{\"specversion\":\"1.0\",")).await;
    let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=data_defect").own().cookie(cookie)).await.json();
    (list["items"][0]["id"].as_str().expect("found").to_owned(), list["items"][0]["version"].as_i64().expect("a version"))
}

#[tokio::test]
async fn the_page_says_what_was_done_what_was_not_and_why_and_offers_the_way_back() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let (id, version) = unreadable(&app, &cookie).await;
    let on = format!("{id}:{version}");
    let back = format!("/exceptions/{id}");
    let claim = [("action", "claim"), ("on", on.as_str()), ("note", "they send it anew"), ("back", back.as_str())];
    let page = seen(&app, &cookie, &form(&app, &cookie, "/exceptions/act", &claim).await).await;
    assert!(page.text.contains("Said to be solved. An exception is solved only when its effect is seen."));
    assert!(page.text.contains("integration said that it is solved") && page.text.contains("Undo that"));

    // Of two on one form, each is told by its name with its own reason.
    let list = [("action", "claim"), ("on", on.as_str()), ("on", "nothing:1"), ("note", "x"), ("back", "/exceptions?view=list")];
    let page = seen(&app, &cookie, &form(&app, &cookie, "/exceptions/act", &list).await).await;
    assert!(page.text.contains("integration called it solved meanwhile") && page.text.contains("It is not there."));
    assert!(page.text.contains("Unreadable data"), "named as people know it");
    let refused = form(&app, &cookie, "/exceptions/act", &[("action", "claim"), ("on", "x:1"), ("note", " ")]).await;
    assert!(seen(&app, &cookie, &refused).await.text.contains("Say how it was solved."));

    let made = format!("{id}:{}", version + 1);
    let undo = form(&app, &cookie, "/exceptions/undo", &[("on", made.as_str()), ("back", back.as_str())]).await;
    let page = seen(&app, &cookie, &undo).await;
    assert!(page.text.contains("Put back as it was before") && page.text.contains("put it back as it was"));
    let state = one(&app, "SELECT state FROM exceptions WHERE id = $1", &id).await;
    assert_eq!(state, "open");
    // Words are for the one who acted: the address tells nobody else anything.
    let other = app.signed_in(Role::Admin).await;
    let page = app.send(Ask::get(undo.header("location")).page().cookie(&other)).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("Put back as it was before"));
}

#[tokio::test]
async fn an_unknown_code_is_mapped_where_it_is_told_and_ends_by_itself() {
    let app = App::start().await;
    let (cookie, finance) = (app.signed_in(Role::Integration).await, app.signed_in(Role::Finance).await);
    let id = delivered(&app, "S-1").await;
    let secret = app.key("carrier", &["carrier/*"]).await;
    let event = json!({
        "specversion": "1.0", "id": "w1", "source": "carrier/acme", "subject": "S-1",
        "type": "com.waybill.shipment.status_reported.v1", "time": "2026-05-28T19:30:00Z", "data": { "code": "XB" },
    });
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    let answer = app.send(ask.body(&event.to_string())).await;
    assert_eq!(answer.json()["results"][0]["outcome"], "accepted", "{}", answer.text);
    let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=unknown_code").own().cookie(&cookie)).await.json();
    let exception = list["items"][0]["id"].as_str().expect("found").to_owned();
    let path = format!("/exceptions/{exception}");
    let page = app.send(Ask::get(&path).page().cookie(&cookie)).await;
    assert!(page.text.contains("What carrier/acme means by “XB”"));
    let looking = app.send(Ask::get(&path).page().cookie(&finance)).await;
    assert!(looking.status == StatusCode::OK && !looking.text.contains(&format!("{path}/map")));
    let pairs = [("meaning", "ignore"), ("reason", "their internal scan"), ("back", path.as_str())];
    assert_eq!(form(&app, &finance, &format!("{path}/map"), &pairs).await.status, StatusCode::FORBIDDEN);
    let page = seen(&app, &cookie, &form(&app, &cookie, &format!("{path}/map"), &pairs).await).await;
    assert!(page.text.contains("Mapped, in version 1 of the configuration."));
    app.clock.advance(Instant::MINUTE);
    while app.database.look_again(100).await.expect("looks") > 0 {}
    assert_eq!(one(&app, "SELECT state FROM exceptions WHERE id = $1", &exception).await, "verified");
    assert_eq!(stage(&app, &id).await, "delivered");
}
