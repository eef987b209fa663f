//! What could not be read is mended where its exception tells of it, and what was typed is never lost.

mod named;

use crate::{
    acts::{call, form, seen},
    support::app::{Answer, App, Ask},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waybill_server::domain::access::Role;

/// A dispatch as its source should have sent it.
fn dispatch(id: &str, amount: &str) -> Value {
    json!({ "specversion": "1.0", "id": id, "source": "tms", "type": "com.waybill.shipment.dispatched.v1", "subject": "S-1",
        "time": "2026-05-28T06:00:00Z", "data": { "carrier": "DHL", "freight_cost": { "amount": amount, "currency": "USD" } } })
}

async fn send(app: &App, event: &Value) -> Value {
    let secret = app.key(&format!("tms-{}", event["id"].as_str().unwrap_or_default()), &["tms"]).await;
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    app.send(ask.body(&event.to_string())).await.json()["results"][0].clone()
}

/// Something that cannot be read: its item, and the exception that tells of it.
async fn broken(app: &App, cookie: &str, event: &Value) -> (String, String) {
    let item = send(app, event).await["quarantine_id"].as_str().expect("kept").to_owned();
    let list = app.send(Ask::get("/api/v1/exceptions?view=list&kind=data_defect").own().cookie(cookie)).await.json();
    (item, list["items"][0]["id"].as_str().expect("found").to_owned())
}

async fn page(app: &App, cookie: &str, path: &str) -> String {
    let page = app.send(Ask::get(path).page().cookie(cookie)).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page.text
}

/// Sends the form of the exception's page.
async fn fix(app: &App, cookie: &str, (item, exception): (&str, &str), version: i64, body: &Value) -> Answer {
    let (version, body, back) = (version.to_string(), body.to_string(), format!("/exceptions/{exception}"));
    let pairs = [("version", version.as_str()), ("body", &body), ("reason", "words for a number"), ("back", &back)];
    form(app, cookie, &format!("/quarantine/{item}/fix"), &pairs).await
}

#[tokio::test]
async fn an_item_is_fixed_and_replayed_on_the_page_of_its_exception() {
    let app = App::start().await;
    let (cookie, other) = (app.signed_in(Role::Integration).await, app.signed_in(Role::Admin).await);
    let (item, exception) = broken(&app, &cookie, &dispatch("d1", "a lot")).await;
    let on = (item.as_str(), exception.as_str());
    let first = page(&app, &cookie, &format!("/exceptions/{exception}")).await;
    assert!(first.contains(&format!("action=\"/quarantine/{item}/fix\"")) && first.contains("a lot"));

    // Still wrong, in another way: the page says how, and the text is still there; the item heads with what is wrong now.
    let mut wrong = dispatch("d1", "120.50");
    wrong["data"]["promised_at"] = json!("soon");
    let still = seen(&app, &cookie, &fix(&app, &cookie, on, 1, &wrong).await).await;
    assert!(still.text.contains("Still not acceptable") && still.text.contains("soon"));
    let told = "a day with its offset, such as 2026-03-01+02:00";
    assert!(still.text.contains(told), "every form of a time is named");
    let head = page(&app, &cookie, &format!("/quarantine/{item}")).await;
    let title = head.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
    assert!(title.contains(told), "{title}");
    assert!(
        head.contains("refused it: ") && head.contains("soon"),
        "with why it was refused as it came, and the text of the fix"
    );

    // Somebody else who saw the first version is too late, and keeps what they typed.
    let mut theirs = dispatch("d1", "99.00");
    theirs["data"]["carrier"] = json!("TYPED-BY-ADMIN");
    let late = seen(&app, &other, &fix(&app, &other, on, 1, &theirs).await).await;
    assert!(late.text.contains("fixed, replayed or discarded meanwhile") && late.text.contains("TYPED-BY-ADMIN"));

    let done = seen(&app, &cookie, &fix(&app, &cookie, on, 2, &dispatch("d1", "120.50")).await).await;
    assert!(done.text.contains("Replayed and accepted: the event is in the store."), "{}", done.text);
    let detail = app.send(Ask::get(&format!("/api/v1/exceptions/{exception}")).own().cookie(&cookie)).await.json();
    assert_eq!(detail["row"]["state"], json!("verified"));
    let (freight,): (i64,) = waybill_server::store::sql::query_as("SELECT freight_minor FROM shipments WHERE reference = 'S-1'")
        .fetch_one(&app.database.read)
        .await
        .expect("the shipment");
    assert_eq!(freight, 12_050);
}

#[tokio::test]
async fn a_fix_that_contradicts_what_is_stored_is_kept_with_the_reason() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    assert_eq!(send(&app, &dispatch("d1", "120.50")).await["outcome"], json!("accepted"));
    let (item, exception) = broken(&app, &cookie, &dispatch("d2", "a lot")).await;
    let on = (item.as_str(), exception.as_str());
    let told = seen(&app, &cookie, &fix(&app, &cookie, on, 1, &dispatch("d1", "777.00")).await).await;
    assert!(told.text.contains("another body is stored under this source and id") && told.text.contains("777.00"));
    // Also for who comes later, on the item's own page.
    let head = page(&app, &cookie, &format!("/quarantine/{item}")).await;
    assert!(head.contains("another body is stored under this source and id") && head.contains("777.00"));
    let done = seen(&app, &cookie, &fix(&app, &cookie, on, 2, &dispatch("d3", "777.00")).await).await;
    assert!(done.text.contains("Replayed and accepted"), "{}", done.text);
}

