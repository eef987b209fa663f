//! Numbers that lead to their rows.

use crate::{
    components::{
        card::{Provenance, card},
        erased::Erase,
        exception::sums,
        table,
        words::count,
    },
    model::{KpiMeaning, Moment, Overview, Parts, Tally},
    pages::kpis::filter,
};
use leptos::prelude::*;

/// Its money, for machines: `1250.50 EUR; 700 JPY`.
fn plain_money(tally: &Tally) -> String {
    tally.money.iter().map(|money| format!("{} {}", money.amount, money.currency)).collect::<Vec<_>>().join("; ")
}

/// The number.
pub(super) fn number(tally: &Tally) -> AnyView {
    let words = count(tally.n);
    if tally.href.is_empty() {
        return words.erased();
    }
    view! { <a href=tally.href.clone() data-n=tally.n.to_string() data-money=plain_money(tally)>{words}</a> }.erased()
}

/// The number, large, with what it counts and its money.
pub(super) fn large(tally: &Tally) -> AnyView {
    view! {
        <div class="figure-line">
            <a class="figure" href=tally.href.clone() data-n=tally.n.to_string() data-money=plain_money(tally)>
                <strong>{count(tally.n)}</strong> " " <span>{tally.label.clone()}</span>
            </a>
            {(!tally.money.is_empty()).then(|| view! { <div class="waiting">{sums(&tally.money, "")}</div> })}
        </div>
    }
    .erased()
}

/// Parts as bars, each with its count and its money.
pub(super) fn bars(label: &'static str, head: &'static str, noun: &'static str, parts: &Parts) -> AnyView {
    let row = |part: &Tally| {
        let share = part.share.unwrap_or(0);
        view! {
            <tr>
                <th scope="row">{part.label.clone()}</th>
                <td class="bar-cell"><meter min="0" max="1000" value=share.to_string() aria-hidden="true"></meter></td>
                <td class="number share">{per_cent(share)} {part.share_of.clone().map(|currency| format!(" of {currency}"))}</td>
                <td class="number">{number(part)}</td>
                <td class="number">{sums(&part.money, "none known")}</td>
            </tr>
        }
    };
    let rows: Vec<_> = parts.parts.iter().map(row).collect();
    let of = parts.shares_of.clone();
    let table = view! {
        <table class="bars">
            <thead>
                <tr>
                    <th scope="col">{head}</th>
                    <td class="bar-cell"></td>
                    <th scope="col" class="number share">"Share of " {of}</th>
                    <th scope="col" class="number">{noun}</th>
                    <th scope="col" class="number">"Money"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::scrolling(label, table.erased())
}

/// A share in words.
fn per_cent(share: u16) -> String {
    format!("{}.{} %", share / 10, share % 10)
}

/// A card of what is so now.
pub(super) fn now_card(
    (class, id, title): (&'static str, &'static str, &'static str),
    body: AnyView,
    (population, clock, omissions): (&str, &'static str, &'static str),
    as_of: &Moment,
    file: Option<String>,
) -> AnyView {
    let (population, clock, omissions) = (population.to_owned(), clock.to_owned(), omissions.to_owned());
    let from = Provenance { population, clock, omissions, period: "now".into(), as_of, file };
    card(class, id, title, body, from)
}

/// The card of a figure that is of now: what it says of itself stands in its contract.
pub(super) fn figure_card(
    (class, id, title): (&'static str, &'static str, &'static str),
    body: AnyView,
    (overview, figure): (&Overview, &'static str),
    file: String,
) -> AnyView {
    let (population, clock, omissions) = overview.meaning(figure).map(contract).unwrap_or_default();
    let population = format!("{figure}: {population}");
    let from = Provenance { population, clock, omissions, period: "now".into(), as_of: &overview.as_of, file: Some(file) };
    card(class, id, title, body, from)
}

/// Whom a figure counts, by which clock since when, and what it does not do.
fn contract(of: &KpiMeaning) -> (String, String, String) {
    (of.population.clone(), format!("{}, since: {}", filter::clock(&of.clock), of.start), of.omissions.join("; "))
}

/// What stands in a card where nothing waits.
pub(super) fn none(words: &'static str) -> AnyView {
    view! { <p class="aside">{words}</p> }.erased()
}

/// How much more there is than is shown.
pub(super) fn further(n: usize, noun: &str, href: Option<String>) -> AnyView {
    let words = format!("{n} {noun} more");
    let more = match href {
        Some(href) => view! { <a href=href>{words}</a> }.erased(),
        None => format!("{words}, all of them in the file").erased(),
    };
    (n > 0).then(|| view! { <p class="aside">{more}</p> }).erased()
}

#[cfg(test)]
mod tests {
    use super::per_cent;

    #[test]
    fn shares_have_one_digit() {
        assert_eq!(per_cent(0), "0.0 %");
        assert_eq!(per_cent(66), "6.6 %");
        assert_eq!(per_cent(1_000), "100.0 %");
    }
}
