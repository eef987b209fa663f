//! Exceptions one by one.

use super::bulk;
use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        exception::{severity, state, title},
        paging::{Paging, paging},
        table,
        words::{self, moment, nothing},
    },
    model::{ExceptionFilter, ExceptionRow, Exceptions},
    paths,
};
use leptos::prelude::*;

/// One page of rows; who may work on them can pick some.
pub(super) fn rows(page: &Exceptions, filter: &ExceptionFilter, may_work: bool) -> AnyView {
    let from_start = ExceptionFilter { after: None, ..filter.clone() };
    let first = filter.after.is_some().then(|| paths::exceptions(&from_start));
    let next = page.next.clone().map(|after| paths::exceptions(&ExceptionFilter { after: Some(after), ..from_start }));
    let file = Some(paths::csv_of(&paths::exceptions(filter)));
    let noun = ("exception", "exceptions");
    let paging = paging(Paging { shown: page.items.len(), total: Some(page.total), first, next, file, noun });
    // Whoever looks at one comes back to where they were.
    let here = paths::exceptions(filter);
    let rows: Vec<_> = page.items.iter().map(|each| row(each, &here, may_work)).collect();
    let table = view! {
        <table class=if may_work { "rows picking" } else { "rows" } data-rows="">
            <thead>
                <tr>
                    {may_work.then(bulk::all)}
                    <th scope="col">"Exception"</th>
                    <th scope="col">"Severity"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Shipment"</th>
                    <th scope="col" class="number">"Money waiting"</th>
                    <th scope="col" class="number">"Age"</th>
                    <th scope="col" colspan="2">"Due"</th>
                    <th scope="col">"Assigned to"</th>
                    <th scope="col">"Customer"</th>
                    <th scope="col">"Queue"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        {table::scrolling("Exceptions", table.erased())}
        {may_work.then(|| bulk::bar(here))}
        {paging}
    }
    .erased()
}

fn row(row: &ExceptionRow, here: &str, may_work: bool) -> AnyView {
    let shipment = match &row.shipment {
        Some((id, reference)) => view! { <a href=paths::shipment(id)>{reference.clone()}</a> }.erased(),
        None => nothing("no shipment"),
    };
    view! {
        <tr>
            {may_work.then(|| bulk::pick(row))}
            <th scope="row" class="reason"><a href=paths::from_page(&paths::exception(&row.id), here)>{title(row.kind, &row.detail)}</a></th>
            <td>{severity(row.severity)}</td>
            <td>{state(row.state)} {remarks(row)}</td>
            <td>{shipment}</td>
            <td class="number">{words::money_or(&row.money, "none known")}</td>
            <td class="number">{row.age.clone()}</td>
            {due(row)}
            <td>{words::text_or(&row.assignee, "nobody")}</td>
            <td class="name">{words::text_or(&row.customer, "not told")}</td>
            <td>{row.queue.label()}</td>
        </tr>
    }
    .erased()
}

/// When it must be solved, and beside it whether that has passed: times stand below each other.
fn due(row: &ExceptionRow) -> AnyView {
    let at = row.due.as_ref().map_or_else(|| nothing("no time set"), moment);
    let passed = (row.due.is_some() && row.overdue).then(|| badge(Tone::Bad, "past due"));
    view! { <td class="number due">{at}</td> <td class="passed">{passed}</td> }.erased()
}

fn remarks(row: &ExceptionRow) -> AnyView {
    let snoozed = row.snoozed_until.as_ref().map(|until| view! { <span class="by">" · snoozed until " {moment(until)}</span> });
    let back = (row.reopens > 0).then(|| view! { <span class="by">{format!(" · came back {}×", row.reopens)}</span> });
    view! { {snoozed} {back} }.erased()
}
