//! Parts of a figure and its weeks, as tables: each number leads to its rows.

use super::{filter, one::tenth};
use crate::{
    components::{erased::Erase, exception::sums, save, table, words::count},
    model::{Kpi, KpiFilter, KpiPart, KpiPoint, KpiValue, Percentiles},
    paths,
};
use leptos::prelude::*;

/// Words that lead to as many rows as they are about, for whom those are.
pub(super) fn counted_link(kpi: &Kpi, href: String, n: u64, words: String) -> AnyView {
    if kpi.may_list { view! { <a href=href data-n=n.to_string()>{words}</a> }.erased() } else { words.erased() }
}

/// What a figure is, leading to what makes it: of a share those that count in it.
pub(super) fn is(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    let words = kpi.value.words.clone();
    let (href, n) = match kpi.value.part {
        Some(part) if kpi.lists_cases() => (paths::kpi_part(&kpi.meaning.id, "share", filter), part),
        Some(part) => (paths::kpi_rows(&kpi.meaning.id, filter), part),
        None => (paths::kpi_rows(&kpi.meaning.id, filter), kpi.n),
    };
    counted_link(kpi, href, n, words)
}

/// A line of either table.
struct Line {
    head: String,
    /// Where its rows are; none: they cannot be listed.
    rows: Option<String>,
    /// Of a share: where those are that count in it, and how many.
    share: Option<(String, u64)>,
    n: u64,
    /// What was left out of it: where that is, how much, and why.
    out: Option<(Option<String>, u64, String)>,
    value: KpiValue,
    /// What stands between its value and its cases.
    more: Vec<Option<String>>,
}

/// Its parts, and what stands beside it.
pub(super) fn parts(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    let line = |part: &KpiPart| {
        let of = |code: &str| paths::kpi_part(&kpi.meaning.id, code, filter);
        let listed = kpi.may_list && !part.code.is_empty();
        Line {
            head: part.label.clone(),
            rows: listed.then(|| of(&part.code)),
            share: part.value.part.filter(|_| listed).map(|n| (of(&format!("{}:share", part.code)), n)),
            n: part.n,
            out: filter::left_out(&part.left_out).map(|words| {
                let n = part.left_out.iter().map(|out| out.count).sum();
                (listed.then(|| of(&format!("{}:left_out", part.code))), n, words)
            }),
            more: vec![part.value.mean_hours.map(|hours| format!("{} h", tenth(hours)))],
            value: part.value.clone(),
        }
    };
    let lines = kpi.parts.iter().map(line).collect();
    let file = paths::kpi_parts_csv(&kpi.meaning.id, filter);
    let table = section(("parts", "Parts", "Parts of the figure"), ("Part", &["Mean"]), lines, file);
    let some = kpi.parts.iter().any(|part| part.code.is_empty());
    let note = some.then(|| view! { <p class="aside">"A part that is no link is told without its rows."</p> });
    view! { {table} {note} }.erased()
}

/// Its weeks, the latest first.
pub(super) fn series(kpi: &Kpi, filter: &KpiFilter) -> AnyView {
    // What was in stock then cannot be listed any more.
    let listed = kpi.may_list && kpi.meaning.unit != "count" && kpi.lists_cases();
    let line = |point: &KpiPoint| {
        let (from, to) = (Some(point.from.clone()), Some(point.to.clone()));
        let of_week = KpiFilter { from, to, part: None, after: None, ..filter.clone() };
        let at = |of: fn(&Percentiles) -> f64| point.value.percentiles.as_ref().map(|all| tenth(of(all)));
        Line {
            head: point.label.clone(),
            rows: listed.then(|| paths::kpi_rows(&kpi.meaning.id, &of_week)),
            share: point.value.part.filter(|_| listed).map(|n| (paths::kpi_part(&kpi.meaning.id, "share", &of_week), n)),
            n: point.n,
            out: None,
            more: vec![at(|p| p.p75), at(|p| p.p90)],
            value: point.value.clone(),
        }
    };
    let lines = kpi.series.iter().rev().map(line).collect();
    let file = paths::kpi_csv(&kpi.meaning.id, filter);
    let table = section(("weeks", "By week", "The figure by week"), ("Week", &["p75, h", "p90, h"]), lines, file);
    let note = match () {
        () if kpi.series.is_empty() => None,
        () if kpi.meaning.unit == "count" || !kpi.lists_cases() => {
            Some("What waited at the end of a week is told without its rows.")
        }
        () if kpi.meaning.unit == "duration" => Some("p75 and p90 of a week are told without their rows."),
        () => None,
    };
    view! { {table} {note.map(|note| view! { <p class="aside">{note}</p> })} }.erased()
}

fn section(
    (id, title, label): (&'static str, &'static str, &'static str),
    (head, more): (&'static str, &'static [&'static str]),
    lines: Vec<Line>,
    file: String,
) -> AnyView {
    if lines.is_empty() {
        return ().erased();
    }
    // Columns that would say nothing, or the same twice, are left out.
    let shown = Columns {
        more: (0..more.len()).map(|at| lines.iter().any(|line| line.more.get(at).is_some_and(Option::is_some))).collect(),
        cases: lines.iter().any(|line| line.value.words != count(line.n)),
        money: lines.iter().any(|line| !line.value.money.is_empty()),
    };
    let number = |words: &'static str| view! { <th scope="col" class="number">{words}</th> };
    let more: Vec<_> = more.iter().zip(&shown.more).filter(|(_, shown)| **shown).map(|(words, _)| number(words)).collect();
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, &shown)).collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{head}</th>
                    {number("Is")}
                    {more}
                    {shown.cases.then(|| number("Cases"))}
                    {shown.money.then(|| number("Money"))}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {table::scrolling(label, table.erased())}
            {save::line(&[("CSV", file)], title)}
        </section>
    }
    .erased()
}

/// Which columns say something.
struct Columns {
    more: Vec<bool>,
    cases: bool,
    money: bool,
}

fn row(Line { head, rows, share, n, out, value, more }: Line, shown: &Columns) -> AnyView {
    let cases = match (&rows, &share) {
        (Some(href), Some(_)) => view! { <a href=href.clone() data-n=n.to_string()>{count(n)}</a> }.erased(),
        _ => count(n).erased(),
    };
    let is = match share.or(rows.map(|href| (href, n))) {
        Some((href, n)) => view! { <a href=href data-n=n.to_string()>{value.words}</a> }.erased(),
        None => value.words.erased(),
    };
    let more = more.into_iter().zip(&shown.more).filter(|(_, shown)| **shown);
    let more: Vec<_> = more.map(|(words, _)| view! { <td class="number">{words}</td> }).collect();
    let out = out.map(|(href, n, words)| {
        let words = match href {
            Some(href) => view! { <a href=href data-n=n.to_string()>{words}</a> }.erased(),
            None => words.erased(),
        };
        view! { " " <span class="aside">{words}</span> }
    });
    view! {
        <tr>
            <th scope="row">{head} {out}</th>
            <td class="number">{is}</td>
            {more}
            {shown.cases.then(|| view! { <td class="number">{cases}</td> })}
            {shown.money.then(|| view! { <td class="number">{sums(&value.money, "")}</td> })}
        </tr>
    }
    .erased()
}
