//! `/healthz`: the process runs. `/readyz`: it can do its work, part by part.

use super::Edge;
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    parts: BTreeMap<&'static str, String>,
    /// What this process was started for.
    roles: Vec<&'static str>,
    /// What of Waybill's own work it does at the moment; the rest is done by others.
    duties: Vec<&'static str>,
}

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

pub(super) async fn ready(State(edge): State<Edge>) -> impl IntoResponse {
    let mut findings = edge.health.check().await;
    if edge.shutdown.begun() {
        findings.push(("process", Err("stopping".to_owned())));
    }
    let ready = findings.iter().all(|(_, found)| found.is_ok());
    // Pages and API are served without them.
    findings.extend(edge.health.companions());
    let parts = findings.into_iter().map(|(name, found)| (name, found.err().unwrap_or_else(|| "ok".to_owned()))).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let (roles, duties) = (edge.settings.roles.codes(), edge.duties.held());
    (status, Json(Readiness { ready, parts, roles, duties }))
}
