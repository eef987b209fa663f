use super::json::{Asked, List, rfc3339};
use crate::{
    http::{
        Edge, Problem,
        api::{Barred, Failure},
        auth::Who,
    },
    service::audit::Entry,
};
use axum::{Json, extract::State, response::IntoResponse};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A line of the trail on the wire.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Line {
    seq: i64,
    at: String,
    actor: String,
    action: String,
    subject: String,
    reason: String,
    #[schema(value_type = Object)]
    detail: Option<Box<RawValue>>,
}

impl From<Entry> for Line {
    fn from(entry: Entry) -> Self {
        let Entry { seq, at, actor, action, subject, reason, detail } = entry;
        Self { seq, at: rfc3339(at), actor, action, subject, reason, detail: RawValue::from_string(detail).ok() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Wanted {
    /// Only of this: `user:amira`, `api_key:…`.
    subject: Option<String>,
    /// The `next` of the page before.
    after: Option<i64>,
}

/// Reads the audit trail of your environment, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "audit",
    operation_id = "readAudit",
    params(
        ("subject" = Option<String>, Query, description = "Only of this: `user:amira`, `api_key:…`"),
        ("after" = Option<i64>, Query, description = "The `next` of the page before"),
    ),
    responses(
        (status = 200, description = "At most 200 lines", body = List<Line>),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(in crate::http) async fn list(
    State(edge): State<Edge>,
    Who(actor): Who,
    Asked(wanted): Asked<Wanted>,
) -> Result<impl IntoResponse, Problem> {
    let (entries, next) = edge.audit.entries(&actor, wanted.subject, wanted.after).await?;
    let items = entries.into_iter().map(Line::from).collect::<Vec<_>>();
    Ok(Json(List { items, next: next.map(|seq| seq.to_string()), as_of: rfc3339(edge.clock.now()) }))
}
