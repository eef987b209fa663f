//! Stocks: how things stand at this moment.

use crate::components::erased::Erase;
use crate::{
    components::{
        card::{Provenance, card, figure},
        words::{count, nothing},
    },
    model::{Overview, OverviewFilter, ShipmentFilter, StageCount},
    paths,
};
use leptos::prelude::*;

/// The rows behind a stock: the filter's scope, without its days.
pub(super) fn scope(filter: &OverviewFilter) -> ShipmentFilter {
    ShipmentFilter { region: filter.region.clone(), business_unit: filter.business_unit.clone(), ..ShipmentFilter::default() }
}

/// Shipments by stage.
pub(super) fn pipeline(overview: &Overview, filter: &OverviewFilter) -> AnyView {
    let most = overview.stages.iter().map(|stage| stage.count).max().unwrap_or(0).max(1);
    let stages: Vec<_> = overview.stages.iter().map(|stage| step(stage, most, filter)).collect();
    let body = view! { <ol class="pipeline">{stages}</ol> }.erased();
    let from = Provenance {
        population: format!("{} in scope", crate::components::words::counted(overview.shipments, "shipment", "shipments")),
        clock: "furthest milestone known",
        period: "now".into(),
        as_of: &overview.as_of,
    };
    card("wide", "pipeline", "Shipments by stage", body, from)
}

fn step(stage: &StageCount, most: u64, filter: &OverviewFilter) -> AnyView {
    let rows = ShipmentFilter { stage: Some(stage.stage.code().into()), ..scope(filter) };
    let class = if stage.count == 0 { "step zero" } else { "step" };
    view! {
        <li class=class>
            <a href=paths::shipments(&rows)>
                <strong>{count(stage.count)}</strong>
                <span>{stage.stage.label()}</span>
            </a>
            <meter min="0" max=most.to_string() value=stage.count.to_string() aria-hidden="true"></meter>
        </li>
    }
    .erased()
}

/// Past the promise.
pub(super) fn late(overview: &Overview, filter: &OverviewFilter) -> AnyView {
    let overdue = ShipmentFilter { timeliness: Some("overdue".into()), ..scope(filter) };
    let delivered =
        ShipmentFilter { timeliness: Some("delivered_late".into()), period: overview.period.clone(), ..scope(filter) };
    let body = view! {
        {figure(count(overview.late.overdue), "overdue now", paths::shipments(&overdue))}
        {figure(count(overview.late.delivered_late), "delivered late in the period", paths::shipments(&delivered))}
    };
    let from = Provenance {
        population: "shipments with a promise".into(),
        clock: "promise against delivery",
        period: super::period::words(overview),
        as_of: &overview.as_of,
    };
    card("", "late", "Late", body.erased(), from)
}

/// Delivered, and the proof is missing.
pub(super) fn awaiting_pod(overview: &Overview, filter: &OverviewFilter) -> AnyView {
    let panel = &overview.awaiting_pod;
    let most = panel.buckets.iter().map(|bucket| bucket.count).max().unwrap_or(0).max(1);
    let all = ShipmentFilter { awaiting_pod: Some("any".into()), ..scope(filter) };
    let buckets: Vec<_> = panel
        .buckets
        .iter()
        .map(|bucket| {
            let rows = ShipmentFilter { awaiting_pod: Some(bucket.code.clone()), ..scope(filter) };
            view! {
                <tr>
                    <th scope="row">{bucket.label.clone()}</th>
                    <td class="bar-cell"><meter min="0" max=most.to_string() value=bucket.count.to_string() aria-hidden="true"></meter></td>
                    <td class="number"><a href=paths::shipments(&rows)>{count(bucket.count)}</a></td>
                </tr>
            }
        })
        .collect();
    let body = view! {
        {figure(count(panel.total), "wait for a POD", paths::shipments(&all))}
        <p class="aside">
            "Oldest: " {match &panel.oldest { Some(age) => age.clone().erased(), None => nothing("none waits") }}
            {(panel.history_left_out > 0).then(|| format!(" · {} of imported history left out", count(panel.history_left_out)))}
        </p>
        <table class="bars">
            <thead class="unseen"><tr><th scope="col">"Age"</th><th scope="col">"Share"</th><th scope="col">"Shipments"</th></tr></thead>
            <tbody>{buckets}</tbody>
        </table>
    };
    let from = Provenance {
        population: "delivered, no POD received".into(),
        clock: "age since delivery",
        period: "now".into(),
        as_of: &overview.as_of,
    };
    card("tall", "awaiting-pod", "Awaiting proof of delivery", body.erased(), from)
}

/// What could not be taken in.
pub(super) fn quarantined(overview: &Overview) -> AnyView {
    let Some(open) = overview.quarantined else { return ().erased() };
    let body = figure(count(open), "wait for a fix", paths::QUARANTINE.into());
    let from = Provenance {
        population: "events and rows that could not be read".into(),
        clock: "receipt",
        period: "now".into(),
        as_of: &overview.as_of,
    };
    card("", "quarantined", "Quarantine", body, from)
}

/// Milestones that no source tells, so that an empty stage is not read as a zero.
pub(super) fn absent(overview: &Overview) -> AnyView {
    if overview.absent.is_empty() {
        return ().erased();
    }
    let body = view! {
        <p class="untold"><strong>{overview.absent.join(", ")}</strong></p>
        <p class="aside">"Without them a shipment stays in the stage that the other milestones tell."</p>
    };
    let from = Provenance {
        population: "all shipments in scope".into(),
        clock: "milestones told by any source",
        period: "now".into(),
        as_of: &overview.as_of,
    };
    card("", "absent", "Told by no source", body.erased(), from)
}
