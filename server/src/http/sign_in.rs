//! `/sign-in` and `/sign-out`: plain forms, so that they work without JavaScript.

use super::{
    Edge, Peer, Problem,
    auth::{OfSession, address},
    cookie, security,
};
use crate::service::accounts::{SignIn, SignInRefusal};
use app::model::SignInForm;
use axum::{
    Extension, Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

pub(super) async fn sign_in(
    State(edge): State<Edge>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    // Signing somebody in as another person is an attack too.
    security::same_origin(&edge.settings, &headers, security::Witness::Welcome)?;
    let next = safe_next(&form.next).unwrap_or(app::paths::START).to_owned();
    let try_ = SignIn {
        name: form.name,
        password: form.password,
        address: address(edge.settings.behind_proxy, &headers, peer.map(|Extension(peer)| peer)),
        replaces: cookie::token(&edge.settings, &headers).map(str::to_owned),
    };
    let mut response = match edge.accounts.sign_in(try_).await {
        Ok(signed_in) => {
            edge.metrics.signed_in("ok");
            let mut response = Redirect::to(&next).into_response();
            let kept = cookie::keep(&edge.settings, &signed_in.token, signed_in.lasts);
            response.headers_mut().insert(header::SET_COOKIE, kept);
            response
        }
        Err(refusal) => {
            edge.metrics.signed_in(match &refusal {
                SignInRefusal::Refused => "refused",
                SignInRefusal::TooMany { .. } => "too_many",
                SignInRefusal::Failed(_) => "failed",
            });
            refused(&headers, &next, refusal)
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// People are led back to the form, programs get the status.
fn refused(headers: &HeaderMap, next: &str, refusal: SignInRefusal) -> Response {
    let (code, problem) = match refusal {
        SignInRefusal::Refused => {
            let title = "The name or the password is wrong, or the account is disabled";
            ("refused", Problem::new(StatusCode::UNAUTHORIZED, "sign_in_refused", title))
        }
        SignInRefusal::TooMany { retry_after } => ("too_many", Problem::too_many(retry_after)),
        SignInRefusal::Failed(error) => return Problem::from(error).into_response(),
    };
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return problem.into_response();
    }
    let next = if next == app::paths::START || next == app::paths::HOME { "" } else { next };
    Redirect::to(&app::paths::with_query(app::paths::SIGN_IN, &[("error", code), ("next", next)])).into_response()
}

/// The sign-out form.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SignOut {
    /// Every session of the person, not only this one.
    #[serde(default)]
    everywhere: bool,
}

pub(super) async fn sign_out(
    State(edge): State<Edge>,
    identity: Result<OfSession, Problem>,
    form: Result<Form<SignOut>, FormRejection>,
) -> Result<Response, Problem> {
    // Who is out already wanted to be.
    if let Ok(OfSession(identity)) = identity {
        match form {
            Ok(Form(SignOut { everywhere: true })) => drop(edge.accounts.sign_out_everywhere(&identity).await?),
            _ => edge.accounts.sign_out(&identity).await?,
        }
    }
    let mut response = Redirect::to(app::paths::SIGN_IN).into_response();
    let headers = response.headers_mut();
    headers.insert(header::SET_COOKIE, cookie::forget(&edge.settings));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A path of this site to go on to. Browsers read `//host` and `/\host` as another site.
fn safe_next(next: &str) -> Option<&str> {
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let plain = next.len() <= 2048 && next.chars().all(|c| c.is_ascii_graphic());
    (inside && plain).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn only_paths_of_this_site_are_gone_on_to() {
        assert_eq!(safe_next("/shipments?mode=air"), Some("/shipments?mode=air"));
        for bad in ["", "//evil.example", "/\\evil.example", "https://evil.example", "shipments", "/a\r\nb", "/\u{202e}"] {
            assert_eq!(safe_next(bad), None, "{bad:?}");
        }
    }
}
