use crate::{
    components::{
        served::{Part, body, served},
        states,
    },
    paths,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[cfg(feature = "ssr")]
mod conditions;
#[cfg(feature = "ssr")]
mod part;
#[cfg(feature = "ssr")]
mod standing;

#[cfg(feature = "ssr")]
pub(super) use conditions::card;

/// What a shipment's readiness is made of: itself and its exceptions.
#[cfg(feature = "ssr")]
const TOPICS: &str = "shipments exceptions";

/// A shipment's readiness for billing as a page: it holds the part that the shipment's page shows, and there a browser finds
/// that part again.
#[cfg(feature = "ssr")]
pub(super) const PAGE: super::served::ServedPage = super::served::ServedPage {
    path: "/shipments/{id}/readiness",
    title: "Billing readiness",
    topics: TOPICS,
    body: part::alone,
};

/// The part, beside what else a page tells of the shipment that it names.
pub(super) fn beside() -> AnyView {
    let (params, query) = (use_params_map(), use_query_map());
    let href = Box::new(move || {
        let path = params.with(|params| params.get_str("id").map(paths::readiness)).unwrap_or_default();
        // What a form came to is told by the address, and stays when the part is read again.
        path + &query.with(|query| query.to_query_string())
    });
    served(Part { id: "readiness", href, title: None, failed: states::failed_below, body: body!(part::beside) })
}
