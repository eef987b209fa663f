//! Forms that are refused lead back to the page that they stand on, with words on why: without scripts a browser shows whatever a form is
//! answered with. What the person may not do, and what is not there, is a problem as everywhere.

use super::{Edge, Problem, ui};
use app::{model::Flash, paths};
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Around every form that is answered here.
pub(super) async fn lead_back(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let otherwise = page_of(request.uri().path());
    let (parts, body) = request.into_parts();
    let caller = ui::caller(&parts);
    // Our pages tell their address to ourselves, whatever else they keep to themselves.
    let referrer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok()?.parse::<Uri>().ok());
    let back = referrer.as_ref().and_then(Uri::path_and_query).map(|path| path.as_str().to_owned()).unwrap_or_default();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(why) = refusal(&response) else { return response };
    let id = edge.ports.flashes.keep(&caller, Flash::refused("Nothing was changed", why)).await;
    Redirect::to(&paths::flashed(&back, &otherwise, &id)).into_response()
}

/// Why, if it is something that the person can mend.
fn refusal(response: &Response) -> Option<String> {
    use StatusCode as S;
    let status = response.status();
    let told = response.extensions().get::<Problem>().map(Problem::words);
    match status {
        S::PAYLOAD_TOO_LARGE => Some(told.unwrap_or_else(|| "It is too large.".to_owned())),
        S::BAD_REQUEST | S::CONFLICT | S::UNSUPPORTED_MEDIA_TYPE | S::UNPROCESSABLE_ENTITY => told,
        _ => None,
    }
}

/// The page that tells of what a form is about: its address less the deed.
fn page_of(form: &str) -> String {
    let mut parts = form.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some("exceptions"), Some("act" | "undo" | "bulk") | None) => paths::EXCEPTIONS.to_owned(),
        (Some(area), Some(id)) => format!("/{area}/{id}"),
        _ => paths::START.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_belongs_to_a_page() {
        for (form, page) in [
            ("/exceptions/act", "/exceptions"),
            ("/exceptions/bulk/turn", "/exceptions"),
            ("/exceptions/01/map", "/exceptions/01"),
            ("/shipments/01/acts/02/undo", "/shipments/01"),
            ("/quarantine/01/fix", "/quarantine/01"),
            ("/configuration/sources", "/configuration/sources"),
        ] {
            assert_eq!(page_of(form), page);
        }
    }
}
