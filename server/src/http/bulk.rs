//! Work on many exceptions at once over HTTP: the forms that pages post, and the same as JSON for programs of people.

use super::{
    Edge, Problem,
    admin::json::{Asked, Body},
    auth::Who,
};
use crate::http::api::{Barred, Failure};
use app::{
    error::AppError,
    model::{BulkItem, BulkJob, BulkRequest, BulkTurn, ExceptionAction, ExceptionFilter, Page},
    paths,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What some ten thousand chosen exceptions weigh.
const BODY: usize = 1024 * 1024;

/// `/api/v1/exceptions/bulk/{id}:{turn}`: the router knows one name in a segment, so it is taken apart here.
const CALL: &str = "/api/v1/exceptions/bulk/{id}";

/// The forms of the pages.
pub(super) fn forms() -> Router<Edge> {
    Router::new()
        .route(paths::BULK_PREPARE, post(prepare_by_form))
        .route(paths::BULK_TURN, post(turn_by_form))
        .layer(DefaultBodyLimit::max(BODY))
}

/// `/api/v1/exceptions/bulk`.
pub(super) fn api() -> Router<Edge> {
    Router::new()
        .route("/api/v1/exceptions/bulk", get(list).post(prepare))
        .route("/api/v1/exceptions/bulk/{id}", get(one))
        .route(CALL, post(turn))
        .route("/api/v1/exceptions/bulk/{id}/items", get(items))
        .layer(DefaultBodyLimit::max(BODY))
}

/// Prepares a job and leads to its page, where it is looked at and started.
async fn prepare_by_form(State(edge): State<Edge>, who: Who, form: Bytes) -> Result<Response, Problem> {
    let (request, back) = read(&form)?;
    match edge.ports.bulk.prepare(&who.into(), request).await {
        Ok(job) => Ok(Redirect::to(&paths::bulk_job(&job.id)).into_response()),
        Err(AppError::Invalid { field, .. }) => Ok(Redirect::to(&paths::bulk_refused(&back, &field)).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// The form's fields; `list` is the query of the list that the job is about, `on` is repeated, as `id:version`.
fn read(form: &[u8]) -> Result<(BulkRequest, String), Problem> {
    let (mut action, mut filter, mut query) = (None, None, String::new());
    let (mut on, mut assignee, mut hours, mut until, mut note) = (Vec::new(), String::new(), 0, None, String::new());
    for (field, value) in form_urlencoded::parse(form) {
        match &*field {
            "action" => action = ExceptionAction::from_code(&value),
            "list" => {
                let pairs: Vec<_> = form_urlencoded::parse(value.as_bytes()).into_owned().collect();
                let get = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
                filter = Some(paths::exception_filter(get));
                query = value.into_owned();
            }
            "on" => on.push(super::exceptions::exception(&value).ok_or_else(|| Problem::invalid("on: write id:version"))?),
            "assignee" => assignee = value.into_owned(),
            "hours" if value.is_empty() => {}
            "hours" => hours = value.parse().map_err(|_| Problem::invalid("hours: a number from 1 to 720"))?,
            "until" => until = Some(value.into_owned()).filter(|until| !until.is_empty()),
            "note" => note = value.into_owned(),
            _ => {}
        }
    }
    // A form has its hours chosen beforehand: a time that was typed counts.
    if until.is_some() {
        hours = 0;
    }
    let action = action.ok_or_else(|| Problem::invalid("action: assign, comment, snooze, claim, reopen or waive"))?;
    Ok((BulkRequest { action, filter, on, assignee, hours, until, note }, query))
}

/// Moves a job on and leads back to its page, or to the page of the job that undoes it.
async fn turn_by_form(State(edge): State<Edge>, who: Who, form: Bytes) -> Result<Response, Problem> {
    let (mut id, mut turn) = (String::new(), None);
    for (field, value) in form_urlencoded::parse(&form) {
        match &*field {
            "id" => id = value.into_owned(),
            "turn" => turn = BulkTurn::from_code(&value),
            _ => {}
        }
    }
    let turn = turn.ok_or_else(|| Problem::invalid("turn: start, pause, cancel or undo"))?;
    match edge.ports.bulk.turn(&who.into(), id.clone(), turn).await {
        Ok(job) => Ok(Redirect::to(&paths::bulk_job(&job.id)).into_response()),
        // Its page shows how it stands by now.
        Err(AppError::Conflict { .. } | AppError::Invalid { .. }) => Ok(Redirect::to(&paths::bulk_late(&id)).into_response()),
        Err(error) => Err(error.into()),
    }
}

/// The latest jobs over exceptions, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions/bulk",
    tag = "exceptions",
    operation_id = "listBulkJobs",
    responses(
        (status = 200, description = "`{\"items\": […]}`, each as `readBulkJob` answers it"),
        Barred,
    ),
)]
pub(super) async fn list(State(edge): State<Edge>, who: Who) -> Result<Json<Jobs>, Problem> {
    Ok(Json(Jobs { items: edge.ports.bulk.jobs(&who.into()).await? }))
}

/// Jobs.
#[derive(Serialize)]
pub(super) struct Jobs {
    items: Vec<BulkJob>,
}

/// A request as JSON. A filter that nobody reads would mean all there are, so a name in it that means nothing is refused.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Request(BulkRequest);

impl TryFrom<Value> for Request {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value.get("filter") {
            None | Some(Value::Null) => {}
            Some(Value::Object(filter)) => {
                let known = serde_json::to_value(ExceptionFilter::default()).map_err(|error| error.to_string())?;
                if let Some(name) = filter.keys().find(|name| known.get(name).is_none()) {
                    return Err(format!("filter: unknown field `{name}`"));
                }
            }
            Some(_) => return Err("filter: an object, with the filters of the list".to_owned()),
        }
        serde_json::from_value(value).map(Self).map_err(|error| error.to_string())
    }
}

/// Prepares work on many exceptions: freezes all that match a filter, or the given ones, and tells how many they are, which
/// shipments and money they hold, and whether it can be undone. Nothing is done before it is started.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/bulk",
    tag = "exceptions",
    operation_id = "prepareBulkJob",
    request_body(content = Object, description = "`{\"action\": \"assign\", \"assignee\": \"me\", \"filter\": {\"cause\": \"…\"}}`, or \
        `on` as in `actOnExceptions` in place of `filter`; `claim`, `waive` and `comment` have a `note`, `snooze` has `hours` or \
        `until`, as in `actOnExceptions`"),
    responses(
        (status = 201, description = "The job, not started"),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn prepare(
    State(edge): State<Edge>,
    who: Who,
    Body(Request(request)): Body<Request>,
) -> Result<(StatusCode, Json<BulkJob>), Problem> {
    Ok((StatusCode::CREATED, Json(edge.ports.bulk.prepare(&who.into(), request).await?)))
}

/// A job: its set in figures, how far it has come, and what the reader may do with it.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions/bulk/{id}",
    tag = "exceptions",
    operation_id = "readBulkJob",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The job"),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(super) async fn one(State(edge): State<Edge>, who: Who, Path(id): Path<String>) -> Result<Json<BulkJob>, Problem> {
    Ok(Json(edge.ports.bulk.job(&who.into(), id).await?))
}

/// Which of a job's set.
#[derive(Deserialize)]
pub(super) struct Which {
    result: Option<String>,
    after: Option<String>,
}

/// A job's set with what became of each.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions/bulk/{id}/items",
    tag = "exceptions",
    operation_id = "listBulkItems",
    params(
        ("id" = String, Path),
        ("result" = Option<String>, Query, description = "`all` (default), or `refused`: those that were left alone"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page of items"),
        Barred,
        (status = 404, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn items(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Asked(Which { result, after }): Asked<Which>,
) -> Result<Json<Page<BulkItem>>, Problem> {
    Ok(Json(edge.ports.bulk.items(&who.into(), id, result, after).await?))
}

/// Moves a job on: `start` starts it or lets it go on, `pause` and `cancel` stop it, `undo` prepares the job that puts back what
/// this one changed, and answers that one.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/bulk/{id}:{turn}",
    tag = "exceptions",
    operation_id = "turnBulkJob",
    params(
        ("id" = String, Path),
        ("turn" = String, Path, description = "`start`, `pause`, `cancel` or `undo`"),
    ),
    responses(
        (status = 200, description = "The job as it stands now"),
        Barred,
        (status = 404, response = Failure),
        (status = 409, response = Failure),
    ),
)]
pub(super) async fn turn(State(edge): State<Edge>, who: Who, Path(call): Path<String>) -> Result<Json<BulkJob>, Problem> {
    let named = call.rsplit_once(':').and_then(|(id, turn)| Some((id.to_owned(), BulkTurn::from_code(turn)?)));
    let (id, turn) = named.ok_or_else(Problem::not_found)?;
    Ok(Json(edge.ports.bulk.turn(&who.into(), id, turn).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_a_list_or_rows() {
        let form = b"action=snooze&hours=24&list=queue%3Dfinance%26cause%3Dpod_missing%253ADHL&x=y";
        let (request, back) = read(form).expect("reads");
        let filter = ExceptionFilter {
            queue: Some("finance".into()),
            cause: Some("pod_missing:DHL".into()),
            ..ExceptionFilter::default()
        };
        assert_eq!((request.action, request.hours, request.filter), (ExceptionAction::Snooze, 24, Some(filter)));
        assert_eq!(back, "queue=finance&cause=pod_missing%3ADHL");
        let (request, _) = read(b"action=claim&on=a%3A1&on=b%3A2&note=done").expect("reads");
        assert_eq!((request.on, request.filter), (vec![("a".into(), 1), ("b".into(), 2)], None));
        assert!(read(b"list=").is_err() && read(b"action=claim&on=a").is_err());
    }
}
