//! `/healthz`: the process runs. `/readyz`: it can do its work, part by part.

use super::Edge;
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// No part may keep a probe waiting longer.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    parts: BTreeMap<&'static str, String>,
}

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

pub(super) async fn ready(State(edge): State<Edge>) -> impl IntoResponse {
    let checks = edge.health.iter().map(|part| async {
        let answer = tokio::time::timeout(PATIENCE, part.check()).await;
        let answer = answer.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
        (part.name(), answer)
    });
    let mut answers = futures::future::join_all(checks).await;
    if edge.shutdown.begun() {
        answers.push(("process", Err("stopping".to_owned())));
    }
    let ready = answers.iter().all(|(_, answer)| answer.is_ok());
    let parts = answers.into_iter().map(|(name, answer)| (name, answer.err().unwrap_or_else(|| "ok".to_owned()))).collect();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, parts }))
}
