use crate::{
    api,
    components::{
        badge,
        erased::{Erase, awaited, blank},
        filters,
        freshness::as_of_list,
        paging::{Paging, paging},
        states, table,
        words::{self, counted, moment},
    },
    error::AppError,
    live::{Followed, follow, live},
    model::{Choice, Page, QuarantineFilter, QuarantineRow},
    paths,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What came in and could not be taken: nothing is lost, and each waits for somebody.
pub(crate) fn quarantine() -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| paths::quarantine_filter(|key| query.get(key))));
    let followed = follow(live().quarantine);
    let key = move || format!("{}#{}", filter.with(paths::quarantine), followed.shown.get());
    let page = Read::new(key, move || api::read_quarantine(filter.get_untracked()));
    view! {
        <Title text="Quarantine"/>
        <div class="head">
            <h1>"Quarantine"</h1>
            {awaited(blank, move || Box::pin(async move {
                page.get().await.ok().map(|page| heading(&page, followed)).erased()
            }))}
        </div>
        {awaited(blank, move || {
            let filter = filter.get();
            Box::pin(async move {
                (page.get().await.err() != Some(AppError::Forbidden)).then(|| form(&filter)).erased()
            })
        })}
        {awaited(states::loading, move || {
            let filter = filter.get();
            Box::pin(async move {
                match page.get().await {
                    Ok(page) => list(page, &filter),
                    Err(error) => states::failed_below(error),
                }
            })
        })}
    }
    .erased()
}

fn heading(page: &Page<QuarantineRow>, followed: Followed) -> AnyView {
    view! {
        {page.total.map(|total| view! { <p class="count">{counted(total, "item", "items")}</p> })}
        {as_of_list(&page.as_of, followed)}
    }
    .erased()
}

fn form(filter: &QuarantineFilter) -> AnyView {
    view! {
        {filters::form(paths::QUARANTINE, "Filter quarantine", fields(filter))}
        {filters::chips(chips_of(filter), paths::QUARANTINE)}
    }
    .erased()
}

fn list(page: Page<QuarantineRow>, filter: &QuarantineFilter) -> AnyView {
    let from_start = QuarantineFilter { after: None, ..filter.clone() };
    if page.items.is_empty() {
        return none(&from_start);
    }
    let first = filter.after.is_some().then(|| paths::quarantine(&from_start));
    let next = page.next.map(|after| paths::quarantine(&QuarantineFilter { after: Some(after), ..from_start }));
    let shown = page.items.len();
    let file = Some(paths::csv_of(&paths::quarantine(filter)));
    let paging = paging(Paging { shown, total: page.total, first, next, file, noun: ("item", "items") });
    view! { {rows(page.items)} {paging} }.erased()
}

fn none(filter: &QuarantineFilter) -> AnyView {
    if *filter == QuarantineFilter::default() {
        let why = "Everything that came in was read. What cannot be read lands here with its bytes and the reason.";
        states::empty("Nothing waits", why.erased())
    } else {
        let why = view! { "Take a part of the filter away, or " <a href=paths::QUARANTINE>"show what is open"</a> "." };
        states::empty("Nothing matches", why.erased())
    }
}

fn rows(items: Vec<QuarantineRow>) -> AnyView {
    let rows: Vec<_> = items.into_iter().map(row).collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Reason"</th>
                    <th scope="col">"Where"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Received"</th>
                    <th scope="col">"Source"</th>
                    <th scope="col">"Event"</th>
                    <th scope="col">"Shipment"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::scrolling("Quarantined items", table.erased())
}

fn row(row: QuarantineRow) -> AnyView {
    view! {
        <tr>
            <th scope="row" class="reason"><a href=paths::quarantine_item(&row.id)>{row.reason}</a> " " <span class="code">{row.code}</span></th>
            <td class="code">{words::text_or(&row.place, "whole body")}</td>
            <td>{badge::quarantine(row.state)}</td>
            <td class="when">{moment(&row.received)}</td>
            <td>{words::text_or(&row.source, "not readable")}</td>
            <td>{words::text_or(&row.event_type, "not readable")}</td>
            <td>{words::text_or(&row.subject, "not readable")}</td>
        </tr>
    }
    .erased()
}

fn states_of() -> Vec<Choice> {
    [("resolved", "Resolved"), ("discarded", "Discarded")]
        .into_iter()
        .map(|(value, label)| Choice { value: value.into(), label: label.into() })
        .collect()
}

fn fields(filter: &QuarantineFilter) -> AnyView {
    view! {
        {filters::pick("state", "State", "Open", &states_of(), &filter.state)}
        {filters::text("source", "Source", &filter.source)}
        {filters::text("code", "Code", &filter.code)}
    }
    .erased()
}

fn chips_of(filter: &QuarantineFilter) -> Vec<filters::Chip> {
    let base = QuarantineFilter { after: None, ..filter.clone() };
    let mut chips = Vec::new();
    let mut chip = |value: &Option<String>, name: &str, clear: fn(&mut QuarantineFilter)| {
        if let Some(value) = value {
            let mut without = base.clone();
            clear(&mut without);
            let value = filters::label_of(&states_of(), value);
            chips.push(filters::Chip { words: format!("{name}: {value}"), without: paths::quarantine(&without) });
        }
    };
    chip(&filter.state, "State", |f| f.state = None);
    chip(&filter.source, "Source", |f| f.source = None);
    chip(&filter.code, "Code", |f| f.code = None);
    chips
}
