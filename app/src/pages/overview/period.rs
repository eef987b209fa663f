//! Flows: what happened in the period.

use super::now::scope;
use crate::components::erased::Erase;
use crate::{
    components::{
        card::{Provenance, card, figure},
        words::count,
    },
    model::{Omission, Overview, OverviewFilter, ShipmentFilter},
    paths,
};
use leptos::prelude::*;

/// The period in words.
pub(super) fn words(overview: &Overview) -> String {
    let days = overview.period.words().unwrap_or_else(|| "all days".to_owned());
    if overview.period_is_default { format!("{days} (all the data)") } else { days }
}

/// What a figure leaves out, told.
pub(super) fn left_out(omissions: &[Omission]) -> Option<String> {
    let parts: Vec<_> = omissions.iter().filter(|o| o.count > 0).map(|o| format!("{} {}", count(o.count), o.reason)).collect();
    (!parts.is_empty()).then(|| format!("Left out: {}", parts.join(", ")))
}

/// Delivered no later than promised.
pub(super) fn on_time(overview: &Overview, filter: &OverviewFilter) -> AnyView {
    let panel = &overview.on_time;
    let rows = ShipmentFilter { timeliness: Some("on_time".into()), period: overview.period.clone(), ..scope(filter) };
    let (number, unit) = match &panel.rate {
        Some(rate) => (rate.clone(), "on time"),
        None => (format!("{} of {}", count(panel.on_time), count(panel.promised)), "on time"),
    };
    let body = view! {
        {figure(number, unit, paths::shipments(&rows))}
        <p class="aside">
            {match panel.rate {
                Some(_) => format!("{} of {}", count(panel.on_time), count(panel.promised)),
                None => "Too few for a rate: under 20 deliveries".to_owned(),
            }}
            {left_out(&panel.omissions).map(|text| format!(" · {text}"))}
        </p>
    };
    let from = Provenance {
        population: "delivered with a promise known".into(),
        clock: "promise against delivery",
        period: words(overview),
        as_of: &overview.as_of,
    };
    card("", "on-time", "On time", body.erased(), from)
}
