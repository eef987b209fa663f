//! The policy section by section: `/api/v1/config/{kind}`.

use super::{json::Body, policy::Changes};
use crate::http::{
    Edge, Problem,
    api::{Barred, Failure, Unchanged},
    auth::Who,
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One section of the policy in force.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Section {
    /// Its name, such as `ownership`.
    kind: String,
    /// Version of the policy; 0 is built in.
    version: i64,
    /// What it says.
    #[schema(value_type = Object)]
    value: Value,
}

/// One section of the policy in force: `ownership`, `status_maps`, `sources`, `customers`, `carriers`, `charge_maps`, `calendars`, `owners`, `contracts`,
/// `expectations`, `tolerances`, `charge_codes` or `exceptions`.
#[utoipa::path(
    get,
    path = "/api/v1/config/{kind}",
    tag = "config",
    operation_id = "readConfigSection",
    params(("kind" = String, Path, description = "Name of the section")),
    responses(
        (status = 200, description = "As it is in force", body = Section),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(in crate::http) async fn read(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(kind): Path<String>,
) -> Result<Json<Section>, Problem> {
    let (version, value) = edge.policies.section(&actor, &kind).await?;
    Ok(Json(Section { kind, version, value }))
}

/// Another value for one section.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct SectionReplacement {
    /// The version that you saw; another one in force meanwhile is a conflict.
    replaces: i64,
    /// The whole section.
    #[schema(value_type = Object)]
    value: Value,
    /// Why; it stands in the history.
    reason: String,
}

/// Puts a new version in force in which one section says something else.
#[utoipa::path(
    put,
    path = "/api/v1/config/{kind}",
    tag = "config",
    operation_id = "replaceConfigSection",
    params(("kind" = String, Path, description = "Name of the section")),
    request_body = SectionReplacement,
    responses(
        (status = 200, description = "In force; open shipments are judged by it within minutes", body = Changes),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn replace(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(kind): Path<String>,
    Body(new): Body<SectionReplacement>,
) -> Result<Json<Changes>, Problem> {
    let (version, changes) = edge.policies.put_section(&actor, new.replaces, (&kind, new.value), &new.reason).await?;
    Ok(Json(Changes { version, changes }))
}
