//! The part: whether the shipment may be billed, and its open exceptions.

use super::{conditions::card, standing::standing};
use crate::{
    api::Here,
    components::{
        badge::{Tone, badge},
        erased::{Erase, Later},
        exception::{severity, state, title},
        served::Rendering,
        states, table,
        words::{self, moment_or},
    },
    error::AppError,
    model::{ExceptionRow, Readiness},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The part on another page. It leaves the word to that page where there is no such shipment, and says nothing to whom it is
/// not for.
pub(super) fn beside() -> Rendering {
    let read = read(use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default());
    let view = Box::pin(async move {
        match read.await {
            Ok((readiness, exceptions)) => part(&readiness, &exceptions),
            Err(error) if settled(&error) => nothing(),
            Err(_) => {
                let words = "Billing readiness cannot be read just now. Nothing is lost; load the page again in a moment.";
                view! { <p class="note" role="alert">{words}</p> }.erased()
            }
        }
    });
    Rendering { topics: super::TOPICS, view }
}

/// The page around the part.
pub(super) fn alone(address: Address) -> Later {
    let id = address.part("id");
    let shipment = paths::shipment(&id);
    let read = read(id);
    Box::pin(async move {
        let (part, failed) = match read.await {
            Ok((readiness, exceptions)) => (part(&readiness, &exceptions), None),
            Err(error) => (if settled(&error) { nothing() } else { ().erased() }, Some(states::failed_below(error))),
        };
        view! {
            <nav class="trail" aria-label="Trail">
                <a href=paths::SHIPMENTS>"Shipments"</a> " / " <a href=shipment>"Shipment"</a>
            </nav>
            <h1>"Readiness of a shipment"</h1>
            {failed}
            <div id="readiness" class="served" data-topics=super::TOPICS>{part}</div>
        }
        .erased()
    })
}

/// Reads what is known of a shipment's readiness.
fn read(id: String) -> impl Future<Output = Result<(Readiness, Vec<ExceptionRow>), AppError>> + Send {
    let here = Here::take();
    async move {
        let here = here?;
        let reading = &here.ports.reading;
        let readiness = reading.readiness(&here.caller, id.clone()).await?;
        Ok((readiness, reading.shipment_exceptions(&here.caller, id).await?))
    }
}

fn part(readiness: &Readiness, exceptions: &[ExceptionRow]) -> AnyView {
    view! { {card(readiness)} {open(exceptions)} {standing(readiness)} }.erased()
}

/// Asking again changes nothing.
fn settled(error: &AppError) -> bool {
    matches!(error, AppError::SignedOut | AppError::Forbidden | AppError::NotFound)
}

/// Nothing for this person, whatever changes: a browser need not ask again.
fn nothing() -> AnyView {
    view! { <p hidden data-still=""></p> }.erased()
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
