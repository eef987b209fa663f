use crate::{
    api,
    components::{
        badge,
        erased::{Erase, awaited, blank},
        filters,
        freshness::as_of_list,
        paging::{Paging, paging},
        states, table,
        words::{self, counted},
    },
    live::{Followed, follow, live},
    model::{Choice, FilterChoices, Page, ShipmentFilter, ShipmentRow, Stage, Timeliness, day_words},
    paths,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Every shipment that the viewer may see, by any dimension.
pub(crate) fn shipments() -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| paths::shipment_filter(|key| query.get(key))));
    let followed = follow(live().shipments);
    let key = move || format!("{}#{}", filter.with(paths::shipments), followed.shown.get());
    let page = Read::new(key, move || api::read_shipments(filter.get_untracked()));
    // Read again with another filter: once they could not be read need not be for ever.
    let choices = Read::new(move || filter.with(paths::shipments), api::read_choices);
    view! {
        <Title text="Shipments"/>
        <div class="head">
            <h1>"Shipments"</h1>
            {awaited(blank, move || Box::pin(async move {
                page.get().await.ok().map(|page| heading(&page, followed)).erased()
            }))}
        </div>
        {awaited(blank, move || {
            let filter = filter.get();
            Box::pin(async move { choices.get().await.ok().map(|choices| form(&choices, &filter)).erased() })
        })}
        {awaited(states::loading, move || {
            let filter = filter.get();
            Box::pin(async move {
                // Rows beside a filter that could not be read would look like all that there is.
                match (page.get().await, choices.get().await) {
                    (Ok(page), Ok(_)) => list(page, &filter),
                    (Err(error), _) | (_, Err(error)) => states::failed_below(error),
                }
            })
        })}
    }
    .erased()
}

fn heading(page: &Page<ShipmentRow>, followed: Followed) -> AnyView {
    view! {
        {page.total.map(|total| view! { <p class="count">{counted(total, "shipment", "shipments")}</p> })}
        {as_of_list(&page.as_of, followed)}
    }
    .erased()
}

fn form(choices: &FilterChoices, filter: &ShipmentFilter) -> AnyView {
    view! {
        {filters::form(paths::SHIPMENTS, "Filter shipments", fields(choices, filter))}
        {filters::chips(chips_of(choices, filter), paths::SHIPMENTS)}
    }
    .erased()
}

fn list(page: Page<ShipmentRow>, filter: &ShipmentFilter) -> AnyView {
    let from_start = ShipmentFilter { after: None, ..filter.clone() };
    if page.items.is_empty() {
        return none(from_start != ShipmentFilter::default());
    }
    let first = filter.after.is_some().then(|| paths::shipments(&from_start));
    let next = page.next.map(|after| paths::shipments(&ShipmentFilter { after: Some(after), ..from_start }));
    let shown = page.items.len();
    let file = Some(paths::csv_of(&paths::shipments(filter)));
    let paging = paging(Paging { shown, total: page.total, first, next, file, noun: ("shipment", "shipments") });
    view! { {rows(page.items)} {paging} }.erased()
}

fn none(filtered: bool) -> AnyView {
    if filtered {
        let why = view! { "Take a part of the filter away, or " <a href=paths::SHIPMENTS>"show all shipments"</a> "." };
        states::empty("No shipment matches", why.erased())
    } else {
        let why = "A shipment appears with the first event or imported row that names it, if it lies in your scope.";
        states::empty("No shipments yet", why.erased())
    }
}

fn rows(items: Vec<ShipmentRow>) -> AnyView {
    let rows: Vec<_> = items.into_iter().map(row).collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Shipment"</th>
                    <th scope="col">"Stage"</th>
                    <th scope="col">"Against promise"</th>
                    <th scope="col">"Promised"</th>
                    <th scope="col">"Dispatched"</th>
                    <th scope="col">"Delivered"</th>
                    <th scope="col">"Carrier"</th>
                    <th scope="col">"Mode"</th>
                    <th scope="col">"Region"</th>
                    <th scope="col">"Unit"</th>
                    <th scope="col" class="number">"Freight"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::scrolling("Shipments", table.erased())
}

