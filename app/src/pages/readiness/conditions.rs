//! Billing readiness: every condition at once, with whose move it is.

use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        table,
        words::{self, moment_or},
    },
    model::{Readiness, ReadinessCondition},
};
use leptos::prelude::*;

/// The verdict and the checklist.
pub(crate) fn card(readiness: &Readiness) -> AnyView {
    let held = readiness.contract.is_none() || readiness.conditions.iter().any(|each| !each.met && each.waived.is_none());
    let rows: Vec<_> = readiness.conditions.iter().map(condition).collect();
    let table = view! {
        <table class="conditions">
            <thead>
                <tr>
                    <th scope="col">"Condition"</th>
                    <th scope="col">"Met"</th>
                    <th scope="col">"Whose move"</th>
                    <th scope="col">"Since"</th>
                    <th scope="col">"What proves or releases it"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section class="card" aria-labelledby="readiness-title">
            <h2 id="readiness-title">"Billing readiness"</h2>
            <p class="verdict">{badge(if held { Tone::Warn } else { Tone::Good }, readiness.verdict.clone())}</p>
            <dl class="summary">
                <div><dt>"Money waiting"</dt><dd>{words::money_or(&readiness.money, "none known")}</dd></div>
                <div><dt>"Waits since"</dt><dd>{moment_or(&readiness.since, "not delivered yet")}</dd></div>
                <div><dt>"Contract"</dt><dd>{words::text_or(&readiness.contract, "none: held until there is one")}</dd></div>
            </dl>
            {(!readiness.conditions.is_empty()).then(|| table::scrolling("Conditions for billing", table.erased()))}
        </section>
    }
    .erased()
}

fn condition(condition: &ReadinessCondition) -> AnyView {
    let open = !condition.met && condition.waived.is_none();
    let (mark, class) = match (&condition.waived, condition.met) {
        (Some(_), false) => (badge(Tone::Plain, "Waived"), "settled"),
        (_, true) => (badge(Tone::Good, "Met"), "settled"),
        (None, false) => (badge(Tone::Warn, "Not met"), "unmet"),
    };
    let owner = if open { condition.owner.label().erased() } else { words::nothing("nobody's") };
    let waived = condition.waived.as_ref().map(|why| view! { <span class="by">" · waived by " {why.clone()}</span> });
    view! {
        <tr class=class>
            <th scope="row">{condition.label.clone()}</th>
            <td>{mark}</td>
            <td>{owner}</td>
            <td class="when">{moment_or(&condition.since, "not told")}</td>
            <td>{condition.evidence.clone()} {waived}</td>
        </tr>
    }
    .erased()
}
