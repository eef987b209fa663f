//! The API's description: OpenAPI, made out of the handlers.

use super::{asyncapi, contracts, events, result, stream};
use crate::http::{
    admin::{api_keys, audit, config, policy, users},
    bulk, exceptions, figures, handling,
    quarantine::api as quarantine,
    work,
};
use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use std::sync::LazyLock;
use utoipa::{
    IntoResponses, Modify, OpenApi, ToResponse, ToSchema,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Waybill",
        description = "Events in, one truth about every shipment out. Each request carries the API key of its source. Errors are \
            `application/problem+json` with a stable `code` and the request's `id`."
    ),
    paths(
        events::take,
        stream::take,
        contracts::list,
        contracts::one,
        asyncapi::answer,
        users::list,
        users::add,
        users::change,
        users::revoke_sessions,
        api_keys::list,
        api_keys::add,
        api_keys::revoke,
        audit::list,
        policy::read,
        policy::versions,
        policy::replace,
        config::read,
        config::replace,
        exceptions::list,
        exceptions::one,
        exceptions::act,
        exceptions::undo,
        exceptions::map::map,
        exceptions::readiness,
        exceptions::waive::waive,
        bulk::list,
        bulk::prepare,
        bulk::one,
        bulk::items,
        bulk::turn,
        quarantine::list,
        quarantine::one,
        quarantine::fix,
        quarantine::replay,
        quarantine::discard,
        figures::list,
        figures::one,
        figures::rows,
        handling::read,
        handling::act,
        handling::undo,
        handling::attach,
        handling::document,
        work::list,
    ),
    components(
        schemas(result::Tally, ProblemBody),
        responses(Failure, Busy)
    ),
    tags(
        (name = "events", description = "Sending what happened"),
        (name = "contracts", description = "What an event may hold"),
        (name = "people", description = "Who may sign in. Asked with the cookie of an administrator's session"),
        (name = "keys", description = "Keys of sources. Asked with the cookie of a session"),
        (name = "config", description = "Contracts, expectations, tolerances. Asked with the cookie of a session"),
        (name = "exceptions", description = "What went wrong, whose move it is, how much money waits. Asked with the cookie of a session"),
        (name = "quarantine", description = "What could not be read: why, and fixing, replaying or discarding it. Asked with the cookie \
            of a session"),
        (name = "kpis", description = "Key figures: what they mean, what they are, the rows behind them. Asked with the cookie of a session"),
        (name = "acts", description = "What people do with a shipment: papers, proofs of delivery, charges, corrections. Asked with the \
            cookie of a session"),
        (name = "work", description = "Lists of work: what waits, since when, for how much money. Asked with the cookie of a session"),
        (name = "audit", description = "Who did what. Asked with the cookie of a session"),
    ),
    modifiers(&Key)
)]
struct Api;

struct Key;

impl Modify for Key {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some("An API key, as `waybill apikey create` shows it once.".into());
        openapi.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// An error.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the wire form of Problem to OpenAPI")]
struct ProblemBody {
    /// HTTP status.
    status: u16,
    /// Stable, for programs.
    #[schema(example = "batch_too_large")]
    code: String,
    /// For people, the same for every case of this code.
    title: String,
    /// For people, about this case.
    detail: Option<String>,
    /// The request's id, as in the log and in `x-request-id`.
    id: Option<String>,
}

/// The request was not taken; nothing of it is stored. `code` says why.
#[derive(ToResponse)]
#[response(content_type = "application/problem+json")]
#[expect(dead_code, reason = "describes an answer to OpenAPI")]
pub(in crate::http) struct Failure(#[to_schema] ProblemBody);

/// What any call of a person may be answered: nobody is signed in, they may not, the store is away.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers to OpenAPI")]
pub(in crate::http) enum Barred {
    #[response(status = 401)]
    Unknown(#[ref_response] Failure),
    #[response(status = 403)]
    Forbidden(#[ref_response] Failure),
    #[response(status = 503)]
    Away(#[ref_response] Failure),
}

/// What a call that changes something may be answered besides; nothing was changed then: it is not there, somebody was faster, it does
/// not say what it must.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers to OpenAPI")]
pub(in crate::http) enum Unchanged {
    #[response(status = 404)]
    NotThere(#[ref_response] Failure),
    #[response(status = 409)]
    TooLate(#[ref_response] Failure),
    #[response(status = 422)]
    NotValid(#[ref_response] Failure),
}

/// Not now; nothing of it is stored. Send it again after as many seconds as `Retry-After` says.
#[derive(ToResponse)]
#[response(content_type = "application/problem+json", headers(("retry-after" = u32, description = "Seconds to wait")))]
#[expect(dead_code, reason = "describes an answer to OpenAPI")]
pub(super) struct Busy(#[to_schema] ProblemBody);

/// The description as JSON text.
pub fn openapi_json() -> &'static str {
    static JSON: LazyLock<String> =
        LazyLock::new(|| Api::openapi().to_pretty_json().expect("a description is made of text and numbers"));
    &JSON
}

/// `/api/v1/openapi.json`
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/api/v1/openapi.json", get(answer))
}

async fn answer() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], openapi_json())
}
