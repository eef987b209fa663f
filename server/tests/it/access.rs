//! Every route against every role, nobody, and an API key. A page or a server function without a line here fails the test.

use crate::support::app::{App, Ask};
use axum::http::{Method, StatusCode};
use leptos::server_fn::axum::server_fn_paths;
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

const FIX: Body = Body::Form(&[("id", "nothing"), ("version", "1"), ("body", "{}"), ("reason", "test")]);

const CHECK: Body = Body::Form(&[("replaces", "0"), ("do", "check"), ("toml", "[expectations]\npod_grace = 12")]);
const PUT_WRONG: Body =
    Body::Form(&[("replaces", "0"), ("do", "put"), ("toml", "[expectations]\npod_graze = 12"), ("reason", "x")]);
const ACT: Body = Body::Form(&[("action", "comment"), ("on", "nothing:1"), ("note", "test")]);
const BULK: Body = Body::Form(&[("action", "assign"), ("list", "queue=finance")]);
const BULK_WAIVE: Body = Body::Json(r#"{"action":"waive","filter":{},"note":"test"}"#);
const BULK_CLAIM: Body = Body::Json(r#"{"action":"claim","on":[["nothing",1]],"note":"test"}"#);
const WAIVE: Body = Body::Form(&[("action", "waive"), ("on", "nothing:1"), ("note", "test")]);

const VALIDATE: Body = Body::Form(&[("action", "validate_pod")]);
const APPROVE: Body = Body::Form(&[("action", "approve_charges"), ("amount", "1"), ("currency", "USD")]);

/// Patterns of the forms that pages post.
pub(crate) fn forms() -> BTreeSet<&'static str> {
    let forms = ROUTES.iter().filter(|route| route.method == Method::POST && !route.pattern.starts_with("/api/"));
    forms.map(|route| route.pattern).filter(|pattern| !pattern.starts_with("/sign-")).collect()
}

/// 200s are read with an empty database, so a detail that is not there answers 404 to those who may look.
const ROUTES: &[Route] = &[
    get("/healthz", "/healthz", Open(200)),
    get("/readyz", "/readyz", Open(200)),
    get("/metrics", "/metrics", Open(404)),
    get("/favicon.svg", "/favicon.svg", Open(200)),
    get("/assets/{name}", "/assets/nothing.css", Open(404)),
    get("/sign-in", "/sign-in", Open(200)),
    send(Method::POST, "/sign-in", "/sign-in", Body::Form(&[("name", "x"), ("password", "y")]), Open(401)),
    get("(none)", "/no/such/page", Open(404)),
    get("(none)", "/api/no/such/call", Open(404)),
    // Pages.
    get("/", "/", Page(P::ReadOverview, 200)),
    get("/orders/{reference}", "/orders/nothing", Page(P::ReadShipments, 404)),
    get("/home", "/home", Page(P::ReadOverview, 200)),
    get("/shipments", "/shipments", Page(P::ReadShipments, 200)),
    get("/shipments/{id}", "/shipments/nothing", Page(P::ReadShipments, 404)),
    get("/shipments/{id}/events/{seq}", "/shipments/nothing/events/1", Page(P::ReadRawEvents, 404)),
    get("/configuration", "/configuration", Page(P::ReadConfig, 200)),
    get("/configuration/{section}", "/configuration/expectations", Page(P::ReadConfig, 200)),
    get("/configuration/{section}", "/configuration/nothing", Page(P::ReadConfig, 404)),
    send(Method::POST, "/configuration/{section}", "/configuration/expectations", CHECK, Call(P::ChangeConfig, 200)),
    send(Method::POST, "/configuration/{section}", "/configuration/expectations", PUT_WRONG, Call(P::ChangeConfig, 422)),
    get("/quarantine", "/quarantine", Page(P::ReadQuarantine, 200)),
    get("/quarantine/{id}", "/quarantine/nothing", Page(P::ReadQuarantine, 404)),
    get("/search", "/search?q=nothing", Page(P::ReadShipments, 200)),
    get("/shipments/{id}/readiness", "/shipments/nothing/readiness", Page(P::ReadExceptions, 404)),
    get("/exceptions", "/exceptions", Page(P::ReadExceptions, 200)),
    get("/work/{list}", "/work/unbilled", Page(P::ReadExceptions, 200)),
    get("/work/{list}", "/work/stale?sort=value", Page(P::ReadExceptions, 200)),
    get("/work/{list}/csv", "/work/pod/csv", Page(P::ReadExceptions, 200)),
    get("/work/{list}/csv", "/work/nothing/csv", Page(P::ReadOverview, 404)),
    get("/kpis", "/kpis?region=EU", Page(P::ReadOverview, 200)),
    get("/kpis/{id}", "/kpis/K1", Page(P::ReadOverview, 200)),
    get("/kpis/{id}", "/kpis/K99", Page(P::ReadOverview, 404)),
    get("/kpis/{id}/rows", "/kpis/K25/rows", Page(P::ReadShipments, 200)),
    get("/kpis/{id}/csv", "/kpis/K1/csv", Page(P::ReadOverview, 200)),
    get("/kpis/{id}/svg", "/kpis/K1/svg", Page(P::ReadOverview, 200)),
    get("/kpis/{id}/svg", "/kpis/K25/svg", Page(P::ReadOverview, 404)),
    get("/definitions", "/definitions", Page(P::ReadOverview, 200)),
    get("/trends", "/trends?vs_from=2026-01-01", Page(P::ReadOverview, 200)),
    get("/trends/stages/{kind}", "/trends/stages/csv", Page(P::ReadOverview, 200)),
    get("/trends/stages/{kind}", "/trends/stages/pdf", Page(P::ReadOverview, 404)),
    get("/kpis/csv", "/kpis/csv", Page(P::ReadOverview, 200)),
    get("/kpis/{id}/rows/csv", "/kpis/K25/rows/csv", Page(P::ReadShipments, 200)),
    get("/kpis/{id}/rows/csv", "/kpis/K99/rows/csv", Page(P::ReadShipments, 404)),
    get("/shipments/csv", "/shipments/csv", Page(P::ReadShipments, 200)),
    get("/exceptions/csv", "/exceptions/csv", Page(P::ReadExceptions, 200)),
    get("/quarantine/csv", "/quarantine/csv", Page(P::ReadQuarantine, 200)),
    get("/exceptions/{id}", "/exceptions/nothing", Page(P::ReadExceptions, 404)),
    send(Method::POST, "/exceptions/act", "/exceptions/act", ACT, Call(P::WorkExceptions, 303)),
    send(Method::POST, "/exceptions/act", "/exceptions/act", WAIVE, Call(P::WaiveHolds, 303)),
    get("/exceptions/bulk", "/exceptions/bulk", Page(P::ReadExceptions, 200)),
    get("/exceptions/bulk/{id}", "/exceptions/bulk/nothing", Page(P::ReadExceptions, 404)),
    send(
        Method::POST,
        "/exceptions/{id}/map",
        "/exceptions/nothing/map",
        Body::Form(&[("meaning", "ignore"), ("reason", "test")]),
        Call(P::FixQuarantine, 404),
    ),
    send(Method::POST, "/exceptions/undo", "/exceptions/undo", Body::Form(&[("on", "nothing:1")]), Call(P::WorkExceptions, 303)),
    send(Method::POST, "/exceptions/bulk/prepare", "/exceptions/bulk/prepare", BULK, Call(P::WorkExceptions, 303)),
    send(
        Method::POST,
        "/exceptions/bulk/turn",
        "/exceptions/bulk/turn",
        Body::Form(&[("id", "nothing"), ("turn", "start")]),
        Call(P::WorkExceptions, 404),
    ),
    send(Method::POST, "/quarantine/{id}/fix", "/quarantine/nothing/fix", FIX, Call(P::FixQuarantine, 404)),
    send(Method::POST, "/quarantine/{id}/replay", "/quarantine/nothing/replay", FIX, Call(P::FixQuarantine, 404)),
    // What people do with shipments.
    send(Method::POST, "/shipments/{id}/acts", "/shipments/nothing/acts", VALIDATE, Call(P::ActOnShipments, 404)),
    send(Method::POST, "/shipments/{id}/acts", "/shipments/nothing/acts", APPROVE, Call(P::ApproveCharges, 404)),
    send(
        Method::POST,
        "/shipments/{id}/acts/{act}/undo",
        "/shipments/nothing/acts/nothing/undo",
        Body::Form(&[]),
        Call(P::ActOnShipments, 404),
    ),
    send(Method::POST, "/shipments/{id}/documents", "/shipments/nothing/documents", Body::Upload, Call(P::ActOnShipments, 404)),
    get("/shipments/{id}/documents/{document}", "/shipments/nothing/documents/nothing", Page(P::ReadShipments, 404)),
    // What the pages' scripts ask for.
    get("/live", "/live", Call(P::ReadShipments, 200)),
    // Events and what is said about them.
    send(Method::POST, "/api/v1/events", "/api/v1/events", Body::Json("[]"), Call(P::SendEvents, 200)),
    send(Method::POST, "/api/v1/events:stream", "/api/v1/events:stream", Body::Lines(""), Call(P::SendEvents, 200)),
    get("/api/v1/contracts", "/api/v1/contracts", Open(200)),
    get("/api/v1/contracts/{type}", "/api/v1/contracts/com.waybill.shipment.delivered.v1", Open(200)),
    get("/api/v1/openapi.json", "/api/v1/openapi.json", Open(200)),
    get("/api/v1/docs", "/api/v1/docs", Open(200)),
    // Administration.
    get("/api/v1/users", "/api/v1/users", Call(P::ManageUsers, 200)),
    send(
        Method::POST,
        "/api/v1/users",
        "/api/v1/users",
        Body::Json(r#"{"name":"-","role":"viewer"}"#),
        Call(P::ManageUsers, 422),
    ),
    send(Method::PATCH, "/api/v1/users/{name}", "/api/v1/users/nobody", Body::Json("{}"), Call(P::ManageUsers, 404)),
    send(Method::DELETE, "/api/v1/users/{name}/sessions", "/api/v1/users/nobody/sessions", Body::None, Call(P::ManageUsers, 404)),
    get("/api/v1/api-keys", "/api/v1/api-keys", Call(P::ManageApiKeys, 200)),
    send(
        Method::POST,
        "/api/v1/api-keys",
        "/api/v1/api-keys",
        Body::Json(r#"{"name":"x1","sources":[]}"#),
        Call(P::ManageApiKeys, 422),
    ),
    send(Method::DELETE, "/api/v1/api-keys/{id}", "/api/v1/api-keys/nothing", Body::None, Call(P::ManageApiKeys, 404)),
    get("/api/v1/audit", "/api/v1/audit", Call(P::ReadAudit, 200)),
    get("/api/v1/config/policy", "/api/v1/config/policy", Call(P::ReadConfig, 200)),
    get("/api/v1/config/policy/versions", "/api/v1/config/policy/versions", Call(P::ReadConfig, 200)),
    send(
        Method::PUT,
        "/api/v1/config/policy",
        "/api/v1/config/policy",
        Body::Json(r#"{"replaces":0,"policy":{},"reason":" "}"#),
        Call(P::ChangeConfig, 422),
    ),
    get("/api/v1/config/{kind}", "/api/v1/config/ownership", Call(P::ReadConfig, 200)),
    send(
        Method::PUT,
        "/api/v1/config/{kind}",
        "/api/v1/config/carriers",
        Body::Json(r#"{"replaces":0,"value":[{"code":""}],"reason":"test"}"#),
        Call(P::ChangeConfig, 422),
    ),
    // Exceptions.
    get("/api/v1/exceptions", "/api/v1/exceptions", Call(P::ReadExceptions, 200)),
    get("/api/v1/exceptions/{id}", "/api/v1/exceptions/nothing", Call(P::ReadExceptions, 404)),
    send(
        Method::POST,
        "/api/v1/exceptions:act",
        "/api/v1/exceptions:act",
        Body::Json(r#"{"action":"comment","on":[["nothing",1]],"note":"test"}"#),
        Call(P::WorkExceptions, 200),
    ),
    send(
        Method::POST,
        "/api/v1/exceptions:act",
        "/api/v1/exceptions:act",
        Body::Json(r#"{"action":"waive","on":[["nothing",1]],"note":"test"}"#),
        Call(P::WaiveHolds, 200),
    ),
    send(
        Method::POST,
        "/api/v1/exceptions/{id}/map",
        "/api/v1/exceptions/nothing/map",
        Body::Json(r#"{"meaning":"ignore","reason":"test"}"#),
        Call(P::FixQuarantine, 404),
    ),
    send(
        Method::POST,
        "/api/v1/exceptions:undo",
        "/api/v1/exceptions:undo",
        Body::Json(r#"{"on":[["nothing",1]]}"#),
        Call(P::WorkExceptions, 200),
    ),
    // Key figures.
    get("/api/v1/kpis", "/api/v1/kpis", Call(P::ReadOverview, 200)),
    get("/api/v1/kpis/{id}", "/api/v1/kpis/K1", Call(P::ReadOverview, 200)),
    get("/api/v1/kpis/{id}/rows", "/api/v1/kpis/K1/rows", Call(P::ReadShipments, 200)),
    get("/api/v1/exceptions/bulk", "/api/v1/exceptions/bulk", Call(P::ReadExceptions, 200)),
    send(Method::POST, "/api/v1/exceptions/bulk", "/api/v1/exceptions/bulk", BULK_CLAIM, Call(P::WorkExceptions, 422)),
    send(Method::POST, "/api/v1/exceptions/bulk", "/api/v1/exceptions/bulk", BULK_WAIVE, Call(P::WaiveHolds, 422)),
    get("/api/v1/exceptions/bulk/{id}", "/api/v1/exceptions/bulk/nothing", Call(P::ReadExceptions, 404)),
    get("/api/v1/exceptions/bulk/{id}/items", "/api/v1/exceptions/bulk/nothing/items", Call(P::ReadExceptions, 404)),
    send(
        Method::POST,
        "/api/v1/exceptions/bulk/{id}:{turn}",
        "/api/v1/exceptions/bulk/nothing:start",
        Body::None,
        Call(P::WorkExceptions, 404),
    ),
    get("/api/v1/work/{list}", "/api/v1/work/unassigned", Call(P::ReadExceptions, 200)),
    get("/api/v1/shipments/{id}/readiness", "/api/v1/shipments/nothing/readiness", Call(P::ReadExceptions, 404)),
    // What people do with shipments.
    get("/api/v1/shipments/{id}/acts", "/api/v1/shipments/nothing/acts", Call(P::ReadShipments, 404)),
    send(
        Method::POST,
        "/api/v1/shipments/{id}/acts",
        "/api/v1/shipments/nothing/acts",
        Body::Json(r#"{"action":"correct","field":"customer","value":"C-1","note":"test"}"#),
        Call(P::ActOnShipments, 404),
    ),
    send(
        Method::POST,
        "/api/v1/shipments/{id}/acts",
        "/api/v1/shipments/nothing/acts",
        Body::Json(r#"{"action":"approve_charges","amount":"1","currency":"USD"}"#),
        Call(P::ApproveCharges, 404),
    ),
    send(
        Method::POST,
        "/api/v1/shipments/{id}/acts/{act}/undo",
        "/api/v1/shipments/nothing/acts/nothing/undo",
        Body::Json("{}"),
        Call(P::ActOnShipments, 404),
    ),
    send(
        Method::POST,
        "/api/v1/shipments/{id}/documents",
        "/api/v1/shipments/nothing/documents",
        Body::Upload,
        Call(P::ActOnShipments, 404),
    ),
    get(
        "/api/v1/shipments/{id}/documents/{document}",
        "/api/v1/shipments/nothing/documents/nothing",
        Call(P::ReadShipments, 404),
    ),
];

/// Server functions: the permission that each asks for, and what it answers when it is there.
const FUNCTIONS: &[(&str, Body, P, u16)] = &[
    ("/api/ui/viewer", Body::None, P::ReadOverview, 200),
    ("/api/ui/shipments", Body::None, P::ReadShipments, 200),
    ("/api/ui/shipment?id=nothing", Body::None, P::ReadShipments, 404),
    ("/api/ui/raw_event?seq=1", Body::None, P::ReadRawEvents, 404),
    ("/api/ui/choices", Body::None, P::ReadShipments, 200),
    ("/api/ui/search?q=nothing", Body::None, P::ReadShipments, 200),
    ("/api/ui/quarantine", Body::None, P::ReadQuarantine, 200),
    ("/api/ui/quarantine_item?id=nothing", Body::None, P::ReadQuarantine, 404),
    ("/api/ui/quarantine_fix", FIX, P::FixQuarantine, 404),
    ("/api/ui/quarantine_replay", FIX, P::FixQuarantine, 404),
    ("/api/ui/quarantine_discard", FIX, P::FixQuarantine, 404),
];

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
