//! Billing readiness: every condition at once, with whose move it is.

use crate::{
    components::{
        badge::{Tone, badge},
        erased::Erase,
        table,
        words::{self, moment_or},
    },
    model::{ExceptionAction, Readiness, ReadinessCondition},
    paths,
};
use leptos::prelude::*;

/// The verdict and the checklist; with a page to come back to, also the forms that waive.
pub(crate) fn card(readiness: &Readiness, shipment: &str, back_to: Option<&str>) -> AnyView {
    let held = readiness.contract.is_none() || readiness.conditions.iter().any(|each| !each.met && each.waived.is_none());
    let rows: Vec<_> = readiness.conditions.iter().map(|each| condition(each, readiness, back_to)).collect();
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
    let page = paths::readiness(shipment);
    view! {
        <section class="card" aria-labelledby="readiness-title">
            <h2 id="readiness-title">"Billing readiness"</h2>
            <p class="verdict">{badge(if held { Tone::Warn } else { Tone::Good }, readiness.verdict.clone())}</p>
            {release(readiness)}
            <dl class="summary">
                <div><dt>"Money waiting"</dt><dd>{words::money_or(&readiness.money, "none known")}</dd></div>
                <div><dt>"Waits since"</dt><dd>{moment_or(&readiness.since, "not delivered yet")}</dd></div>
                <div><dt>"Contract"</dt><dd>{words::text_or(&readiness.contract, "none: held until there is one")}</dd></div>
            </dl>
            {(!readiness.conditions.is_empty()).then(|| table::saved("Conditions for billing", &page, table.erased()))}
        </section>
    }
    .erased()
}

/// What meeting the conditions would release today.
fn release(readiness: &Readiness) -> Option<AnyView> {
    readiness.contract.as_ref()?;
    let money = || words::money_or(&readiness.money, "the invoice");
    let mut open = readiness.conditions.iter().filter(|each| !each.met && each.waived.is_none());
    let (first, others) = (open.next()?, open.count());
    let words = match others {
        0 => view! { <p class="aside">"“" {first.label.clone()} "” alone holds " {money()} ": meeting it releases that today."</p> }.erased(),
        n => view! { <p class="aside">"All " {n + 1} " together release " {money()} ": none of them does so alone."</p> }.erased(),
    };
    Some(words)
}

fn condition(condition: &ReadinessCondition, readiness: &Readiness, back_to: Option<&str>) -> AnyView {
    let open = !condition.met && condition.waived.is_none();
    let (mark, class) = match (&condition.waived, condition.met) {
        (Some(_), false) => (badge(Tone::Plain, "Waived"), "settled"),
        (_, true) => (badge(Tone::Good, "Met"), "settled"),
        (None, false) => (badge(Tone::Warn, "Not met"), "unmet"),
    };
    // What is settled waits for nobody: its cells say nothing where there is nothing to say.
    let owner = open.then(|| condition.owner.label());
    let since = match &condition.since {
        None if !open => None,
        since => Some(moment_or(since, "not told")),
    };
    let back = condition.waived_with.as_ref().map(|exception| {
        view! { " · " <a href=paths::exception(exception)>"take it back"</a> }
    });
    let waived = condition.waived.as_ref().map(|why| view! { <span class="by">" · waived by " {why.clone()} {back}</span> });
    let waive = condition.waivable.as_ref().zip(back_to).map(|(exception, back)| {
        let also = readiness.conditions.iter().filter(|other| condition.waives_also.contains(&other.code));
        let also: Vec<&str> = also.map(|other| other.label.as_str()).collect();
        waive(condition, &also.join(", "), exception, back)
    });
    let cannot = condition.unwaivable.as_ref().filter(|_| back_to.is_some());
    let cannot = cannot.map(|why| view! { <span class="by">" · " {why.clone()}</span> });
    view! {
        <tr class=class>
            <th scope="row">{condition.label.clone()}</th>
            <td>{mark}</td>
            <td>{owner}</td>
            <td class="when">{since}</td>
            <td>{condition.evidence.clone()} {waived} {waive} {cannot}</td>
        </tr>
    }
    .erased()
}

/// Accepts the condition as it is, with a reason, and whatever else goes with its exception.
fn waive(condition: &ReadinessCondition, also: &str, (exception, version): &(String, i64), back: &str) -> AnyView {
    let with_others = (!also.is_empty()).then(|| {
        view! { <p><strong>"Waives also: " {also.to_owned()} "."</strong>" The same exception tells of them."</p> }
    });
    let button = if also.is_empty() { "Waive it" } else { "Waive all of them" };
    view! {
        <details class="more">
            <summary>"Waive"<span class="unseen">": " {condition.label.clone()}</span></summary>
            <form class="stack" action=paths::EXCEPTIONS_ACT method="post">
                <input type="hidden" name="action" value=ExceptionAction::Waive.code()/>
                <input type="hidden" name="on" value=format!("{exception}:{version}")/>
                <input type="hidden" name="back" value=back.to_owned()/>
                <label class="field">
                    <span>"Why (stands in the audit trail)"</span>
                    <input type="text" name="note" required maxlength="500" autocomplete="off"/>
                </label>
                {with_others}
                <p class="aside">
                    "Waives the exception that tells of it; it holds the shipment no longer while its cause is the same. Can be taken back, but not an invoice that went out meanwhile."
                </p>
                <span><button type="submit">{button}</button></span>
            </form>
        </details>
    }
    .erased()
}
