//! What every answer carries: a policy for scripts, the request's id, and no way into a frame.

use crate::support::app::{Answer, App, Ask};
use axum::http::StatusCode;
use std::collections::HashSet;
use waybill_server::domain::access::Role;

/// The policy of a page, with the nonce that it names.
fn nonce(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    for part in ["'wasm-unsafe-eval'", "style-src 'self'", "frame-ancestors 'none'", "default-src 'none'"] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("the policy names a nonce");
    assert!(nonce.len() >= 22);
    nonce.to_owned()
}

#[tokio::test]
async fn a_page_that_only_the_server_renders_has_its_title_and_what_is_no_page_is_not_found() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let pages = [
        ("/exceptions", StatusCode::OK, "Exceptions · Waybill"),
        ("/exceptions/nothing", StatusCode::NOT_FOUND, "Exception · Waybill"),
        ("/exceptions/", StatusCode::NOT_FOUND, "Nothing here · Waybill"),
        ("/exceptions/a/b", StatusCode::NOT_FOUND, "Nothing here · Waybill"),
        ("/no/such/page", StatusCode::NOT_FOUND, "Nothing here · Waybill"),
    ];
    for (path, status, title) in pages {
        let answer = app.send(Ask::get(path).page().cookie(&cookie)).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text.contains(&format!("<title>{title}</title>")), "{path}");
    }
    let nobody = app.send(Ask::get("/no/such/page").page()).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_names_the_nonce_of_its_own_scripts_and_no_inline_style() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Viewer).await;
    let mut seen = HashSet::new();
    let pages = [
        ("/sign-in", StatusCode::OK),
        ("/", StatusCode::OK),
        ("/shipments", StatusCode::OK),
        ("/shipments/nothing", StatusCode::NOT_FOUND),
        ("/quarantine", StatusCode::FORBIDDEN),
        ("/no/such/page", StatusCode::NOT_FOUND),
    ];
    for (path, status) in pages {
        let answer = app.send(Ask::get(path).page().cookie(&cookie)).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        let nonce = nonce(&answer);
        let scripts = answer.text.matches("<script").count();
        assert_eq!(answer.text.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{path}: a script without the nonce");
        assert!(!answer.text.contains(" style=\""), "{path}: an inline style, which the policy refuses");
        assert!(seen.insert(nonce), "{path}: a nonce was used twice");
    }
}

#[tokio::test]
async fn an_error_page_carries_a_policy_without_any_script() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    app.clock.advance(4_000_000);
    app.database.read.close().await;
    let answer = app.send(Ask::get("/shipments").page().cookie(&cookie)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.text.contains("Waybill cannot answer just now") && !answer.text.contains("<script"));
    assert!(answer.text.contains(answer.header("x-request-id")), "the id helps whoever reads the log");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let program = app.send(Ask::get("/api/v1/users").cookie(&cookie)).await;
    assert_eq!((program.status, program.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    for path in ["/", "/sign-in", "/healthz", "/api/v1/users", "/api/v1/nothing", "/no/such/page", "/favicon.svg"] {
        let answer = app.send(Ask::get(path).cookie(&cookie)).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
    }
}

#[tokio::test]
async fn what_a_person_saw_stays_out_of_caches() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    for path in ["/", "/shipments", "/no/such/page", "/charts/delivered-to-recorded.svg", "/api/v1/users"] {
        let answer = app.send(Ask::get(path).cookie(&cookie)).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn a_request_keeps_its_id_if_it_is_a_plain_one() {
    let app = App::start().await;
    let answer = app.send(Ask::get("/api/v1/users").with("x-request-id", "trace-1.a_B")).await;
    assert_eq!(answer.header("x-request-id"), "trace-1.a_B");
    assert_eq!(answer.json()["id"], "trace-1.a_B");
    for bad in ["a b", "<script>", &"x".repeat(65)] {
        assert_eq!(app.send(Ask::get("/healthz").with("x-request-id", bad)).await.header("x-request-id").len(), 36);
    }
}

#[tokio::test]
async fn a_wrong_method_and_an_unknown_address_of_the_api_are_problems() {
    let app = App::start().await;
    let answer = app.send(Ask::post("/healthz")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"));
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = app.send(Ask::get("/api/v2/users")).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn metrics_need_their_token() {
    let hidden = App::start().await;
    assert_eq!(hidden.send(Ask::get("/metrics")).await.status, StatusCode::NOT_FOUND);
    let app = App::with(&["metrics_token=let-me-see"]).await;
    assert_eq!(app.send(Ask::get("/metrics")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(app.send(Ask::get("/metrics").key("let-me-sea")).await.status, StatusCode::UNAUTHORIZED);
    let answer = app.send(Ask::get("/metrics").key("let-me-see")).await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    assert!(answer.text.contains("waybill_live_streams 0") && answer.text.contains("waybill_build_info{version="));
    assert!(
        answer.text.contains("waybill_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"401\"} 2"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn readiness_says_which_part_is_not() {
    let app = App::start().await;
    let answer = app.send(Ask::get("/readyz")).await;
    assert_eq!((answer.status, answer.json()["ready"].as_bool()), (StatusCode::OK, Some(true)));
    app.database.read.close().await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let answer = app.send(Ask::get("/readyz")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["parts"]["store.write"], "ok");
    assert_ne!(answer.json()["parts"]["store.read"], "ok");
    assert_eq!(app.send(Ask::get("/healthz")).await.status, StatusCode::OK, "the process itself lives");
}
