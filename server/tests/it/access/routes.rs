//! Every route: its pattern, a request to it, and who may come in.

use super::{
    Body,
    Door::{Call, Open, Page},
    Route, get, send,
};
use axum::http::Method;
use waybill_server::domain::access::Permission as P;

const FIX: Body = Body::Form(&[("id", "nothing"), ("version", "1"), ("body", "{}"), ("reason", "test")]);
const FIX_JSON: Body = Body::Json(r#"{"version":1,"body":"{}","reason":"test"}"#);

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

/// 200s are read with an empty database, so a detail that is not there answers 404 to those who may look.
pub(super) const ROUTES: &[Route] = &[
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
    get("/kpis/{id}/rows", "/kpis/K8/rows", Page(P::ReadExceptions, 200)),
    get("/kpis/{id}/csv", "/kpis/K1/csv", Page(P::ReadOverview, 200)),
    get("/kpis/{id}/svg", "/kpis/K1/svg", Page(P::ReadOverview, 200)),
    get("/kpis/{id}/svg", "/kpis/K25/svg", Page(P::ReadOverview, 404)),
    get("/definitions", "/definitions", Page(P::ReadOverview, 200)),
    get("/trends", "/trends?vs_from=2026-01-01", Page(P::ReadOverview, 200)),
    get("/trends/stages/{kind}", "/trends/stages/csv", Page(P::ReadOverview, 200)),
    get("/trends/stages/{kind}", "/trends/stages/pdf", Page(P::ReadOverview, 404)),
    get("/kpis/{id}/parts/csv", "/kpis/K1/parts/csv", Page(P::ReadOverview, 200)),
    get("/definitions/csv", "/definitions/csv", Page(P::ReadOverview, 200)),
    get("/overview/{card}/csv", "/overview/cash/csv", Page(P::ReadOverview, 200)),
    get("/overview/{card}/csv", "/overview/causes/csv", Page(P::ReadExceptions, 200)),
    get("/overview/{card}/csv", "/overview/proof/csv", Page(P::ReadOverview, 200)),
    get("/overview/{card}/csv", "/overview/erp/csv", Page(P::ReadOverview, 200)),
    get("/overview/{card}/csv", "/overview/pipeline/csv", Page(P::ReadOverview, 200)),
    get("/overview/{card}/csv", "/overview/sources/csv", Page(P::ReadExceptions, 200)),
    get("/overview/{card}/csv", "/overview/nothing/csv", Page(P::ReadOverview, 404)),
    get("/kpis/csv", "/kpis/csv", Page(P::ReadOverview, 200)),
    get("/kpis/{id}/rows/csv", "/kpis/K25/rows/csv", Page(P::ReadShipments, 200)),
    get("/kpis/{id}/rows/csv", "/kpis/K9/rows/csv", Page(P::ReadExceptions, 200)),
    get("/kpis/{id}/rows/csv", "/kpis/K99/rows/csv", Page(P::ReadShipments, 404)),
    get("/shipments/csv", "/shipments/csv", Page(P::ReadShipments, 200)),
    get("/exceptions/csv", "/exceptions/csv", Page(P::ReadExceptions, 200)),
    get("/exceptions/groups/csv", "/exceptions/groups/csv", Page(P::ReadExceptions, 200)),
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
        Call(P::MapCodes, 404),
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
        Call(P::MapCodes, 404),
    ),
    send(
        Method::POST,
        "/api/v1/exceptions:undo",
        "/api/v1/exceptions:undo",
        Body::Json(r#"{"on":[["nothing",1]]}"#),
        Call(P::WorkExceptions, 200),
    ),
    // Quarantine.
    get("/api/v1/quarantine", "/api/v1/quarantine", Call(P::ReadQuarantine, 200)),
    get("/api/v1/quarantine/{id}", "/api/v1/quarantine/nothing", Call(P::ReadQuarantine, 404)),
    send(Method::POST, "/api/v1/quarantine/{id}/fix", "/api/v1/quarantine/nothing/fix", FIX_JSON, Call(P::FixQuarantine, 404)),
    send(
        Method::POST,
        "/api/v1/quarantine/{id}/replay",
        "/api/v1/quarantine/nothing/replay",
        Body::Json(r#"{"version":1}"#),
        Call(P::FixQuarantine, 404),
    ),
    send(
        Method::POST,
        "/api/v1/quarantine/{id}/discard",
        "/api/v1/quarantine/nothing/discard",
        Body::Json(r#"{"version":1,"reason":"test"}"#),
        Call(P::FixQuarantine, 404),
    ),
    // Key figures.
    get("/api/v1/kpis", "/api/v1/kpis", Call(P::ReadOverview, 200)),
    get("/api/v1/kpis/{id}", "/api/v1/kpis/K1", Call(P::ReadOverview, 200)),
    get("/api/v1/kpis/{id}/rows", "/api/v1/kpis/K1/rows", Call(P::ReadShipments, 200)),
    get("/api/v1/kpis/{id}/rows", "/api/v1/kpis/K16/rows", Call(P::ReadExceptions, 200)),
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
    send(
        Method::POST,
        "/api/v1/shipments/{id}/readiness/{condition}/waive",
        "/api/v1/shipments/nothing/readiness/pod_missing/waive",
        Body::Json(r#"{"note":"test"}"#),
        Call(P::WaiveHolds, 404),
    ),
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
pub(super) const FUNCTIONS: &[(&str, Body, P, u16)] = &[
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
