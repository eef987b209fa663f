use crate::{
    components::{
        erased::Erase,
        served::{Part, body, served},
        states,
    },
    live::live,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[cfg(feature = "ssr")]
mod conditions;
#[cfg(feature = "ssr")]
mod part;

#[cfg(feature = "ssr")]
pub(super) use conditions::card;

/// A shipment's readiness for billing by itself: what its page shows as one of its parts, and where a browser finds that again.
pub(crate) fn readiness() -> AnyView {
    let params = use_params_map();
    let shipment = move || params.with(|params| params.get_str("id").map(paths::shipment)).unwrap_or_default();
    view! {
        <Title text="Billing readiness"/>
        <nav class="trail" aria-label="Trail">
            <a href=paths::SHIPMENTS>"Shipments"</a> " / " <a href=shipment>"Shipment"</a>
        </nav>
        <h1>"Readiness of a shipment"</h1>
        {beside()}
    }
    .erased()
}

/// The part, on any page that names the shipment.
pub(super) fn beside() -> AnyView {
    let params = use_params_map();
    let href = move || params.with(|params| params.get_str("id").map(paths::readiness)).unwrap_or_default();
    served(Part { id: "readiness", href, topic: live().readiness, failed: states::failed_below, body: body!(part::body) })
}
