//! What a page shows when it cannot show its rows: it waits, it failed, it may not, there is nothing.

use crate::components::erased::Erase;
use crate::{error::AppError, paths};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// While a page waits for its first answer.
pub(crate) fn loading() -> AnyView {
    view! { <div class="state loading" role="status"><p>"Loading…"</p></div> }.erased()
}

/// Nothing matches; says why that may be and where to go on.
pub(crate) fn empty(title: &'static str, why: AnyView) -> AnyView {
    view! { <div class="state empty"><h2>{title}</h2><p>{why}</p></div> }.erased()
}

/// A whole page could not be served.
pub(crate) fn failed(error: AppError) -> AnyView {
    told(error, |title| view! { <h1>{title}</h1> }.erased())
}

/// What a page shows below its heading could not be served.
pub(crate) fn failed_below(error: AppError) -> AnyView {
    told(error, |title| view! { <h2>{title}</h2> }.erased())
}

/// On the server this is also the answer's status, or the way to sign in.
fn told(error: AppError, heading: fn(&'static str) -> AnyView) -> AnyView {
    if error == AppError::SignedOut {
        let location = use_location();
        let search = location.search.get_untracked();
        let here = location.pathname.get_untracked();
        let here = if search.is_empty() { here } else { format!("{here}?{}", search.trim_start_matches('?')) };
        leave_for(&paths::sign_in(&here));
    } else {
        answer_status(error.status());
    }
    let (title, advice) = match &error {
        AppError::SignedOut => ("Please sign in", "Your session has ended.".to_owned()),
        AppError::Forbidden => {
            ("Not for your role", "Your role or scope does not include this. An administrator can change that.".to_owned())
        }
        AppError::NotFound => ("Nothing here", "It does not exist, or it lies outside your scope.".to_owned()),
        AppError::Conflict { what } => ("Changed in the meantime", format!("{what}. Load the page again to see how it is now.")),
        AppError::Invalid { message, .. } => ("The filter does not fit", message.clone()),
        AppError::Unavailable => ("Busy just now", "Nothing is lost. Try again in a moment.".to_owned()),
        AppError::Internal { id } => {
            ("Something went wrong on our side", format!("Nothing is lost. If it happens again, tell support the id {id}."))
        }
        AppError::Transport { .. } => {
            ("The server could not be reached", "Check the connection, then load the page again.".to_owned())
        }
    };
    let onward = if error == AppError::SignedOut {
        view! { <a rel="external" href=paths::SIGN_IN>"Sign in"</a> }.erased()
    } else {
        view! { <a href=paths::HOME>"Back to the Overview"</a> }.erased()
    };
    view! {
        <div class="state failed" role="alert">
            <p class="code">{error.status()}</p>
            {heading(title)}
            <p>{advice}</p>
            <p>{onward}</p>
        </div>
    }
    .erased()
}

/// Tells the server the status of the answer under way; in a browser there is none.
pub(crate) fn answer_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(crate::ports::StatusSetter(set)) = use_context() {
        set(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// Leaves for another page, whole.
fn leave_for(path: &str) {
    #[cfg(feature = "ssr")]
    if let Some(crate::ports::RedirectTo(redirect)) = use_context() {
        redirect(path);
    }
    #[cfg(not(feature = "ssr"))]
    crate::browser::leave_for(path);
}
