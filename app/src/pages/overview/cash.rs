//! Cash that waits, and what causes it.

use super::tally::{bars, figure_card, further, large, none};
use crate::{
    components::erased::Erase,
    model::{ExceptionFilter, KpiFilter, Overview},
    paths,
};
use leptos::prelude::*;

/// Delivered, not invoiced, by all that holds each.
pub(super) fn cash(overview: &Overview, filter: &KpiFilter) -> AnyView {
    let parts = &overview.cash;
    let body = if parts.whole.n == 0 {
        view! { {large(&parts.whole)} {none("Everything that is delivered is invoiced.")} }.erased()
    } else {
        view! {
            {large(&parts.whole)}
            {bars("Cash waiting, by what holds it", "Held by all of", "Shipments", parts)}
            {further(parts.further, "sets of holds", Some(paths::kpi("K25", filter)))}
            {oldest(&parts.oldest)}
        }
        .erased()
    };
    figure_card(("half", "cash", "Cash waiting"), body, (overview, "K25"), paths::overview_csv("cash", filter))
}

/// Open exceptions by cause.
pub(super) fn causes(overview: &Overview, filter: &KpiFilter) -> AnyView {
    let Some(parts) = &overview.causes else { return ().erased() };
    let body = if parts.whole.n == 0 {
        view! { {large(&parts.whole)} {none("No exception is open.")} }.erased()
    } else {
        view! {
            {large(&parts.whole)}
            {bars("Open exceptions by cause", "Cause", "Exceptions", parts)}
            {further(parts.further, "causes", all_causes(filter))}
            {oldest(&parts.oldest)}
        }
        .erased()
    };
    figure_card(("half", "causes", "Top causes by money"), body, (overview, "K8"), paths::overview_csv("causes", filter))
}

/// Where all causes stand; nowhere under a filter that their list does not know.
fn all_causes(filter: &KpiFilter) -> Option<String> {
    let KpiFilter { region, business_unit, carrier, mode, customer, .. } = filter.clone();
    let known = carrier.is_none() && mode.is_none() && customer.is_none();
    let of = ExceptionFilter { region, business_unit, snoozed: Some("yes".into()), ..ExceptionFilter::default() };
    known.then(|| paths::exceptions(&of))
}

/// How long the oldest has waited.
pub(super) fn oldest(age: &Option<String>) -> AnyView {
    age.clone().map(|age| view! { <p class="aside">"The oldest: " {age}</p> }).erased()
}
