//! The page: contracts, the other values, the versions, and how to put another one in force.

use crate::{
    api::Here,
    components::{
        badge::{Tone, badge},
        erased::{Erase, Later},
        freshness::as_of,
        states, table,
        words::{self, moment},
    },
    error::AppError,
    model::{ContractRow, PolicyStep, PolicyValue, PolicyView},
    pages::served::Address,
};
use leptos::prelude::*;

/// Reads the policy and shows it.
pub(super) fn body(_: Address) -> Later {
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => here.ports.reading.policy(&here.caller).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(policy) => whole(&policy),
            Err(error) => failed(error),
        }
    })
}

fn failed(error: AppError) -> AnyView {
    view! { <div class="head"><h1>"Configuration"</h1></div> {states::failed_below(error)} }.erased()
}

fn whole(policy: &PolicyView) -> AnyView {
    let version = match policy.version {
        0 => "The built-in policy: no version was put in force yet.".to_owned(),
        version => format!("Version {version} is in force."),
    };
    view! {
        <div class="head"><h1>"Configuration"</h1> {as_of(&policy.as_of)}</div>
        <p>{version} " It decides what may be billed, what is expected by when, and what may differ."</p>
        {values(&policy.values)}
        {contracts(&policy.contracts)}
        {history(&policy.history)}
        {whole_text(policy)}
    }
    .erased()
}

fn contracts(contracts: &[ContractRow]) -> AnyView {
    let rows: Vec<_> = contracts
        .iter()
        .map(|contract| {
            let customer = if contract.customer == "*" { "all others".to_owned() } else { contract.customer.clone() };
            view! {
                <tr>
                    <th scope="row">{customer}</th>
                    <td>{contract.name.clone()}</td>
                    <td>{contract.covers.clone()}</td>
                    <td>{contract.conditions.join(" · ")}</td>
                </tr>
            }
        })
        .collect();
    let body = if rows.is_empty() {
        let why = "Every shipment is held until its customer has a contract: nothing is billed by guess.";
        states::empty("No billing contract", why.erased())
    } else {
        let table = view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Contract"</th>
                        <th scope="col">"Covers dispatches"</th>
                        <th scope="col">"Asks for before billing"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        };
        table::scrolling("Billing contracts, as a table", table.erased())
    };
    view! { <section aria-labelledby="contracts"><h2 id="contracts">"Billing contracts"</h2>{body}</section> }.erased()
}

fn values(values: &[PolicyValue]) -> AnyView {
    let rows: Vec<_> = values
        .iter()
        .map(|value| {
            let mark = if value.changed { badge(Tone::Plain, "Set") } else { words::nothing("built in") };
            view! {
                <tr>
                    <th scope="row"><code>{value.path.clone()}</code></th>
                    <td class="long">{value.value.clone()}</td>
                    <td>{mark}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table>
            <thead>
                <tr><th scope="col">"Value"</th><th scope="col">"Is"</th><th scope="col">"From"</th></tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby="values">
            <h2 id="values">"Expectations and tolerances"</h2>
            <p class="aside">"Times in hours; 0 expects nothing."</p>
            {table::scrolling("Expectations and tolerances, as a table", table.erased())}
        </section>
    }
    .erased()
}

fn history(history: &[PolicyStep]) -> AnyView {
    if history.is_empty() {
        return ().erased();
    }
    let items: Vec<_> = history
        .iter()
        .map(|step| {
            let changes: Vec<_> = step.changes.iter().map(|change| view! { <li><code>{change.clone()}</code></li> }).collect();
            view! {
                <li>
                    {moment(&step.at)} " " <strong>{step.actor.clone()}</strong> {format!(" put version {} in force", step.version)}
                    <span class="by said">" “" {step.reason.clone()} "”"</span>
                    <ul>{changes}</ul>
                </li>
            }
        })
        .collect();
    view! {
        <section aria-labelledby="history"><h2 id="history">"Versions"</h2><ol class="history">{items}</ol></section>
    }
    .erased()
}

fn whole_text(policy: &PolicyView) -> AnyView {
    let how = if policy.may_change {
        "Save it, change it, and put it in force with “waybill policy apply FILE --reason …” or the API. “waybill policy check FILE” says before what would change."
    } else {
        "A finance lead or an administrator can put another one in force."
    };
    view! {
        <section aria-labelledby="whole">
            <h2 id="whole">"The whole as a file"</h2>
            <p class="aside">{how}</p>
            <details class="more">
                <summary>"Show"</summary>
                <pre tabindex="0" role="region" aria-label="The policy as TOML">{policy.toml.clone()}</pre>
            </details>
        </section>
    }
    .erased()
}
