//! The page: what is remarkable about the order, its legs with their own carriers and dates, and what was said of it.

use crate::{
    api::Here,
    components::{
        back,
        badge::{self, Tone, badge},
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        states, table,
        words::{self, counted, moment, nothing},
    },
    model::{Fact, OrderDetail, OrderFlag, OrderLeg, Reference, TimelineEntry},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Reads the order that the address names.
pub(super) fn body(address: Address) -> Later {
    let reference = address.part("reference");
    let to = paths::way_back(address.get("back"));
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => here.ports.lists.order(&here.caller, reference).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(order) => whole(&order, to.as_ref()),
            Err(error) => states::failed(error),
        }
    })
}

fn whole(order: &OrderDetail, to: Option<&String>) -> AnyView {
    let flags: Vec<_> = order.flags.iter().map(|flag| badge(tone(*flag), flag.label())).collect();
    view! {
        <Title text=order.reference.clone()/>
        <nav class="trail" aria-label="Trail"><a href=paths::SHIPMENTS>"Shipments"</a> " / Order"</nav>
        {back::back(to)}
        <div class="head">
            <h1>{order.reference.clone()}</h1>
            <p class="badges">{flags}</p>
            <p class="count">{counted(order.legs.len() as u64, "shipment", "shipments")}</p>
            {(!order.money.is_empty()).then(|| view! { <div class="waiting">{sums(&order.money, "")} " in all"</div> })}
            {as_of(&order.as_of)}
        </div>
        {legs(order)}
        <div class="columns">
            {known(&order.facts)}
            {references(&order.references)}
        </div>
        {timeline(&order.timeline)}
    }
    .erased()
}

fn tone(flag: OrderFlag) -> Tone {
    match flag {
        OrderFlag::Blocked | OrderFlag::Cancelled => Tone::Bad,
        OrderFlag::NotReleased | OrderFlag::PartlyReleased | OrderFlag::Changed => Tone::Warn,
    }
}

fn legs(order: &OrderDetail) -> AnyView {
    if order.legs.is_empty() {
        let why = "No shipment in your scope names this order. One appears here with the first event that names it.";
        return states::empty("No shipment yet", why.erased());
    }
    let here = paths::order(&order.reference);
    let held = order.legs.iter().any(|leg| leg.holds.is_some());
    let rows: Vec<_> = order.legs.iter().map(|leg| row(leg, &here, held)).collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Shipment"</th>
                    <th scope="col">"Stage"</th>
                    <th scope="col">"Against promise"</th>
                    <th scope="col">"Carrier"</th>
                    <th scope="col">"Mode"</th>
                    <th scope="col">"Dispatched"</th>
                    <th scope="col">"Promised"</th>
                    <th scope="col">"Delivered"</th>
                    <th scope="col" class="number">"Money"</th>
                    {held.then(|| view! { <th scope="col">"Held from billing by"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby="legs">
            <h2 id="legs">"Shipments"</h2>
            {table::saved("Shipments of the order", &here, table.erased())}
            {order.more.then(|| view! { <p class="aside">"There are more shipments than these."</p> })}
        </section>
    }
    .erased()
}

fn row(leg: &OrderLeg, here: &str, held: bool) -> AnyView {
    let row = &leg.row;
    let holds = held.then(|| {
        let holds: Vec<_> =
            leg.holds.iter().flatten().map(|hold| view! { <li>{badge(Tone::Warn, hold.label.clone())}</li> }).collect();
        let shown = if holds.is_empty() { nothing("nothing") } else { view! { <ul class="holds">{holds}</ul> }.erased() };
        view! { <td>{shown}</td> }
    });
    view! {
        <tr>
            <th scope="row"><a href=paths::from_page(&paths::shipment(&row.id), here)>{row.reference.clone()}</a></th>
            <td>{badge::stage(row.stage)}</td>
            <td>{badge::timeliness(row.timeliness, row.late_by.as_deref())}</td>
            <td class="name">{words::text_or(&row.carrier, "not told")}</td>
            <td class="name">{words::text_or(&row.mode, "not told")}</td>
            <td class="when">{words::moment_or(&row.dispatched, "not told")}</td>
            <td class="when">{words::moment_or(&row.promised, "none told")}</td>
            <td class="when">{words::moment_or(&row.delivered, "not yet")}</td>
            <td class="number">{words::money_or(&leg.money, "not known")}</td>
            {holds}
        </tr>
    }
    .erased()
}

fn known(facts: &[Fact]) -> AnyView {
    let items: Vec<_> = facts
        .iter()
        .map(|fact| view! { <div><dt>{fact.label.clone()}</dt><dd>{fact.value.clone()} " " <span class="by">{fact.source.clone()}</span></dd></div> })
        .collect();
    let body = if items.is_empty() {
        view! { <p class="aside">"No source has told anything of the order itself."</p> }.erased()
    } else {
        view! { <dl class="pairs">{items}</dl> }.erased()
    };
    view! { <section aria-labelledby="known"><h2 id="known">"Known of the order"</h2>{body}</section> }.erased()
}

/// Deliveries and invoices that it names.
fn references(references: &[Reference]) -> AnyView {
    let items: Vec<_> = references
        .iter()
        .map(|known| {
            let search = paths::search(&known.value);
            view! { <div><dt>{words::scheme(&known.scheme)}</dt><dd><a href=search>{known.value.clone()}</a></dd></div> }
        })
        .collect();
    let body = if items.is_empty() {
        view! { <p class="aside">"It names no delivery and no invoice."</p> }.erased()
    } else {
        view! { <dl class="pairs">{items}</dl> }.erased()
    };
    view! { <section aria-labelledby="named"><h2 id="named">"Deliveries and invoices it names"</h2>{body}</section> }.erased()
}

fn timeline(events: &[TimelineEntry]) -> AnyView {
    let items: Vec<_> = events
        .iter()
        .map(|event| {
            let details: Vec<_> = event.details.iter().map(|(label, value)| format!("{label}: {value}")).collect();
            let standing = (event.standing != "effective").then(|| badge(Tone::Plain, event.standing.clone()));
            view! {
                <li>
                    {moment(&event.occurred)} " " <strong>{event.title.clone()}</strong> " " <span class="by">{event.source.clone()}</span>
                    " " {standing}
                    {(!details.is_empty()).then(|| view! { <p class="aside">{details.join(" · ")}</p> })}
                </li>
            }
        })
        .collect();
    let body = if items.is_empty() {
        view! { <p class="aside">"No event of the order itself has come in."</p> }.erased()
    } else {
        view! { <ol class="history">{items}</ol> }.erased()
    };
    view! { <section aria-labelledby="events"><h2 id="events">"What was said of it"</h2>{body}</section> }.erased()
}
