//! What people do with shipments over HTTP: the forms that pages post, and the same as JSON for programs of people.

mod forms;
mod upload;

pub(super) use forms::{field, forms, pairs};

use super::{Edge, Problem, admin::json::Body, auth::Who};
use crate::http::api::{Barred, Failure, Unchanged};
use app::model::{Document, Handled, ShipmentAct, ShipmentActed};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use upload::Upload;
use utoipa::ToSchema;

/// What an act with a long note weighs.
const BODY: usize = 64 * 1024;

/// `/api/v1/shipments/{id}/acts` and `…/documents`.
pub(super) fn api() -> Router<Edge> {
    let documents =
        Router::new().route("/api/v1/shipments/{id}/documents", post(attach)).layer(DefaultBodyLimit::max(upload::BODY));
    Router::new()
        .route("/api/v1/shipments/{id}/acts", get(read).post(act))
        .route("/api/v1/shipments/{id}/acts/{act}/undo", post(undo))
        .route("/api/v1/shipments/{id}/documents/{document}", get(document))
        .layer(DefaultBodyLimit::max(BODY))
        .merge(documents)
}

/// What people did with a shipment: documents, what they said, and what the caller may do.
#[utoipa::path(
    get,
    path = "/api/v1/shipments/{id}/acts",
    tag = "acts",
    operation_id = "readActs",
    params(("id" = String, Path, description = "Waybill's id of the shipment")),
    responses(
        (status = 200, description = "Documents, acts with who took them back, `may`, and what can be corrected"),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(super) async fn read(State(edge): State<Edge>, who: Who, Path(id): Path<String>) -> Result<Json<Handled>, Problem> {
    Ok(Json(edge.ports.handling.handled(&who.into(), id).await?))
}

/// Says something of a shipment. It becomes an event of the source `waybill/desk`.
#[utoipa::path(
    post,
    path = "/api/v1/shipments/{id}/acts",
    tag = "acts",
    operation_id = "actOnShipment",
    params(("id" = String, Path, description = "Waybill's id of the shipment")),
    request_body(content = Object, description = "`{\"action\": \"validate_pod\", \"signed_by\": \"…\"}`, `{\"action\": \"reject_pod\", \
        \"reason\": \"illegible\", \"note\": \"…\"}`, `{\"action\": \"approve_charges\", \"amount\": \"1250.50\", \"currency\": \"USD\"}`, \
        or `{\"action\": \"correct\", \"field\": \"customer\", \"value\": \"C-1042\", \"note\": \"…\"}`. \
        What is decided on can be named: `\"seen\"` with the mark that reading told (`seen.proof`, `seen.charges`, or `seen` of the field that is corrected); who comes too late is \
        answered 409 and told who was faster"),
    responses(
        (status = 200, description = "`id` takes it back, `done` says what was done"),
        Barred,
        Unchanged,
    ),
)]
pub(super) async fn act(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    Body(act): Body<ShipmentAct>,
) -> Result<Json<ShipmentActed>, Problem> {
    Ok(Json(edge.ports.handling.act_on_shipment(&who.into(), id, act).await?))
}

/// Why something is taken back.
#[derive(Deserialize, ToSchema)]
pub(super) struct Why {
    /// In words.
    #[serde(default)]
    note: String,
}

/// Takes back what was said or attached: the facts are as if it had never been said, and the timeline tells both.
#[utoipa::path(
    post,
    path = "/api/v1/shipments/{id}/acts/{act}/undo",
    tag = "acts",
    operation_id = "undoAct",
    params(("id" = String, Path, description = "Waybill's id of the shipment"), ("act" = String, Path)),
    request_body = Why,
    responses(
        (status = 200, description = "Taken back"),
        Barred,
        Unchanged,
    ),
)]
pub(super) async fn undo(
    State(edge): State<Edge>,
    who: Who,
    Path((id, act)): Path<(String, String)>,
    Body(Why { note }): Body<Why>,
) -> Result<Json<ShipmentActed>, Problem> {
    Ok(Json(edge.ports.handling.undo(&who.into(), id, act, note).await?))
}

/// Attaches a proof of delivery: a PDF, PNG, JPEG or TIFF of at most 10 MiB. It counts as received at once.
#[utoipa::path(
    post,
    path = "/api/v1/shipments/{id}/documents",
    tag = "acts",
    operation_id = "attachDocument",
    params(("id" = String, Path, description = "Waybill's id of the shipment")),
    request_body(content = Object, content_type = "multipart/form-data", description = "`file`, and optionally `signed_by`, `lacks` \
        (repeated: `signature`, `date`, `stamp`, `page`), `note`"),
    responses(
        (status = 200, description = "`id` is the document's, and takes it back"),
        Barred,
        (status = 404, response = Failure),
        (status = 413, response = Failure),
        (status = 415, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(super) async fn attach(
    State(edge): State<Edge>,
    who: Who,
    Path(id): Path<String>,
    upload: Upload,
) -> Result<Json<ShipmentActed>, Problem> {
    Ok(Json(edge.ports.handling.attach(&who.into(), id, upload.document).await?))
}

/// A document, as an attachment. One that was taken back is not served.
#[utoipa::path(
    get,
    path = "/api/v1/shipments/{id}/documents/{document}",
    tag = "acts",
    operation_id = "readDocument",
    params(("id" = String, Path, description = "Waybill's id of the shipment"), ("document" = String, Path)),
    responses(
        (status = 200, description = "Its bytes, of the type that they are"),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(super) async fn document(
    State(edge): State<Edge>,
    who: Who,
    Path((id, document)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let Document { file_name, media_type, bytes } = edge.ports.handling.document(&who.into(), id, document).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let plain = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, plain(&media_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&file_name));
    // Should it be shown after all: in a world of its own, without scripts.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

/// `attachment`, with the name in ASCII and in full (RFC 6266).
fn disposition(file_name: &str) -> HeaderValue {
    let ascii: String = file_name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect();
    let full = app::paths::with_query("", &[("n", file_name)]);
    let full = full.strip_prefix("?n=").unwrap_or_default();
    HeaderValue::from_str(&format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{full}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_to_old_and_new_browsers() {
        assert_eq!(disposition("pod 1.pdf"), "attachment; filename=\"pod 1.pdf\"; filename*=UTF-8''pod%201.pdf");
        assert_eq!(disposition("signé\"%.pdf"), "attachment; filename=\"sign___.pdf\"; filename*=UTF-8''sign%C3%A9%22%25.pdf");
        assert_eq!(disposition("a\r\nb"), "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab");
    }
}
