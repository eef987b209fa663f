use super::json::{Body, List, instant, rfc3339};
use crate::{
    domain::{
        access::{Environment, Scope},
        account::ApiKey,
    },
    http::{
        Edge, Problem,
        api::{Barred, Failure},
        auth::Who,
    },
    service::accounts::NewKey,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key on the wire.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Key {
    id: String,
    name: String,
    /// The secret's beginning, to recognise it by.
    prefix: String,
    sources: Vec<String>,
    regions: Option<Vec<String>>,
    business_units: Option<Vec<String>>,
    environment: &'static str,
    created_at: String,
    created_by: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    /// To five minutes.
    last_used_at: Option<String>,
    /// Told once, when the key is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl Key {
    fn new(key: ApiKey, secret: Option<String>) -> Self {
        Self {
            id: key.id.0,
            name: key.name.as_str().to_owned(),
            prefix: key.prefix,
            sources: key.sources,
            regions: key.scope.regions,
            business_units: key.scope.business_units,
            environment: key.environment.code(),
            created_at: rfc3339(key.created_at),
            created_by: key.created_by,
            expires_at: key.expires_at.map(rfc3339),
            revoked_at: key.revoked_at.map(rfc3339),
            last_used_at: key.last_used_at.map(rfc3339),
            secret,
        }
    }
}

/// Lists the API keys that you may manage, the revoked among them. Secrets are never shown again.
#[utoipa::path(
    get,
    path = "/api/v1/api-keys",
    tag = "keys",
    operation_id = "listApiKeys",
    responses(
        (status = 200, description = "By name", body = List<Key>),
        Barred,
    ),
)]
pub(in crate::http) async fn list(State(edge): State<Edge>, Who(actor): Who) -> Result<impl IntoResponse, Problem> {
    let keys = edge.accounts.keys(&actor).await?;
    let items = keys.into_iter().map(|key| Key::new(key, None)).collect();
    Ok(Json(List { items, next: None, as_of: rfc3339(edge.clock.now()) }))
}

/// A key to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewApiKey {
    name: String,
    /// CloudEvents sources that it may send as; a trailing `*` stands for any ending.
    #[schema(example = json!(["tms/eu", "edi/*"]))]
    sources: Vec<String>,
    #[serde(default)]
    regions: Option<Vec<String>>,
    #[serde(default)]
    business_units: Option<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    environment: Option<Environment>,
    #[serde(default)]
    expires_at: Option<String>,
}

/// Makes an API key. Its secret is told this once.
#[utoipa::path(
    post,
    path = "/api/v1/api-keys",
    tag = "keys",
    operation_id = "addApiKey",
    request_body = NewApiKey,
    responses(
        (status = 201, description = "Made", body = Key),
        Barred,
        (status = 409, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(in crate::http) async fn add(
    State(edge): State<Edge>,
    Who(actor): Who,
    Body(new): Body<NewApiKey>,
) -> Result<impl IntoResponse, Problem> {
    let NewApiKey { name, sources, regions, business_units, environment, expires_at } = new;
    let expires_at = expires_at.map(|text| instant(&text, "expires_at")).transpose()?;
    let new = NewKey { name, sources, scope: Scope { regions, business_units }, environment, expires_at };
    let (key, secret) = edge.accounts.add_key(&actor, new).await?;
    Ok((StatusCode::CREATED, Json(Key::new(key, Some(secret)))))
}

/// Takes an API key back, by its id or its name.
#[utoipa::path(
    delete,
    path = "/api/v1/api-keys/{id}",
    tag = "keys",
    operation_id = "revokeApiKey",
    params(("id" = String, Path, description = "Its id, or the name of the one in force")),
    responses(
        (status = 200, description = "It opens nothing any more", body = Key),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(in crate::http) async fn revoke(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    Ok(Json(Key::new(edge.accounts.revoke_key(&actor, &id).await?, None)))
}
