use super::json::{Body, List, rfc3339, told};
use crate::{
    domain::{
        access::{Environment, Role, Scope},
        account::{Person, role_code},
    },
    http::{
        Edge, Problem,
        api::{Barred, Failure, Unchanged},
        auth::Who,
    },
    service::accounts::{NewPerson, PersonPatch},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A person on the wire.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct User {
    name: String,
    role: &'static str,
    /// `null` is all.
    regions: Option<Vec<String>>,
    business_units: Option<Vec<String>>,
    environment: &'static str,
    time_zone: String,
    disabled: bool,
    created_at: String,
    version: i64,
    /// The password, where Waybill made one: told this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl User {
    fn new(person: Person, password: Option<String>) -> Self {
        Self {
            name: person.name.as_str().to_owned(),
            role: role_code(person.role),
            regions: person.scope.regions,
            business_units: person.scope.business_units,
            environment: person.environment.code(),
            time_zone: person.time_zone,
            disabled: person.disabled,
            created_at: rfc3339(person.created_at),
            version: person.version,
            password,
        }
    }
}

/// Lists the people whom you may manage.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    tag = "people",
    operation_id = "listUsers",
    responses(
        (status = 200, description = "Everybody of your environment and scope, by name", body = List<User>),
        Barred,
    ),
)]
pub(in crate::http) async fn list(State(edge): State<Edge>, Who(actor): Who) -> Result<impl IntoResponse, Problem> {
    let people = edge.accounts.people(&actor).await?;
    let items = people.into_iter().map(|person| User::new(person, None)).collect();
    Ok(Json(List { items, next: None, as_of: rfc3339(edge.clock.now()) }))
}

/// A person to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewUser {
    name: String,
    #[schema(value_type = String, example = "finance_lead")]
    role: Role,
    #[serde(default)]
    regions: Option<Vec<String>>,
    #[serde(default)]
    business_units: Option<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    environment: Option<Environment>,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

/// Adds a person. Without a password one is made, and told this once.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    tag = "people",
    operation_id = "addUser",
    request_body = NewUser,
    responses(
        (status = 201, description = "Added", body = User),
        Barred,
        (status = 409, response = Failure),
        (status = 422, response = Failure),
    ),
)]
pub(in crate::http) async fn add(
    State(edge): State<Edge>,
    Who(actor): Who,
    Body(new): Body<NewUser>,
) -> Result<impl IntoResponse, Problem> {
    let NewUser { name, role, regions, business_units, environment, time_zone, password } = new;
    let new = NewPerson { name, role, scope: Scope { regions, business_units }, environment, time_zone, password };
    let (person, made) = edge.accounts.add_person(&actor, new).await?;
    Ok((StatusCode::CREATED, Json(User::new(person, made))))
}

/// What shall change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct UserPatch {
    #[serde(default)]
    version: Option<i64>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<Vec<String>>)]
    regions: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "told")]
    #[schema(value_type = Option<Vec<String>>)]
    business_units: Option<Option<Vec<String>>>,
    #[serde(default)]
    time_zone: Option<String>,
    #[serde(default)]
    disabled: Option<bool>,
    #[serde(default)]
    password: Option<String>,
}

/// Changes a person; what is not told stays. A new password, and being disabled, ends every session.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{name}",
    tag = "people",
    operation_id = "changeUser",
    request_body = UserPatch,
    params(("name" = String, Path, description = "Sign-in name")),
    responses(
        (status = 200, description = "Changed", body = User),
        Barred,
        Unchanged,
    ),
)]
pub(in crate::http) async fn change(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(name): Path<String>,
    Body(patch): Body<UserPatch>,
) -> Result<impl IntoResponse, Problem> {
    let UserPatch { version, role, regions, business_units, time_zone, disabled, password } = patch;
    let patch = PersonPatch { version, role, regions, business_units, time_zone, disabled, password };
    let person = edge.accounts.change_person(&actor, &name, patch).await?;
    Ok(Json(User::new(person, None)))
}

/// How many ended.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Ended {
    ended: u64,
}

/// Signs a person out everywhere.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{name}/sessions",
    tag = "people",
    operation_id = "revokeSessions",
    params(("name" = String, Path, description = "Sign-in name")),
    responses(
        (status = 200, description = "How many sessions ended", body = Ended),
        Barred,
        (status = 404, response = Failure),
    ),
)]
pub(in crate::http) async fn revoke_sessions(
    State(edge): State<Edge>,
    Who(actor): Who,
    Path(name): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    Ok(Json(Ended { ended: edge.accounts.revoke_sessions(&actor, &name).await? }))
}
