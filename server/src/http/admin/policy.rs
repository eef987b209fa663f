use super::json::{Asked, Body, rfc3339};
use crate::{
    http::{
        Edge, Problem,
        api::{Barred, Failure},
        auth::Who,
    },
    service::policy::{self, Change, PolicyError, PolicyVersion},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A version of the policy on the wire.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Version {
    /// 0 is built in.
    version: i64,
    /// Contracts, expectations, tolerances.
    #[schema(value_type = Object)]
    policy: Value,
    actor: String,
    reason: String,
    at: String,
}

impl From<PolicyVersion> for Version {
    fn from(version: PolicyVersion) -> Self {
        Self {
            version: version.version,
            policy: serde_json::to_value(&*version.policy).unwrap_or_default(),
            actor: version.actor,
            reason: version.reason,
            at: rfc3339(version.at),
        }
    }
}

/// The policy in force: billing contracts, expectations, tolerances.
#[utoipa::path(
    get,
    path = "/api/v1/config/policy",
    tag = "config",
    operation_id = "readPolicy",
    responses(
        (status = 200, description = "The version in force", body = Version),
        Barred,
    ),
)]
pub(in crate::http) async fn read(State(edge): State<Edge>, Who(actor): Who) -> Result<Json<Version>, Problem> {
    Ok(Json(edge.policies.current(&actor).await?.into()))
}

/// Where a page of the history begins.
#[derive(Deserialize)]
pub(in crate::http) struct Before {
    before: Option<i64>,
}

/// Versions of the policy, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/config/policy/versions",
    tag = "config",
    operation_id = "listPolicyVersions",
    params(("before" = Option<i64>, Query, description = "Versions before this one")),
    responses(
        (status = 200, description = "At most fifty", body = Vec<Version>),
        Barred,
    ),
)]
pub(in crate::http) async fn versions(
    State(edge): State<Edge>,
    Who(actor): Who,
    Asked(Before { before }): Asked<Before>,
) -> Result<Json<Vec<Version>>, Problem> {
    Ok(Json(edge.policies.history(&actor, before).await?.into_iter().map(Version::from).collect()))
}

/// A policy to be put in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Replacement {
    /// The version that you saw; another one in force meanwhile is a conflict.
    replaces: i64,
    /// The whole policy.
    #[schema(value_type = Object)]
    policy: Value,
    /// Why; it stands in the history.
    reason: String,
}

/// What was, or would be, changed.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Changes {
    /// The version in force.
    pub(super) version: i64,
    pub(super) changes: Vec<Change>,
}

/// Puts a whole policy in force in place of the version that you saw.
#[utoipa::path(
    put,
    path = "/api/v1/config/policy",
    tag = "config",
    operation_id = "replacePolicy",
    request_body = Replacement,
    responses(
        (status = 200, description = "In force; open shipments are judged by it within minutes", body = Changes),
        Barred,
        (status = 409, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(in crate::http) async fn replace(
    State(edge): State<Edge>,
    Who(actor): Who,
    Body(new): Body<Replacement>,
) -> Result<Json<Changes>, Problem> {
    let policy = policy::read_json(new.policy)?;
    let changes = edge.policies.compare(&actor, &policy).await?;
    let now = edge.policies.put(&actor, new.replaces, policy, &new.reason).await?;
    Ok(Json(Changes { version: now.version, changes }))
}

impl From<PolicyError> for Problem {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Forbidden(_) => Self::configuration_forbidden(),
            PolicyError::Conflict(what) => Self::conflict(what),
            PolicyError::Invalid { .. } => Self::invalid(error.to_string()),
            PolicyError::NoSuchSection => Self::not_found(),
            PolicyError::Unavailable => Self::unavailable(),
        }
    }
}
