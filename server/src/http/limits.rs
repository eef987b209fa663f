//! Bounds: how often a key may ask, what a form may weigh, and how long an answer may take.

use super::{Edge, Problem};
use crate::{domain::ids::ApiKeyId, service::rates::Shares};
use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::{num::NonZeroU32, time::Duration};

/// What a form may weigh: a corrected event, percent-encoded at worst.
const FORM_BODY: usize = 4 * 1024 * 1024;

/// Requests a second by key, at all processes together.
pub struct Rates {
    per_second: u32,
    limiter: Option<DefaultKeyedRateLimiter<ApiKeyId>>,
    shares: Shares,
}

impl Rates {
    /// So many; 0 is no limit.
    pub fn new(per_second: u32, shares: Shares) -> Self {
        let limiter = NonZeroU32::new(per_second).map(|n| RateLimiter::keyed(Quota::per_second(n)));
        Self { per_second, limiter, shares }
    }

    /// Counts a request; the error is how long to wait. Only keys in force come here, so there are never many.
    pub(super) async fn admit(&self, key: &ApiKeyId) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter.check_key(key).map_err(|until| until.wait_time_from(governor::clock::DefaultClock::default().now()))?;
        self.shares.take(key, self.per_second).await
    }
}

/// Reads a form's body before anything is done with it: one that is too large is refused as such.
pub(super) async fn form_body(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match Limited::new(body, FORM_BODY).collect().await {
        Ok(whole) => next.run(Request::from_parts(parts, Body::from(whole.to_bytes()))).await,
        Err(error) if error.is::<LengthLimitError>() => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The form is too large").into_response()
        }
        Err(_) => Problem::new(StatusCode::BAD_REQUEST, "body_unreadable", "The form broke off").into_response(),
    }
}

/// Answers 503 when an answer takes too long. Addresses that end in `:stream` read as long as something comes.
pub(super) async fn in_time(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if request.uri().path().ends_with(":stream") {
        return next.run(request).await;
    }
    let limit = edge.settings.request_timeout();
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        Problem::unavailable().detail(format!("there was no answer within {} s", limit.as_secs())).into_response()
    })
}
