//! The web's edge, and the only place that knows axum.

mod admin;
pub mod api;
mod asked;
pub mod assets;
pub mod auth;
mod bulk;
mod configuration;
mod cookie;
mod csv;
mod exceptions;
mod figures;
mod files;
mod handling;
mod health;
pub mod limits;
mod listen;
mod live;
pub mod metrics;
pub mod problem;
mod quarantine;
mod refused;
mod request;
mod roles;
mod security;
mod sign_in;
mod ui;
mod work;

pub use listen::{Peer, serve};
pub use problem::Problem;

use crate::{
    clock::Clock,
    config::{Role, Settings},
    domain::event::Limits,
    service::{accounts::Accounts, audit::Audit, duties::Duties, health::Health, intake::Intake, live::Live, policy::Policies},
    shutdown::Shutdown,
};
use app::ports::Ports;
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    middleware,
    routing::{get, post},
};
use std::{ops::Deref, sync::Arc};

/// What the sign-in form may weigh.
const SIGN_IN_BODY: usize = 16 * 1024;

/// What handlers share.
#[derive(Clone)]
pub struct Edge(Arc<Parts>);

/// The parts of [`Edge`].
pub struct Parts {
    /// What holds.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// People, sign-ins and keys.
    pub accounts: Arc<Accounts>,
    /// The audit trail.
    pub audit: Audit,
    /// Contracts, expectations, tolerances.
    pub policies: Policies,
    /// The one door for events.
    pub intake: Arc<dyn Intake>,
    /// What pages read and act through.
    pub ports: Ports,
    /// Who is told of changes.
    pub live: Arc<Live>,
    /// Parts that have to work before traffic is taken.
    pub health: Health,
    /// Which of Waybill's own work this process does at the moment.
    pub duties: Arc<Duties>,
    /// How often a key may ask.
    pub rates: limits::Rates,
    /// What is counted.
    pub metrics: metrics::Metrics,
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

impl FromRef<Edge> for Arc<dyn Intake> {
    fn from_ref(edge: &Edge) -> Self {
        Arc::clone(&edge.intake)
    }
}

/// Every route.
pub fn router(edge: Edge) -> Router {
    let in_time = middleware::from_fn_with_state(edge.clone(), limits::in_time);
    let pages = Router::new()
        .merge(ui::routes(&edge))
        .layer(middleware::from_fn(limits::form_body))
        .merge(forms())
        .merge(refusable(&edge))
        .merge(work::files())
        .merge(files::routes())
        .layer(middleware::from_fn(asked::known))
        .layer(in_time.clone())
        // A stream is not bound to end in time.
        .route("/live", get(live::stream))
        .fallback(ui::not_found)
        .layer(middleware::from_fn_with_state(edge.clone(), auth::pages));
    let door = api::Door {
        intake: Arc::clone(&edge.intake),
        clock: edge.clock.clone(),
        limits: Limits::DEFAULT,
        room: if edge.settings.database_url.is_server() { api::Room::FAR } else { api::Room::NEAR },
        shutdown: edge.shutdown.clone(),
    };
    let api = admin::routes()
        .merge(exceptions::api())
        .merge(bulk::api())
        .merge(quarantine::api::routes())
        .merge(figures::api())
        .merge(handling::api())
        .merge(work::api());
    let api = roles::only(&edge, Role::Http, api)
        .merge(roles::only(&edge, Role::Intake, api::events(door)))
        .layer(in_time)
        .layer(middleware::from_fn_with_state(edge.clone(), auth::api));
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::with_token))
        .merge(assets::routes())
        .merge(api)
        .merge(api::described(Some(assets::assets().style)))
        .merge(roles::only(&edge, Role::Http, pages))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(edge.clone(), request::around))
        .with_state(edge)
}

/// The forms of the pages: one that is refused leads back to its page.
fn refusable(edge: &Edge) -> Router<Edge> {
    Router::new()
        .merge(exceptions::forms())
        .merge(bulk::forms())
        .merge(handling::forms())
        .merge(configuration::forms())
        .merge(quarantine::forms())
        .layer(middleware::from_fn_with_state(edge.clone(), refused::lead_back))
}

/// Forms that are answered here and not by the interface's server functions.
fn forms() -> Router<Edge> {
    Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .layer(DefaultBodyLimit::max(SIGN_IN_BODY))
}
