//! Saying what the unknown code, or who the unknown carrier is that an exception tells of.

use super::{Barred, Body, Edge, Problem, Who, plain};
use crate::http::api::Unchanged;
use crate::{
    domain::access::Permission,
    http::handling::{field, pairs},
};
use app::{model::Flash, paths, ports::Caller};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the code means.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Mapping {
    /// Of a code: `delivered`, `in_transit`, …, or `ignore`. Of a carrier: the code of the one that is meant, or the unknown name itself
    /// for a carrier of its own.
    meaning: String,
    /// Why.
    reason: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Mapped {
    /// Version of the configuration that is in force now.
    version: i64,
}

/// Maps the code, or names the carrier: a new version of the configuration. Shipments of which it was told are worked out anew within
/// minutes.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/{id}/map",
    tag = "exceptions",
    operation_id = "mapCode",
    params(("id" = String, Path, description = "An exception of the kind `unknown_code` on a shipment")),
    request_body = Mapping,
    responses(
        (status = 200, description = "In force", body = Mapped),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn map(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Body(mapping): Body<Mapping>,
) -> Result<Json<Mapped>, Problem> {
    Ok(Json(Mapped { version: put(&edge, who, id, &mapping).await? }))
}

pub(super) async fn by_form(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Result<Response, Problem> {
    plain(&headers)?;
    let pairs = pairs(&headers, &form)?;
    let mapping = Mapping { meaning: field(&pairs, "meaning"), reason: field(&pairs, "reason") };
    let caller = Caller::from(who.clone());
    let version = put(&edge, who, id.clone(), &mapping).await?;
    let done = format!(
        "Mapped, in version {version} of the configuration. Its shipments are worked out anew within minutes; then this ends by itself."
    );
    let flash = edge.ports.flashes.keep(&caller, Flash { done: Some(done), ..Flash::default() }).await;
    Ok(Redirect::to(&paths::flashed(&field(&pairs, "back"), &paths::exception(&id), &flash)).into_response())
}

async fn put(edge: &Edge, who: Who, id: String, Mapping { meaning, reason }: &Mapping) -> Result<i64, Problem> {
    let Who(actor) = who.clone();
    // The policy asks again; here nobody shall learn what there is.
    actor.require(Permission::MapCodes).map_err(|_| Problem::configuration_forbidden())?;
    let detail = edge.ports.reading.exception(&who.into(), id).await?;
    let now = match (detail.unmapped, detail.unknown_carrier) {
        (Some(code), _) => edge.policies.map_code(&actor, (&code.source, &code.code), meaning, reason).await?,
        (None, Some(carrier)) => edge.policies.name_carrier(&actor, &carrier.name, meaning, reason).await?,
        (None, None) => return Err(Problem::invalid("it tells of no code and no carrier that could be mapped")),
    };
    Ok(now.version)
}
