//! Waiving a condition for billing by its name, without looking its exception up first.

use super::{Barred, Body, Edge, Outcome, Problem, Who};
use crate::domain::access::Permission;
use crate::http::api::Unchanged;
use app::{
    model::{ExceptionAct, ExceptionAction},
    ports::Caller,
};
use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Reason {
    /// Stands in the audit trail.
    note: String,
    /// Codes of the other conditions that shall be waived with it: `waives_also` of `readReadiness`.
    #[serde(default)]
    also: Vec<String>,
}

/// Waives a condition for billing: the open exception that tells of it is waived, and holds the shipment no longer while its cause
/// is the same. Where no exception tells of it there is nothing to waive, and the answer says so. An exception can tell of several unmet
/// conditions: they are waived together, and only if `also` names the others. Whoever comes too late is told so.
#[utoipa::path(
    post,
    path = "/api/v1/shipments/{id}/readiness/{condition}/waive",
    tag = "exceptions",
    operation_id = "waiveCondition",
    params(
        ("id" = String, Path, description = "Waybill's id of the shipment"),
        ("condition" = String, Path, description = "`code` of a condition of `readReadiness`, such as `pod_missing`"),
    ),
    request_body = Reason,
    responses(
        (status = 200, description = "The exception with which it was waived", body = Outcome),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn waive(
    State(edge): State<Edge>,
    who: Who,
    Path((id, condition)): Path<(String, String)>,
    Body(Reason { note, also }): Body<Reason>,
) -> Result<Json<Outcome>, Problem> {
    let Who(actor) = &who;
    // Whoever may not is told that before anything of the shipment.
    actor.require(Permission::WaiveHolds).map_err(|_| Problem::forbidden())?;
    let caller = Caller::from(who);
    let readiness = edge.ports.reading.readiness(&caller, id).await?;
    let found = readiness.conditions.into_iter().find(|each| each.code == condition).ok_or_else(Problem::not_found)?;
    let Some(on) = found.waivable else {
        let why = match (found.met, found.unwaivable) {
            (true, _) => "It is met: there is nothing to waive.".to_owned(),
            (false, Some(why)) => why,
            (false, None) => "It is waived already.".to_owned(),
        };
        return Err(Problem::conflict(why));
    };
    if found.waives_also.iter().any(|code| !also.contains(code)) {
        let others = found.waives_also.join(", ");
        return Err(Problem::conflict(format!(
            "The same exception holds more, which would be waived too: name it in `also`: {others}."
        )));
    }
    let act = ExceptionAct { action: ExceptionAction::Waive, on: vec![on], assignee: String::new(), hours: 0, until: None, note };
    let results = edge.ports.acting.act_on_exceptions(&caller, act).await?;
    match results.iter().find_map(|result| result.problem.clone()) {
        Some(problem) => Err(Problem::conflict(problem)),
        None => Ok(Json(Outcome { results })),
    }
}
