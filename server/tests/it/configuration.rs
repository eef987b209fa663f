//! Changing the policy by the page's form: looked at first, put in force with a reason, never over somebody else's.

use crate::support::app::{Answer, App, Ask};
use axum::http::{Method, StatusCode};
use waybill_server::domain::access::Role;

async fn send(app: &App, cookie: &str, replaces: &str, toml: &str, act: &str, reason: &str) -> Answer {
    let form = [("replaces", replaces), ("toml", toml), ("do", act), ("reason", reason)];
    app.send(Ask::new(Method::POST, "/configuration/expectations").own().cookie(cookie).form(&form)).await
}

#[tokio::test]
async fn a_section_is_checked_put_in_force_and_kept_from_being_overwritten() {
    let app = App::start().await;
    let lead = app.signed_in(Role::FinanceLead).await;
    let draft = "[expectations]\r\npod_grace = 12\r\n";

    let checked = send(&app, &lead, "0", draft, "check", "").await;
    assert_eq!(checked.status, StatusCode::OK);
    assert!(checked.text.contains("expectations.pod_grace: 24 → 12"), "{}", checked.text);
    assert!(checked.text.contains("value=\"put\""), "what was checked can be put in force");
    assert!(checked.text.contains("pod_grace = 12"), "the text is kept");
    let policy = || async { app.send(Ask::get("/api/v1/config/policy").cookie(&lead)).await.json() };
    assert_eq!(policy().await["version"], 0, "checking saves nothing");

    let wrong = send(&app, &lead, "0", "[expectations]\npod_graze = 12", "check", "").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("pod_graze") && wrong.text.contains("line 2"), "{}", wrong.text);
    let silent = send(&app, &lead, "0", draft, "put", " ").await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.text.contains("say why"));

    let put = send(&app, &lead, "0", draft, "put", "carriers are quicker now").await;
    assert_eq!((put.status, put.header("location")), (StatusCode::SEE_OTHER, "/configuration/expectations?put=1"));
    let now = policy().await;
    assert_eq!((&now["version"], &now["policy"]["expectations"]["pod_grace"]), (&1.into(), &12.into()));

    let late = send(&app, &lead, "0", "[expectations]\npod_grace = 6", "put", "even quicker").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for told in ["carriers are quicker now", "expectations.pod_grace: 24 → 12", "pod_grace = 6", "name=\"replaces\" value=\"1\""]
    {
        assert!(late.text.contains(told), "{told} is not in {}", late.text);
    }
    assert_eq!(policy().await["version"], 1);
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Finance).await;
    let put = send(&app, &cookie, "0", "[expectations]\npod_grace = 1", "put", "x").await;
    assert_eq!(put.status, StatusCode::FORBIDDEN);
}
