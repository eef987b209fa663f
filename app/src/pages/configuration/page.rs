//! The page: the sections, the versions, and the whole as a file.

use super::history::history;
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        freshness::as_of,
        states, table,
        words::{self, count},
    },
    error::AppError,
    model::{PolicySection, PolicyView},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads the policy and shows it.
pub(super) fn body(_: Address) -> Later {
    let here = Here::take();
    Box::pin(async move {
        match read(here).await {
            Ok((policy, sections)) => whole(&policy, &sections),
            Err(error) => view! { <div class="head"><h1>"Configuration"</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

async fn read(here: Result<Here, AppError>) -> Result<(PolicyView, Vec<PolicySection>), AppError> {
    let Here { ports, caller, .. } = here?;
    Ok((ports.reading.policy(&caller).await?, ports.configuring.sections(&caller).await?))
}

fn whole(policy: &PolicyView, sections: &[PolicySection]) -> AnyView {
    let version = match policy.version {
        0 => "The built-in policy: no version was put in force yet.".to_owned(),
        version => format!("Version {version} is in force."),
    };
    let none = policy.contracts.is_empty().then(|| {
        let why = "No billing contract: every shipment is held until its customer has one. Nothing is billed by guess.";
        view! { <p class="note">{why}</p> }
    });
    view! {
        <div class="head"><h1>"Configuration"</h1> {as_of(&policy.as_of)}</div>
        <p>{version} " It decides what may be billed, what is expected by when, whose word counts, and what may differ."</p>
        {none}
        {list(sections)}
        {history(&policy.history)}
        {whole_text(policy)}
    }
    .erased()
}

fn list(sections: &[PolicySection]) -> AnyView {
    let rows: Vec<_> = sections
        .iter()
        .map(|section| {
            let changed = match section.changed {
                0 => words::nothing("built in"),
                n => count(n).erased(),
            };
            view! {
                <tr>
                    <th scope="row"><a href=paths::configuration(&section.name)>{section.label.clone()}</a></th>
                    <td>{section.explained.clone()}</td>
                    <td class="number">{count(section.entries)}</td>
                    <td class="number">{changed}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Section"</th>
                    <th scope="col">"Decides"</th>
                    <th scope="col" class="number">"Entries"</th>
                    <th scope="col" class="number">"Set here"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::saved("Sections of the policy", paths::CONFIGURATION, table.erased())
}

fn whole_text(policy: &PolicyView) -> AnyView {
    let how = if policy.may_change {
        "Each section can be changed on its page. The whole: save it, change it, and put it in force with “waybill policy apply FILE --reason …” or the API."
    } else {
        "A finance lead or an administrator who sees all regions and business units can put another one in force."
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
