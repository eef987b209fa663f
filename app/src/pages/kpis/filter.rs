//! The filter: period, place, carrier, mode, customer, lane; and the frame of pages that are read over it.

use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        filters, states,
        words::count,
    },
    error::AppError,
    model::{FilterChoices, KpiFilter, Omission, Period, day_words},
    paths,
    ports::{Caller, Ports},
};
use leptos::prelude::*;
use std::future::Future;

/// A field that was refused, and why.
pub(in crate::pages) struct Refused {
    field: String,
    message: String,
}

impl Refused {
    /// What stands at the field of this name.
    fn at<'r>(refused: Option<&'r Self>, name: &str) -> Option<&'r str> {
        refused.filter(|refused| refused.field == name).map(|refused| &*refused.message)
    }

    /// Takes the refusal of a target apart: what was asked for is read without it.
    pub(in crate::pages) fn of_target<T>(read: &Result<T, AppError>) -> Option<Self> {
        match read {
            Err(AppError::Invalid { field, message }) if field == "target" => {
                Some(Self { field: field.clone(), message: message.clone() })
            }
            _ => None,
        }
    }
}

/// Reads a page of this title and what its filter offers, and shows both, or neither: a filter that offers less than there is would say
/// that there is no more. A failure stands under the title; where it is the filter's, its form stands below with all that was typed.
pub(in crate::pages) fn read<T, R, S, F>(title: &'static str, read: impl FnOnce(Ports, Caller) -> R, show: S, form: F) -> Later
where
    T: Send,
    R: Future<Output = Result<T, AppError>> + Send + 'static,
    S: FnOnce(&T, &FilterChoices) -> AnyView + Send + 'static,
    F: FnOnce(&FilterChoices, &Refused) -> AnyView + Send + 'static,
{
    let reading = Here::take().map(|Here { ports, caller, .. }| (read(ports.clone(), caller.clone()), ports, caller));
    Box::pin(async move {
        let (page, choices) = match reading {
            Ok((page, ports, caller)) => (page.await, ports.reading.choices(&caller).await),
            Err(error) => (Err(error.clone()), Err(error)),
        };
        let (error, again) = match (page, choices) {
            (Ok(page), Ok(choices)) => return show(&page, &choices),
            (Err(AppError::Invalid { field, message }), Ok(choices)) => {
                let again = form(&choices, &Refused { field: field.clone(), message: message.clone() });
                (AppError::Invalid { field, message }, Some(again))
            }
            (Ok(_) | Err(AppError::Invalid { .. }), Err(error)) | (Err(error), _) => (error, None),
        };
        view! { <div class="head"><h1>{title}</h1></div> {states::failed_below(error)} {again} }.erased()
    })
}

/// The form.
pub(in crate::pages) fn form(
    path: &'static str,
    filter: &KpiFilter,
    choices: &FilterChoices,
    refused: Option<&Refused>,
) -> AnyView {
    filters::form(path, "Filter the figures", fields(filter, choices, refused))
}

/// The same for one figure, with what it should reach; its unit is told where it could be read.
pub(super) fn form_of(
    (id, unit): (&str, Option<&str>),
    filter: &KpiFilter,
    choices: &FilterChoices,
    refused: Option<&Refused>,
) -> AnyView {
    let target = match unit {
        Some("duration") => "Target, hours",
        Some("share") => "Target, per cent",
        Some(_) => "Target, count",
        None => "Target",
    };
    let plain = paths::kpi(id, &KpiFilter::default());
    view! {
        <form class="filters" action=plain.clone() method="get" aria-label="Filter the figure" data-soft="">
            {fields(filter, choices, refused)}
            {self::target(target, filter, refused)}
            <button type="submit">"Apply"</button>
        </form>
        {(*filter != KpiFilter::default()).then(|| view! {
            <p class="aside"><a href=plain>"Remove the filter"</a></p>
        })}
    }
    .erased()
}

/// What a figure should reach.
pub(in crate::pages) fn target(label: &'static str, filter: &KpiFilter, refused: Option<&Refused>) -> AnyView {
    filters::input("text", ("target", label), &filter.target, Refused::at(refused, "target"))
}

/// Its fields.
pub(in crate::pages) fn fields(filter: &KpiFilter, choices: &FilterChoices, refused: Option<&Refused>) -> AnyView {
    view! {
        {filters::input("date", ("from", "From"), &filter.from, Refused::at(refused, "from"))}
        {filters::input("date", ("to", "Before"), &filter.to, Refused::at(refused, "to"))}
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

/// What was left out, and why, in words; none: nothing.
pub(in crate::pages) fn left_out(out: &[Omission]) -> Option<String> {
    let words: Vec<String> = out.iter().map(|out| format!("{} {}", count(out.count), out.reason)).collect();
    (!words.is_empty()).then(|| format!("left out: {}", words.join(", ")))
}

/// The same, leading to what that is.
pub(in crate::pages) fn left_out_link(out: &[Omission], href: String) -> Option<AnyView> {
    let n: u64 = out.iter().map(|out| out.count).sum();
    left_out(out).map(|words| view! { <a href=href data-n=n.to_string()>{words}</a> }.erased())
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
