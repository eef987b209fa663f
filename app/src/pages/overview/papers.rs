//! Papers: proofs by age, the ERP by state and age, promises.

use super::{
    cash::oldest,
    tally::{bars, figure_card, large, none, now_card, number},
};
use crate::{
    components::{
        card::{Provenance, card},
        erased::Erase,
        table,
        words::count,
    },
    model::{KpiFilter, Money, Overview, Tally},
    pages::kpis::filter,
    paths,
};
use leptos::prelude::*;

/// Awaiting POD by age.
pub(super) fn proof(overview: &Overview, filter: &KpiFilter) -> AnyView {
    let parts = &overview.proof;
    let body = if parts.whole.n == 0 {
        view! { {large(&parts.whole)} {none("No delivery lacks a POD that its contract asks for.")} }.erased()
    } else {
        view! {
            {large(&parts.whole)}
            {bars("Awaiting POD, by age", "Age", "Shipments", parts)}
            {only(&overview.only_proof)}
            {oldest(&parts.oldest)}
        }
        .erased()
    };
    figure_card(("half", "proof", "POD aging"), body, (overview, "K6"), paths::overview_csv("proof", filter))
}

/// Those that nothing but the POD holds, and how much that is: the money at risk.
fn only(tally: &Tally) -> AnyView {
    let money: Vec<String> = tally.money.iter().map(Money::text).collect();
    let money = if money.is_empty() { "no money known".to_owned() } else { money.join(" and ") };
    view! { <p class="aside">{number(tally)} " " {tally.label.clone()} ": a POD alone would release them, " {money} "."</p> }
        .erased()
}

/// What the ERP has not confirmed.
pub(super) fn erp(overview: &Overview, filter: &KpiFilter) -> AnyView {
    let erp = &overview.erp;
    let whole = &erp.states.whole;
    let body = if whole.n == 0 {
        view! { {large(whole)} {none("The ERP has confirmed all that is invoiced.")} }.erased()
    } else {
        view! {
            {large(whole)}
            <p>"Drain time: " <strong>{erp.drain.clone()}</strong> " " <span class="aside">{erp.pace.clone()} " (told without their rows)"</span></p>
            {matrix(overview)}
            {oldest(&erp.states.oldest)}
        }
        .erased()
    };
    figure_card(("half", "erp", "ERP backlog"), body, (overview, "K7"), paths::overview_csv("erp", filter))
}

/// By age down, by state across.
fn matrix(overview: &Overview) -> AnyView {
    let erp = &overview.erp;
    let heads: Vec<_> =
        erp.states.parts.iter().map(|state| view! { <th scope="col" class="number">{state.label.clone()}</th> }).collect();
    let row = |(at, age): (usize, &String)| {
        let cells: Vec<_> = erp.cells.iter().filter_map(|cells| cells.get(at)).map(cell).collect();
        view! { <tr><th scope="row" class="when">{age.clone()}</th>{cells}</tr> }
    };
    let rows: Vec<_> = erp.ages.iter().enumerate().map(row).collect();
    let all: Vec<_> = erp.states.parts.iter().map(cell).collect();
    let table = view! {
        <table>
            <thead><tr><th scope="col">"Age"</th>{heads}</tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr><th scope="row">"All"</th>{all}</tr></tfoot>
        </table>
    };
    table::scrolling("ERP backlog, by age and state", table.erased())
}

fn cell(tally: &Tally) -> AnyView {
    view! { <td class="number">{number(tally)}</td> }.erased()
}

/// Promises and Quarantine.
pub(super) fn promises(overview: &Overview, of: &KpiFilter) -> AnyView {
    let (on_time, late) = (&overview.on_time, &overview.late);
    let rate = overview.on_time_rate.clone().unwrap_or_else(|| format!("{} of {}", count(on_time.n), count(on_time.n + late.n)));
    let out = filter::left_out_link(&overview.left_out, paths::kpi_part("OTD", "left_out", of))
        .unwrap_or_else(|| "nothing left out".erased());
    let body = view! {
        {large(&overview.overdue)}
        <div class="figure-line">
            <a class="figure" href=paths::kpi_part("OTD", "share", of) data-n=on_time.n.to_string()><strong>{rate}</strong> " " <span>"on time"</span></a>
        </div>
        <p class="aside">
            {number(on_time)} " on time, " {number(late)} " late; " {out} " · " <a href=paths::kpi("OTD", of)>"The figure"</a>
        </p>
    };
    let meant = overview.meaning("OTD");
    let from = Provenance {
        population: format!("overdue: not delivered, now; OTD: {}", meant.map(|of| of.population.clone()).unwrap_or_default()),
        clock: meant.map(|of| filter::clock(&of.clock)).unwrap_or_default(),
        omissions: meant.map(|of| of.omissions.join("; ")).unwrap_or_default(),
        period: filter::days(&overview.period, overview.covers.as_ref()),
        as_of: &overview.as_of,
        file: None,
    };
    let untold = (!overview.untold.is_empty()).then(|| {
        let body = view! {
            <p class="untold"><strong>{overview.untold.join(", ")}</strong></p>
            <p class="aside">"Without them a shipment stays in the stage that the other milestones tell."</p>
        };
        now_card(
            ("", "untold", "Told by no source"),
            body.erased(),
            ("all shipments in sight", "milestones", ""),
            &overview.as_of,
            None,
        )
    });
    let quarantine = overview.quarantined.as_ref().map(|open| {
        let of = ("events and rows that could not be read; of all regions", "receipt", "");
        now_card(("", "quarantined", "Quarantine"), large(open), of, &overview.as_of, None)
    });
    view! { <div class="thirds">{card("", "promises", "Promises", body.erased(), from)} {quarantine} {untold}</div> }.erased()
}
