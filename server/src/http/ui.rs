//! The interface: pages rendered whole, and the server functions that they call from the browser.

use super::{Edge, Problem, assets};

use crate::domain::access::Actor;
use app::{
    app::{ANY, App, served_pages},
    error::AppError,
    ports::{Assets, Caller, RedirectTo, StatusSetter},
    shell::shell,
};
use axum::{
    Router,
    extract::{FromRef, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::{
    config::LeptosOptions,
    nonce::use_nonce,
    prelude::{provide_context, use_context},
    server_fn::redirect::REDIRECT_HEADER,
};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions, render_app_async_with_context};
use std::{any::Any, sync::Arc};

/// Under this the browser finds the server functions.
const SERVER_FUNCTIONS: &str = "/api/ui/";

impl FromRef<Edge> for LeptosOptions {
    fn from_ref(_: &Edge) -> Self {
        // Only a name that Leptos wants to know; files and addresses are our own affair.
        Self::builder().output_name("waybill").build()
    }
}

/// Every page and every server function.
pub(super) fn routes(edge: &Edge) -> Router<Edge> {
    let context = context(edge.clone());
    let hydrated = generate_route_list_with_exclusions(App, Some(vec![ANY.to_owned()]));
    let served = served_pages().fold(Router::new(), |router, path| router.route(path, get(page)));
    served.leptos_routes_with_context(edge, hydrated, context, shell)
}

/// The page of the request's address.
pub(super) async fn page(State(edge): State<Edge>, request: Request) -> Response {
    render_app_async_with_context(context(edge), shell)(request).await
}

/// The page of the request's address, which finds this in its context.
pub(super) async fn page_with<T: Clone + Send + Sync + 'static>(edge: Edge, request: Request, found: T) -> Response {
    let context = context(edge);
    let context = move || {
        context();
        provide_context(found.clone());
    };
    render_app_async_with_context(context, shell)(request).await
}

/// What no route knows: a page for people, a problem for programs.
pub(super) async fn not_found(State(edge): State<Edge>, request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    let render = render_app_async_with_context(context(edge), shell);
    let mut response = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// What every rendering and every server function finds around it.
fn context(edge: Edge) -> impl Fn() + Clone + Send + Sync + 'static {
    let assets: Assets = assets::assets();
    move || {
        provide_context(edge.ports.clone());
        provide_context(assets.clone());
        // Without a request the routes are only being listed.
        let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
        provide_context(caller(&parts));
        let answer = Answer::new(&parts, options);
        provide_context(answer.status_setter());
        provide_context(answer.redirect());
        if let Some(nonce) = use_nonce() {
            answer.options.insert_header(header::CONTENT_SECURITY_POLICY, policy(&nonce));
        }
    }
}

/// The actor behind the request, for the services; nobody if nobody is signed in.
pub(super) fn caller(parts: &Parts) -> Caller {
    let nobody = || Arc::new(()) as Arc<dyn Any + Send + Sync>;
    Caller(parts.extensions.get::<Arc<Actor>>().map_or_else(nobody, |actor| Arc::clone(actor) as _))
}

/// What a page may load and run: our own files, our own inline script by its nonce, our own wasm.
fn policy(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("a nonce is URL-safe base64")
}

/// The answer under way.
#[derive(Clone)]
struct Answer {
    options: ResponseOptions,
    /// A form posted without JavaScript: the browser shows whatever it is answered with.
    plain_form: bool,
}

impl Answer {
    fn new(parts: &Parts, options: ResponseOptions) -> Self {
        let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let plain_form = parts.uri.path().starts_with(SERVER_FUNCTIONS) && accepts.contains("text/html");
        Self { options, plain_form }
    }

    fn status_setter(&self) -> StatusSetter {
        let answer = self.clone();
        StatusSetter(Arc::new(move |status| {
            // A plain form is answered by a redirect to the page, with the error in its query: that must stand.
            if let (false, Ok(status)) = (answer.plain_form, StatusCode::from_u16(status)) {
                answer.options.set_status(status);
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    answer.options.insert_header(header::RETRY_AFTER, HeaderValue::from(Problem::AGAIN.as_secs()));
                }
            }
        }))
    }

    fn redirect(&self) -> RedirectTo {
        let answer = self.clone();
        RedirectTo(Arc::new(move |path| {
            let Ok(path) = HeaderValue::from_str(path) else { return };
            answer.options.insert_header(header::LOCATION, path);
            if answer.plain_form {
                answer.options.set_status(StatusCode::SEE_OTHER);
            } else {
                // The script reads the answer and goes on by itself.
                answer.options.insert_header(HeaderName::from_static(REDIRECT_HEADER), HeaderValue::from_static(""));
            }
        }))
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::SignedOut => Self::unauthorized(),
            AppError::Forbidden => Self::forbidden(),
            AppError::NotFound => Self::not_found(),
            AppError::Conflict { what } => Self::conflict(what),
            AppError::Invalid { field, message } => Self::invalid(format!("{field}: {message}")),
            AppError::Unavailable => Self::unavailable(),
            AppError::Internal { .. } | AppError::Transport { .. } => Self::internal(),
        }
    }
}
