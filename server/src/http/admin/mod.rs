//! `/api/v1` for administrators: people, keys, and the audit trail.

pub(in crate::http) mod api_keys;
pub(in crate::http) mod audit;
pub(in crate::http) mod config;
pub(in crate::http) mod json;
pub(in crate::http) mod policy;
pub(in crate::http) mod users;

use super::Edge;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, patch},
};

/// What an administrator's request may weigh.
const SMALL_BODY: usize = 64 * 1024;
/// What a whole policy may weigh: thousands of customers with their contracts.
const POLICY_BODY: usize = 4 << 20;

/// Every route of theirs.
pub(super) fn routes() -> Router<Edge> {
    Router::new()
        .route("/api/v1/users", get(users::list).post(users::add))
        .route("/api/v1/users/{name}", patch(users::change))
        .route("/api/v1/users/{name}/sessions", delete(users::revoke_sessions))
        .route("/api/v1/api-keys", get(api_keys::list).post(api_keys::add))
        .route("/api/v1/api-keys/{id}", delete(api_keys::revoke))
        .route("/api/v1/audit", get(audit::list))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .merge(configuration())
}

fn configuration() -> Router<Edge> {
    Router::new()
        .route("/api/v1/config/policy", get(policy::read).put(policy::replace))
        .route("/api/v1/config/policy/versions", get(policy::versions))
        .route("/api/v1/config/{kind}", get(config::read).put(config::replace))
        .layer(DefaultBodyLimit::max(POLICY_BODY))
}
