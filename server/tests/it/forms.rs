//! The pages' forms without JavaScript: every action answers with a redirect to where its effect, or its error, is seen.

use crate::support::app::{Answer, App, Ask};
use axum::http::StatusCode;
use waybill_server::domain::access::Role;

/// Something broken comes in; answers with its item's id.
async fn quarantined(app: &App) -> String {
    let secret = app.key("tms", &["*"]).await;
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    let answer = app.send(ask.body("{\"specversion\":\"1.0\",")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["results"][0]["quarantine_id"].as_str().expect("kept").to_owned()
}

/// As a browser without JavaScript sends a form from the item's page.
async fn sent(app: &App, cookie: &str, path: &str, id: &str, pairs: &[(&str, &str)]) -> Answer {
    let referrer = format!("http://waybill.test/quarantine/{id}");
    let fixed = [("id", id), ("version", "1")];
    let pairs: Vec<_> = fixed.iter().chain(pairs).copied().collect();
    app.send(Ask::post(path).page().own().cookie(cookie).with("referer", &referrer).form(&pairs)).await
}

#[tokio::test]
async fn giving_an_item_up_leads_to_its_page_which_says_so() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let id = quarantined(&app).await;
    let answer = sent(&app, &cookie, "/api/ui/quarantine_discard", &id, &[("reason", "a test of theirs")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers.get_all("location").iter().count(), 1);
    let location = answer.header("location").to_owned();
    assert_eq!(location, format!("/quarantine/{id}?flash=discarded"));
    let page = app.send(Ask::get(&location).page().cookie(&cookie)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("a test of theirs"), "the page shows why");
}

#[tokio::test]
async fn an_action_that_fails_leads_back_to_the_page_with_its_error() {
    let app = App::start().await;
    let (may, may_not) = (app.signed_in(Role::Integration).await, app.signed_in(Role::Finance).await);
    let id = quarantined(&app).await;
    for (cookie, reason) in [(&may, ""), (&may_not, "I would like to")] {
        let answer = sent(&app, cookie, "/api/ui/quarantine_discard", &id, &[("reason", reason)]).await;
        assert!(answer.status.is_redirection(), "{}", answer.status);
        let location = answer.header("location");
        assert!(location.starts_with(&format!("http://waybill.test/quarantine/{id}?")), "{location}");
        assert!(!location.contains("like"), "no data in the address");
        let path = location.strip_prefix("http://waybill.test").expect("this site");
        let page = app.send(Ask::get(path).page().cookie(cookie)).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_script_reads_the_status_and_where_to_go_on() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let id = quarantined(&app).await;
    let send = |version: &'static str| {
        let pairs = [("id", id.as_str()), ("version", version), ("reason", "a test of theirs")];
        app.send(Ask::post("/api/ui/quarantine_discard").own().cookie(&cookie).with("accept", "application/json").form(&pairs))
    };
    let outdated = send("7").await;
    assert_eq!(outdated.status, StatusCode::CONFLICT);
    assert_eq!(outdated.json()["error"], "conflict");
    let done = send("1").await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.headers.contains_key("serverfnredirect"));
    assert_eq!(done.header("location"), format!("/quarantine/{id}?flash=discarded"));
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Integration).await;
    let body = "x".repeat(5 * 1024 * 1024);
    let pairs = [("id", "a"), ("version", "1"), ("body", body.as_str()), ("reason", "r")];
    let answer = app.send(Ask::post("/api/ui/quarantine_fix").own().cookie(&cookie).form(&pairs)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let name = "n".repeat(20_000);
    let answer = app.send(Ask::post("/sign-in").own().form(&[("name", &name), ("password", "x")])).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// The bodies of items stand in text areas, on the item's page and on its exception's.
#[tokio::test]
async fn what_a_source_sends_does_not_end_the_text_area_that_shows_it() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let secret = app.key("tms", &["*"]).await;
    let hostile = "a &amp; b</textarea><form method=post action=/exceptions/act>";
    let event = serde_json::json!({ "specversion": "1.0", "id": "1", "source": "tms", "type": "com.example.unknown.v1",
        "subject": hostile });
    let ask = Ask::post("/api/v1/events").key(&secret).with("content-type", "application/cloudevents+json");
    let answer = app.send(ask.body(&event.to_string())).await;
    let item = answer.json()["results"][0]["quarantine_id"].as_str().expect("kept").to_owned();
    let list = app.send(Ask::get("/api/v1/exceptions?view=list").own().cookie(&cookie)).await.json();
    let exception = list["items"][0]["id"].as_str().expect("found").to_owned();
    for path in [format!("/quarantine/{item}"), format!("/exceptions/{exception}")] {
        let page = app.send(Ask::get(&path).page().cookie(&cookie)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("a &amp;amp; b&lt;/textarea>&lt;form method=post"), "{path} shows it");
        assert!(!page.text.contains("</textarea><form"), "{path}");
    }
}
