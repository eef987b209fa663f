//! Key figures as JSON.

use super::{Edge, Problem, admin::json::Asked, auth::Who};
use crate::http::api::{Barred, Failure};
use app::model::{Kpi, KpiFilter, KpiRow, Page};
use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// `/api/v1/kpis`.
pub(super) fn api() -> Router<Edge> {
    Router::new().route("/api/v1/kpis", get(list)).route("/api/v1/kpis/{id}", get(one)).route("/api/v1/kpis/{id}/rows", get(rows))
}

/// Refuses what other addresses of figures take and this one does not.
fn none_of<const N: usize>(others: [(&str, &Option<String>); N]) -> Result<(), Problem> {
    match others.into_iter().find(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty())) {
        Some((name, _)) => Err(Problem::invalid(format!("{name}: is not asked here"))),
        None => Ok(()),
    }
}

/// Over what figures are.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query to OpenAPI")]
struct Over {
    /// First day (UTC) that counts, `2026-01-31`; the first there is if absent
    from: Option<String>,
    /// First day that counts no more
    to: Option<String>,
    region: Option<String>,
    business_unit: Option<String>,
    carrier: Option<String>,
    mode: Option<String>,
    customer: Option<String>,
    origin: Option<String>,
    destination: Option<String>,
}

/// All key figures.
#[derive(Serialize, ToSchema)]
pub(super) struct Kpis {
    items: Vec<Kpi>,
}

/// All key figures of a period and a filter: value, cases, how many are still open, what is left out, and what each means. The series is with each by itself.
#[utoipa::path(
    get,
    path = "/api/v1/kpis",
    tag = "kpis",
    operation_id = "listKpis",
    params(Over),
    responses(
        (status = 200, description = "In the order of the trade", body = Kpis),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn list(State(edge): State<Edge>, who: Who, Asked(filter): Asked<KpiFilter>) -> Result<Json<Kpis>, Problem> {
    none_of([("target", &filter.target), ("part", &filter.part), ("after", &filter.after)])?;
    Ok(Json(Kpis { items: edge.ports.figures.kpis(&who.into(), filter).await? }))
}

/// One key figure: value, cases, how many are still open, parts, series by week, the period before, and against a target.
#[utoipa::path(
    get,
    path = "/api/v1/kpis/{id}",
    tag = "kpis",
    operation_id = "getKpi",
    params(
        ("id" = String, Path, description = "`K1`"),
        Over,
        ("target" = Option<String>, Query, description = "Hours (of the median), per cent or a count"),
    ),
    responses(
        (status = 200, description = "The figure, as of now", body = Kpi),
        Barred,
        (status = 404, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn one(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Asked(filter): Asked<KpiFilter>,
) -> Result<Json<Kpi>, Problem> {
    none_of([("part", &filter.part), ("after", &filter.after)])?;
    Ok(Json(edge.ports.figures.kpi(&who.into(), id, filter).await?))
}

/// One page of the rows behind a key figure, or behind a part of it; as many in all as it says. Of K6 and K16, shares of what waits now, only
/// those that wait can be listed: their `value.part`, not their `n`.
#[utoipa::path(
    get,
    path = "/api/v1/kpis/{id}/rows",
    tag = "kpis",
    operation_id = "listKpiRows",
    params(
        ("id" = String, Path, description = "`K1`"),
        Over,
        ("part" = Option<String>, Query, description = "`code` of one of the figure's parts; `left_out`, also as `code:left_out` of a part; `open`: those whose clock still runs; `p50`, `p75`, `p90`, `p95`: those that took as long or longer; `share` and `rest`, also as `code:share`: those that count in a share, and the others. The figure itself if absent"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, description = "By day, oldest first", body = Page<KpiRow>),
        Barred,
        (status = 404, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn rows(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Asked(filter): Asked<KpiFilter>,
) -> Result<Json<Page<KpiRow>>, Problem> {
    none_of([("target", &filter.target)])?;
    Ok(Json(edge.ports.figures.kpi_rows(&who.into(), id, filter).await?))
}