fn row(row: ShipmentRow) -> AnyView {
    view! {
        <tr>
            <th scope="row"><a href=paths::shipment(&row.id)>{row.reference.clone()}</a></th>
            <td>{badge::stage(row.stage)}</td>
            <td>{badge::timeliness(row.timeliness, row.late_by.as_deref())}</td>
            <td class="when">{words::moment_or(&row.promised, "none told")}</td>
            <td class="when">{words::moment_or(&row.dispatched, "not told")}</td>
            <td class="when">{words::moment_or(&row.delivered, "not yet")}</td>
            <td class="name">{words::text_or(&row.carrier, "not told")}</td>
            <td class="name">{words::text_or(&row.mode, "not told")}</td>
            <td class="name">{words::text_or(&row.region, "not told")}</td>
            <td class="name">{words::text_or(&row.business_unit, "not told")}</td>
            <td class="number">{words::money_or(&row.freight, "not told")}</td>
        </tr>
    }
    .erased()
}

fn fields(choices: &FilterChoices, filter: &ShipmentFilter) -> AnyView {
    view! {
        {filters::day("from", "From", &filter.period.from)}
        {filters::day("to", "Before", &filter.period.to)}
        {filters::pick("stage", "Stage", "Any", &stages(), &filter.stage)}
        {filters::pick("timeliness", "Against promise", "Any", &timeliness(), &filter.timeliness)}
        {filters::pick("region", "Region", "All", &choices.places.regions, &filter.region)}
        {filters::pick("business_unit", "Business unit", "All", &choices.places.business_units, &filter.business_unit)}
        {filters::pick("carrier", "Carrier", "All", &choices.carriers, &filter.carrier)}
        {filters::pick("mode", "Mode", "All", &choices.modes, &filter.mode)}
        {filters::kept("customer", &filter.customer)}
        {filters::kept("awaiting_pod", &filter.awaiting_pod)}
        {filters::kept("week", &filter.week)}
    }
    .erased()
}

fn stages() -> Vec<Choice> {
    Stage::ALL.into_iter().map(|stage| Choice { value: stage.code().into(), label: stage.label().into() }).collect()
}

fn timeliness() -> Vec<Choice> {
    [Timeliness::OnTime, Timeliness::DeliveredLate, Timeliness::Overdue]
        .into_iter()
        .map(|t| Choice { value: t.code().into(), label: t.label().into() })
        .collect()
}

fn chips_of(choices: &FilterChoices, filter: &ShipmentFilter) -> Vec<filters::Chip> {
    let base = ShipmentFilter { after: None, ..filter.clone() };
    let mut chips = Vec::new();
    let mut chip = |value: &Option<String>, words: &dyn Fn(&str) -> String, clear: fn(&mut ShipmentFilter)| {
        if let Some(value) = value {
            let mut without = base.clone();
            clear(&mut without);
            chips.push(filters::Chip { words: words(value), without: paths::shipments(&without) });
        }
    };
    let label = filters::label_of;
    chip(&filter.period.from, &|v| format!("From {}", day_words(v)), |f| f.period.from = None);
    chip(&filter.period.to, &|v| format!("Before {}", day_words(v)), |f| f.period.to = None);
    chip(&filter.week, &|v| format!("Delivered in week {v}"), |f| f.week = None);
    chip(&filter.stage, &|v| format!("Stage: {}", label(&stages(), v)), |f| f.stage = None);
    chip(&filter.timeliness, &|v| label(&timeliness(), v), |f| f.timeliness = None);
    chip(&filter.awaiting_pod, &|v| awaiting(v), |f| f.awaiting_pod = None);
    chip(&filter.region, &|v| format!("Region: {}", label(&choices.places.regions, v)), |f| f.region = None);
    chip(&filter.business_unit, &|v| format!("Business unit: {}", label(&choices.places.business_units, v)), |f| {
        f.business_unit = None
    });
    chip(&filter.carrier, &|v| format!("Carrier: {}", label(&choices.carriers, v)), |f| f.carrier = None);
    chip(&filter.mode, &|v| format!("Mode: {}", label(&choices.modes, v)), |f| f.mode = None);
    chip(&filter.customer, &|v| format!("Customer: {v}"), |f| f.customer = None);
    chips
}

fn awaiting(bucket: &str) -> String {
    if bucket == "any" { "Awaiting POD".into() } else { format!("Awaiting POD for {bucket}") }
}
