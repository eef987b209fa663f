//! The rows: each leads to its shipment, and from there to the action, with the way back to this list as it is.

use crate::{
    components::{
        badge::{self, Tone},
        erased::Erase,
        paging::{Paging, paging},
        table,
        words::{self, nothing},
    },
    model::{WorkFilter, WorkList, WorkPage, WorkRow},
    paths,
};
use leptos::prelude::*;

/// One page of rows, and the way on.
pub(super) fn rows(list: WorkList, page: &WorkPage, filter: &WorkFilter) -> AnyView {
    let from_start = WorkFilter { after: None, ..filter.clone() };
    let first = filter.after.is_some().then(|| paths::work(list, &from_start));
    let next = page.next.clone().map(|after| paths::work(list, &WorkFilter { after: Some(after), ..from_start.clone() }));
    let (file, noun) = (Some(paths::csv_of(&paths::work(list, filter))), ("shipment", "shipments"));
    let paging = paging(Paging { shown: page.items.len(), total: Some(page.total), first, next, file, noun });
    let back = paths::work(list, filter);
    let of_kind = !matches!(list, WorkList::Unbilled | WorkList::AwaitingPod);
    let rows: Vec<_> = page.items.iter().map(|each| row(list, each, filter, &back, of_kind)).collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Shipment"</th>
                    <th scope="col" class="number">"Waits"</th>
                    <th scope="col" class="number">"Money"</th>
                    {of_kind.then(|| view! { <th scope="col">"Exception"</th> })}
                    <th scope="col">"Held from billing by"</th>
                    <th scope="col">"Whose move"</th>
                    <th scope="col">"Stage"</th>
                    <th scope="col">"Carrier"</th>
                    <th scope="col">"Customer"</th>
                    <th scope="col">"Region"</th>
                    <th scope="col">"Mode"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        {table::scrolling("Shipments that wait", table.erased())}
        {paging}
    }
    .erased()
}

fn row(list: WorkList, row: &WorkRow, filter: &WorkFilter, back: &str, of_kind: bool) -> AnyView {
    let shipment = paths::from_page(&paths::shipment(&row.id), back);
    let exception = of_kind.then(|| {
        let words = row.detail.clone().unwrap_or_else(|| "Open".to_owned());
        let shown = match &row.exception {
            Some(id) => view! { <a href=paths::from_page(&paths::exception(id), back)>{words}</a> }.erased(),
            None => nothing("none"),
        };
        view! { <td class="reason">{shown}</td> }
    });
    let moves: Vec<_> = row.moves.iter().map(|queue| queue.label()).collect();
    view! {
        <tr>
            <th scope="row"><a href=shipment>{row.reference.clone()}</a></th>
            <td class="number"><time datetime=row.since.utc.clone() title=row.since.utc.clone()>{row.age.clone()}</time></td>
            <td class="number">{words::money_or(&row.money, "not known")}</td>
            {exception}
            <td>{holds(list, row, filter, of_kind)}</td>
            <td>{moves.join(", ")}</td>
            <td>{badge::stage(row.stage)}</td>
            <td class="name">{words::text_or(&row.carrier, "not told")}</td>
            <td class="name">{words::text_or(&row.customer, "not told")}</td>
            <td class="name">{words::text_or(&row.region, "not told")}</td>
            <td class="name">{words::text_or(&row.mode, "not told")}</td>
        </tr>
    }
    .erased()
}

/// Each hold; in a list by holds it leads to the list of it alone.
fn holds(list: WorkList, row: &WorkRow, filter: &WorkFilter, of_kind: bool) -> AnyView {
    if row.holds.is_empty() {
        return if of_kind { nothing("nothing") } else { badge::badge(Tone::Good, "Ready to invoice") };
    }
    let holds: Vec<_> = row
        .holds
        .iter()
        .map(|hold| {
            let word = hold.label.clone();
            let chip = if list == WorkList::Unbilled {
                let only = WorkFilter { hold: Some(hold.code.clone()), after: None, ..filter.clone() };
                view! { <a class="badge warn" href=paths::work(list, &only)>{word}</a> }.erased()
            } else {
                badge::badge(Tone::Warn, word)
            };
            view! { <li>{chip}</li> }
        })
        .collect();
    view! { <ul class="holds">{holds}</ul> }.erased()
}
