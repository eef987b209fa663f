use crate::{
    browser,
    components::{
        erased::Erase,
        served::{Part, body, served},
        states,
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

#[cfg(feature = "ssr")]
mod address;
#[cfg(feature = "ssr")]
mod table;

#[cfg(feature = "ssr")]
pub(crate) use address::Address;
#[cfg(feature = "ssr")]
pub(crate) use table::ServedPage;
#[cfg(feature = "ssr")]
pub use table::patterns;

/// Every address without a page of its own in the browser: the server knows whether there is a page, and renders it. A browser
/// only knows how to show one, so that another page costs it nothing.
pub(crate) fn any() -> AnyView {
    let location = use_location();
    let title = RwSignal::new(browser::title());
    let href = Box::new(move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    });
    view! {
        <Title text=move || title.get()/>
        {served(Part { id: "page", href, title: Some(title), failed: states::failed, body: body!(table::body) })}
    }
    .erased()
}
