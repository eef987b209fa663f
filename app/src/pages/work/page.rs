//! The page: what waits in all, the lists, the parts of this one, its filter and its rows.

use super::{filter, rows};
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        states,
        words::{count, counted},
    },
    error::AppError,
    model::{WorkFilter, WorkList, WorkPage, WorkPart},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Reads the list that the address names.
pub(super) fn body(address: Address) -> Later {
    let list = WorkList::from_code(&address.part("list"));
    let filter = paths::work_filter(|key| address.get(key));
    let here = Here::take();
    Box::pin(async move {
        let read = match (here, list) {
            (Ok(here), Some(list)) => here.ports.lists.work(&here.caller, list, filter.clone()).await,
            (Ok(here), None) => match here.ports.reading.viewer(&here.caller).await {
                Ok(_) => Err(AppError::NotFound),
                Err(error) => Err(error),
            },
            (Err(error), _) => Err(error),
        };
        match (read, list) {
            (Ok(page), Some(list)) => whole(list, &page, &filter),
            (Err(error), Some(list)) => {
                view! { <Title text=list.label()/> <div class="head"><h1>{list.label()}</h1></div> {states::failed_below(error)} }
                    .erased()
            }
            (Err(error), None) => states::failed(error),
            (Ok(_), None) => states::failed(AppError::NotFound),
        }
    })
}

/// What holds those whose contract asks for a POD.
const POD_HOLD: &str = "pod_missing";

fn whole(list: WorkList, page: &WorkPage, filter: &WorkFilter) -> AnyView {
    let body = if page.items.is_empty() { none(list, filter) } else { rows::rows(list, page, filter) };
    view! {
        <Title text=list.label()/>
        <div class="head">
            <h1>{list.label()}</h1>
            <p class="count">{counted(page.total, "shipment", "shipments")}</p>
            {(!page.money.is_empty()).then(|| view! { <div class="waiting">{sums(&page.money, "")} " waiting"</div> })}
            {as_of(&page.as_of)}
        </div>
        <div class="tabs-row">
            {lists(list, filter)}
            {page.asked.map(|held| asked(list, held, filter))}
            {orders(list, filter)}
        </div>
        <p class="aside">{list.explained()}</p>
        {parts(list, &page.parts, filter)}
        {filter::form(list, filter, page)}
        {filter::chips(list, filter, page)}
        {body}
    }
    .erased()
}

/// The other lists, over the same places.
fn lists(current: WorkList, filter: &WorkFilter) -> AnyView {
    let same = WorkFilter { hold: None, age: None, after: None, ..filter.clone() };
    let tabs: Vec<_> = WorkList::ALL
        .iter()
        .map(|list| {
            let current = (*list == current).then_some("page");
            view! { <li><a href=paths::work(*list, &same) aria-current=current>{list.label()}</a></li> }
        })
        .collect();
    view! { <nav class="tabs" aria-label="Lists of work"><ul>{tabs}</ul></nav> }.erased()
}

/// All that await a POD, or those whose invoice waits for it.
fn asked(list: WorkList, held: u64, filter: &WorkFilter) -> AnyView {
    let only = filter.hold.as_deref() == Some(POD_HOLD);
    let tab = |hold: Option<&str>, label: AnyView, current: bool| {
        let href = paths::work(list, &WorkFilter { hold: hold.map(Into::into), after: None, ..filter.clone() });
        view! { <li><a href=href aria-current=current.then_some("page")>{label}</a></li> }
    };
    let asked = format!("Billing waits for it: {}", count(held)).erased();
    view! {
        <nav class="tabs views" aria-label="Which of them">
            <ul>{tab(None, "All".erased(), filter.hold.is_none())} {tab(Some(POD_HOLD), asked, only)}</ul>
        </nav>
    }
    .erased()
}

fn orders(list: WorkList, filter: &WorkFilter) -> AnyView {
    let by_value = filter.sort.as_deref() == Some("value");
    let tab = |sort: Option<&str>, label: &'static str, current: bool| {
        let href = paths::work(list, &WorkFilter { sort: sort.map(Into::into), after: None, ..filter.clone() });
        view! { <li><a href=href aria-current=current.then_some("page")>{label}</a></li> }
    };
    view! {
        <nav class="tabs views" aria-label="Order">
            <ul>{tab(None, "Longest first", !by_value)} {tab(Some("value"), "By money × age", by_value)}</ul>
        </nav>
    }
    .erased()
}

/// By hold or by age, each the list of it alone.
fn parts(list: WorkList, parts: &[WorkPart], filter: &WorkFilter) -> AnyView {
    if parts.is_empty() {
        return ().erased();
    }
    let by_hold = list == WorkList::Unbilled;
    let chosen = if by_hold { &filter.hold } else { &filter.age };
    let parts: Vec<_> = parts
        .iter()
        .map(|part| {
            let current = chosen.as_deref() == Some(&*part.code);
            let value = (!current).then(|| part.code.clone());
            let other = if by_hold {
                WorkFilter { hold: value, after: None, ..filter.clone() }
            } else {
                WorkFilter { age: value, after: None, ..filter.clone() }
            };
            view! {
                <li>
                    <a href=paths::work(list, &other) aria-current=current.then_some("true") data-n=(!current).then(|| part.count.to_string())>
                        <span>{part.label.clone()}</span>
                        <strong>{count(part.count)}</strong>
                        {sums(&part.money, "no money known")}
                    </a>
                </li>
            }
        })
        .collect();
    let label = if by_hold { "By what holds them" } else { "By age" };
    view! { <nav aria-label=label><ul class="parts">{parts}</ul></nav> }.erased()
}

fn none(list: WorkList, filter: &WorkFilter) -> AnyView {
    let everything = WorkFilter { sort: filter.sort.clone(), ..WorkFilter::default() };
    if *filter == everything {
        let why = "A shipment appears here by itself as soon as it waits, and leaves when what it waits for has come.";
        states::empty("Nothing waits", why.erased())
    } else {
        let all = paths::work(list, &everything);
        let why = view! { "Take a part of the filter away, or " <a href=all>"show the whole list"</a> "." };
        states::empty("Nothing matches", why.erased())
    }
}
