//! The filter: period, place, carrier, mode, customer, lane.

use crate::{
    components::{erased::Erase, filters},
    model::{FilterChoices, KpiFilter},
};
use leptos::prelude::*;

/// The form.
pub(in crate::pages) fn form(path: &'static str, filter: &KpiFilter, choices: &FilterChoices) -> AnyView {
    filters::form(path, "Filter the figures", fields(filter, choices))
}

/// Its fields.
pub(in crate::pages) fn fields(filter: &KpiFilter, choices: &FilterChoices) -> AnyView {
    view! {
        {filters::day("from", "From", &filter.from)}
        {filters::day("to", "Before", &filter.to)}
        {filters::pick("region", "Region", "All", &choices.places.regions, &filter.region)}
        {filters::pick("business_unit", "Business unit", "All", &choices.places.business_units, &filter.business_unit)}
        {filters::pick("carrier", "Carrier", "All", &choices.carriers, &filter.carrier)}
        {filters::pick("mode", "Mode", "All", &choices.modes, &filter.mode)}
        {filters::text("customer", "Customer", &filter.customer)}
        {filters::text("origin", "From place", &filter.origin)}
        {filters::text("destination", "To place", &filter.destination)}
    }
    .erased()
}

/// What is filtered, in words; nothing without a filter.
pub(in crate::pages) fn words(filter: &KpiFilter) -> String {
    let told = [
        ("from", &filter.from),
        ("before", &filter.to),
        ("region", &filter.region),
        ("business unit", &filter.business_unit),
        ("carrier", &filter.carrier),
        ("mode", &filter.mode),
        ("customer", &filter.customer),
        ("origin", &filter.origin),
        ("destination", &filter.destination),
    ];
    let told: Vec<String> = told.iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?))).collect();
    if told.is_empty() { "Everything that you may see, all days.".to_owned() } else { told.join(" · ") }
}
