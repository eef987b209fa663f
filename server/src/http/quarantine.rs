//! Fixing and replaying a quarantined item by a plain form, from wherever its trouble is told. The item's own page has its own forms.

pub(super) mod api;

use super::{Edge, Problem, auth::Who};
use crate::http::handling::{field, pairs};
use app::{
    error::AppError,
    model::{Flash, QuarantineFix, QuarantineOutcome},
    paths,
    ports::Caller,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};

/// What a corrected event weighs, percent-encoded at worst.
const BODY: usize = 1024 * 1024;

/// `/quarantine/{id}/fix` and `…/replay`.
pub(super) fn forms() -> Router<Edge> {
    Router::new()
        .route("/quarantine/{id}/fix", post(fix))
        .route("/quarantine/{id}/replay", post(replay))
        .layer(DefaultBodyLimit::max(BODY))
}

fn version(pairs: &[(String, String)]) -> Result<i64, Problem> {
    field(pairs, "version").parse().map_err(|_| Problem::invalid("version: the number that the page showed"))
}

async fn fix(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Result<Response, Problem> {
    let pairs = pairs(&headers, &form)?;
    let (version, body, reason) = (version(&pairs)?, field(&pairs, "body"), field(&pairs, "reason"));
    let caller = Caller::from(who);
    let fix = QuarantineFix { id: id.clone(), version, body: body.clone(), reason };
    let outcome = edge.ports.acting.fix_quarantine(&caller, fix).await;
    told(&edge, &caller, (&id, &field(&pairs, "back")), outcome, Some(body)).await
}

async fn replay(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Result<Response, Problem> {
    let pairs = pairs(&headers, &form)?;
    let caller = Caller::from(who);
    let outcome = edge.ports.acting.replay_quarantine(&caller, id.clone(), version(&pairs)?).await;
    told(&edge, &caller, (&id, &field(&pairs, "back")), outcome, None).await
}

/// Leads back with words on what it came to, and with what was typed where that was not taken.
async fn told(
    edge: &Edge,
    caller: &Caller,
    (item, back): (&str, &str),
    outcome: Result<QuarantineOutcome, AppError>,
    typed: Option<String>,
) -> Result<Response, Problem> {
    let done = |words: &str| Flash { done: Some(words.to_owned()), ..Flash::default() };
    let refused = |what: &str, why: String| Flash { typed, ..Flash::refused(what, why) };
    let flash = match outcome {
        Ok(QuarantineOutcome::Accepted { .. }) => done("Replayed and accepted: the event is in the store."),
        Ok(QuarantineOutcome::Duplicate) => done("The same event was already in the store. Nothing was counted twice."),
        Ok(QuarantineOutcome::Refused { reason, .. }) => refused("Still not acceptable", reason),
        Err(AppError::Invalid { message, .. }) => refused("Nothing was changed", message),
        Err(error @ AppError::Conflict { .. }) => refused("Nothing was changed", error.to_string()),
        Err(other) => return Err(other.into()),
    };
    let id = edge.ports.flashes.keep(caller, flash).await;
    Ok(Redirect::to(&paths::flashed(back, &paths::quarantine_item(item), &id)).into_response())
}
