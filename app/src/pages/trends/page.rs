//! The page: its filter, and one side or two.

use super::side;
use crate::{
    components::{
        erased::{Erase, Later},
        filters,
        freshness::as_of,
        states,
    },
    model::{FilterChoices, KpiFilter, TrendFilter, Trends},
    pages::{
        kpis::filter::{self, Refused},
        served::Address,
    },
    paths,
    ports::{Caller, Ports},
};
use leptos::prelude::*;

/// Reads it and shows it.
pub(super) fn body(address: Address) -> Later {
    let filter = paths::trend_filter(|key| address.get(key));
    let asked = filter.clone();
    let read = async move |ports: Ports, caller: Caller| {
        let mut trends = ports.figures.trends(&caller, asked.clone()).await;
        let refused = Refused::of_target(&trends);
        if refused.is_some() {
            let of = KpiFilter { target: None, ..asked.of };
            trends = ports.figures.trends(&caller, TrendFilter { of, ..asked }).await;
        }
        Ok((trends?, refused))
    };
    let typed = filter.clone();
    let again = move |choices: &_, refused: &_| form(&typed, choices, Some(refused));
    filter::read("Trends", read, move |(trends, refused), choices| whole(trends, choices, &filter, refused.as_ref()), again)
}

fn whole(trends: &Trends, choices: &FilterChoices, filter: &TrendFilter, refused: Option<&Refused>) -> AnyView {
    if refused.is_some() {
        states::answer_status(422);
    }
    let under_way = trends.sides.iter().find_map(|side| side.under_way.clone());
    let nothing = trends.sides.iter().all(|side| side.figures.iter().all(|trend| trend.n == 0 && trend.left_out.is_empty()));
    let body = if nothing { empty(filter) } else { side::sides(trends) };
    view! {
        <div class="head"><h1>"Trends"</h1> {as_of(&trends.as_of)}</div>
        <p class="aside sentence">
            {filter::words(&filter.of)} " · by week of the stop; weeks begin on Monday, days are UTC days. "
            <a href=paths::DEFINITIONS>"What each means"</a>
        </p>
        {under_way.map(|words| view! { <p role="status">{words}</p> })}
        {form(filter, choices, refused)}
        {body}
    }
    .erased()
}

fn form(filter: &TrendFilter, choices: &FilterChoices, refused: Option<&Refused>) -> AnyView {
    let fields = view! {
        {filter::fields(&filter.of, choices, refused)}
        {filter::target("Target of K1, hours", &filter.of, refused)}
        {filters::day("vs_from", "Against: from", &filter.vs_from)}
        {filters::day("vs_to", "Against: before", &filter.vs_to)}
        {filters::pick("vs_carrier", "Against: carrier", "The same", &choices.carriers, &filter.vs_carrier)}
    };
    view! {
        {filters::form(paths::TRENDS, "Filter Trends", fields.erased())}
        {(*filter != TrendFilter::default()).then(|| view! {
            <p class="aside"><a href=paths::TRENDS>"Remove the filter"</a></p>
        })}
    }
    .erased()
}

fn empty(filter: &TrendFilter) -> AnyView {
    if *filter == TrendFilter::default() {
        let why = "Lines begin with the first shipment that is invoiced, proven or posted in your scope.";
        states::empty("No week to show yet", why.erased())
    } else {
        let why = view! { "Take a part of the filter away, or " <a href=paths::TRENDS>"show everything"</a> "." };
        states::empty("No case in this period", why.erased())
    }
}
