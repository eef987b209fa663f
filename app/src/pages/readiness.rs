use crate::{
    components::{
        erased::Erase,
        served::{Body, Part, body, served},
        states,
    },
    error::AppError,
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
mod standing;

#[cfg(feature = "ssr")]
pub(super) use conditions::card;

/// A shipment's readiness for billing as a page: it holds the part that the shipment's page shows, and there a browser finds
/// that part again.
pub(crate) fn readiness() -> AnyView {
    view! { <Title text="Billing readiness"/> {of_shipment("readiness-page", states::failed, body!(part::alone))} }.erased()
}

/// The part, beside what else a page tells of the shipment that it names.
pub(super) fn beside() -> AnyView {
    of_shipment("readiness", states::failed_below, body!(part::beside))
}

fn of_shipment(id: &'static str, failed: fn(AppError) -> AnyView, body: Body) -> AnyView {
    let params = use_params_map();
    let href = Box::new(move || params.with(|params| params.get_str("id").map(paths::readiness)).unwrap_or_default());
    served(Part { id, href, topic: live().readiness, failed, body })
}
