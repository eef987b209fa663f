//! What became of each.

use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        exception::title,
        paging::{Paging, paging},
        states, table,
        words::{count, nothing, text_or},
    },
    model::{BulkItem, BulkJob, BulkResult, Page},
    paths,
};
use leptos::prelude::*;

/// Which part of the set is shown.
pub(super) struct Shown {
    /// `refused`: those that were left alone.
    pub(super) result: Option<String>,
    /// Place in it.
    pub(super) after: Option<String>,
}

/// One page of the set.
pub(super) fn items(job: &BulkJob, page: &Page<BulkItem>, shown: &Shown) -> AnyView {
    let result = shown.result.as_deref();
    let next = page.next.as_deref().map(|after| paths::bulk_items(&job.id, result, Some(after)));
    let first = shown.after.is_some().then(|| paths::bulk_items(&job.id, result, None));
    let body = if page.items.is_empty() {
        let why = "Each that was tried so far was done.";
        states::empty("None was left alone", why.erased())
    } else {
        let noun = ("exception", "exceptions");
        let file = Some(paths::csv_of(&paths::bulk_items(&job.id, result, None)));
        view! {
            {rows(&page.items)}
            {paging(Paging { shown: page.items.len(), total: page.total, first, next, file, noun })}
        }
        .erased()
    };
    view! {
        <section aria-labelledby="each">
            <h2 id="each">"One by one"</h2>
            <div class="tabs-row">{parts(job, result)}</div>
            {body}
        </section>
    }
    .erased()
}

fn parts(job: &BulkJob, result: Option<&str>) -> AnyView {
    let tab = |code: Option<&'static str>, label: &'static str, n: u64| {
        let current = (code == result).then_some("page");
        view! {
            <li><a href=paths::bulk_items(&job.id, code, None) aria-current=current>{label} " " <span class="tally">{count(n)}</span></a></li>
        }
    };
    view! {
        <nav class="tabs" aria-label="Part of the set">
            <ul>{tab(None, "All", job.items)} {tab(Some("refused"), "Left alone", job.refused)}</ul>
        </nav>
    }
    .erased()
}

fn rows(items: &[BulkItem]) -> AnyView {
    let rows: Vec<_> = items.iter().map(row).collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Exception"</th>
                    <th scope="col">"Shipment"</th>
                    <th scope="col">"Result"</th>
                    <th scope="col">"Why"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::scrolling("Exceptions of the job", table.erased())
}

fn row(item: &BulkItem) -> AnyView {
    let name = match item.kind {
        Some(kind) => view! { <a href=paths::exception(&item.exception)>{title(kind, &item.detail)}</a> }.erased(),
        None => nothing("out of sight"),
    };
    let shipment = match &item.shipment {
        Some((id, reference)) => view! { <a href=paths::shipment(id)>{reference.clone()}</a> }.erased(),
        None => nothing("no shipment"),
    };
    let result = match item.result {
        BulkResult::Waiting => badge(Tone::Plain, "Not tried"),
        BulkResult::Done => badge(Tone::Good, "Done"),
        BulkResult::Refused => badge(Tone::Warn, "Left alone"),
    };
    view! {
        <tr>
            <th scope="row" class="reason">{name}</th>
            <td>{shipment}</td>
            <td>{result}</td>
            <td class="long">{text_or(&item.problem, "nothing to say")}</td>
        </tr>
    }
    .erased()
}
