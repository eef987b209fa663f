use crate::{
    api,
    components::{
        erased::{Erase, awaited, blank},
        filters,
        freshness::as_of,
        states,
    },
    live::live,
    model::{Overview, OverviewFilter, PlaceChoices, day_words},
    paths,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

mod chart;
mod now;
mod period;

/// What is late, stuck or silent, and how long the papers take.
pub(crate) fn overview() -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| paths::overview_filter(|key| query.get(key))));
    let live = live();
    let versions = move || (live.shipments.get(), live.quarantine.get());
    let key = move || format!("{}#{:?}", filter.with(paths::overview), versions());
    let overview = Read::new(key, move || api::read_overview(filter.get_untracked()));
    let places = Read::new(String::new, api::read_places);
    view! {
        <Title text="Overview"/>
        <div class="head">
            <h1>"Overview"</h1>
            {awaited(blank, move || Box::pin(async move {
                overview.get().await.ok().map(|overview| as_of(&overview.as_of)).erased()
            }))}
        </div>
        {awaited(blank, move || {
            let filter = filter.get();
            Box::pin(async move { places.get().await.ok().map(|places| form(&places, &filter)).erased() })
        })}
        {awaited(states::loading, move || {
            let filter = filter.get();
            Box::pin(async move {
                match overview.get().await {
                    Ok(overview) if overview.shipments == 0 => nothing(&filter),
                    Ok(overview) => figures(overview, &filter),
                    Err(error) => states::failed_below(error),
                }
            })
        })}
    }
    .erased()
}

fn form(places: &PlaceChoices, filter: &OverviewFilter) -> AnyView {
    view! {
        {filters::form(paths::HOME, "Filter the Overview", fields(places, filter))}
        {filters::chips(chips_of(places, filter), paths::HOME)}
    }
    .erased()
}

fn figures(overview: Overview, filter: &OverviewFilter) -> AnyView {
    view! {
        {now::pipeline(&overview, filter)}
        <div class="cards">
            {now::late(&overview, filter)}
            {period::on_time(&overview, filter)}
            {now::quarantined(&overview)}
            {now::absent(&overview)}
            {now::awaiting_pod(&overview, filter)}
        </div>
        {chart::recorded(&overview, filter)}
    }
    .erased()
}

fn nothing(filter: &OverviewFilter) -> AnyView {
    if *filter == OverviewFilter::default() {
        let why = "Figures appear with the first events or imported rows in your scope.";
        states::empty("No shipments yet", why.erased())
    } else {
        let why = view! { "Take a part of the filter away, or " <a href=paths::HOME>"show everything"</a> "." };
        states::empty("No shipment matches", why.erased())
    }
}

fn fields(places: &PlaceChoices, filter: &OverviewFilter) -> AnyView {
    view! {
        {filters::day("from", "From", &filter.period.from)}
        {filters::day("to", "Before", &filter.period.to)}
        {filters::pick("region", "Region", "All", &places.regions, &filter.region)}
        {filters::pick("business_unit", "Business unit", "All", &places.business_units, &filter.business_unit)}
    }
    .erased()
}

fn chips_of(places: &PlaceChoices, filter: &OverviewFilter) -> Vec<filters::Chip> {
    let mut chips = Vec::new();
    let mut chip = |value: &Option<String>, words: &dyn Fn(&str) -> String, clear: fn(&mut OverviewFilter)| {
        if let Some(value) = value {
            let mut without = filter.clone();
            clear(&mut without);
            chips.push(filters::Chip { words: words(value), without: paths::overview(&without) });
        }
    };
    chip(&filter.period.from, &|v| format!("From {}", day_words(v)), |f| f.period.from = None);
    chip(&filter.period.to, &|v| format!("Before {}", day_words(v)), |f| f.period.to = None);
    chip(&filter.region, &|v| format!("Region: {}", filters::label_of(&places.regions, v)), |f| f.region = None);
    chip(&filter.business_unit, &|v| format!("Business unit: {}", filters::label_of(&places.business_units, v)), |f| {
        f.business_unit = None
    });
    chips
}
