//! Bounds: how often a key may ask, and how long an answer may take.

use super::{Edge, Problem};
use crate::domain::ids::ApiKeyId;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use std::{num::NonZeroU32, time::Duration};

/// Requests a second by key.
pub struct Rates {
    limiter: Option<DefaultKeyedRateLimiter<ApiKeyId>>,
}

impl Rates {
    /// So many; 0 is no limit.
    pub fn new(per_second: u32) -> Self {
        let limiter = NonZeroU32::new(per_second).map(|n| RateLimiter::keyed(Quota::per_second(n)));
        Self { limiter }
    }

    /// Counts a request; the error is how long to wait. Only keys in force come here, so there are never many.
    pub(super) fn admit(&self, key: &ApiKeyId) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter.check_key(key).map_err(|until| until.wait_time_from(governor::clock::DefaultClock::default().now()))
    }
}

/// Answers 503 when an answer takes too long. Not for streams.
pub(super) async fn in_time(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let limit = edge.settings.request_timeout();
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        Problem::unavailable().detail(format!("there was no answer within {} s", limit.as_secs())).into_response()
    })
}
