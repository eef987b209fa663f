//! What this process does not serve, it says so.

use super::{Edge, Problem};
use crate::config::Role;
use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

/// Routes that are answered only in this role. 503, since another process may well answer: a proxy goes on to that one.
pub(super) fn only(edge: &Edge, role: Role, routes: Router<Edge>) -> Router<Edge> {
    if edge.settings.roles.has(role) {
        return routes;
    }
    routes.layer(middleware::from_fn_with_state(edge.clone(), elsewhere))
}

async fn elsewhere(State(edge): State<Edge>, _: Request, _: Next) -> Response {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "served_elsewhere", "Another process of this Waybill answers that")
        .detail(format!("the roles of this one: {}", edge.settings.roles))
        .into_response()
}
