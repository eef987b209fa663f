//! What happened, by every system: drawn in lanes and told in a table.

use crate::components::erased::Erase;
use crate::{
    components::{
        badge::{Tone, badge},
        save, states, table,
        words::{self, moment},
    },
    model::{LANE, LEFT, Lane, RIGHT, ShipmentDetail, TimelineEntry, WIDTH, lanes},
    paths,
};
use leptos::prelude::*;

/// The section; with `raw`, each event leads to its bytes.
pub(super) fn timeline(detail: &ShipmentDetail, raw: bool) -> AnyView {
    let cut = detail.timeline_cut_from.map(|all| {
        view! { <p class="aside">{format!("The latest {} of {all} events.", detail.timeline.len())}</p> }
    });
    let body = if detail.timeline.is_empty() {
        states::empty("No events", "No system has told anything about this shipment yet.".erased())
    } else {
        view! { {cut} {drawing(&detail.timeline)} {rows(detail, raw)} }.erased()
    };
    view! {
        <section aria-labelledby="timeline">
            <h2 id="timeline">"Timeline"</h2>
            {body}
        </section>
    }
    .erased()
}

/// The lanes show nothing that the table does not tell, so the drawing itself is left to the eye.
fn drawing(timeline: &[TimelineEntry]) -> AnyView {
    let Some(laid) = lanes(timeline) else { return ().erased() };
    let bottom = LANE * laid.lanes.len() as i64 + 4;
    let height = bottom + 20;
    let lanes: Vec<_> = laid.lanes.iter().enumerate().map(|(i, lane)| one(lane, LANE * i as i64 + LANE / 2)).collect();
    view! {
        <div class="lanes" role="region" aria-label="Timeline drawn in lanes" tabindex="0">
            <svg viewBox=format!("0 0 {WIDTH} {height}") aria-hidden="true">
                {lanes}
                <line class="axis" x1=LEFT x2=RIGHT y1=bottom y2=bottom></line>
                <text class="label" x=LEFT y=bottom + 15>{laid.from}</text>
                <text class="label end" x=RIGHT y=bottom + 15>{laid.to}</text>
            </svg>
            <p class="aside">"A dot is when it happened, the tick when its system recorded it. Faded: superseded or retracted."</p>
        </div>
    }
    .erased()
}

fn one(lane: &Lane, y: i64) -> AnyView {
    let marks: Vec<_> = lane
        .marks
        .iter()
        .map(|mark| {
            let class = if mark.effective { "mark" } else { "mark past" };
            view! {
                <g class=class>
                    <title>{mark.title.clone()}</title>
                    <line class="lag" x1=mark.occurred x2=mark.recorded y1=y y2=y></line>
                    <line class="recorded" x1=mark.recorded x2=mark.recorded y1=y - 6 y2=y + 6></line>
                    <circle cx=mark.occurred cy=y r="4.5"></circle>
                </g>
            }
        })
        .collect();
    view! {
        <g>
            <line class="grid" x1=LEFT x2=RIGHT y1=y y2=y></line>
            <text class="label end" x=LEFT - 12 y=y + 4>{lane.source.clone()}</text>
            {marks}
        </g>
    }
    .erased()
}

fn rows(detail: &ShipmentDetail, raw: bool) -> AnyView {
    let rows: Vec<_> = detail.timeline.iter().map(|entry| row(entry, raw.then_some(detail.row.id.as_str()))).collect();
    let table = view! {
        <table class="rows timeline" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Event"</th>
                    <th scope="col">"Occurred"</th>
                    <th scope="col">"Recorded"</th>
                    <th scope="col" class="number">"Lag"</th>
                    <th scope="col">"Known here"</th>
                    <th scope="col">"System"</th>
                    <th scope="col">"Details"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    let file = save::line(&[("CSV", paths::csv_of(&paths::shipment(&detail.row.id)))], "Timeline");
    view! { {table::scrolling("Timeline as a table", table.erased())} {file} }.erased()
}

fn row(entry: &TimelineEntry, raw_of: Option<&str>) -> AnyView {
    let standing = match entry.standing.as_str() {
        "effective" => None,
        "retracted" => Some(badge(Tone::Plain, "Retracted")),
        _ => Some(badge(Tone::Plain, "Superseded")),
    };
    let class = if standing.is_some() { "past" } else { "" };
    let details: Vec<_> = entry
        .details
        .iter()
        .map(|(key, value)| view! { <span class="pair"><span class="key">{key.clone()}</span> " " {value.clone()}</span> })
        .collect();
    let title = match raw_of {
        Some(shipment) => {
            let href = paths::raw_event(shipment, entry.seq);
            view! { <a href=href title=entry.event_type.clone()>{entry.title.clone()}</a> }.erased()
        }
        None => entry.title.clone().erased(),
    };
    view! {
        <tr id=format!("event-{}", entry.seq) class=class>
            <th scope="row">
                {title}
                " "
                {standing}
            </th>
            <td class="when">{moment(&entry.occurred)}</td>
            <td class="when">{moment(&entry.recorded)}</td>
            <td class="number">{words::text_or(&entry.lag, "not known")}</td>
            <td class="when">{moment(&entry.known)}</td>
            <td>{entry.source.clone()}</td>
            <td class="details">{entry.remark.clone().map(|remark| badge(Tone::Warn, remark))} {details}</td>
        </tr>
    }
    .erased()
}
