use super::json::{Asked, List, rfc3339};
use crate::{
    http::{Edge, Problem, auth::Who},
    service::audit::Entry,
};
use axum::{Json, extract::State, response::IntoResponse};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A line of the trail on the wire.
#[derive(Serialize)]
struct Line {
    seq: i64,
    at: String,
    actor: String,
    action: String,
    subject: String,
    reason: String,
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
pub(super) struct Wanted {
    /// Only of this: `user:amira`, `api_key:…`.
    subject: Option<String>,
    /// The `next` of the page before.
    after: Option<i64>,
}

pub(super) async fn list(
    State(edge): State<Edge>,
    Who(actor): Who,
    Asked(wanted): Asked<Wanted>,
) -> Result<impl IntoResponse, Problem> {
    let (entries, next) = edge.audit.entries(&actor, wanted.subject, wanted.after).await?;
    let items = entries.into_iter().map(Line::from).collect::<Vec<_>>();
    Ok(Json(List { items, next: next.map(|seq| seq.to_string()), as_of: rfc3339(edge.clock.now()) }))
}
