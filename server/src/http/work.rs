//! Lists of work over HTTP: as JSON for programs of people, and as a file.

use super::{
    Edge, Problem,
    admin::json::Asked,
    auth::Who,
    csv::{Field, MOST, Table, told},
};
use crate::http::api::{Barred, Failure};
use app::model::{Money, WorkFilter, WorkList, WorkPage};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::IntoResponse,
    routing::get,
};

/// The lists as files, for pages.
pub(super) fn files() -> Router<Edge> {
    Router::new().route("/work/{list}/csv", get(csv))
}

/// `/api/v1/work`.
pub(super) fn api() -> Router<Edge> {
    Router::new().route("/api/v1/work/{list}", get(list))
}

fn list_of(code: &str) -> Result<WorkList, Problem> {
    WorkList::from_code(code).ok_or_else(Problem::not_found)
}

/// One page of a list of work: what waits, since when, for how much money, and whose move it is.
#[utoipa::path(
    get,
    path = "/api/v1/work/{list}",
    tag = "work",
    operation_id = "listWork",
    params(
        ("list" = String, Path, description = "`unbilled`, `pod`, `unassigned`, `stale` or `orders`"),
        ("hold" = Option<String>, Query, description = "Code of a hold, or `none` for what nothing holds; of `unbilled` and `pod`"),
        ("age" = Option<String>, Query, description = "`0-4h`, `4-24h`, `24-48h`, `48-72h`, `3-7d`, `8-14d`, `15-30d` or `30d-`"),
        ("region" = Option<String>, Query),
        ("business_unit" = Option<String>, Query),
        ("carrier" = Option<String>, Query),
        ("customer" = Option<String>, Query),
        ("mode" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "`age` (default: longest first) or `value` (money × age)"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, description = "The rows, and what all of the list comes to by hold or by age"),
        Barred,
        (status = 404, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn list(
    State(edge): State<Edge>,
    who: Who,
    Path(list): Path<String>,
    Asked(filter): Asked<WorkFilter>,
) -> Result<Json<WorkPage>, Problem> {
    Ok(Json(edge.ports.lists.work(&who.into(), list_of(&list)?, filter).await?))
}

async fn csv(
    State(edge): State<Edge>,
    who: Who,
    Path(list): Path<String>,
    Query(filter): Query<WorkFilter>,
) -> Result<impl IntoResponse, Problem> {
    let list = list_of(&list)?;
    let rows = edge.ports.lists.work_file(&who.into(), list, filter).await?;
    let mut table = Table::new(list.code(), &COLUMNS);
    for row in &rows {
        let Money { amount, currency } = row.money.clone().unwrap_or(Money { amount: String::new(), currency: String::new() });
        let holds: Vec<_> = row.holds.iter().map(|hold| hold.code.as_str()).collect();
        let moves: Vec<_> = row.moves.iter().map(|queue| queue.code()).collect();
        table.row([
            Field::Text(&row.reference),
            Field::Text(&row.id),
            Field::Own(row.stage.code().to_owned()),
            Field::Own(row.since.utc.clone()),
            Field::Own(amount),
            Field::Own(currency),
            Field::Own(holds.join(" ")),
            Field::Own(moves.join(" ")),
            told(&row.detail),
            told(&row.carrier),
            told(&row.customer),
            told(&row.region),
            told(&row.mode),
        ]);
    }
    // What is read is cut to so many rows.
    Ok(table.answer((rows.len() >= MOST).then_some(MOST)))
}

const COLUMNS: [&str; 13] = [
    "shipment",
    "id",
    "stage",
    "waits_since",
    "amount",
    "currency",
    "holds",
    "whose_move",
    "detail",
    "carrier",
    "customer",
    "region",
    "mode",
];
