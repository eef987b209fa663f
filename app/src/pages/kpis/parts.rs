//! Parts of a figure and its weeks, as tables: each number leads to its rows.

use super::one::tenth;
use crate::{
    components::{erased::Erase, exception::sums, table, words::count},
    model::{Kpi, KpiFilter, KpiPart, KpiPoint},
    paths,
};
use leptos::prelude::*;

/// Its parts, and what stands beside it.
pub(super) fn parts(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    if kpi.parts.is_empty() {
        return ().erased();
    }
    let row = |part: &KpiPart| {
        let words = part.value.words.clone();
        let value = if part.code.is_empty() {
            words.erased()
        } else {
            let href =
                paths::kpi_rows(&kpi.meaning.id, &KpiFilter { part: Some(part.code.clone()), after: None, ..filter.clone() });
            view! { <a href=href data-n=part.n.to_string()>{words}</a> }.erased()
        };
        view! {
            <tr>
                <th scope="row">{part.label.clone()}</th>
                <td class="number">{value}</td>
                <td class="number">{part.value.mean_hours.map(|hours| format!("{} h", tenth(hours)))}</td>
                <td class="number">{count(part.n)}</td>
                <td class="number">{sums(&part.value.money, "")}</td>
            </tr>
        }
    };
    let rows: Vec<_> = kpi.parts.iter().map(row).collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Part"</th>
                    <th scope="col" class="number">"Is"</th>
                    <th scope="col" class="number">"Mean"</th>
                    <th scope="col" class="number">"Cases"</th>
                    <th scope="col" class="number">"Money"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby="parts">
            <h2 id="parts">"Parts"</h2>
            {table::scrolling("Parts of the figure", table.erased())}
        </section>
    }
    .erased()
}

/// Its weeks, the latest first.
pub(super) fn series(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    if kpi.series.is_empty() {
        return ().erased();
    }
    let stock =
        kpi.meaning.unit == "count" || kpi.value.percentiles.is_none() && kpi.value.mean_hours.is_none() && kpi.open.is_none();
    let row = |point: &KpiPoint| {
        let words = point.value.words.clone();
        // What was in stock then cannot be listed any more.
        let value = if stock {
            words.erased()
        } else {
            let of_week = KpiFilter {
                from: Some(point.from.clone()),
                to: Some(point.to.clone()),
                part: None,
                after: None,
                ..filter.clone()
            };
            view! { <a href=paths::kpi_rows(&kpi.meaning.id, &of_week) data-n=point.n.to_string()>{words}</a> }.erased()
        };
        let at = |of: fn(&crate::model::Percentiles) -> f64| point.value.percentiles.as_ref().map(|all| tenth(of(all)));
        view! {
            <tr>
                <th scope="row" class="when">{point.label.clone()}</th>
                <td class="number">{value}</td>
                <td class="number">{at(|p| p.p75)}</td>
                <td class="number">{at(|p| p.p90)}</td>
                <td class="number">{count(point.n)}</td>
                <td class="number">{sums(&point.value.money, "")}</td>
            </tr>
        }
    };
    let rows: Vec<_> = kpi.series.iter().rev().map(row).collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Week"</th>
                    <th scope="col" class="number">"Is"</th>
                    <th scope="col" class="number">"p75, h"</th>
                    <th scope="col" class="number">"p90, h"</th>
                    <th scope="col" class="number">"Cases"</th>
                    <th scope="col" class="number">"Money"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby="weeks">
            <h2 id="weeks">"By week"</h2>
            {table::scrolling("The figure by week", table.erased())}
            <p class="aside"><a rel="external" download="" href=paths::kpi_csv(&kpi.meaning.id, filter)>"Save as CSV"</a></p>
        </section>
    }
    .erased()
}
