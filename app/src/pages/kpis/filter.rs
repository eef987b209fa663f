//! The filter: period, place, carrier, mode, customer, lane; and the frame of pages that are read over it.

use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        filters, states,
    },
    error::AppError,
    model::{FilterChoices, Kpi, KpiFilter, Period, day_words},
    paths,
    ports::{Caller, Ports},
};
use leptos::prelude::*;
use std::future::Future;

/// Reads a page of this title and what its filter offers, and shows both; a failure stands under the title.
pub(in crate::pages) fn read<T, R, S>(title: &'static str, read: impl FnOnce(Ports, Caller) -> R, show: S) -> Later
where
    T: Send,
    R: Future<Output = Result<T, AppError>> + Send + 'static,
    S: FnOnce(&T, &FilterChoices) -> AnyView + Send + 'static,
{
    let reading = Here::take().map(|Here { ports, caller, .. }| (read(ports.clone(), caller.clone()), ports, caller));
    Box::pin(async move {
        let page = match reading {
            // Without its choices the filter offers less; the rest is there all the same.
            Ok((page, ports, caller)) => match page.await {
                Ok(page) => Ok((page, ports.reading.choices(&caller).await.unwrap_or_default())),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        match page {
            Ok((page, choices)) => show(&page, &choices),
            Err(error) => view! { <div class="head"><h1>{title}</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

/// The form.
pub(in crate::pages) fn form(path: &'static str, filter: &KpiFilter, choices: &FilterChoices) -> AnyView {
    filters::form(path, "Filter the figures", fields(filter, choices))
}

/// The same for one figure, with what it should reach.
pub(super) fn form_of(kpi: &Kpi, filter: &KpiFilter, choices: &FilterChoices) -> AnyView {
    let unit = match kpi.meaning.unit.as_str() {
        "duration" => "Target, hours",
        "share" => "Target, per cent",
        _ => "Target, count",
    };
    view! {
        <form class="filters" action=paths::kpi(&kpi.meaning.id, &KpiFilter::default()) method="get" aria-label="Filter the figure" data-soft="">
            {fields(filter, choices)}
            {filters::text("target", unit, &filter.target)}
            <button type="submit">"Apply"</button>
        </form>
        {(*filter != KpiFilter::default()).then(|| view! {
            <p class="aside"><a href=paths::kpi(&kpi.meaning.id, &KpiFilter::default())>"Remove the filter"</a></p>
        })}
    }
    .erased()
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

/// What is filtered, in words.
pub(in crate::pages) fn words(filter: &KpiFilter) -> String {
    let told = [
        ("region", &filter.region),
        ("business unit", &filter.business_unit),
        ("carrier", &filter.carrier),
        ("mode", &filter.mode),
        ("customer", &filter.customer),
        ("origin", &filter.origin),
        ("destination", &filter.destination),
    ];
    let days = Period { from: filter.from.clone(), to: filter.to.clone() }.words();
    let told = told.iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
    let told: Vec<String> = days.into_iter().chain(told).collect();
    if told.is_empty() { "everything that you may see".to_owned() } else { told.join(" · ") }
}

/// The days that were asked for; where an end was left open, also the weeks that have cases.
pub(in crate::pages) fn days(period: &Period, covers: Option<&Period>) -> String {
    let asked = period.words().unwrap_or_else(|| "all days".to_owned());
    let open = period.from.is_none() || period.to.is_none();
    match covers.filter(|_| open).and_then(Period::words) {
        Some(covered) => format!("{asked}; cases in the weeks from {covered}"),
        None => asked,
    }
}

/// The clock of a figure in words.
pub(in crate::pages) fn clock(clock: &str) -> String {
    if clock == "none" { "no clock".to_owned() } else { format!("clock: {clock}") }
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
