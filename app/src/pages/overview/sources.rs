//! Sources, and the business that waits for their word.

use super::tally::{none, now_card, number};
use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        exception::sums,
        table,
        words::{count, counted, moment, nothing},
    },
    model::{KpiFilter, Overview, SourceHealth, SourceState, Tally},
    paths,
};
use leptos::prelude::*;

/// The card.
pub(super) fn sources(overview: &Overview, filter: &KpiFilter) -> AnyView {
    let Some(sources) = &overview.sources else { return ().erased() };
    let body = if sources.is_empty() {
        none("No source has spoken yet.")
    } else {
        let told = sources.iter().any(|source| source.quarantined.is_some());
        let rows: Vec<_> = sources.iter().map(row).collect();
        let table = view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Source"</th>
                        <th scope="col">"How it is"</th>
                        <th scope="col">"Last word"</th>
                        {told.then(|| view! { <th scope="col" class="number">"In Quarantine"</th> })}
                        <th scope="col" class="number">"Shipments that wait for it"</th>
                        <th scope="col" class="number">"Their money"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        };
        table::scrolling("Sources as a table", table.erased())
    };
    let further = (overview.further_sources > 0)
        .then(|| view! { <p class="aside">{format!("{} more, all of them in the file", overview.further_sources)}</p> });
    let old = (overview.old_sources > 0)
        .then(|| view! { <p class="aside">{format!("left out: {} that only ever told old data", counted(overview.old_sources as u64, "source", "sources"))}</p> });
    let of = (
        "sources that spoke or should; for each the shipments that are held until it tells what the configuration makes its to tell",
        "receipt of the last event that is no old data",
        "shipments that wait for a POD or whose status is stale are not counted here: neither is one source's to tell; POD aging and K16 count them",
    );
    let file = Some(paths::overview_csv("sources", filter));
    now_card(("wide", "sources", "Sources"), view! { {body} {further} {old} }.erased(), of, &overview.as_of, file)
}

/// What lies in Quarantine of a source; of several under one name each leads to its own.
fn quarantined(of: &[Tally]) -> AnyView {
    match of {
        [] => count(0).erased(),
        [one] => number(one),
        several => {
            let each: Vec<_> = several.iter().map(|one| view! { <div>{number(one)} " of " {one.label.clone()}</div> }).collect();
            each.erased()
        }
    }
}

fn row(source: &SourceHealth) -> AnyView {
    let how = match source.state {
        SourceState::Speaks => badge(Tone::Good, "Speaks"),
        SourceState::Silent => badge(Tone::Bad, "Silent"),
        SourceState::Unwatched => badge(Tone::Plain, "No cadence set"),
    };
    let last = match (&source.last, &source.ago) {
        (Some(at), Some(ago)) => view! { {ago.clone()} " ago, " {moment(at)} }.erased(),
        _ => nothing("never"),
    };
    let blocks = source.blocks.as_ref();
    view! {
        <tr>
            <th scope="row">{source.name.clone()}</th>
            <td>{how}</td>
            <td class="when">{last}</td>
            {source.quarantined.as_deref().map(|of| view! { <td class="number">{quarantined(of)}</td> })}
            <td class="number">{blocks.map_or_else(|| nothing("none"), number)}</td>
            <td class="number">{blocks.map_or_else(|| nothing("none"), |tally| sums(&tally.money, "none known"))}</td>
        </tr>
    }
    .erased()
}
