//! All key figures.

use super::filter;
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        save, states, table,
        words::count,
    },
    error::AppError,
    model::{FilterChoices, Kpi, KpiFilter},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads them and shows them.
pub(super) fn body(address: Address) -> Later {
    let filter = paths::kpi_filter(|key| address.get(key));
    let here = Here::take();
    Box::pin(async move {
        match read(here, &filter).await {
            Ok((kpis, choices)) => whole(&kpis, &choices, &filter),
            Err(error) => view! { <div class="head"><h1>"Key figures"</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

async fn read(here: Result<Here, AppError>, filter: &KpiFilter) -> Result<(Vec<Kpi>, FilterChoices), AppError> {
    let here = here?;
    let kpis = here.ports.figures.kpis(&here.caller, filter.clone()).await?;
    Ok((kpis, here.ports.reading.choices(&here.caller).await.unwrap_or_default()))
}

fn whole(kpis: &[Kpi], choices: &FilterChoices, filter: &KpiFilter) -> AnyView {
    let rows: Vec<_> = kpis.iter().map(|kpi| row(kpi, filter)).collect();
    let under_way = kpis.iter().find_map(|kpi| kpi.under_way.clone());
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Figure"</th>
                    <th scope="col" class="number">"Is"</th>
                    <th scope="col" class="number">"Cases"</th>
                    <th scope="col" class="number">"Money"</th>
                    <th scope="col">"Of"</th>
                    <th scope="col">"Whose"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <div class="head"><h1>"Key figures"</h1> {kpis.first().map(|kpi| as_of(&kpi.as_of))}</div>
        <p class="aside">
            {filter::words(filter)} " Durations are medians by the calendar, of what is completed, as true now. Days are UTC days. "
            <a href=paths::DEFINITIONS>"What each means"</a>
        </p>
        {under_way.map(|words| view! { <p role="status">{words} ": the figures are not whole yet."</p> })}
        {filter::form(paths::KPIS, filter, choices)}
        {table::scrolling("Key figures", table.erased())}
        {save::line(&[("CSV", paths::csv_of(&paths::kpis(filter)))], "Key figures")}
    }
    .erased()
}

fn row(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    let id = &kpi.meaning.id;
    // Of a share of what waits the rows are those that wait.
    let behind = if matches!(id.as_str(), "K6" | "K16") { kpi.value.part.unwrap_or(0) } else { kpi.n };
    view! {
        <tr>
            <th scope="row"><a href=paths::kpi(id, filter)>{format!("{id} {}", kpi.meaning.name)}</a></th>
            <td class="number"><a href=paths::kpi_rows(id, filter) data-n=behind.to_string()>{kpi.value.words.clone()}</a></td>
            <td class="number">{count(kpi.n)}</td>
            <td class="number">{sums(&kpi.value.money, "")}</td>
            <td>{kpi.meaning.population.clone()}</td>
            <td>{kpi.meaning.owner.clone()}</td>
        </tr>
    }
    .erased()
}
