//! Around every request: its id, a panic's end, security headers, one log line, the count.

use super::{Edge, Problem, metrics::Answered, problem, security};
use crate::{ids, telemetry};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Instant};
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Nobody's id is longer; a longer one is replaced by our own.
const LONGEST_ID: usize = 64;

pub(super) async fn around(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request.headers().get(&REQUEST_ID).and_then(acceptable).map_or_else(ids::fresh, str::to_owned);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(none)", |path| path.as_str());
    // A browser that asks for a page; programs and scripts read JSON.
    let accepts = request.headers().get(header::ACCEPT).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let person = accepts && !request.uri().path().starts_with("/api/");
    let span = tracing::info_span!("request", request.id = id.as_str());
    let answer = telemetry::in_request(id.clone(), caught(next.run(request)));
    let mut response = answer.instrument(span.clone()).await;
    if person && let Some(problem) = response.extensions().get::<Problem>() {
        let mut page = problem::page(problem);
        for kept in [header::RETRY_AFTER, header::CACHE_CONTROL, header::ALLOW] {
            if let Some(value) = response.headers().get(&kept) {
                page.headers_mut().insert(kept, value.clone());
            }
        }
        response = page;
    }
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, HeaderValue::from_str(&id).expect("made or checked to be plain"));
    security::headers(headers);
    let status = response.status();
    let took = begun.elapsed();
    edge.metrics.answered(&Answered { method: &method, route, status, took });
    let millis = took.as_secs_f64() * 1e3;
    let _entered = span.enter();
    if status.is_server_error() {
        tracing::warn!(http.method = %method, http.route = route, http.status = status.as_u16(), http.ms = millis, "answered");
    } else {
        tracing::debug!(http.method = %method, http.route = route, http.status = status.as_u16(), http.ms = millis, "answered");
    }
    response
}

/// A panic ends its own request and nothing else. The hook logs it, within the span and so with the request's id.
async fn caught(answer: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|_| Problem::internal().into_response())
}

fn acceptable(value: &HeaderValue) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    value.to_str().ok().filter(|id| !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn a_panic_is_a_problem_with_the_requests_id_and_nothing_of_its_message() {
        let answer = telemetry::in_request("r-1".into(), caught(async { panic!("a secret in the message") })).await;
        assert_eq!(answer.status(), 500);
        let body = to_bytes(answer.into_body(), 1 << 16).await.expect("a body");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((body["code"].as_str(), body["id"].as_str()), (Some("internal"), Some("r-1")));
        assert!(!body.to_string().contains("secret"));
    }
}
