//! The web's edge, and the only place that knows axum.

pub mod assets;
mod health;
mod listen;
pub mod metrics;
pub mod problem;
mod request;
mod security;

pub use listen::{Peer, serve};
pub use problem::Problem;

use crate::{clock::Clock, config::Settings, service::health::Part, shutdown::Shutdown};
use axum::{Router, middleware, routing::get};
use std::{ops::Deref, sync::Arc};

/// What handlers share.
#[derive(Clone)]
pub struct Edge(Arc<Parts>);

/// The parts of [`Edge`].
pub struct Parts {
    /// What holds.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// What is counted.
    pub metrics: metrics::Metrics,
    /// Parts that have to work before traffic is taken.
    pub health: Vec<Arc<dyn Part>>,
    /// When to stop.
    pub shutdown: Shutdown,
}

impl Edge {
    /// Shares the parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Edge {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Every route.
pub fn router(edge: Edge) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::with_token))
        .merge(assets::routes())
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(edge.clone(), request::around))
        .with_state(edge)
}
