//! `GET /api/v1/contracts`: the event types that are understood, with their JSON Schemas.

use crate::{
    domain::event::{EventType, SubjectKind, contract},
    http::Problem,
};
use axum::{
    Json, Router,
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// The event types that are understood.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Contracts {
    /// In the order of the trade.
    items: Vec<Contract>,
}

/// An event type.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Contract {
    /// The CloudEvents type.
    #[serde(rename = "type")]
    #[schema(example = "com.waybill.shipment.delivered.v1")]
    event_type: &'static str,
    /// Its version.
    version: u32,
    /// In words.
    title: &'static str,
    /// What `subject` names: `shipment` or `order`.
    subject: &'static str,
    /// Where the JSON Schema of `data` is.
    schema: String,
}

impl Contract {
    fn of(event_type: EventType) -> Self {
        Self {
            event_type: event_type.name(),
            version: contract::version(event_type),
            title: event_type.title(),
            subject: match event_type.subject_kind() {
                SubjectKind::Shipment => "shipment",
                SubjectKind::Order => "order",
            },
            schema: contract::path(event_type),
        }
    }
}

/// `/api/v1/contracts…`
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/api/v1/contracts", get(list)).route("/api/v1/contracts/{type}", get(one))
}

/// Lists the event types that are understood.
#[utoipa::path(
    get,
    path = "/api/v1/contracts",
    tag = "contracts",
    operation_id = "listContracts",
    responses((status = 200, description = "All of them", body = Contracts))
)]
pub(super) async fn list() -> Json<Contracts> {
    Json(Contracts { items: EventType::ALL.iter().copied().map(Contract::of).collect() })
}

/// The JSON Schema of the `data` of one event type, with an example.
#[utoipa::path(
    get,
    path = "/api/v1/contracts/{type}",
    tag = "contracts",
    operation_id = "readContract",
    params(("type" = String, Path, description = "The CloudEvents type", example = "com.waybill.shipment.delivered.v1")),
    responses(
        (status = 200, description = "A JSON Schema (2020-12)", body = serde_json::Value, content_type = "application/schema+json"),
        (status = 404, response = super::openapi::Failure),
    )
)]
pub(super) async fn one(Path(name): Path<String>) -> Result<Response, Problem> {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| EventType::ALL.iter().map(|t| contract::text(*t)).collect());
    let event_type = EventType::from_name(&name).ok_or_else(Problem::not_found)?;
    let at = EventType::ALL.iter().position(|t| *t == event_type).ok_or_else(Problem::not_found)?;
    let headers = [(CONTENT_TYPE, "application/schema+json"), (CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, TEXTS[at].as_str()).into_response())
}
