//! The filter: period, place, carrier, mode, customer, lane.

use crate::{
    components::{erased::Erase, filters},
    model::{FilterChoices, KpiFilter, day_words},
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

/// The present filter in words, each part a link that takes it away.
pub(in crate::pages) fn chips(
    filter: &KpiFilter,
    choices: &FilterChoices,
    address: fn(&KpiFilter) -> String,
    clear: &'static str,
) -> AnyView {
    let mut chips = Vec::new();
    let mut chip = |value: &Option<String>, words: &dyn Fn(&str) -> String, clear: fn(&mut KpiFilter)| {
        if let Some(value) = value {
            let mut without = filter.clone();
            clear(&mut without);
            chips.push(filters::Chip { words: words(value), without: address(&without) });
        }
    };
    let places = &choices.places;
    let label = filters::label_of;
    chip(&filter.from, &|v| format!("From {}", day_words(v)), |f| f.from = None);
    chip(&filter.to, &|v| format!("Before {}", day_words(v)), |f| f.to = None);
    chip(&filter.region, &|v| format!("Region: {}", label(&places.regions, v)), |f| f.region = None);
    chip(&filter.business_unit, &|v| format!("Business unit: {}", label(&places.business_units, v)), |f| f.business_unit = None);
    chip(&filter.carrier, &|v| format!("Carrier: {}", label(&choices.carriers, v)), |f| f.carrier = None);
    chip(&filter.mode, &|v| format!("Mode: {}", label(&choices.modes, v)), |f| f.mode = None);
    chip(&filter.customer, &|v| format!("Customer: {v}"), |f| f.customer = None);
    filters::chips(chips, clear)
}
