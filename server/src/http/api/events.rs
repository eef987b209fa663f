//! `POST /api/v1/events`: one event, or a batch.

use super::{
    Door, Wishes, body,
    result::{EventResult, Results},
};
use crate::{
    domain::{
        event::{ReadTerms, is_json},
        receipt::{Inbound, Lane},
    },
    http::{Problem, auth::Who},
    intake::{batch, binary, structured},
};
use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};

/// A batch of more events than this leaves the fast lane to those who send one by one.
const FEW: usize = 50;

/// Takes one event, or a batch of them.
///
/// The answer comes after the commit and has one result for each event, in order. An event that cannot be read or applied is
/// kept in quarantine and answered so: it needs no second sending.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "events",
    operation_id = "sendEvents",
    params(
        ("waybill-mode" = Option<String>, Header, description = "`history` for old data: no timers, no alerts"),
        ("mode" = Option<String>, Query, description = "The same, where headers cannot be set"),
    ),
    request_body(
        description = "A CloudEvents 1.0 event in structured mode, a batch of at most 1,000, or in binary mode: attributes in \
            `ce-` headers and the payload as the body. At most 1 MiB, as gzip or br at most 16 MiB of text. What `data` may \
            hold is said by /api/v1/contracts.",
        content(
            (serde_json::Value = "application/cloudevents+json"),
            (Vec<serde_json::Value> = "application/cloudevents-batch+json"),
            (serde_json::Value = "application/json"),
        )
    ),
    responses(
        (status = 200, description = "Every event is committed", body = Results),
        (status = 401, response = super::openapi::Failure),
        (status = 403, response = super::openapi::Failure),
        (status = 413, response = super::openapi::Failure),
        (status = 415, response = super::openapi::Failure),
        (status = 422, response = super::openapi::Failure),
        (status = 429, response = super::openapi::Busy),
        (status = 503, response = super::openapi::Busy),
    ),
    security(("key" = [])),
)]
pub(super) async fn take(
    State(door): State<Door>,
    Who(actor): Who,
    wishes: Wishes,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Results>, Problem> {
    body::known_encoding(&headers)?;
    let form = Form::of(&headers)?;
    let bytes = body::whole(sent, door.limits.decompressed).await?;
    let items = form.read(&headers, &bytes, &door.terms())?;
    let lane = if items.len() > FEW { Lane::Bulk } else { Lane::Single };
    let receipts = door.intake.submit(&actor, wishes.terms(&actor, lane), items).await?;
    Ok(Json(Results { results: receipts.into_iter().map(EventResult::from).collect() }))
}

/// How the request carries its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Structured,
    Binary,
    Batch,
    /// Plain JSON: an object is an event, an array is a batch.
    Json,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let media_type = content_type(headers).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/cloudevents+json" => Ok(Self::Structured),
            "application/cloudevents-batch+json" => Ok(Self::Batch),
            other if other.starts_with("application/cloudevents") => Err(unsupported()),
            _ if headers.keys().any(|name| name.as_str().starts_with(binary::PREFIX)) => Ok(Self::Binary),
            other if is_json(other) => Ok(Self::Json),
            _ => Err(unsupported()),
        }
    }

    fn read(self, headers: &HeaderMap, bytes: &[u8], terms: &ReadTerms) -> Result<Vec<Inbound>, Problem> {
        let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
        match self {
            Self::Binary => {
                let attributes = headers
                    .iter()
                    .filter_map(|(name, value)| Some((name.as_str().strip_prefix(binary::PREFIX)?, value.as_bytes())))
                    .collect();
                let parts = binary::Parts { attributes, content_type: content_type(headers), body: bytes };
                Ok(vec![binary::read(&parts, terms)])
            }
            _ if first.is_none() => Err(Problem::invalid("The request has no body.")),
            Self::Structured => Ok(vec![structured::read(bytes, terms)]),
            Self::Json if first != Some(&b'[') => Ok(vec![structured::read(bytes, terms)]),
            Self::Batch | Self::Json => batch::read(bytes, terms).map_err(|error| {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "batch_too_large", "The batch has too many events")
                    .detail(format!("{error}."))
            }),
        }
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

fn unsupported() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type_unsupported", "The body's media type is not understood")
        .detail(
            "Send application/cloudevents+json, application/cloudevents-batch+json, or JSON with `ce-` headers; NDJSON goes to \
         /api/v1/events:stream.",
        )
}
