//! Exceptions by business cause: one fix for many.

use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        exception::{severity, sums, title},
        save, table,
        words::{count, nothing},
    },
    model::{ExceptionFilter, ExceptionGroup, Exceptions, MOST_GROUPS},
    paths,
};
use leptos::prelude::*;

/// The groups as they rank.
pub(super) fn groups(page: &Exceptions, filter: &ExceptionFilter) -> AnyView {
    let rows: Vec<_> = page.groups.iter().map(|group| row(group, filter)).collect();
    let cut = rows.len() == MOST_GROUPS as usize;
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Cause"</th>
                    <th scope="col">"Severity"</th>
                    <th scope="col">"Queue"</th>
                    <th scope="col" class="number">"Exceptions"</th>
                    <th scope="col" class="number">"Shipments"</th>
                    <th scope="col" class="number">"Money waiting"</th>
                    <th scope="col" class="number">"Oldest"</th>
                    <th scope="col">"Past due"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        {table::scrolling("Exceptions by cause", table.erased())}
        <p class="aside">
            "First what costs most: money that waits × its age × how likely it is lost or delayed."
            {cut.then_some(" These are the first causes of more: a filter shows the others.")}
        </p>
        {save::line(&[("CSV", paths::exception_groups_csv(filter))], "Exceptions by cause")}
    }
    .erased()
}

fn row(group: &ExceptionGroup, filter: &ExceptionFilter) -> AnyView {
    let rows = ExceptionFilter { view: Some("list".into()), cause: Some(group.cause.clone()), after: None, ..filter.clone() };
    let overdue = match group.overdue {
        0 => nothing("none"),
        n => badge(Tone::Bad, format!("{} past due", count(n))),
    };
    view! {
        <tr>
            <th scope="row" class="reason"><a href=paths::exceptions(&rows) data-n=group.exceptions.to_string()>{title(group.kind, &group.detail)}</a></th>
            <td>{severity(group.severity)}</td>
            <td>{group.queue.label()}</td>
            <td class="number">{count(group.exceptions)}</td>
            <td class="number">{count(group.shipments)}</td>
            <td class="number">{sums(&group.money, "none known")}</td>
            <td class="number">{group.oldest.clone()}</td>
            <td>{overdue}</td>
        </tr>
    }
    .erased()
}
