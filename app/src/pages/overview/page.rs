//! The page: its filter, and its cards.

use super::{cash, papers, pipeline, sources};
use crate::{
    components::{
        erased::{Erase, Later},
        filters,
        freshness::as_of,
        states,
    },
    model::{FilterChoices, KpiFilter, Overview},
    pages::{kpis::filter as words, served::Address},
    paths,
    ports::{Caller, Ports},
};
use leptos::prelude::*;

/// Reads it and shows it.
pub(super) fn body(address: Address) -> Later {
    let filter = paths::overview_filter(|key| address.get(key));
    let asked = filter.clone();
    let read = async move |ports: Ports, caller: Caller| ports.figures.overview(&caller, asked).await;
    let typed = filter.clone();
    let again = move |choices: &_, _: &_| filters::form(paths::HOME, "Filter the Overview", fields(&typed, choices));
    words::read("Overview", read, move |overview, choices| whole(overview, choices, &filter), again)
}

fn whole(overview: &Overview, choices: &FilterChoices, filter: &KpiFilter) -> AnyView {
    let body = match overview.nothing {
        true if *filter == KpiFilter::default() => first(),
        true => {
            let why = view! { "Take a part of the filter away, or " <a href=paths::HOME>"show everything"</a> "." };
            states::empty("No shipment matches", why.erased())
        }
        false => cards(overview, filter),
    };
    view! {
        <div class="head"><h1>"Overview"</h1> {as_of(&overview.as_of)}</div>
        {overview.under_way.clone().map(|words| view! { <p role="status">{words}</p> })}
        {filters::form(paths::HOME, "Filter the Overview", fields(filter, choices))}
        {words::chips(filter, choices, paths::overview, paths::HOME)}
        {body}
    }
    .erased()
}

fn cards(overview: &Overview, filter: &KpiFilter) -> AnyView {
    view! {
        {pipeline::pipeline(overview, filter)}
        <div class="over">
            {cash::cash(overview, filter)}
            {cash::causes(overview, filter)}
            {papers::proof(overview, filter)}
            {papers::erp(overview, filter)}
        </div>
        {papers::promises(overview, filter)}
        {sources::sources(overview, filter)}
        <p class="aside">
            "How it went week by week: " <a href=paths::trends(&crate::model::TrendFilter { of: filter.clone(), ..Default::default() })>"Trends"</a>
            ". Every figure: " <a href=paths::kpis(filter)>"Figures"</a>
        </p>
    }
    .erased()
}

fn fields(filter: &KpiFilter, choices: &FilterChoices) -> AnyView {
    view! {
        {filters::day("from", "Measured from", &filter.from)}
        {filters::day("to", "Before", &filter.to)}
        {filters::pick("region", "Region", "All", &choices.places.regions, &filter.region)}
        {filters::pick("business_unit", "Business unit", "All", &choices.places.business_units, &filter.business_unit)}
        {filters::pick("carrier", "Carrier", "All", &choices.carriers, &filter.carrier)}
        {filters::pick("mode", "Mode", "All", &choices.modes, &filter.mode)}
        {filters::text("customer", "Customer", &filter.customer)}
    }
    .erased()
}

/// What to do first, where nothing has come yet.
fn first() -> AnyView {
    let why = view! {
        "Cards fill with the first shipment in your scope. To begin, an administrator makes a key for a source ("
        <code>"waybill apikey create tms --source 'tms/*'"</code> ") and the source "
        <a rel="external" href="/api/v1/docs">"sends its events"</a> "; or a file is taken in ("
        <code>"waybill import --mapping mapping.toml file.csv"</code> "). What cannot be read waits in "
        <a href=paths::QUARANTINE>"Quarantine"</a> " with the reason. Contracts and expected times stand in the "
        <a href=paths::CONFIGURATION>"Configuration"</a> "."
    };
    states::empty("No shipments yet", why.erased())
}
