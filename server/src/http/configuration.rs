//! The form that changes a section of the policy: answered by the section's page with what the draft came to, or, once it is in
//! force, by the way to the page as it is then.

use super::{Edge, Problem, auth::Who, ui};
use app::{
    model::{DraftOutcome, SectionDraft},
    paths,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};

/// What a section of some thousand contracts weighs.
const BODY: usize = 1024 * 1024;

/// The form of the pages.
pub(super) fn forms() -> Router<Edge> {
    Router::new().route("/configuration/{section}", post(draft)).layer(DefaultBodyLimit::max(BODY))
}

async fn draft(State(edge): State<Edge>, who: Who, Path(section): Path<String>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let form = to_bytes(body, BODY).await.map_err(|_| Problem::invalid("toml: at most one megabyte"))?;
    let draft = read(section, &form)?;
    let answer = edge.ports.configuring.draft(&who.into(), draft).await?;
    let status = match answer.outcome {
        DraftOutcome::Put(version) => {
            let path = paths::with_query(&paths::configuration(&answer.draft.section), &[("put", &version.to_string())]);
            return Ok(Redirect::to(&path).into_response());
        }
        DraftOutcome::Sound(_) => StatusCode::OK,
        DraftOutcome::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        DraftOutcome::Overtaken(_) => StatusCode::CONFLICT,
    };
    let mut page = ui::page_with(edge, Request::from_parts(parts, Body::empty()), answer).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = status;
    }
    Ok(page)
}

fn read(section: String, form: &[u8]) -> Result<SectionDraft, Problem> {
    let mut draft = SectionDraft { section, toml: String::new(), replaces: 0, reason: String::new(), put: false };
    for (field, value) in form_urlencoded::parse(form) {
        match &*field {
            "toml" => draft.toml = value.replace("\r\n", "\n"),
            "replaces" => draft.replaces = value.parse().map_err(|_| Problem::invalid("replaces: a version"))?,
            "reason" => draft.reason = value.into_owned(),
            "do" => draft.put = value == "put",
            _ => {}
        }
    }
    Ok(draft)
}
