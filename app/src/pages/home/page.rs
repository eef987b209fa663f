//! The page: a search where people call, figures that lead to their rows, and the first causes.

use crate::{
    api::Here,
    components::{
        badge::{Tone, badge},
        erased::{Erase, Later},
        exception::{severity, sums, title},
        freshness::as_of,
        save, states, table,
        words::{self, count},
    },
    model::{ExceptionFilter, ExceptionGroup, Home, HomeCard, HomeCards, HomeCauses, Role},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads the first page of who asks.
pub(super) fn body(_: Address) -> Later {
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => here.ports.lists.home(&here.caller).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(home) => whole(&home),
            Err(error) => view! { <div class="head"><h1>"Home"</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

fn whole(home: &Home) -> AnyView {
    let cards: Vec<_> = home.cards.iter().enumerate().map(|(at, cards)| group(at, cards)).collect();
    let causes: Vec<_> = home.causes.iter().map(causes).collect();
    view! {
        <div class="head"><h1>"Home"</h1><p class="count">{home.role_label.clone()}</p> {as_of(&home.as_of)}</div>
        {home.search_first.then(search)}
        {cards}
        {save::line(&[("CSV", paths::csv_of(paths::START))], "Home")}
        {causes}
        {matches!(home.role, Role::Executive | Role::Viewer | Role::Admin).then(|| view! {
            <p class="aside"><a href=paths::HOME>"Figures and trends are on the Overview"</a></p>
        })}
    }
    .erased()
}

fn search() -> AnyView {
    view! {
        <form class="filters" action=paths::SEARCH method="get" role="search" aria-label="What do I tell the caller?" data-soft="">
            <label class="field wide">
                <span>"What do I tell the caller? Find the shipment by any reference"</span>
                <input name="q" type="search" autocomplete="off" spellcheck="false"/>
            </label>
            <button type="submit" class="primary">"Search"</button>
        </form>
    }
    .erased()
}

fn group(at: usize, cards: &HomeCards) -> AnyView {
    let id = format!("cards-{at}");
    let items: Vec<_> = cards.cards.iter().map(card).collect();
    view! {
        <section aria-labelledby=id.clone()>
            <h2 id=id.clone()>{cards.title.clone()}</h2>
            <ul class="tiles">{items}</ul>
        </section>
    }
    .erased()
}

fn card(card: &HomeCard) -> AnyView {
    let n = card.count.map_or_else(|| "over 10,000".to_owned(), count);
    let class = if card.count == Some(0) { "tile none" } else { "tile" };
    view! {
        <li>
            <a class=class href=card.href.clone() data-n=card.count.map(|n| n.to_string())>
                <span>{card.label.clone()}</span>
                <strong>{n}</strong>
                {(!card.money.is_empty()).then(|| sums(&card.money, ""))}
            </a>
        </li>
    }
    .erased()
}

fn causes(causes: &HomeCauses) -> AnyView {
    let body = if causes.groups.is_empty() {
        let why = "No exception waits here. One appears as soon as a rule finds it.";
        states::empty("Nothing waits", why.erased())
    } else {
        let rows: Vec<_> = causes.groups.iter().map(row).collect();
        let table = view! {
            <table data-rows="">
                <thead>
                    <tr>
                        <th scope="col">"Cause"</th>
                        <th scope="col">"Severity"</th>
                        <th scope="col">"Whose move"</th>
                        <th scope="col" class="number">"Shipments"</th>
                        <th scope="col" class="number">"Money waiting"</th>
                        <th scope="col" class="number">"Oldest"</th>
                        <th scope="col">"Past due"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        };
        table::saved("First causes, as a table", paths::START, table.erased())
    };
    view! {
        <section aria-labelledby="causes">
            <h2 id="causes">{causes.title.clone()}</h2>
            {body}
            <p class="aside"><a href=causes.href.clone()>"All of them"</a>", ranked by money × age × probability."</p>
        </section>
    }
    .erased()
}

fn row(group: &ExceptionGroup) -> AnyView {
    let filter = ExceptionFilter { view: Some("list".into()), cause: Some(group.cause.clone()), ..ExceptionFilter::default() };
    let overdue = match group.overdue {
        0 => words::nothing("none"),
        n => badge(Tone::Bad, format!("{} past due", count(n))),
    };
    view! {
        <tr>
            <th scope="row" class="reason"><a href=paths::exceptions(&filter) data-n=group.exceptions.to_string()>{title(group.kind, &group.detail)}</a></th>
            <td>{severity(group.severity)}</td>
            <td>{group.queue.label()}</td>
            <td class="number">{count(group.shipments)}</td>
            <td class="number">{sums(&group.money, "none known")}</td>
            <td class="number">{group.oldest.clone()}</td>
            <td>{overdue}</td>
        </tr>
    }
    .erased()
}
