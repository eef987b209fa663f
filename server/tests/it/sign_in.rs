//! Signing in and out: cookies, lock-out, expiry, and requests that other sites make up.

use crate::support::app::{Answer, App, Ask, PASSWORD};
use axum::http::{StatusCode, header};
use waybill_server::domain::{
    access::{Actor, Environment, Role},
    time::Instant,
};

async fn attempt(app: &App, name: &str, password: &str) -> Answer {
    attempt_from(app, name, password, "192.0.2.1:1000").await
}

async fn attempt_from(app: &App, name: &str, password: &str, address: &str) -> Answer {
    app.send(Ask::post("/sign-in").own().form(&[("name", name), ("password", password)]).from(address)).await
}

async fn knows(app: &App, cookie: &str) -> bool {
    app.send(Ask::get("/api/v1/users").cookie(cookie)).await.status != StatusCode::UNAUTHORIZED
}

#[tokio::test]
async fn a_person_signs_in_and_goes_on_to_where_they_wanted() {
    let app = App::start().await;
    app.person(Role::Admin).await;
    let form = [("name", "Admin "), ("password", PASSWORD), ("next", "/shipments?mode=air")];
    let answer = app.send(Ask::post("/sign-in").page().own().form(&form)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/shipments?mode=air");
    assert_eq!(answer.header("cache-control"), "no-store");
    let cookie = answer.header(header::SET_COOKIE);
    assert!(cookie.starts_with("waybill=") && cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(knows(&app, &answer.cookie()).await);
}

#[tokio::test]
async fn behind_a_proxy_the_cookie_is_secure_and_bound_to_the_host() {
    let app = App::with(&["behind_proxy=true"]).await;
    app.person(Role::Admin).await;
    let form = [("name", "admin"), ("password", PASSWORD)];
    let answer = app.send(Ask::post("/sign-in").with("origin", "https://waybill.test").form(&form)).await;
    let cookie = answer.header(header::SET_COOKIE);
    assert!(cookie.starts_with("__Host-waybill=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert!(knows(&app, &answer.cookie()).await);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let app = App::start().await;
    app.person(Role::Viewer).await;
    for next in ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"] {
        let form = [("name", "viewer"), ("password", PASSWORD), ("next", next)];
        let answer = app.send(Ask::post("/sign-in").own().form(&form)).await;
        assert_eq!(answer.header("location"), "/home", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_a_disabled_person_read_the_same() {
    let app = App::start().await;
    app.person(Role::Admin).await;
    app.person(Role::Viewer).await;
    let actor = Actor::system("test", Environment::Live);
    let patch = waybill_server::service::accounts::PersonPatch { disabled: Some(true), ..Default::default() };
    app.edge.accounts.change_person(&actor, "viewer", patch).await.expect("disabled");
    for (name, password) in [("admin", "wrong"), ("nobody", PASSWORD), ("viewer", PASSWORD), ("not a name!", PASSWORD)] {
        let answer = attempt(&app, name, password).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "sign_in_refused"), "{name}");
        assert_eq!(answer.header(header::SET_COOKIE), "");
        let form = [("name", name), ("password", password), ("next", "/search?q=1")];
        let answer = app.send(Ask::post("/sign-in").page().own().form(&form)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), "/sign-in?error=refused&next=%2Fsearch%3Fq%3D1");
    }
}

#[tokio::test]
async fn a_name_that_keeps_failing_waits_even_with_the_right_password() {
    let app = App::start().await;
    app.person(Role::Admin).await;
    for n in 0..5 {
        let address = format!("192.0.2.{n}:1000");
        assert_eq!(attempt_from(&app, "admin", "wrong", &address).await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = attempt_from(&app, "ADMIN", PASSWORD, "192.0.2.9:1000").await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "15"));
    let form = [("name", "admin"), ("password", PASSWORD)];
    let answer = app.send(Ask::post("/sign-in").page().own().form(&form)).await;
    assert_eq!(answer.header("location"), "/sign-in?error=too_many");
    app.clock.advance(16 * Instant::SECOND);
    assert_eq!(attempt(&app, "admin", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(attempt(&app, "admin", "wrong").await.status, StatusCode::UNAUTHORIZED, "success has cleared the count");
}

#[tokio::test]
async fn an_address_that_keeps_failing_waits_whatever_names_it_tries() {
    let app = App::with(&["sign_in_failures_per_address=4"]).await;
    app.person(Role::Admin).await;
    for n in 0..4 {
        assert_eq!(attempt(&app, &format!("name{n}"), "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(attempt(&app, "admin", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let elsewhere = attempt_from(&app, "admin", PASSWORD, "192.0.2.77:1000").await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER, "others are not concerned");
}

#[tokio::test]
async fn behind_a_proxy_the_address_is_what_the_proxy_saw() {
    let app = App::with(&["behind_proxy=true", "sign_in_failures_per_address=2"]).await;
    app.person(Role::Admin).await;
    let form = [("name", "nobody"), ("password", "wrong")];
    for n in 0..3 {
        // The client makes up the first entry; the proxy adds the last.
        let seen = format!("198.51.100.{n}, 203.0.113.5");
        let ask = Ask::post("/sign-in").with("x-forwarded-for", &seen).form(&form).from("10.0.0.1:1000");
        let expected = if n < 2 { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(app.send(ask).await.status, expected);
    }
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let app = App::start().await;
    let before = app.signed_in(Role::Admin).await;
    let ask = Ask::post("/sign-in").own().cookie(&before).form(&[("name", "admin"), ("password", PASSWORD)]);
    let after = app.send(ask).await.cookie();
    assert_ne!(before, after);
    assert!(knows(&app, &after).await && !knows(&app, &before).await);
}

#[tokio::test]
async fn signing_out_ends_this_session_or_all() {
    let app = App::start().await;
    let name = app.person(Role::Admin).await;
    let (first, second, third) = (app.session(&name).await, app.session(&name).await, app.session(&name).await);
    assert!(knows(&app, &first).await);
    let answer = app.send(Ask::post("/sign-out").own().cookie(&first)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(answer.header(header::SET_COOKIE).starts_with("waybill=; Path=/; Max-Age=0"));
    assert!(!knows(&app, &first).await && knows(&app, &second).await);
    app.send(Ask::post("/sign-out").own().cookie(&second).form(&[("everywhere", "true")])).await;
    assert!(!knows(&app, &second).await && !knows(&app, &third).await);
}

#[tokio::test]
async fn a_session_ends_when_idle_and_in_any_case() {
    let app = App::with(&["session_idle_minutes=30", "session_hours=2"]).await;
    let name = app.person(Role::Admin).await;
    let idle = app.session(&name).await;
    app.clock.advance(31 * Instant::MINUTE);
    assert!(!knows(&app, &idle).await);
    let busy = app.session(&name).await;
    for _ in 0..5 {
        app.clock.advance(20 * Instant::MINUTE);
        assert!(knows(&app, &busy).await);
        // The sign of life is written beside the answer.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    app.clock.advance(21 * Instant::MINUTE);
    assert!(!knows(&app, &busy).await, "two hours are over");
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let app = App::start().await;
    let admin = app.signed_in(Role::Admin).await;
    let viewer = app.signed_in(Role::Viewer).await;
    assert!(knows(&app, &viewer).await);
    let ask = Ask::new(axum::http::Method::PATCH, "/api/v1/users/viewer").own().cookie(&admin);
    assert_eq!(app.send(ask.json(serde_json::json!({ "disabled": true }))).await.status, StatusCode::OK);
    assert!(!knows(&app, &viewer).await);
    assert_eq!(attempt(&app, "viewer", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_other_sites_make_up_changes_nothing() {
    let app = App::start().await;
    let cookie = app.signed_in(Role::Admin).await;
    let body = serde_json::json!({ "name": "tms", "sources": ["tms/*"] });
    let forged = [
        vec![],
        vec![("origin", "http://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "http://waybill.test.evil.example")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "cross-site"), ("origin", "http://waybill.test")],
    ];
    for pairs in forged {
        for path in ["/api/v1/api-keys", "/sign-out", "/api/ui/quarantine_discard"] {
            let ask = pairs.iter().fold(Ask::post(path).cookie(&cookie), |ask, (name, value)| ask.with(name, value));
            let answer = app.send(ask.json(body.clone())).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "cross_site"), "{path} {pairs:?}");
        }
    }
    let form = [("name", "admin"), ("password", PASSWORD)];
    let foreign = app.send(Ask::post("/sign-in").with("origin", "http://evil.example").form(&form)).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "signing somebody in as another is an attack too");
    assert!(knows(&app, &cookie).await, "nobody was signed out");
    let own = app.send(Ask::post("/api/v1/api-keys").own().cookie(&cookie).json(body)).await;
    assert_eq!(own.status, StatusCode::CREATED);
}
