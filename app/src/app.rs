//! The route table.

use crate::{
    api,
    components::{erased, frame},
    live,
    model::Viewer,
    pages,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// Who looks, read once for the whole visit.
#[derive(Clone, Copy)]
pub(crate) struct WhoLooks(pub(crate) Read<Viewer>);

/// What matches every address that no other route does, as the server's router writes it. It is no route there: the server
/// routes [`served_pages`], and everything else is not found.
pub const ANY: &str = "/{*any}";

/// The addresses of the pages that only the server renders, as patterns of the server's router.
#[cfg(feature = "ssr")]
pub fn served_pages() -> impl Iterator<Item = &'static str> {
    pages::served_patterns()
}

/// The whole interface: the same table on the server and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    #[cfg(feature = "ssr")]
    provide_context(api::Rendering);
    provide_context(WhoLooks(Read::new(String::new, api::read_viewer)));
    live::provide();
    view! {
        <Title formatter=|page: String| if page.is_empty() { "Waybill".to_owned() } else { format!("{page} · Waybill") }/>
        <Router>
            {frame::header()}
            <main id="main" tabindex="-1">
                <FlatRoutes fallback=erased::blank>
                    <Route path=path!("/sign-in") view=pages::sign_in ssr=SsrMode::Async/>
                    <Route path=path!("/shipments") view=pages::shipments ssr=SsrMode::Async/>
                    <Route path=path!("/shipments/:id") view=pages::shipment ssr=SsrMode::Async/>
                    <Route path=path!("/shipments/:id/events/:seq") view=pages::raw_event ssr=SsrMode::Async/>
                    <Route path=path!("/quarantine") view=pages::quarantine ssr=SsrMode::Async/>
                    <Route path=path!("/quarantine/:id") view=pages::quarantine_item ssr=SsrMode::Async/>
                    <Route path=path!("/search") view=pages::search ssr=SsrMode::Async/>
                    <Route path=path!("/*any") view=pages::any ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
            {frame::dialogs()}
        </Router>
    }
}
