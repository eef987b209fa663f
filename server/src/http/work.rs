//! Lists of work over HTTP: as JSON for programs of people, and as a file.

use super::{Edge, Problem, auth::Who};
use crate::http::api::Failure;
use app::{
    model::{Money, WorkFilter, WorkList, WorkPage, WorkRow},
    ports::Caller,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::header,
    response::IntoResponse,
    routing::get,
};
use std::sync::Arc;

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
        (status = 401, response = Failure),
        (status = 403, response = Failure),
        (status = 404, response = Failure),
        (status = 422, response = Failure),
        (status = 503, response = Failure),
    ),
)]
pub(super) async fn list(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(list): Path<String>,
    Query(filter): Query<WorkFilter>,
) -> Result<Json<WorkPage>, Problem> {
    Ok(Json(edge.ports.lists.work(&Caller(actor as Arc<_>), list_of(&list)?, filter).await?))
}

async fn csv(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(list): Path<String>,
    Query(filter): Query<WorkFilter>,
) -> Result<impl IntoResponse, Problem> {
    let list = list_of(&list)?;
    let rows = edge.ports.lists.work_file(&Caller(actor as Arc<_>), list, filter).await?;
    let name = format!("attachment; filename=\"waybill-{}.csv\"", list.code());
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], file(&rows)))
}

const HEAD: &str = "shipment,id,stage,waits_since,amount,currency,holds,whose_move,detail,carrier,customer,region,mode\r\n";

fn file(rows: &[WorkRow]) -> String {
    let mut out = HEAD.to_owned();
    for row in rows {
        let Money { amount, currency } = row.money.clone().unwrap_or(Money { amount: String::new(), currency: String::new() });
        let holds: Vec<_> = row.holds.iter().map(|hold| hold.code.as_str()).collect();
        let moves: Vec<_> = row.moves.iter().map(|queue| queue.code()).collect();
        let text = |value: &Option<String>| field(value.as_deref().unwrap_or_default());
        let fields = [
            field(&row.reference),
            field(&row.id),
            row.stage.code().to_owned(),
            row.since.utc.clone(),
            // A number of ours: its minus is no formula.
            amount,
            currency,
            holds.join(" "),
            moves.join(" "),
            text(&row.detail),
            text(&row.carrier),
            text(&row.customer),
            text(&row.region),
            text(&row.mode),
        ];
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A field of the file. What a spreadsheet would take for a formula gets an apostrophe before it.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_are_quoted_and_are_no_formulas() {
        for (text, written) in [
            ("SH-1", "SH-1"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=1+1", "'=1+1"),
            ("@x,y", "\"'@x,y\""),
            ("-5", "'-5"),
        ] {
            assert_eq!(field(text), written);
        }
    }
}
