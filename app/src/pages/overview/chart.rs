//! Delivered to recorded: the drawing, and the table beside it.

use super::period::{left_out, words};
use crate::components::erased::Erase;
use crate::{
    browser,
    components::{
        card::{Provenance, card},
        table,
        words::{count, counted, nothing},
    },
    model::{Overview, OverviewFilter, RecordedPoint, group_thousands},
    paths,
};
use leptos::{html::Div, prelude::*};

/// The drawing as the server puts it into the page. It is no resource: it travels once, as HTML, and hydration leaves it
/// alone; a browser fetches it from its own address.
#[cfg(feature = "ssr")]
fn first_drawing(points: &[RecordedPoint]) -> String {
    use_context::<crate::ports::Ports>().map(|ports| ports.reading.drawing(points)).unwrap_or_default()
}

/// See the server's.
#[cfg(not(feature = "ssr"))]
fn first_drawing(_points: &[RecordedPoint]) -> String {
    String::new()
}

/// The section.
pub(super) fn recorded(overview: &Overview, filter: &OverviewFilter) -> AnyView {
    let panel = &overview.recorded;
    let href = paths::chart_delivered_to_recorded(filter);
    let holder = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if let Some(holder) = holder.get() {
            browser::draw(&holder, &href);
        }
    });
    let summary = view! {
        <dl class="summary">
            <div><dt>"Half within"</dt><dd>{duration(&panel.p50)}</dd></div>
            <div><dt>"9 of 10 within"</dt><dd>{duration(&panel.p90)}</dd></div>
            <div><dt>"Measured"</dt><dd>{counted(panel.n, "delivery", "deliveries")}</dd></div>
        </dl>
        {left_out(&panel.omissions).map(|text| view! { <p class="aside">{text}</p> })}
    };
    let body = if panel.points.is_empty() {
        view! { {summary} <p class="aside">"No delivery in the period has both times with an hour."</p> }.erased()
    } else {
        view! {
            {summary}
            <div class="chart-beside-table">
                <figure class="chart-holder" role="region" aria-label="Delivered to recorded, drawn" tabindex="0">
                    <div node_ref=holder inner_html=first_drawing(&panel.points)></div>
                </figure>
                {points(&panel.points, filter)}
            </div>
        }
        .erased()
    };
    let from = Provenance {
        population: "deliveries with both times".into(),
        clock: "delivery to its record in the source",
        period: words(overview),
        as_of: &overview.as_of,
    };
    card("wide", "recorded", "Delivered to recorded", body, from)
}

fn duration(words: &Option<String>) -> AnyView {
    words.as_ref().map_or_else(|| nothing("under 20 deliveries"), |words| words.clone().erased())
}

fn points(points: &[RecordedPoint], filter: &OverviewFilter) -> AnyView {
    let rows: Vec<_> = points
        .iter()
        .rev()
        .map(|point| {
            view! {
                <tr>
                    <th scope="row"><a href=paths::shipments_of_point(&point.code, filter)>{point.label.clone()}</a></th>
                    <td class="number">{count(point.n)}</td>
                    <td class="number">{hours(point.p50_hours)}</td>
                    <td class="number">{hours(point.p90_hours)}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Delivered in"</th>
                    <th scope="col" class="number">"Deliveries"</th>
                    <th scope="col" class="number">"Half within"</th>
                    <th scope="col" class="number">"9 of 10"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::scrolling("Delivered to recorded, as a table", table.erased())
}

/// Hours with one digit under ten, days from two on. Counted in tenths: printing floats would cost the wasm more than the page.
fn hours(hours: f64) -> String {
    if hours < 10.0 {
        format!("{} h", tenths(hours))
    } else if hours < 48.0 {
        format!("{} h", hours.round() as u64)
    } else {
        format!("{} d", group_thousands(&tenths(hours / 24.0)))
    }
}

fn tenths(value: f64) -> String {
    let tenths = (value * 10.0).round() as u64;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn hours_become_days_when_that_reads_better() {
        assert_eq!(hours(0.24), "0.2 h");
        assert_eq!(hours(23.6), "24 h");
        assert_eq!(hours(60.0), "2.5 d");
        assert_eq!(hours(48_000.0), "2,000.0 d");
    }
}
