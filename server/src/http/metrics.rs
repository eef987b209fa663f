//! `/metrics`: OpenMetrics text, behind a token or on a listener of its own.

use super::{Edge, Problem};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::Registry,
};
use sha2::{Digest, Sha256};
use std::{sync::Mutex, time::Duration};

/// Upper bounds in seconds: from a cached answer to a stuck one.
const BUCKETS: [f64; 12] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Everything that is counted. Other parts register theirs through [`Metrics::register`].
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    sign_ins: Family<OutcomeLabels, Counter>,
    pub(super) streams: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// One answered request.
pub(super) struct Answered<'a> {
    pub(super) method: &'a Method,
    pub(super) route: &'a str,
    pub(super) status: StatusCode,
    pub(super) took: Duration,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("waybill");
        let requests = Family::<RequestLabels, Counter>::default();
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        let seconds = Family::new_with_constructor(histogram);
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Time until the answer's head", seconds.clone());
        let (sign_ins, streams) = (Family::default(), Gauge::default());
        registry.register("sign_ins", "Tries to sign in, by what became of them", sign_ins.clone());
        registry.register("live_streams", "Open streams of live updates", streams.clone());
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What runs here", version);
        Self { registry: Mutex::new(registry), requests, seconds, sign_ins, streams }
    }
}

impl Metrics {
    /// Lets another part add what it counts.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.registry.lock().expect("nothing panics while it holds the registry"));
    }

    pub(super) fn answered(&self, answered: &Answered<'_>) {
        let route = answered.route.to_owned();
        let labels = RequestLabels { method: method(answered.method), route: route.clone(), status: answered.status.as_u16() };
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&RouteLabels { route }).observe(answered.took.as_secs_f64());
    }

    pub(super) fn signed_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    fn text(&self) -> Response {
        let mut text = String::new();
        let registry = self.registry.lock().expect("nothing panics while it holds the registry");
        match encode(&mut text, &registry) {
            Ok(()) => {
                ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "the metrics could not be written");
                Problem::internal().into_response()
            }
        }
    }
}

/// Methods by name; an invented one must not become a label.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

pub(super) async fn with_token(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    let Some(token) = edge.settings.metrics_token.reveal() else { return Problem::not_found().into_response() };
    let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    // Hashes are compared, so that the time taken tells nothing about the token.
    match given {
        Some(given) if Sha256::digest(given) == Sha256::digest(token) => edge.metrics.text(),
        _ => Problem::unauthorized().into_response(),
    }
}

/// The router of a listener that serves nothing else.
pub fn alone(edge: Edge) -> Router {
    Router::new().route("/metrics", get(|State(edge): State<Edge>| async move { edge.metrics.text() })).with_state(edge)
}
