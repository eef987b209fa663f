//! What stands around every page: the bar with navigation, search and the person, and the dialogs.

use super::erased::{Erase, awaited, blank};
use super::{freshness, help, palette};
use crate::{
    app::WhoLooks,
    browser,
    model::{Permission, Viewer},
    paths,
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::{use_location, use_navigate};

/// The bar; empty while nobody is signed in.
pub(crate) fn header() -> AnyView {
    let WhoLooks(viewer) = expect_context();
    let location = use_location();
    let path = location.pathname;
    let navigate = use_navigate();
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        match before {
            None => browser::ready(navigate.clone()),
            Some(before) if before != now => browser::arrived(),
            Some(_) => {}
        }
        now
    });
    Effect::new(move |before: Option<()>| {
        location.search.track();
        path.track();
        if before.is_some() {
            browser::reset_forms();
        }
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        {awaited(blank, move || Box::pin(async move { viewer.get().await.ok().map(|viewer| bar(viewer, path)).erased() }))}
    }
    .erased()
}

/// The dialogs that the keyboard opens; empty while nobody is signed in.
pub(crate) fn dialogs() -> AnyView {
    let WhoLooks(viewer) = expect_context();
    awaited(blank, move || {
        Box::pin(async move { viewer.get().await.ok().map(|_| view! { {palette::palette()} {help::help()} }).erased() })
    })
}

fn bar(viewer: Viewer, path: Memo<String>) -> AnyView {
    let link = |permission, href: &'static str, label: &'static str| {
        viewer
            .may(permission)
            .then(|| view! { <li><a href=href aria-current=move || current(&path.get(), href)>{label}</a></li> })
    };
    view! {
        <header class="bar">
            <a class="brand" href=paths::START>"Waybill"</a>
            <nav aria-label="Main">
                <ul>
                    {link(Permission::ReadOverview, paths::START, "Home")}
                    {link(Permission::ReadOverview, paths::HOME, "Overview")}
                    {link(Permission::ReadShipments, paths::SHIPMENTS, "Shipments")}
                    {link(Permission::ReadExceptions, paths::EXCEPTIONS, "Exceptions")}
                    {link(Permission::ReadQuarantine, paths::QUARANTINE, "Quarantine")}
                    {link(Permission::ReadOverview, paths::KPIS, "Figures")}
                    {link(Permission::ReadOverview, paths::TRENDS, "Trends")}
                    {link(Permission::ReadConfig, paths::CONFIGURATION, "Configuration")}
                </ul>
            </nav>
            {if viewer.may(Permission::ReadShipments) { Either::Left(search_box()) } else { Either::Right(()) }}
            {freshness::freshness()}
            <button type="button" class="quiet needs-script" aria-label="Keyboard shortcuts" on:click=|_| browser::open_dialog("help")>"?"</button>
            {person(viewer)}
        </header>
    }
    .erased()
}

fn search_box() -> impl IntoView {
    view! {
        <form class="search" role="search" action=paths::SEARCH method="get" data-soft="">
            <label class="unseen" for="search-box">"Find by any reference"</label>
            <input id="search-box" name="q" type="search" placeholder="Order, shipment, BOL, container…" autocomplete="off" spellcheck="false"/>
            <kbd class="needs-script" aria-hidden="true">"Ctrl K"</kbd>
        </form>
    }
}

fn person(viewer: Viewer) -> impl IntoView {
    view! {
        <details class="person">
            <summary><span class="unseen">"Signed in as "</span>{viewer.name}</summary>
            <div class="menu">
                <dl>
                    <dt>"Role"</dt><dd>{viewer.role_label}</dd>
                    <dt>"Scope"</dt><dd>{viewer.scope}</dd>
                    <dt>"Times in"</dt><dd>{viewer.time_zone}</dd>
                </dl>
                <form action=paths::SIGN_OUT method="post"><button type="submit">"Sign out"</button></form>
            </div>
        </details>
    }
}

/// `page` on the page itself, `true` on pages below it.
fn current(path: &str, href: &str) -> Option<&'static str> {
    if path == href {
        Some("page")
    } else if href != paths::HOME && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')) {
        Some("true")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::current;

    #[test]
    fn the_bar_marks_the_page_and_its_section() {
        assert_eq!(current("/", "/"), Some("page"));
        assert_eq!(current("/shipments", "/"), None);
        assert_eq!(current("/shipments", "/shipments"), Some("page"));
        assert_eq!(current("/shipments/01", "/shipments"), Some("true"));
        assert_eq!(current("/shipments-old", "/shipments"), None);
    }
}
