use super::json::{Body, List, instant, rfc3339};
use crate::{
    domain::{
        access::{Environment, Scope},
        account::ApiKey,
    },
    http::{Edge, Problem, auth::Who},
    service::accounts::NewKey,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};

/// A key on the wire.
#[derive(Serialize)]
struct Key {
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

pub(super) async fn list(State(edge): State<Edge>, Who(actor): Who) -> Result<impl IntoResponse, Problem> {
    let keys = edge.accounts.keys(&actor).await?;
    let items = keys.into_iter().map(|key| Key::new(key, None)).collect();
    Ok(Json(List { items, next: None, as_of: rfc3339(edge.clock.now()) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApiKey {
    name: String,
    sources: Vec<String>,
    #[serde(default)]
    regions: Option<Vec<String>>,
    #[serde(default)]
    business_units: Option<Vec<String>>,
    #[serde(default)]
    environment: Option<Environment>,
    #[serde(default)]
    expires_at: Option<String>,
}

pub(super) async fn add(
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

pub(super) async fn revoke(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    Ok(Json(Key::new(edge.accounts.revoke_key(&actor, &id).await?, None)))
}
