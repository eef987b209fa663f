//! What is known of a shipment, and from whom.

use crate::components::erased::Erase;
use crate::paths;
use crate::{
    components::{
        badge::{Tone, badge},
        table,
        words::{self, moment, nothing},
    },
    model::{Fact, Reference, SystemState},
};
use leptos::prelude::*;

/// Each system's latest word.
pub(super) fn systems(shipment: &str, systems: &[SystemState]) -> AnyView {
    let rows: Vec<_> = systems
        .iter()
        .map(|system| {
            view! {
                <tr>
                    <th scope="row">{system.source.clone()}</th>
                    <td>{system.latest.clone()} " " {system.drifts.then(|| badge(Tone::Warn, "Differs from the stage"))}</td>
                    <td class="when">{moment(&system.occurred)}</td>
                    <td class="number">{words::count(u64::from(system.events))}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"System"</th>
                    <th scope="col">"Latest word"</th>
                    <th scope="col">"Occurred"</th>
                    <th scope="col" class="number">"Events"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    section("systems", "By system", table::saved("Systems as a table", &paths::shipment(shipment), table.erased()))
}

/// Milestones and attributes with their source.
pub(super) fn facts(shipment: &str, facts: &[Fact]) -> AnyView {
    let rows: Vec<_> = facts
        .iter()
        .map(|fact| {
            let value = fact.at.as_ref().map_or_else(|| fact.value.clone().erased(), moment);
            view! {
                <tr>
                    <th scope="row">{fact.label.clone()}</th>
                    <td>{value}</td>
                    <td>{fact.source.clone()}</td>
                    <td class="when">{moment(&fact.recorded)}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Fact"</th>
                    <th scope="col">"Value"</th>
                    <th scope="col">"Source that won"</th>
                    <th scope="col">"Recorded there"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    section("facts", "Facts and who told them", table::saved("Facts as a table", &paths::shipment(shipment), table.erased()))
}

/// Every name it goes by.
pub(super) fn references(references: &[Reference], orders: &[String]) -> AnyView {
    let items: Vec<_> = references
        .iter()
        .map(|reference| {
            let scheme = words::scheme(&reference.scheme);
            let issuer = (!reference.issuer.is_empty()).then(|| format!(" by {}", reference.issuer));
            view! { <div><dt>{scheme} {issuer}</dt><dd>{reference.value.clone()}</dd></div> }
        })
        .collect();
    let orders = if orders.is_empty() { nothing("none told") } else { links(orders) };
    let list = view! { <dl class="pairs">{items}<div><dt>"Orders carried"</dt><dd>{orders}</dd></div></dl> };
    section("references", "References", list.erased())
}

fn section(id: &'static str, title: &'static str, body: AnyView) -> AnyView {
    view! { <section aria-labelledby=id><h2 id=id>{title}</h2>{body}</section> }.erased()
}

/// Each order leads to its page.
fn links(orders: &[String]) -> AnyView {
    let links: Vec<_> = orders.iter().map(|order| view! { <a href=paths::order(order)>{order.clone()}</a> " " }).collect();
    links.erased()
}
