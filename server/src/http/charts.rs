//! Charts by their own address: the browser fetches one again when what it shows may have changed.

use super::{Edge, Problem, auth::Who, ui};
use app::{
    model::{ChartKind, ChartRequest},
    paths,
};
use axum::{
    extract::{Path, Query, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use std::collections::HashMap;

pub(super) async fn chart(
    State(edge): State<Edge>,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    _: Who,
    request: Request,
) -> Result<Response, Problem> {
    let kind = match name.as_str() {
        "delivered-to-recorded.svg" => ChartKind::DeliveredToRecorded,
        _ => return Err(Problem::not_found()),
    };
    let filter = paths::overview_filter(|key| query.get(key).cloned());
    let (parts, _) = request.into_parts();
    let drawing = edge.ports.reading.chart(&ui::caller(&parts), ChartRequest { kind, filter }).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawing).into_response())
}
