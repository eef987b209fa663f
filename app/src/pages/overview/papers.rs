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
    model::{KpiFilter, Overview, Tally},
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
            <p class="aside">{number(&overview.only_proof)} " " {overview.only_proof.label.clone()} ": a POD alone would release them."</p>
            {oldest(&parts.oldest)}
        }
        .erased()
    };
    figure_card(("half", "proof", "POD aging"), body, (overview, "K6"), paths::overview_csv("proof", filter))
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
            <p>"Drain time: " <strong>{erp.drain.clone()}</strong> " " <span class="aside">{erp.pace.clone()}</span></p>
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
pub(super) fn promises(overview: &Overview) -> AnyView {
    let (on_time, late) = (&overview.on_time, &overview.late);
    let rate = overview.on_time_rate.clone().unwrap_or_else(|| format!("{} of {}", count(on_time.n), count(on_time.n + late.n)));
    let out: Vec<String> = overview.left_out.iter().map(|out| format!("{} {}", count(out.count), out.reason)).collect();
    let body = view! {
        {large(&overview.overdue)}
        <div class="figure-line">
            <a class="figure" href=on_time.href.clone() data-n=on_time.n.to_string()><strong>{rate}</strong> " " <span>"on time"</span></a>
        </div>
        <p class="aside">
            {number(on_time)} " on time, " {number(late)} " late"
            {(!out.is_empty()).then(|| format!("; left out: {}", out.join(", ")))}
        </p>
    };
    let from = Provenance {
        population: "overdue: not delivered, now; on time: deliveries with a promise".into(),
        clock: "promise against delivery".into(),
        omissions: String::new(),
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
            ("all shipments in sight", "milestones"),
            &overview.as_of,
            None,
        )
    });
    let quarantine = overview.quarantined.as_ref().map(|open| {
        let of = ("events and rows that could not be read; of all regions", "receipt");
        now_card(("", "quarantined", "Quarantine"), large(open), of, &overview.as_of, None)
    });
    view! { <div class="thirds">{card("", "promises", "Promises", body.erased(), from)} {quarantine} {untold}</div> }.erased()
}
