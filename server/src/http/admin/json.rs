//! JSON in and out, in this API's words.

mod names;

use crate::{domain::time::Instant, http::Problem};
use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A JSON body; what is wrong with it is told as a problem.
pub(in crate::http) struct Body<T>(pub(in crate::http) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = axum::Json::<T>::from_request(request, state).await;
        read.map(|axum::Json(value)| Self(value)).map_err(|rejection| match rejection {
            JsonRejection::MissingJsonContentType(_) => Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send JSON, with Content-Type: application/json",
            ),
            JsonRejection::JsonSyntaxError(error) => {
                Problem::new(StatusCode::BAD_REQUEST, "json_malformed", "The body is not JSON").detail(error.body_text())
            }
            JsonRejection::BytesRejection(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large")
            }
            other => Problem::invalid(other.body_text()),
        })
    }
}

/// The query; what is wrong with it is told as a problem: what is not asked here, and what is told twice, by its name.
pub(in crate::http) struct Asked<T>(pub(in crate::http) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let known = names::of::<T>();
        let mut told = BTreeSet::new();
        for (name, _) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if !known.is_empty() && !known.contains(&&*name) {
                return Err(Problem::invalid(format!("{name}: is not asked here; known are {}", known.join(", "))));
            }
            if !told.insert(name.clone()) {
                return Err(Problem::invalid(format!("{name}: is told more than once")));
            }
        }
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(value)| Self(value)).map_err(|error| Problem::invalid(error.body_text()))
    }
}

/// A list, as every list of this API is.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct List<T> {
    /// The rows, in the list's order.
    pub(super) items: Vec<T>,
    /// Opaque; none on the last page.
    pub(super) next: Option<String>,
    /// When this was read.
    pub(super) as_of: String,
}

/// RFC 3339, UTC, to the microsecond.
pub(super) fn rfc3339(at: Instant) -> String {
    let time = DateTime::<Utc>::from_timestamp_micros(at.0).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The instant of an RFC 3339 time.
pub(super) fn instant(text: &str, field: &str) -> Result<Instant, Problem> {
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| Instant(time.timestamp_micros()))
        .map_err(|_| Problem::invalid(format!("{field}: must be a time such as 2026-01-31T12:00:00Z")))
}

/// Tells a field that is `null` from one that is not there.
pub(super) fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
