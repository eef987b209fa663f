//! Items of quarantine as JSON for programs of people: the same lists and steps as on the pages.

use super::{BODY, Edge, Problem, Who};
use crate::http::{
    admin::json::{Asked, Body},
    api::{Barred, Failure, Unchanged},
};
use app::model::{Page, QuarantineFilter, QuarantineFix, QuarantineItem, QuarantineOutcome, QuarantineRow};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// `/api/v1/quarantine`.
pub(in crate::http) fn routes() -> Router<Edge> {
    Router::new()
        .route("/api/v1/quarantine", get(list))
        .route("/api/v1/quarantine/{id}", get(one))
        .route("/api/v1/quarantine/{id}/fix", post(fix))
        .route("/api/v1/quarantine/{id}/replay", post(replay))
        .route("/api/v1/quarantine/{id}/discard", post(discard))
        .layer(DefaultBodyLimit::max(BODY))
}

/// An item as it should have been.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Fix {
    /// The version that was seen.
    version: i64,
    /// The corrected event, as JSON text.
    body: String,
    /// Why; it stands in the audit trail.
    reason: String,
}

/// Which state of the item is replayed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Replay {
    /// The version that was seen.
    version: i64,
}

/// Giving an item up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Discard {
    /// The version that was seen.
    version: i64,
    /// Why; it stands in the audit trail.
    reason: String,
}

/// Lists items that could not be read, the latest first. The same filters as on the page.
#[utoipa::path(
    get,
    path = "/api/v1/quarantine",
    tag = "quarantine",
    operation_id = "listQuarantine",
    params(
        ("state" = Option<String>, Query, description = "`open` (default), `resolved` or `discarded`"),
        ("source" = Option<String>, Query),
        ("code" = Option<String>, Query, description = "Why it was refused: `money_invalid`"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page of items"),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(in crate::http) async fn list(
    State(edge): State<Edge>,
    who: Who,
    Asked(filter): Asked<QuarantineFilter>,
) -> Result<Json<Page<QuarantineRow>>, Problem> {
    Ok(Json(edge.ports.reading.quarantine(&who.into(), filter).await?))
}

/// One item: its bytes as they came, why they were refused, the latest fix, its history, and the `version` that a step names.
#[utoipa::path(
    get,
    path = "/api/v1/quarantine/{id}",
    tag = "quarantine",
    operation_id = "readQuarantined",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The item"),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(in crate::http) async fn one(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<QuarantineItem>, Problem> {
    Ok(Json(edge.ports.reading.quarantine_item(&who.into(), id).await?))
}

/// Replays a corrected event. One that is still not acceptable is kept with the item, and the answer says why.
#[utoipa::path(
    post,
    path = "/api/v1/quarantine/{id}/fix",
    tag = "quarantine",
    operation_id = "fixQuarantined",
    params(("id" = String, Path)),
    request_body = Fix,
    responses(
        (status = 200, description = "`outcome`: `accepted`, `duplicate`, or `refused` with `code`, `reason` and `place`"),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn fix(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Body(Fix { version, body, reason }): Body<Fix>,
) -> Result<Json<QuarantineOutcome>, Problem> {
    let fix = QuarantineFix { id, version, body, reason };
    Ok(Json(edge.ports.acting.fix_quarantine(&who.into(), fix).await?))
}

/// Replays the item's latest fix, else its bytes as they came: what kept it out may have gone away.
#[utoipa::path(
    post,
    path = "/api/v1/quarantine/{id}/replay",
    tag = "quarantine",
    operation_id = "replayQuarantined",
    params(("id" = String, Path)),
    request_body = Replay,
    responses(
        (status = 200, description = "`outcome`: `accepted`, `duplicate`, or `refused` with `code`, `reason` and `place`"),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn replay(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Body(Replay { version }): Body<Replay>,
) -> Result<Json<QuarantineOutcome>, Problem> {
    Ok(Json(edge.ports.acting.replay_quarantine(&who.into(), id, version).await?))
}

/// Gives the item up, with the reason. Its bytes stay.
#[utoipa::path(
    post,
    path = "/api/v1/quarantine/{id}/discard",
    tag = "quarantine",
    operation_id = "discardQuarantined",
    params(("id" = String, Path)),
    request_body = Discard,
    responses(
        (status = 204, description = "Given up"),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn discard(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Body(Discard { version, reason }): Body<Discard>,
) -> Result<StatusCode, Problem> {
    edge.ports.acting.discard_quarantine(&who.into(), id, version, reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
