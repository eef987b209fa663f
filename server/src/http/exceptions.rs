//! Exceptions over HTTP: the form that pages post, and the same as JSON for programs of people.

mod flash;
pub(super) mod map;
pub(super) mod waive;

use super::{
    Edge, Problem,
    admin::json::{Asked, Body},
    auth::Who,
};
use crate::http::api::{Barred, Failure};
use app::{
    model::{ExceptionAct, ExceptionActed, ExceptionAction, ExceptionDetail, ExceptionFilter, ExceptionUndo, Exceptions},
    paths,
    ports::Caller,
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What five hundred exceptions with a long note weigh.
const BODY: usize = 64 * 1024;

/// The form of the pages.
pub(super) fn forms() -> Router<Edge> {
    Router::new()
        .route(paths::EXCEPTIONS_ACT, post(act_by_form))
        .route(paths::EXCEPTIONS_UNDO, post(undo_by_form))
        .route("/exceptions/{id}/map", post(map::by_form))
        .layer(DefaultBodyLimit::max(BODY))
}

/// `/api/v1/exceptions`.
pub(super) fn api() -> Router<Edge> {
    Router::new()
        .route("/api/v1/exceptions", get(list))
        .route("/api/v1/exceptions/{id}", get(one))
        .route("/api/v1/exceptions:act", post(act))
        .route("/api/v1/exceptions:undo", post(undo))
        .route("/api/v1/exceptions/{id}/map", post(map::map))
        .route("/api/v1/shipments/{id}/readiness", get(readiness))
        .route("/api/v1/shipments/{id}/readiness/{condition}/waive", post(waive::waive))
        .layer(DefaultBodyLimit::max(BODY))
}

/// Does it and leads back to the page, which says what was done, and of each that was not, why.
async fn act_by_form(State(edge): State<Edge>, who: Who, headers: HeaderMap, form: Bytes) -> Result<Response, Problem> {
    plain(&headers)?;
    let (act, back) = read(&form)?;
    let (caller, words) = (Caller::from(who), flash::words(&act));
    let acted = edge.ports.acting.act_on_exceptions(&caller, act).await;
    flash::told(&edge, &caller, &back, words, acted).await
}

/// The same for what is taken back.
async fn undo_by_form(State(edge): State<Edge>, who: Who, headers: HeaderMap, form: Bytes) -> Result<Response, Problem> {
    plain(&headers)?;
    let (mut on, mut note, mut back) = (Vec::new(), String::new(), String::new());
    for (field, value) in form_urlencoded::parse(&form) {
        match &*field {
            "on" => on.push(exception(&value).ok_or_else(|| Problem::invalid("on: write id:version"))?),
            "note" => note = value.into_owned(),
            "back" => back = value.into_owned(),
            _ => {}
        }
    }
    let caller = Caller::from(who);
    let undone = edge.ports.acting.undo_on_exceptions(&caller, ExceptionUndo { on, note }).await;
    flash::told(&edge, &caller, &back, flash::Words::undone(), undone).await
}

fn plain(headers: &HeaderMap) -> Result<(), Problem> {
    let plain = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if plain.starts_with("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(Problem::invalid("send the form as application/x-www-form-urlencoded"))
}

/// The form's fields; `on` is repeated, as `id:version`.
fn read(form: &[u8]) -> Result<(ExceptionAct, String), Problem> {
    let (mut action, mut back) = (None, String::new());
    let (mut on, mut assignee, mut hours, mut until, mut note) = (Vec::new(), String::new(), 0, None, String::new());
    for (field, value) in form_urlencoded::parse(form) {
        match &*field {
            "action" => action = ExceptionAction::from_code(&value),
            "on" => on.push(exception(&value).ok_or_else(|| Problem::invalid("on: write id:version"))?),
            "assignee" => assignee = value.into_owned(),
            "hours" if value.is_empty() => {}
            "hours" => hours = value.parse().map_err(|_| Problem::invalid("hours: a number from 1 to 720"))?,
            "until" => until = Some(value.into_owned()).filter(|until| !until.is_empty()),
            "note" => note = value.into_owned(),
            "back" => back = value.into_owned(),
            _ => {}
        }
    }
    // A form has its hours chosen beforehand: a time that was typed counts.
    if until.is_some() {
        hours = 0;
    }
    let action = action.ok_or_else(|| Problem::invalid("action: assign, comment, snooze, claim, reopen or waive"))?;
    Ok((ExceptionAct { action, on, assignee, hours, until, note }, back))
}

/// `id:version`.
pub(super) fn exception(text: &str) -> Option<(String, i64)> {
    let (id, version) = text.rsplit_once(':')?;
    Some((id.to_owned(), version.parse().ok()?))
}

/// Lists exceptions: groups by cause, or rows (`view=list`). The same filters as on the page.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions",
    tag = "exceptions",
    operation_id = "listExceptions",
    params(
        ("view" = Option<String>, Query, description = "`groups` (default) or `list`"),
        ("queue" = Option<String>, Query, description = "`logistics`, `finance`, `integration` or `service`"),
        ("kind" = Option<String>, Query),
        ("state" = Option<String>, Query, description = "`open`, `claimed`, `verified` or `waived`; open and claimed if absent"),
        ("cause" = Option<String>, Query),
        ("assignee" = Option<String>, Query, description = "`me`, `nobody` or a sign-in name"),
        ("region" = Option<String>, Query),
        ("business_unit" = Option<String>, Query),
        ("snoozed" = Option<String>, Query, description = "`yes` shows the snoozed as well"),
        ("after" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses(
        (status = 200, description = "Ranked by money, age and probability"),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn list(
    State(edge): State<Edge>,
    who: Who,
    Asked(filter): Asked<ExceptionFilter>,
) -> Result<Json<Exceptions>, Problem> {
    Ok(Json(edge.ports.reading.exceptions(&who.into(), filter).await?))
}

/// One exception: what ends it, what to do, its history, and the shipment's readiness.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions/{id}",
    tag = "exceptions",
    operation_id = "readException",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The exception"),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(super) async fn one(State(edge): State<Edge>, who: Who, Path(id): Path<String>) -> Result<Json<ExceptionDetail>, Problem> {
    Ok(Json(edge.ports.reading.exception(&who.into(), id).await?))
}

/// What became of each exception.
#[derive(Serialize, ToSchema)]
pub(super) struct Outcome {
    /// In the order of the request.
    #[schema(value_type = Vec<Object>)]
    results: Vec<ExceptionActed>,
}

/// Does one thing with each of at most 500 exceptions. Each names the version that was seen; one that somebody changed
/// meanwhile is left alone and told.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions:act",
    tag = "exceptions",
    operation_id = "actOnExceptions",
    request_body(content = Object, description = "`{\"action\": \"claim\", \"on\": [[\"id\", 3]], \"note\": \"…\"}`; `assign` has \
        `assignee`, `snooze` has `hours`, or `until`: a time to come, at most 30 days from now, RFC 3339 or, as \
        `2026-01-31 12:00`, in the person's own zone"),
    responses(
        (status = 200, description = "A result for each", body = Outcome),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn act(State(edge): State<Edge>, who: Who, Body(act): Body<ExceptionAct>) -> Result<Json<Outcome>, Problem> {
    Ok(Json(Outcome { results: edge.ports.acting.act_on_exceptions(&who.into(), act).await? }))
}

/// Takes back what was done with each of at most 500 exceptions: state, person and snooze are as before. Each names the version that
/// came of it; one that was changed since is left alone and told.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions:undo",
    tag = "exceptions",
    operation_id = "undoOnExceptions",
    request_body(content = Object, description = "`{\"on\": [[\"id\", 4]], \"note\": \"…\"}`; the versions are those that `:act` answered"),
    responses(
        (status = 200, description = "A result for each", body = Outcome),
        Barred,
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn undo(State(edge): State<Edge>, who: Who, Body(undo): Body<ExceptionUndo>) -> Result<Json<Outcome>, Problem> {
    Ok(Json(Outcome { results: edge.ports.acting.undo_on_exceptions(&who.into(), undo).await? }))
}

/// Whether a shipment may be billed, condition by condition.
#[utoipa::path(
    get,
    path = "/api/v1/shipments/{id}/readiness",
    tag = "exceptions",
    operation_id = "readReadiness",
    params(("id" = String, Path, description = "Waybill's id of the shipment")),
    responses(
        (status = 200, description = "Every condition, met or not"),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(super) async fn readiness(State(edge): State<Edge>, who: Who, Path(id): Path<String>) -> Result<impl IntoResponse, Problem> {
    Ok(Json(edge.ports.reading.readiness(&who.into(), id).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_each_exception_with_its_version() {
        let form = b"action=snooze&on=0190-a%3A3&on=0190-b%3A12&hours=24&note=wait+for+it&back=%2Fexceptions%3Fview%3Dlist&x=y";
        let (act, back) = read(form).expect("reads");
        assert_eq!(act.action, ExceptionAction::Snooze);
        assert_eq!(act.on, [("0190-a".to_owned(), 3), ("0190-b".to_owned(), 12)]);
        assert_eq!((act.hours, act.note.as_str(), back.as_str()), (24, "wait for it", "/exceptions?view=list"));
        let (act, _) = read(b"action=snooze&on=a%3A1&hours=24&until=2026-06-01T08%3A00%3A00Z").expect("reads");
        assert_eq!((act.hours, act.until.as_deref()), (0, Some("2026-06-01T08:00:00Z")), "the time that was typed counts");
    }

    #[test]
    fn a_damaged_form_is_refused() {
        for form in ["", "action=explode&on=a:1", "action=claim&on=a", "action=claim&on=a:x", "action=snooze&hours=soon"] {
            assert!(read(form.as_bytes()).is_err(), "{form}");
        }
    }
}
