//! All key figures.

use super::{filter, parts};
use crate::{
    components::{
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        save, table,
        words::count,
    },
    model::{FilterChoices, Kpi, KpiFilter, KpiMeaning, Period},
    pages::served::Address,
    paths,
    ports::{Caller, Ports},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// So many figures may say the same each by itself.
const FEW: usize = 3;

/// Reads them and shows them.
pub(super) fn body(address: Address) -> Later {
    let filter = paths::kpi_filter(|key| address.get(key));
    let asked = filter.clone();
    let read = async move |ports: Ports, caller: Caller| ports.figures.kpis(&caller, asked).await;
    let typed = filter.clone();
    let again = move |choices: &_, refused: &_| filter::form(paths::KPIS, &typed, choices, Some(refused));
    filter::read("Key figures", read, move |kpis, choices| whole(kpis, choices, &filter), again)
}

fn whole(kpis: &[Kpi], choices: &FilterChoices, filter: &KpiFilter) -> AnyView {
    let common = common(kpis);
    let rows: Vec<_> = kpis.iter().map(|kpi| row(kpi, filter, &common)).collect();
    let period = Period { from: filter.from.clone(), to: filter.to.clone() };
    let covers = Period::around(kpis.iter().filter_map(|kpi| kpi.covers.as_ref()));
    let under_way = kpis.iter().find_map(|kpi| kpi.under_way.clone());
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Figure"</th>
                    <th scope="col" class="number">"Is"</th>
                    <th scope="col" class="number">"Cases"</th>
                    <th scope="col" class="number">"Still open"</th>
                    <th scope="col" class="number">"Money"</th>
                    <th scope="col">"Of"</th>
                    <th scope="col" class="number">"Left out"</th>
                    <th scope="col">"Whose"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <div class="head"><h1>"Key figures"</h1> {kpis.first().map(|kpi| as_of(&kpi.as_of))}</div>
        <p class="aside sentence">
            {filter::words(filter)} " · " {filter::days(&period, covers.as_ref())} " (UTC days). \
            Durations are medians of what is completed; what is still open now stands beside them. "
            <a href=paths::DEFINITIONS>"What each means"</a>
        </p>
        {under_way.map(|words| view! { <p role="status">{words}</p> })}
        {filter::form(paths::KPIS, filter, choices, None)}
        {table::scrolling("Key figures", table.erased())}
        {(!common.is_empty()).then(|| {
            let words = format!("Several of them, as their own pages say: {}.", common.join("; "));
            view! { <p class="aside">{words}</p> }
        })}
        {save::line(&[("CSV", paths::csv_of(&paths::kpis(filter)))], "Key figures")}
    }
    .erased()
}

fn row(kpi: &Kpi, filter: &KpiFilter, common: &[&str]) -> AnyView {
    let id = &kpi.meaning.id;
    let cases = if kpi.lists_cases() && kpi.value.part.is_some() {
        parts::counted_link(kpi, paths::kpi_rows(id, filter), kpi.n, count(kpi.n))
    } else {
        count(kpi.n).erased()
    };
    let open = |n: u64| parts::counted_link(kpi, paths::kpi_part(id, "open", filter), n, count(n));
    view! {
        <tr>
            <th scope="row"><a href=paths::kpi(id, filter)>{format!("{id} {}", kpi.meaning.name)}</a></th>
            <td class="number">{parts::is(kpi, filter)}</td>
            <td class="number">{cases}</td>
            <td class="number">{kpi.open.map(open)}</td>
            <td class="number">{sums(&kpi.value.money, "")}</td>
            <td class="told">{kpi.meaning.population.clone()} <span class="aside">{small_print(&kpi.meaning, common)}</span></td>
            <td class="number">{left_out(kpi, filter)}</td>
            <td>{kpi.meaning.owner.clone()}</td>
        </tr>
    }
    .erased()
}

/// What more than a few of them do not do: told once.
fn common(kpis: &[Kpi]) -> Vec<&str> {
    let mut figures: BTreeMap<&str, usize> = BTreeMap::new();
    kpis.iter().flat_map(|kpi| &kpi.meaning.omissions).for_each(|words| *figures.entry(words).or_default() += 1);
    figures.into_iter().filter(|(_, n)| *n > FEW).map(|(words, _)| words).collect()
}

/// Its clock, and what it alone does not do.
fn small_print(of: &KpiMeaning, common: &[&str]) -> String {
    let clock = filter::clock(&of.clock);
    let own: Vec<&str> = of.omissions.iter().map(String::as_str).filter(|words| !common.contains(words)).collect();
    if own.is_empty() { clock } else { format!("{clock} · {}", own.join("; ")) }
}

/// How many were left out; they can be looked at, and there is told why.
fn left_out(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    let n: u64 = kpi.left_out.iter().map(|out| out.count).sum();
    let href = paths::kpi_part(&kpi.meaning.id, "left_out", filter);
    (n > 0).then(|| parts::counted_link(kpi, href, n, count(n))).erased()
}
