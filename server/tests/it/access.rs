//! Every route against every role, nobody, and an API key. A page or a server function without a line here fails the test.

mod routes;

use crate::support::app::{App, Ask};
use axum::http::{Method, StatusCode};
use leptos::server_fn::axum::server_fn_paths;
use routes::{FUNCTIONS, ROUTES};
use serde_json::json;
use std::collections::BTreeSet;
use waybill_server::domain::{
    access::{Actor, Environment, Grants, Permission as P, Scope},
    account::ROLES,
};

/// Who may come in, and what they are told then.
#[derive(Clone, Copy)]
enum Door {
    /// Anybody.
    Open(u16),
    /// A page: who is signed in and has the permission; who is not signed in is led to the sign-in.
    Page(P, u16),
    /// The same for what scripts and programs ask for: who is not known is told 401.
    Call(P, u16),
}
use Door::{Call, Open, Page};

/// The route's pattern, the request, and the door.
struct Route {
    pattern: &'static str,
    method: Method,
    path: &'static str,
    body: Body,
    door: Door,
}

#[derive(Clone, Copy)]
enum Body {
    None,
    Json(&'static str),
    Lines(&'static str),
    Form(&'static [(&'static str, &'static str)]),
    Upload,
}

const fn get(pattern: &'static str, path: &'static str, door: Door) -> Route {
    Route { pattern, method: Method::GET, path, body: Body::None, door }
}

const fn send(method: Method, pattern: &'static str, path: &'static str, body: Body, door: Door) -> Route {
    Route { pattern, method, path, body, door }
}

/// Patterns of the forms that pages post.
pub(crate) fn forms() -> BTreeSet<&'static str> {
    let forms = ROUTES.iter().filter(|route| route.method == Method::POST && !route.pattern.starts_with("/api/"));
    forms.map(|route| route.pattern).filter(|pattern| !pattern.starts_with("/sign-")).collect()
}

/// Requests to every page and every file of a page.
pub(crate) fn pages() -> BTreeSet<&'static str> {
    let pages = ROUTES.iter().filter(|route| route.method == Method::GET && matches!(route.door, Page(..)));
    pages.map(|route| route.path).collect()
}

fn ask(method: &Method, path: &str, body: Body) -> Ask {
    let ask = Ask::new(method.clone(), path).own();
    match body {
        Body::None => ask,
        Body::Json(text) => ask.json(serde_json::from_str(text).unwrap_or(json!(null))),
        Body::Lines(lines) => ask.lines(lines),
        Body::Form(pairs) => ask.form(pairs),
        Body::Upload => ask.upload(&[("file", "pod.pdf", "application/pdf", "%PDF-1.7")]),
    }
}

/// What somebody is told at a door: `may` is whether they have the permission, `None` if nobody knows them.
fn expected(door: Door, may: impl Fn(P) -> Option<bool>) -> u16 {
    match door {
        Open(status) => status,
        Page(permission, status) | Call(permission, status) => match (may(permission), door) {
            (Some(true), _) => status,
            (Some(false), _) => 403,
            (None, Page(..)) => 303,
            (None, _) => 401,
        },
    }
}

async fn told(app: &App, ask: Ask) -> u16 {
    // Without reading the body: a stream has no end.
    app.raw(ask).await.status().as_u16()
}

fn functions() -> impl Iterator<Item = (Method, Route)> {
    FUNCTIONS.iter().map(|(path, body, permission, status)| {
        let method = if matches!(body, Body::None) { Method::GET } else { Method::POST };
        (method.clone(), Route { pattern: path, method, path, body: *body, door: Call(*permission, *status) })
    })
}

async fn check(app: &App, who: &str, dress: impl Fn(Ask) -> Ask, may: impl Fn(P) -> Option<bool> + Copy) {
    let mut wrong = Vec::new();
    let functions: Vec<Route> = functions().map(|(_, route)| route).collect();
    for Route { method, path, body, door, .. } in ROUTES.iter().chain(&functions) {
        let (is, should) = (told(app, dress(ask(method, path, *body))).await, expected(*door, may));
        if is != should {
            wrong.push(format!("{who}: {method} {path} answers {is} instead of {should}"));
        }
        app.clock.advance(waybill_server::domain::time::Instant::MINUTE);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_role_is_told_what_its_permissions_say() {
    // Refused sign-ins are in the table: nobody shall have to wait for them.
    let app = App::with(&["sign_in_failures_per_name=1000", "sign_in_failures_per_address=1000"]).await;
    for (name, role) in ROLES {
        let cookie = app.signed_in(role).await;
        let actor = Actor {
            name: name.into(),
            grants: Grants::Role(role),
            scope: Scope::ALL,
            environment: Environment::Live,
            time_zone: "UTC".into(),
        };
        check(&app, name, |ask| ask.cookie(&cookie), |permission| Some(actor.require(permission).is_ok())).await;
    }
}

#[tokio::test]
async fn nobody_comes_in_without_a_session() {
    let app = App::with(&["sign_in_failures_per_name=1000", "sign_in_failures_per_address=1000"]).await;
    check(&app, "nobody", |ask| ask, |_| None).await;
    check(&app, "a forged cookie", |ask| ask.cookie("waybill=forged"), |_| None).await;
}

#[tokio::test]
async fn a_key_sends_events_and_opens_no_page() {
    let app = App::start().await;
    let secret = app.key("tms", &["tms/*"]).await;
    for Route { method, path, body, door, .. } in ROUTES.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let is = told(&app, ask(method, path, *body).key(&secret)).await;
        let should = expected(*door, |permission| Some(permission == P::SendEvents));
        assert_eq!(is, should, "{method} {path}");
    }
    assert_eq!(told(&app, Ask::get("/shipments").key(&secret)).await, StatusCode::SEE_OTHER);
    assert_eq!(told(&app, Ask::get("/api/ui/shipments").key(&secret)).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn no_page_no_server_function_and_no_described_call_is_missing_from_the_table() {
    let app = App::start().await;
    let mut untested: BTreeSet<String> = BTreeSet::new();
    let hydrated = leptos_axum::generate_route_list(app::app::App);
    let hydrated = hydrated.iter().map(|page| page.path().to_owned()).filter(|path| path != app::app::ANY);
    for path in hydrated.chain(app::app::served_pages().map(str::to_owned)) {
        if !ROUTES.iter().any(|route| route.pattern == path) {
            untested.insert(path);
        }
    }
    for (path, method) in server_fn_paths() {
        let listed = functions().any(|(m, route)| m == method && route.path.split('?').next() == Some(path));
        if !listed {
            untested.insert(format!("{method} {path}"));
        }
    }
    let described = app.send(Ask::get("/api/v1/openapi.json")).await.json();
    for (path, methods) in described["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            if !ROUTES.iter().any(|route| route.pattern == path && route.method.as_str().eq_ignore_ascii_case(method)) {
                untested.insert(format!("{method} {path}"));
            }
        }
    }
    assert!(untested.is_empty(), "{untested:?}");
}

#[tokio::test]
async fn who_is_led_to_the_sign_in_is_led_back_afterwards() {
    let app = App::start().await;
    let answer = app.send(Ask::get("/shipments?mode=air&region=EMEA").page()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fshipments%3Fmode%3Dair%26region%3DEMEA");
}
