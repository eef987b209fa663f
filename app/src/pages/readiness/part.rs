//! The part: whether the shipment may be billed, and its open exceptions.

use super::conditions::card;
use crate::{
    api::Here,
    components::{
        badge::{Tone, badge},
        erased::{Erase, Later},
        exception::{severity, state, title},
        states, table,
        words::{self, moment_or},
    },
    error::AppError,
    model::{ExceptionRow, Readiness},
    paths,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

/// Reads the shipment that the address names.
pub(super) fn body() -> Later {
    let id = use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default();
    let alone = use_location().pathname.with_untracked(|path| *path == paths::readiness(&id));
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => read(here, id).await,
            Err(error) => Err(error),
        };
        match read {
            Ok((readiness, exceptions)) => view! { {card(&readiness)} {open(&exceptions)} }.erased(),
            Err(error) => failed(error, alone),
        }
    })
}

async fn read(here: Here, id: String) -> Result<(Readiness, Vec<ExceptionRow>), AppError> {
    let reading = &here.ports.reading;
    let readiness = reading.readiness(&here.caller, id.clone()).await?;
    Ok((readiness, reading.shipment_exceptions(&here.caller, id).await?))
}

/// By itself it answers like any page. Beside a shipment it leaves the word to the page, and says nothing where the role or the
/// shipment has none; the class tells the style sheet, as a browser fetches the same part for both.
fn failed(error: AppError, alone: bool) -> AnyView {
    match error {
        AppError::SignedOut | AppError::Forbidden | AppError::NotFound if !alone => view! { <p hidden data-still=""></p> }.erased(),
        AppError::SignedOut | AppError::Forbidden | AppError::NotFound => {
            view! { <div class="unless-beside" data-still="">{states::failed_below(error)}</div> }.erased()
        }
        _ if alone => states::failed_below(error),
        _ => view! { <p class="note" role="alert">"Billing readiness cannot be read just now. Nothing is lost; load the page again in a moment."</p> }
            .erased(),
    }
}

fn open(exceptions: &[ExceptionRow]) -> AnyView {
    if exceptions.is_empty() {
        return view! { <p class="aside">"No open exception."</p> }.erased();
    }
    let rows: Vec<_> = exceptions
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row"><a href=paths::exception(&row.id)>{title(row.kind, &row.detail)}</a></th>
                    <td>{severity(row.severity)}</td>
                    <td>{state(row.state)}</td>
                    <td>{row.queue.label()}</td>
                    <td class="number">{row.age.clone()}</td>
                    <td class="when">{moment_or(&row.due, "no time set")} " " {row.overdue.then(|| badge(Tone::Bad, "past due"))}</td>
                    <td>{words::text_or(&row.assignee, "nobody")}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Exception"</th>
                    <th scope="col">"Severity"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Queue"</th>
                    <th scope="col" class="number">"Age"</th>
                    <th scope="col">"Due"</th>
                    <th scope="col">"Assigned to"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby="open-exceptions">
            <h2 id="open-exceptions">"Open exceptions"</h2>
            {table::scrolling("Open exceptions of the shipment", table.erased())}
        </section>
    }
    .erased()
}
