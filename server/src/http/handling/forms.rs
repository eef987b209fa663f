//! The forms of the pages. Each is answered by a redirect to where its effect is seen, with words on what it came to.

use super::{BODY, document, upload};
use crate::http::{Edge, Problem, auth::Who};
use app::{
    error::AppError,
    model::{Flash, ShipmentAct, ShipmentActed, Undo},
    paths,
    ports::Caller,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

/// `/shipments/{id}/acts` and `…/documents`.
pub(in crate::http) fn forms() -> Router<Edge> {
    let documents = Router::new().route("/shipments/{id}/documents", post(attach)).layer(DefaultBodyLimit::max(upload::BODY));
    Router::new()
        .route("/shipments/{id}/acts", post(act))
        .route("/shipments/{id}/acts/{act}/undo", post(undo))
        .layer(DefaultBodyLimit::max(BODY))
        .route("/shipments/{id}/documents/{document}", get(document))
        .merge(documents)
}

/// The pairs of a plain form.
pub(in crate::http) fn pairs(headers: &HeaderMap, form: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    let plain = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !plain.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::invalid("send the form as application/x-www-form-urlencoded"));
    }
    Ok(form_urlencoded::parse(form).into_owned().collect())
}

/// The first field of this name.
pub(in crate::http) fn field(pairs: &[(String, String)], name: &str) -> String {
    pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

async fn attach(State(edge): State<Edge>, who: Who, Path(id): Path<String>, upload: upload::Upload) -> Result<Response, Problem> {
    let caller = Caller::from(who);
    let acted = edge.ports.handling.attach(&caller, id.clone(), upload.document).await;
    told(&edge, &caller, (&id, &upload.back), "The document was not attached", acted).await
}

async fn act(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Result<Response, Problem> {
    let pairs = pairs(&headers, &form)?;
    let mut members: serde_json::Map<_, _> = pairs.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    // A form that corrects has a mark for each field.
    if let Some(mark) = members.get(&format!("seen_{}", field(&pairs, "field"))).cloned() {
        members.insert("seen".into(), mark);
    }
    let act: ShipmentAct = serde_json::from_value(serde_json::Value::Object(members))
        .map_err(|error| Problem::invalid(format!("action: {error}")))?;
    let caller = Caller::from(who);
    let acted = edge.ports.handling.act_on_shipment(&caller, id.clone(), act).await;
    told(&edge, &caller, (&id, &field(&pairs, "back")), "Nothing was changed", acted).await
}

async fn undo(
    State(edge): State<Edge>,
    who: Who,
    Path((id, act)): Path<(String, String)>,
    headers: HeaderMap,
    form: Bytes,
) -> Result<Response, Problem> {
    let pairs = pairs(&headers, &form)?;
    let caller = Caller::from(who);
    let acted = edge.ports.handling.undo(&caller, id.clone(), act, field(&pairs, "note")).await;
    told(&edge, &caller, (&id, &field(&pairs, "back")), "Nothing was taken back", acted).await
}

/// Leads back with words on what it came to. What the person can mend is told there; what they may not do, or what is not there,
/// is a problem as everywhere.
async fn told(
    edge: &Edge,
    caller: &Caller,
    (shipment, back): (&str, &str),
    what: &str,
    acted: Result<ShipmentActed, AppError>,
) -> Result<Response, Problem> {
    let flash = match acted {
        Ok(ShipmentActed { id, done, undo }) => {
            Flash { done: Some(done), undo: undo.then(|| Undo::Shipment(shipment.to_owned(), id)), ..Flash::default() }
        }
        Err(AppError::Invalid { message, .. }) => Flash::refused(what, message),
        Err(error @ AppError::Conflict { .. }) => Flash::refused(what, error.to_string()),
        Err(other) => return Err(other.into()),
    };
    let id = edge.ports.flashes.keep(caller, flash).await;
    Ok(Redirect::to(&paths::flashed(back, &paths::shipment(shipment), &id)).into_response())
}
