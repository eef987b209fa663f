//! Who asks: a session's cookie or an API key becomes an `Arc<Actor>` in the request's extensions.

use super::{Edge, Peer, Problem, cookie, security};
use crate::{
    domain::access::Actor,
    service::accounts::{AccountsError, KeyIdentity, SessionIdentity},
};
use app::{paths, ports::Caller};
use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::{net::IpAddr, sync::Arc};

/// The one who asks. As an argument of a handler it answers 401 when nobody is known.
#[derive(Debug, Clone)]
pub struct Who(pub Arc<Actor>);

/// As the services know them.
impl From<Who> for Caller {
    fn from(Who(actor): Who) -> Self {
        Self(actor)
    }
}

impl<S: Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Arc<Actor>>().cloned().map(Self).ok_or_else(Problem::unauthorized)
    }
}

/// The session, where a person asks through a browser.
#[derive(Debug, Clone)]
pub(super) struct OfSession(pub(super) Arc<SessionIdentity>);

impl<S: Sync> FromRequestParts<S> for OfSession {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthorized)
    }
}

/// For `/api/v1`: a key in `Authorization: Bearer`, else a browser's session.
pub(super) async fn api(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let known = match request.headers().get(header::AUTHORIZATION) {
        Some(value) => match by_key(&edge, value).await {
            Ok(identity) => {
                request.extensions_mut().insert(Arc::clone(&identity.actor));
                Ok(())
            }
            Err(problem) => Err(problem),
        },
        None => by_cookie(&edge, &mut request).await,
    };
    match known {
        Ok(()) => no_store(next.run(request).await),
        Err(problem) => problem.into_response(),
    }
}

/// For pages and what belongs to them: a browser's session. Who has none is led to the sign-in and back.
pub(super) async fn pages(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    if let Err(problem) = by_cookie(&edge, &mut request).await {
        return problem.into_response();
    }
    let signed_in = request.extensions().get::<Arc<Actor>>().is_some();
    let page = request.extensions().get::<MatchedPath>().is_some_and(|path| is_page(path.as_str()));
    if !signed_in && page && matches!(*request.method(), Method::GET | Method::HEAD) {
        let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
        return no_store(Redirect::to(&paths::sign_in(wanted)).into_response());
    }
    no_store(next.run(request).await)
}

/// Pages of the interface, apart from the one that signs people in. What scripts ask for answers 401 by itself.
fn is_page(path: &str) -> bool {
    let others = [paths::SIGN_IN, paths::SIGN_OUT, paths::LIVE];
    !others.contains(&path) && !path.starts_with("/api/")
}

/// What one person saw must not come out of a cache for another.
fn no_store(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn by_key(edge: &Edge, value: &HeaderValue) -> Result<Arc<KeyIdentity>, Problem> {
    let secret = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(Problem::unauthorized)?;
    let identity = edge.accounts.by_key(secret.trim()).await?.ok_or_else(Problem::unauthorized)?;
    edge.rates.admit(&identity.id).await.map_err(Problem::too_many)?;
    Ok(identity)
}

/// Puts the session's person into the request, if there is a session. What changes something must come from our own pages.
async fn by_cookie(edge: &Edge, request: &mut Request) -> Result<(), Problem> {
    let Some(token) = cookie::token(&edge.settings, request.headers()) else { return Ok(()) };
    if !request.method().is_safe() {
        security::same_origin(&edge.settings, request.headers(), security::Witness::Needed)?;
    }
    if let Some(identity) = edge.accounts.by_session(token).await? {
        let extensions = request.extensions_mut();
        extensions.insert(Arc::clone(&identity.actor));
        extensions.insert(OfSession(identity));
    }
    Ok(())
}

/// Where a request comes from: the connection's other end, or behind a proxy what the proxy saw.
pub(super) fn address(behind_proxy: bool, headers: &HeaderMap, peer: Option<Peer>) -> String {
    // The last entry is the proxy's own; those before it anybody can invent.
    let seen = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let seen = seen.and_then(|list| list.rsplit(',').next()).and_then(|last| last.trim().parse::<IpAddr>().ok());
    let address = seen.filter(|_| behind_proxy).or(peer.map(|Peer(address)| address.ip()));
    address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        match error {
            AccountsError::Forbidden(_) => Self::forbidden(),
            AccountsError::NotFound => Self::not_found(),
            AccountsError::Conflict(what) => Self::conflict(what),
            AccountsError::Invalid { .. } => Self::invalid(error.to_string()),
            AccountsError::Unavailable => Self::unavailable(),
        }
    }
}
