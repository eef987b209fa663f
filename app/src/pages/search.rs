use crate::{
    api,
    components::{
        badge,
        erased::{Erase, awaited},
        states, table, words,
    },
    model::{SearchHit, SearchResults},
    paths,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Shipments by any reference.
pub(crate) fn search() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("q")).unwrap_or_default().trim().to_owned());
    let found = Read::new(
        move || asked.get(),
        move || {
            let asked = asked.get_untracked();
            async move { if asked.is_empty() { Ok(None) } else { api::search(asked).await.map(Some) } }
        },
    );
    view! {
        <Title text="Search"/>
        {awaited(states::loading, move || {
            let asked = asked.get();
            Box::pin(async move {
                let body = match found.get().await {
                    Ok(Some(results)) => whole(results),
                    Ok(None) => states::empty("What do you look for?", "Any reference will do, or its beginning.".erased()),
                    Err(error) => return states::failed(error),
                };
                view! { {form(asked)} {body} }.erased()
            })
        })}
    }
    .erased()
}

fn form(asked: String) -> AnyView {
    view! {
        <div class="head"><h1>"Search"</h1></div>
        <form class="filters" action=paths::SEARCH method="get" role="search" aria-label="Search by reference" data-soft="">
            <label class="field wide">
                <span>"Order, shipment, BOL, PRO, tender, container, carrier invoice or ERP document"</span>
                <input name="q" type="search" value=asked autocomplete="off" spellcheck="false"/>
            </label>
            <button type="submit">"Search"</button>
        </form>
    }
    .erased()
}

fn whole(results: SearchResults) -> AnyView {
    let order = results.order.map(|order| view! { <p>"Order " <a href=paths::order(&order)>{order.clone()}</a></p> });
    if results.hits.is_empty() && order.is_some() {
        return order.erased();
    }
    if results.hits.is_empty() {
        let why = format!(
            "No reference in your scope begins with “{}”. Check for a missing zero or letter at the front.",
            results.query
        );
        return states::empty("Nothing found", why.erased());
    }
    let rows: Vec<_> = results.hits.into_iter().map(row).collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Reference"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"Match"</th>
                    <th scope="col">"Shipment"</th>
                    <th scope="col">"Stage"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        {order}
        {table::saved("Found", &paths::search(&results.query), table.erased())}
        {results.more.then(|| view! { <p class="aside">"There are more than these. A longer beginning finds fewer."</p> })}
    }
    .erased()
}

fn row(hit: SearchHit) -> AnyView {
    let kind = words::scheme(&hit.scheme);
    let kind = match hit.scheme.as_str() {
        "order" => view! { <a href=paths::order(&hit.value)>{kind}</a> }.erased(),
        _ => kind.erased(),
    };
    view! {
        <tr>
            <th scope="row"><a href=paths::shipment(&hit.shipment_id)>{hit.value}</a></th>
            <td>{kind}</td>
            <td>{if hit.exact { "whole" } else { "beginning" }}</td>
            <td>{hit.shipment}</td>
            <td>{badge::stage(hit.stage)}</td>
        </tr>
    }
    .erased()
}
