//! The page: what waits in all, the queues, the filter, and the causes or the rows.

use super::{bulk, filter, groups, rows};
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        notice::notice,
        states,
        words::{count, counted},
    },
    error::AppError,
    model::{ExceptionFilter, ExceptionState, Exceptions, Flash, Permission, PlaceChoices, Queue},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// All that the page shows.
struct Read {
    page: Exceptions,
    places: PlaceChoices,
    may_work: bool,
    may_waive: bool,
    flash: Option<Flash>,
}

/// Reads the filter out of the address and shows what it asks for.
pub(super) fn body(address: Address) -> Later {
    let filter = paths::exception_filter(|key| address.get(key));
    let refused = bulk::refused(address.get("refused").as_deref());
    let flash = address.get("flash").unwrap_or_default();
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => read(here, &filter, &flash).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(read) => whole(&read, &filter, refused.erased()),
            Err(error) => view! { <div class="head"><h1>"Exceptions"</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

async fn read(here: Here, filter: &ExceptionFilter, flash: &str) -> Result<Read, AppError> {
    let reading = &here.ports.reading;
    let page = reading.exceptions(&here.caller, filter.clone()).await?;
    let viewer = reading.viewer(&here.caller).await?;
    let (may_work, may_waive) = (viewer.may(Permission::WorkExceptions), viewer.may(Permission::WaiveHolds));
    let places = reading.places(&here.caller).await?;
    let flash = here.ports.flashes.flash(&here.caller, flash).await;
    Ok(Read { page, places, may_work, may_waive, flash })
}

fn whole(read: &Read, filter: &ExceptionFilter, refused: AnyView) -> AnyView {
    let page = &read.page;
    let listed = filter.view.as_deref() == Some("list");
    // What is over holds nothing.
    let waits =
        ![ExceptionState::Verified, ExceptionState::Waived].iter().any(|over| filter.state.as_deref() == Some(over.code()));
    let body = match () {
        () if page.groups.is_empty() && page.items.is_empty() => none(filter),
        () if listed => rows::rows(page, filter, read.may_work),
        () => groups::groups(page, filter),
    };
    view! {
        <div class="head">
            <h1>"Exceptions"</h1>
            <p class="count">
                {counted(page.total, "exception", "exceptions")}
                {waits.then(|| view! { " on " {counted(page.shipments, "shipment", "shipments")} })}
            </p>
            {(waits && !page.money.is_empty()).then(|| view! { <div class="waiting">{sums(&page.money, "")} " waiting"</div> })}
            {as_of(&page.as_of)}
        </div>
        {notice(read.flash.as_ref(), &paths::exceptions(filter))}
        {refused}
        <div class="tabs-row">
            {queues(page, filter)}
            {views(filter, listed)}
        </div>
        {filter::form(filter, &read.places)}
        {filter::chips(filter, page, &read.places)}
        {read.may_work.then(|| bulk::all_that_match(page, filter, read.may_waive))}
        {body}
    }
    .erased()
}

/// The same view over another queue.
fn queues(page: &Exceptions, filter: &ExceptionFilter) -> AnyView {
    let tab = |queue: Option<Queue>, label: &'static str, n: u64| {
        let code = queue.map(Queue::code);
        let filter = ExceptionFilter { queue: code.map(Into::into), cause: None, after: None, ..filter.clone() };
        let href = paths::exceptions(&filter);
        (code, n, view! { <span>{label}</span> " " <span class="tally">{count(n)}</span> }.erased(), href)
    };
    let all = page.queues.iter().map(|(_, n)| n).sum();
    let tabs =
        std::iter::once(tab(None, "All", all)).chain(page.queues.iter().map(|(queue, n)| tab(Some(*queue), queue.label(), *n)));
    let tabs: Vec<_> = tabs
        .map(|(code, n, words, href)| {
            let current = (code == filter.queue.as_deref()).then_some("page");
            view! { <li><a href=href aria-current=current data-n=n.to_string()>{words}</a></li> }
        })
        .collect();
    view! { <nav class="tabs" aria-label="Queues"><ul>{tabs}</ul></nav> }.erased()
}

/// The same filter, the other way to look.
fn views(filter: &ExceptionFilter, listed: bool) -> AnyView {
    let link = |view: Option<&str>, label: &'static str, current: bool| {
        let cause = filter.cause.clone().filter(|_| view.is_some());
        let href = paths::exceptions(&ExceptionFilter { view: view.map(Into::into), cause, after: None, ..filter.clone() });
        view! { <li><a href=href aria-current=current.then_some("page")>{label}</a></li> }
    };
    view! {
        <nav class="tabs views" aria-label="View">
            <ul>{link(None, "By cause", !listed)} {link(Some("list"), "One by one", listed)}</ul>
        </nav>
    }
    .erased()
}

fn none(filter: &ExceptionFilter) -> AnyView {
    let everything = ExceptionFilter { view: filter.view.clone(), ..ExceptionFilter::default() };
    if *filter == everything {
        let why = "No shipment, source or item has an open exception. One appears here as soon as a rule finds it, with its owner and the money that waits.";
        states::empty("Nothing waits", why.erased())
    } else {
        let why = view! { "Take a part of the filter away, or " <a href=paths::exceptions(&everything)>"show all that is open"</a> "." };
        states::empty("Nothing matches", why.erased())
    }
}
