//! `/api/v1`: events in, contracts and OpenAPI out.

mod asyncapi;
mod body;
mod contracts;
mod docs;
mod events;
mod openapi;
mod result;
mod stream;
#[cfg(test)]
mod tests;

pub use asyncapi::asyncapi_json;
pub use openapi::openapi_json;
pub(in crate::http) use openapi::{Barred, Failure, Unchanged};
pub use stream::Room;

use super::Problem;
use crate::{
    clock::Clock,
    domain::{
        access::Actor,
        event::{Limits, ReadTerms},
        receipt::{IntakeTerms, Lane},
    },
    service::intake::{Intake, IntakeError},
    shutdown::Shutdown,
};
use axum::{
    Router,
    extract::{FromRequestParts, Query},
    http::{HeaderMap, request},
    routing::post,
};
use serde::Deserialize;
use std::sync::Arc;

/// What the routes that take events work with.
#[derive(Clone)]
pub struct Door {
    /// Takes events in.
    pub intake: Arc<dyn Intake>,
    /// The time.
    pub clock: Clock,
    /// What is too much.
    pub limits: Limits,
    /// How much of a stream is in memory.
    pub room: Room,
    /// When to stop reading streams.
    pub shutdown: Shutdown,
}

impl Door {
    fn terms(&self) -> ReadTerms {
        ReadTerms { now: self.clock.now(), limits: self.limits }
    }
}

/// Routes that take events. The actor has to be in the request's extensions as `Arc<Actor>`.
pub fn events<S: Clone + Send + Sync + 'static>(door: Door) -> Router<S> {
    Router::new()
        .route("/api/v1/events", body::decompressed(post(events::take), Some(door.limits.body)))
        .route("/api/v1/events:stream", body::decompressed(post(stream::take), None))
        .with_state(door)
}

/// Routes that say what may be sent: contracts, OpenAPI, and a page to read them on, in the stylesheet at this path if any.
/// Nothing in them is secret.
pub fn described<S: Clone + Send + Sync + 'static>(stylesheet: Option<String>) -> Router<S> {
    contracts::routes().merge(openapi::routes()).merge(asyncapi::routes()).merge(docs::routes(stylesheet))
}

/// How the sender wants its events taken.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Wishes {
    mode: Mode,
    results: Shown,
}

/// Whether events are news.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Live,
    History,
}

/// Which results a stream answers with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shown {
    #[default]
    Problems,
    All,
}

impl<S: Send + Sync> FromRequestParts<S> for Wishes {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self, Problem> {
        let asked = Query::<Self>::try_from_uri(&parts.uri);
        let Query(mut wishes) =
            asked.map_err(|_| Problem::invalid("`mode` is `live` or `history`, `results` is `problems` or `all`"))?;
        match mode(&parts.headers) {
            Ok(Some(mode)) => wishes.mode = mode,
            Ok(None) => {}
            Err(Unknown) => return Err(Problem::invalid("`waybill-mode` is `live` or `history`")),
        }
        Ok(wishes)
    }
}

struct Unknown;

fn mode(headers: &HeaderMap) -> Result<Option<Mode>, Unknown> {
    match headers.get("waybill-mode").map(|value| value.as_bytes()) {
        None => Ok(None),
        Some(b"live") => Ok(Some(Mode::Live)),
        Some(b"history") => Ok(Some(Mode::History)),
        Some(_) => Err(Unknown),
    }
}

impl Wishes {
    fn terms(self, actor: &Actor, lane: Lane) -> IntakeTerms {
        IntakeTerms { environment: actor.environment, history: self.mode == Mode::History, lane }
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Forbidden(_) => Self::forbidden(),
            IntakeError::Busy { retry_after } => Self::too_many(retry_after),
            IntakeError::Unavailable(cause) => {
                tracing::error!(error = format!("{cause:#}"), "events could not be stored");
                Self::unavailable()
            }
        }
    }
}
