//! Errors on the wire: problem+json (RFC 9457) with a stable code and the request's id.

use crate::telemetry;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::time::Duration;

/// An error as a client sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    #[serde(serialize_with = "status")]
    status: StatusCode,
    /// Stable, for programs.
    code: &'static str,
    /// For people, the same for every case of this code.
    title: String,
    /// For people, about this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The request's id, as in the log and in `x-request-id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

fn status<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    /// When to come again where something is away or busy.
    pub(super) const AGAIN: Duration = Duration::from_secs(1);

    /// A problem of this code.
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self { status, code, title: title.into(), detail: None, id: None, retry_after: None }
    }

    /// About this case.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Of the request with this id, where that is not the one under way.
    pub(super) fn of_request(self, id: Option<String>) -> Self {
        Self { id, ..self }
    }

    /// When trying again makes sense.
    pub fn retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// The case in words; without them what every case of its code is called.
    pub(super) fn words(&self) -> String {
        self.detail.clone().unwrap_or_else(|| self.title.clone())
    }

    /// Nobody is signed in, or the key is not good.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Sign in, or send a valid API key")
    }

    /// The role, the key or the scope does not allow it.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This actor may not do that")
    }

    /// The same of the configuration.
    pub fn configuration_forbidden() -> Self {
        Self::forbidden().detail("What is configured counts for every region and business unit: only who sees all of them changes it, and whose role says so")
    }

    /// There is no such thing, or not in the actor's scope.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here under that name")
    }

    /// Somebody else changed it, or it is there already.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "It was changed, or is there already").detail(detail)
    }

    /// The request does not say what it must.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid").detail(detail)
    }

    /// Too much for now.
    pub fn too_many(wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests; wait a moment").retry_after(wait)
    }

    /// The store is away, or the answer took too long.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Waybill cannot answer just now; try again")
            .retry_after(Self::AGAIN)
    }

    /// A fault of ours; whoever makes this has logged the cause.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
    }
}

/// A page that says the same, for people whose page could not be made. Carries no script, and works when nothing else does.
pub(super) fn page(problem: &Problem) -> Response {
    let Problem { status, title, detail, id, .. } = problem;
    let style = super::assets::assets().style;
    let detail = detail.as_deref().map(|detail| format!("<p>{}</p>", escaped(detail))).unwrap_or_default();
    let id = id.as_deref().map(|id| format!("<p>Request <code>{}</code></p>", escaped(id))).unwrap_or_default();
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Waybill</title><link \
         rel=\"stylesheet\" href=\"{style}\"></head><body><main id=\"main\"><h1>{title}</h1>{detail}{id}<p><a href=\"/\">Back to \
         the Overview</a></p></main></body></html>",
        title = escaped(title),
    );
    let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    (*status, headers, html).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        self.id = telemetry::current_request();
        let body = serde_json::to_vec(&self).expect("a problem has only text and a number");
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            // Rounded up: coming back a moment early would only be refused again.
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_millis().div_ceil(1000).max(1) as u64));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"waybill\""));
        }
        // For the outermost layer, which knows whether a person is looking.
        response.extensions_mut().insert(self);
        response
    }
}

pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not take that method")
}
