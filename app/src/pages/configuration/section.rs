//! The page of a section: its rows, found by a word; how to change it; who did.

use super::{draft, history::history};
use crate::{
    api::Here,
    components::{
        badge::{Tone, badge},
        erased::{Erase, Later},
        freshness::as_of,
        notice::notice,
        save, states, table,
        words::{self, count, counted},
    },
    error::AppError,
    model::{ContractRow, DraftAnswer, Flash, PolicySectionView, PolicyValue, SectionFilter},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Reads the section that the address names. A draft that was just sent stands in the context.
pub(super) fn body(address: Address) -> Later {
    let name = address.part("section");
    let filter = SectionFilter { q: address.get("q"), page: address.get("page").and_then(|page| page.parse().ok()) };
    let put = address.get("put");
    let flash = address.get("flash").unwrap_or_default();
    let answer: Option<DraftAnswer> = use_context();
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => read(here, name, &filter, &flash).await,
            Err(error) => Err(error),
        };
        match read {
            Ok((view, flash)) => {
                let notice = flash.as_ref().map(|flash| notice(Some(flash), ""));
                view! { {notice} {whole(&view, &filter, answer.as_ref(), put.as_deref())} }.erased()
            }
            Err(error) => states::failed(error),
        }
    })
}

async fn read(
    here: Here,
    name: String,
    filter: &SectionFilter,
    flash: &str,
) -> Result<(PolicySectionView, Option<Flash>), AppError> {
    let view = here.ports.configuring.section(&here.caller, name, filter.clone()).await?;
    Ok((view, here.ports.flashes.flash(&here.caller, flash).await))
}

fn whole(view: &PolicySectionView, filter: &SectionFilter, answer: Option<&DraftAnswer>, put: Option<&str>) -> AnyView {
    let section = &view.section;
    let version = match view.version {
        0 => "Built in: no version was put in force yet.".to_owned(),
        version => format!("Version {version} is in force."),
    };
    let done = put.and_then(|put| put.parse::<i64>().ok()).filter(|put| *put <= view.version).map(|put| {
        let words = format!("Version {put} is in force. Open shipments are judged by it within minutes.");
        view! { <p class="note good" role="status">{words}</p> }
    });
    view! {
        <Title text=section.label.clone()/>
        <nav class="trail" aria-label="Trail"><a href=paths::CONFIGURATION>"Configuration"</a></nav>
        <div class="head">
            <h1>{section.label.clone()}</h1>
            <p class="count">{counted(section.entries, "entry", "entries")}</p>
            {as_of(&view.as_of)}
        </div>
        {done}
        <p>{section.explained.clone()} " " <span class="aside">{version}</span></p>
        // Who has sent a draft reads first what it came to.
        {answer.map(|answer| draft::form(view, Some(answer)))}
        {find(view, filter)}
        {rows(view, filter)}
        {pages(view, filter)}
        {match (view.may_change, answer) {
            (true, Some(_)) => None,
            (true, None) => Some(draft::form(view, None)),
            (false, _) => Some(draft::text(view)),
        }}
        {history(&view.history)}
    }
    .erased()
}

fn find(view: &PolicySectionView, filter: &SectionFilter) -> AnyView {
    if view.pages < 2 && filter.q.is_none() {
        return ().erased();
    }
    let q = filter.q.clone().unwrap_or_default();
    view! {
        <form class="filters" action=paths::configuration(&view.section.name) method="get" aria-label="Filter entries" data-soft="">
            <label class="field"><span>"Has the words"</span><input type="search" name="q" value=q autocomplete="off" spellcheck="false"/></label>
            <button type="submit">"Apply"</button>
        </form>
    }
    .erased()
}

fn rows(view: &PolicySectionView, filter: &SectionFilter) -> AnyView {
    let table = match () {
        () if view.total == 0 && filter.q.is_some() => {
            let all = paths::configuration(&view.section.name);
            return states::empty("Nothing matches", view! { <a href=all>"Show the whole section"</a> }.erased());
        }
        () if view.total == 0 => {
            let why = "Nothing is set here; what is built in counts.";
            return states::empty("No entry", why.erased());
        }
        () if view.contracts.is_empty() => values(&view.values),
        () => contracts(&view.contracts),
    };
    let q = filter.q.clone().unwrap_or_default();
    let file = paths::csv_of(&paths::with_query(&paths::configuration(&view.section.name), &[("q", &q)]));
    view! { {table::scrolling("Entries of the section", table)} {save::line(&[("CSV", file)], &view.section.label)} }.erased()
}

fn contracts(contracts: &[ContractRow]) -> AnyView {
    let rows: Vec<_> = contracts
        .iter()
        .map(|contract| {
            let customer = if contract.customer == "*" { "all others".to_owned() } else { contract.customer.clone() };
            view! {
                <tr>
                    <th scope="row">{customer}</th>
                    <td>{contract.name.clone()}</td>
                    <td>{contract.covers.clone()}</td>
                    <td>{contract.conditions.join(" · ")}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Customer"</th>
                    <th scope="col">"Contract"</th>
                    <th scope="col">"Covers dispatches"</th>
                    <th scope="col">"Asks for before billing"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .erased()
}

fn values(values: &[PolicyValue]) -> AnyView {
    let rows: Vec<_> = values
        .iter()
        .map(|value| {
            let mark = if value.changed { badge(Tone::Plain, "Set") } else { words::nothing("built in") };
            view! {
                <tr>
                    <th scope="row"><code>{value.path.clone()}</code></th>
                    <td class="long">{value.value.clone()}</td>
                    <td>{mark}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table>
            <thead>
                <tr><th scope="col">"Value"</th><th scope="col">"Is"</th><th scope="col">"From"</th></tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .erased()
}

/// The other pages of rows.
fn pages(view: &PolicySectionView, filter: &SectionFilter) -> AnyView {
    if view.pages < 2 {
        return ().erased();
    }
    let page = |n: u32, label: &'static str, rel: &'static str| {
        let at = n.to_string();
        let q = filter.q.clone().unwrap_or_default();
        let href = paths::with_query(&paths::configuration(&view.section.name), &[("q", &q), ("page", &at)]);
        view! { <a class="button" rel=rel href=href>{label}</a> }
    };
    view! {
        <nav class="paging" aria-label="Pages">
            <p>{format!("{} listed · page {} of {}", counted(view.total, "line", "lines"), count(view.page.into()), count(view.pages.into()))}</p>
            {(view.page > 1).then(|| page(view.page - 1, "Previous page", "prev"))}
            {(view.page < view.pages).then(|| page(view.page + 1, "Next page", "next"))}
        </nav>
    }
    .erased()
}
