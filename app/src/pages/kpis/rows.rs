//! The rows behind a key figure: each leads to its shipment or exception, with the way back.

use super::filter;
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        freshness::as_of,
        paging::{Paging, paging},
        states, table,
        words::money_or,
    },
    model::{KpiFilter, KpiRow, Page},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads a page of them and shows it.
pub(super) fn body(address: Address) -> Later {
    let id = address.part("id");
    let filter = paths::kpi_filter(|key| address.get(key));
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => here.ports.figures.kpi_rows(&here.caller, id.clone(), filter.clone()).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(page) => whole(&id, &page, &filter),
            Err(error) => states::failed(error),
        }
    })
}

fn whole(id: &str, page: &Page<KpiRow>, filter: &KpiFilter) -> AnyView {
    let from_start = KpiFilter { after: None, ..filter.clone() };
    let first = filter.after.is_some().then(|| paths::kpi_rows(id, &from_start));
    let next = page.next.clone().map(|after| paths::kpi_rows(id, &KpiFilter { after: Some(after), ..from_start.clone() }));
    let back = paths::kpi_rows(id, filter);
    let rows: Vec<_> = page.items.iter().map(|each| row(each, &back)).collect();
    let body = if rows.is_empty() {
        states::empty("No case", view! { <a href=paths::kpi(id, filter)>"Back to the figure"</a> }.erased())
    } else {
        let table = view! {
            <table class="rows" data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Reference"</th>
                        <th scope="col">"Day"</th>
                        <th scope="col">"Is"</th>
                        <th scope="col" class="number">"Money"</th>
                        <th scope="col">"Carrier"</th>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Region"</th>
                        <th scope="col">"Business unit"</th>
                        <th scope="col">"Mode"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        };
        let noun = ("case", "cases");
        let file = Some(paths::csv_of(&paths::kpi_rows(id, filter)));
        let paging = paging(Paging { shown: page.items.len(), total: page.total, first, next, file, noun });
        view! { {table::scrolling("Cases behind the figure", table.erased())} {paging} }.erased()
    };
    view! {
        <p class="back"><a href=paths::kpi(id, filter)>{format!("← {id}")}</a></p>
        <div class="head"><h1>{format!("Behind {id}")}</h1> {as_of(&page.as_of)}</div>
        <p class="aside sentence">{asked(filter)}</p>
        {body}
    }
    .erased()
}

/// Behind what the rows are, in words.
pub(crate) fn asked(filter: &KpiFilter) -> String {
    format!("{}{}", part_words(filter).unwrap_or_default(), filter::words(filter))
}

/// Which part the rows are behind, where it is not one of the figure's own.
fn part_words(filter: &KpiFilter) -> Option<&'static str> {
    Some(match filter.part.as_deref()?.rsplit(':').next()? {
        "open" => "Still open now, not in the figure · ",
        "left_out" => "Left out · ",
        "p50" => "The slower half · ",
        "p75" => "The slowest quarter · ",
        "p90" => "The slowest tenth · ",
        "p95" => "The slowest twentieth · ",
        "share" => "Those that count in the share · ",
        "rest" => "Those that do not count in the share · ",
        _ => return None,
    })
}

fn row(row: &KpiRow, back: &str) -> AnyView {
    view! {
        <tr>
            <th scope="row"><a href=paths::from_page(&row.href, back)>{row.reference.clone()}</a></th>
            <td>{row.day.clone()}</td>
            <td>{row.words.clone()}</td>
            <td class="number">{money_or(&row.money, "")}</td>
            <td>{row.carrier.clone()}</td>
            <td>{row.customer.clone()}</td>
            <td>{row.region.clone()}</td>
            <td>{row.business_unit.clone()}</td>
            <td>{row.mode.clone()}</td>
        </tr>
    }
    .erased()
}