#[tokio::test]
async fn a_program_fixes_replays_and_discards_items() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let (item, exception) = broken(&app, &cookie, &dispatch("d1", "a lot")).await;
    let list = app.send(Ask::get("/api/v1/quarantine?source=tms").own().cookie(&cookie)).await.json();
    assert_eq!((list["items"][0]["id"].as_str(), list["items"][0]["state"].as_str()), (Some(item.as_str()), Some("open")));
    let unknown = app.send(Ask::get("/api/v1/quarantine?state=garbage").own().cookie(&cookie)).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let path = format!("/api/v1/quarantine/{item}");
    let step = |what: &str| format!("{path}/{what}");
    let read = app.send(Ask::get(&path).own().cookie(&cookie)).await.json();
    assert!(read["raw"].as_str().is_some_and(|raw| raw.contains("a lot")) && read["version"] == json!(1));

    let again = call(&app, &cookie, &step("replay"), json!({ "version": 1 })).await;
    assert_eq!((again.status, again.json()["outcome"].clone()), (StatusCode::OK, json!("refused")));
    let fixed = |version: i64, amount: &str| {
        let body = dispatch("d1", amount).to_string();
        json!({ "version": version, "body": body, "reason": "words for a number" })
    };
    let still = call(&app, &cookie, &step("fix"), fixed(1, "some")).await.json();
    assert_eq!(still["outcome"], json!("refused"));
    assert!(still["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    assert_eq!(call(&app, &cookie, &step("fix"), fixed(1, "120.50")).await.status, StatusCode::CONFLICT);
    assert_eq!(call(&app, &cookie, &step("fix"), fixed(2, "120.50")).await.json()["outcome"], json!("accepted"));
    let detail = app.send(Ask::get(&format!("/api/v1/exceptions/{exception}")).own().cookie(&cookie)).await.json();
    assert_eq!(detail["row"]["state"], json!("verified"));

    let other = send(&app, &dispatch("d2", "a lot")).await["quarantine_id"].as_str().expect("kept").to_owned();
    let discard = format!("/api/v1/quarantine/{other}/discard");
    for (body, status) in [
        (json!({ "version": 1, "reason": " " }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "version": 1, "reason": "sent twice" }), StatusCode::NO_CONTENT),
        (json!({ "version": 1, "reason": "sent twice" }), StatusCode::CONFLICT),
    ] {
        assert_eq!(call(&app, &cookie, &discard, body.clone()).await.status, status, "{body}");
    }
    let read = app.send(Ask::get(&format!("/api/v1/quarantine/{other}")).own().cookie(&cookie)).await.json();
    assert_eq!(read["row"]["state"], json!("discarded"));
}
